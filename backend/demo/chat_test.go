package demo_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/xmppsend"
)

// listener keeps what comes.
type listener struct {
	messages chan xmppsend.Incoming
	states   chan xmppsend.State
	rooms    chan xmppsend.RoomEvent
}

func (l listener) Message(m xmppsend.Incoming)          { l.messages <- m }
func (l listener) Room(e xmppsend.RoomEvent)            { l.rooms <- e }
func (l listener) State(_ string, state xmppsend.State) { l.states <- state }

// chatPatience bounds waiting for what must come.
const chatPatience = 20 * time.Second

// talk logs the demonstration's user in, as the installation file says.
func talk(t *testing.T, _ *demo.Federation, dir string) (*xmppsend.Sender, listener) {
	t.Helper()
	in, err := installation.Load(filepath.Join(dir, installation.FileName))
	if err != nil {
		t.Fatal(err)
	}
	a, ok := in.Account(demo.ChatAccount)
	if !ok || in.File.Identities[0].Chat != demo.ChatAccount {
		t.Fatalf("no chat account: %+v", in.File.Identities)
	}
	password, err := installation.NewAgeFile(dir).Secret(a.Secret)
	if err != nil {
		t.Fatal(err)
	}
	l := listener{make(chan xmppsend.Incoming, 100), make(chan xmppsend.State, 100), make(chan xmppsend.RoomEvent, 1000)}
	s := xmppsend.New(func(context.Context, string) (xmppsend.Account, error) {
		return xmppsend.Account{JID: a.JID, Address: a.Address, Security: xmppsend.Security(a.Security), RootCAs: a.Roots, Auth: xmppsend.Method(a.Auth), Password: password, Timeout: chatPatience}, nil
	}, l, xmppsend.Options{Reader: func() message.Reader { return message.Reader{Site: in.Site, At: time.Now()} }})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = s.Run(ctx, "chat"); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	l.online(t)
	return s, l
}

func (l listener) online(t *testing.T) {
	t.Helper()
	for timeout := time.After(chatPatience); ; {
		select {
		case s := <-l.states:
			if s.IsOnline {
				return
			}
		case <-timeout:
			t.Fatal("not online")
		}
	}
}

func (l listener) offline(t *testing.T) {
	t.Helper()
	for timeout := time.After(chatPatience); ; {
		select {
		case s := <-l.states:
			if !s.IsOnline {
				return
			}
		case <-timeout:
			t.Fatal("still online")
		}
	}
}

func (l listener) await(t *testing.T, text string) xmppsend.Incoming {
	t.Helper()
	for timeout := time.After(chatPatience); ; {
		select {
		case m := <-l.messages:
			if strings.Contains(m.Body, text) {
				return m
			}
		case <-timeout:
			t.Fatalf("%q does not come", text)
		}
	}
}

// TestChatRooms: rooms are listed, entered with their labelled past, and show who is inside; a room that nobody publishes is none.
func TestChatRooms(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	s, l := talk(t, f, dir)
	for _, nation := range f.Nations() {
		list, err := s.Rooms(t.Context(), "chat", nation.RoomsDomain)
		if err != nil || !slices.ContainsFunc(list, func(i xmppsend.Item) bool { return i.JID == demo.RoomJID(nation.Code, demo.RoomOperations) }) {
			t.Errorf("%s: %v, %v", nation.Code, list, err)
		}
	}
	if list, err := s.Services(t.Context(), "chat", f.Nations()[0].ChatDomain); err != nil || len(list) != 1 || list[0].JID != f.Nations()[0].RoomsDomain {
		t.Errorf("services %v, %v", list, err)
	}
	room := demo.RoomJID("DEU", demo.RoomOperations)
	if err := s.Join(t.Context(), "chat", room, "duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	m := l.await(t, "Radio check")
	if len(m.Sensitivity.Received) != 1 || m.Sensitivity.Received[0].Classification != "RESTRICTED" || m.Sensitivity.Marking == "" || m.Delay == nil || m.Own {
		t.Errorf("%+v", m)
	}
	inside, complete, err := s.Occupants(t.Context(), room)
	var who []string
	for _, o := range inside {
		who = append(who, o.Address)
	}
	if want := []string{"anke.schaefer@chat.deu.example"}; err != nil || !complete || len(who) != 2 || !slices.Contains(who, want[0]) {
		t.Errorf("%v, complete %v, %v", who, complete, err)
	}
	if err := s.Join(t.Context(), "chat", demo.RoomJID("UKR", demo.RoomOperations), "olena.kovalchuk", xmppsend.JoinOptions{}); !xmppsend.IsNickTaken(err) {
		t.Errorf("a nick that is taken: %v", err)
	}
	if err := s.Join(t.Context(), "chat", demo.RoomJID("UKR", "nothing"), "duty", xmppsend.JoinOptions{}); !errors.Is(err, xmppsend.ErrRefused) {
		t.Errorf("a room that is none: %v", err)
	}
	if err := s.Leave(t.Context(), "chat", room); err != nil {
		t.Error(err)
	}
}

// TestChatServerAway: a server that is stopped ends the session, and another nation's is told as away; both come back.
func TestChatServerAway(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	s, l := talk(t, f, dir)
	if err := f.StopChat("UKR"); err != nil {
		t.Fatal(err)
	}
	var refusal *message.StanzaError
	if _, err := s.Rooms(t.Context(), "chat", "rooms.chat.ukr.example"); !errors.As(err, &refusal) || !refusal.IsTemporary() {
		t.Errorf("%v", err)
	}
	if err := errors.Join(f.StartChat("UKR"), f.StopChat("GBR"), f.StartChat("GBR")); err != nil {
		t.Fatal(err)
	}
	l.online(t)
	if _, err := s.Rooms(t.Context(), "chat", "rooms.chat.ukr.example"); err != nil {
		t.Error(err)
	}
	if err := f.StopChat("XXX"); !errors.Is(err, demo.ErrUnknown) {
		t.Error(err)
	}
}

// TestChatServerJudges: the server holds a message against its links by itself, as if nobody had checked it; without a label nothing goes.
func TestChatServerJudges(t *testing.T) {
	f := startDemo(t, demo.Config{People: few})
	in, err := installation.Load(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		nation, class string
		categories    map[string]string
		says          string
	}{
		"within the link":        {"UKR", "SECRET", map[string]string{"Context": "MROD"}, ""},
		"within that of DEU":     {"DEU", "RESTRICTED", map[string]string{"Context": "MROD"}, ""},
		"above it":               {"DEU", "CONFIDENTIAL", map[string]string{"Context": "MROD"}, "GBR-DEU"},
		"another nation's":       {"AUS", "SECRET", map[string]string{"Context": "MROD", "Only": "GBR"}, "GBR-AUS"},
		"without what it needs":  {"UKR", "SECRET", map[string]string{}, "Context"},
		"without a label at all": {"UKR", "", nil, "no label"},
	} {
		t.Run(name, func(t *testing.T) {
			stanza := `<message type="chat" id="x"><body>x</body>`
			if c.class != "" {
				stanza += `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` + chatLabel(t, in, c.class, c.categories) + `</label></securitylabel>`
			}
			if why := f.ChatWhy(stanza+"</message>", "GBR", c.nation); (why == "") != (c.says == "") || !strings.Contains(why, c.says) {
				t.Errorf("%q, want %q", why, c.says)
			}
		})
	}
}

// chatLabel makes a label under the demonstration's policy, on the mission where nothing else is said.
func chatLabel(t *testing.T, in *installation.Installation, class string, categories ...map[string]string) string {
	t.Helper()
	sel := label.Selection{Policy: in.Site.Policies()[0].Name(), Classification: class}
	for _, list := range append(categories, map[string]string{"Context": "MROD"})[:1] {
		for set, value := range list {
			sel.Categories = append(sel.Categories, label.SelectedTag{TagSet: set, Values: []label.SelectedValue{{Name: value}}})
		}
	}
	info, err := in.Site.Build(sel)
	if err != nil {
		t.Fatal(err)
	}
	l := label.Label{Kind: label.Originator, Information: info, Created: time.Now().UTC().Truncate(time.Second)}
	return string(l.Marshal())
}
