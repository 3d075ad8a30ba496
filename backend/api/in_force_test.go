package api_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/outbox"
)

// sendingWorld is a world whose settings the log knows, and what sends a draft by the Service that it has then.
func sendingWorld(t *testing.T) (w *adminWorld, send func() error) {
	t.Helper()
	w = policyWorld(t)
	must(t, w.service.NoteRules(t.Context()))
	w.save(one, 0, content(secret, ann))
	d := get[api.StoredDraft](w.world, "/api/drafts/"+one).Content.Content.Draft
	return w, func() error {
		_, err := w.service.Send(t.Context(), d, api.Overrides{})
		return err
	}
}

// As soon as a change of settings, of whichever, is in the log nothing is cleared by a program that works by the former ones: not between
// the log and the file either.
func TestRule24NothingIsClearedByFormerSettings(t *testing.T) {
	w, send := sendingWorld(t)
	must(t, send())
	former := w.file()
	in, _ := w.added()
	answered[api.AddedDocument](w.world, http.StatusOK, "POST", "/api/directories", in)
	w.refusedToSend(send(), "they were changed")
	changed := w.file()
	must(t, os.WriteFile(w.path(), []byte(former), 0o600)) // as if the file were not written yet
	w.refusedToSend(send(), "they were changed")
	must(t, os.WriteFile(w.path(), []byte(changed), 0o600))
	w.renew()
	must(t, send())

	w.service.CannotRenew(errors.New("there is no gone.pem"))
	if err := send(); !errors.Is(err, outbox.ErrOtherPolicy) || !strings.Contains(err.Error(), "cannot be used: there is no gone.pem: nothing is sent until it can") {
		t.Errorf("%v", err)
	}
	if text := strings.Join(get[api.InstallationDocument](w.world, "/api/installation").Warnings, "\n"); strings.Count(text, "cannot be used") != 1 {
		t.Errorf("%s", text)
	}
}

// Who was killed after the log and before the file, or could write neither the file nor that he did not, stops nobody for good: what the
// file says is written down, once, and is in force.
func TestSettingsThatWereNotWrittenAreReconciled(t *testing.T) {
	w, send := sendingWorld(t)
	reconciled := func(wantMended, wantOther bool, lines int) {
		t.Helper()
		mended, isOther, err := w.service.Reconcile(t.Context())
		if n := len(w.audited(audit.TypeChanged)); err != nil || mended != wantMended || isOther != wantOther || n != lines {
			t.Errorf("mended %v, other %v, %v, %d lines", mended, isOther, err, n)
		}
	}
	lines := len(w.audited(audit.TypeChanged))
	reconciled(false, false, lines)
	former := w.file()
	in, _ := w.added()
	answered[api.AddedDocument](w.world, http.StatusOK, "POST", "/api/directories", in)
	reconciled(false, true, lines) // it is to be taken up
	w.refusedToSend(send(), "they were changed")
	must(t, os.WriteFile(w.path(), []byte(former), 0o600)) // as if it had never been written
	w.refusedToSend(send(), "they were changed")
	reconciled(true, false, lines+1)
	reconciled(false, false, lines+1)
	must(t, send())

	// What a program writes down that works by another file is that one's business.
	other := filepath.Join(t.TempDir(), installation.FileName)
	must(t, os.WriteFile(other, []byte(strings.Replace(former, "up_to = \"SECRET\"", "up_to = \"RESTRICTED\"", 1)), 0o600))
	must(t, api.TakeInstallation(t.Context(), w.store, other, "tester", "a bundle", []byte(former+"\n[[ca]]\nname = \"x\"\nfile = \"x.pem\"\n")))
	w.refusedToSend(send(), "they were changed")
	if mended, isOther, err := w.service.Reconcile(t.Context()); mended || isOther || !errors.Is(err, outbox.ErrOtherSettings) {
		t.Errorf("mended %v, other %v, %v", mended, isOther, err)
	}
}

// A change that could not be written stops nothing: the log says last what holds.
func TestSettingsThatCannotBeWrittenStopNothing(t *testing.T) {
	w := policyWorld(t)
	must(t, w.service.NoteRules(t.Context()))
	w.save(one, 0, content(secret, ann))
	d := get[api.StoredDraft](w.world, "/api/drafts/"+one).Content.Content.Draft
	link := filepath.Join(w.dir, "linked.toml") // what is no regular file is never written over
	must(t, os.Symlink(w.path(), link))
	linked, err := installation.Load(link)
	must(t, err)
	s := api.New(api.Config{Installation: linked, Secrets: w.secrets, Store: w.store, Book: w.book, User: "tester"})
	defer s.Close()
	aus, _ := w.added()
	if _, err := s.AddDirectory(t.Context(), aus); err == nil {
		t.Fatal("a file was written where none can be")
	}
	_, err = w.service.Send(t.Context(), d, api.Overrides{})
	must(t, err)
}

// Who sends while settings are changed is served by the program's next Service, once; by nobody where none comes, nor where nobody was told
// of the change.
func TestSendBySuccessor(t *testing.T) {
	w := policyWorld(t)
	must(t, w.service.NoteRules(t.Context()))
	w.save(one, 0, content(secret, ann))
	stored := get[api.StoredDraft](w.world, "/api/drafts/"+one)
	var next *api.Service
	asked := 0
	loaded, err := installation.Load(w.path())
	must(t, err)
	s := api.New(api.Config{Installation: loaded, Secrets: w.secrets, Store: w.store, Book: w.book, User: "tester", Now: w.now, LookAt: w.look,
		Next: func(context.Context) *api.Service { asked++; return next }})
	t.Cleanup(func() { must(t, s.Close()) })
	send := func() (api.Sent, error) {
		return s.SendStored(t.Context(), stored.Content.Content.Draft, api.Overrides{}, api.DraftRef{ID: one, Version: stored.Version})
	}

	before := w.file()
	must(t, os.WriteFile(w.path(), []byte(before+"\n[[policy]]\nfile = \"gone.xml\"\n"), 0o600)) // by hand: nobody is told
	if _, err := send(); !errors.Is(err, outbox.ErrOtherPolicy) || asked != 0 {
		t.Fatalf("%v, asked %d times", err, asked)
	}
	must(t, os.WriteFile(w.path(), []byte(before), 0o600))

	in, _ := w.added()
	answered[api.AddedDocument](w.world, http.StatusOK, "POST", "/api/directories", in)
	_, err = send()
	w.refusedToSend(err, "they were changed")
	w.renew()
	next = w.service
	sent, err := send()
	must(t, err)
	all, err := w.service.Outbox().List(t.Context(), 10)
	must(t, err)
	if asked != 2 || len(all) != 1 || all[0].ID != sent.Message {
		t.Errorf("asked %d times, %s of %+v", asked, sent.Message, all)
	}
	if _, err := send(); err == nil {
		t.Error("the draft was sent twice")
	}
}

func (w *adminWorld) refusedToSend(err error, says string) {
	w.t.Helper()
	if !errors.Is(err, outbox.ErrOtherSettings) || !strings.Contains(err.Error(), says) {
		w.t.Errorf("it is sent by the former settings: %v", err)
	}
}

// Settings that were changed by hand are told to running programs by the first that notices it, once.
func TestSettingsChangedByHandAreTold(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	must(t, w.service.NoteRules(t.Context()))
	newest := func() int64 {
		n, err := w.store.NewestChange(t.Context())
		must(t, err)
		return n
	}
	before := newest()
	w.edit("up_to = \"SECRET\"", "up_to = \"RESTRICTED\"")
	w.renew()
	must(t, w.service.NoteRules(t.Context()))
	changes, _, _, err := w.store.Changes(t.Context(), before)
	must(t, err)
	told := 0
	for _, c := range changes {
		if c.Kind == api.ChangeInstallation {
			told++
		}
	}
	after := newest()
	if must(t, w.service.NoteRules(t.Context())); told != 1 || newest() != after {
		t.Errorf("told %d times, then %d more", told, newest()-after)
	}
}
