package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// The list says what was reported of each recipient, and what became of the copy.
func TestMessagesTellReportsAndCopy(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	m := api.SentMessage{Message: outbox.Message{ID: "m1", State: outbox.Accepted, Marking: "SECRET", Copy: &outbox.CopyStatus{Mailbox: "duty", State: outbox.Accepted}}}
	m.Recipients = []api.SentRecipient{
		{RecipientStatus: outbox.RecipientStatus{Address: "ann@bor.example", State: outbox.Accepted, Code: 250, Reply: "taken"},
			Reports: []api.SentClaim{{Kind: "failed", At: at, Status: "5.1.1", Text: "no\x1b such user", Reporter: "mx.bor.example"}}},
		{RecipientStatus: outbox.RecipientStatus{Address: "bob@bor.example", State: outbox.Accepted}, Reports: []api.SentClaim{{Kind: "read", At: at}}},
	}
	var out bytes.Buffer
	printMessages(&out, []api.SentMessage{m})
	for _, want := range []string{"reported failed by mx.bor.example at ", "5.1.1  no\ufffd such user\n", "reported read by nobody who is named at ", "copy in the mailbox duty: kept\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
	if a, b := strings.Index(out.String(), "reported failed"), strings.Index(out.String(), "bob@"); a > b {
		t.Errorf("the report does not stand with its recipient:\n%s", out.String())
	}
}

// What a faulty label claims is not shown as the marking; files without a name and reports without words leave no gaps.
func TestInboxMessageOfAFaultyLabel(t *testing.T) {
	var d api.InboxMessage
	d.Label.State, d.Label.Marking = "faulty", "SECRET | RESTRICTED"
	d.WithheldWhy = []presend.Reason{}
	d.Files = []api.InboxFile{{N: 0, Type: "message/delivery-status", Size: 12}}
	d.Reports = []api.InboxRecipient{{Address: "ann@bor.example", Report: api.SentClaim{Kind: "delivered", Status: "2.0.0", Reporter: "mx.bor.example"}}}
	var out bytes.Buffer
	printInboxMessage(&out, d)
	for _, want := range []string{"  Label not reliable\n  marked: SECRET | RESTRICTED\n", "without a name, message/delivery-status, 12 bytes\n", "ann@bor.example 2.0.0, says mx.bor.example\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

// What is saved replaces nothing, and is the user's alone.
func TestSaveNewReplacesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.pdf")
	var out bytes.Buffer
	c := &console{out: &out}
	if err := c.saveNew(path, strings.NewReader("first")); err != nil {
		t.Fatal(err)
	}
	if err := c.saveNew(path, strings.NewReader("second")); err == nil {
		t.Error("it replaced a file")
	}
	data, err := os.ReadFile(path)
	info, err2 := os.Stat(path)
	if err != nil || err2 != nil || string(data) != "first" || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%q, %v, %v, %v", data, info.Mode(), err, err2)
	}
}
