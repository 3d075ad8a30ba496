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
	kept   *pool
}

var _ outbox.Sender = (*Sender)(nil)

// New makes a sender that asks lookup for the account of each message, so that a changed password or CA holds at once. Close
// ends what it keeps.
func New(lookup func(ctx context.Context, name string) (Account, error)) *Sender {
	return &Sender{lookup: lookup, kept: newPool()}
}

// Close takes leave of the servers to which a connection is kept. A message that is being sent is not disturbed; its connection
// is not kept any more. Close may be called twice.
func (s *Sender) Close() error {
	s.kept.close()
	return nil
}

// Send tries once, as outbox.Sender says. It refuses the zero Cleared and one of another channel with outbox.ErrNotCleared.
// Errors before bodySent wrap one of this package's sentinels or what lookup returned.
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
	return s.submit(ctx, account, e, body, bodySent)
}

// submit sends one message. Receipts cover every recipient, in order; or err says why there are none.
func (s *Sender) submit(ctx context.Context, a Account, e envelope, body io.Reader, bodySent func() error) ([]outbox.Receipt, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	if c := s.kept.take(ctx, a); c != nil {
		// That nobody answers on a connection that lay idle says nothing about the server: a new one is made. The body was not
		// touched then.
		t := transaction{conn: c, envelope: e, options: a.Options, again: true}
		receipts, err := t.run(body, bodySent)
		if t.begun || ctx.Err() != nil || err == nil && !c.spent {
			return s.done(c, a, receipts, err)
		}
		c.close()
	}
	c, err := open(ctx, a)
	if err != nil {
		return nil, err
	}
	t := transaction{conn: c, envelope: e, options: a.Options}
	receipts, err := t.run(body, bodySent)
	return s.done(c, a, receipts, err)
}

// done keeps a connection on which all went well.
func (s *Sender) done(c *conn, a Account, receipts []outbox.Receipt, err error) ([]outbox.Receipt, error) {
	c.served++
	switch {
	case err != nil:
		// No QUIT: in the middle of a message it would be part of it, and an ended connection discards what was begun.
		c.close()
		return nil, err
	case c.spent || c.text.R.Buffered() > 0:
		c.quit()
	default:
		s.kept.put(c, a)
	}
	return receipts, nil
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
	e.size, e.eightBit, e.utf8Header = m.total(), m.eightBit, m.eightBitHeader
	return nil
}
