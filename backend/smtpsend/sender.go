package smtpsend

import (
	"context"
	"fmt"
	"io"

	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/outbox"
)

// Sender submits mail. It implements outbox.Sender.
type Sender struct {
	lookup func(ctx context.Context, name string) (Account, error)
}

var _ outbox.Sender = (*Sender)(nil)

// New makes a sender that asks lookup for the account of each message, so that a changed password or CA holds at once.
func New(lookup func(ctx context.Context, name string) (Account, error)) *Sender {
	return &Sender{lookup: lookup}
}

// Send tries once, as outbox.Sender says. It refuses the zero Cleared and one of another channel with outbox.ErrNotCleared.
// Errors before
// bodySent wrap one of this package's sentinels or what lookup returned.
func (s *Sender) Send(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	if c.IsZero() || c.Channel() != draft.Mail {
		return nil, outbox.ErrNotCleared
	}
	account, err := s.lookup(ctx, c.Account())
	if err != nil {
		return nil, fmt.Errorf("smtpsend: account %q: %w", c.Account(), err)
	}
	e := envelope{id: c.ID(), from: c.Sender(), to: c.Recipients()}
	if err := e.measure(c.Open); err != nil {
		return nil, err
	}
	body, err := c.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	defer body.Close()
	return submit(ctx, account, e, body, bodySent)
}

// measure reads the body once for what MAIL says about it: its size in the form in which it travels, whether it is 8-bit,
// and the priority that its header names.
func (e *envelope) measure(open func() (io.ReadCloser, error)) error {
	body, err := open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBody, err)
	}
	defer body.Close()
	m := &meter{}
	if e.priority, err = message.ReadPriority(io.TeeReader(body, m)); err != nil {
		return fmt.Errorf("%w: %w", ErrBody, err)
	}
	if _, err := io.Copy(m, body); err != nil {
		return fmt.Errorf("%w: %w", ErrBody, err)
	}
	e.size, e.eightBit = m.total(), m.eightBit
	return nil
}

// meter counts octets as they travel, with CRLF at the end of each line and without the stuffed dots.
//
// std: RFC1870 §4
type meter struct {
	size     int64
	eightBit bool
	inLine   bool
	afterR   bool
}

func (m *meter) Write(p []byte) (int, error) {
	for _, b := range p {
		wasR := m.afterR
		m.afterR = b == '\r'
		switch {
		case b == '\n' && wasR:
		case b == '\r' || b == '\n':
			m.size += 2
			m.inLine = false
		default:
			m.size++
			m.inLine = true
			m.eightBit = m.eightBit || b >= 0x80
		}
	}
	return len(p), nil
}

func (m *meter) total() int64 {
	if m.inLine {
		return m.size + 2
	}
	return m.size
}
