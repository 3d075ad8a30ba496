package demo_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/imapbox"
	"caveat/backend/installation"
	"caveat/backend/message"
	"caveat/backend/spif"
)

// mailboxAccount is the user's mailbox as the installation file says.
func mailboxAccount(t *testing.T, f *demo.Federation, dir string) imapbox.Account {
	t.Helper()
	in, err := installation.Load(f.InstallationPath())
	must(t, err)
	a, ok := in.Account(in.File.Identities[0].Mailbox)
	if !ok || a.Kind != installation.KindIMAP || !a.HasInbox() || !a.Sent || !a.Drafts || a.Ceiling == nil || a.Address != nationAt(t, f, demo.Own).IMAP {
		t.Fatalf("%+v", a)
	}
	password, err := installation.NewAgeFile(dir).Secret(a.Secret)
	must(t, err)
	return imapbox.Account{
		Name: a.Name, Address: a.Address, ServerName: a.ServerName, Security: imapbox.Security(a.Security), RootCAs: a.Roots,
		User: a.User, Password: password, Timeout: 20 * time.Second,
	}
}

func openBox(t *testing.T, a imapbox.Account) *imapbox.Mailbox {
	t.Helper()
	m, err := imapbox.Open(t.Context(), a)
	must(t, err)
	t.Cleanup(m.Close)
	return m
}

func listed(t *testing.T, m *imapbox.Mailbox, since imapbox.State, known ...imapbox.UID) imapbox.Changes {
	t.Helper()
	c, err := m.Changes(t.Context(), since, known)
	must(t, err)
	return c
}

func fetched(t *testing.T, m *imapbox.Mailbox, uid imapbox.UID) []byte {
	t.Helper()
	var out bytes.Buffer
	_, err := m.Body(t.Context(), uid, 1<<20, &out)
	must(t, err)
	return out.Bytes()
}

// What the first start puts into the inbox: each message is what it is there to show, under the demonstration's policy.
func TestFirstMail(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	m := openBox(t, mailboxAccount(t, f, dir))
	all := listed(t, m, imapbox.State{}).New
	p := policy(t)
	site, err := spif.NewSite(p)
	must(t, err)
	type shown struct {
		from, marking, fault, precedence string
		files                            int
		html                             bool
	}
	var got []shown
	for _, x := range all {
		data := fetched(t, m, x.UID)
		mail, err := message.ReadMail(bytes.NewReader(data), site, time.Now())
		must(t, err)
		got = append(got, shown{
			mail.From[0].Address, mail.Sensitivity.Marking, string(mail.Sensitivity.Fault), mail.Military.PrimaryPrecedence,
			len(mail.Files), mail.FromHTML && bytes.Contains(data, []byte("<img src=\"https://")),
		})
		if mail.MessageID == "" || mail.To[0].Address != demo.UserAddress || mail.From[0].Name == "" || mail.Damage != "" || mail.Date.After(time.Now()) {
			t.Errorf("%+v", mail)
		}
	}
	want := []shown{
		{demo.GBRRestricted, "", "no-label", "", 0, false},
		{demo.UKRRestricted, "NATO/MROD RESTRICTED", "", "", 0, false},
		{demo.DEURestricted, "", "no-label", "", 0, false}, // its domain has a default label
		{demo.DEUCleared, "NATO/MROD RESTRICTED", "", "", 0, true},
		{demo.UKRNoATOMAL, "NATO/MROD SECRET | NATO/MROD RESTRICTED", "two-labels", "", 0, false},
		{demo.GBRCleared, "NATO/MROD TOP SECRET", "", "", 0, false}, // the user is cleared to SECRET
		{demo.AUSCleared, "NATO/MROD SECRET RELEASABLE TO UK, AUSTRALIA", "", "", 2, false},
		{demo.GBRCleared, "NATO/MROD CONFIDENTIAL UK ONLY", "", "", 0, false},
		{demo.UKRCleared, "NATO/MROD SECRET", "", "flash", 0, false},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	in, err := installation.Load(f.InstallationPath())
	must(t, err)
	if l, ok := in.DefaultLabelOf(demo.DEURestricted); !ok || l.Label.Classification != "RESTRICTED" {
		t.Errorf("%+v", l)
	}
	if _, ok := in.DefaultLabelOf(demo.GBRRestricted); ok {
		t.Error("GBR has a default label")
	}
	// The attachment and the sidecar that labels it.
	convoy, err := message.ReadMail(bytes.NewReader(fetched(t, m, all[6].UID)), site, time.Now())
	must(t, err)
	if len(convoy.Files) != 2 || convoy.Files[0].Name != "load-list.csv" || convoy.Files[1].Name != "load-list.csv.bdo" {
		t.Errorf("%+v", convoy.Files)
	}
}

// Read is read after a restart too, and the first mail comes once.
func TestInboxAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	m := openBox(t, mailboxAccount(t, f, dir))
	before := listed(t, m, imapbox.State{})
	last := before.New[len(before.New)-1]
	if len(last.Flags) != 0 {
		t.Fatalf("%+v is read already", last)
	}
	must(t, m.SetMarks(t.Context(), last.UID, imapbox.Seen, imapbox.Answered))
	m.Close()
	must(t, f.Close())
	f = startDemo(t, demo.Config{Dir: dir})
	m = openBox(t, mailboxAccount(t, f, dir))
	var known []imapbox.UID
	for _, x := range before.New {
		known = append(known, x.UID)
	}
	after := listed(t, m, before.State, known...)
	if after.Reset || len(after.New) != 0 || len(after.Vanished) != 0 {
		t.Errorf("%+v", after)
	}
	i := slices.IndexFunc(after.Flags, func(x imapbox.Flagged) bool { return x.UID == last.UID })
	if i < 0 || !slices.Contains(after.Flags[i].Flags, string(imapbox.Seen)) || !slices.Contains(after.Flags[i].Flags, string(imapbox.Answered)) {
		t.Errorf("%+v", after.Flags)
	}
}

// What another nation's server hands in for the user is in the inbox, word for word and once, and who waits is told. What comes
// while nobody can look is there afterwards.
func TestDeliveredIntoTheInbox(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	a := mailboxAccount(t, f, dir)
	m := openBox(t, a)
	state := listed(t, m, imapbox.State{}).State
	waited := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() { waited <- m.Wait(ctx) }()
	to := []string{demo.UserAddress, demo.GBRCleared}
	body := text(t, to, "SECRET", "Context=MROD")
	for range 2 { // the second as if the reply had been lost
		if code, line := asPeer(t, f, dir, "UKR", "GBR").send(body, to...); code != 250 {
			t.Fatal(line)
		}
	}
	must(t, <-waited)
	news := listed(t, m, state)
	if len(news.New) != 1 || !bytes.HasSuffix(fetched(t, m, news.New[0].UID), body) {
		t.Fatalf("%+v", news.New)
	}
	// For another one of the nation: not in this inbox.
	if code, line := asPeer(t, f, dir, "AUS", "GBR").send(text(t, to[1:], "SECRET", "Context=MROD"), to[1:]...); code != 250 {
		t.Fatal(line)
	}
	if more := listed(t, m, news.State); len(more.New) != 0 {
		t.Errorf("%+v", more.New)
	}
	m.Close()
	f.StopMailbox()
	if _, err := imapbox.Open(t.Context(), a); err == nil {
		t.Error("a mailbox that is stopped answers")
	}
	own := text(t, to, "SECRET", "Context=MROD")
	if code, line := submit(t, f, dir, own, to...); code != 250 { // to oneself
		t.Fatal(line)
	}
	must(t, f.StartMailbox())
	m = openBox(t, a)
	if more := listed(t, m, news.State); len(more.New) != 1 || !bytes.HasSuffix(fetched(t, m, more.New[0].UID), own) {
		t.Errorf("%+v", more.New)
	}
}

// A delivery that did not get into the mailbox any more, because the machine went down between the two, is in it after the start.
func TestInboxCatchesUp(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	must(t, f.Close())
	head := "Return-Path: <" + demo.UKRCleared + ">\r\nDelivered-To: " + demo.UserAddress + "\r\n"
	late := append([]byte(head), text(t, []string{demo.UserAddress}, "SECRET", "Context=MROD")...)
	must(t, os.WriteFile(filepath.Join(f.MailDir("GBR"), "000001.eml"), late, 0o600))
	for range 2 {
		f = startDemo(t, demo.Config{Dir: dir})
		m := openBox(t, mailboxAccount(t, f, dir))
		all := listed(t, m, imapbox.State{}).New
		if len(all) != 10 || !bytes.Equal(fetched(t, m, all[9].UID), late) {
			t.Errorf("%d messages", len(all))
		}
		m.Close()
		must(t, f.Close())
	}
}
