//go:build linux

package app_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"caveat/backend/api"
	"caveat/backend/demo"
	"caveat/backend/mailtest"
)

// TestSecretsAreNowhere is a whole run with real directories, mail, a mailbox and chat: each secret that it used is looked for where it
// must not be: databases and their logs of writes, the spool, every other file of the data directory, what the program writes, what it
// answers, its command line and environment, and what it says when it crashes.
func TestSecretsAreNowhere(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, data)
	token := strings.TrimSpace(readText(t, filepath.Join(data, "api-token")))
	base, link, _ := strings.Cut(p.url, "/?link=")
	c := &client{t: t, base: base, token: token, http: &http.Client{Timeout: time.Minute}}
	session := openLink(t, p.url)
	typed := mailtest.Secret() // a password that the user types for a directory that refuses it
	var answers strings.Builder
	ask := func(method, path, body string) string {
		_, text, header := c.do(method, path, body, nil)
		fmt.Fprintf(&answers, "%s %s: %v %s\n", method, path, header, text)
		return text
	}

	useSecrets(t, data, ask, typed)
	for _, path := range readable(t) {
		ask("GET", path, "")
	}
	status, _, header := c.do("GET", "/api/drafts", "", map[string]string{"Authorization": "Bearer wrong"})
	fmt.Fprintln(&answers, status, header)

	secrets := storedSecrets(t, data)
	delete(secrets, "audit-signed-last") // a checkpoint, which is for everybody: there so that nobody alters it
	for _, name := range []string{"directory-gbr", "directory-ukr", "account-gbr", "mailbox-gbr", "chat-gbr"} {
		if secrets[name] == "" {
			t.Errorf("the run had no %s", name)
		}
	}
	secrets["api token"], secrets["session"], secrets["link"], secrets["typed password"] = token, session, link, typed
	secrets["key of the secrets"] = strings.TrimSpace(readText(t, filepath.Join(data, "secrets.key")))

	places := map[string]string{"answers": answers.String(), "commands": commands(t, data)}
	for _, name := range []string{"cmdline", "environ"} {
		places[name] = readText(t, fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name))
	}
	crash(t, p)
	places["output and crash"] = p.log.String()
	if !strings.Contains(places["output and crash"], "SIGQUIT") || !strings.Contains(places["output and crash"], "goroutine ") {
		t.Errorf("it did not crash: %s", places["output and crash"])
	}
	for path, text := range files(t, data) {
		places[path] = text
	}
	for _, name := range []string{"caveat.db", "caveat.db-wal", "book.db"} {
		if places[name] == "" {
			t.Errorf("%s was not looked at", name)
		}
	}
	if leaked(places["caveat.db"]+places["caveat.db-wal"], "Bridge") == "" || leaked(places["answers"], demo.UKRCleared) == "" {
		t.Error("what is there is not found: the search finds nothing")
	}
	for form, text := range map[string]string{"a": base64.StdEncoding.EncodeToString([]byte("\x00user\x00" + typed)), "b": hex.EncodeToString([]byte("x" + typed))} {
		if leaked(text, typed) == "" {
			t.Errorf("%s is not found in %s", form, text)
		}
	}
	own := map[string][]string{"api token": {"api-token"}, "key of the secrets": {"secrets.key"}} // the one place where each belongs
	for name, secret := range secrets {
		for place, text := range places {
			if form := leaked(text, secret); form != "" && !slices.Contains(own[name], place) {
				t.Errorf("%s stands in %s (%s)", name, place, form)
			}
		}
	}
}

// leaked says in which form a text holds a secret.
func leaked(text, secret string) string {
	forms := map[string]string{
		"as it is": secret, "hexadecimal": hex.EncodeToString([]byte(secret)), "in an address": url.QueryEscape(secret), "in JSON": jsonText(secret),
	}
	for before := range 3 { // what stands before it in base64, as a user's name, shifts it
		text := base64.RawStdEncoding.EncodeToString([]byte("\x00\x00\x00"[:before] + secret))
		if (before+len(secret))%3 != 0 {
			text = text[:len(text)-1] // what follows changes it
		}
		forms[fmt.Sprintf("base64 %d", before)] = text[[]int{0, 2, 3}[before]:]
	}
	for form, s := range forms {
		if strings.Contains(text, s) {
			return form
		}
	}
	return ""
}

func jsonText(s string) string {
	data, _ := json.Marshal(s)
	return strings.Trim(string(data), `"`)
}

// useSecrets makes the program use each.
func useSecrets(t *testing.T, data string, ask func(method, path, body string) string, typed string) {
	draft := fmt.Sprintf(`{"channel": "mail", "action": [%q], "subject": "Bridge", "body": "x", "label": %s}`, demo.UKRCleared, secretLabel)
	sent := ask("POST", "/api/send", `{"draft": `+draft+`}`) // SMTP, and the directories by their passwords
	if !strings.Contains(sent, `"message"`) {
		t.Fatal(sent)
	}
	ask("POST", "/api/inbox/sync", "")
	ask("POST", "/api/directories/UKR/test", "")
	refused := ask("POST", "/api/directories/propose", fmt.Sprintf(
		`{"name":"FRA","nation":"FRA","urls":["ldap://127.0.0.1:1"],"security":"starttls","ca":"demo","bindDn":"cn=x","password":%q}`, typed))
	if !strings.Contains(refused, "127.0.0.1:1") {
		t.Errorf("the proposal was not asked for: %s", refused)
	}
	for what, is := range map[string]struct{ path, has string }{
		"mail": {"/api/messages", `"state":"accepted"`}, "a mailbox": {"/api/inbox", `"subject"`}, "chat": {"/api/chat", `"state":"online"`},
	} {
		await(t, what, func() bool { return strings.Contains(ask("GET", is.path, ""), is.has) })
	}
}

// commands answer too.
func commands(t *testing.T, data string) string {
	var all strings.Builder
	for _, command := range [][]string{{"directory", "test", "UKR"}, {"installation", "show"}, {"audit", "export"}, {"outbox", "list"}} {
		r := caveat(t, "", append(command, "--data", data, "--json")...)
		if all.WriteString(r.stdout + r.stderr); r.status != 0 || r.stdout == "" {
			t.Errorf("%v: %d %s", command, r.status, r.stderr)
		}
	}
	return all.String()
}

// await waits until something is so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: it did not come to that", what)
		}
	}
}

// readable lists the operations that only read and need nothing to be named.
func readable(t *testing.T) []string {
	t.Helper()
	text, err := api.OpenAPI("test")
	if err != nil {
		t.Fatal(err)
	}
	var d struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	var out []string
	for path, methods := range d.Paths {
		if _, ok := methods["get"]; ok && !strings.Contains(path, "{") && path != "/api/changes" {
			out = append(out, path)
		}
	}
	if slices.Sort(out); len(out) < 15 {
		t.Fatalf("only %v", out)
	}
	return out
}

// openLink opens the one-time link, and gives the session that it sets.
func openLink(t *testing.T, link string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Jar: jar, Timeout: time.Minute}).Get(link)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	cookies := jar.Cookies(res.Request.URL)
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0].Value
}

// storedSecrets opens the file of secrets with its key.
func storedSecrets(t *testing.T, data string) map[string]string {
	t.Helper()
	id, err := age.ParseX25519Identity(strings.TrimSpace(readText(t, filepath.Join(data, "secrets.key"))))
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(strings.NewReader(readText(t, filepath.Join(data, "secrets.age"))), id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	if err := json.NewDecoder(r).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// crash ends the program as a fault in it does, with the stacks of all that it was doing.
func crash(t *testing.T, p *program) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
}

// files reads everything in the data directory; what the demonstration's servers keep for themselves is not the program's.
func files(t *testing.T, data string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(data), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == "demo":
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		f, err := os.Open(filepath.Join(data, path))
		if err != nil {
			return err
		}
		defer f.Close()
		text, err := io.ReadAll(f)
		out[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
