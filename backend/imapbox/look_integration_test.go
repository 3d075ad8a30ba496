//go:build integration && linux

package imapbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"caveat/backend/imapbox"
	"caveat/backend/servercert"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationLookAt looks at a real Dovecot: what it shows and offers, what is in the mailbox, and where each fault is found.
func TestIntegrationLookAt(t *testing.T) {
	w, stranger := startWorld(t, nil), ldaptest.NewCA("stranger")
	w.server.Deliver(t, user, message("<1@gbr.example>"))
	l, err := imapbox.LookAt(t.Context(), w.account())
	if err != nil || l.Step != imapbox.StepDone || l.Mechanism != "SCRAM-SHA-256" || l.Messages != 1 || !slices.Contains(l.Folders, "Sent Items") || !slices.Contains(l.Can, "IDLE") ||
		len(l.Chain) == 0 || l.Version == 0 || !strings.Contains(l.Greeting, "Dovecot") {
		t.Fatalf("%+v, %v", l, err)
	}
	for name, c := range map[string]struct {
		change func(*imapbox.Account)
		step   imapbox.Step
		want   error
		shown  bool
	}{
		"its key is pinned, STARTTLS": {func(a *imapbox.Account) {
			a.Address, a.Security, a.Pins = w.server.Addr(), imapbox.StartTLS, []string{servercert.Pin(l.Chain[0])}
		}, imapbox.StepDone, nil, true},
		"another is":          {func(a *imapbox.Account) { a.Pins = []string{"sha256:" + strings.Repeat("0", 64)} }, imapbox.StepCertificate, servercert.ErrPin, true},
		"another CA":          {func(a *imapbox.Account) { a.RootCAs = stranger.Pool() }, imapbox.StepCertificate, imapbox.ErrTLS, true},
		"a wrong password":    {func(a *imapbox.Account) { a.Password = "x" }, imapbox.StepLogin, imapbox.ErrAuth, true},
		"nobody listens":      {func(a *imapbox.Account) { a.Address = "127.0.0.1:1" }, imapbox.StepConnection, imapbox.ErrUnreachable, false},
		"an unusable account": {func(a *imapbox.Account) { a.RootCAs = nil }, imapbox.StepSetup, imapbox.ErrAccount, false},
	} {
		a := w.account()
		c.change(&a)
		l, err := imapbox.LookAt(t.Context(), a)
		if l.Step != c.step || !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || (len(l.Chain) > 0) != c.shown {
			t.Errorf("%s: %q, %d certificates, %v", name, l.Step, len(l.Chain), err)
		}
	}
}
