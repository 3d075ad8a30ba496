package xmppsend_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// recorder is a Handler that keeps what it is told.
type recorder struct {
	mu       sync.Mutex
	messages []xmppsend.Incoming
	rooms    []xmppsend.RoomEvent
	states   []xmppsend.State
	more     chan struct{}
}

func newRecorder() *recorder { return &recorder{more: make(chan struct{})} }

func (r *recorder) add(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.more)
	r.more = make(chan struct{})
}

func (r *recorder) Message(m xmppsend.Incoming) { r.add(func() { r.messages = append(r.messages, m) }) }
func (r *recorder) Room(e xmppsend.RoomEvent)   { r.add(func() { r.rooms = append(r.rooms, e) }) }
func (r *recorder) State(_ string, s xmppsend.State) {
	r.add(func() { r.states = append(r.states, s) })
}

// await gives the first that fits, of what came or will come.
func await[T any](t *testing.T, r *recorder, list func() []T, what string, fits func(T) bool) T {
	t.Helper()
	timeout := time.After(patience)
	for {
		r.mu.Lock()
		all, more := list(), r.more
		r.mu.Unlock()
		for _, x := range all {
			if fits(x) {
				return x
			}
		}
		select {
		case <-more:
		case <-timeout:
			t.Fatalf("no %s among %+v", what, all)
		}
	}
}

func (r *recorder) message(t *testing.T, fits func(xmppsend.Incoming) bool) xmppsend.Incoming {
	t.Helper()
	return await(t, r, func() []xmppsend.Incoming { return r.messages }, "message", fits)
}

func (r *recorder) room(t *testing.T, fits func(xmppsend.RoomEvent) bool) xmppsend.RoomEvent {
	t.Helper()
	return await(t, r, func() []xmppsend.RoomEvent { return r.rooms }, "room event", fits)
}

func (r *recorder) state(t *testing.T, fits func(xmppsend.State) bool) xmppsend.State {
	t.Helper()
	return await(t, r, func() []xmppsend.State { return r.states }, "state", fits)
}

func isOnline(s xmppsend.State) bool { return s.IsOnline }

// run keeps a session of one account until the test ends.
func run(t *testing.T, a xmppsend.Account, o xmppsend.Options) (*xmppsend.Sender, *recorder) {
	t.Helper()
	h := newRecorder()
	s := xmppsend.New(func(context.Context, string) (xmppsend.Account, error) { return a, nil }, h, o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		_ = s.Run(ctx, "duty")
		close(done)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("Run does not end")
		}
	})
	return s, h
}

// secret is a label as Caveat makes them.
func secret() label.Label {
	return label.Label{
		Kind: label.Originator,
		Information: label.Information{
			Policy: label.PolicyID{Name: "MISSION", URI: "urn:oid:1.3.6.1.4.1.32473.1.1"}, Classification: "SECRET",
			Categories: []label.Category{{TagName: "Releasable To", Type: label.Permissive, Values: []string{"GBR", "AUS"}}},
		},
		OriginatorID: "duty@gbr.example", OriginatorIDType: "jID",
		Created: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Review: time.Date(2036, 3, 1, 0, 0, 0, 0, time.UTC),
	}
}

// wire is a composed message.
func wire(t *testing.T, id, body string, o message.Stanza) []byte {
	t.Helper()
	d := draft.Draft{Channel: draft.Chat, From: "duty@gbr.example", Action: []string{"ops@aus.example"}, Body: body,
		Label: draft.Label{Selection: &label.Selection{Policy: "MISSION", Classification: "SECRET"}}}
	out, err := message.ComposeStanza(d, message.Seal{ID: id, Label: secret(), Marking: "MISSION SECRET Releasable to GBR, AUS", Foreground: "white", Background: "red"}, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// send sends one message and counts how often the caller was asked.
func send(t *testing.T, s *xmppsend.Sender, id string, octets []byte, to ...string) (receipts []outbox.Receipt, asked int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	receipts, err = s.Submit(ctx, "duty", id, to, octets, func() error { asked++; return nil })
	return receipts, asked, err
}

// isLabelled holds a message as a far server or client has it to the label that was sent.
func isLabelled(t *testing.T, got string) {
	t.Helper()
	c, err := message.Reader{}.ReadStanza([]byte(strings.Replace(got, "<message", "<message xmlns='jabber:client'", 1)))
	if err != nil || len(c.Sensitivity.Received) != 1 {
		t.Fatalf("%v in %s", err, got)
	}
	l, want := c.Sensitivity.Received[0], secret()
	l.XML = nil
	if string(l.Marshal()) != string(want.Marshal()) || c.Sensitivity.Marking != "MISSION SECRET Releasable to GBR, AUS" || c.Sensitivity.Background != "red" {
		t.Errorf("another label arrived: %s", got)
	}
}

// neverUnlabelled: every message that went out whole has its label.
func neverUnlabelled(t *testing.T, s *xmpptest.Script) {
	t.Helper()
	for _, said := range s.Said() {
		if strings.HasPrefix(said, "<message") && !strings.Contains(said, "originatorConfidentialityLabel") {
			t.Errorf("without a label: %s", said)
		}
	}
}
