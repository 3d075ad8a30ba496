//go:build linux && integration

package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/mailtest"
	"caveat/backend/xmpptest"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationAccountsOnRealServers adds an account of each kind, by commands, on Exim, Dovecot and Prosody: what each test shows,
// where each fault is found, and that no password is seen.
func TestIntegrationAccountsOnRealServers(t *testing.T) {
	ca, password, wrong := ldaptest.NewCA("Test CA"), mailtest.Secret(), mailtest.Secret()
	cert, key, err := ca.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	chatCA := xmpptest.NewCA()
	users := map[string]string{"duty": password}
	exim := mailtest.StartExim(t, mailtest.EximConfig{Domains: []string{"gbr.example"}, Users: users, Certificate: cert, Key: key, CA: ca.PEM(), MaxBytes: 1 << 20})
	dovecot := mailtest.StartDovecot(t, mailtest.DovecotConfig{Users: users, Certificate: cert, Key: key, CA: ca.PEM()})
	prosody := xmpptest.StartProsody(t, chatCA, xmpptest.Config{Domain: "chat.gbr.example", Users: users})[0]
	f := testInstallation(string(ca.PEM()), "127.0.0.1:1")
	for i := range f.Directories { // nobody is asked
		f.Directories[i].URLs = []string{"ldap://127.0.0.1:1"}
	}
	data := importInstallation(t, f, nil)
	passwordFile, wrongFile := write(t, "password", password+"\n"), write(t, "wrong", wrong+"\n")
	mailCA, chatCAFile := write(t, "ca.pem", string(ca.PEM())), write(t, "chat-ca.pem", string(chatCA.PEM()))

	for _, c := range []struct {
		name  string
		flags []string
		can   []string
	}{
		{"post", []string{"--kind", "smtp", "--address", exim.Addr(), "--server-name", "localhost", "--ca-file", mailCA, "--user", "duty"}, []string{"size", "dsn"}},
		{"box", []string{"--kind", "imap", "--address", dovecot.TLSAddr(), "--server-name", "localhost", "--ca", "post", "--user", "duty",
			"--clearance-policy", "NATO", "--clearance-up-to", "RESTRICTED", "--clearance-value", "Context=MROD", "--sent"}, []string{"messages", "idle", "folders"}},
		{"talk", []string{"--kind", "xmpp", "--jid", "duty@chat.gbr.example", "--address", prosody.Addr(), "--ca-file", chatCAFile}, []string{"labels", "archive", "rooms"}},
	} {
		add := slices.Concat([]string{"account", "add", c.name, "--data", data, "--yes", "--json"}, c.flags)
		if r := caveat(t, "", append(add, "--password-file", wrongFile)...); r.status != 1 || !strings.Contains(r.stderr, "login       FAILED") || strings.Contains(r.stdout+r.stderr, wrong) {
			t.Errorf("%s with a wrong password: %d %s%s", c.name, r.status, r.stdout, r.stderr)
		}
		if r := caveat(t, "", append(add, "--password-file", passwordFile)...); r.status != 0 || strings.Contains(r.stdout+r.stderr, password) {
			t.Fatalf("%s: %d %s%s", c.name, r.status, r.stdout, r.stderr)
		}
		d := testedAccount(t, data, c.name, 0)
		for _, ability := range c.can {
			if !slices.ContainsFunc(d.Can, func(a api.AccountAbility) bool { return a.Name == ability && a.OK }) {
				t.Errorf("%s: no %s in %+v", c.name, ability, d.Can)
			}
		}
		// Its key is pinned, and then another.
		change := []string{"account", "change", c.name, "--data", data, "--yes", "--json", "--password-file", passwordFile}
		if r := caveat(t, "", append(change, "--pin", d.Chain[0].Pin)...); r.status != 0 {
			t.Errorf("%s with its key pinned: %s%s", c.name, r.stdout, r.stderr)
		}
		if r := caveat(t, "", append(change, "--untested", "--pin", "sha256:"+strings.Repeat("0", 64))...); r.status != 0 {
			t.Errorf("%s: %s%s", c.name, r.stdout, r.stderr)
		}
		d = testedAccount(t, data, c.name, 1)
		if last := d.Steps[len(d.Steps)-1]; last.Step != api.AccountCertificate || !strings.Contains(last.Text, "none of the pinned") || len(d.Chain) == 0 {
			t.Errorf("%s with another key pinned: %+v", c.name, last)
		}
	}
	// To another server the stored password does not go, not even in a test.
	if r := caveat(t, "", "account", "change", "post", "--data", data, "--yes", "--address", "localhost:1"); r.status != 1 || !strings.Contains(r.stderr, "must be given anew") {
		t.Errorf("%d %s", r.status, r.stderr)
	}
	var all api.AccountsDocument
	caveat(t, "", "account", "list", "--data", data, "--json").decode(t, &all)
	if len(all.Accounts) != 4 {
		t.Errorf("%+v", all.Accounts)
	}
	if r := caveat(t, "", "account", "remove", "talk", "--data", data); r.status != 0 {
		t.Errorf("%s", r.stderr)
	}
	noSecretIn(t, data, password)
}

func testedAccount(t *testing.T, data, name string, status int) (d api.AccountTestDocument) {
	t.Helper()
	r := caveat(t, "", "account", "test", name, "--data", data, "--json")
	r.decode(t, &d)
	if r.status != status || d.OK != (status == 0) {
		t.Errorf("test %s: %d %s", name, r.status, r.stdout)
	}
	return d
}

// noSecretIn looks for a secret in every file of a data directory.
func noSecretIn(t *testing.T, dir, secret string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), secret) {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
