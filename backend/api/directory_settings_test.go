package api_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
)

// A directory that is paused is neither read nor asked, by whomever; what was read stays, and is resumed without a loss.
func TestRule13PausedDirectory(t *testing.T) {
	w := newAdminWorld(t, false, map[string]string{"UKR": "live = \"typing\"\n"})
	w.readAll()
	entries := w.state("UKR").Entries
	done := answered[api.ChangedDocument](w.world, http.StatusOK, "POST", "/api/directories/UKR/pause"+w.as("UKR"), nil)
	if done.Name != "UKR" || !strings.Contains(w.file(), "paused = true") || !strings.Contains(w.file(), "# Kept by the signal office") {
		t.Fatalf("%+v\n%s", done, w.file())
	}
	w.renew()
	x := w.state("UKR")
	if !x.Paused || x.Live != "never" || x.Every != 0 || x.NextRun != nil || x.Entries != entries {
		t.Errorf("%+v", x)
	}
	w.refused(http.StatusConflict, "user-directory-paused", "POST", "/api/book/sync?directory=UKR", nil)
	read, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	if slices.ContainsFunc(read, func(d api.SyncDocument) bool { return d.Directory == "UKR" }) || len(read) != 1 {
		t.Errorf("read all the same: %+v", read)
	}
	if x := answered[api.TestDocument](w.world, http.StatusOK, "POST", "/api/directories/UKR/test", nil); !x.OK {
		t.Errorf("it cannot be tested: %+v", x)
	}
	answered[api.ChangedDocument](w.world, http.StatusOK, "POST", "/api/directories/UKR/resume?revision="+done.Revision, nil)
	w.renew()
	if x := w.state("UKR"); x.Paused || x.Live != "typing" || strings.Contains(w.file(), "paused") {
		t.Errorf("%+v\n%s", x, w.file())
	}
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/directories/nobody/pause?revision=x", nil)
}

// What a directory decides for and how it is kept is changed in one act; what makes no sense changes nothing, and says why.
func TestChangeDirectory(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	before := answered[api.DirectorySettings](w.world, http.StatusOK, "GET", "/api/directories/UKR/settings", nil)
	if before.Mode != "mirror" || !slices.Equal(before.MailDomains, []string{"ukr.example"}) || before.Every != "" || before.PlainCeiling != nil {
		t.Fatalf("%+v", before)
	}
	next := before
	next.MailDomains, next.Every, next.FullEvery, next.Live, next.MaxLoss = []string{"ukr.example", "mil.ukr.example"}, "90m", "24h", "enter", 0.25
	done := answered[api.ChangedDocument](w.world, http.StatusOK, "PUT", "/api/directories/UKR/settings", next)
	if !slices.ContainsFunc(done.Warnings, func(s string) bool { return strings.Contains(s, "mil.ukr.example by mail") }) {
		t.Errorf("it does not say that no route leads there: %+v", done)
	}
	w.renew()
	if got := answered[api.DirectorySettings](w.world, http.StatusOK, "GET", "/api/directories/UKR/settings", nil); got.Every != "1h30m" || got.FullEvery != "24h" || got.MaxLoss != 0.25 || len(got.MailDomains) != 2 {
		t.Errorf("%+v", got)
	}
	if x := w.state("UKR"); x.Every != 5400 || x.Live != "enter" || len(x.MailDomains) != 2 {
		t.Errorf("%+v", x)
	}
	file, next := w.file(), answered[api.DirectorySettings](w.world, http.StatusOK, "GET", "/api/directories/UKR/settings", nil)
	if next.Revision != done.Revision || next.Revision == before.Revision {
		t.Errorf("%q after %q, and the answer said %q", next.Revision, before.Revision, done.Revision)
	}
	for name, change := range map[string]func(*api.DirectorySettings){
		"a domain of another directory": func(x *api.DirectorySettings) { x.MailDomains = []string{"gbr.example"} },
		"no domain":                     func(x *api.DirectorySettings) { x.ChatDomains = []string{"a@b"} },
		"read too often":                func(x *api.DirectorySettings) { x.Every = "1s" },
		"no time":                       func(x *api.DirectorySettings) { x.Every = "often" },
		"an interval of look-up":        func(x *api.DirectorySettings) { x.Mode = "look-up" },
		"no pin":                        func(x *api.DirectorySettings) { x.Pins = []string{"sha256:12"} },
		"a ceiling over TLS":            func(x *api.DirectorySettings) { x.PlainCeiling = &api.CeilingInput{UpTo: "RESTRICTED"} },
	} {
		x := next
		change(&x)
		w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/directories/UKR/settings", x)
		if w.file() != file {
			t.Fatalf("%s: the file was changed", name)
		}
	}
}

// RULES 27: a centrally managed installation is not changed here.
func TestRule27ManagedSettings(t *testing.T) {
	w := newAdminWorld(t, true, nil)
	before := w.file()
	settings := answered[api.DirectorySettings](w.world, http.StatusOK, "GET", "/api/directories/UKR/settings", nil)
	w.refused(http.StatusForbidden, "user-managed", "PUT", "/api/directories/UKR/settings", settings)
	w.refused(http.StatusForbidden, "user-managed", "POST", "/api/directories/UKR/pause?revision="+settings.Revision, nil)
	w.refused(http.StatusForbidden, "user-managed", "PUT", "/api/routes/mail/x.example", api.RouteInput{Nation: "UKR", Links: []api.LinkInput{{Name: "x", Clearance: api.CeilingInput{UpTo: "RESTRICTED"}}}})
	w.refused(http.StatusForbidden, "user-managed", "DELETE", "/api/routes/mail/ukr.example?revision=x", nil)
	if w.file() != before {
		t.Error("the file was changed")
	}
}

// Each read is remembered with what it brought and cost: the last ones, and by day. What failed says why, and one that could not even
// begin is among them.
func TestReadsAreRemembered(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	w.readAll()
	w.replace("UKR", `secret = "UKR"`, `secret = "none"`)
	if _, err := w.service.Sync(context.WithoutCancel(t.Context()), "UKR", nil); err != nil {
		t.Fatal(err)
	}
	x := answered[api.ReadsDocument](w.world, http.StatusOK, "GET", "/api/directories/UKR/reads", nil)
	if len(x.Reads) != 2 || x.Reads[0].State != "failed" || !strings.Contains(x.Reads[0].Error, "none") || x.Reads[1].State != "ok" || x.Reads[1].Read == 0 || x.Reads[1].Bytes == 0 {
		t.Fatalf("%+v", x)
	}
	if len(x.Days) != 1 || x.Days[0].Reads != 2 || x.Days[0].Failed != 1 || x.Days[0].Bytes != x.Reads[1].Bytes {
		t.Errorf("%+v", x.Days)
	}
	if d := w.state("UKR").Day; d != x.Days[0].ReadsSum {
		t.Errorf("%+v", d)
	}
	w.ahead.Store(int64(15 * 24 * time.Hour))
	if _, err := w.service.Sync(t.Context(), "GBR", nil); err != nil {
		t.Fatal(err)
	}
	if x := answered[api.ReadsDocument](w.world, http.StatusOK, "GET", "/api/directories/UKR/reads", nil); len(x.Reads) != 0 || w.state("UKR").Day.Reads != 0 {
		t.Errorf("kept for ever: %+v", x)
	}
	w.refused(http.StatusNotFound, "user-not-found", "GET", "/api/directories/nobody/reads", nil)
}
