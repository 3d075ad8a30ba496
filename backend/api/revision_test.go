package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"caveat/backend/api"
)

// change is one operation that changes a section of the installation file.
type change struct {
	name, method, path string
	body               any
}

// read gives every change of UKR's directory, of the account out and of the only identity, as the page would ask for it now.
func (w *adminWorld) read() []change {
	w.t.Helper()
	d := get[api.DirectorySettings](w.world, "/api/directories/UKR/settings")
	otherwise, pinned := d, d
	otherwise.Live = "enter"
	pinned.Pins = []string{"sha256:" + strings.Repeat("ab", 32)}
	a := accountOf(w.t, w, "out").Settings
	account := a
	account.Security, account.CA, account.Auth, account.User, account.Password = "starttls", "GBR", "plain", "duty", "hunter2"
	id := get[[]api.BoundIdentity](w.world, "/api/identities")[0]
	bound := id.Settings
	bound.Account = "out"
	of, unbind := "?revision="+a.Revision, ""
	for _, u := range accountOf(w.t, w, "out").Uses {
		unbind += "&unbind=" + u.Identity
	}
	return []change{
		{"settings", "PUT", "/api/directories/UKR/settings", otherwise},
		{"pins", "PUT", "/api/directories/UKR/settings", pinned},
		{"pause", "POST", "/api/directories/UKR/pause" + w.as("UKR"), nil},
		{"resume", "POST", "/api/directories/UKR/resume" + w.as("UKR"), nil},
		{"remove the directory", "DELETE", "/api/directories/UKR" + w.as("UKR"), nil},
		{"account", "PUT", "/api/accounts/out", account},
		{"identity", "PUT", "/api/identities/" + id.ID, bound},
		{"remove the identity", "DELETE", "/api/identities/" + id.ID, nil},
		{"remove the account", "DELETE", "/api/accounts/out" + of, nil},
		{"remove the account with its uses", "DELETE", "/api/accounts/out" + of + unbind, nil},
	}
}

// kept is all that a change which is refused must leave as it is: the installation file, the secrets, and the audit log.
func (w *adminWorld) kept() (out [3]string) {
	w.t.Helper()
	secrets, err := os.ReadFile(filepath.Join(w.dir, "secrets.age"))
	must(w.t, err)
	var lines string
	must(w.t, w.store.Reader().QueryRowContext(w.t.Context(), "SELECT count(*) FROM audit").Scan(&lines))
	return [3]string{w.file(), string(secrets), lines}
}

// What somebody changed meanwhile, by hand or otherwise, is overwritten by nobody who has not seen it: his change is refused, and nothing
// happens. When he has read it anew, it is made.
func TestChangesForAnOlderRevision(t *testing.T) {
	meanwhile := map[string]func(w *adminWorld){
		"by hand": func(w *adminWorld) { // and nobody has taken it up
			w.edit(`mail_domains = ["ukr.example"]`, `mail_domains = ["ukr.example", "mil.ukr.example"]`)
			w.edit(`address = "127.0.0.1:1"`, `address = "127.0.0.1:2"`)
			w.edit(`dn = "UID=me, o=gbr"`, `dn = "uid=me,o=gbr"`)
		},
		"by another": func(w *adminWorld) {
			for _, c := range w.read() {
				if slices.Contains([]string{"settings", "account", "identity"}, c.name) {
					answered[struct{}](w.world, http.StatusOK, c.method, c.path, c.body)
				}
			}
		},
	}
	for name, by := range meanwhile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newAdminWorld(t, false, nil)
			must(t, w.service.NoteRules(t.Context()))
			old := w.read()
			by(w)
			before := w.kept()
			for _, c := range old {
				w.refused(http.StatusConflict, "user-settings-changed", c.method, c.path, c.body)
				if w.kept() != before {
					t.Fatalf("%s: something was changed", c.name)
				}
			}
			for i, c := range old {
				w.renew() // the list of directories shows what the program goes by
				if c.name == "remove the identity" || c.name == "remove the account" || c.name == "remove the directory" {
					continue // the asker's own; in use; last of all
				}
				now := w.read()[i]
				answered[struct{}](w.world, http.StatusOK, now.method, now.path, now.body)
				if c.name == "remove the account with its uses" {
					break
				}
			}
			if text := w.file(); !strings.Contains(text, strings.Repeat("ab", 32)) || strings.Contains(text, "[[account]]") {
				t.Errorf("the file:\n%s", text)
			}
			w.renew()
			answered[struct{}](w.world, http.StatusOK, "DELETE", "/api/directories/UKR"+w.as("UKR"), nil)
		})
	}
}

// The list of directories shows what the program goes by: as long as that is not what stands in the file, nobody acts by it, whenever he
// asked for the list.
func TestListIsHeldToWhatItShows(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	w.edit(`mail_domains = ["ukr.example"]`, `mail_domains = ["ukr.example", "mil.ukr.example"]`)
	if shown := w.state("UKR").MailDomains; len(shown) != 1 {
		t.Fatalf("it shows %q", shown)
	}
	before := w.kept()
	of := w.as("UKR")
	w.refused(http.StatusConflict, "user-settings-changed", "POST", "/api/directories/UKR/pause"+of, nil)
	w.refused(http.StatusConflict, "user-settings-changed", "DELETE", "/api/directories/UKR"+of, nil)
	if w.kept() != before {
		t.Error("something was changed")
	}
	w.renew()
	if shown := w.state("UKR").MailDomains; len(shown) != 2 {
		t.Fatalf("it shows %q", shown)
	}
	answered[api.ChangedDocument](w.world, http.StatusOK, "POST", "/api/directories/UKR/pause"+w.as("UKR"), nil)
}

// A change that says of no revision is none.
func TestChangesNeedARevision(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	settings := get[api.DirectorySettings](w.world, "/api/directories/UKR/settings")
	settings.Revision = ""
	account := accountOf(t, w, "out").Settings
	account.Revision = ""
	before := w.kept()
	for _, c := range []change{
		{"", "PUT", "/api/directories/UKR/settings", settings}, {"", "PUT", "/api/accounts/out", account},
		{"", "DELETE", "/api/accounts/out", nil}, {"", "DELETE", "/api/accounts/out?revision=", nil},
		{"", "DELETE", "/api/routes/mail/ukr.example", nil}, {"", "DELETE", "/api/routes/mail/ukr.example?revision=", nil},
		{"", "POST", "/api/directories/UKR/pause", nil}, {"", "POST", "/api/directories/UKR/resume?revision=", nil}, {"", "DELETE", "/api/directories/UKR", nil},
	} {
		w.refused(http.StatusUnprocessableEntity, "user-request", c.method, c.path, c.body)
	}
	if w.kept() != before {
		t.Error("something was changed")
	}
}

// Whether a directory is paused is switched by itself: settings and removals that were made for it before or after hold, as they neither
// show nor change that; and the settings leave it as it is.
func TestPausedStandsInNobodysWay(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	settings, as := get[api.DirectorySettings](w.world, "/api/directories/UKR/settings"), w.as("UKR")
	paused := answered[api.ChangedDocument](w.world, http.StatusOK, "POST", "/api/directories/UKR/pause"+as, nil)
	if paused.Revision != settings.Revision {
		t.Errorf("%q after %q", paused.Revision, settings.Revision)
	}
	settings.Live = "enter"
	changed := answered[api.ChangedDocument](w.world, http.StatusOK, "PUT", "/api/directories/UKR/settings", settings)
	if text := w.file(); !strings.Contains(text, "paused = true") || !strings.Contains(text, "enter") {
		t.Errorf("the file:\n%s", text)
	}
	answered[api.ChangedDocument](w.world, http.StatusOK, "POST", "/api/directories/UKR/resume?revision="+changed.Revision, nil)
	w.refused(http.StatusConflict, "user-settings-changed", "DELETE", "/api/directories/UKR"+as, nil)
	answered[api.RemovedDocument](w.world, http.StatusOK, "DELETE", "/api/directories/UKR?revision="+changed.Revision, nil)
}

// A directory that is gone is not removed once more; what the book still has of one that was taken out of the file by hand is.
func TestRemovedDirectoryIsGone(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	w.readAll()
	answered[api.RemovedDocument](w.world, http.StatusOK, "DELETE", "/api/directories/UKR"+w.as("UKR"), nil)
	before := w.kept()
	w.refused(http.StatusNotFound, "user-not-found", "DELETE", "/api/directories/UKR?revision=nonsense", nil) // not taken up yet
	if w.kept() != before {
		t.Error("something was changed")
	}

	w = newAdminWorld(t, false, nil)
	w.readAll()
	w.edit("[[directory]]\nname = \"UKR\"", "[[directory]]\nname = \"UKR 2\"")
	answered[api.RemovedDocument](w.world, http.StatusOK, "DELETE", "/api/directories/UKR"+w.as("UKR"), nil)
	if w.knows(ron) || !strings.Contains(w.file(), "UKR 2") {
		t.Errorf("in the book: %v, the file:\n%s", w.knows(ron), w.file())
	}
	w.refused(http.StatusNotFound, "user-not-found", "DELETE", "/api/directories/UKR"+w.as("UKR"), nil)
}

// Of several who change the same at the same moment one does, and the others are told: the revision is looked at under the lock of the file.
func TestOneOfManyChangesTheSame(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	settings := get[api.DirectorySettings](w.world, "/api/directories/UKR/settings")
	account := accountOf(t, w, "out").Settings
	const many = 6
	var directories, accounts [many]int
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			x := settings
			x.Rate = 100 + i
			directories[i], _, _ = w.ask("PUT", "/api/directories/UKR/settings", x)
		})
		all.Go(func() {
			x := account
			x.MaxSize = int64(1000 + i)
			accounts[i], _, _ = w.ask("PUT", "/api/accounts/out", x)
		})
	}
	all.Wait()
	for what, got := range map[string][many]int{"directory": directories, "account": accounts} {
		slices.Sort(got[:])
		want := [many]int{http.StatusOK}
		for i := 1; i < many; i++ {
			want[i] = http.StatusConflict
		}
		if got != want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// Two changes of an account in a row, before the program goes on with the first: the second stands upon it, with its password.
func TestSecondChangeStandsOnTheFirst(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	in := mailIn(w, "correct horse")
	in.Revision = answered[api.ChangedAccount](w.world, http.StatusOK, "POST", "/api/accounts", in).Revision
	in.CAPEM, in.CA, in.Password = "", "post", "battery staple"
	in.Revision = answered[api.ChangedAccount](w.world, http.StatusOK, "PUT", "/api/accounts/post", in).Revision
	first := secretOf(t, w, "post")
	in.Password, in.MaxSize = "", 3000
	in.Revision = answered[api.ChangedAccount](w.world, http.StatusOK, "PUT", "/api/accounts/post", in).Revision
	if now := accountOf(t, w, "post"); now.Settings.Revision != in.Revision || now.Password != "stored" || now.Settings.MaxSize != 3000 {
		t.Errorf("%+v", now)
	}
	if v, err := w.secrets.Secret(secretOf(t, w, "post")); err != nil || v != "battery staple" {
		t.Errorf("%q: %v, it was %q", secretOf(t, w, "post"), err, first)
	}
	// A change that changes nothing leaves the revision.
	if again := answered[api.ChangedAccount](w.world, http.StatusOK, "PUT", "/api/accounts/post", in); again.Revision != in.Revision {
		t.Errorf("%+v", again)
	}
}
