package imapbox

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const inbox = "INBOX"

// Mailbox is a connection that reads the account's INBOX. It is used by one goroutine at a time; Close may be called by
// another at any time. The zero Mailbox is not usable.
type Mailbox struct {
	session  *session
	account  Account
	validity uint32
	told     chan struct{} // holds one when the server told of a change since Changes last looked
}

// Open connects, logs in and opens INBOX for reading: looking does not mark a message as seen.
func Open(ctx context.Context, a Account) (*Mailbox, error) {
	m := &Mailbox{account: a, told: make(chan struct{}, 1)}
	var err error
	if m.session, err = open(ctx, a, m.tell); err != nil {
		return nil, err
	}
	data, err := m.session.selectBox(ctx, inbox, true)
	if err != nil {
		m.session.close()
		return nil, err
	}
	m.validity = data.UIDValidity
	return m, nil
}

// tell never blocks: go-imap's reading goroutine calls it.
func (m *Mailbox) tell() {
	select {
	case m.told <- struct{}{}:
	default:
	}
}

// Close says good-bye, at most two seconds, and ends the connection; what is going on in another goroutine ends with ErrClosed
// or ErrUnreachable. It may be called again.
func (m *Mailbox) Close() { m.session.close() }

// Mark is something that the user did with a message.
type Mark string

// The marks.
const (
	Seen     Mark = Mark(imap.FlagSeen)
	Answered Mark = Mark(imap.FlagAnswered)
)

// SetMarks adds marks to a message; a message that is gone is no error. For that time INBOX is opened for writing.
// ErrValidity, when it was renumbered since Changes: then nothing is marked.
//
// std: RFC9051 §6.4.6
func (m *Mailbox) SetMarks(ctx context.Context, uid UID, marks ...Mark) error {
	flags := make([]imap.Flag, len(marks))
	for i, mark := range marks {
		if mark != Seen && mark != Answered {
			return fmt.Errorf("%w: mark %q", ErrRefused, string(mark))
		}
		flags[i] = imap.Flag(mark)
	}
	if len(flags) == 0 || uid == 0 {
		return fmt.Errorf("%w: no mark or no message", ErrRefused)
	}
	data, err := m.session.selectBox(ctx, inbox, false)
	if err != nil {
		return err
	}
	if data.UIDValidity != m.validity {
		err = ErrValidity
	} else {
		err = m.session.do(ctx, "STORE", limits{0, ordinary}, func(c *imapclient.Client) error {
			return c.Store(imap.UIDSetNum(imap.UID(uid)), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close()
		})
	}
	if _, again := m.session.selectBox(ctx, inbox, true); again != nil && err == nil {
		return again
	}
	return err
}
