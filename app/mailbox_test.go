package app

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/imapbox"
	"caveat/backend/installation"
	"caveat/backend/smtpsend"
)

// Two accounts, one of each kind: each lookup finds its own kind only, so that mail is never handed in at a mailbox, nor a copy kept at
// a server of mail. Passwords are looked up each time.
func TestLookupsOfAccounts(t *testing.T) {
	secrets := installation.NewAgeFile(filepath.Join(t.TempDir(), "data"))
	in := &installation.Installation{Path: "installation.toml", Accounts: []installation.Account{
		{AccountFile: installation.AccountFile{
			Name: "out", Kind: installation.KindSMTP, Address: "mail.gbr.example:587", Security: "starttls", User: "hq", Secret: "smtp",
		}},
		{AccountFile: installation.AccountFile{
			Name: "box", Kind: installation.KindIMAP, Address: "imap.gbr.example:993", Security: "tls", ServerName: "imap",
			User: "hq", Secret: "imap",
			AccountMailbox: installation.AccountMailbox{Sent: true, SentFolder: "Out", Drafts: true, DraftsFolder: "Work"},
		}},
	}}
	mails, boxes := accounts(in, secrets), mailboxes(in, secrets)
	if a, err := boxes(context.Background(), "box"); err == nil || a.Name != "" || !strings.Contains(err.Error(), `"imap" is not stored`) {
		t.Errorf("without its password: %+v, %v", a, err)
	}
	for name, value := range map[string]string{"smtp": "one", "imap": "two"} {
		if err := secrets.SetSecret(name, value); err != nil {
			t.Fatal(err)
		}
	}
	box, err := boxes(context.Background(), "box")
	if err != nil || box.Password != "two" || box.Address != "imap.gbr.example:993" || box.Security != imapbox.TLS ||
		box.ServerName != "imap" ||
		box.SentFolder != "Out" || box.DraftsFolder != "Work" || box.User != "hq" {
		t.Errorf("%+v, %v", box, err)
	}
	mail, err := mails(context.Background(), "out")
	if err != nil || mail.Password != "one" || mail.Security != smtpsend.StartTLS {
		t.Errorf("%+v, %v", mail, err)
	}
	for _, name := range []string{"box", "none", ""} {
		if a, err := mails(context.Background(), name); err == nil || a.Name != "" || !strings.Contains(err.Error(), "is not set up") {
			t.Errorf("mail by %q: %+v, %v", name, a, err)
		}
	}
	for _, name := range []string{"out", "none", ""} {
		if a, err := boxes(context.Background(), name); err == nil || a.Name != "" {
			t.Errorf("a mailbox %q: %+v, %v", name, a, err)
		}
	}
}
