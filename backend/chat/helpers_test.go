package chat_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/chat"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/store"
)

const (
	me    = "duty@gbr.example"
	olha  = "olha@ukr.example"
	watch = "watch@rooms.ukr.example"
)

var start = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// server is a Source that the test holds in its hands.
type server struct {
	mu       sync.Mutex
	handler  chat.Handler
	begun    chan struct{}
	inside   map[string][]chat.Occupant
	refuses  error // to let anybody in
	joined   []string
	left     []string
	archive  map[string][]chat.Incoming // by room, or ""
	asked    []time.Time                // since when the archive of people was asked for
	tooMuch  int                        // how much of the archive is given at once; 0: all
	marks    []chat.Bookmark
	services []chat.Item
	rooms    map[string][]chat.Item
}

func newServer() *server {
	return &server{begun: make(chan struct{}), inside: map[string][]chat.Occupant{}, archive: map[string][]chat.Incoming{}, rooms: map[string][]chat.Item{}}
}

func (s *server) Run(ctx context.Context, h chat.Handler, _ ...string) error {
	s.handler = h
	close(s.begun)
	<-ctx.Done()
	return ctx.Err()
}

func (s *server) Join(_ context.Context, _, room, nick, password string, _ int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.joined = append(s.joined, room+"/"+nick+":"+password)
	if s.refuses != nil {
		return s.refuses
	}
	s.inside[room] = append(s.inside[room], chat.Occupant{Nick: nick, Address: me, Own: true})
	return nil
}

func (s *server) Leave(_ context.Context, _, room string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, room)
	delete(s.inside, room)
	return nil
}

func (s *server) Inside(_, room string) ([]chat.Occupant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if list, ok := s.inside[room]; ok {
		return slices.Clone(list), nil
	}
	return nil, chat.ErrNotJoined
}

func (s *server) Services(context.Context, string, string) ([]chat.Item, error) {
	return s.services, nil
}

func (s *server) Rooms(_ context.Context, _, service string) ([]chat.Item, error) {
	if list, ok := s.rooms[service]; ok {
		return list, nil
	}
	return nil, &chat.Refusal{Condition: "service-unavailable"}
}

func (s *server) Bookmarks(context.Context, string) ([]chat.Bookmark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.marks), nil
}

func (s *server) SetBookmarks(_ context.Context, _ string, list []chat.Bookmark) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks = list
	return nil
}

func (s *server) Archive(_ context.Context, _, with string, since time.Time, each func(chat.Incoming) error) error {
	s.mu.Lock()
	list, most := slices.Clone(s.archive[with]), s.tooMuch
	if with == "" {
		s.asked = append(s.asked, since)
	}
	s.mu.Unlock()
	n := 0
	for _, m := range list {
		if m.Delay.At.Before(since) {
			continue
		}
		if n++; most > 0 && n > most {
			return chat.ErrTooMuch
		}
		if err := each(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) Catalogue(context.Context, string, string) (chat.Catalogue, error) {
	return chat.Catalogue{}, chat.ErrNoCatalogue
}

func (s *server) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// desk is a Box with everything around it.
type desk struct {
	t      testing.TB
	dir    string
	store  *store.Store
	server *server
	box    *chat.Box
	config chat.Config
	site   *spif.Site

	mu      sync.Mutex
	highest string   // what the user holds
	decided []string // addresses that were judged
	now     time.Time
}

var order = []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}

func newDesk(t testing.TB, change func(*chat.Config)) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), server: newServer(), highest: "RESTRICTED", now: start}
	f, err := os.Open("../demo/policy.spif.xml")
	must(t, err)
	defer f.Close()
	p, err := spif.Parse(f)
	must(t, err)
	d.site, err = spif.NewSite(p)
	must(t, err)
	d.store, err = store.Open(t.Context(), d.dir, "test")
	must(t, err)
	t.Cleanup(func() { must(t, d.store.Close()) })
	d.config = chat.Config{
		Accounts: []chat.Account{{Name: "own", JID: me}}, Source: d.server, Site: d.site, Judge: d.judge, Decide: d.decide, User: "tester",
		Now: func() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.now },
	}
	if change != nil {
		change(&d.config)
	}
	d.box = chat.New(d.store, d.config)
	return d
}

func (d *desk) judge(_ context.Context, _ string, l label.Label) (chat.Verdict, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at := slices.Index(order, l.Classification); at < 0 || at > slices.Index(order, d.highest) {
		return chat.Verdict{Reasons: []presend.Reason{{Rule: "classification", Text: "needs " + l.Classification, Held: []string{d.highest}}}}, nil
	}
	return chat.Verdict{MayRead: true}, nil
}

// decide clears everybody whose address does not begin with low.
func (d *desk) decide(_ context.Context, _ string, _ label.Label, addresses []string) (map[string]presend.Verdict, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]presend.Verdict{}
	for _, a := range addresses {
		d.decided = append(d.decided, a)
		if out[a] = (presend.Verdict{Outcome: presend.Cleared}); strings.HasPrefix(a, "low") {
			out[a] = presend.Verdict{Outcome: presend.NotCleared, Reasons: []presend.Reason{{Rule: "classification", Text: "needs more", Held: []string{"x"}}}}
		}
	}
	return out, nil
}

func (d *desk) holds(class string) { d.mu.Lock(); d.highest = class; d.mu.Unlock() }
func (d *desk) pass(x time.Duration) {
	d.mu.Lock()
	d.now = d.now.Add(x)
	d.mu.Unlock()
}

// run lets the Box work until the returned function is called.
func (d *desk) run() (stop func()) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	done := make(chan error, 1)
	d.server.begun = make(chan struct{})
	go func() { done <- d.box.Run(ctx) }()
	select {
	case <-d.server.begun:
	case err := <-done:
		d.t.Fatalf("Run: %v", err)
	}
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); must(d.t, <-done) }) }
	d.t.Cleanup(stop)
	return stop
}

// online says that the account has a session.
func (d *desk) online() { d.server.handler.State("own", chat.State{IsOnline: true, Since: start}) }

// enter has the user in a room.
func (d *desk) enter(room string) string {
	d.t.Helper()
	id, err := d.box.Join(d.t.Context(), "", room, "Duty", "")
	must(d.t, err)
	return id
}

// raw is a message element; label is "" for none, else of a class.
func raw(kind, id, class, body, more string) []byte {
	element := ""
	if class != "" {
		element = `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` + string(labelOf(class).Marshal()) + `</label></securitylabel>`
	}
	if body != "" {
		body = "<body>" + body + "</body>"
	}
	return []byte(`<message xmlns="jabber:client" type="` + kind + `" id="` + id + `">` + body + element + more + `</message>`)
}

func labelOf(class string) label.Label {
	return label.Label{Kind: label.Originator, Information: label.Information{
		Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}}
}

// incoming reads an element as the Source does.
func (d *desk) incoming(peer string, element []byte) chat.Incoming {
	d.t.Helper()
	c, err := message.Reader{Site: d.site, At: start}.ReadStanza(element)
	must(d.t, err)
	return chat.Incoming{Account: "own", Chat: c, Peer: peer, Raw: element}
}

// says has a person say something.
func (d *desk) says(peer string, element []byte) { d.server.handler.Message(d.incoming(peer, element)) }

// inRoom is what somebody says in a room.
func (d *desk) inRoom(nick string, element []byte) chat.Incoming {
	m := d.incoming(watch, element)
	m.Room, m.Nick, m.Own = true, nick, nick == "Duty"
	return m
}

// late is a message as the archive has it.
func late(m chat.Incoming, name string, at time.Time) chat.Incoming {
	m.ArchiveID, m.Delay = name, &message.Delay{At: at}
	return m
}

// messages are those of a conversation with an address; nil where there is none.
func (d *desk) messages(address string) []chat.Message {
	d.t.Helper()
	c := d.find(address)
	if c == nil {
		return nil
	}
	p, err := d.box.Messages(d.t.Context(), c.ID, "", 500)
	must(d.t, err)
	return p.Messages
}

func (d *desk) find(address string) *chat.Conversation {
	d.t.Helper()
	list, err := d.box.Conversations(d.t.Context())
	must(d.t, err)
	for _, c := range list {
		if c.Address == address {
			return &c
		}
	}
	return nil
}

// until waits for a condition.
func (d *desk) until(what string, is func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(3 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("%s: %+v", what, d.messages(olha))
		}
	}
}

// texts are the bodies of a conversation, in order, "-" for one that is withheld.
func (d *desk) texts(address string) string {
	var out []string
	for _, m := range d.messages(address) {
		if !m.Verdict.MayRead {
			out = append(out, "-")
			if m.Body+m.Subject+m.Room != "" {
				d.t.Errorf("withheld, and shows %+v", m)
			}
			continue
		}
		out = append(out, m.Body)
	}
	return strings.Join(out, "|")
}

func (d *desk) said(address, want string) {
	d.t.Helper()
	d.until("texts "+want, func() bool { return d.texts(address) == want || d.isBeyond(address, want) })
	if got := d.texts(address); got != want {
		d.t.Errorf("%s: %q, want %q", address, got, want)
	}
}

// isBeyond ends the wait where more came than was wanted.
func (d *desk) isBeyond(address, want string) bool {
	return strings.Count(d.texts(address), "|") > strings.Count(want, "|")
}

// withheldLines counts what the audit log says was withheld.
func (d *desk) withheldLines() (count int) {
	d.t.Helper()
	must(d.t, d.store.Reader().QueryRowContext(d.t.Context(), `SELECT count(*) FROM audit WHERE instr(line, '"type":"withheld"') > 0`).Scan(&count))
	return count
}

// holdsNowhere fails when a text stands anywhere in the data directory.
func (d *desk) holdsNowhere(text string) {
	d.t.Helper()
	must(d.t, filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), text) {
			d.t.Errorf("%s holds %q", filepath.Base(path), text)
		}
		return err
	}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func id(n int) string { return fmt.Sprintf("m%d", n) }
