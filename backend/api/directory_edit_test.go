package api_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// added is AUS's directory on a server of its own, as the page gives it.
func (w *adminWorld) added() (api.DirectoryInput, string) {
	w.t.Helper()
	s, address, password := w.directory("AUS")
	must(w.t, s.Add(person("uid=sue,o=aus", "Sue", "sue@aus.example", "SECRET")))
	return api.DirectoryInput{
		Name: "AUS", Nation: "AUS", URLs: []string{"ldap://" + address}, Security: "starttls", CAPEM: string(w.cas["AUS"].PEM()),
		BindDN: "cn=reader,o=aus", Password: password, BaseDN: "o=aus", MailDomains: []string{"aus.example"}, Mode: "mirror", Every: "30m",
	}, password
}

func (w *adminWorld) file() string {
	w.t.Helper()
	data, err := os.ReadFile(w.path())
	must(w.t, err)
	return string(data)
}

func TestAddAndRemoveOverHTTP(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	before := w.file()
	in, password := w.added()
	p := answered[api.ProposalDocument](w.world, http.StatusOK, "POST", "/api/directories/propose", in)
	if !p.OK || p.BaseDN != "o=aus" || p.Certificate == nil || !strings.HasPrefix(p.Certificate.Pin, "sha256:") || len(p.Evidence) == 0 || w.file() != before {
		t.Errorf("%+v", p)
	}
	seq, err := w.store.NewestChange(t.Context())
	must(t, err)
	status, text, _ := w.ask("POST", "/api/directories", in)
	if status != http.StatusOK || strings.Contains(text, password) || !strings.Contains(text, `"secrets":["directory-aus-`) {
		t.Fatalf("%d %s", status, text)
	}
	if !strings.Contains(text, "No [[route]] leads to aus.example by mail") {
		t.Errorf("it does not say what is missing: %s", text)
	}
	after := w.file()
	if !hasLines(after, before) || strings.Contains(after, password) || !strings.Contains(after, "directory-aus") {
		t.Errorf("the file:\n%s", after)
	}
	_, name, _ := strings.Cut(text, `"secrets":["`)
	name, _, _ = strings.Cut(name, `"`)
	if v, err := w.secrets.Secret(name); err != nil || v != password {
		t.Errorf("the secret: %v", err)
	}
	changes, _, _, err := w.store.Changes(t.Context(), seq)
	must(t, err)
	if !slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == api.ChangeInstallation && c.ID == "AUS" }) {
		t.Errorf("nobody is told: %v", changes)
	}
	w.refused(http.StatusConflict, "user-directory-exists", "POST", "/api/directories", api.DirectoryInput{Name: "GBR", Nation: "GBR", URLs: in.URLs, Security: "plain", BaseDN: "o=x"})
	w.renew()
	w.readAll()
	if !w.knows("sue@aus.example") || w.state("AUS").Entries != 1 || w.state("AUS").Every != 1800 {
		t.Errorf("%+v", w.state("AUS"))
	}
	x := answered[api.TestDocument](w.world, http.StatusOK, "POST", "/api/directories/AUS/test", nil)
	if !x.OK || x.Certificate == nil || x.Certificate.Pin != p.Certificate.Pin || x.WithClearance != 1 || len(x.Checks) != 9 {
		t.Errorf("%+v", x)
	}
	gone := answered[api.RemovedDocument](w.world, http.StatusOK, "DELETE", "/api/directories/AUS"+w.as("AUS"), nil)
	if !slices.Equal(gone.Secrets, []string{name}) || w.knows("sue@aus.example") {
		t.Errorf("%+v", gone)
	}
	if _, err := w.secrets.Secret(name); !errors.Is(err, installation.ErrSecret) {
		t.Errorf("the secret stays: %v", err)
	}
	if text := w.file(); strings.Contains(text, "o=aus") || !strings.Contains(text, "# Kept by the signal office") {
		t.Errorf("the file:\n%s", text)
	}
	w.renew()
	w.refused(http.StatusNotFound, "user-not-found", "DELETE", "/api/directories/AUS?revision=x", nil)
	// The own nation's is the one that an identity lies in.
	w.refused(http.StatusUnprocessableEntity, "user-installation", "DELETE", "/api/directories/GBR"+w.as("GBR"), nil)
	if !strings.Contains(w.file(), `"GBR"`) {
		t.Error("GBR is gone")
	}
}

func TestAddRefusesWhatIsWrong(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	before := w.file()
	for name, change := range map[string]func(*api.DirectoryInput){
		"no CA":                          func(in *api.DirectoryInput) { in.CAPEM = "" },
		"a CA that is none":              func(in *api.DirectoryInput) { in.CAPEM = "no PEM" },
		"another CA of that name":        func(in *api.DirectoryInput) { in.CA = "GBR" },
		"a time that is none":            func(in *api.DirectoryInput) { in.Every = "often" },
		"a domain of another nation":     func(in *api.DirectoryInput) { in.MailDomains = []string{"gbr.example"} },
		"password and secret":            func(in *api.DirectoryInput) { in.Secret = "GBR" },
		"a key in two places":            func(in *api.DirectoryInput) { in.ClientKey, in.ClientKeyURI = "x", "y" },
		"no base":                        func(in *api.DirectoryInput) { in.BaseDN = "" },
		"a schema without its attribute": func(in *api.DirectoryInput) { in.Schema = "custom" },
	} {
		in, _ := w.added()
		change(&in)
		w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories", in)
		if _, err := w.secrets.Secret("directory-aus"); !errors.Is(err, installation.ErrSecret) {
			t.Errorf("%s: a secret stays behind: %v", name, err)
		}
	}
	if w.file() != before {
		t.Error("the file was changed")
	}
}

// RULES 27: in a centrally managed installation nothing is added or removed, and no server is told a password by the way.
func TestRule27ManagedDirectories(t *testing.T) {
	w := newAdminWorld(t, true, nil)
	before := w.file()
	in, _ := w.added()
	w.refused(http.StatusForbidden, "user-managed", "POST", "/api/directories", in)
	w.refused(http.StatusForbidden, "user-managed", "DELETE", "/api/directories/UKR?revision=x", nil)
	if w.file() != before {
		t.Error("the file was changed")
	}
	if _, err := w.secrets.Secret("directory-aus"); !errors.Is(err, installation.ErrSecret) {
		t.Errorf("a secret was stored: %v", err)
	}
}

// A test says at which step it fails, what was found there, and what to do.
func TestTestSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		old, text string
		step      string
		says      string
	}{
		"another CA":     {`ca = "UKR"`, `ca = "GBR"`, "certificate", "is ca the one that issued it"},
		"another base":   {`base_dn = "o=ukr"`, `base_dn = "o=nowhere"`, "base", "o=ukr"},
		"no password":    {`secret = "UKR"`, `secret = "none"`, "setup", "caveat installation secret none"},
		"another name":   {`bind_dn = "cn=reader,o=ukr"`, `bind_dn = "cn=other,o=ukr"`, "bind", "bind_dn"},
		"nobody listens": {`urls = ["ldap://127`, `urls = ["ldap://127.0.0.1:1", "ldap://127.0.0.1:1", "ldap://127`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newAdminWorld(t, false, nil)
			w.replace("UKR", c.old, c.text)
			d := answered[api.TestDocument](w.world, http.StatusOK, "POST", "/api/directories/UKR/test", nil)
			if c.step == "" { // another URL answers
				if !d.OK {
					t.Errorf("%+v", d)
				}
				return
			}
			last := d.Checks[len(d.Checks)-1]
			if d.OK || d.Error == "" || last.OK || last.Step != c.step || !strings.Contains(last.Text, c.says) {
				t.Errorf("%+v", d)
			}
			for _, x := range d.Checks[:len(d.Checks)-1] {
				if !x.OK {
					t.Errorf("two steps failed: %+v", d.Checks)
				}
				if strings.Contains(x.Text, "unprotected") || x.Step == "connection" && !strings.Contains(x.Text, "ldap://127.0.0.1") {
					t.Errorf("%s, which is not so: %s", x.Step, x.Text)
				}
			}
		})
	}
}

// A file of a nation behind a diode is looked at as a file.
func TestTestOfAnLDIFFile(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	in := api.DirectoryInput{Name: "AUS", Nation: "AUS", LDIF: "aus.ldif", BaseDN: "o=aus"}
	w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories/propose", in)
	done := answered[api.AddedDocument](w.world, http.StatusOK, "POST", "/api/directories", in)
	if !slices.ContainsFunc(done.Warnings, func(s string) bool { return strings.Contains(s, "plain_ceiling") }) {
		t.Errorf("%+v", done)
	}
	w.renew()
	d := answered[api.TestDocument](w.world, http.StatusOK, "POST", "/api/directories/AUS/test", nil)
	if d.OK || d.Checks[0].Step != "file" || d.Checks[0].OK {
		t.Errorf("without the file: %+v", d)
	}
	must(t, os.WriteFile(w.dir+"/aus.ldif", []byte("version: 1\n"), 0o600))
	d = answered[api.TestDocument](w.world, http.StatusOK, "POST", "/api/directories/AUS/test", nil)
	if !d.OK || d.Transport != "ldif" || len(d.Checks) != 2 || d.Checks[1].OK {
		t.Errorf("%+v", d)
	}
	if x := w.state("AUS"); x.Security != "ldif" || x.Mode != "mirror" || x.Live != "never" || len(x.Sources) != 1 || x.Ceiling {
		t.Errorf("%+v", x)
	}
}

// What the book holds of a directory that is no longer set up goes when the holder begins.
func TestStrangersAreForgotten(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	w.readAll()
	text := w.file()
	must(t, os.WriteFile(w.path(), []byte(strings.Replace(text, "[[directory]]\nname = \"UKR\"", "[[directory]]\nname = \"UKR 2\"", 1)), 0o600))
	w.renew()
	if !w.knows(ron) {
		t.Fatal("the test shows nothing")
	}
	w.working()
	w.until("only the new name is in the book", func() bool {
		status, err := w.book.Status(t.Context())
		must(t, err)
		var names []string
		for _, st := range status {
			if !st.LastSuccess.IsZero() {
				names = append(names, st.Directory)
			}
		}
		return slices.Equal(names, []string{"GBR", "UKR 2"})
	})
}

// hasLines reports whether a text has all lines of another that are not empty, in their order.
func hasLines(text, other string) bool {
	want := strings.FieldsFunc(other, func(r rune) bool { return r == '\n' })
	for line := range strings.SplitSeq(text, "\n") {
		if len(want) > 0 && line == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}
