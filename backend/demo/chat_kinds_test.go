package demo_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/backend/message"
	"caveat/backend/presend"
	"caveat/backend/xmppsend"
)

// TestChatRoomsOfEachKind: members alone, a password, and what a room says of itself.
func TestChatRoomsOfEachKind(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	s, _ := talk(t, f, dir)
	for name, c := range map[string]struct {
		room, password, feature, condition string
	}{
		"for members only":      {demo.RoomJID("GBR", demo.RoomCommand), "", "muc_membersonly", "registration-required"},
		"without the password":  {demo.RoomJID("GBR", demo.RoomPlanning), "", "muc_passwordprotected", "not-authorized"},
		"with another password": {demo.RoomJID("GBR", demo.RoomPlanning), "x", "muc_passwordprotected", "not-authorized"},
		"with the password":     {demo.RoomJID("GBR", demo.RoomPlanning), demo.PlanningPassword, "muc_passwordprotected", ""},
		"federated":             {demo.RoomJID("UKR", demo.RoomLiaison), "", "muc_open", ""},
		"without a clearance":   {demo.RoomJID("AUS", demo.RoomCoffee), "", "muc_unsecured", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if list, err := s.Features(t.Context(), "chat", c.room); err != nil || !slices.Contains(list, c.feature) {
				t.Errorf("%v, %v", list, err)
			}
			err := s.Join(t.Context(), "chat", c.room, "sarah", xmppsend.JoinOptions{Password: c.password})
			var refusal *message.StanzaError
			switch {
			case c.condition == "" && err != nil:
				t.Error(err)
			case c.condition != "" && (!errors.As(err, &refusal) || refusal.Condition != c.condition):
				t.Errorf("%v, want %s", err, c.condition)
			}
		})
	}
	inside, _, err := s.Occupants(t.Context(), demo.RoomJID("UKR", demo.RoomLiaison))
	if err != nil || !slices.ContainsFunc(inside, func(o presend.Occupant) bool { return o.Address == "kiri.tamati@chat.aus.example" }) {
		t.Errorf("the liaison room shows %v, %v", inside, err)
	}
}

// TestChatFirstMessages: from the first start on there is one message of each kind that a reader can meet, the same after a restart.
func TestChatFirstMessages(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	read := func(f *demo.Federation, nick string) (out []xmppsend.Incoming) {
		s, _ := talk(t, f, dir)
		if err := s.Archive(t.Context(), "chat", "", time.Now().Add(-14*24*time.Hour), func(m xmppsend.Incoming) error {
			out = append(out, m)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		room := demo.RoomJID("GBR", demo.RoomOperations)
		if err := s.Join(t.Context(), "chat", room, nick, xmppsend.JoinOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Archive(t.Context(), "chat", room, time.Now().Add(-14*24*time.Hour), func(m xmppsend.Incoming) error {
			out = append(out, m)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := read(f, "sarah")
	for name, is := range map[string]func(xmppsend.Incoming) bool{
		"labelled": func(m xmppsend.Incoming) bool {
			return classOf(m) == "SECRET" && len(m.Sensitivity.Received[0].Categories) > 0 && m.Replaces == "" && !m.Room
		},
		"without a label": func(m xmppsend.Incoming) bool { return len(m.Sensitivity.Received) == 0 && m.Body != "" && !m.Room },
		"of DEU's domain": func(m xmppsend.Incoming) bool {
			return len(m.Sensitivity.Received) == 0 && strings.HasSuffix(m.Peer, "deu.example")
		},
		"too high": func(m xmppsend.Incoming) bool { return classOf(m) == "TOP SECRET" && !m.Room },
		"invalid": func(m xmppsend.Incoming) bool {
			return classOf(m) == "SECRET" && len(m.Sensitivity.Received[0].Categories) == 0
		},
		"a correction": func(m xmppsend.Incoming) bool { return m.Replaces != "" && !m.Room },
		"an invitation": func(m xmppsend.Incoming) bool {
			return m.Invitation != nil && m.Invitation.Password == demo.PlanningPassword
		},
		"in a room, labelled": func(m xmppsend.Incoming) bool { return m.Room && classOf(m) == "RESTRICTED" },
		"in a room, without":  func(m xmppsend.Incoming) bool { return m.Room && classOf(m) == "" },
		"in a room, too high": func(m xmppsend.Incoming) bool { return m.Room && classOf(m) == "TOP SECRET" },
		"in a room, put right": func(m xmppsend.Incoming) bool {
			return m.Room && m.Replaces != "" && slices.ContainsFunc(all, func(o xmppsend.Incoming) bool { return o.ID == m.Replaces })
		},
	} {
		if !slices.ContainsFunc(all, is) {
			t.Errorf("no message %s", name)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	names := func(list []xmppsend.Incoming) (out []string) {
		for _, m := range list {
			out = append(out, m.ArchiveID+" "+m.ID+" "+m.Delay.At.String()+" "+m.Body)
		}
		return out
	}
	if again := read(startDemo(t, demo.Config{Dir: dir}), "sarah2"); !slices.Equal(names(all), names(again)) {
		t.Errorf("after a restart %q, before %q", names(again), names(all))
	}
}

func loaded(t *testing.T, f *demo.Federation) *installation.Installation {
	t.Helper()
	in, err := installation.Load(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func classOf(m xmppsend.Incoming) string {
	if len(m.Sensitivity.Received) == 0 {
		return ""
	}
	return m.Sensitivity.Received[0].Classification
}

// TestChatArchiveIsRead: what was said since is in the archive of both sides' servers, and by pages.
func TestChatArchiveIsRead(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	c := dialChat(t, f, dir)
	query := func(id, form, set string) string {
		return `<iq type="set" id="` + id + `"><query xmlns="urn:xmpp:mam:2" queryid="q">` + form + `<set xmlns="http://jabber.org/protocol/rsm"><max>3</max>` + set + `</set></query></iq>`
	}
	first := c.say(query("a1", "", ""), `<fin`, `complete="false"`, "</iq>")
	if n := strings.Count(first, "<result "); n != 3 {
		t.Errorf("%d results: %s", n, first)
	}
	_, last, _ := strings.Cut(first, "<last>")
	last, _, _ = strings.Cut(last, "</last>")
	if next := c.say(query("a2", "", "<after>"+last+"</after>"), "<fin", "</iq>"); strings.Contains(next, `id="`+last+`"`) || !strings.Contains(next, "<result ") {
		t.Errorf("%s", next)
	}
	with := `<x xmlns="jabber:x:data" type="submit"><field var="with"><value>kiri.tamati@chat.aus.example</value></field></x>`
	if only := c.say(query("a3", with, ""), `complete="true"`, "</iq>"); strings.Count(only, "<result ") != 2 {
		t.Errorf("%s", only)
	}
	c.say(query("a4", "", "<after>nothing</after>"), `id="a4"`, "item-not-found")
	c.say(`<message type="chat" to="x@chat.gbr.example" id="f"><result xmlns="urn:xmpp:mam:2"/></message>`, `id="f"`, "bad-request")
}

// TestChatCatalogue: what may be chosen follows the link and the clearance of whom it is for; one room restricts it.
func TestChatCatalogue(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	s, _ := talk(t, f, dir)
	jid := func(mail string) string { return strings.Replace(mail, "@", "@chat.", 1) }
	for name, c := range map[string]struct {
		to         string
		classes    []string
		byDefault  string
		restricted bool
	}{
		"by the link to UKR":    {jid(demo.UKRCleared), []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}, "", false},
		"by the link to DEU":    {demo.RoomJID("DEU", demo.RoomOperations), []string{"UNCLASSIFIED", "RESTRICTED"}, "RESTRICTED", false},
		"by the person":         {jid(demo.GBRRestricted), []string{"UNCLASSIFIED", "RESTRICTED"}, "", false},
		"in a marked room":      {demo.RoomJID("UKR", demo.RoomOperations), []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}, "SECRET", false},
		"in a room of its own":  {demo.RoomJID("GBR", demo.RoomPlanning), []string{"RESTRICTED", "CONFIDENTIAL"}, "RESTRICTED", true},
		"without a clearance":   {demo.RoomJID("GBR", demo.RoomCoffee), nil, "", false},
		"to nobody whom we may": {"x@elsewhere.example", nil, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := s.Catalogue(t.Context(), "chat", c.to)
			if err != nil || got.IsRestricted != c.restricted {
				t.Fatalf("%+v, %v", got, err)
			}
			var classes []string
			byDefault := ""
			for _, i := range got.Items {
				class := i.Sensitivity.Received[0].Classification
				if classes = append(classes, class); i.IsDefault {
					byDefault = class
				}
			}
			if !slices.Equal(classes, c.classes) || byDefault != c.byDefault {
				t.Errorf("%v, default %q", classes, byDefault)
			}
		})
	}
}

// TestChatBookmarks: the own operations room is kept from the beginning; what is kept outlives a restart.
func TestChatBookmarks(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	s, _ := talk(t, f, dir)
	list, err := s.Bookmarks(t.Context(), "chat")
	if err != nil || len(list) != 1 || list[0].Room != demo.RoomJID("GBR", demo.RoomOperations) {
		t.Fatalf("%+v, %v", list, err)
	}
	want := append(list, xmppsend.Bookmark{Room: demo.RoomJID("GBR", demo.RoomPlanning), Password: demo.PlanningPassword, Nick: "s<"})
	if err := errors.Join(s.SetBookmarks(t.Context(), "chat", want), f.Close()); err != nil {
		t.Fatal(err)
	}
	f = startDemo(t, demo.Config{Dir: dir})
	s, _ = talk(t, f, dir)
	if list, err = s.Bookmarks(t.Context(), "chat"); err != nil || !slices.Equal(list, want) {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestChatReceipts: somebody who is played says that a message has come, before the answer.
func TestChatReceipts(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	c := dialChat(t, f, dir)
	label := `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` + chatLabel(t, loaded(t, f), "SECRET") + `</label></securitylabel>`
	c.say(`<message type="chat" to="olena.kovalchuk@chat.ukr.example" id="m1"><body>Here?</body>`+label+`<request xmlns="urn:xmpp:receipts"/></message>`, `<received xmlns="urn:xmpp:receipts" id="m1"/>`, "Understood")
}

// TestChatVisitor: somebody who is not cleared comes into the operations room and leaves it, as the switches say.
func TestChatVisitor(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	s, l := talk(t, f, dir)
	for _, nation := range []string{"GBR", "UKR"} {
		if err := s.Join(t.Context(), "chat", demo.RoomJID(nation, demo.RoomOperations), "sarah", xmppsend.JoinOptions{}); err != nil {
			t.Fatal(err)
		}
		if m := l.await(t, "Welcome, sarah"); m.Type != "chat" || !m.Room || m.Own {
			t.Errorf("not private: %+v", m)
		}
		visitor, _, _ := strings.Cut(map[string]string{"GBR": demo.GBRRestricted, "UKR": demo.UKRRestricted}[nation], "@")
		for _, isIn := range []bool{true, false, true} {
			if err := f.Visit(nation, isIn); err != nil {
				t.Fatal(err)
			}
			l.event(t, map[bool]xmppsend.RoomEventKind{true: xmppsend.Joined, false: xmppsend.Left}[isIn], visitor)
		}
	}
	f.AutoVisit()
	visitor, _, _ := strings.Cut(demo.UKRRestricted, "@")
	for _, word := range []string{"out", "in"} { // what a test of the program writes
		if err := os.WriteFile(filepath.Join(dir, "demo", "visitor"), []byte(word+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.event(t, map[string]xmppsend.RoomEventKind{"in": xmppsend.Joined, "out": xmppsend.Left}[word], visitor)
	}
	if err := f.Visit("DEU", true); !errors.Is(err, demo.ErrUnknown) {
		t.Error(err)
	}
}

// TestChatAwayByFile: a server that the file demo/chat-away names is down until it does not, and one that was stopped otherwise stays so.
func TestChatAwayByFile(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	_, l := talk(t, f, dir)
	door := filepath.Join(dir, "demo", "chat-away")
	if err := os.WriteFile(door, []byte("gbr\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.offline(t)
	if c, err := net.Dial("tcp", f.ChatServer()); err == nil {
		_ = c.Close()
		t.Error("it still takes connections")
	}
	if err := os.Remove(door); err != nil {
		t.Fatal(err)
	}
	l.online(t)
}

// TestChatVisitsByTheClock: a visitor comes a while after the first user, stays, and comes again; with nobody inside there is none.
func TestChatVisitsByTheClock(t *testing.T) {
	for at, want := range map[time.Duration]bool{
		0: false, 59 * time.Second: false, time.Minute: true, 2*time.Minute + 59*time.Second: true, 3 * time.Minute: false,
		11 * time.Minute: true, 13 * time.Minute: false,
	} {
		if got := demo.VisitAt(at); got != want {
			t.Errorf("after %v: %v", at, got)
		}
	}
}
