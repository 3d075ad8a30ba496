package api_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/chat"
	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/store"
	"caveat/ldapbook/ldaptest"
)

const (
	jid      = "me@chat.gbr.example"
	olhaChat = "olha@chat.ukr.example"
	ronChat  = "ron@chat.ukr.example"
	ops      = "ops@chat.ukr.example" // a room that the book has
)

// chatServer is a Source in memory: everybody is let in everywhere.
type chatServer struct {
	mu      sync.Mutex
	handler chat.Handler
	begun   chan struct{}
	inside  map[string][]chat.Occupant
	refuses error
	offers  chat.Catalogue
	takes   map[string]presend.Taken // by address; all others take everything
	offline bool                     // of what is not in takes nobody can say anything
	shows   string                   // what is said of a message that it takes; "": it takes none
	wire    string                   // the last one
}

// sessions are those of the accounts: api.ChatLink. Whoever is in a room is known, and every server takes what it is said to take.
type sessions struct{ *chatServer }

func (s sessions) Run(ctx context.Context)                     { <-ctx.Done() }
func (s sessions) Enter(context.Context, string, string) error { return nil }

func (s sessions) Occupants(_ context.Context, room string) (out []presend.Occupant, complete bool, err error) {
	list, err := s.Inside("", room)
	for _, o := range list {
		out = append(out, presend.Occupant{Address: o.Address, Nick: o.Nick})
	}
	return out, true, err
}

func (s sessions) Takes(_ context.Context, account, address string, _, _ bool) (presend.Taken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.takes[address]
	if account != "talk" || !ok && s.offline {
		return presend.Taken{}, chat.ErrOffline
	}
	return t, nil
}

func (s *chatServer) Run(ctx context.Context, h chat.Handler, _ ...string) error {
	s.handler = h
	close(s.begun)
	<-ctx.Done()
	return ctx.Err()
}

func (s *chatServer) Send(_ context.Context, c outbox.Cleared, _ func() error) ([]outbox.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shows == "" {
		return nil, chat.ErrOffline
	}
	f, err := c.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	wire, err := io.ReadAll(f)
	s.wire = string(wire)
	return []outbox.Receipt{{Recipient: c.Recipients()[0], State: outbox.Accepted, Text: s.shows}}, err
}

func (s *chatServer) Join(_ context.Context, _, room, nick, _ string, _ int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses != nil {
		return s.refuses
	}
	s.inside[room] = append(s.inside[room], chat.Occupant{Nick: nick, Address: jid, Own: true, Affiliation: "member", Role: "participant"})
	return nil
}

func (s *chatServer) Leave(context.Context, string, string) error { return nil }

func (s *chatServer) Inside(_, room string) ([]chat.Occupant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if list, ok := s.inside[room]; ok {
		return slices.Clone(list), nil
	}
	return nil, chat.ErrNotJoined
}

func (s *chatServer) Services(context.Context, string, string) ([]chat.Item, error) {
	return []chat.Item{{Address: "chat.ukr.example", Name: "Rooms"}}, nil
}

func (s *chatServer) Rooms(context.Context, string, string) ([]chat.Item, error) {
	return []chat.Item{{Address: ops, Name: "Ops"}, {Address: "other@chat.ukr.example"}}, nil
}

func (s *chatServer) Bookmarks(context.Context, string) ([]chat.Bookmark, error)  { return nil, nil }
func (s *chatServer) SetBookmarks(context.Context, string, []chat.Bookmark) error { return nil }
func (s *chatServer) Catalogue(context.Context, string, string) (chat.Catalogue, error) {
	return s.offers, nil
}
func (s *chatServer) Archive(context.Context, string, string, time.Time, func(chat.Incoming) error) error {
	return chat.ErrNoArchive
}

// come has somebody enter a room.
func (s *chatServer) come(room, nick, address string) {
	s.mu.Lock()
	s.inside[room] = append(s.inside[room], chat.Occupant{Nick: nick, Address: address, Affiliation: "none", Role: "participant"})
	s.mu.Unlock()
	s.handler.Room(chat.RoomEvent{Account: "talk", Room: room, Kind: chat.Joined, Occupant: chat.Occupant{Nick: nick, Address: address}})
}

func chatMessage(t testing.TB, in *installation.Installation, peer, nick, class, body string) chat.Incoming {
	t.Helper()
	element := ""
	if class != "" {
		element = `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` + string(chatClass(class).Marshal()) + `</label></securitylabel>`
	}
	kind := "chat"
	if nick != "" {
		kind = "groupchat"
	}
	raw := []byte(`<message xmlns="jabber:client" type="` + kind + `" id="` + strings.ToLower(body[:2]) + `"><body>` + body + `</body>` + element + `</message>`)
	c, err := message.Reader{Site: in.Site, At: time.Now()}.ReadStanza(raw)
	must(t, err)
	return chat.Incoming{Account: "talk", Chat: c, Peer: peer, Room: nick != "", Nick: nick, Raw: raw}
}

func chatClass(class string) label.Label {
	return label.Label{Kind: label.Originator, Information: label.Information{
		Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}}
}

// chatWorld is a world whose user holds RESTRICTED and has a chat account; it works until the test ends. extra people are UKR's.
func chatWorld(t testing.TB, extra ...ldaptest.Entry) (*world, *chatServer) {
	t.Helper()
	return chatWorldOf(t, chatRoutes, extra...)
}

// chatWorldOf is a chatWorld with other routes.
func chatWorldOf(t testing.TB, routes string, extra ...ldaptest.Entry) (*world, *chatServer) {
	t.Helper()
	all := people()
	all["GBR"] = slices.DeleteFunc(all["GBR"], func(e ldaptest.Entry) bool { return e.DN == "uid=me,o=gbr" })
	all["GBR"] = append(all["GBR"], withJID(person("uid=me,o=gbr", "Major Me", me, "RESTRICTED"), jid))
	all["UKR"] = append([]ldaptest.Entry{withJID(person("uid=olha,o=ukr", "Olha Kovalchuk", olha, "SECRET"), olhaChat), withJID(person("uid=ron,o=ukr", "Ron", ron, "UNCLASSIFIED"), ronChat)}, extra...)
	source := &chatServer{begun: make(chan struct{}), inside: map[string][]chat.Occupant{}}
	newChat = func(c *api.Config) {
		c.ChatSource, c.ChatAccounts, c.Chat = source, []chat.Account{{Name: "talk", JID: jid}}, sessions{source}
		c.Senders = map[draft.Channel]outbox.Sender{draft.Chat: source}
	}
	defer func() { newChat = nil }()
	w := newWorldOf(t, all, func(file string) string {
		return strings.Replace(file, "mail = \"me@gbr.example\"\n", "mail = \"me@gbr.example\"\njid = \""+jid+"\"\nchat = \"talk\"\n", 1) + routes
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.service.Work(ctx, false) }()
	t.Cleanup(func() { cancel(); must(t, <-done) })
	<-source.begun
	source.handler.State("talk", chat.State{IsOnline: true, Since: received})
	return w, source
}

const chatRoutes = `[[account]]
name = "talk"
kind = "xmpp"
address = "127.0.0.1:1"
security = "tls"
jid = "me@chat.gbr.example"
secret = "talk"
ca = "GBR"
[[route]]
domain = "chat.gbr.example"
channel = "chat"
nation = "GBR"
own = true
[[route]]
domain = "chat.ukr.example"
channel = "chat"
nation = "UKR"
[[route.link]]
name = "to UKR"
clearance = { policy = "NATO", up_to = "SECRET", categories = { Context = ["MROD"], "Releasable To" = ["UKR"] } }
[[default_label]]
domain = "chat.gbr.example"
policy = "NATO"
classification = "RESTRICTED"
categories = { Context = ["MROD"] }
`

func withJID(e ldaptest.Entry, jid string) ldaptest.Entry {
	e.Attrs = append(e.Attrs, attr("jid", jid))
	return e
}

// talk waits until the conversation with an address fulfils a condition, and gives it.
func (w *world) talk(address string, is func(api.ChatDetail) bool) api.ChatDetail {
	w.t.Helper()
	var last api.ChatDetail
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		for _, c := range get[api.ChatDocument](w, "/api/chat").Conversations {
			if c.Address != address {
				continue
			}
			if last = get[api.ChatDetail](w, "/api/chat/"+c.ID); is(last) {
				return last
			}
		}
	}
	w.t.Fatalf("%s: %+v", address, last)
	return last
}

// inside awaits that who is in a room is as is says.
func (w *world) inside(id string, is func(api.ChatPresence) bool) api.ChatPresence {
	w.t.Helper()
	var last api.ChatPresence
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if last = get[api.ChatPresence](w, "/api/chat/"+id+"/occupants"); is(last) {
			return last
		}
	}
	w.t.Fatalf("%s: %+v", id, last)
	return last
}

// TestRule20Chat: what the user's clearance, as the directory publishes it, does not permit is in no answer.
func TestRule20Chat(t *testing.T) {
	w, source := chatWorld(t)
	in := w.service.Installation()
	source.handler.Message(chatMessage(t, in, olhaChat, "", "RESTRICTED", "Permitted"))
	source.handler.Message(chatMessage(t, in, olhaChat, "", "CONFIDENTIAL", "TopicalBody"))
	source.handler.Message(chatMessage(t, in, olhaChat, "", "", "Unlabelled"))
	source.handler.Message(chatMessage(t, in, "ann@chat.gbr.example", "", "", "Assumed"))
	d := w.talk(olhaChat, func(d api.ChatDetail) bool { return len(d.Messages) == 3 })
	for i, want := range []struct {
		state, body       string
		withheld, flagged bool
	}{{"labelled", "Permitted", false, false}, {"labelled", "", true, false}, {"unlabelled", "Unlabelled", false, true}} {
		m := d.Messages[i]
		if m.Label.State != want.state || m.Body != want.body || m.Withheld != want.withheld || (m.Flagged != "") != want.flagged || (len(m.WithheldWhy) > 0) != want.withheld {
			t.Errorf("%d: %+v", i, m)
		}
	}
	if m := d.Messages[0]; m.Label.Marking == "" || m.Label.Background == "" || m.From.Name != "Olha Kovalchuk" || m.From.Nation != "UKR" {
		t.Errorf("%+v", m)
	}
	if d.Conversation.Unread != 3 || d.Conversation.Name != "Olha Kovalchuk" || d.Conversation.Kind != "person" {
		t.Errorf("%+v", d.Conversation)
	}
	for _, path := range []string{"/api/chat", "/api/chat/" + d.Conversation.ID} {
		if _, text, _ := w.ask(http.MethodGet, path, nil); strings.Contains(text, "TopicalBody") || strings.Contains(text, `"held"`) {
			t.Errorf("%s: %s", path, text)
		}
	}
	a := w.talk("ann@chat.gbr.example", func(d api.ChatDetail) bool { return len(d.Messages) == 1 })
	if m := a.Messages[0]; m.Label.State != "assumed" || m.Label.Why == "" || m.Flagged == "" {
		t.Errorf("%+v", m)
	}
	if status, _, _ := w.ask(http.MethodPost, "/api/chat/"+d.Conversation.ID+"/read", nil); status != http.StatusNoContent {
		t.Errorf("read: %d", status)
	}
	if all := get[api.ChatDocument](w, "/api/chat"); all.Unread != 1 || len(all.Accounts) != 1 || all.Accounts[0].State != "online" {
		t.Errorf("%+v", all)
	}
	w.refused(http.StatusNotFound, "user-not-found", http.MethodGet, "/api/chat/aaaaaaaaaaaaaaaaaaaa", nil)
	w.refused(http.StatusUnprocessableEntity, "user-chat-address", http.MethodPost, "/api/chat/open", map[string]any{"address": "nobody"})
}

// TestRule7WhoIsInTheRoom: those in a room are judged by the very check, who comes turns the count, and of nobody more is told than is missing.
func TestRule7WhoIsInTheRoom(t *testing.T) {
	w, source := chatWorld(t)
	source.refuses = &chat.Refusal{Condition: "conflict"}
	w.refused(http.StatusConflict, "user-chat-nick-taken", http.MethodPost, "/api/chat/join", map[string]any{"room": ops})
	source.refuses = nil
	opened := answered[api.ChatOpened](w, http.StatusOK, http.MethodPost, "/api/chat/join", map[string]any{"room": ops, "nick": "Me"})
	source.handler.Message(chatMessage(t, w.service.Installation(), ops, "Olha", "RESTRICTED", "Labelled"))
	source.come(ops, "Olha", olhaChat)
	w.talk(ops, func(d api.ChatDetail) bool { return len(d.Messages) == 1 })
	d := w.inside(opened.ID, func(p api.ChatPresence) bool { return len(p.Occupants) == 2 })
	if d.Judged.Classification != "RESTRICTED" || d.NotCleared != 0 || !d.Complete || d.Occupants[1].Outcome != presend.Cleared || !d.Occupants[0].Mine {
		t.Errorf("%+v", d)
	}
	source.come(ops, "Stranger", "x@elsewhere.example")
	source.come(ops, "Nobody", "")
	d = w.inside(opened.ID, func(p api.ChatPresence) bool { return len(p.Occupants) == 4 })
	if d.NotCleared != 2 || d.Complete || d.Occupants[2].Outcome != presend.Unknown || len(d.Occupants[2].Reasons) == 0 {
		t.Errorf("%+v", d)
	}
	kept := map[string]any{"version": 0, "content": map[string]any{"channel": "chat", "action": []string{ops}, "body": "x",
		"label": map[string]any{"policy": "NATO", "classification": "UNCLASSIFIED", "categories": map[string]any{"Context": []string{"MROD"}}}}}
	answered[api.SavedDraft](w, http.StatusOK, http.MethodPut, "/api/drafts/draftdraftdraft1", kept)
	source.come(ops, "Ron", ronChat)
	if d = w.inside(opened.ID, func(p api.ChatPresence) bool { return len(p.Occupants) == 5 }); d.Occupants[4].Outcome != presend.NotCleared || d.NotCleared != 3 {
		t.Errorf("by the room's: %+v", d.Occupants)
	}
	if got := get[api.ChatDetail](w, "/api/chat/"+opened.ID).Conversation; got.Draft != "draftdraftdraft1" || got.NotCleared != 3 {
		t.Errorf("%+v", got)
	}
	d = get[api.ChatPresence](w, "/api/chat/"+opened.ID+"/occupants?draft=draftdraftdraft1")
	if d.Judged.Classification != "UNCLASSIFIED" || d.Occupants[1].Outcome != presend.Cleared || d.Occupants[4].Outcome != presend.Cleared {
		t.Errorf("by a draft: %+v", d.Occupants)
	}
	if d = get[api.ChatPresence](w, "/api/chat/"+opened.ID+"/occupants?draft=draftdraftdraft2"); d.Judged.Classification != "RESTRICTED" {
		t.Errorf("by a draft that is gone: %+v", d.Judged)
	}
	changes := get[api.ChangesDocument](w, "/api/changes?after=0&client=test")
	if !slices.ContainsFunc(changes.Changes, func(c store.Change) bool { return c.Kind == "room" && c.ID == opened.ID }) && !changes.Reset {
		t.Errorf("no change tells of the room: %+v", changes)
	}
	services := get[[]api.ChatService](w, "/api/chat/services")
	if len(services) != 1 || services[0].Nation != "UKR" || len(services[0].Rooms) != 2 || !services[0].Rooms[0].Joined || services[0].Rooms[1].Joined {
		t.Errorf("%+v", services)
	}
	if status, _, _ := w.ask(http.MethodPost, "/api/chat/"+opened.ID+"/bookmark", map[string]any{"on": true}); status != http.StatusNoContent {
		t.Errorf("bookmark: %d", status)
	}
	if status, _, _ := w.ask(http.MethodPost, "/api/chat/"+opened.ID+"/close", nil); status != http.StatusNoContent {
		t.Errorf("close: %d", status)
	}
}

// Without an account chat says so.
func TestChatWithoutAccount(t *testing.T) {
	w := newWorld(t, "")
	if d := get[api.ChatDocument](w, "/api/chat"); len(d.Accounts)+len(d.Conversations) != 0 {
		t.Errorf("%+v", d)
	}
	if list := get[[]api.ChatService](w, "/api/chat/services"); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	w.refused(http.StatusNotFound, "user-not-found", http.MethodPost, "/api/chat/join", map[string]any{"room": ops})
}
