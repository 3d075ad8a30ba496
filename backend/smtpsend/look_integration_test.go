//go:build integration

package smtpsend_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/backend/mailtest"
	"caveat/backend/servercert"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationLookAt looks at a real Exim: what it shows and offers, and where each fault is found.
func TestIntegrationLookAt(t *testing.T) {
	ca, stranger, password := ldaptest.NewCA("Test CA"), ldaptest.NewCA("stranger"), mailtest.Secret()
	e := exim(t, ca, mailtest.EximConfig{Users: map[string]string{"duty": password}, MaxBytes: 1 << 20})
	right := account(e.Addr(), ca)
	right.User, right.Password = "duty", password
	l, err := smtpsend.LookAt(t.Context(), right)
	if err != nil || l.Step != smtpsend.StepDone || l.Mechanism != "PLAIN" || l.Offers["SIZE"] != "1048576" || len(l.Chain) == 0 || l.Version == 0 || !strings.Contains(l.Greeting, "ESMTP") {
		t.Fatalf("%+v, %v", l, err)
	}
	for name, c := range map[string]struct {
		change func(*smtpsend.Account)
		step   smtpsend.Step
		want   error
		shown  bool
	}{
		"its key is pinned":   {func(a *smtpsend.Account) { a.Pins = []string{servercert.Pin(l.Chain[0])} }, smtpsend.StepDone, nil, true},
		"another is":          {func(a *smtpsend.Account) { a.Pins = []string{"sha256:" + strings.Repeat("0", 64)} }, smtpsend.StepCertificate, servercert.ErrPin, true},
		"another CA":          {func(a *smtpsend.Account) { a.RootCAs = stranger.Pool() }, smtpsend.StepCertificate, smtpsend.ErrTLS, true},
		"another name":        {func(a *smtpsend.Account) { a.ServerName = "mail.gbr.example" }, smtpsend.StepCertificate, smtpsend.ErrTLS, true},
		"TLS where STARTTLS":  {func(a *smtpsend.Account) { a.Security = smtpsend.TLS }, smtpsend.StepCertificate, smtpsend.ErrTLS, false},
		"a wrong password":    {func(a *smtpsend.Account) { a.Password = "x" }, smtpsend.StepLogin, smtpsend.ErrAuth, true},
		"nobody listens":      {func(a *smtpsend.Account) { a.Address = "127.0.0.1:1" }, smtpsend.StepConnection, smtpsend.ErrUnreachable, false},
		"an unusable account": {func(a *smtpsend.Account) { a.RootCAs = nil }, smtpsend.StepSetup, smtpsend.ErrAccount, false},
	} {
		a := right
		c.change(&a)
		l, err := smtpsend.LookAt(t.Context(), a)
		if l.Step != c.step || !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || (len(l.Chain) > 0) != c.shown {
			t.Errorf("%s: %q, %d certificates, %v", name, l.Step, len(l.Chain), err)
		}
	}
}
