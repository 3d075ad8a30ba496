package api_test

import (
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
	answered[api.RemovedDocument](w.world, http.StatusOK, "DELETE", "/api/directories/AUS", nil)
	removed := w.audited(audit.TypeSettings)[1]
	if removed["change"] != "removed" || removed["after"] != nil || !strings.Contains(removed["before"].(string), "o=aus") {
		t.Errorf("%v", removed)
	}
	if n := len(w.audited(audit.TypeChanged)); n != 1 {
		t.Errorf("what was changed by hand: %d lines", n)
	}
	w.refused(http.StatusUnprocessableEntity, "user-installation", "DELETE", "/api/directories/GBR", nil)
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
