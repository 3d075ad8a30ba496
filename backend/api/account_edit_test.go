package api_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
)

// lookedAt keeps which account was looked at last, with which password.
type lookedAt struct {
	account  atomic.Pointer[installation.Account]
	password atomic.Value
}

func (l *lookedAt) look(_ context.Context, a installation.Account, secrets installation.Secrets) (api.AccountLook, error) {
	l.account.Store(&a)
	v, err := secrets.Secret(a.Secret)
	if err != nil {
		return api.AccountLook{Step: api.AccountSetup}, err
	}
	l.password.Store(v)
	return api.AccountLook{Step: api.AccountDone, Transport: "TLS 1.3", Login: "SCRAM-SHA-256, duty", Can: []api.AccountAbility{{Name: "size", OK: true, Text: "1000"}}}, nil
}

// newAdminWorldLooking is newAdminWorld that looks at accounts so.
func newAdminWorldLooking(t *testing.T, look func(context.Context, installation.Account, installation.Secrets) (api.AccountLook, error)) *adminWorld {
	t.Helper()
	w := newAdminWorld(t, false, nil)
	w.look = look
	w.renew()
	return w
}

// mailIn is an account of smtp as the form gives it.
func mailIn(w *adminWorld, password string) api.AccountInput {
	return api.AccountInput{
		Name: "post", Kind: "smtp", Address: "mail.gbr.example:587", Security: "starttls", CAPEM: string(w.cas["GBR"].PEM()), User: "duty", Password: password, MaxSize: 1000,
		Pins: []string{"sha256:" + strings.Repeat("0a", 32)},
	}
}

// An account from its first test to its removal; its password is seen by the server alone.
func TestAccountsOverHTTP(t *testing.T) {
	l := &lookedAt{}
	w := newAdminWorldLooking(t, l.look)
	const password, second = "correct horse", "battery staple"
	in := mailIn(w, password)
	tried := answered[api.AccountTestDocument](w.world, http.StatusOK, "POST", "/api/accounts/try", map[string]any{"account": in})
	if !tried.OK || len(tried.Steps) != 4 || l.password.Load() != password || strings.Contains(w.file(), "post") {
		t.Fatalf("%+v", tried)
	}
	status, text, _ := w.ask("POST", "/api/accounts", in)
	if status != http.StatusOK || strings.Contains(text, password) || !strings.Contains(text, "No identity uses it yet") {
		t.Fatalf("%d %s", status, text)
	}
	if file := w.file(); strings.Contains(file, password) || !strings.HasPrefix(file, "# Kept by the signal office") {
		t.Errorf("the file:\n%s", file)
	}
	w.refused(http.StatusConflict, "user-account-exists", "POST", "/api/accounts", in)
	w.renew()
	a := accountOf(t, w, "post")
	if a.Password != "stored" || a.Settings.CA != "post" || len(a.Settings.Pins) != 1 || a.Settings.MaxSize != 1000 {
		t.Errorf("%+v", a)
	}
	if _, text, _ := w.ask("GET", "/api/accounts", nil); strings.Contains(text, password) {
		t.Error("the password comes out again")
	}

	// Without a password the stored one stays, wherever it does not go elsewhere.
	in = a.Settings
	in.MaxSize = 2000
	in.Revision = answered[api.ChangedAccount](w.world, http.StatusOK, "PUT", "/api/accounts/post", in).Revision
	w.renew()
	answered[api.AccountTestDocument](w.world, http.StatusOK, "POST", "/api/accounts/post/test", nil)
	if l.password.Load() != password || l.account.Load().MaxSize != 2000 {
		t.Errorf("%v", l.password.Load())
	}
	for name, change := range map[string]func(*api.AccountInput){
		"another server":     func(x *api.AccountInput) { x.Address = "mail.elsewhere.example:587" },
		"another CA":         func(x *api.AccountInput) { x.CA = "UKR" },
		"a CA of its own":    func(x *api.AccountInput) { x.CA, x.CAPEM = "mine", string(w.cas["UKR"].PEM()) },
		"another name":       func(x *api.AccountInput) { x.ServerName = "mail.elsewhere.example" },
		"another port's TLS": func(x *api.AccountInput) { x.Security = "tls" },
		"in the clear":       func(x *api.AccountInput) { x.Auth = "plain" },
		"no pinned key":      func(x *api.AccountInput) { x.Pins = nil },
		"another pinned key": func(x *api.AccountInput) { x.Pins = []string{"sha256:" + strings.Repeat("0b", 32)} },
	} {
		x := in
		change(&x)
		l.password.Store("")
		if status, text, _ := w.ask("PUT", "/api/accounts/post", x); status != http.StatusUnprocessableEntity || !strings.Contains(text, "user-password-anew") {
			t.Errorf("%s: %d %s", name, status, text)
		}
		if status, text, _ := w.ask("POST", "/api/accounts/try", map[string]any{"account": x, "of": "post"}); status != http.StatusUnprocessableEntity || l.password.Load() != "" {
			t.Errorf("%s: tried: %d %s", name, status, text)
		}
	}
	old := secretOf(t, w, "post")
	in.Address, in.Password = "mail2.gbr.example:587", second
	in.Revision = answered[api.ChangedAccount](w.world, http.StatusOK, "PUT", "/api/accounts/post", in).Revision
	w.renew()
	if v, err := w.secrets.Secret(secretOf(t, w, "post")); err != nil || v != second {
		t.Errorf("the new password: %v", err)
	}
	if _, err := w.secrets.Secret(old); !errors.Is(err, installation.ErrSecret) {
		t.Errorf("the old password stays: %v", err)
	}
	w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/accounts/post", func() api.AccountInput { x := in; x.Name = "other"; return x }())

	gone := secretOf(t, w, "post")
	answered[api.ChangedAccount](w.world, http.StatusOK, "DELETE", "/api/accounts/post?revision="+in.Revision, nil)
	w.renew()
	if _, err := w.secrets.Secret(gone); !errors.Is(err, installation.ErrSecret) || strings.Contains(w.file(), "mail2") {
		t.Errorf("it stays: %v", err)
	}
	w.refused(http.StatusNotFound, "user-not-found", "DELETE", "/api/accounts/post?revision="+in.Revision, nil)
	var log bytes.Buffer
	must(t, audit.Export(t.Context(), w.store, &log))
	entries := strings.Split(log.String(), "\n")
	for _, want := range []string{"account post (smtp) added", "account post (smtp) changed: mail2.gbr.example:587, with a new secret", "account post removed"} {
		if !slices.ContainsFunc(entries, func(e string) bool { return strings.Contains(e, want) }) {
			t.Errorf("the log lacks %q", want)
		}
	}
	for _, e := range entries {
		if strings.Contains(e, password) || strings.Contains(e, second) {
			t.Error("a password is in the log")
		}
	}
}

// A client certificate that was taken out is shown no more, though the program goes on with it until it has taken the file up.
func TestAccountWithoutItsCertificate(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	in := mailIn(w, "x")
	in.ClientCertificate, in.ClientKey = string(w.cas["GBR"].PEM()), "of no use"
	in.Revision = answered[api.ChangedAccount](w.world, http.StatusOK, "POST", "/api/accounts", in).Revision
	w.renew()
	if a := accountOf(t, w, "post"); a.Certificate == nil || a.Key != "secrets" {
		t.Fatalf("%+v", a)
	}
	in.ClientCertificate, in.ClientKey, in.CAPEM, in.CA, in.NoCertificate = "", "", "", "post", true
	answered[api.ChangedAccount](w.world, http.StatusOK, "PUT", "/api/accounts/post", in)
	if a := accountOf(t, w, "post"); a.Certificate != nil {
		t.Errorf("%+v", a.Certificate)
	}
}

// What uses an account is said before it is removed.
func TestAccountInUse(t *testing.T) {
	w := newAdminWorldLooking(t, nil)
	out := accountOf(t, w, "out")
	if len(out.Uses) != 0 || out.Password != "none" || out.Login != "none" {
		t.Fatalf("%+v", out)
	}
	me := get[[]api.BoundIdentity](w.world, "/api/identities")[0]
	bound := me.Settings
	bound.Account = "out"
	answered[api.BoundIdentity](w.world, http.StatusOK, "PUT", "/api/identities/"+me.ID, bound)
	w.renew()
	if out = accountOf(t, w, "out"); len(out.Uses) != 1 || out.Uses[0].Address != "me@gbr.example" || out.Uses[0].As != "account" {
		t.Errorf("%+v", out.Uses)
	}
	w.refused(http.StatusConflict, "user-account-used", "DELETE", "/api/accounts/out?revision="+out.Settings.Revision, nil)
	if accountOf(t, w, "out").Settings.Name != "out" {
		t.Error("it is gone")
	}
	// Nobody is unbound whom the asker was not shown: of the account itself nothing has changed.
	second := api.IdentityInput{User: "auditor", Directory: "GBR", DN: "uid=ann,o=gbr", Mail: "ann@gbr.example", Account: "out", Roles: []string{"auditor"}}
	answered[api.BoundIdentity](w.world, http.StatusOK, "POST", "/api/identities", second)
	shown := "&unbind=" + out.Uses[0].Identity
	w.refused(http.StatusConflict, "user-account-used", "DELETE", "/api/accounts/out?revision="+out.Settings.Revision+shown, nil)
	out = accountOf(t, w, "out")
	shown += "&unbind=" + out.Uses[1].Identity
	answered[api.ChangedAccount](w.world, http.StatusOK, "DELETE", "/api/accounts/out?revision="+out.Settings.Revision+shown, nil)
	w.renew()
	if x := get[[]api.BoundIdentity](w.world, "/api/identities"); x[0].Settings.Account != "" || len(get[api.AccountsDocument](w.world, "/api/accounts").Accounts) != 0 {
		t.Errorf("%+v", x)
	}
}

// Of a server that no CA is known for, the certificates are shown, and the password does not go there.
func TestAccountWithoutCA(t *testing.T) {
	trusts := func(_ context.Context, a installation.Account, _ installation.Secrets) (api.AccountLook, error) {
		if a.Roots == nil || a.Roots.Equal(x509.NewCertPool()) {
			return api.AccountLook{Step: api.AccountSetup}, errors.New("no CA at all")
		}
		return api.AccountLook{Step: api.AccountCertificate, Chain: []*x509.Certificate{}}, errors.New("unknown authority")
	}
	w := newAdminWorldLooking(t, trusts)
	in := mailIn(w, "x")
	in.CAPEM = ""
	d := answered[api.AccountTestDocument](w.world, http.StatusOK, "POST", "/api/accounts/try", map[string]any{"account": in})
	if last := d.Steps[len(d.Steps)-1]; d.OK || last.Step != api.AccountCertificate || d.Can == nil || !strings.Contains(last.Text, "unknown authority") {
		t.Errorf("%+v", d)
	}
	w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/accounts", in) // such an account is not written
}

func TestIdentitiesOverHTTP(t *testing.T) {
	w := newAdminWorldLooking(t, nil)
	w.readAll()
	list := get[[]api.BoundIdentity](w.world, "/api/identities")
	if len(list) != 1 || !list[0].Mine || list[0].Name == "" || !slices.Equal(list[0].Settings.Roles, []string{"administrator"}) {
		t.Fatalf("%+v", list)
	}
	second := api.IdentityInput{User: "auditor", Directory: "GBR", DN: "uid=ann,o=gbr", Mail: "ann@gbr.example", Roles: []string{"auditor"}}
	added := answered[api.BoundIdentity](w.world, http.StatusOK, "POST", "/api/identities", second)
	w.renew()
	if added.Mine || len(get[[]api.BoundIdentity](w.world, "/api/identities")) != 2 {
		t.Errorf("%+v", added)
	}
	// Nobody takes the role from himself: he could not take it back.
	mine := list[0].Settings
	mine.Roles = []string{"drafter"}
	w.refused(http.StatusConflict, "user-own-role", "PUT", "/api/identities/"+list[0].ID, mine)
	w.refused(http.StatusConflict, "user-own-role", "DELETE", "/api/identities/"+list[0].ID, nil)
	w.refused(http.StatusConflict, "user-settings-changed", "PUT", "/api/identities/0000", second)
	second.Directory = "UKR" // RULES 10: the own nation's alone
	w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/identities/"+added.ID, second)
	answered[api.BoundIdentity](w.world, http.StatusOK, "DELETE", "/api/identities/"+added.ID, nil)
	w.renew()
	if len(get[[]api.BoundIdentity](w.world, "/api/identities")) != 1 {
		t.Error("it stays")
	}
}

func TestRule20DefaultLabelsOverHTTP(t *testing.T) {
	w := newAdminWorldLooking(t, nil)
	in := api.DefaultLabelInput{Domain: "UKR.example", Policy: "NATO", Classification: "RESTRICTED", Categories: map[string][]string{"Context": {"MROD"}}}
	d := answered[api.DefaultLabelDocument](w.world, http.StatusOK, "PUT", "/api/default-labels", in)
	if !strings.Contains(d.Marking, "RESTRICTED") {
		t.Errorf("%+v", d)
	}
	w.renew()
	in.Domain, in.Classification = "ukr.example", "CONFIDENTIAL" // in its place
	answered[api.DefaultLabelDocument](w.world, http.StatusOK, "PUT", "/api/default-labels", in)
	w.renew()
	if all := get[[]api.DefaultLabelDocument](w.world, "/api/default-labels"); len(all) != 1 || !strings.Contains(all[0].Marking, "CONFIDENTIAL") {
		t.Errorf("%+v", all)
	}
	bad := in
	bad.Categories = nil // RULES 4: the Context is required here
	w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/default-labels", bad)
	answered[api.DefaultLabelDocument](w.world, http.StatusOK, "DELETE", "/api/default-labels/ukr.example", nil)
	w.renew()
	w.refused(http.StatusNotFound, "user-not-found", "DELETE", "/api/default-labels/ukr.example", nil)
}

func TestRule27AccountsAreManaged(t *testing.T) {
	w := newAdminWorld(t, true, nil)
	before := w.file()
	id := get[[]api.BoundIdentity](w.world, "/api/identities")[0]
	w.refused(http.StatusForbidden, "user-managed", "POST", "/api/accounts", mailIn(w, "x"))
	w.refused(http.StatusForbidden, "user-managed", "DELETE", "/api/accounts/out?revision=x", nil)
	w.refused(http.StatusForbidden, "user-managed", "PUT", "/api/identities/"+id.ID, id.Settings)
	w.refused(http.StatusForbidden, "user-managed", "PUT", "/api/default-labels", api.DefaultLabelInput{Domain: "ukr.example", Policy: "NATO", Classification: "RESTRICTED"})
	if w.file() != before || !get[api.AccountsDocument](w.world, "/api/accounts").Managed {
		t.Error("it was changed")
	}
}

func accountOf(t testing.TB, w *adminWorld, name string) api.AccountDocument {
	t.Helper()
	all := get[api.AccountsDocument](w.world, "/api/accounts").Accounts
	i := slices.IndexFunc(all, func(a api.AccountDocument) bool { return a.Settings.Name == name })
	if i < 0 {
		t.Fatalf("no account %s in %+v", name, all)
	}
	return all[i]
}

// secretOf is the name of an account's password.
func secretOf(t *testing.T, w *adminWorld, name string) string {
	t.Helper()
	in, err := installation.Load(w.path())
	must(t, err)
	a, _ := in.Account(name)
	return a.Secret
}

// A chat account's password goes to the server of its JID's domain: another domain needs it anew. So does a directory whose pins are loosened.
func TestPasswordStaysWithItsServer(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	in := api.AccountInput{Name: "talk", Kind: "xmpp", Address: "xmpp.gbr.example:5222", Security: "starttls", CAPEM: string(w.cas["GBR"].PEM()), JID: "me@chat.gbr.example", Password: "hunter2"}
	answered[api.ChangedAccount](w.world, http.StatusOK, "POST", "/api/accounts", in)
	w.renew()
	in = accountOf(t, w, "talk").Settings
	in.JID = "me@evil.example"
	w.refused(http.StatusUnprocessableEntity, "user-password-anew", "PUT", "/api/accounts/talk", in)
	in.JID = "other@CHAT.gbr.example"
	answered[api.ChangedAccount](w.world, http.StatusOK, "PUT", "/api/accounts/talk", in)
	w.renew()
	d := get[api.DirectorySettings](w.world, "/api/directories/UKR/settings")
	first, second := "sha256:"+strings.Repeat("ab", 32), "sha256:"+strings.Repeat("cd", 32)
	d.Pins = []string{first}
	d.Revision = answered[api.ChangedDocument](w.world, http.StatusOK, "PUT", "/api/directories/UKR/settings", d).Revision
	w.renew()
	for _, pins := range [][]string{{}, {second}, {first, second}} {
		d.Pins = pins
		w.refused(http.StatusUnprocessableEntity, "user-password-anew", "PUT", "/api/directories/UKR/settings", d)
	}
	d.Pins = []string{strings.ToUpper(first[7:])}
	d.Pins[0] = "sha256:" + d.Pins[0]
	answered[api.ChangedDocument](w.world, http.StatusOK, "PUT", "/api/directories/UKR/settings", d)
}
