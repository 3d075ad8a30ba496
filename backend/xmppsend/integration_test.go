//go:build integration && linux

package xmppsend_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// federation starts two domains, the second one's rooms showing who is in them.
func federation(t *testing.T, change ...func(gbr, aus *xmpptest.Config)) (gbr, aus *xmpptest.Prosody, account xmppsend.Account) {
	t.Helper()
	password := xmpptest.Secret()
	g := xmpptest.Config{Domain: "gbr.example", Users: map[string]string{"duty": password, "watch": xmpptest.Secret()}}
	a := xmpptest.Config{Domain: "aus.example", Users: map[string]string{"ops": xmpptest.Secret(), "j6": xmpptest.Secret()}, RealJIDs: true}
	for _, f := range change {
		f(&g, &a)
	}
	all := xmpptest.StartProsody(t, xmpptest.NewCA(), g, a)
	return all[0], all[1], xmppsend.Account{JID: "duty@gbr.example", Address: all[0].Addr(), Security: xmppsend.StartTLS, RootCAs: all[0].CA().Pool(),
		Password: password, Resource: "desk", Timeout: patience}
}

// TestIntegrationSendAcrossDomains: the label that arrives on the far side is the label that was sent, and comes back as it was
// answered.
func TestIntegrationSendAcrossDomains(t *testing.T) {
	_, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{Controls: func(string) xmppsend.Controls { return xmppsend.Controls{Receipts: true} }})
	online := h.state(t, isOnline)
	if !strings.HasPrefix(online.JID, "duty@gbr.example/") {
		t.Errorf("bound as %q", online.JID)
	}
	ops := aus.Join(t, "ops", "desk")
	got, asked, err := send(t, s, "m1", wire(t, "m1", "Line 1 & <2>\nLine 3", message.Stanza{Receipt: true}), "ops@aus.example")
	if err != nil || asked != 1 || len(got) != 1 || got[0].State != outbox.Accepted {
		t.Fatalf("%+v, asked %d times, %v", got, asked, err)
	}
	arrived := ops.Await(t, "Line 1")
	isLabelled(t, arrived)
	for _, part := range []string{"id='m1'", "Line 1 &amp; &lt;2&gt;", "urn:xmpp:receipts", "from='" + online.JID + "'"} {
		if !strings.Contains(arrived, part) {
			t.Errorf("no %s in %s", part, arrived)
		}
	}
	info := secret().Information
	if got, _, err := send(t, s, "m1b", wire(t, "m1b", "Line 1, corrected", message.Stanza{Replaces: "m1", Replaced: &info}), "ops@aus.example"); err != nil || got[0].State != outbox.Accepted {
		t.Fatalf("%+v, %v", got, err)
	}
	corrected := ops.Await(t, "Line 1, corrected")
	isLabelled(t, corrected)
	if !strings.Contains(corrected, "urn:xmpp:message-correct:0") || !strings.Contains(corrected, "'m1'") {
		t.Errorf("%s", corrected)
	}
	l := secret()
	ops.Send(t, `<message type="chat" id="r1" to="`+online.JID+`"><body>Understood.</body><securitylabel xmlns="urn:xmpp:sec-label:0"><label>`+string(l.Marshal())+
		`</label></securitylabel><request xmlns="urn:xmpp:receipts"/></message>`)
	m := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "Understood." })
	if m.Peer != "ops@aus.example" || m.From != ops.JID || m.Room || m.Own || len(m.Sensitivity.Received) != 1 || m.Sensitivity.Received[0].Classification != "SECRET" {
		t.Errorf("%+v", m)
	}
	ops.Await(t, "<received", "r1")
	// Nobody there: the server of the far side says so, and the message is refused or, where it says so later, told.
	got, _, err = send(t, s, "m2", wire(t, "m2", "x", message.Stanza{}), "nobody@gbr.example")
	if err != nil || got[0].State != outbox.Refused || !strings.Contains(got[0].Text, "service-unavailable") {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestIntegrationLogin: each way of logging in that a server offers.
func TestIntegrationLogin(t *testing.T) {
	for name, c := range map[string]struct {
		server  func(*xmpptest.Config)
		account func(*xmppsend.Account, *xmpptest.Prosody)
		offered string // what the server must offer, so that the test shows what it says
		want    error
	}{
		"STARTTLS":               {},
		"TLS at once":            {account: func(a *xmppsend.Account, p *xmpptest.Prosody) { a.Address, a.Security = p.TLSAddr(), xmppsend.TLS }},
		"SCRAM-SHA-256-PLUS":     {server: func(c *xmpptest.Config) { c.TLS12, c.Plus = true, true }, offered: "SCRAM-SHA-256-PLUS"},
		"SCRAM-SHA-1":            {server: func(c *xmpptest.Config) { c.SHA1 = true }, offered: "SCRAM-SHA-1"},
		"PLAIN where it is said": {account: func(a *xmppsend.Account, _ *xmpptest.Prosody) { a.Auth = xmppsend.Plain }},
		"EXTERNAL": {server: func(c *xmpptest.Config) { c.External = true }, account: func(a *xmppsend.Account, p *xmpptest.Prosody) {
			cert := p.CA().Certificate(nil, []string{"duty@gbr.example"})
			a.Password, a.Certificate = "", &cert
		}},
		"EXTERNAL with several addresses": {server: func(c *xmpptest.Config) { c.External = true }, account: func(a *xmppsend.Account, p *xmpptest.Prosody) {
			cert := p.CA().Certificate(nil, []string{"watch@gbr.example", "duty@gbr.example"})
			a.Password, a.Certificate = "", &cert
		}},
		"EXTERNAL as somebody else": {server: func(c *xmpptest.Config) { c.External = true }, account: func(a *xmppsend.Account, p *xmpptest.Prosody) {
			cert := p.CA().Certificate(nil, []string{"watch@aus.example"})
			a.Password, a.Certificate = "", &cert
		}, want: xmppsend.ErrAuth},
		"a wrong password": {account: func(a *xmppsend.Account, _ *xmpptest.Prosody) { a.Password = xmpptest.Secret() }, want: xmppsend.ErrAuth},
		"another CA":       {account: func(a *xmppsend.Account, _ *xmpptest.Prosody) { a.RootCAs = xmpptest.NewCA().Pool() }, want: xmppsend.ErrTLS},
		"another name":     {account: func(a *xmppsend.Account, _ *xmpptest.Prosody) { a.ServerName = "aus.example" }, want: xmppsend.ErrTLS},
		"no CA":            {account: func(a *xmppsend.Account, _ *xmpptest.Prosody) { a.RootCAs = nil }, want: xmppsend.ErrAccount},
		"no security":      {account: func(a *xmppsend.Account, _ *xmpptest.Prosody) { a.Security = "" }, want: xmppsend.ErrAccount},
		"nobody there":     {account: func(a *xmppsend.Account, _ *xmpptest.Prosody) { a.Address = "127.0.0.1:1" }, want: xmppsend.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			gbr, _, a := federation(t, func(g, _ *xmpptest.Config) {
				if c.server != nil {
					c.server(g)
				}
			})
			if c.account != nil {
				c.account(&a, gbr)
			}
			if offers := gbr.Offers(t); !strings.Contains(offers, c.offered) || c.offered == "SCRAM-SHA-1" && strings.Contains(offers, "SHA-256") ||
				c.offered == "SCRAM-SHA-256-PLUS" && without(offers, "SCRAM-SHA-1-PLUS", c.offered) { // nothing else can be used
				t.Errorf("the server offers %s", offers)
			}
			_, h := run(t, a, xmppsend.Options{})
			got := h.state(t, func(s xmppsend.State) bool { return s.IsOnline || !s.NextTry.IsZero() })
			if got.IsOnline != (c.want == nil) || c.want != nil && !strings.Contains(got.Error, c.want.Error()) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// without reports that a server offers a mechanism besides some.
func without(offers string, some ...string) bool {
	for _, m := range some {
		offers = strings.ReplaceAll(offers, ">"+m+"<", "><")
	}
	return strings.Contains(offers, ">SCRAM") || strings.Contains(offers, ">PLAIN") || strings.Contains(offers, ">EXTERNAL")
}

// TestIntegrationServerGoesAway in the middle of a send: an error, so that nobody takes it for delivered; what had arrived is found in
// the archive later, and what had not is not; the session and its room come back.
func TestIntegrationServerGoesAway(t *testing.T) {
	gbr, aus, a := federation(t)
	a.Timeout = 3 * time.Second
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	ops := aus.Join(t, "ops", "desk")
	room := "watch@" + aus.Rooms()
	ops.Enter(t, room, "Ops")
	if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	w1, w2 := wire(t, "m1", "before", message.Stanza{}), wire(t, "m2", "lost", message.Stanza{})
	if got, _, err := send(t, s, "m1", w1, "ops@aus.example"); err != nil || got[0].State != outbox.Accepted {
		t.Fatalf("%+v, %v", got, err)
	}
	ops.Await(t, "before")
	asked := 0
	got, err := s.Submit(t.Context(), "duty", "m2", []string{"ops@aus.example"}, w2, func() error {
		asked++
		gbr.Kill()
		return nil
	})
	if err == nil || got != nil || asked != 1 || errors.Is(err, outbox.ErrPermanent) {
		t.Fatalf("%+v, asked %d times, %v", got, asked, err)
	}
	h.state(t, func(s xmppsend.State) bool { return !s.IsOnline && !s.NextTry.IsZero() })
	if _, _, err := send(t, s, "m3", wire(t, "m3", "x", message.Stanza{}), "ops@aus.example"); !errors.Is(err, xmppsend.ErrOffline) {
		t.Errorf("while it is away: %v", err)
	}
	gbr.Start(t)
	n := 0
	await(t, h, func() []xmppsend.RoomEvent { return h.rooms }, "second entry", func(e xmppsend.RoomEvent) bool {
		if e.Kind == xmppsend.Entered {
			n++
		}
		return n >= 2
	})
	if got, err := s.Search(t.Context(), "duty", "m1", []string{"ops@aus.example"}, w1); err != nil || len(got) != 1 || got[0].State != outbox.Accepted {
		t.Errorf("what had arrived: %+v, %v", got, err)
	}
	if got, err := s.Search(t.Context(), "duty", "m2", []string{"ops@aus.example"}, w2); err != nil || len(got) != 0 {
		t.Errorf("what had not: %+v, %v", got, err)
	}
	other := wire(t, "m1", "another text", message.Stanza{})
	if got, err := s.Search(t.Context(), "duty", "m1", []string{"ops@aus.example"}, other); err != nil || len(got) != 0 {
		t.Errorf("another text under the same id: %+v, %v", got, err)
	}
	for _, x := range ops.Received() {
		if strings.Contains(x, "lost") {
			t.Errorf("half a message arrived: %s", x)
		}
	}
	// The far server may put us out of the room when it sees that ours was away, and we come back.
	gw := wire(t, "g1", "to the room", message.Stanza{Room: true})
	err = xmppsend.ErrNotJoined
	for deadline := time.Now().Add(patience); errors.Is(err, xmppsend.ErrNotJoined) && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		got, _, err = send(t, s, "g1", gw, room)
	}
	if err != nil || got[0].State != outbox.Accepted {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := s.Search(t.Context(), "duty", "g1", []string{room}, gw); err != nil || len(got) != 1 {
		t.Errorf("in the room's archive: %+v, %v", got, err)
	}
	// A server that hangs after the message: nobody says that it has it.
	for _, server := range []string{"gbr.example", "aus.example"} { // known before it hangs
		if _, err := s.Features(t.Context(), "duty", server); err != nil {
			t.Fatal(err)
		}
	}
	gbr.Freeze()
	defer gbr.Thaw()
	if got, asked, err := send(t, s, "m4", wire(t, "m4", "x", message.Stanza{}), "ops@aus.example"); !errors.Is(err, xmppsend.ErrTimeout) || asked != 1 {
		t.Errorf("%+v, asked %d times, %v", got, asked, err)
	}
}

// TestIntegrationNoLabels: where a server on the way does not understand labels nothing is sent, unless the administrator allows the
// marking in the first line.
func TestIntegrationNoLabels(t *testing.T) {
	_, aus, a := federation(t, func(_, aus *xmpptest.Config) { aus.NoLabels = true })
	allowed := false
	s, h := run(t, a, xmppsend.Options{Controls: func(string) xmppsend.Controls { return xmppsend.Controls{FirstLine: allowed} }})
	h.state(t, isOnline)
	ops := aus.Join(t, "ops", "desk")
	room := "watch@" + aus.Rooms()
	ops.Enter(t, room, "Ops")
	if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	for to, isRoom := range map[string]bool{"ops@aus.example": false, room: true} {
		if _, asked, err := send(t, s, "m1", wire(t, "m1", "x", message.Stanza{Room: isRoom}), to); !errors.Is(err, xmppsend.ErrNoLabels) || !errors.Is(err, outbox.ErrPermanent) || asked != 0 {
			t.Errorf("%s: asked %d times, %v", to, asked, err)
		}
	}
	first := wire(t, "m2", "in the text", message.Stanza{FirstLine: true})
	if _, asked, err := send(t, s, "m2", first, "ops@aus.example"); !errors.Is(err, xmppsend.ErrNoLabels) || asked != 0 {
		t.Errorf("not allowed: %v", err)
	}
	allowed = true
	if got, _, err := send(t, s, "m2", first, "ops@aus.example"); err != nil || got[0].State != outbox.Accepted {
		t.Fatalf("%+v, %v", got, err)
	}
	if arrived := ops.Await(t, "in the text"); !strings.Contains(arrived, "<body>MISSION SECRET Releasable to GBR, AUS") {
		t.Errorf("%s", arrived)
	}
	if _, err := s.Catalogue(t.Context(), "duty", "ops@aus.example"); err != nil {
		t.Errorf("the own server's catalogue: %v", err)
	}
}

// TestIntegrationCatalogue: an item goes out byte for byte; one that cannot be read is shown as such.
func TestIntegrationCatalogue(t *testing.T) {
	l := secret()
	l.OriginatorID, l.OriginatorIDType = "", ""
	lua := strings.ReplaceAll(string(l.Marshal()), `"`, `'`)
	_, aus, a := federation(t, func(g, _ *xmpptest.Config) {
		g.Catalogue = `{ name = "Mission|Secret"; label = "` + lua + `"; color = "white"; bgcolor = "red"; display = "MISSION SECRET"; default = true },
			{ name = "Old"; label = "<icismlabel xmlns='http://example.gov/IC-ISM/0' classification='S'/>" }, { name = "Words"; label = true }`
	})
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	ops := aus.Join(t, "ops", "desk")
	c, err := s.Catalogue(t.Context(), "duty", "ops@aus.example")
	if err != nil || len(c.Items) != 3 || c.Name != "TEST" || c.IsRestricted {
		t.Fatalf("%+v, %v", c, err)
	}
	item := c.Items[0]
	if !item.IsDefault || strings.Join(item.Selector, "/") != "Mission/Secret" || item.Sensitivity.Marking != "MISSION SECRET" || len(item.Sensitivity.Received) != 1 ||
		item.Sensitivity.Received[0].Classification != "SECRET" {
		t.Errorf("%+v", item)
	}
	if c.Items[1].Sensitivity.Fault != message.FaultType || c.Items[2].Sensitivity.Fault != message.FaultType {
		t.Errorf("%+v", c.Items[1:])
	}
	sent := []byte(`<message xmlns="jabber:client" type="chat" id="c1"><body>by the catalogue</body>` + string(item.XML) + `</message>`)
	if got, _, err := send(t, s, "c1", sent, "ops@aus.example"); err != nil || got[0].State != outbox.Accepted {
		t.Fatalf("%+v, %v", got, err)
	}
	arrived, err := message.Reader{}.ReadStanza([]byte(strings.Replace(ops.Await(t, "by the catalogue"), "<message", "<message xmlns='jabber:client'", 1)))
	if err != nil || len(arrived.Sensitivity.Received) != 1 {
		t.Fatalf("%+v, %v", arrived, err)
	}
	got, want := arrived.Sensitivity.Received[0], item.Sensitivity.Received[0]
	got.XML, want.XML = nil, nil
	if string(got.Marshal()) != string(want.Marshal()) {
		t.Errorf("%s\nwant %s", got.Marshal(), want.Marshal())
	}
}

// TestIntegrationArchive: what was said comes back with its label, page by page, oldest first; and nothing that a stranger sends in the
// archive's name.
func TestIntegrationArchive(t *testing.T) {
	_, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	ops := aus.Join(t, "ops", "desk")
	const n = 120 // more than two pages of the server's
	l := secret()
	begun := time.Now().Add(-time.Minute)
	for i := range n {
		ops.Send(t, `<message type="chat" id="a`+string(rune('a'+i%26))+`" to="duty@gbr.example"><body>note</body><securitylabel xmlns="urn:xmpp:sec-label:0"><label>`+string(l.Marshal())+`</label></securitylabel></message>`)
	}
	got, _, err := send(t, s, "m1", wire(t, "m1", "mine", message.Stanza{}), "ops@aus.example")
	if err != nil || got[0].State != outbox.Accepted {
		t.Fatal(err)
	}
	ops.Send(t, `<message type="chat" id="last" to="duty@gbr.example"><body>last</body></message>`)
	h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
	ops.Send(t, `<message to="duty@gbr.example"><result xmlns="urn:xmpp:mam:2" queryid="x" id="y"><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client" from="duty@gbr.example/x" to="ops@aus.example" id="m9"><body>forged</body></message></forwarded></result></message>`)
	var all []xmppsend.Incoming
	if err := s.Archive(t.Context(), "duty", "ops@aus.example", begun, func(m xmppsend.Incoming) error { all = append(all, m); return nil }); err != nil {
		t.Fatal(err)
	}
	labelled, own := 0, 0
	for i, m := range all {
		if len(m.Sensitivity.Received) == 1 {
			labelled++
		}
		if m.Own {
			own++
		}
		if m.Peer != "ops@aus.example" || m.Delay == nil || m.ArchiveID == "" || m.Body == "forged" || i > 0 && m.Delay.At.Before(all[i-1].Delay.At) {
			t.Errorf("%d: %+v", i, m)
		}
	}
	if len(all) != n+2 || labelled != n+1 || own != 1 || all[len(all)-1].Body != "last" {
		t.Errorf("%d messages, %d with a label, %d our own", len(all), labelled, own)
	}
	stop := errors.New("enough")
	if err := s.Archive(t.Context(), "duty", "ops@aus.example", begun, func(xmppsend.Incoming) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	for _, m := range h.messages {
		if m.Body == "forged" {
			t.Error("a forged result is shown as a message")
		}
	}
}

// TestIntegrationBookmarks: kept by the server, beside what others keep there.
func TestIntegrationBookmarks(t *testing.T) {
	gbr, _, a := federation(t)
	other := gbr.Join(t, "duty", "other")
	other.Ask(t, "set", "", `<query xmlns="jabber:iq:private"><storage xmlns="storage:bookmarks"><url name="x" url="https://gbr.example/"/></storage></query>`)
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	if list, err := s.Bookmarks(t.Context(), "duty"); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	want := xmppsend.Bookmark{Room: "watch@rooms.aus.example", Name: "The <watch>", Nick: "Duty", Password: "p", IsAutomatic: true}
	if err := s.SetBookmarks(t.Context(), "duty", []xmppsend.Bookmark{want}); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Bookmarks(t.Context(), "duty"); err != nil || len(list) != 1 || list[0] != want {
		t.Errorf("%+v, %v", list, err)
	}
	if got := other.Ask(t, "get", "", `<query xmlns="jabber:iq:private"><storage xmlns="storage:bookmarks"/></query>`); !strings.Contains(got, "<url ") {
		t.Errorf("the other's is gone: %s", got)
	}
}

// TestIntegrationBookmarkNode: kept at a node of the account where the server has such, for the account alone; what others keep in a
// bookmark stays.
func TestIntegrationBookmarkNode(t *testing.T) {
	gbr, aus, a := federation(t, func(g, _ *xmpptest.Config) { g.Events = true })
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	other, ops := gbr.Join(t, "duty", "other"), aus.Join(t, "ops", "desk")
	const items = `<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="urn:xmpp:bookmarks:1"/></pubsub>`
	if list, err := s.Bookmarks(t.Context(), "duty"); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	watch := xmppsend.Bookmark{Room: "watch@rooms.aus.example", Name: "The <watch>", Nick: "Duty", Password: "p", IsAutomatic: true}
	hall := xmppsend.Bookmark{Room: "hall@rooms.gbr.example"}
	if err := s.SetBookmarks(t.Context(), "duty", []xmppsend.Bookmark{watch, hall}); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Bookmarks(t.Context(), "duty"); err != nil || len(list) != 2 || list[0] != hall || list[1] != watch {
		t.Errorf("%+v, %v", list, err)
	}
	if got := other.Ask(t, "get", "", items); !strings.Contains(got, "watch@rooms.aus.example") {
		t.Errorf("another program of the user's: %s", got)
	}
	if got := ops.Ask(t, "get", "duty@gbr.example", items); strings.Contains(got, "watch@") || !strings.Contains(got, "error") {
		t.Errorf("somebody else reads them: %s", got)
	}
	if got := other.Ask(t, "get", "", `<pubsub xmlns="http://jabber.org/protocol/pubsub#owner"><configure node="urn:xmpp:bookmarks:1"/></pubsub>`); !strings.Contains(got, "<value>whitelist</value>") {
		t.Errorf("the node is open: %s", got)
	}
	other.Ask(t, "set", "", `<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="urn:xmpp:bookmarks:1"><item id="watch@rooms.aus.example">`+
		`<conference xmlns="urn:xmpp:bookmarks:1" name="Theirs"><extensions><kept xmlns="u:x"/></extensions></conference></item></publish></pubsub>`)
	watch.Name = "Ours"
	if err := s.SetBookmarks(t.Context(), "duty", []xmppsend.Bookmark{watch}); err != nil {
		t.Fatal(err)
	}
	if got := other.Ask(t, "get", "", items); !strings.Contains(got, "u:x") || !strings.Contains(got, "Ours") || strings.Contains(got, "hall@") {
		t.Errorf("%s", got)
	}
}

// TestIntegrationCopies: what another program of the user says comes with its label, as our own; so does what is said to that one. What
// somebody else forges does not.
func TestIntegrationCopies(t *testing.T) {
	gbr, aus, a := federation(t)
	_, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	phone, ops := gbr.Join(t, "duty", "phone"), aus.Join(t, "ops", "desk")
	l := secret()
	labelled := `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` + string(l.Marshal()) + `</label></securitylabel>`
	inner := `<message xmlns="jabber:client" from="j6@aus.example" to="duty@gbr.example" type="chat"><body>forged</body></message>`
	ops.Send(t, `<message type="chat" to="duty@gbr.example"><received xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">`+inner+`</forwarded></received></message>`)
	var m xmppsend.Incoming
	for n := 0; m.Body == ""; n++ { // until the server has taken our wish for copies
		id := fmt.Sprintf("c%d", n)
		phone.Send(t, `<message type="chat" id="`+id+`" to="ops@aus.example"><body>By phone</body>`+labelled+`</message>`)
		ops.Await(t, id, "By phone")
		h.mu.Lock()
		for _, x := range h.messages {
			if x.Body == "By phone" {
				m = x
			}
		}
		h.mu.Unlock()
		if n > 200 {
			t.Fatal("no copy comes")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !m.Own || m.Peer != "ops@aus.example" || len(m.Sensitivity.Received) != 1 || m.Sensitivity.Received[0].Classification != "SECRET" {
		t.Errorf("%+v", m)
	}
	ops.Send(t, `<message type="chat" id="o1" to="`+phone.JID+`"><body>To the phone</body>`+labelled+`</message>`)
	if m := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "To the phone" }); m.Own || m.Peer != "ops@aus.example" || len(m.Sensitivity.Received) != 1 {
		t.Errorf("%+v", m)
	}
	ops.Send(t, `<message type="error" id="x1" to="`+phone.JID+`"><error type="cancel"><gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`+labelled+`</message>`)
	ops.Send(t, `<message type="chat" id="o2" to="duty@gbr.example"><body>last</body></message>`)
	h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, x := range h.messages {
		if x.Body == "forged" || x.Error != nil && len(x.Sensitivity.Received) > 0 {
			t.Errorf("%+v", x)
		}
	}
}

// TestIntegrationTellsNothing: who asks for a version, idle time or a ping learns nothing, and no receipt goes where the link tells
// none.
func TestIntegrationTellsNothing(t *testing.T) {
	_, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{Controls: func(string) xmppsend.Controls { return xmppsend.Controls{NoRooms: true} }})
	online := h.state(t, isOnline)
	ops := aus.Join(t, "ops", "desk")
	for _, payload := range []string{`<query xmlns="jabber:iq:version"/>`, `<query xmlns="jabber:iq:last"/>`, `<ping xmlns="urn:xmpp:ping"/>`, `<query xmlns="http://jabber.org/protocol/disco#info"/>`, `<time xmlns="urn:xmpp:time"/>`} {
		if got := ops.Ask(t, "get", online.JID, payload); !strings.Contains(got, "service-unavailable") {
			t.Errorf("%s: %s", payload, got)
		}
	}
	ops.Send(t, `<message type="chat" id="r1" to="`+online.JID+`"><body>here?</body><request xmlns="urn:xmpp:receipts"/></message>`)
	h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "here?" && m.WantsReceipt })
	ops.Ask(t, "get", online.JID, `<query xmlns="jabber:iq:version"/>`) // answered after whatever went before
	for _, x := range ops.Received() {
		if strings.Contains(x, "<received") {
			t.Errorf("a receipt: %s", x)
		}
	}
	if err := s.Join(t.Context(), "duty", "watch@"+aus.Rooms(), "Duty", xmppsend.JoinOptions{}); !errors.Is(err, xmppsend.ErrNotAllowed) {
		t.Errorf("a room over a link without rooms: %v", err)
	}
}
