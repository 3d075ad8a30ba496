//go:build linux && integration

package app_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/label/siolabel"
	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// mailWorld is an installation whose user has a mailbox on a real Dovecot, and hands mail in at a real Exim. He holds RESTRICTED.
type mailWorld struct {
	t       *testing.T
	data    string
	dovecot *mailtest.Dovecot
	exim    *mailtest.Exim
	program *program
	http    *http.Client
}

func newMailWorld(t *testing.T) *mailWorld {
	t.Helper()
	ca := ldaptest.NewCA("Test CA")
	w := &mailWorld{t: t}
	cert, key, err := ca.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	mailPassword, boxPassword := mailtest.Secret(), mailtest.Secret()
	w.exim = mailtest.StartExim(t, mailtest.EximConfig{
		Domains: []string{"gbr.example", "ukr.example"}, Users: map[string]string{"drafter": mailPassword}, Certificate: cert, Key: key, CA: ca.PEM(),
	})
	w.dovecot = mailtest.StartDovecot(t, mailtest.DovecotConfig{Users: map[string]string{"drafter": boxPassword}, Certificate: cert, Key: key, CA: ca.PEM()})
	f := testInstallation(string(ca.PEM()), w.exim.Addr())
	f.Accounts[0].ServerName = "localhost"
	f.Accounts[0].Notify = []string{"failure", "delay", "success"}
	f.Accounts = append(f.Accounts, installation.AccountFile{
		Name: "box", Kind: "imap", Address: w.dovecot.TLSAddr(), Security: "tls", CA: "test", ServerName: "localhost", User: "drafter", Secret: "imap",
	})
	f.Identities[0].Mailbox = "box"
	secrets := map[string]string{"smtp": mailPassword, "imap": boxPassword}
	f.Directories, f.Routes = f.Directories[:2], f.Routes[:2]
	for i, n := range []string{"GBR", "UKR"} {
		own := map[string][]string{"Context": {"MROD"}, "Only": {n}, "Releasable To": {n}}
		base, password := "dc="+strings.ToLower(n)+",dc=example", mailtest.Secret()
		s := ldaptest.New(ldaptest.Config{Suffix: base, TLS: ca.ServerTLS(), BindDN: "cn=reader," + base, Password: password, RequireBind: true, RequireTLS: true})
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go s.Serve(ln)
		t.Cleanup(s.Close)
		people := []ldaptest.Entry{
			person(n, "drafter", "Robin Drafter", clearanceXML(t, "RESTRICTED", own)), person(n, "officer", "Chris Officer", clearanceXML(t, "SECRET", own)),
			person(n, "full", "Full Mailbox", clearanceXML(t, "SECRET", own)),
		}
		if err := s.Add(people...); err != nil {
			t.Fatal(err)
		}
		f.Directories[i].URLs, f.Directories[i].BindDN, f.Directories[i].Secret = []string{"ldap://" + ln.Addr().String()}, "cn=reader,"+base, "ldap-"+n
		secrets["ldap-"+n] = password
	}
	w.data = importInstallation(t, f, secrets)
	if r := caveat(t, "", "book", "sync", "--data", w.data); r.status != 0 {
		t.Fatalf("sync: %s%s", r.stdout, r.stderr)
	}
	return w
}

// serve starts the program, which reads the mailbox.
func (w *mailWorld) serve() {
	w.t.Helper()
	w.program = start(w.t, "serve", "--data", w.data, "--listen", "127.0.0.1:0")
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.http = &http.Client{Jar: jar}
	res, err := w.http.Get(w.program.url)
	if err != nil {
		w.t.Fatal(err)
	}
	res.Body.Close()
}

// inbox is what the program lists.
func (w *mailWorld) inbox() (d api.InboxDocument) {
	w.t.Helper()
	w.get("/api/inbox", &d)
	return d
}

func (w *mailWorld) get(path string, into any) {
	w.t.Helper()
	base, _, _ := strings.Cut(w.program.url, "/?")
	res, err := w.http.Get(base + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %s", path, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		w.t.Fatal(err)
	}
}

func (w *mailWorld) post(path string, want int) {
	w.t.Helper()
	base, _, _ := strings.Cut(w.program.url, "/?")
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, base+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Origin", base) // as a browser says
	res, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != want {
		w.t.Fatalf("%s: %s", path, res.Status)
	}
}

// until waits for what the inbox must come to.
func (w *mailWorld) until(what string, is func(api.InboxDocument) bool) api.InboxDocument {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		d := w.inbox()
		if is(d) {
			return d
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: %+v\n%s", what, d, w.program.log)
		}
	}
}

// deliver puts a message into the mailbox.
func (w *mailWorld) deliver(number int, class, text string) {
	w.t.Helper()
	fields := ""
	if class != "" {
		parameters, err := siolabel.Parameters(label.Label{Kind: label.Originator, Information: label.Information{
			Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
			Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
		}}, "", "", "")
		if err != nil {
			w.t.Fatal(err)
		}
		fields = "SIO-Label: " + strings.Join(parameters, ";\r\n ") + "\r\n"
	}
	w.dovecot.Deliver(w.t, "drafter", fmt.Appendf(nil, "%sFrom: Officer <officer@ukr.example>\r\nTo: drafter@gbr.example\r\nSubject: Subject%d\r\n"+
		"Message-ID: <m%d@ukr.example>\r\nDate: Sun, 01 Mar 2026 10:00:00 +0000\r\n\r\n%s\r\n", fields, number, number, text))
}

// TestIntegrationInbox: mail in a real mailbox is listed with its marking, what is above the user's clearance is withheld and written nowhere, new mail
// comes by itself, what was seen is told to the mailbox; the list stays while the server is away; renumbered, messages keep their names; what vanishes goes.
func TestIntegrationInbox(t *testing.T) {
	w := newMailWorld(t)
	w.deliver(1, "RESTRICTED", "Readable text")
	w.deliver(2, "SECRET", "HiddenBodyText")
	w.serve()
	d := w.until("two messages", func(d api.InboxDocument) bool { return d.State == "online" && len(d.Messages) == 2 && settledRows(d) })
	open, shut := byWithheld(d)
	if open.Subject != "Subject1" || open.From.Nation != "UKR" || open.Label.State != "labelled" || open.Label.Classification != "RESTRICTED" || open.Label.Marking == "" {
		t.Errorf("%+v", open)
	}
	if shut.Subject != "" || shut.Label.Classification != "SECRET" || len(shut.WithheldWhy) == 0 || shut.From.Address != "officer@ukr.example" {
		t.Errorf("%+v", shut)
	}
	var m api.InboxMessage
	w.get("/api/inbox/"+open.ID, &m)
	if !strings.Contains(m.Text, "Readable text") || len(m.To) != 1 {
		t.Errorf("%+v", m)
	}

	w.deliver(3, "RESTRICTED", "News") // IDLE tells
	d = w.until("new mail", func(d api.InboxDocument) bool { return len(d.Messages) == 3 && settledRows(d) })
	w.post("/api/inbox/"+open.ID+"/seen", http.StatusNoContent)
	w.until("seen", func(d api.InboxDocument) bool { return d.Unread == 2 && d.State == "online" })

	w.dovecot.Kill()
	away := w.until("away", func(d api.InboxDocument) bool { return d.State == "away" })
	if len(away.Messages) != 3 || away.AsOf == nil || away.Problem == "" {
		t.Errorf("away: %+v", away)
	}
	w.get("/api/inbox/"+open.ID, &m)
	if !strings.Contains(m.Text, "Readable text") {
		t.Errorf("while the server is away: %+v", m)
	}
	w.dovecot.ForgetUIDs(t, "drafter")
	w.dovecot.Start(t)
	w.post("/api/inbox/sync", http.StatusNoContent)
	back := w.until("back", func(d api.InboxDocument) bool { return d.State == "online" && len(d.Messages) == 3 && settledRows(d) })
	if !slices.Equal(ids(d), ids(back)) {
		t.Errorf("after it was renumbered: %v, were %v", ids(back), ids(d))
	}
	again, _ := byID(back, open.ID)
	if !again.Seen {
		t.Error("what was seen is not any more")
	}

	var hidden []string
	filepath.WalkDir(w.data, func(path string, e os.DirEntry, _ error) error {
		if data, err := os.ReadFile(path); err == nil && (strings.Contains(string(data), "HiddenBodyText") || strings.Contains(string(data), "Subject2")) {
			hidden = append(hidden, path)
		}
		return nil
	})
	if len(hidden) > 0 {
		t.Errorf("what is withheld lies in %q", hidden)
	}
	if r := caveat(t, "", "inbox", "list", "--data", w.data, "--json"); r.status != 0 || !strings.Contains(r.stdout, open.ID) || strings.Contains(r.stdout, "Subject2") {
		t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	if r := caveat(t, "", "inbox", "show", shut.ID, "--data", w.data); r.status != 3 || strings.Contains(r.stdout, "HiddenBodyText") || !strings.Contains(r.stdout, "(withheld)") {
		t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
}

func settledRows(d api.InboxDocument) bool {
	return !slices.ContainsFunc(d.Messages, func(m api.InboxRow) bool { return m.Problem != "" })
}

func byWithheld(d api.InboxDocument) (open, shut api.InboxRow) {
	for _, m := range d.Messages {
		if m.Withheld {
			shut = m
		} else {
			open = m
		}
	}
	return open, shut
}

func byID(d api.InboxDocument, id string) (api.InboxRow, bool) {
	i := slices.IndexFunc(d.Messages, func(m api.InboxRow) bool { return m.ID == id })
	if i < 0 {
		return api.InboxRow{}, false
	}
	return d.Messages[i], true
}

func ids(d api.InboxDocument) (out []string) {
	for _, m := range d.Messages {
		out = append(out, m.ID)
	}
	slices.Sort(out)
	return out
}

// TestIntegrationReportIsMatched: a message goes out by a real Exim; the delivery report that it makes, laid into the real mailbox, is shown with the
// message, per recipient, as a claim; the queue's state stays as it was.
func TestIntegrationReportIsMatched(t *testing.T) {
	w := newMailWorld(t)
	w.serve()
	file := draftFor(t, "RESTRICTED", mrod, "full@ukr.example", "officer@ukr.example")
	r := caveat(t, "", "send", "--data", w.data, "--draft", file, "--json")
	if r.status != 0 {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	var sent struct{ Message struct{ ID string } }
	r.decode(t, &sent)
	reports := w.exim.Mails(t, "drafter@gbr.example")
	if len(reports) == 0 {
		t.Fatal("the server made no report")
	}
	for _, x := range reports {
		w.dovecot.Deliver(t, "drafter", x)
	}
	d := w.until("reports", func(d api.InboxDocument) bool {
		return len(d.Messages) == len(reports) && settledRows(d) && d.Messages[0].Report != nil
	})
	for _, m := range d.Messages {
		if m.Report == nil || m.Report.Message != sent.Message.ID || m.Report.Warning != "" || m.Report.Kind != "delivery" {
			t.Errorf("%+v, want %s", m.Report, sent.Message.ID)
		}
	}
	var doc api.MessageDocument
	w.get("/api/messages/"+sent.Message.ID, &doc)
	kinds := map[string]string{}
	for _, x := range doc.Recipients {
		if x.State != "accepted" {
			t.Errorf("%s: state %s", x.Address, x.State)
		}
		for _, c := range x.Reports {
			kinds[x.Address] = c.Kind
			if c.Reporter == "" {
				t.Errorf("nobody says so: %+v", c)
			}
		}
	}
	if kinds["full@ukr.example"] != "failed" {
		t.Errorf("reported: %v", kinds)
	}
}
