//go:build linux

package app_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// fifth is a nation that the embedded federation does not have yet: its server, and the flags that describe it.
func (e *embedded) fifth(t *testing.T) (server *ldaptest.Server, password string, flags []string) {
	t.Helper()
	password = mailtest.Secret()
	ca := ldaptest.NewCA("FRA CA")
	server = ldaptest.New(ldaptest.Config{Suffix: "dc=fra,dc=example", TLS: ca.ServerTLS(), BindDN: "cn=reader,dc=fra,dc=example", Password: password, RequireBind: true, RequireTLS: true})
	if err := server.Add(person("FRA", "officer", "Camille Officer", clearanceXML(t, "SECRET", map[string][]string{"Context": {"MROD"}, "Only": {"GBR"}}))); err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	go server.Serve(l)
	t.Cleanup(server.Close)
	return server, password, []string{
		"--nation", "FRA", "--url", "ldap://" + l.Addr().String(), "--ca-file", write(t, "fra-ca.pem", string(ca.PEM())),
		"--bind-dn", "cn=reader,dc=fra,dc=example", "--mail-domain", "fra.example", "--mode", "mirror", "--every", "30m",
	}
}

func (e *embedded) installationFile(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(e.data, installation.FileName))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (e *embedded) run(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return caveat(t, stdin, append(args, "--data", e.data)...)
}

// A directory is proposed, added, tested, read, and removed, each by a command.
func TestDirectoryByCommand(t *testing.T) {
	e := embeddedWorld(t)
	_, password, flags := e.fifth(t)
	passwordFile := write(t, "password", password+"\n")
	flags = append(flags, "--password-file", passwordFile)
	before := e.installationFile(t)

	t.Run("proposed", func(t *testing.T) {
		r := e.run(t, "", append([]string{"directory", "propose", "FRA", "--json"}, flags...)...)
		var p api.ProposalDocument
		if r.decode(t, &p); r.status != 0 || !p.OK || p.BaseDN != "dc=fra,dc=example" || p.Certificate == nil || !strings.Contains(p.TOML, "[[directory]]") || strings.Contains(r.stdout, password) {
			t.Errorf("%d %+v %s", r.status, p, r.stderr)
		}
	})
	t.Run("not without consent", func(t *testing.T) {
		for _, answer := range []string{"", "n\n", "\n", "yellow\n"} {
			r := e.run(t, answer, append([]string{"directory", "add", "FRA"}, flags...)...)
			if r.status != 1 || !strings.Contains(r.stderr, "nothing is written") || !strings.Contains(r.stderr, "[[directory]]") || r.stdout != "" {
				t.Errorf("%q: %d %s%s", answer, r.status, r.stdout, r.stderr)
			}
		}
		if e.installationFile(t) != before {
			t.Error("the file was changed")
		}
	})
	t.Run("not when nobody answers", func(t *testing.T) {
		r := e.run(t, "", "directory", "add", "FRA", "--nation", "FRA", "--url", "ldap://127.0.0.1:1", "--ca", "test", "--yes")
		if r.status != 1 || !strings.Contains(r.stderr, "--unasked") || e.installationFile(t) != before {
			t.Errorf("%d %s", r.status, r.stderr)
		}
	})
	t.Run("added", func(t *testing.T) {
		r := e.run(t, "y\n", append([]string{"directory", "add", "FRA", "--json"}, flags...)...)
		var d api.AddedDocument
		if r.decode(t, &d); r.status != 0 || d.Directory != "FRA" || !strings.Contains(r.stderr, "No [[route]] leads to fra.example") {
			t.Errorf("%d %+v %s", r.status, d, r.stderr)
		}
		if text := e.installationFile(t); !hasLines(text, before) || strings.Contains(text, password) {
			t.Errorf("the file:\n%s", text)
		}
		if r := e.run(t, "", append([]string{"directory", "add", "FRA", "--yes"}, flags...)...); r.status != 1 || !strings.Contains(r.stderr, "remove it first") {
			t.Errorf("once more: %d %s", r.status, r.stderr)
		}
	})
	t.Run("tested", func(t *testing.T) {
		r := e.run(t, "", "directory", "test", "FRA")
		for _, want := range []string{"FRA (FRA): ok, ldap://", "CN=localhost", "until ", "sha256:", "1 of 1 entries looked at have one", "simple, as cn=reader,dc=fra,dc=example", "strategy"} {
			if r.status != 0 || !strings.Contains(r.stdout, want) {
				t.Errorf("%d, without %q:\n%s%s", r.status, want, r.stdout, r.stderr)
			}
		}
	})
	t.Run("read and listed", func(t *testing.T) {
		r := e.run(t, "", "book", "sync", "FRA", "--full", "--json")
		var done struct{ Directories []api.SyncDocument }
		if r.decode(t, &done); r.status != 0 || len(done.Directories) != 1 || done.Directories[0].Read != 3 {
			t.Errorf("%d %s%s", r.status, r.stdout, r.stderr)
		}
		r = e.run(t, "", "directory", "list", "--json")
		var list struct{ Directories []api.DirectoryDocument }
		if r.decode(t, &list); r.status != 0 || len(list.Directories) != 5 || list.Directories[4].Every != 1800 || list.Directories[4].Entries != 3 || list.Directories[4].NextRun != nil {
			t.Errorf("%d %+v", r.status, list)
		}
		for command, want := range map[string]string{"directory list": "STRATEGY", "book status": "LAST FULL"} {
			if r := e.run(t, "", strings.Fields(command)...); r.status != 0 || !strings.Contains(r.stdout, want) || !strings.Contains(r.stdout, "every 30m0s, while the program runs") {
				t.Errorf("%s: %d\n%s%s", command, r.status, r.stdout, r.stderr)
			}
		}
	})
	t.Run("confirmed only what is held", func(t *testing.T) {
		for _, c := range [][]string{{"confirm", "FRA"}, {"confirm", "ITA"}, {"remove", "ITA"}, {"stop", "ITA"}, {"remove", "GBR"}} {
			if r := e.run(t, "", append([]string{"directory"}, c...)...); r.status != 1 || r.stdout != "" {
				t.Errorf("%v: %d %s%s", c, r.status, r.stdout, r.stderr)
			}
		}
	})
	t.Run("removed", func(t *testing.T) {
		if r := e.run(t, "", "directory", "remove", "FRA"); r.status != 0 || !strings.Contains(r.stdout, "directory-fra") {
			t.Errorf("%d %s%s", r.status, r.stdout, r.stderr)
		}
		if r := e.run(t, "", "book", "search", "camille", "--json"); r.status != 0 || strings.Contains(r.stdout, "Camille") {
			t.Errorf("%d %s", r.status, r.stdout)
		}
		if r := e.run(t, "", "audit", "export", "-"); strings.Contains(r.stdout+r.stderr, password) {
			t.Error("the log holds the password")
		}
	})
}

// A running program takes the changed file into use: it reads the new directory, and forgets the removed one.
func TestDirectoryIsTakenIntoUse(t *testing.T) {
	e := embeddedWorld(t)
	_, password, flags := e.fifth(t)
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--data", e.data)
	token, err := os.ReadFile(filepath.Join(e.data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	c := &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
	finds := func(want bool) {
		t.Helper()
		for begin := time.Now(); time.Since(begin) < 2*time.Minute; time.Sleep(100 * time.Millisecond) {
			_, listed, _ := c.do("GET", "/api/directories", "", nil)
			_, found, _ := c.do("GET", "/api/book/search?text=camille", "", nil)
			if strings.Contains(listed, `"FRA"`) == want && strings.Contains(found, "Camille Officer") == want {
				return
			}
		}
		t.Fatalf("the program does not go by the new file, wanted the directory: %v\n%s", want, p.log)
	}
	finds(false)
	r := e.run(t, "", append([]string{"directory", "add", "FRA", "--yes", "--password-file", write(t, "password", password)}, flags...)...)
	if r.status != 0 {
		t.Fatalf("%d %s", r.status, r.stderr)
	}
	finds(true) // read without anybody asking for it
	r = e.run(t, "", "book", "sync", "FRA", "--progress", "--full")
	if r.status != 0 || !strings.Contains(r.stdout, "FRA: 3 read") {
		t.Errorf("by the holder: %d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := e.run(t, "", "book", "reset"); r.status != 1 || !strings.Contains(r.stderr, "in use by caveat serve") {
		t.Errorf("the book was deleted under the program: %d %s%s", r.status, r.stdout, r.stderr)
	}
	var all []api.DirectoryDocument
	if _, text, _ := c.do("GET", "/api/directories", "", nil); json.Unmarshal([]byte(text), &all) != nil || len(all) == 0 {
		t.Fatal(text)
	}
	last := all[len(all)-1] // the one that was added
	if status, text, _ := c.do("DELETE", "/api/directories/FRA?revision="+last.Revision, "", nil); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	finds(false)
	p.stop()
	if r := e.run(t, "", "book", "reset"); r.status != 0 || !strings.Contains(r.stdout, "stay") {
		t.Errorf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	if _, err := os.Stat(filepath.Join(e.data, "book.db")); !os.IsNotExist(err) {
		t.Errorf("the book is still there: %v", err)
	}
	if r := e.run(t, "", "book", "sync", "GBR"); r.status != 0 {
		t.Errorf("afterwards: %d %s", r.status, r.stderr)
	}
}

// Killed at any moment, the file is the old one or the new one, and the next command works.
func TestKilledWhileTheFileIsWritten(t *testing.T) {
	e := embeddedWorld(t)
	_, _, flags := e.fifth(t)
	flags = append(flags, "--secret", "smtp", "--base-dn", "dc=fra,dc=example", "--unasked", "--yes", "--data", e.data)
	path := filepath.Join(e.data, installation.FileName)
	took := func(args ...string) time.Duration {
		begin := time.Now()
		if r := caveat(t, "", args...); r.status != 0 {
			t.Fatalf("%v: %d %s", args, r.status, r.stderr)
		}
		return time.Since(begin)
	}
	add, remove := append([]string{"directory", "add", "FRA"}, flags...), []string{"directory", "remove", "FRA", "--data", e.data}
	whole := took(add...)
	took(remove...)
	seen := map[int]int{}
	for range 12 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.Int64N(int64(whole))))
		cmd := command(t, ctx, add...)
		cmd.Run() // killed, mostly
		cancel()
		in, err := installation.Load(path)
		if err != nil {
			t.Fatalf("the file is broken: %v", err)
		}
		seen[len(in.Directories)]++
		if len(in.Directories) == 5 {
			took(remove...)
		}
	}
	if seen[4]+seen[5] != 12 {
		t.Errorf("directories %v", seen)
	}
	took(add...)
}

// hasLines reports whether a text has all lines of another that are not empty, in their order.
func hasLines(text, other string) bool {
	want := strings.FieldsFunc(other, func(r rune) bool { return r == '\n' })
	for line := range strings.SplitSeq(text, "\n") {
		if len(want) > 0 && line == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

// A directory is paused and resumed by command; the list says so.
func TestDirectoryIsPausedByCommand(t *testing.T) {
	e := embeddedWorld(t)
	if r := e.run(t, "", "directory", "pause", "GBR"); r.status != 0 || !strings.Contains(e.installationFile(t), "paused = true") {
		t.Fatalf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := e.run(t, "", "directory", "list"); !strings.Contains(r.stdout, "paused") {
		t.Errorf("%s", r.stdout)
	}
	if r := e.run(t, "", "directory", "pause", "nobody"); r.status != 1 || !strings.Contains(r.stderr, `no directory "nobody"`) {
		t.Errorf("%d %s", r.status, r.stderr)
	}
	if r := e.run(t, "", "directory", "resume", "GBR"); r.status != 0 || strings.Contains(e.installationFile(t), "paused") {
		t.Errorf("%d %s", r.status, r.stderr)
	}
}
