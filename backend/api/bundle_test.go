package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
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
	if !strings.Contains(b.Text, "SPIF") || len(b.Secrets) != 2 || w.logged(audit.TypeExport)["what"] != "the installation as a bundle" || w.logged(audit.TypeExport)["by"] != "tester" {
		t.Errorf("%v, %v", b.Secrets, w.logged(audit.TypeExport))
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
	if got := preview(b.Text); len(got.Changes) != 0 || len(got.Secrets) != 0 || len(got.Warnings) != 0 {
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

// Over HTTP no bundle has a stored secret sent to another server, to one that another CA vouches for, or less protected; nor does another
// section get it. What is refused is named, and said before.
func TestBundleSendsNoStoredSecretElsewhere(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	must(t, w.secrets.SetSecret("audit-signing-key", "x"))
	must(t, w.secrets.SetSecret("left-behind", "x"))
	b := answered[api.BundleDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/export", nil)
	url := regexp.MustCompile(`urls = \['ldaps?://[^']*'\]`).FindString(b.Text)
	cas := regexp.MustCompile(`(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----`).FindAllString(b.Text, -1)
	if url == "" || len(cas) != 2 {
		t.Fatalf("%d\n%s", len(cas), b.Text)
	}
	before := w.file()
	for name, other := range map[string]string{
		"another server":                  strings.Replace(b.Text, url, "urls = ['ldap://192.0.2.1:389']", 1),
		"another CA":                      strings.Replace(b.Text, cas[0], cas[1], 1),
		"another's secret":                strings.Replace(b.Text, "secret = 'UKR'", "secret = 'GBR'", 1),
		"one that is stored and nobody's": strings.Replace(b.Text, "secret = 'UKR'", "secret = 'left-behind'", 1),
	} {
		t.Run(name, func(t *testing.T) {
			if other == b.Text {
				t.Fatalf("nothing is changed:\n%s", b.Text)
			}
			shown := answered[api.ImportDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/import/preview", api.ImportInput{Text: other})
			if !strings.Contains(strings.Join(shown.Warnings, " "), `cannot be imported here: directory "UKR"`) {
				t.Errorf("%v", shown.Warnings)
			}
			w.refused(http.StatusUnprocessableEntity, "user-password-anew", http.MethodPost, "/api/installation/import", api.ImportInput{Text: other, Revision: shown.Revision})
			if w.file() != before {
				t.Error("it was imported")
			}
		})
	}
	signing := strings.Replace(b.Text, "secret = 'UKR'", "secret = 'audit-signing-key'", 1)
	w.refused(http.StatusUnprocessableEntity, "user-installation", http.MethodPost, "/api/installation/import/preview", api.ImportInput{Text: signing})
	anew := strings.Replace(strings.Replace(b.Text, url, "urls = ['ldap://192.0.2.1:389']", 1), "secret = 'UKR'", "secret = 'anew'", 1)
	shown := answered[api.ImportDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/import/preview", api.ImportInput{Text: anew})
	answered[api.ImportDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/import", api.ImportInput{Text: anew, Revision: shown.Revision})
	directory, _ := w.added()
	directory.Password, directory.Secret = "", "audit-signing-key"
	w.refused(http.StatusUnprocessableEntity, "user-installation", http.MethodPost, "/api/directories", directory)
}

// Over HTTP a bundle names no file or library that the installation does not name already; the refusal says which and what to do, and the
// same of what is there and what is not. What the installation names stays in its own bundle.
func TestBundleNamesNoOtherFile(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	key, there := filepath.Join(w.dir, "key.pem"), filepath.Join(w.dir, "there.xml")
	must(t, os.WriteFile(there, []byte("<secret/>"), 0o600))
	account := func(name, key string) string {
		return "\n[[account]]\nname = '" + name + "'\nkind = 'smtp'\naddress = 'mail.example:587'\nsecurity = 'tls'\nca = 'GBR'\n" + key
	}
	const token = "pkcs11:object=k?module-path=/usr/lib/token.so"
	onToken := func(uri string) string { return "client_key = '" + uri + "'\nsecret = 'pin'\n" }
	must(t, os.WriteFile(w.path(), []byte(w.file()+account("on-token", onToken(token))), 0o600))
	b := answered[api.BundleDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/export", nil)
	shown := answered[api.ImportDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/import/preview", api.ImportInput{Text: b.Text})
	before := w.file()
	policy := func(file string) string { return "\n[[policy]]\nfile = '" + file + "'\naccept_unsigned = 'x'\n" }
	for name, c := range map[string]struct{ more, says string }{
		"a policy":            {policy(there), `policy 2: file names \"` + there + `\"`},
		"one that is missing": {policy(there + "x"), `policy 2: file names \"` + there + `x\"`},
		"a CA":                {"\n[[ca]]\nname = 'x'\nfile = 'there.xml'\n", `file names \"` + there + `\"`},
		"a key":               {account("x", "client_certificate_pem = 'x'\nclient_key = '"+key+"'\n"), `client_key names \"` + key + `\"`},
		"a library":           {account("x", onToken("pkcs11:object=k?module-path=/nowhere/evil.so")), "names a key on a token, with a library"},
	} {
		for _, path := range []string{"/api/installation/import/preview", "/api/installation/import"} {
			in := api.ImportInput{Text: b.Text + c.more, Revision: shown.Revision}
			w.refused(http.StatusUnprocessableEntity, "user-installation", http.MethodPost, path, in)
			if _, text, _ := w.ask(http.MethodPost, path, in); !strings.Contains(text, c.says) || !strings.Contains(text, "caveat installation import FILE") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	if w.file() != before {
		t.Error("it was imported")
	}
	answered[api.ImportDocument](w.world, http.StatusOK, http.MethodPost, "/api/installation/import", api.ImportInput{Text: b.Text, Revision: shown.Revision})
	if !strings.Contains(w.file(), token) {
		t.Error("the installation's own token is gone")
	}
}
