package api_test

import (
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
)

// A bundle that was exported changes nothing; one that was altered is shown with what it changes and what its rules would have done, and
// imported as it was shown.
func TestRule27BundleIsShownBeforeItIsImported(t *testing.T) {
	w := phasedWorld(t)
	w.readAll()
	w.sendAll(ron)
	b := answered[api.BundleDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/export", nil)
	if !strings.Contains(b.Text, "SPIF") || len(b.Secrets) != 2 || w.logged(audit.TypeSettings)["what"] != "installation exported as a bundle" {
		t.Errorf("%v, %v", b.Secrets, w.logged(audit.TypeSettings))
	}
	for _, name := range b.Secrets {
		secret, err := w.secrets.Secret(name)
		must(t, err)
		if strings.Contains(b.Text, secret) {
			t.Errorf("the secret %s is in the bundle", name)
		}
	}
	preview := func(text string) api.ImportDocument {
		return answered[api.ImportDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/import/preview", api.ImportInput{Text: text})
	}
	if got := preview(b.Text); len(got.Changes) != 0 || len(got.Secrets) != 0 || len(got.Warnings) != 1 {
		t.Errorf("the same: %+v", got)
	}
	other := strings.NewReplacer("nation = 'UKR'\naction = 'warn'", "action = 'warn'", "outcome = 'unknown'", "outcome = 'not-cleared'",
		"domain = 'ukr.example'", "domain = 'pol.example'", "user = 'tester'", "user = 'another'").Replace(b.Text)
	got := preview(other)
	what := ""
	for _, c := range got.Changes {
		what += c.Kind + " " + c.Name + " " + c.Change + "; "
	}
	if what != "route ukr.example mail removed; route pol.example mail added; rule always changed; identity tester UID=me, o=gbr removed; identity another UID=me, o=gbr added; " {
		t.Errorf("%s", what)
	}
	if got.Effect.Before.Block != 1 || got.Effect.After.Warn != 1 || !strings.Contains(strings.Join(got.Warnings, " "), "No identity in it is bound to you (tester)") {
		t.Errorf("%+v, %v", got.Effect, got.Warnings)
	}
	w.refused(http.StatusConflict, "user-rules-changed", http.MethodPost, "/api/installation/import", api.ImportInput{Text: other, Revision: "another"})
	w.refused(http.StatusUnprocessableEntity, "user-installation", http.MethodPost, "/api/installation/import/preview", api.ImportInput{Text: "format = 2"})
	w.refused(http.StatusUnprocessableEntity, "user-installation", http.MethodPost, "/api/installation/import/preview", api.ImportInput{Text: "nonsense"})
	before := w.file()
	if strings.Contains(before, "pol.example") {
		t.Fatal("it was only to be shown")
	}
	answered[api.ImportDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/import", api.ImportInput{Text: other, Revision: got.Revision})
	line := w.logged(audit.TypeSettings)
	if !strings.Contains(w.file(), "pol.example") || line["kind"] != "bundle" || line["change"] != "loaded" || !strings.Contains(line["what"].(string), "rule always changed") {
		t.Errorf("%v", line)
	}
}
