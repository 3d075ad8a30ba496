//go:build linux

package app_test

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// servedWorld is a world whose book is read, and a program that serves it.
func servedWorld(t *testing.T) (*embedded, *program, *client) {
	t.Helper()
	e := phasedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--data", e.data)
	c := e.client(t, p)
	return e, p, c
}

// sends asks a running program to send a draft to somebody who is cleared.
func (e *embedded) sends(t *testing.T, c *client) (status int, text string) {
	t.Helper()
	draft, err := os.ReadFile(draftFor(t, "SECRET", mrod, "officer@gbr.example"))
	if err != nil {
		t.Fatal(err)
	}
	status, text, _ = c.do("POST", "/api/send", `{"draft": `+string(draft)+`}`, nil)
	return status, text
}

// While a changed installation cannot be used nothing is sent by the former one, and everybody is told why in one line; when it can be, it
// is taken up by itself.
func TestRule24NothingIsSentWhileTheInstallationCannotBeUsed(t *testing.T) {
	t.Parallel()
	e, p, c := servedWorld(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(p.log)
		}
	})
	if status, text := e.sends(t, c); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, text)
	}
	path := filepath.Join(e.data, installation.FileName)
	good := e.installationFile(t)
	if err := os.WriteFile(path, []byte(good+"\n[[ca]]\nname = 'gone'\nfile = 'gone.pem'\n"), 0o600); err != nil { // policies are the same
		t.Fatal(err)
	}
	e.tell(t)
	const why = "The installation was changed and cannot be used"
	until := func(what string, is func() bool) {
		t.Helper()
		for begin := time.Now(); !is(); time.Sleep(50 * time.Millisecond) {
			if time.Since(begin) > time.Minute {
				t.Fatalf("%s: it does not come\n%s", what, p.log)
			}
		}
	}
	until("the word", func() bool {
		_, text, _ := c.do("GET", "/api/installation", "", nil)
		return strings.Count(text, why) == 1 && strings.Contains(text, "gone.pem") && strings.Contains(text, "nothing is sent until it can")
	})
	if status, text := e.sends(t, c); status != http.StatusServiceUnavailable || !strings.Contains(text, "server-other-policy") || !strings.Contains(text, why) {
		t.Errorf("%d %s", status, text)
	}
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	until("the end of it", func() bool { // nobody tells the program
		_, text, _ := c.do("GET", "/api/installation", "", nil)
		return !strings.Contains(text, why)
	})
	if status, text := e.sends(t, c); status != http.StatusAccepted {
		t.Errorf("%d %s", status, text)
	}
}

// tell has running programs look at the installation file.
func (e *embedded) tell(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(e.data, store.DatabaseFile)+"?_pragma=busy_timeout(10000)")
	if err == nil {
		_, err = db.Exec(`INSERT INTO change (kind, subject) VALUES ('installation', '')`)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// A program that works goes on by itself after a change that is in the log alone: who made it was killed before the file was written.
func TestChangeThatIsInTheLogAloneIsSetRight(t *testing.T) {
	t.Parallel()
	e, p, c := servedWorld(t)
	s, err := store.Open(t.Context(), e.data, "a test")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var alone, newest int64
	if err := s.Write(t.Context(), func(tx *sql.Tx) error {
		if alone, err = audit.Append(t.Context(), tx, audit.TypeSettings, map[string]string{"file": filepath.Join(e.data, installation.FileName), "content": "another"}); err != nil {
			return err
		}
		_, err = tx.ExecContext(t.Context(), `UPDATE installation_logged SET audit_seq = ?`, alone)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); newest <= alone; time.Sleep(50 * time.Millisecond) {
		if err := s.Reader().QueryRowContext(t.Context(), `SELECT audit_seq FROM installation_logged`).Scan(&newest); err != nil {
			t.Fatal(err)
		}
		if time.Since(begin) > time.Minute {
			t.Fatalf("it is not set right\n%s", p.log)
		}
	}
	if status, text := e.sends(t, c); status != http.StatusAccepted {
		t.Errorf("%d %s", status, text)
	}
}

// Who sends while settings are being changed is served by the changed ones as soon as they are taken up; at most he is told that they are
// being taken up, on a machine that is slow.
func TestSendWhileSettingsChange(t *testing.T) {
	t.Parallel()
	e, _, c := servedWorld(t)
	for _, sets := range []string{`["phase 2"]`, `["phase 1"]`, `[]`, `["phase 1", "phase 2"]`} {
		if status, text, _ := c.do("POST", "/api/rules/active", `{"sets":`+sets+`}`, nil); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		status, text := e.sends(t, c)
		for status == http.StatusServiceUnavailable && strings.Contains(text, "server-other-settings") {
			status, text = e.sends(t, c)
		}
		if status != http.StatusAccepted {
			t.Errorf("after %s: %d %s", sets, status, text)
		}
	}
}
