package xmppsend_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// TestSomebodyCameSinceTheCheck: what counts is the beginning of the check, not that of the attempt. Looked at before the first octet, a
// message that must not leave costs no session; looked at before the last, no octet of its end leaves.
func TestSomebodyCameSinceTheCheck(t *testing.T) {
	low := person("Low", `<item jid='low@aus.example/x'/>`)
	for name, c := range map[string]struct {
		isEarly bool // he comes before the attempt
		ends    bool // the session
	}{
		"between the check and the attempt": {isEarly: true},
		"while the caller writes it down":   {ends: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s, h := inside(t, "")
			asOf := time.Now()
			come := func() {
				server.Push(low)
				h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Joined })
			}
			if c.isEarly {
				come()
			}
			asked := 0
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			got, err := s.SubmitAsOf(ctx, "duty", "g1", []string{room}, wire(t, "g1", "To all.", message.Stanza{Room: true}), asOf, func() error {
				asked++
				come()
				return nil
			})
			if !errors.Is(err, xmppsend.ErrSomebodyCame) || !errors.Is(err, outbox.ErrOutdated) || len(got) > 0 || (asked > 0) == c.isEarly {
				t.Fatalf("%+v, asked %d times, %v", got, asked, err)
			}
			if ended := !s.State("duty").IsOnline; c.isEarly && ended {
				t.Error("the session was ended")
			}
			if c.ends { // and is made anew at once
				h.state(t, func(x xmppsend.State) bool { return !x.IsOnline && strings.Contains(x.Error, "given up") })
			}
			for _, said := range server.Said() {
				if strings.HasPrefix(said, "<message") {
					t.Errorf("it went out: %s", said)
				}
			}
		})
	}
}

// TestRoomEnteredAgainSinceTheCheck: a room that was left and entered again since the check has others in it, as far as anybody knows.
func TestRoomEnteredAgainSinceTheCheck(t *testing.T) {
	_, s, _ := inside(t, "")
	asOf := time.Now()
	if err := s.Leave(t.Context(), "duty", room); err != nil {
		t.Fatal(err)
	}
	if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := s.SubmitAsOf(t.Context(), "duty", "g1", []string{room}, wire(t, "g1", "To all.", message.Stanza{Room: true}), asOf, func() error { return nil })
	if !errors.Is(err, xmppsend.ErrSomebodyCame) {
		t.Errorf("%v", err)
	}
}

// TestGivingUpIsNoFailure: a session that we ended in the middle of a message does not have the next ones wait longer.
func TestGivingUpIsNoFailure(t *testing.T) {
	for range 20 {
		if w := xmppsend.WaitAfterGivenUp(10 * time.Second); w > time.Second {
			t.Fatalf("%v", w)
		}
	}
}

// TestOccupantsByRenaming: a room that has people come by new nicks of people whom nobody knows has no more of them than by joins.
func TestOccupantsByRenaming(t *testing.T) {
	var b strings.Builder
	for i := range xmppsend.MaxOccupants + 10 {
		fmt.Fprintf(&b, `<presence type='unavailable' from='%s/a%d'><x xmlns='%s'><item nick='b%d'/><status code='303'/></x></presence>`, room, i, mucUser, i)
	}
	server, s, h := inside(t, "")
	go server.Push(b.String())
	e := h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone })
	if _, _, err := s.Occupants(t.Context(), room); !errors.Is(err, xmppsend.ErrNotJoined) || !strings.Contains(e.Reason, "occupants") || !s.State("duty").IsOnline {
		t.Errorf("%+v, %v, %+v", e, err, s.State("duty"))
	}
}

// TestRoomIsEnteredAgainAsItWasJoined: a room that put us out for a while, or was lost with the connection, keeps nick and password, whoever
// enters it again first: a message that waits, or the session.
func TestRoomIsEnteredAgainAsItWasJoined(t *testing.T) {
	entries := make(chan string, 100)
	out := strings.Replace(strings.Replace(selfEnter, "<presence", "<presence type='unavailable'", 1), "<status", "<status code='332'/><status", 1)
	for name, then := range map[string]string{"put out": out, "the connection is lost": "<stream:error/>"} {
		t.Run(name, func(t *testing.T) {
			server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if !strings.HasPrefix(said, "<presence to=") || strings.Contains(said, "unavailable") {
					return good(said), xmpptest.Continue
				}
				entries <- said
				if !strings.Contains(said, "<password>compass</password>") {
					return `<presence type='error' from='` + room + `'><error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`, xmpptest.Continue
				}
				return selfEnter, xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{Password: "compass"}); err != nil {
				t.Fatal(err)
			}
			<-entries
			server.Push(then)
			h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone })
			err := s.Enter(t.Context(), "duty", room)
			for deadline := time.Now().Add(patience); errors.Is(err, xmppsend.ErrOffline) || errors.Is(err, xmppsend.ErrClosed); err = s.Enter(t.Context(), "duty", room) {
				if time.Now().After(deadline) {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Millisecond)
			}
			if err != nil {
				t.Fatal(err)
			}
			if nick := s.Nick("duty", room); nick != "Duty" {
				t.Errorf("as %q", nick)
			}
			for len(entries) > 0 {
				if said := <-entries; !strings.Contains(said, room+"/Duty") || !strings.Contains(said, "compass") {
					t.Errorf("entered by %s", said)
				}
			}
		})
	}
}

// TestUnderstoodIsAskedAnew: what a server said that it understands counts for the sending age, and no longer.
func TestUnderstoodIsAskedAnew(t *testing.T) {
	var later atomic.Int64
	server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) { return good(said), xmpptest.Continue }))
	s, h := run(t, a, xmppsend.Options{SendingAge: time.Minute, Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	h.state(t, isOnline)
	for i, want := range []int{1, 1, 2} {
		if i == 2 {
			later.Store(int64(2 * time.Minute))
		}
		if err := s.Understands(t.Context(), "duty", "ops@aus.example", false); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, said := range server.Said() {
			if strings.Contains(said, "disco#info") && xmpptest.To(said) == "aus.example" {
				n++
			}
		}
		if n != want {
			t.Errorf("asked %d times after %d, want %d", n, i+1, want)
		}
	}
}

// TestRenamedIsOne: whoever is told to have another nick, written in a form that no address has, is one person still.
func TestRenamedIsOne(t *testing.T) {
	item := `<item jid='ops@aus.example/x'/>`
	renamed := `<presence type='unavailable' from='` + room + `/Ops'><x xmlns='` + mucUser + `'><item jid='ops@aus.example/x' nick='Andre\u0301'/><status code='303'/></x></presence>`
	_, s, _ := inside(t, person("Ops", item)+strings.ReplaceAll(renamed, `\u0301`, "\u0301")+person("Andr\u00e9", item))
	list, _, err := s.Occupants(t.Context(), room)
	if err != nil || len(list) != 1 || list[0].Nick != "Andr\u00e9" {
		t.Errorf("%+v, %v", list, err)
	}
}
