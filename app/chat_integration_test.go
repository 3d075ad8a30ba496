//go:build linux && integration

package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmpptest"
	"caveat/ldapbook/ldaptest"
)

// chatWorld is an installation whose user chats by a real Prosody, which is federated with another nation's.
type chatWorld struct {
	t           *testing.T
	data        string
	gbr, ukr    *xmpptest.Prosody
	directories map[string]*ldaptest.Server
}

// talking gives an entry an address in chat.
func talking(e ldaptest.Entry, jid string) ldaptest.Entry {
	e.Attrs = append(e.Attrs, ldaptest.Attr{Name: "jid", Values: []string{jid}})
	return e
}

// newChatWorld starts everything. No check counts for longer than it takes.
func newChatWorld(t *testing.T, edit ...func(*installation.File)) *chatWorld {
	t.Helper()
	return newChatWorldOf(t, xmpptest.Config{}, xmpptest.Config{}, edit...)
}

// newChatWorldOf is a newChatWorld whose servers are as own and far say.
func newChatWorldOf(t *testing.T, own, far xmpptest.Config, edit ...func(*installation.File)) *chatWorld {
	t.Helper()
	far.Domain, far.Users, far.RealJIDs = "ukr.example", map[string]string{"officer": xmpptest.Secret(), "clerk": xmpptest.Secret()}, true
	w := &chatWorld{t: t, directories: map[string]*ldaptest.Server{}}
	password := xmpptest.Secret()
	own.Domain, own.Users, own.RealJIDs = "gbr.example", map[string]string{"drafter": password}, true
	all := xmpptest.StartProsody(t, xmpptest.NewCA(), own, far)
	w.gbr, w.ukr = all[0], all[1]
	ca := ldaptest.NewCA("Test CA")
	f := testInstallation(string(ca.PEM()), "127.0.0.1:1")
	f.CAs = append(f.CAs, installation.CAFile{Name: "chat", PEM: string(w.gbr.CA().PEM())})
	f.Accounts = append(f.Accounts, installation.AccountFile{Name: "talk", Kind: "xmpp", Address: w.gbr.Addr(), Security: "starttls", CA: "chat", Secret: "xmpp",
		AccountChat: installation.AccountChat{JID: "drafter@gbr.example"}, Timeout: installation.Duration{Duration: 5 * time.Second}})
	f.Identities[0].JID, f.Identities[0].Chat = "drafter@gbr.example", "talk"
	f.Check.SendingAge.Duration = time.Millisecond
	f.Directories, f.Routes = f.Directories[:2], f.Routes[:2]
	secrets := map[string]string{"xmpp": password}
	for i, n := range []string{"GBR", "UKR"} {
		lower := strings.ToLower(n)
		base, secret := "dc="+lower+",dc=example", xmpptest.Secret()
		s := ldaptest.New(ldaptest.Config{Suffix: base, TLS: ca.ServerTLS(), BindDN: "cn=reader," + base, Password: secret, RequireBind: true, RequireTLS: true})
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go s.Serve(l)
		t.Cleanup(s.Close)
		own := map[string][]string{"Context": {"MROD"}, "Only": {n}}
		if err := s.Add(
			talking(person(n, "drafter", "Robin Drafter", clearanceXML(t, "SECRET", own)), "drafter@"+lower+".example"),
			talking(person(n, "officer", "Chris Officer", clearanceXML(t, "SECRET", own)), "officer@"+lower+".example"),
			talking(person(n, "clerk", "Sam Clerk", clearanceXML(t, "RESTRICTED", own)), "clerk@"+lower+".example"),
			ldaptest.Entry{DN: "cn=Watch," + base, Attrs: []ldaptest.Attr{
				{Name: "objectClass", Values: []string{"top", "room", "JIDObject", "aCPAccessControlEntity"}}, {Name: "cn", Values: []string{"Watch"}},
				{Name: "jid", Values: []string{"watch@rooms." + lower + ".example"}}, {Name: "confidentialityClearance", Values: []string{clearanceXML(t, "SECRET", own)}},
			}},
		); err != nil {
			t.Fatal(err)
		}
		w.directories[n] = s
		f.Directories[i].URLs, f.Directories[i].BindDN, f.Directories[i].Secret = []string{"ldap://" + l.Addr().String()}, "cn=reader,"+base, "ldap-"+n
		f.Directories[i].ChatDomains = []string{lower + ".example", "rooms." + lower + ".example"}
		secrets["ldap-"+n] = secret
		for _, domain := range f.Directories[i].ChatDomains {
			r := f.Routes[i]
			r.Channel, r.Domain = "chat", domain
			f.Routes = append(f.Routes, r)
		}
	}
	for _, change := range edit {
		change(&f)
	}
	w.data = importInstallation(t, f, secrets)
	if r := caveat(t, "", "book", "sync", "--data", w.data); r.status != 0 {
		t.Fatalf("sync: %s%s", r.stdout, r.stderr)
	}
	return w
}

// chatSent is what the tests read of a Send.
type chatSent struct {
	Sent, Blocked bool
	Message       outbox.Message
	Report        reportDoc
}

// send sends a SECRET chat message by the command.
func (w *chatWorld) send(to, body string, args ...string) (d chatSent, r result) {
	w.t.Helper()
	file := write(w.t, "chat.json", fmt.Sprintf(`{"channel": "chat", "action": [%q], "body": %q, "label": {"policy": "NATO", "classification": "SECRET", "categories": %s}}`, to, body, mrod))
	r = caveat(w.t, "", append([]string{"send", "--data", w.data, "--draft", file, "--json"}, args...)...)
	r.decode(w.t, &d)
	return d, r
}

// labelled holds what arrived to the label of what was queued.
func (w *chatWorld) labelled(id, arrived string) {
	w.t.Helper()
	got, err := message.Reader{}.ReadStanza([]byte(strings.Replace(arrived, "<message", "<message xmlns='jabber:client'", 1)))
	if err != nil || len(got.Sensitivity.Received) != 1 || got.ID != id {
		w.t.Fatalf("%v in %s", err, arrived)
	}
	sent := w.spooled(id)
	a, b := got.Sensitivity.Received[0], sent.Sensitivity.Received[0]
	a.XML, b.XML = nil, nil // servers write the same in other words
	if !bytes.Equal(a.Marshal(), b.Marshal()) || a.Classification != "SECRET" || got.Sensitivity.Marking == "" || got.Sensitivity.Marking != sent.Sensitivity.Marking || got.Body != sent.Body {
		w.t.Errorf("arrived %s\nsent %+v", arrived, sent)
	}
}

// spooled reads the message as it was queued.
func (w *chatWorld) spooled(id string) message.Chat {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.data, "spool", "*"))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			w.t.Fatal(err)
		}
		if c, err := (message.Reader{}).ReadStanza(data); err == nil && c.ID == id && len(c.Sensitivity.Received) == 1 {
			return c
		}
	}
	w.t.Fatalf("%s is not in the spool", id)
	return message.Chat{}
}

// logged reports that a line of the audit log holds each of the texts.
func (w *chatWorld) logged(texts ...string) bool {
	w.t.Helper()
	r := caveat(w.t, "", "audit", "export", "--data", w.data)
	if r.status != 0 {
		w.t.Fatalf("%s%s", r.stdout, r.stderr)
	}
	for line := range strings.Lines(r.stdout) {
		all := true
		for _, x := range texts {
			all = all && strings.Contains(line, x)
		}
		if all {
			return true
		}
	}
	return false
}

// until waits until a message is in a state.
func (w *chatWorld) until(id string, want outbox.State) outbox.Message {
	w.t.Helper()
	var list struct{ Messages []outbox.Message }
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		r := caveat(w.t, "", "outbox", "list", "--data", w.data, "--json")
		if err := json.Unmarshal([]byte(r.stdout), &list); err != nil {
			w.t.Fatal(err)
		}
		for _, m := range list.Messages {
			if m.ID == id && m.State == want {
				return m
			}
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s does not become %s: %s", id, want, r.stdout)
		}
	}
}

// TestIntegrationChatIsSent: the same check, outbox and log as for mail: to a person in another domain, and to a room whose occupants count.
// The label that arrives is the one that was cleared; while somebody is inside who is not cleared, nothing leaves.
func TestIntegrationChatIsSent(t *testing.T) {
	w := newChatWorld(t)
	officer := w.ukr.Join(t, "officer", "desk")
	d, r := w.send("officer@ukr.example", "Grid follows")
	if r.status != 0 || !d.Sent {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	w.labelled(d.Message.ID, officer.Await(t, "Grid follows"))
	if !w.logged(`"cleared"`, d.Message.ID, `"chat"`) || !w.logged(`"receipt"`, d.Message.ID, "accepted") {
		t.Error("the log does not tell of it")
	}
	if d, r := w.send("clerk@ukr.example", "Not for him"); r.status != 3 || !d.Blocked || d.Report.Recipients[0].Verdict.Outcome != "not-cleared" {
		t.Errorf("to somebody who is not cleared: status %d: %s", r.status, r.stdout)
	}

	room := "watch@" + w.ukr.Rooms()
	officer.Enter(t, room, "Officer")
	d, r = w.send(room, "To the room")
	if r.status != 0 || !d.Sent {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	arrived := officer.Await(t, "To the room", "groupchat")
	w.labelled(d.Message.ID, arrived)

	clerk := w.ukr.Join(t, "clerk", "desk")
	clerk.Enter(t, room, "Clerk")
	d, r = w.send(room, "While the clerk is inside")
	if r.status != 3 || !d.Blocked || d.Report.Recipients[0].Verdict.Outcome != "not-cleared" {
		t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	if !w.logged(`"blocked"`, room, "not-cleared") {
		t.Error("the log does not tell that it was blocked")
	}
	clerk.Leave()
	officer.Await(t, "<presence", "unavailable", "Clerk")
	if d, r = w.send(room, "After he has left"); r.status != 0 || !d.Sent {
		t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	for _, x := range append(officer.Received(), clerk.Received()...) {
		if strings.Contains(x, "Not for him") || strings.Contains(x, "While the clerk is inside") {
			t.Errorf("it left all the same: %s", x)
		}
	}
}

// TestIntegrationChatWaitsForItsServer: while the server is away messages wait, are checked again before they leave, and go when it is
// back; one whose recipient's clearance was lowered meanwhile is held.
func TestIntegrationChatWaitsForItsServer(t *testing.T) {
	w := newChatWorld(t)
	officer := w.ukr.Join(t, "officer", "desk")
	w.gbr.Kill()
	p := start(t, "serve", "--data", w.data, "--listen", "127.0.0.1:0")
	first, r := w.send("officer@ukr.example", "Waits for its server", "--wait", "1s")
	if r.status != 1 || first.Sent || first.Message.State != outbox.Deferred || first.Message.Recipients[0].State == outbox.Accepted {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	second, _ := w.send("officer@gbr.example", "Lowered meanwhile", "--wait", "1s")
	own := map[string][]string{"Context": {"MROD"}, "Only": {"GBR"}}
	if err := w.directories["GBR"].Replace("uid=officer,ou=people,dc=gbr,dc=example", "confidentialityClearance", clearanceXML(t, "RESTRICTED", own)); err != nil {
		t.Fatal(err)
	}
	w.gbr.Start(t)
	w.until(first.Message.ID, outbox.Accepted)
	w.labelled(first.Message.ID, officer.Await(t, "Waits for its server"))
	if m := w.until(second.Message.ID, outbox.Held); m.Note == "" {
		t.Errorf("%+v", m)
	}
	if !w.logged("checked-again", first.Message.ID) || !w.logged("checked-again", second.Message.ID, "not-cleared") {
		t.Errorf("the log does not tell that they were checked again\n%s", p.log)
	}
}

// TestIntegrationChatByFirstLine: where labels are not understood, and the administrator allows it, the marking goes in the first line; where
// they are, the label goes in its element all the same.
func TestIntegrationChatByFirstLine(t *testing.T) {
	for name, isMarked := range map[string]bool{"a server without labels": true, "one with labels": false} {
		t.Run(name, func(t *testing.T) {
			w := newChatWorldOf(t, xmpptest.Config{}, xmpptest.Config{NoLabels: isMarked}, func(f *installation.File) {
				for i := range f.Routes {
					f.Routes[i].FirstLine = f.Routes[i].Domain == "ukr.example" && f.Routes[i].Channel == "chat"
				}
			})
			officer := w.ukr.Join(t, "officer", "desk")
			d, r := w.send("officer@ukr.example", "In words")
			if r.status != 0 || !d.Sent {
				t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
			}
			if got := officer.Await(t, "In words"); strings.Contains(got, "securitylabel") == isMarked || strings.Contains(got, "<body>"+d.Report.Label.Marking) != isMarked {
				t.Errorf("%s", got)
			}
		})
	}
}
