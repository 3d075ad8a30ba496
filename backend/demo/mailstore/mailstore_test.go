package mailstore_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"caveat/backend/demo/mailstore"
	"caveat/ldapbook/ldaptest"
)

const user, password = "sarah@gbr.example", "correct"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string) *mailstore.Store {
	t.Helper()
	s, _, err := mailstore.Open(dir)
	must(t, err)
	return s
}

// client is a connection that is logged in, to a server that ends with the test.
func client(t *testing.T, s *mailstore.Store) *imapclient.Client {
	t.Helper()
	c := connect(t, s)
	must(t, c.Login(user, password).Wait())
	return c
}

func connect(t *testing.T, s *mailstore.Store) *imapclient.Client {
	t.Helper()
	ca := ldaptest.NewCA("mail CA")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Serve(tls.NewListener(l, ca.ServerTLS()), user, password) }()
	conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: ca.Pool(), ServerName: "127.0.0.1"})
	must(t, err)
	must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	c := imapclient.New(conn, nil)
	t.Cleanup(func() {
		c.Close()
		l.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return c
}

func mail(id, text string) []byte {
	return []byte("From: a@gbr.example\r\nDate: Tue, 03 Mar 2026 10:00:00 +0000\r\nSubject: =?utf-8?q?Fu=C3=9F?=\r\nMessage-ID: <" + id + ">\r\n\r\n" + text + "\r\n")
}

// keep appends to a folder.
func keep(t *testing.T, c *imapclient.Client, folder string, data []byte, flags ...imap.Flag) *imap.AppendData {
	t.Helper()
	a := c.Append(folder, int64(len(data)), &imap.AppendOptions{Flags: flags, Time: time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)})
	_, err := a.Write(data)
	must(t, err)
	must(t, a.Close())
	out, err := a.Wait()
	must(t, err)
	return out
}

func found(t *testing.T, c *imapclient.Client, criteria imap.SearchCriteria) string {
	t.Helper()
	data, err := c.UIDSearch(&criteria, nil).Wait()
	must(t, err)
	return fmt.Sprint(data.AllUIDs())
}

func whole(t *testing.T, c *imapclient.Client, uid imap.UID) *imapclient.FetchMessageBuffer {
	t.Helper()
	all, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{Flags: true, RFC822Size: true, InternalDate: true, Envelope: true, UID: true,
		BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("UID %d: %d messages", uid, len(all))
	}
	return all[0]
}

func TestLogin(t *testing.T) {
	s := open(t, t.TempDir())
	for name, c := range map[string][2]string{"password": {user, "wrong"}, "user": {"other", password}, "nothing": {user, ""}} {
		if err := connect(t, s).Login(c[0], c[1]).Wait(); err == nil {
			t.Errorf("another %s is let in", name)
		}
	}
	c := client(t, s)
	caps, err := c.Capability().Wait()
	must(t, err)
	for _, want := range []imap.Cap{imap.CapIMAP4rev1, imap.CapIdle, imap.CapUIDPlus, imap.CapSpecialUse} {
		if !caps.Has(want) {
			t.Errorf("no %s in %v", want, caps)
		}
	}
}

func TestFolders(t *testing.T) {
	c := client(t, open(t, t.TempDir()))
	marked, err := c.List("", "*", &imap.ListOptions{SelectSpecialUse: true, ReturnSpecialUse: true}).Collect()
	must(t, err)
	var got []string
	for _, f := range marked {
		got = append(got, f.Mailbox+" "+string(f.Attrs[len(f.Attrs)-1]))
	}
	if fmt.Sprint(got) != `[Sent \Sent Drafts \Drafts]` {
		t.Errorf("%v", got)
	}
	if all, err := c.List("", "*", nil).Collect(); err != nil || len(all) != 3 {
		t.Errorf("%v, %v", all, err)
	}
	for name, err := range map[string]error{
		"create": c.Create("More", nil).Wait(), "delete": c.Delete("Sent").Wait(), "rename": c.Rename("Sent", "Gone", nil).Wait(),
	} {
		if err == nil {
			t.Errorf("%s: done", name)
		}
	}
	if _, err := c.Select("More", nil).Wait(); !isCode(err, imap.ResponseCodeNonExistent) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func isCode(err error, code imap.ResponseCode) bool {
	var e *imap.Error
	return errors.As(err, &e) && e.Code == code
}

// What is kept is there word for word, found by its Message-ID, and there after a restart under the same UID with the same flags.
func TestKeptAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	c := client(t, s)
	one, two := mail("one@gbr.example", "first"), mail("two@gbr.example", "second .\r\n.\r\n")
	a, b := keep(t, c, "Sent", one, imap.FlagSeen, "$Label"), keep(t, c, "Sent", two, imap.FlagSeen)
	if a.UID != 1 || b.UID != 2 || a.UIDValidity != b.UIDValidity {
		t.Fatalf("%+v %+v", a, b)
	}
	_, err := c.Select("Sent", nil).Wait()
	must(t, err)
	must(t, c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}, Silent: true}, nil).Close())
	must(t, c.UIDExpunge(imap.UIDSetNum(1)).Close())
	must(t, c.Store(imap.UIDSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagAnswered}, Silent: true}, nil).Close())
	must(t, os.WriteFile(filepath.Join(dir, "Sent", "000003.eml"), []byte("left by a crash"), 0o600))

	c = client(t, open(t, dir))
	data, err := c.Select("sENT", nil).Wait()
	if err == nil {
		t.Errorf("folders are case-sensitive, but for INBOX: %+v", data)
	}
	data, err = c.Select("Sent", nil).Wait()
	must(t, err)
	if data.UIDValidity != a.UIDValidity || data.UIDNext != 3 || data.NumMessages != 1 {
		t.Errorf("%+v", data)
	}
	m := whole(t, c, 2)
	if got := m.FindBodySection(&imap.FetchItemBodySection{Peek: true}); !bytes.Equal(got, two) || m.RFC822Size != int64(len(two)) {
		t.Errorf("%q", got)
	}
	if m.Envelope.Subject != "Fuß" || !m.InternalDate.Equal(time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)) || !slices.Contains(m.Flags, imap.FlagSeen) || !slices.Contains(m.Flags, imap.FlagAnswered) {
		t.Errorf("%+v %v", m.Envelope, m.Flags)
	}
	if next := keep(t, c, "Sent", one); next.UID != 3 {
		t.Errorf("UID %d", next.UID)
	}
}

func TestSearch(t *testing.T) {
	c := client(t, open(t, t.TempDir()))
	keep(t, c, "INBOX", mail("one@gbr.example", "Alpha"), imap.FlagSeen)
	keep(t, c, "INBOX", mail("two@gbr.example", "Bravo"))
	_, err := c.Select("inbox", nil).Wait()
	must(t, err)
	header := func(key, value string) imap.SearchCriteria {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: key, Value: value}}}
	}
	day := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	for name, x := range map[string]struct {
		criteria imap.SearchCriteria
		want     string
	}{
		"everything":         {imap.SearchCriteria{}, "[1 2]"},
		"by Message-ID":      {header("message-id", "<TWO@gbr.example>"), "[2]"},
		"a field of both":    {header("From", ""), "[1 2]"},
		"an encoded field":   {header("Subject", "fuß"), "[1 2]"},
		"a field of neither": {header("To", ""), "[]"},
		"text":               {imap.SearchCriteria{Text: []string{"one@"}}, "[1]"},
		"body":               {imap.SearchCriteria{Body: []string{"bravo"}}, "[2]"},
		"not in the body":    {imap.SearchCriteria{Body: []string{"one@"}}, "[]"},
		"read":               {imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}, "[1]"},
		"unread":             {imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, "[2]"},
		"not":                {imap.SearchCriteria{Not: []imap.SearchCriteria{header("Message-ID", "one@")}}, "[2]"},
		"or":                 {imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{header("Message-ID", "one@"), header("Message-ID", "two@")}}}, "[1 2]"},
		"by UID":             {imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(2, 7)}}, "[2]"},
		"the last":           {imap.SearchCriteria{SeqNum: []imap.SeqSet{{imap.SeqRange{Start: 0, Stop: 0}}}}, "[2]"},
		"since":              {imap.SearchCriteria{Since: day}, "[1 2]"},
		"before":             {imap.SearchCriteria{Before: day}, "[]"},
		"sent since":         {imap.SearchCriteria{SentSince: day}, "[1 2]"},
		"sent before":        {imap.SearchCriteria{SentBefore: day}, "[]"},
		"larger":             {imap.SearchCriteria{Larger: 10}, "[1 2]"},
		"smaller":            {imap.SearchCriteria{Smaller: 10}, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := found(t, c, x.criteria); got != x.want {
				t.Errorf("%s, want %s", got, x.want)
			}
		})
	}
}

// Opened for reading, nothing is marked; fetched without "peek", it is.
func TestReadOnly(t *testing.T) {
	c := client(t, open(t, t.TempDir()))
	keep(t, c, "INBOX", mail("one@gbr.example", "Alpha"))
	look := &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}
	_, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	must(t, err)
	must(t, c.Fetch(imap.UIDSetNum(1), look).Close())
	if err := c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(); err == nil {
		t.Error("marked in a folder that was opened for reading")
	}
	if flags := whole(t, c, 1).Flags; len(flags) != 0 {
		t.Errorf("%v", flags)
	}
	_, err = c.Select("INBOX", nil).Wait()
	must(t, err)
	must(t, c.Fetch(imap.UIDSetNum(1), look).Close())
	if flags := whole(t, c, 1).Flags; !slices.Equal(flags, []imap.Flag{imap.FlagSeen}) {
		t.Errorf("%v", flags)
	}
	if copied, err := c.Copy(imap.UIDSetNum(1), "Drafts").Wait(); err != nil || fmt.Sprint(copied.DestUIDs) != "1" {
		t.Errorf("%+v, %v", copied, err)
	}
	if _, err := c.Copy(imap.UIDSetNum(1), "More").Wait(); !isCode(err, imap.ResponseCodeTryCreate) {
		t.Errorf("%v", err)
	}
}

// A delivery is all or nothing, keeps the caller's number, and is refused when the disk is.
func TestDeliver(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	must(t, s.Deliver(7, mailstore.Message{Data: mail("a@gbr.example", "a"), Received: time.Now()}, mailstore.Message{Data: mail("b@gbr.example", "b"), Received: time.Now()}))
	must(t, os.Mkdir(filepath.Join(dir, "INBOX", "000004.eml"), 0o700)) // so that the second cannot be written
	if err := s.Deliver(9, mailstore.Message{Data: mail("c@gbr.example", "c")}, mailstore.Message{Data: mail("d@gbr.example", "d")}); err == nil {
		t.Error("written into a folder")
	}
	if s.Taken() != 7 {
		t.Errorf("taken %d", s.Taken())
	}
	must(t, os.Remove(filepath.Join(dir, "INBOX", "000004.eml")))
	s, isNew, err := mailstore.Open(dir)
	must(t, err)
	c := client(t, s)
	data, err := c.Select("INBOX", nil).Wait()
	if must(t, err); isNew || data.NumMessages != 2 || s.Taken() != 7 {
		t.Errorf("new %v, %d messages, taken %d", isNew, data.NumMessages, s.Taken())
	}
	must(t, os.WriteFile(filepath.Join(dir, "INBOX", "index.json"), []byte("{"), 0o600))
	if s, _, err := mailstore.Open(dir); err == nil || s != nil || !strings.Contains(err.Error(), "index.json") {
		t.Errorf("an index that cannot be read: %v", err)
	}
}
