package xmppsend

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/message"
	"caveat/backend/outbox"
)

// transaction is one message on its way.
type transaction struct {
	*session
	stream       *stream
	id           string
	room         bool // it goes to a room
	isUnlabelled bool // its marking stands in the text
	wire         []byte
	asOf         time.Time // when the check began by which it leaves
	to           []target
	events       chan event
}

// target is one recipient, with what was found out.
type target struct {
	address string // as the queue has it
	jid     jid.JID
	nick    string // in a room: our own
	room    *room
	err     error // why it is not sent there
	refusal *message.StanzaError
	done    bool   // the room reflected it
	shown   string // outbox.ShownUnlabelled or ShownRelabelled; "": as it was sent
}

// submit sends one message. Receipts cover every recipient, in order; or err says why there are none.
func (s *Sender) submit(ctx context.Context, account, id string, to []string, wire []byte, asOf time.Time, bodySent func() error) ([]outbox.Receipt, error) {
	chat, err := message.Reader{}.ReadStanza(wire)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrStanza, err)
	case chat.ID != id || chat.From != "" || chat.To != "" || len(to) == 0,
		chat.Type != "chat" && chat.Type != "groupchat", chat.Type == "groupchat" && len(to) > 1:
		return nil, fmt.Errorf("%w: not as it is composed here", ErrStanza)
	case !isWhole(chat.Sensitivity):
		return nil, fmt.Errorf("%w: its label cannot be read: %s", ErrStanza, chat.Sensitivity.Fault)
	}
	x, st, err := s.online(account)
	if err != nil {
		return nil, err
	}
	t := transaction{session: x, stream: st, id: id, room: chat.Type == "groupchat", isUnlabelled: chat.Sensitivity.IsUnlabelled(), wire: wire, asOf: asOf, events: make(chan event, 4*len(to)+16)}
	for _, a := range to {
		target := target{address: a}
		target.jid, target.err = bareOf(a)
		if target.err == nil {
			target.room, target.nick = t.inRoom(target.jid)
			target.err = t.admit(ctx, target, chat)
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
func (t *transaction) admit(ctx context.Context, x target, chat message.Chat) error {
	to := x.jid
	c := t.sender.options.Controls(to.Domainpart())
	switch {
	case t.room && c.NoRooms:
		return fmt.Errorf("%w: %s: rooms", ErrNotAllowed, to)
	case !t.room && c.NoChat:
		return fmt.Errorf("%w: %s: messages", ErrNotAllowed, to)
	case t.room && x.room == nil:
		return fmt.Errorf("%w: %s", ErrNotJoined, to)
	}
	if chat.Sensitivity.IsUnlabelled() {
		if !c.FirstLine {
			return fmt.Errorf("%w: the message to %s has no label, and the administrator does not allow a marking in its place there",
				ErrNoLabels, to)
		}
		return nil
	}
	return t.sender.understandsLabels(ctx, t.session, t.stream, to, t.room)
}

// inRoom gives the room that a message goes to, where we are in it.
func (t *transaction) inRoom(to jid.JID) (r *room, nick string) {
	if !t.room {
		return nil, ""
	}
	if r = t.roomNow(to.String()); r == nil {
		return nil, ""
	}
	return r, r.ownNick()
}

// unlessSomebodyCame refuses a message to a room into which somebody has come since the check began, or in which we are no longer under
// the nick by which it would be known as ours. Whoever came was not part of the check.
func (t *transaction) unlessSomebodyCame(x target) error {
	if t.room && (x.room.ownNick() != x.nick || !t.nobodyCame([]string{x.address}, t.asOf)) {
		return fmt.Errorf("%w: %s", ErrSomebodyCame, x.jid)
	}
	return nil
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
		if errors.Is(err, ErrTimeout) { // the session that follows looks the message up
			t.stream.end(fmt.Errorf("%w: the server does not answer after a message", ErrTimeout))
		}
		return nil, err
	}
	if err := t.await(ctx); err != nil {
		return nil, err
	}
	return t.receipts(), nil
}

// send hands the stanzas over, the first one all but its last octet before the caller is asked. Where the caller says no, or somebody
// has come into the room by then, the stream ends: half a stanza is none.
func (t *transaction) send(bodySent func() error) error {
	s := t.stream
	s.writing.Lock()
	defer s.writing.Unlock()
	for _, x := range t.to {
		if x.err != nil {
			continue
		}
		if err := t.unlessSomebodyCame(x); err != nil {
			return err // the stream is whole
		}
	}
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
		if err := t.unlessSomebodyCame(x); err != nil {
			return t.abandon(err)
		}
		if err := bodySent(); err != nil {
			return t.abandon(err)
		}
		if err := t.unlessSomebodyCame(x); err != nil { // while the caller wrote it down
			return t.abandon(err)
		}
		if err := s.put(octets[last:]); err != nil {
			return err
		}
	}
	return nil
}

// errGivenUp: the session was ended in the middle of a message. The server is well, so that nobody waits long for the next one.
var errGivenUp = fmt.Errorf("%w: a message was given up", ErrClosed)

// abandon ends a stream in the middle of what was being sent.
func (t *transaction) abandon(err error) error {
	t.stream.end(errGivenUp)
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
			for _, x := range t.to {
				if x.room != nil && !x.done { // entered again, it is looked up
					t.putOut(t.stream, x.room, "the room did not show a message of ours")
				}
			}
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
	address, nick := splitFull(e.from)
	from, err := jid.Parse(address)
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
		case t.room && nick == x.nick:
			x.done, x.shown = true, t.shownAs(e)
			x.room.taken(x.shown != "")
		}
	}
}

// shownAs holds the label of what a room shows to that of what was sent, and says what is otherwise.
func (t *transaction) shownAs(e event) string {
	shown, err := message.Reader{}.ReadStanza(e.shown)
	if err != nil || shown.Sensitivity.IsUnlabelled() && !t.isUnlabelled {
		return outbox.ShownUnlabelled
	}
	sent, err := message.Reader{}.ReadStanza(t.wire)
	if err != nil || !sameSensitivity(shown.Sensitivity, sent.Sensitivity) {
		return outbox.ShownRelabelled
	}
	return ""
}

// taken notes that a room took the label off a message, or put another in its place.
func (r *room) taken(off bool) {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	r.takesOff = r.takesOff || off
}

// receipts says of each recipient what the servers said.
func (t *transaction) receipts() []outbox.Receipt {
	out := make([]outbox.Receipt, len(t.to))
	for i, x := range t.to {
		out[i] = outbox.Receipt{Recipient: x.address, State: outbox.Accepted, Text: "the server has taken it"}
		switch {
		case x.shown != "":
			out[i].Text = x.shown
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
