package xmppsend

import (
	"context"
	"fmt"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/message"
	"caveat/backend/outbox"
)

// transaction is one message on its way.
type transaction struct {
	*session
	stream *stream
	id     string
	room   bool // it goes to a room
	wire   []byte
	to     []target
	events chan event
}

// target is one recipient, with what was found out.
type target struct {
	address string // as the queue has it
	jid     jid.JID
	nick    string // in a room: our own
	err     error  // why it is not sent there
	refusal *message.StanzaError
	done    bool // the room reflected it
}

// submit sends one message. Receipts cover every recipient, in order; or err says why there are none.
func (s *Sender) submit(ctx context.Context, account, id string, to []string, wire []byte, bodySent func() error) ([]outbox.Receipt, error) {
	chat, err := message.Reader{}.ReadStanza(wire)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrStanza, err)
	case chat.ID != id || chat.From != "" || chat.To != "" || len(to) == 0,
		chat.Type != "chat" && chat.Type != "groupchat":
		return nil, fmt.Errorf("%w: not as it is composed here", ErrStanza)
	case !isWhole(chat.Sensitivity):
		return nil, fmt.Errorf("%w: its label cannot be read: %s", ErrStanza, chat.Sensitivity.Fault)
	}
	x, st, err := s.online(account)
	if err != nil {
		return nil, err
	}
	t := transaction{session: x, stream: st, id: id, room: chat.Type == "groupchat", wire: wire, events: make(chan event, 4*len(to)+16)}
	for _, a := range to {
		target := target{address: a}
		target.jid, target.err = bareOf(a)
		if target.err == nil {
			target.nick, target.err = t.admit(ctx, target.jid, chat)
		}
		t.to = append(t.to, target)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if t.open() == 0 {
		if len(t.to) == 1 || !t.anyLasting() {
			return nil, t.to[0].err
		}
		return t.receipts(), nil
	}
	return t.run(ctx, bodySent)
}

// isWhole reports that a message has a label that can be read, of whatever policy, or clearly none.
func isWhole(s message.Sensitivity) bool {
	return s.Fault == message.FaultNone || s.Fault == message.FaultPolicy || s.IsUnlabelled()
}

// admit finds out whether a message may go to an address: the link carries it, it is labelled as it must be there, and of a room that
// the account is in it. Nothing was sent so far.
func (t *transaction) admit(ctx context.Context, to jid.JID, chat message.Chat) (nick string, err error) {
	c := t.sender.options.Controls(to.Domainpart())
	switch {
	case t.room && c.NoRooms:
		return "", fmt.Errorf("%w: %s: rooms", ErrNotAllowed, to)
	case !t.room && c.NoChat:
		return "", fmt.Errorf("%w: %s: messages", ErrNotAllowed, to)
	}
	if t.room {
		r := t.roomNow(to.String())
		if r == nil {
			return "", fmt.Errorf("%w: %s", ErrNotJoined, to)
		}
		nick = r.ownNick()
	}
	if chat.Sensitivity.IsUnlabelled() {
		if !c.FirstLine {
			return "", fmt.Errorf("%w: the message to %s has no label, and the administrator does not allow a marking in its place there",
				ErrNoLabels, to)
		}
		return nick, nil
	}
	return nick, t.sender.understandsLabels(ctx, t.stream, to, t.room)
}

func (t *transaction) open() (n int) {
	for _, x := range t.to {
		if x.err == nil {
			n++
		}
	}
	return n
}

func (t *transaction) anyLasting() bool {
	for _, x := range t.to {
		if isLasting(x.err) {
			return true
		}
	}
	return false
}

// run sends the stanzas and waits until it is clear what became of them.
//
// std: XEP-0199 §4.2, XEP-0045 §7.4
func (t *transaction) run(ctx context.Context, bodySent func() error) ([]outbox.Receipt, error) {
	t.stream.expect(t.id, t.events)
	defer t.stream.forget(t.id, t.events)
	if err := t.send(bodySent); err != nil {
		return nil, err
	}
	// What the server answers after it has answered the ping is of others' making.
	if err := t.stream.ping(ctx); err != nil {
		return nil, err
	}
	if err := t.await(ctx); err != nil {
		return nil, err
	}
	return t.receipts(), nil
}

// send hands the stanzas over, the first one all but its last octet before the caller is asked. Where the caller says no the stream
// ends: half a stanza is none.
func (t *transaction) send(bodySent func() error) error {
	s := t.stream
	s.writing.Lock()
	defer s.writing.Unlock()
	first := true
	for _, x := range t.to {
		if x.err != nil {
			continue
		}
		octets, err := message.AddressStanza(t.wire, x.jid.String())
		if err != nil {
			return t.abandon(fmt.Errorf("%w: %w", ErrStanza, err))
		}
		if !first {
			if err := s.put(octets); err != nil {
				return err
			}
			continue
		}
		first = false
		last := len(octets) - 1
		if err := s.put(octets[:last]); err != nil {
			return err
		}
		if err := bodySent(); err != nil {
			return t.abandon(err)
		}
		if err := s.put(octets[last:]); err != nil {
			return err
		}
	}
	return nil
}

// abandon ends a stream in the middle of what was being sent.
func (t *transaction) abandon(err error) error {
	t.stream.end(fmt.Errorf("%w: a message was given up", ErrClosed))
	return err
}

// await takes what came of the message so far; of one to a room, waits until the room reflects or refuses it.
func (t *transaction) await(ctx context.Context) error {
	timer := time.NewTimer(t.stream.timeout)
	defer timer.Stop()
	for {
		select {
		case e := <-t.events:
			t.note(e)
			continue
		default:
		}
		if !t.isWaiting() {
			return nil
		}
		select {
		case e := <-t.events:
			t.note(e)
		case <-t.stream.ended:
			return t.stream.why()
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return fmt.Errorf("%w: the room did not show the message", ErrTimeout)
		}
	}
}

func (t *transaction) isWaiting() bool {
	for _, x := range t.to {
		if t.room && x.err == nil && x.refusal == nil && !x.done {
			return true
		}
	}
	return false
}

// note takes one thing that came under the message's id: it counts only from whom the message went to.
func (t *transaction) note(e event) {
	from, err := jid.Parse(e.from)
	if err != nil {
		return
	}
	for i := range t.to {
		x := &t.to[i]
		if x.err != nil || !from.Bare().Equal(x.jid) {
			continue
		}
		switch {
		case e.refusal != nil:
			if x.refusal == nil && !x.done {
				x.refusal = e.refusal
			}
		case t.room && from.Resourcepart() == x.nick:
			x.done = true
		}
	}
}

// receipts says of each recipient what the servers said.
func (t *transaction) receipts() []outbox.Receipt {
	out := make([]outbox.Receipt, len(t.to))
	for i, x := range t.to {
		out[i] = outbox.Receipt{Recipient: x.address, State: outbox.Accepted, Text: "the server has taken it"}
		switch {
		case x.done:
			out[i].Text = "the room has shown it"
		case x.refusal != nil:
			out[i].State, out[i].Text = outbox.Refused, x.refusal.Error()
			if x.refusal.IsTemporary() {
				out[i].State = outbox.Deferred
			}
		case x.err != nil:
			out[i].State, out[i].Text = outbox.Deferred, clean(x.err.Error())
			if isLasting(x.err) {
				out[i].State = outbox.Refused
			}
		}
	}
	return out
}

// expect has events under an id sent to c; forget ends it.
func (s *stream) expect(id string, c chan<- event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected[id] = append(s.expected[id], c)
}

func (s *stream) forget(id string, c chan<- event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []chan<- event
	for _, x := range s.expected[id] {
		if x != c {
			left = append(left, x)
		}
	}
	if s.expected[id] = left; len(left) == 0 {
		delete(s.expected, id)
	}
}
