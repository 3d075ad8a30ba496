package imapbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// MaxHeader is the largest header that is read, in octets.
const MaxHeader = 1 << 20

// errOut: what was read could not be written where the caller wants it.
var errOut = errors.New("imapbox: cannot write")

// Header gives a message's header, with its empty line. A larger one than MaxHeader is ErrTooLarge, never a part of it.
func (m *Mailbox) Header(ctx context.Context, uid UID) ([]byte, error) {
	var b bytes.Buffer
	// One octet more is asked for than is allowed, so that too much is seen.
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: MaxHeader + 1}}
	if err := m.read(ctx, uid, section, MaxHeader, MaxHeader+1, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Body writes a whole message to w as it comes, and says how many octets it has. One of more than limit is ErrTooLarge. With
// an error, what w got is of no use.
func (m *Mailbox) Body(ctx context.Context, uid UID, limit int64, w io.Writer) (int64, error) {
	size, err := m.size(ctx, uid)
	switch {
	case err != nil:
		return 0, err
	case size > limit:
		return 0, fmt.Errorf("%w: message %d has %d octets, at most %d are wanted", ErrTooLarge, uid, size, limit)
	}
	count := &counter{w: w}
	if err := m.read(ctx, uid, &imap.FetchItemBodySection{Peek: true}, limit, limit, count); err != nil {
		return 0, err
	}
	return count.n, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	if err != nil {
		return n, fmt.Errorf("%w: %w", errOut, err)
	}
	return n, nil
}

func (m *Mailbox) size(ctx context.Context, uid UID) (int64, error) {
	if uid == 0 {
		return 0, fmt.Errorf("%w: 0", ErrGone)
	}
	size := int64(-1)
	err := m.session.do(ctx, "FETCH", limits{0, ordinary}, func(c *imapclient.Client) error {
		list, err := c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return fmt.Errorf("%w: %d", ErrGone, uid)
		}
		size = list[0].RFC822Size
		return nil
	})
	if err != nil {
		return 0, err
	}
	return size, nil
}

// read writes one section of a message to w. The server may send up to allowed octets; more than limit is ErrTooLarge.
func (m *Mailbox) read(ctx context.Context, uid UID, section *imap.FetchItemBodySection, limit, allowed int64, w io.Writer) error {
	if uid == 0 {
		return fmt.Errorf("%w: 0", ErrGone)
	}
	return m.session.do(ctx, "FETCH", limits{allowed, ordinary}, func(c *imapclient.Client) error {
		command := c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		found := 0
		var failed error
		for message := command.Next(); message != nil; message = command.Next() {
			for item := message.Next(); item != nil; item = message.Next() {
				body, ok := item.(imapclient.FetchItemDataBodySection)
				if !ok || failed != nil {
					continue // go-imap reads on to the next by itself
				}
				found++
				if failed = m.pass(body, section, limit, w); failed != nil && !errors.Is(failed, ErrTooLarge) {
					m.session.guard.end(failed)
				}
			}
		}
		err := command.Close()
		switch {
		case failed != nil:
			return failed
		case err != nil:
			return err
		case found == 0:
			return fmt.Errorf("%w: %d", ErrGone, uid)
		case found > 1:
			return fmt.Errorf("%w: FETCH: the text of message %d came %d times", ErrProtocol, uid, found)
		}
		return nil
	})
}

// pass copies the literal, all of it: where the connection ended in the middle, the guard made it look complete.
func (m *Mailbox) pass(body imapclient.FetchItemDataBodySection, asked *imap.FetchItemBodySection, limit int64, w io.Writer) error {
	switch {
	case body.Literal == nil || !body.MatchCommand(asked):
		return fmt.Errorf("%w: FETCH: not what was asked for", ErrProtocol)
	case body.Literal.Size() > limit:
		return fmt.Errorf("%w: %d octets, at most %d", ErrTooLarge, body.Literal.Size(), limit)
	}
	n, err := io.Copy(w, body.Literal)
	cause := m.session.guard.why()
	switch {
	case cause != nil:
		return m.session.name(cause)
	case err != nil:
		return fmt.Errorf("%w: %w", errOut, err)
	case n != body.Literal.Size():
		return fmt.Errorf("%w: %d of %d octets", ErrUnreachable, n, body.Literal.Size())
	}
	return nil
}
