package demo_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/backend/xmppsend"
)

// olena joins the demonstration on a data directory as UKR's user.
func olena(t *testing.T, dir string) (home, address, jid string) {
	t.Helper()
	home, jid, err := demo.JoinAs(dir, "ukr", nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := installation.Load(filepath.Join(home, installation.FileName))
	if err != nil {
		t.Fatal(err)
	}
	a, ok := in.Account(demo.ChatAccount)
	if !ok || a.JID != jid || in.File.Identities[0].JID != jid {
		t.Fatalf("%+v, %s", in.File.Identities, jid)
	}
	return home, a.Address, jid
}

// event waits for what happens to somebody in a room.
func (l listener) event(t *testing.T, kind xmppsend.RoomEventKind, nick string) {
	t.Helper()
	for timeout := time.After(chatPatience); ; {
		select {
		case e := <-l.rooms:
			if e.Kind == kind && e.Occupant.Nick == nick {
				return
			}
		case <-timeout:
			t.Fatalf("%s of %s does not come", kind, nick)
		}
	}
}

// TestJoinAs: whoever has the data directory of a demonstration that runs can join it as another nation's user, and nobody else.
func TestJoinAs(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := demo.JoinAs(dir, "ukr", nil); !errors.Is(err, demo.ErrNotRunning) {
		t.Errorf("where none ever ran: %v", err)
	}
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	for _, nation := range []string{"gbr", "fra", ""} {
		if _, _, err := demo.JoinAs(dir, nation, nil); !errors.Is(err, demo.ErrUnknown) {
			t.Errorf("%q: %v", nation, err)
		}
	}
	for _, nation := range []string{"ukr", "AUS", "deu"} {
		home, jid, err := demo.JoinAs(dir, nation, nil)
		if err != nil {
			t.Fatal(err)
		}
		in, err := installation.Load(filepath.Join(home, installation.FileName))
		if err != nil {
			t.Fatalf("%s: %v", nation, err)
		}
		dn, err := f.DN(nation, strings.Replace(jid, "@chat.", "@", 1))
		if err != nil || in.File.Identities[0].DN != dn {
			t.Errorf("%s: %q, want %q: %v", nation, in.File.Identities[0].DN, dn, err)
		}
		s, _ := talk(t, f, home)
		if list, err := s.Rooms(t.Context(), "chat", "rooms.chat.gbr.example"); err != nil || len(list) == 0 {
			t.Errorf("%s: %v, %v", nation, list, err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := demo.JoinAs(dir, "ukr", nil); !errors.Is(err, demo.ErrNotRunning) {
		t.Errorf("after its end: %v", err)
	}
}

// TestChatBetweenUsers: two users of two nations talk over the link, with the label octet for octet, in a room of either nation and
// between them; the person who was played makes room for the real one and comes back.
func TestChatBetweenUsers(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	in, err := installation.Load(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	secret := `<securitylabel xmlns="urn:xmpp:sec-label:0" ><displaymarking fgcolor='white'>A &gt; B</displaymarking><label>` + chatLabel(t, in, "SECRET") + `</label></securitylabel>`
	home, address, jid := olena(t, dir)
	room := demo.RoomJID("UKR", demo.RoomOperations)
	s, l := talk(t, f, dir)
	if err := s.Join(t.Context(), "chat", room, "sarah", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	her := dialChatAs(t, home, address, jid)
	l.event(t, xmppsend.Left, "olena.kovalchuk")
	her.say(`<presence to="`+room+`/olena.kovalchuk"><x xmlns="http://jabber.org/protocol/muc"/></presence>`, `code="110"`, demo.UserJID(), "<subject>")
	l.event(t, xmppsend.Joined, "olena.kovalchuk")
	her.say(fmt.Sprintf(`<message type="groupchat" to="%s" id="r1"><body>In the room</body>%s</message>`, room, secret), secret)
	if m := l.await(t, "In the room"); !strings.Contains(string(m.Raw), secret) || m.Nick != "olena.kovalchuk" {
		t.Errorf("%s", m.Raw)
	}
	her.say(fmt.Sprintf(`<message type="chat" to="%s" id="p1"><body>To you</body>%s</message><iq type="get" id="i1" to="%s"><ping xmlns="urn:xmpp:ping"/></iq>`, demo.UserJID(), secret, "chat.ukr.example"), `id="i1"`)
	if m := l.await(t, "To you"); !strings.Contains(string(m.Raw), secret) || m.Peer != jid {
		t.Errorf("%s", m.Raw)
	}
	him := dialChat(t, f, dir)
	him.say(fmt.Sprintf(`<message type="chat" to="%s" id="p2"><body>And to you</body>%s</message>`, jid, secret))
	her.say("", "And to you", secret)
	if err := her.conn.Close(); err != nil {
		t.Error(err)
	}
	l.event(t, xmppsend.Left, "olena.kovalchuk")
	l.event(t, xmppsend.Joined, "olena.kovalchuk")
}

// TestChatLinkGoesDown: what is for a nation whose server ended comes back as an error that may be tried again, and that nation's people
// are in nobody's room any more; afterwards all is as before.
func TestChatLinkGoesDown(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	home, address, jid := olena(t, dir)
	room := demo.RoomJID("GBR", demo.RoomOperations)
	s, l := talk(t, f, dir)
	if err := s.Join(t.Context(), "chat", room, "sarah", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	her := dialChatAs(t, home, address, jid)
	her.say(`<presence to="`+room+`/olena"><x xmlns="http://jabber.org/protocol/muc"/></presence>`, `code="110"`, "<subject>")
	l.event(t, xmppsend.Joined, "olena")
	if err := f.StopChat("UKR"); err != nil {
		t.Fatal(err)
	}
	l.event(t, xmppsend.Left, "olena")
	him := dialChat(t, f, dir)
	ask := `<iq type="get" id="%s" to="chat.ukr.example"><ping xmlns="urn:xmpp:ping"/></iq>`
	him.say(fmt.Sprintf(ask, "down"), `id="down"`, `type="error"`, "remote-server-timeout", `type="wait"`)
	if err := f.StartChat("UKR"); err != nil {
		t.Fatal(err)
	}
	him.say(fmt.Sprintf(ask, "up"), `type="result"`, `id="up"`)
	again := dialChatAs(t, home, address, jid)
	again.say(`<presence to="`+room+`/olena"><x xmlns="http://jabber.org/protocol/muc"/></presence>`, `code="110"`)
	l.event(t, xmppsend.Joined, "olena")
}

// TestChatLinkIsForPartners: without the certificate of a partner's server nobody hands messages in, and a partner speaks for its own people alone.
func TestChatLinkIsForPartners(t *testing.T) {
	f := startDemo(t, demo.Config{People: few})
	for name, c := range map[string]struct {
		as string
		ok bool
	}{
		"its partner":             {"GBR", true},
		"a nation without a link": {"AUS", false},
		"itself":                  {"UKR", false},
		"nobody":                  {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := f.CallChatPeer(c.as, "UKR"); (err == nil) != c.ok {
				t.Errorf("%v", err)
			}
		})
	}
	for name, c := range map[string]struct {
		from, to string
		taken    bool
	}{
		"its own":               {"chat.gbr.example", "chat.ukr.example", true},
		"another nation's":      {"kiri.tamati@chat.aus.example/x", "chat.ukr.example", false},
		"the receiver's people": {"iryna.melnyk@chat.ukr.example/x", "chat.ukr.example", false},
		"for a third nation":    {"chat.gbr.example", "chat.aus.example", false},
	} {
		t.Run(name, func(t *testing.T) {
			if f.TakesFromPeer("GBR", "UKR", c.from, c.to) != c.taken {
				t.Errorf("taken %v", !c.taken)
			}
		})
	}
	if ways := slices.Sorted(slices.Values(demo.ChatSidesDiffer())); len(ways) > 0 {
		t.Errorf("one end carries what the other does not: %v", ways)
	}
}
