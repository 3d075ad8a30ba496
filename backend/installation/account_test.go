package installation_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
)

type accountFile = *installation.AccountFile

func accountOf(t testing.TB, change func(accountFile)) installation.File {
	t.Helper()
	f := valid(t)
	change(&f.Accounts[0])
	return f
}

func loadFile(t testing.TB, f installation.File) (*installation.Installation, error) {
	t.Helper()
	text, err := installation.Marshal(f)
	must(t, err)
	return installation.Load(write(t, t.TempDir(), "installation.toml", string(text)))
}

// Each key of an account, right. The valid one is STARTTLS with user and secret.
func TestAccountKeys(t *testing.T) {
	for name, c := range map[string]struct {
		change func(accountFile)
		check  func(installation.Account) bool
	}{
		"as delivered": {func(accountFile) {}, func(a installation.Account) bool { return a.Roots != nil && len(a.ClientPEM) == 0 && !a.IsOnToken() }},
		"scram":        {func(a accountFile) { a.Auth = "scram" }, func(a installation.Account) bool { return a.Auth == "scram" }},
		"a certificate beside the password": {func(a accountFile) { a.ClientCertificatePEM, a.ClientKey = caPEM(), "/etc/caveat/mail.key" },
			func(a installation.Account) bool {
				return string(a.ClientPEM) == caPEM() && a.ClientKey == "/etc/caveat/mail.key"
			}},
		"a key beside the file": {func(a accountFile) { a.ClientCertificatePEM, a.ClientKey = caPEM(), "mail.key" },
			func(a installation.Account) bool { return filepath.IsAbs(a.ClientKey) }},
		"external, as somebody": {func(a accountFile) {
			a.Auth, a.Secret, a.ClientCertificatePEM, a.ClientKey = "external", "", caPEM(), "secret:key-atl"
		},
			func(a installation.Account) bool { return a.KeySecret() == "key-atl" && a.User == "hq" }},
		"the certificate alone": {func(a accountFile) { a.User, a.Secret, a.ClientCertificatePEM, a.ClientKey = "", "", caPEM(), "k" },
			func(a installation.Account) bool { return a.Auth == "" }},
		"a token of PKCS 11": {func(a accountFile) { a.Auth, a.ClientKey = "external", "pkcs11:token=caveat" },
			func(a installation.Account) bool { return a.IsOnToken() && a.Secret == "smtp-atl" }},
		"oauthbearer": {func(a accountFile) { a.Auth = "oauthbearer" }, func(a installation.Account) bool { return a.Secret == "smtp-atl" }},
		"no login":    {func(a accountFile) { a.User, a.Secret = "", "" }, func(a installation.Account) bool { return a.User == "" }},
		"plain, no login": {func(a accountFile) { a.User, a.Secret, a.Security, a.CA = "", "", "plain", "" },
			func(a installation.Account) bool { return a.Roots == nil }},
		"options": {func(a accountFile) {
			a.AccountOptions = installation.AccountOptions{LabelForm: "binding", ReadReceipts: true, RequireTLS: true, DeliverBy: installation.Duration{Duration: 2 * time.Hour}, Notify: []string{"success", "delay"},
				Chunking: "never", Partial: "nobody", MaxSize: 1 << 20}
		}, func(a installation.Account) bool {
			return a.LabelForm == "binding" && a.ReadReceipts && a.RequireTLS && a.DeliverBy.Duration == 2*time.Hour && len(a.Notify) == 2 && a.Chunking == "never" && a.Partial == "nobody" && a.MaxSize == 1<<20
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := loadFile(t, accountOf(t, c.change))
			if err != nil || !c.check(in.Accounts[0]) {
				t.Fatalf("%v", err)
			}
		})
	}
}

// Each key of an account, wrong: the error names the account and says what to do.
func TestWrongAccountKeys(t *testing.T) {
	for name, c := range map[string]struct {
		change func(accountFile)
		says   string
	}{
		"another kind":                   {func(a accountFile) { a.Kind = "pop3" }, "smtp, imap or xmpp"},
		"no kind":                        {func(a accountFile) { a.Kind = "" }, "smtp, imap or xmpp"},
		"unknown label_form":             {func(a accountFile) { a.LabelForm = "xml" }, "label or binding"},
		"no port":                        {func(a accountFile) { a.Address = "mail" }, "HOST:PORT"},
		"unknown auth":                   {func(a accountFile) { a.Auth = "login" }, "oauthbearer"},
		"user without secret":            {func(a accountFile) { a.Secret = "" }, "needs user, and secret"},
		"secret without user":            {func(a accountFile) { a.User = "" }, "secret"},
		"scram without secret":           {func(a accountFile) { a.Auth, a.Secret = "scram", "" }, "needs user, and secret"},
		"login over plain":               {func(a accountFile) { a.Security, a.CA = "plain", "" }, "needs TLS"},
		"external without certificate":   {func(a accountFile) { a.Auth, a.Secret = "external", "" }, "client_certificate"},
		"external with password":         {func(a accountFile) { a.Auth, a.ClientCertificatePEM, a.ClientKey = "external", caPEM(), "k" }, "secret has no effect"},
		"certificate without key":        {func(a accountFile) { a.ClientCertificatePEM = caPEM() }, "go together"},
		"two certificates":               {func(a accountFile) { a.ClientCertificatePEM, a.ClientCertificate, a.ClientKey = caPEM(), "x.pem", "k" }, "only one"},
		"no certificate in it":           {func(a accountFile) { a.ClientCertificatePEM, a.ClientKey = "nothing", "k" }, "no certificate"},
		"the certificate's file is away": {func(a accountFile) { a.ClientCertificate, a.ClientKey = "away.pem", "k" }, "away.pem"},
		"the key itself":                 {func(a accountFile) { a.ClientCertificatePEM, a.ClientKey = caPEM(), "-----BEGIN PRIVATE KEY-----" }, "secret:NAME"},
		"password and PIN":               {func(a accountFile) { a.ClientKey = "pkcs11:token=caveat" }, "external"},
		"a certificate over plain": {func(a accountFile) {
			a.User, a.Secret, a.Security, a.CA, a.ClientCertificatePEM, a.ClientKey = "", "", "plain", "", caPEM(), "k"
		}, "TLS"},
		"oauthbearer without token":        {func(a accountFile) { a.Auth, a.Secret = "oauthbearer", "" }, "token"},
		"none with user":                   {func(a accountFile) { a.Auth = "none" }, "no effect"},
		"require_tls over plain":           {func(a accountFile) { a.User, a.Secret, a.Security, a.CA, a.RequireTLS = "", "", "plain", "", true }, "require_tls"},
		"deliver_by of half a second":      {func(a accountFile) { a.DeliverBy.Duration = time.Second / 2 }, "whole seconds"},
		"negative deliver_by":              {func(a accountFile) { a.DeliverBy.Duration = -time.Hour }, "deliver_by"},
		"deliver_by beyond nine digits":    {func(a accountFile) { a.DeliverBy.Duration = 1_000_000_000 * time.Second }, "deliver_by"},
		"unknown chunking":                 {func(a accountFile) { a.Chunking = "yes" }, "auto or never"},
		"unknown partial":                  {func(a accountFile) { a.Partial = "some" }, "nobody"},
		"negative size":                    {func(a accountFile) { a.MaxSize = -1 }, "max_size"},
		"unknown report":                   {func(a accountFile) { a.Notify = []string{"never"} }, "failure, delay and success"},
		"a report asked for twice":         {func(a accountFile) { a.Notify = []string{"delay", "delay"} }, "at most once"},
		"a negative timeout":               {func(a accountFile) { a.Timeout.Duration = -1 }, "timeout"},
		"a CA that the file does not have": {func(a accountFile) { a.CA = "other" }, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadFile(t, accountOf(t, c.change))
			if !errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), `account "atl"`) {
				t.Fatalf("%v; want one that says %q", err, c.says)
			}
		})
	}
}

// The client's certificate goes into the bundle; its key stays, and its secret is asked for.
func TestBundleOfAccounts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mail.pem", caPEM())
	f := accountOf(t, func(a accountFile) {
		a.Auth, a.Secret, a.ClientCertificate, a.ClientKey = "external", "", "mail.pem", "mail.key"
	})
	more := f.Accounts[0]
	more.Name, more.ClientKey = "other", "secret:key-other"
	f.Accounts = append(f.Accounts, more)
	text, err := installation.Marshal(f)
	must(t, err)
	in, err := installation.Load(write(t, dir, "installation.toml", string(text)))
	must(t, err)
	bundle, err := in.Bundle()
	must(t, err)
	got, err := installation.Load(write(t, t.TempDir(), "bundle.toml", string(bundle)))
	must(t, err)
	a := got.File.Accounts[0]
	if a.ClientCertificate != "" || a.ClientCertificatePEM != caPEM() || a.ClientKey != filepath.Join(dir, "mail.key") {
		t.Errorf("%+v", a)
	}
	if names := got.Secrets(); !slices.Contains(names, "key-other") {
		t.Errorf("secrets %q", names)
	}
}
