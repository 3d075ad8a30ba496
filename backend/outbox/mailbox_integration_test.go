//go:build integration && linux

package outbox_test

import (
	"context"
	"testing"
	"time"

	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationRule21CopiesInAMailbox keeps copies in a real server, the connection to which is lost before the end of one, and after
// the end of another: each is there once, byte for byte what was sent. A server that is away is waited for.
func TestIntegrationRule21CopiesInAMailbox(t *testing.T) {
	const user = "op"
	password, ca := mailtest.Secret(), ldaptest.NewCA("test")
	certificate, key, err := ca.Issue("localhost")
	must(t, err)
	server := mailtest.StartDovecot(t, mailtest.DovecotConfig{Users: map[string]string{user: password}, Certificate: certificate, Key: key, CA: ca.PEM()})
	o := newOffice(t)
	real := imapbox.New(func(_ context.Context, name string) (imapbox.Account, error) {
		return imapbox.Account{Name: name, Address: server.TLSAddr(), ServerName: "localhost", Security: imapbox.TLS, RootCAs: ca.Pool(), User: user, Password: password, Timeout: 10 * time.Second}, nil
	}, func(c outbox.Cleared) (imapbox.Special, string) { return imapbox.Special(c.Folder()), c.MessageID() })
	lose := func(after bool) step {
		return func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
			receipts, err := real.Send(ctx, c, func() error {
				if !after {
					return errNet // nothing was ended
				}
				return bodySent()
			})
			if err == nil {
				return nil, errNet // it was ended, and the answer never came
			}
			return receipts, err
		}
	}
	whole := step(func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		return real.Send(ctx, c, bodySent)
	})
	for _, steps := range [][]step{{whole}, {lose(false), whole}, {lose(true), whole}} {
		o.keeper.steps = append(steps, whole)
		id := o.queueWithCopy(message("SECRET", ann))
		o.sendDue()
		for range steps[1:] {
			if c := o.show(id).Copy; c.State != outbox.Deferred {
				t.Errorf("after an answer that was lost: %+v", c)
			}
			o.sleep(time.Hour)
			o.sendDue()
		}
		if c := o.show(id).Copy; c.State != outbox.Accepted || c.Note == "" {
			t.Errorf("the copy: %+v", c)
		}
	}
	kept := server.Messages(t, user, "Sent Items")
	if len(kept) != 3 {
		t.Fatalf("%d copies in the mailbox", len(kept))
	}
	for i, s := range o.sender.sent {
		same := 0
		for _, k := range kept {
			if string(k) == s.wire {
				same++
			}
		}
		if same != 1 {
			t.Errorf("message %d is there %d times", i+1, same)
		}
	}

	o.keeper.steps = []step{whole}
	server.Stop()
	id := o.queueWithCopy(message("SECRET", bob))
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	if c := o.show(id).Copy; c.State != outbox.Deferred || c.Note == "" {
		t.Errorf("with the server away: %+v", c)
	}
	server.Start(t)
	o.sleep(time.Hour)
	o.sendDue()
	if c := o.show(id).Copy; c.State != outbox.Accepted {
		t.Errorf("with the server back: %+v", c)
	}
	_, err = o.keepDraft(message("SECRET", ann))
	must(t, err)
	o.sendDue()
	if drafts, sent := server.Messages(t, user, "Drafts"), server.Messages(t, user, "Sent Items"); len(drafts) != 1 || len(sent) != 4 {
		t.Errorf("%d drafts, %d sent", len(drafts), len(sent))
	}
}
