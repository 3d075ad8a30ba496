//go:build integration && linux

package outbox_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/presend"
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

// startDovecot starts a real server with a mailbox, and a sender that reaches it at an address.
func startDovecot(t *testing.T) (*mailtest.Dovecot, func(address string) *imapbox.Sender) {
	t.Helper()
	password, ca := mailtest.Secret(), ldaptest.NewCA("test")
	certificate, key, err := ca.Issue("localhost")
	must(t, err)
	server := mailtest.StartDovecot(t, mailtest.DovecotConfig{Users: map[string]string{"op": password}, Certificate: certificate, Key: key, CA: ca.PEM()})
	return server, func(address string) *imapbox.Sender {
		return imapbox.New(func(_ context.Context, name string) (imapbox.Account, error) {
			return imapbox.Account{Name: name, Address: address, ServerName: "localhost", Security: imapbox.TLS, RootCAs: ca.Pool(), User: "op", Password: password, Timeout: time.Hour}, nil
		}, func(c outbox.Cleared) (imapbox.Special, string) { return imapbox.Special(c.Folder()), c.MessageID() })
	}
}

// using gives the office a box that keeps copies by another sender.
func (o *office) using(s outbox.Sender) {
	c := o.config(o.sender)
	c.Senders = map[draft.Channel]outbox.Sender{draft.Mail: o.sender, outbox.MailboxChannel: s}
	o.box = outbox.New(o.store, c)
}

// TestIntegrationRule21DraftCopies: of a draft there is one copy in the mailbox, the newest that was asked for, also of one to nobody; none
// when it was sent. What else lies there stays.
func TestIntegrationRule21DraftCopies(t *testing.T) {
	server, at := startDovecot(t)
	o := newOffice(t)
	o.using(at(server.TLSAddr()))
	drafts := func(want int, text string) {
		t.Helper()
		got := server.Messages(t, "op", "Drafts")
		if len(got) != want {
			t.Fatalf("%d drafts, want %d", len(got), want)
		}
		if want > 0 && !strings.Contains(string(got[len(got)-1]), text) {
			t.Errorf("not %q but\n%s", text, got[len(got)-1])
		}
	}
	d := message("SECRET")
	for _, text := range []string{"first", "second", "third"} {
		d.Body = text
		_, err := o.keepDraft(d)
		must(t, err)
		o.sendDue()
		o.copyOfDraft(outbox.Accepted, false)
		drafts(1, text)
	}
	r, err := o.checkLabel(t.Context(), d)
	must(t, err)
	c, err := presend.CheckCopy(r, o.boxes[duty])
	must(t, err)
	_, err = o.box.ClearCopy(t.Context(), outbox.CopyRequest{Copy: c, Draft: "another" + stored})
	must(t, err)
	o.sendDue()
	drafts(2, "third")
	server.Stop()
	o.forget()
	o.sendDue()
	if c := o.copyOfDraft(outbox.Removing, false); c.Note == "" {
		t.Errorf("with the server away: %+v", c)
	}
	server.Start(t)
	o.sleep(time.Hour)
	o.sendDue()
	o.copyOfDraft(outbox.Removed, false)
	drafts(1, "third")
	must(t, o.store.Write(t.Context(), func(tx *sql.Tx) error { return o.box.ForgetDraft(t.Context(), tx, "another"+stored) }))
	o.sendDue()
	drafts(0, "")
}

// TestIntegrationRule21SilentServer: a server of mailboxes that takes everything and never answers delays no message: the message is
// queued when the copy is being kept, and leaves while that goes on; only then is the link cut.
func TestIntegrationRule21SilentServer(t *testing.T) {
	server, at := startDovecot(t)
	link := mailtest.StartLink(t, server.TLSAddr())
	o := newOffice(t)
	real, silent := at(link.Addr()), make(chan struct{})
	o.keeper.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		return real.Send(ctx, c, func() error {
			link.Mute()
			close(silent)
			return bodySent()
		})
	}, func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		return real.Send(ctx, c, bodySent)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- o.box.Run(ctx) }()
	defer func() {
		cancel()
		must(t, <-ran)
	}()
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	first := o.queueWithCopy(message("SECRET", ann))
	select {
	case <-silent:
	case <-time.After(patience):
		t.Fatal("the copy is not tried")
	}
	second := o.queue(message("SECRET", bob))
	until("the message waits for the mailbox", func() bool { return o.show(second).State == outbox.Accepted })
	if c := o.show(first).Copy; c.State != outbox.BodySent {
		t.Errorf("the copy meanwhile: %+v", c)
	}
	link.Cut()
	until("the copy is not put off", func() bool { return o.show(first).Copy.State == outbox.Deferred })
	o.sleep(time.Hour)
	until("the copy is not kept", func() bool { return o.show(first).Copy.State == outbox.Accepted })
	if n := len(server.Messages(t, "op", "Sent Items")); n != 1 {
		t.Errorf("%d copies", n)
	}
}
