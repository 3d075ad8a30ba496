package outbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	msg "caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

const room = "watch@rooms.bor.example"

// talker is a sender of chat that can be away, and asked what became of a message.
type talker struct {
	*sender
	away  error
	asks  func()                  // called when it is asked whether it is ready
	found map[string]outbox.State // by recipient
	lost  error                   // what asking says
	asked int
}

func (k *talker) Ready(context.Context, outbox.Cleared) error {
	if k.asks != nil {
		k.asks()
	}
	return k.away
}

func (k *talker) Settle(_ context.Context, c outbox.Cleared) (out []outbox.Receipt, err error) {
	k.asked++
	for _, a := range c.Recipients() {
		if s, ok := k.found[a]; ok {
			out = append(out, outbox.Receipt{Recipient: a, State: s, Text: "found in the archive"})
		}
	}
	return append(out, outbox.Receipt{Recipient: "stranger@bor.example", State: outbox.Accepted}), k.lost
}

// newChat is an office whose outbox sends by chat.
func newChat(t *testing.T, stanza func(context.Context, *presend.Result) (msg.Stanza, error)) (*office, *talker) {
	t.Helper()
	o := newOffice(t)
	k := &talker{sender: o.sender}
	c := o.config(o.sender)
	c.Senders[draft.Chat], c.Stanza = k, stanza
	o.box = outbox.New(o.store, c)
	p := o.party(room, o.clearance("OPEN", "SECRET"), o.now)
	p.Entries[0].Kind = presend.Room
	o.parties[room], o.links["rooms.bor.example"], o.rules.FilteredRooms = p, o.clearance("OPEN", "SECRET"), []string{room}
	return o, k
}

func chat(class string, to ...string) draft.Draft {
	d := message(class, to...)
	d.Channel, d.Subject = draft.Chat, ""
	return d
}

// What leaves by chat is a stanza with the label that was checked: to a person, to a room, in the form that the administrator allows.
func TestChatIsComposed(t *testing.T) {
	for name, c := range map[string]struct {
		to     string
		stanza msg.Stanza
		has    []string
		hasNot string
	}{
		"a person":            {ann, msg.Stanza{}, []string{`type="chat"`, ":originatorConfidentialityLabel", "The bridge is open."}, "urn:xmpp:receipts"},
		"with a receipt":      {ann, msg.Stanza{Receipt: true}, []string{"urn:xmpp:receipts"}, "groupchat"},
		"a room":              {room, msg.Stanza{}, []string{`type="groupchat"`, ":originatorConfidentialityLabel"}, `type="chat"`},
		"a marking, no label": {ann, msg.Stanza{FirstLine: true}, []string{"<body>TESTLAND SECRET", "The bridge is open."}, "securitylabel"},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := newChat(t, func(context.Context, *presend.Result) (msg.Stanza, error) { return c.stanza, nil })
			id := o.queue(chat("SECRET", c.to))
			o.sendDue()
			o.state(id, outbox.Accepted, outbox.Accepted)
			wire := o.sender.sent[0].wire
			for _, part := range append(c.has, `id="`+id+`"`) {
				if !strings.Contains(wire, part) {
					t.Errorf("no %s in %s", part, wire)
				}
			}
			if strings.Contains(wire, c.hasNot) {
				t.Errorf("%s in %s", c.hasNot, wire)
			}
		})
	}
}

// Nothing is queued of which no chat message can be made, and whoever drafts is told before; while nothing was written yet there is
// nothing to be told.
func TestChatThatCannotBeComposed(t *testing.T) {
	elsewhere := errors.New("some get a marking, some a label")
	for name, c := range map[string]struct {
		change func(*draft.Draft)
		stanza error
		want   error
	}{
		"a precedence":            {change: func(d *draft.Draft) { d.PrimaryPrecedence = "flash" }, want: msg.ErrUnsupported},
		"somebody besides a room": {change: func(d *draft.Draft) { d.Action = []string{room, ann} }, want: msg.ErrInvalid},
		"one of a room":           {change: func(d *draft.Draft) { d.Action = []string{room + "/Ann"} }, want: msg.ErrInvalid},
		"no form":                 {change: func(*draft.Draft) {}, stanza: elsewhere, want: elsewhere},
		"nothing written yet":     {change: func(d *draft.Draft) { d.Body = " " }},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := newChat(t, func(context.Context, *presend.Result) (msg.Stanza, error) { return msg.Stanza{}, c.stanza })
			o.parties[room+"/ann"] = o.parties[room]
			d := chat("OPEN", ann)
			c.change(&d)
			r, err := o.checkAtSend(t.Context(), d)
			must(t, err)
			if err := o.box.CanCompose(t.Context(), r); !errors.Is(err, c.want) {
				t.Errorf("CanCompose: %v, want %v", err, c.want)
			}
			if _, err := o.clear(d, nil); err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("Clear: %v, want %v", err, c.want)
			}
			if o.sendDue(); o.sender.attempts() != 0 {
				t.Error("something was sent")
			}
		})
	}
}

// While the server is away a message waits and is not held for that alone; it is checked again before it leaves, and who is not cleared
// any more does not get it.
func TestRule24ChatWaitsAndIsCheckedAgain(t *testing.T) {
	for name, lowered := range map[string]bool{"still cleared": false, "not cleared any more": true} {
		t.Run(name, func(t *testing.T) {
			o, k := newChat(t, nil)
			k.away = errors.New("the account is offline")
			id := o.queue(chat("SECRET", bob))
			for range 3 { // beyond the sending age the check counts no more
				o.sleep(presend.DefaultSending + time.Minute)
				o.sendDue()
				o.state(id, outbox.Deferred, outbox.Deferred)
			}
			if m := o.show(id); m.Note != "the account is offline" || o.sender.attempts() != 0 {
				t.Errorf("%+v", m)
			}
			if k.away = nil; lowered {
				o.set(bob, "OPEN")
			}
			must(t, o.box.Online(t.Context(), draft.Chat, "atl"))
			o.sendDue() // at once, not when its time comes
			if lowered {
				o.state(id, outbox.Held, outbox.Held)
			} else {
				o.state(id, outbox.Accepted, outbox.Accepted)
			}
			if got := o.sender.attempts(); got != map[bool]int{false: 1, true: 0}[lowered] {
				t.Errorf("%d attempts", got)
			}
			if e := o.last(audit.TypeDecision).Data; e.Message != id || e.Result != "checked-again" {
				t.Errorf("logged %+v", e)
			}
		})
	}
}

// An account that comes back while a message is being put off for it is not waited for any longer.
func TestBackWhileItIsPutOff(t *testing.T) {
	o, k := newChat(t, nil)
	id := o.queue(chat("SECRET", bob))
	o.sleep(presend.DefaultSending + time.Minute)
	k.away = errors.New("the account is offline")
	k.asks = func() { must(t, o.box.Online(t.Context(), draft.Chat, "atl")) }
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
	k.away, k.asks = nil, nil
	o.sendDue() // at once, not when its time comes
	o.state(id, outbox.Accepted, outbox.Accepted)
}

// TestRule24ServersAreAskedBeforeItLeaves: a check at which the servers on the way could not be asked lets nothing leave, however fresh it
// is; the message waits until they can be, also while its account is there.
func TestRule24ServersAreAskedBeforeItLeaves(t *testing.T) {
	o, _ := newChat(t, nil)
	o.unasked = errors.New("the account is offline")
	id := o.queue(chat("SECRET", ann))
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
	if m := o.show(id); !strings.Contains(m.Note, "the account is offline") || o.sender.attempts() != 0 {
		t.Errorf("%+v", m)
	}
	o.restart()
	if _, err := o.box.Draft(t.Context(), id); err != nil {
		t.Errorf("it does not match the log: %v", err)
	}
	k := &talker{sender: o.sender}
	c := o.config(o.sender)
	c.Senders[draft.Chat] = k
	o.box, o.unasked = outbox.New(o.store, c), nil
	must(t, o.box.Online(t.Context(), draft.Chat, "atl"))
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	if e := o.last(audit.TypeDecision).Data; e.Message != id || e.Result != "checked-again" {
		t.Errorf("logged %+v", e)
	}
}

// What is perhaps delivered is looked up when the account is back. Found for everybody it is accepted; what is not found is the user's to
// decide, and is never sent again by itself.
func TestRule25PerhapsDeliveredIsLookedUp(t *testing.T) {
	for name, c := range map[string]struct {
		found map[string]outbox.State
		lost  error
		want  []outbox.State
	}{
		"everybody":                   {map[string]outbox.State{ann: outbox.Accepted, bob: outbox.Accepted}, nil, []outbox.State{outbox.Accepted, outbox.Accepted, outbox.Accepted}},
		"one of them":                 {map[string]outbox.State{bob: outbox.Accepted}, nil, []outbox.State{outbox.PerhapsDelivered, outbox.PerhapsDelivered, outbox.Accepted}},
		"one, and then it is away":    {map[string]outbox.State{ann: outbox.Accepted}, errNet, []outbox.State{outbox.PerhapsDelivered, outbox.Accepted, outbox.PerhapsDelivered}},
		"nobody":                      {nil, nil, []outbox.State{outbox.PerhapsDelivered, outbox.PerhapsDelivered, outbox.PerhapsDelivered}},
		"what is no proof of receipt": {map[string]outbox.State{ann: outbox.Deferred, bob: outbox.Refused}, nil, []outbox.State{outbox.PerhapsDelivered, outbox.PerhapsDelivered, outbox.PerhapsDelivered}},
	} {
		t.Run(name, func(t *testing.T) {
			o, k := newChat(t, nil)
			o.sender.steps = []step{failAfter(errNet), accept}
			id := o.queue(chat("OPEN", ann, bob))
			o.sendDue()
			other := o.queue(message("OPEN", ann)) // by mail: it is nothing that anybody could ask about
			o.sendDue()
			o.state(id, outbox.PerhapsDelivered, outbox.PerhapsDelivered, outbox.PerhapsDelivered)
			k.found, k.lost = c.found, c.lost
			must(t, o.box.Online(t.Context(), draft.Chat, "another"))
			if k.asked != 0 {
				t.Error("another account's message was asked for")
			}
			for range 2 { // again: nothing changes
				must(t, o.box.Online(t.Context(), draft.Chat, "atl"))
				o.state(id, c.want[0], c.want[1:]...)
			}
			before := o.sender.attempts()
			o.sleep(time.Hour)
			if o.sendDue(); o.sender.attempts() != before {
				t.Error("it was sent again")
			}
			o.state(other, outbox.Accepted, outbox.Accepted)
			if _, err := o.box.Draft(t.Context(), id); err != nil {
				t.Errorf("it does not match the log: %v", err)
			}
			if err := o.box.Drop(t.Context(), id, "tester"); (err == nil) != (c.want[0] == outbox.PerhapsDelivered) {
				t.Errorf("dropped: %v", err)
			}
		})
	}
}

// Only the holder of the lock asks: another process would write over what it does.
func TestOnlineIsForTheHolder(t *testing.T) {
	o, _ := newChat(t, nil)
	guest := outbox.New(openStore(t, o.dir), o.config(o.sender))
	if err := guest.Online(t.Context(), draft.Chat, "atl"); !errors.Is(err, outbox.ErrNotHolder) {
		t.Errorf("%v", err)
	}
}

// A settled message whose row says more than the log is tampered with.
func TestRule25SettledIsHeldToTheLog(t *testing.T) {
	o, _ := newChat(t, nil)
	o.sender.steps = []step{failAfter(errNet)}
	id := o.queue(chat("OPEN", ann))
	o.sendDue()
	o.exec(`UPDATE message SET state = ? WHERE id = ?`, outbox.Accepted, id)
	o.exec(`UPDATE message_recipient SET state = ? WHERE message = ?`, outbox.Accepted, id)
	if _, err := o.box.Draft(t.Context(), id); !errors.Is(err, outbox.ErrTampered) {
		t.Errorf("%v", err)
	}
}

// observer is a talker who sees whether somebody came into a room.
type observer struct {
	*talker
	came  bool
	since time.Time
}

func (k *observer) IsAsChecked(_ outbox.Cleared, since time.Time) bool {
	k.since = since
	return !k.came
}

// Whoever enters a room while a message to it waits was no part of the check, however fresh that is: it is made again, and what is not
// cleared any more is held.
func TestRule07SomebodyEnteredWhileItWaited(t *testing.T) {
	for name, c := range map[string]struct{ came, lowered bool }{
		"nobody came": {false, true}, "somebody who is cleared": {true, false}, "somebody who is not": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			o, k := newChat(t, nil)
			w := &observer{talker: k, came: c.came}
			config := o.config(o.sender)
			config.Senders[draft.Chat] = w
			o.box = outbox.New(o.store, config)
			id := o.queue(chat("SECRET", bob))
			if c.lowered {
				o.set(bob, "OPEN")
			}
			o.sendDue()
			if c.came && c.lowered {
				o.state(id, outbox.Held, outbox.Held)
			} else {
				o.state(id, outbox.Accepted, outbox.Accepted)
			}
			if w.since.IsZero() || w.since.After(o.now) {
				t.Errorf("asked about %v at %v", w.since, o.now)
			}
			if again := o.last(audit.TypeDecision).Data.Result == "checked-again"; again != c.came {
				t.Errorf("checked again: %v", again)
			}
		})
	}
}

// TestRule26OtherFormWhenItLeaves: a message that was written with its label, or with a marking in its place, does not leave where the other
// would be written now.
func TestRule26OtherFormWhenItLeaves(t *testing.T) {
	for name, c := range map[string]struct {
		then, now bool
		want      outbox.State
		says      string
	}{
		"a label, as before":         {false, false, outbox.Accepted, ""},
		"a marking, as before":       {true, true, outbox.Accepted, ""},
		"labels are not understood":  {false, true, outbox.Held, "do not understand labels"},
		"labels are understood here": {true, false, outbox.Held, "understand labels: send it anew, with its label"},
	} {
		t.Run(name, func(t *testing.T) {
			firstLine := c.then
			o, _ := newChat(t, func(context.Context, *presend.Result) (msg.Stanza, error) {
				return msg.Stanza{FirstLine: firstLine}, nil
			})
			id := o.queue(chat("SECRET", ann))
			firstLine = c.now
			o.sleep(presend.DefaultSending + time.Minute)
			o.sendDue()
			if m := o.show(id); m.State != c.want || !strings.Contains(m.Note, c.says) {
				t.Errorf("%s: %s", m.State, m.Note)
			}
		})
	}
}
