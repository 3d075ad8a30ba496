//go:build integration && linux

package xmppsend_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"caveat/backend/servercert"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// TestIntegrationLookAt looks at a real Prosody: what it shows and can do, and where each fault is found. The session that the account
// has meanwhile stays.
func TestIntegrationLookAt(t *testing.T) {
	password, ca := xmpptest.Secret(), xmpptest.NewCA()
	users := map[string]string{"duty": password}
	all := xmpptest.StartProsody(t, ca, xmpptest.Config{Domain: "gbr.example", Users: users}, xmpptest.Config{Domain: "aus.example", Users: users, NoLabels: true, NoArchive: true})
	right := xmppsend.Account{JID: "duty@gbr.example", Address: all[0].Addr(), Security: xmppsend.StartTLS, RootCAs: ca.Pool(), Password: password, Resource: "desk", Timeout: patience}
	_, h := run(t, right, xmppsend.Options{})
	h.state(t, isOnline)
	l, err := xmppsend.LookAt(t.Context(), right)
	if err != nil || l.Step != xmppsend.StepDone || !strings.HasPrefix(l.JID, "duty@gbr.example/") || strings.HasSuffix(l.JID, "/desk") || !slices.Contains(l.Can, xmppsend.LabelFeature) ||
		!l.HasArchive || !slices.Equal(l.Rooms, []string{all[0].Rooms()}) || len(l.Chain) == 0 || l.Version == 0 {
		t.Fatalf("%+v, %v", l, err)
	}
	for name, c := range map[string]struct {
		change func(*xmppsend.Account)
		step   xmppsend.Step
		want   error
		shown  bool
	}{
		"its key is pinned, TLS": {func(a *xmppsend.Account) {
			a.Address, a.Security, a.Pins = all[0].TLSAddr(), xmppsend.TLS, []string{servercert.Pin(l.Chain[0])}
		}, xmppsend.StepDone, nil, true},
		"another is":          {func(a *xmppsend.Account) { a.Pins = []string{"sha256:" + strings.Repeat("0", 64)} }, xmppsend.StepCertificate, servercert.ErrPin, true},
		"another CA":          {func(a *xmppsend.Account) { a.RootCAs = xmpptest.NewCA().Pool() }, xmppsend.StepCertificate, xmppsend.ErrTLS, true},
		"a wrong password":    {func(a *xmppsend.Account) { a.Password = "x" }, xmppsend.StepLogin, xmppsend.ErrAuth, true},
		"nobody listens":      {func(a *xmppsend.Account) { a.Address = "127.0.0.1:1" }, xmppsend.StepConnection, xmppsend.ErrUnreachable, false},
		"an unusable account": {func(a *xmppsend.Account) { a.RootCAs = nil }, xmppsend.StepSetup, xmppsend.ErrAccount, false},
	} {
		a := right
		c.change(&a)
		l, err := xmppsend.LookAt(t.Context(), a)
		if l.Step != c.step || !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || (len(l.Chain) > 0) != c.shown {
			t.Errorf("%s: %q, %d certificates, %v", name, l.Step, len(l.Chain), err)
		}
	}
	without := right
	without.JID, without.Address = "duty@aus.example", all[1].Addr()
	if l, err := xmppsend.LookAt(t.Context(), without); err != nil || slices.Contains(l.Can, xmppsend.LabelFeature) || l.HasArchive {
		t.Errorf("without labels and archive: %+v, %v", l, err)
	}
}
