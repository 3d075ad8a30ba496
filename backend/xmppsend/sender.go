package xmppsend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// Options are what a Sender asks besides accounts. Each may be nil.
type Options struct {
	// Controls says what the link to a domain carries; nil: the zero Controls for all.
	Controls func(domain string) Controls
	// Reader is how labels of messages that come are judged, asked for each; nil: by no policy, so that every label is of an unknown one.
	Reader func() message.Reader
	// SendingAge is how old what servers say that they understand may be when a message leaves; 0: presend.DefaultSending.
	SendingAge time.Duration
	// Now is the time; nil: the system's.
	Now func() time.Time
}

// Sender sends chat messages and keeps sessions. It implements outbox.Sender and presend.Occupants.
type Sender struct {
	lookup  func(ctx context.Context, name string) (Account, error)
	handler Handler
	options Options

	mu       sync.Mutex
	sessions map[string]*session // by account
}

var (
	_ outbox.Sender     = (*Sender)(nil)
	_ presend.Occupants = (*Sender)(nil)
)

// New makes a sender that asks lookup for an account each time that it connects, so that a changed password or CA holds at once. h is
// told what comes; nil: nobody is.
func New(lookup func(ctx context.Context, name string) (Account, error), h Handler, o Options) *Sender {
	if h == nil {
		h = nobody{}
	}
	if o.Controls == nil {
		o.Controls = func(string) Controls { return Controls{} }
	}
	if o.Reader == nil {
		o.Reader = func() message.Reader { return message.Reader{} }
	}
	if o.SendingAge <= 0 {
		o.SendingAge = presend.DefaultSending
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Sender{lookup: lookup, handler: h, options: o, sessions: map[string]*session{}}
}

type nobody struct{}

func (nobody) Message(Incoming)    {}
func (nobody) Room(RoomEvent)      {}
func (nobody) State(string, State) {}

// session finds what is kept of an account.
func (s *Sender) session(account string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[account]
	if x == nil {
		x = newSession(s, account)
		s.sessions[account] = x
	}
	return x
}

// online gives the account's stream, or ErrOffline.
func (s *Sender) online(account string) (*session, *stream, error) {
	x := s.session(account)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stream == nil {
		if x.state.Error != "" {
			return nil, nil, fmt.Errorf("%w: %s: %s", ErrOffline, account, x.state.Error)
		}
		return nil, nil, fmt.Errorf("%w: %s", ErrOffline, account)
	}
	return x, x.stream, nil
}

// State tells how it stands with an account.
func (s *Sender) State(account string) State {
	x := s.session(account)
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state
}

// Send tries once, as outbox.Sender says. It refuses the zero Cleared and one of another channel with outbox.ErrNotCleared. An account
// that is offline is ErrOffline: the message waits in the queue.
func (s *Sender) Send(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	if c.IsZero() || c.Channel() != draft.Chat {
		return nil, outbox.ErrNotCleared
	}
	wire, err := readWire(c)
	if err != nil {
		return nil, err
	}
	return s.submit(ctx, c.Account(), c.ID(), c.Recipients(), wire, c.AsOf(), bodySent)
}

// readWire reads the whole message, as it was cleared, before anything of it is sent.
func readWire(c outbox.Cleared) ([]byte, error) {
	if c.Size() > message.MaxStanza {
		return nil, fmt.Errorf("%w: %d octets", ErrStanza, c.Size())
	}
	body, err := c.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	defer body.Close()
	wire, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	return wire, nil
}

// bareOf gives the bare form of an address as XMPP writes it.
func bareOf(address string) (jid.JID, error) {
	j, err := jid.Parse(address)
	if err != nil || j.Localpart() == "" {
		return jid.JID{}, fmt.Errorf("%w: %.80q", ErrAddress, address)
	}
	return j.Bare(), nil
}

// isLasting reports an error that a later attempt will not mend.
func isLasting(err error) bool {
	var refusal *message.StanzaError
	if errors.As(err, &refusal) {
		return !refusal.IsTemporary()
	}
	return errors.Is(err, outbox.ErrPermanent)
}
