package imapbox_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// TestBareServer reads and keeps on a server without CONDSTORE and special use, and on one that has little else either.
func TestBareServer(t *testing.T) {
	ca := ldaptest.NewCA("test")
	password := mailtest.Secret()
	for name, caps := range map[string][]imap.Cap{"bare": nil, "rich": {imap.CapIdle, imap.CapUIDPlus, imap.CapNamespace, imap.CapESearch, imap.CapLiteralPlus, imap.CapSASLIR}} {
		t.Run(name, func(t *testing.T) {
			server := startMemory(t, ca, password, caps...)
			a := secured(server.addr, ca, password)
			a.Idle = 50 * time.Millisecond // its server tells in IDLE only what happens after it began
			ctx := begin(t)
			for _, use := range []imapbox.Special{imapbox.Sent, imapbox.Drafts} {
				c := copyOf(use, "<a@gbr.example>", message("<a@gbr.example>"))
				first, err := imapbox.AppendCopy(ctx, a, c)
				if err != nil || first.WasThere || first.UID == 0 {
					t.Fatalf("%s: %+v, %v", use, first, err)
				}
				if second, err := imapbox.AppendCopy(ctx, a, c); err != nil || !second.WasThere || second.UID != first.UID {
					t.Errorf("%s: again: %+v, %v", use, second, err)
				}
			}
			follow(ctx, t, server, a)
			noneLeft(t)
		})
	}
}

// follow reads an INBOX in which things happen.
func follow(ctx context.Context, t *testing.T, server memory, a imapbox.Account) {
	t.Helper()
	server.deliver(t, message("<1@aus.example>"))
	m, err := imapbox.Open(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	all, err := m.Changes(ctx, imapbox.State{}, nil)
	if err != nil || !all.Reset || len(all.New) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	first := all.New[0].UID
	var body bytes.Buffer
	if _, err := m.Body(ctx, first, 1000, &body); err != nil || !bytes.Equal(body.Bytes(), message("<1@aus.example>")) {
		t.Errorf("%q, %v", body.String(), err)
	}
	if header, err := m.Header(ctx, first); err != nil || !bytes.HasPrefix(message("<1@aus.example>"), header) || len(header) == 0 {
		t.Errorf("%q, %v", header, err)
	}
	if err := m.SetMarks(ctx, first, imapbox.Answered); err != nil {
		t.Error(err)
	}
	waited := make(chan error, 1)
	go func() { waited <- m.Wait(ctx) }()
	server.deliver(t, message("<2@aus.example>"))
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
	next, err := m.Changes(ctx, all.State, []imapbox.UID{first, first, 500})
	if err != nil || next.Reset || len(next.New) != 1 || !slices.Equal(next.Vanished, []imapbox.UID{500}) {
		t.Fatalf("%+v, %v", next, err)
	}
	if len(next.Flags) != 1 || next.Flags[0].UID != first || !slices.Contains(next.Flags[0].Flags, `\Answered`) {
		t.Errorf("%+v", next.Flags)
	}
}
