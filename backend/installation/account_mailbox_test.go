package installation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
)

// mailboxOf is the valid file with a mailbox besides, which keeps copies of what was sent.
func mailboxOf(t testing.TB, change func(accountFile)) installation.File {
	t.Helper()
	f := valid(t)
	box := installation.AccountFile{
		Name: "box", Kind: installation.KindIMAP, Address: "imap.atl.example:993", Security: "tls", CA: "ca", User: "hq", Secret: "imap-atl",
		AccountMailbox: installation.AccountMailbox{Clearance: &installation.Clearance{Policy: "TESTLAND", UpTo: "SECRET"}, Sent: true},
	}
	change(&box)
	f.Accounts = append(f.Accounts, box)
	f.Identities[0].Mailbox = "box"
	return f
}

// Each key of a mailbox, right.
func TestMailboxKeys(t *testing.T) {
	for name, c := range map[string]struct {
		change func(accountFile)
		check  func(installation.Account) bool
	}{
		"as it is": {func(accountFile) {}, func(a installation.Account) bool {
			return a.HasInbox() && a.Sent && !a.Drafts && a.Ceiling != nil && len(a.Ceiling.Classifications) > 1 && a.Roots != nil
		}},
		"the inbox alone, without a clearance": {func(a accountFile) { a.Sent, a.Clearance = false, nil },
			func(a installation.Account) bool { return a.HasInbox() && a.Ceiling == nil }},
		"copies alone": {func(a accountFile) { a.Inbox, a.Drafts = new(false), true },
			func(a installation.Account) bool { return !a.HasInbox() && a.Drafts }},
		"an inbox that is said": {func(a accountFile) { a.Inbox = new(true) }, func(a installation.Account) bool { return a.HasInbox() }},
		"folders": {func(a accountFile) { a.Drafts, a.SentFolder, a.DraftsFolder = true, "Gesendet/2026", "Entwürfe" },
			func(a installation.Account) bool {
				return a.SentFolder == "Gesendet/2026" && a.DraftsFolder == "Entwürfe"
			}},
		"STARTTLS, a timeout and a name": {func(a accountFile) {
			a.Security, a.ServerName, a.Timeout.Duration = "starttls", "mail.atl.example", time.Minute
		},
			func(a installation.Account) bool {
				return a.ServerName == "mail.atl.example" && a.Timeout.Duration == time.Minute
			}},
		"external": {func(a accountFile) {
			a.Auth, a.Secret, a.ClientCertificatePEM, a.ClientKey = "external", "", caPEM(), "secret:k"
		},
			func(a installation.Account) bool { return string(a.ClientPEM) == caPEM() && a.KeySecret() == "k" }},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustLoad(t, mailboxOf(t, c.change))
			a, ok := in.Account("box")
			if !ok || !c.check(a) || in.File.Identities[0].Mailbox != "box" {
				t.Errorf("%+v", a)
			}
			if _, ok := in.Account("other"); ok {
				t.Error("an account that the file does not have")
			}
		})
	}
}

// Each key of a mailbox, wrong, or without an effect.
func TestRule21WrongMailboxKeys(t *testing.T) {
	for name, c := range map[string]struct {
		change func(accountFile)
		says   string
	}{
		"copies without a clearance":        {func(a accountFile) { a.Clearance = nil }, "need clearance"},
		"drafts without a clearance":        {func(a accountFile) { a.Sent, a.Drafts, a.Clearance = false, true, nil }, "need clearance"},
		"a clearance with a slip":           {func(a accountFile) { a.Clearance.UpTo = "SECERT" }, "SECERT"},
		"a clearance of nothing":            {func(a accountFile) { a.Clearance.UpTo = "" }, "up_to must be given"},
		"no use":                            {func(a accountFile) { a.Inbox, a.Sent = new(false), false }, "nothing would use it"},
		"sent_folder without sent":          {func(a accountFile) { a.Sent, a.SentFolder = false, "Sent" }, "sent_folder"},
		"drafts_folder without drafts":      {func(a accountFile) { a.DraftsFolder = "Drafts" }, "drafts_folder"},
		"a wildcard":                        {func(a accountFile) { a.SentFolder = "Sent*" }, "wildcards"},
		"a line end in a folder":            {func(a accountFile) { a.SentFolder = "Sent\r\n" }, "control characters"},
		"the inbox as folder":               {func(a accountFile) { a.SentFolder = "Inbox" }, "INBOX"},
		"an empty level":                    {func(a accountFile) { a.SentFolder = "a//b" }, "empty levels"},
		"one folder for both":               {func(a accountFile) { a.Drafts, a.SentFolder, a.DraftsFolder = true, "Mine", "Mine" }, "the same"},
		"a key of smtp: partial":            {func(a accountFile) { a.Partial = "rest" }, `partial has no effect with kind = "imap"`},
		"a key of smtp: notify":             {func(a accountFile) { a.Notify = []string{"delay"} }, "notify"},
		"a key of smtp: max_size":           {func(a accountFile) { a.MaxSize = 1 }, "max_size"},
		"a key of smtp: label_form":         {func(a accountFile) { a.LabelForm = "label" }, "label_form"},
		"a key of smtp: read_receipts":      {func(a accountFile) { a.ReadReceipts = true }, "read_receipts"},
		"user without secret":               {func(a accountFile) { a.Secret = "" }, "needs user, and secret"},
		"login over plain":                  {func(a accountFile) { a.Security, a.CA = "plain", "" }, "needs TLS"},
		"a CA that the file does not have":  {func(a accountFile) { a.CA = "other" }, "other"},
		"the name of another account":       {func(a accountFile) { a.Name = "atl" }, "name of its own"},
		"no port":                           {func(a accountFile) { a.Address = "imap" }, "HOST:PORT"},
		"a mailbox that the file has not":   {func(a accountFile) { a.Name = "other" }, `mailbox "box" is none`},
		"an account of mail as the mailbox": {func(a accountFile) { a.Kind, a.AccountMailbox = "smtp", installation.AccountMailbox{} }, "it must be one of kind imap"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := load(t, mailboxOf(t, c.change))
			if !errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), c.says) || in != nil {
				t.Fatalf("%v; want one that says %q", err, c.says)
			}
		})
	}
}

// The keys of a mailbox are refused at an account of mail, and identities name each account by its kind.
func TestKindsOfAccounts(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*installation.File)
		says   string
	}{
		"clearance": {func(f *installation.File) {
			f.Accounts[0].Clearance = &installation.Clearance{Policy: "TESTLAND", UpTo: "OPEN"}
		}, "clearance has no effect"},
		"inbox = false":          {func(f *installation.File) { f.Accounts[0].Inbox = new(false) }, "inbox has no effect"},
		"sent":                   {func(f *installation.File) { f.Accounts[0].Sent = true }, "sent has no effect"},
		"drafts":                 {func(f *installation.File) { f.Accounts[0].Drafts = true }, "drafts has no effect"},
		"sent_folder":            {func(f *installation.File) { f.Accounts[0].SentFolder = "Sent" }, "sent_folder has no effect"},
		"a mailbox as account":   {func(f *installation.File) { f.Identities[0].Account = "box" }, `account "box" is of kind imap: it must be one of kind smtp`},
		"a mailbox without mail": {func(f *installation.File) { f.Identities[0].Mail, f.Identities[0].JID = "", "op@chat.atl.example" }, "mailbox has no effect without mail"},
		"an expiry of a moment":  {func(f *installation.File) { f.Send.Expiry.Duration = time.Second }, "expiry"},
		"overdue of nothing known": {func(f *installation.File) {
			f.Send.Overdue = map[string]installation.Duration{"urgent": {Duration: time.Hour}}
		}, "urgent"},
		"overdue at once":   {func(f *installation.File) { f.Send.Overdue = map[string]installation.Duration{"flash": {}} }, "above 0"},
		"a negative expiry": {func(f *installation.File) { f.Send.Expiry.Duration = -time.Hour }, "expiry"},
	} {
		t.Run(name, func(t *testing.T) {
			f := mailboxOf(t, func(accountFile) {})
			c.change(&f)
			if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v; want one that says %q", err, c.says)
			}
		})
	}
}

func TestOverdue(t *testing.T) {
	f := valid(t)
	if o := mustLoad(t, f).Overdue(); o != nil {
		t.Errorf("delivered %v", o)
	}
	f.Send.Overdue = map[string]installation.Duration{}
	if o := mustLoad(t, f).Overdue(); o == nil || len(o) != 0 {
		t.Errorf("switched off: %v", o)
	}
	f.Send.Overdue = map[string]installation.Duration{"flash": {Duration: time.Minute}}
	if o := mustLoad(t, f).Overdue(); len(o) != 1 || o["flash"] != time.Minute {
		t.Errorf("%v", o)
	}
}

func TestExpiry(t *testing.T) {
	f := valid(t)
	if d := mustLoad(t, f).Expiry(); d != 5*24*time.Hour {
		t.Errorf("delivered %v", d)
	}
	f.Send.Expiry.Duration = 36 * time.Hour
	if d := mustLoad(t, f).Expiry(); d != 36*time.Hour {
		t.Errorf("%v", d)
	}
}

// What people are shown of a mailbox, which secrets it has, and that it goes into the bundle with its certificate and not its key.
func TestRule27BundleOfMailboxes(t *testing.T) {
	f := mailboxOf(t, func(a accountFile) {
		a.Drafts, a.Inbox, a.ClientCertificatePEM, a.ClientKey = true, new(false), caPEM(), "secret:key-imap"
	})
	f.DefaultLabels = []installation.DefaultLabelFile{{Domain: "Old.example", Policy: "TESTLAND", Classification: "OPEN", Categories: releasable}}
	in := mustLoad(t, f)
	bundle, err := in.Bundle()
	must(t, err)
	got, err := installation.Load(write(t, t.TempDir(), "bundle.toml", string(bundle)))
	must(t, err)
	a, _ := got.Account("box")
	if a.HasInbox() || !a.Sent || !a.Drafts || a.Ceiling == nil || a.KeySecret() != "key-imap" || string(a.ClientPEM) != caPEM() || len(got.DefaultLabels) != 1 {
		t.Errorf("%+v", a)
	}
	if names := strings.Join(got.Secrets(), " "); !strings.Contains(names, "imap-atl") || !strings.Contains(names, "key-imap") {
		t.Errorf("secrets %s", names)
	}
	var out strings.Builder
	got.Describe(&out)
	for _, want := range []string{
		"account box: imap imap.atl.example:993, tls, auto, copies of what was sent, copies of drafts\n", "* may send as op@atl.example, with the mailbox box\n",
		"unlabelled mail from old.example is taken for ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
