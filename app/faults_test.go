//go:build linux

package app_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook/ldaptest"
)

// TestBrokenDirectoriesDoNotHinderTheOthers: one nation at a time is broken; the answer names it in one line with status 1,
// and the other nations go on working.
func TestBrokenDirectoriesDoNotHinderTheOthers(t *testing.T) {
	for _, c := range []struct {
		name string
		how  func(*embedded)
		says string
	}{
		{"refuses the bind", func(e *embedded) { e.directories["UKR"].RefuseBind(true) }, "refused name or password"},
		{"is not there", func(e *embedded) { e.directories["UKR"].Close() }, "cannot be reached"},
		{"presents a wrong certificate", func(e *embedded) { e.replaceByStranger("UKR") }, "no trusted TLS connection"},
		{"answers only part", func(e *embedded) { e.directories["UKR"].SizeLimit(1) }, "size limit"},
		{"hangs", func(e *embedded) { e.directories["UKR"].Hang(true) }, "did not answer in time"},
		{"hangs in the middle", func(e *embedded) { e.directories["UKR"].HangAfter(1) }, "did not answer in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.HasPrefix(c.name, "hangs") {
				t.Parallel() // it mostly waits
			}
			e := embeddedWorld(t)
			c.how(e)
			r := caveat(t, "", "book", "sync", "--data", e.data, "--json")
			if r.status != 1 || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "UKR") || !strings.Contains(r.stderr, c.says) {
				t.Errorf("sync: status %d, diagnostics %q", r.status, r.stderr)
			}
			var found struct {
				Hits       []struct{ Nation string }
				Incomplete bool
			}
			s := caveat(t, "", "book", "search", "--data", e.data, "officer", "--json")
			s.decode(t, &found)
			got := map[string]bool{}
			for _, h := range found.Hits {
				got[h.Nation] = true
			}
			if s.status != 0 || !found.Incomplete || !got["GBR"] || !got["AUS"] || !got["DEU"] || !strings.Contains(s.stderr, "UKR") {
				t.Errorf("search: status %d, %+v, diagnostics %q", s.status, found, s.stderr)
			}
			live := caveat(t, "", "book", "search", "--data", e.data, "--live", "", "--json")
			live.decode(t, &found)
			if live.status != 0 || !found.Incomplete || len(found.Hits) < 6 || !strings.Contains(live.stderr, "UKR") {
				t.Errorf("search --live: status %d, %+v, diagnostics %q", live.status, found, live.stderr)
			}
			own := caveat(t, "", "book", "search", "--data", e.data, "officer", "--nation", "GBR")
			if own.status != 0 || own.stderr != "" {
				t.Errorf("RULES 16: own-nation search: status %d, diagnostics %q", own.status, own.stderr)
			}
			status, report := check(t, e.data, draftFor(t, "RESTRICTED", mrod, "officer@gbr.example", "nobody@ukr.example"))
			if status != 3 || report.Recipients[0].Verdict.Outcome != "cleared" || report.Recipients[1].Verdict.Outcome == "cleared" {
				t.Errorf("check: status %d, %+v", status, report)
			}
			if x := report.Recipients[1].Verdict; len(x.Reasons) == 0 || x.Evidence.Directory != "UKR" {
				t.Errorf("the unreachable nation's recipient: %+v", x)
			}
			if out := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "RESTRICTED", mrod, "officer@gbr.example", "officer@aus.example")); out.status != 0 {
				t.Errorf("the other nations: status %d: %s%s", out.status, out.stdout, out.stderr)
			}
		})
	}
}

// replaceByStranger puts a server with a certificate of another CA in a directory's place.
func (e *embedded) replaceByStranger(nation string) {
	suffix := "dc=" + strings.ToLower(nation) + ",dc=example"
	addr := e.listeners[nation].Addr().String()
	e.directories[nation].Close()
	stranger := ldaptest.New(ldaptest.Config{Suffix: suffix, TLS: ldaptest.NewCA("Stranger").ServerTLS()})
	l, err := net.Listen("tcp", addr)
	if err != nil {
		panic(err)
	}
	e.directories[nation] = stranger
	go stranger.Serve(l)
}

// TestRule16OwnNationWorksWithoutPartners: with all partner directories hanging, own-nation mail is searched, checked and
// sent without a warning, and no partner is even asked.
func TestRule16OwnNationWorksWithoutPartners(t *testing.T) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	before := map[string]int64{}
	for _, n := range nations[1:] {
		e.directories[n].Hang(true)
		before[n] = e.listeners[n].count.Load()
	}
	draft := draftFor(t, "SECRET", mrod, "officer@gbr.example")
	for _, args := range [][]string{{"book", "search", "officer", "--nation", "GBR"}, {"check", "--draft", draft}, {"send", "--draft", draft}} {
		r := caveat(t, "", append(args, "--data", e.data)...)
		if r.status != 0 || r.stderr != "" {
			t.Errorf("%v: status %d, diagnostics %q", args, r.status, r.stderr)
		}
	}
	for _, n := range nations[1:] {
		if asked := e.listeners[n].count.Load() - before[n]; asked != 0 {
			t.Errorf("%s was asked %d times", n, asked)
		}
	}
}

// TestBadInputIsOneLine: bad input ends with status 1 and one line, and leaves nothing behind.
func TestBadInputIsOneLine(t *testing.T) {
	e := embeddedWorld(t)
	for name, draft := range map[string]string{
		"no JSON":           `{`,
		"an unknown key":    `{"channel": "mail", "action": ["a@gbr.example"], "body": "", "color": "red", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"an unknown policy": `{"channel": "mail", "action": ["a@gbr.example"], "body": "", "label": {"policy": "OTHER", "classification": "SECRET"}}`,
		"an unknown class":  `{"channel": "mail", "action": ["a@gbr.example"], "body": "", "label": {"policy": "NATO", "classification": "COSMIC"}}`,
		"no recipient":      `{"channel": "mail", "action": [], "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"no label":          `{"channel": "mail", "action": ["a@gbr.example"], "body": ""}`,
		"CR in the subject": `{"channel": "mail", "action": ["a@gbr.example"], "subject": "a\rBcc: x@gbr.example", "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"LF in an address":  `{"channel": "mail", "action": ["a@gbr.example\nb"], "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"NUL in a SIC":      `{"channel": "mail", "action": ["a@gbr.example"], "sic": ["AB\u0000"], "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "draft.json", draft)
			for _, command := range []string{"check", "send"} {
				r := caveat(t, "", command, "--data", e.data, "--draft", file)
				if r.status != 1 || strings.Count(r.stderr, "\n") != 1 || r.stdout != "" {
					t.Errorf("%s: status %d, %q, %q", command, r.status, r.stdout, r.stderr)
				}
			}
		})
	}
	if m := e.newest(t); m.ID != "" {
		t.Errorf("something was queued: %+v", m)
	}
}

// TestBookMayBeDeleted: it is a cache; a running program makes it anew, and a file that is no book does not stop anybody.
func TestBookMayBeDeleted(t *testing.T) {
	e := embeddedWorld(t)
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
	filled := func() {
		t.Helper()
		var r result
		for range 600 {
			if r = caveat(t, "", "book", "search", "--data", e.data, "officer"); r.status == 0 && strings.Count(r.stdout, "\n") == 4 {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("the book is not filled again: %d: %s%s", r.status, r.stdout, r.stderr)
	}
	filled()
	for _, name := range []string{"book.db", "book.db-wal", "book.db-shm"} {
		if err := os.Remove(filepath.Join(e.data, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	filled()
	p.stop()
	if err := os.WriteFile(filepath.Join(e.data, "book.db"), []byte("this is no database, it is only long enough to look like one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 || !strings.Contains(r.stderr, "made anew") {
		t.Errorf("a damaged book: %d: %s", r.status, r.stderr)
	}
	filled()
}

// TestALostDatabaseIsNotBegunAnew: without caveat.db the log and the queue would silently start from nothing.
func TestALostDatabaseIsNotBegunAnew(t *testing.T) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	if err := os.Truncate(filepath.Join(e.data, "caveat.db"), 0); err != nil {
		t.Fatal(err)
	}
	r := caveat(t, "", "outbox", "list", "--data", e.data)
	if r.status != 1 || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "restore it from a backup") {
		t.Errorf("%d: %s", r.status, r.stderr)
	}
}

// TestAddressesThatAreNotTheSame: another letter that folds to an ASCII one is another address; white space is refused.
func TestAddressesThatAreNotTheSame(t *testing.T) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	for _, address := range []string{"officer@u\u212ar.example", "of\ufb01cer@ukr.example"} { // Kelvin sign, fi ligature
		status, r := check(t, e.data, draftFor(t, "SECRET", mrod, address))
		if status != 3 || r.Recipients[0].Verdict.Outcome == "cleared" {
			t.Errorf("%q: %d, %+v", address, status, r.Recipients)
		}
	}
	if r := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@ukr.example ")); r.status != 1 {
		t.Errorf("a blank behind the address: %d: %s", r.status, r.stderr)
	}
	if r := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@ukr.example"), "--override", "oficer@ukr.example=a slip"); r.status != 1 || !strings.Contains(r.stderr, "oficer") {
		t.Errorf("an override for somebody else: %d: %s", r.status, r.stderr)
	}
}

// TestRule10UserIsNotChosenByTheEnvironment: an identity bound to a login name is not had by setting $USER.
func TestRule10UserIsNotChosenByTheEnvironment(t *testing.T) {
	e := embeddedWorld(t)
	file := filepath.Join(e.data, "installation.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bound := strings.Replace(string(text), "user = '*'", "user = 'commander'", 1)
	if bound == string(text) {
		t.Fatal("the installation has no identity for everybody")
	}
	if err := os.WriteFile(file, []byte(bound), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("USER", "commander")
	t.Setenv("LOGNAME", "commander")
	_, r := check(t, e.data, draftFor(t, "RESTRICTED", mrod, "officer@gbr.example"))
	if r.Sendable || r.Originator.Outcome != "not-cleared" || r.Originator.Reasons[0].Rule != "not-bound" {
		t.Errorf("%+v", r.Originator)
	}
}
