package api_test

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
)

// What is changed is in the log with who, what it was and what it is, and no secret; what others changed before by hand is in it first;
// what makes no sense is not.
func TestSettingsAreInTheLog(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	must(t, w.service.NoteRules(t.Context()))
	in, password := w.added()
	answered[api.AddedDocument](w.world, http.StatusOK, "POST", "/api/directories", in)
	added := w.audited(audit.TypeSettings)[0]
	if added["by"] != "tester" || added["kind"] != "directory" || added["name"] != "AUS" || added["change"] != "added" || added["before"] != nil ||
		!strings.Contains(added["after"].(string), "o=aus") || strings.Contains(added["after"].(string), password) {
		t.Errorf("%v", added)
	}
	by := strings.ReplaceAll(w.file(), "[[account]]", "[[rule]]\nname = \"by hand\"\noutcome = \"stale\"\naction = \"warn\"\n\n[[account]]")
	must(t, os.WriteFile(w.path(), []byte(by), 0o600))
	w.renew()
	answered[api.RemovedDocument](w.world, http.StatusOK, "DELETE", "/api/directories/AUS"+w.as("AUS"), nil)
	removed := w.audited(audit.TypeSettings)[1]
	if removed["change"] != "removed" || removed["after"] != nil || !strings.Contains(removed["before"].(string), "o=aus") {
		t.Errorf("%v", removed)
	}
	changed := w.audited(audit.TypeChanged)
	if len(changed) != 2 || changed[0]["what"] != "installation written down for the first time" || changed[0]["before"] != nil ||
		!strings.Contains(changed[0]["after"].(string), "o=gbr") || changed[1]["before"] != nil || !strings.HasPrefix(changed[1]["after"].(string), "[[rule]]\nname = 'by hand'") {
		t.Errorf("what was changed by hand: %v", changed)
	}
	w.refused(http.StatusUnprocessableEntity, "user-installation", "DELETE", "/api/directories/GBR"+w.as("GBR"), nil)
	if n := len(w.audited(audit.TypeSettings)); n != 2 {
		t.Errorf("%d lines", n)
	}
	if !slices.Contains(strings.Split(w.file(), "\n"), "# Kept by the signal office") {
		t.Errorf("the file:\n%s", w.file())
	}
}

// A change that cannot be written is in the log, and so is that it was not made; the file is what it was.
func TestSettingsThatCannotBeWritten(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	before := w.file()
	link := filepath.Join(w.dir, "linked.toml") // what is no regular file is never written over
	must(t, os.Symlink(w.path(), link))
	in, err := installation.Load(link)
	must(t, err)
	s := api.New(api.Config{Installation: in, Secrets: w.secrets, Store: w.store, Book: w.book, User: "tester"})
	defer s.Close()
	aus, _ := w.added()
	if _, err := s.AddDirectory(t.Context(), aus); err == nil || w.file() != before {
		t.Fatal("a file was written where none can be")
	}
	lines := w.audited(audit.TypeSettings)
	if len(lines) != 2 || lines[0]["failed"] != nil || lines[1]["failed"] == nil || lines[1]["name"] != "AUS" {
		t.Errorf("%v", lines)
	}
}

// A setting that is changed by hand is in the log, rules or not, with what it was and is: once, when the file is loaded, or before the
// change that comes upon it. Comments are none.
func TestSettingsChangedByHandAreInTheLog(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	note := func(want int) {
		t.Helper()
		w.renew()
		must(t, w.service.NoteRules(t.Context()))
		must(t, w.service.NoteRules(t.Context()))
		if n := len(w.audited(audit.TypeChanged)); n != want {
			t.Errorf("%d lines, want %d", n, want)
		}
	}
	note(1)
	w.edit("up_to = \"SECRET\"", "up_to = \"RESTRICTED\"")
	note(2)
	e := w.audited(audit.TypeChanged)[1]
	if e["noticedBy"] != "tester" || !strings.Contains(e["before"].(string), "'SECRET'") || !strings.Contains(e["after"].(string), "'RESTRICTED'") ||
		strings.Contains(e["after"].(string), "[[directory]]") {
		t.Errorf("%v", e)
	}
	w.edit("# Kept", "# Well kept")
	note(2)
	w.edit("drafting_age = \"12h\"", "drafting_age = \"11h\"")
	answered[api.RemovedDocument](w.world, http.StatusOK, "DELETE", "/api/directories/UKR"+w.as("UKR"), nil)
	if n := len(w.audited(audit.TypeChanged)); n != 3 {
		t.Errorf("it slipped in with another change: %d lines", n)
	}
	note(3)
	// What is kept beside the log counts only as long as the log bears it out.
	must(t, w.store.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE installation_logged SET recorded = recorded || ' '")
		return err
	}))
	note(4)
}

// Who cannot be told of a change is no reason to take it back: the file is another one, and its secrets are needed.
func TestSettingsHoldWhenNobodyCanBeTold(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	must(t, w.store.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec("CREATE TRIGGER deaf BEFORE INSERT ON change WHEN new.kind = 'installation' BEGIN SELECT RAISE(ABORT, 'deaf'); END")
		return err
	}))
	in, password := w.added()
	added := answered[api.AddedDocument](w.world, http.StatusOK, "POST", "/api/directories", in)
	if len(added.Secrets) != 1 || !strings.Contains(w.file(), "o=aus") {
		t.Fatalf("%+v", added)
	}
	if got, err := w.secrets.Secret(added.Secrets[0]); err != nil || got != password {
		t.Errorf("the secret of what was added is gone: %v", err)
	}
}
