package imapbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// errHook: BodySent said no.
var errHook = errors.New("imapbox: not to be ended")

// appendCopy keeps a copy in the account's mailbox, on a connection of its own, unless one with its Message-ID is there. An
// error before BodySent means that nothing was kept; after it, that perhaps it was: then it finds out when it is called
// again with the same Copy. ErrCopy, and a Refusal that is not temporary, will not mend by themselves.
//
// std: RFC9051 §6.3.12, RFC4315 §3
func appendCopy(ctx context.Context, a Account, c Copy) (Kept, error) {
	if err := c.check(); err != nil {
		return Kept{}, err
	}
	size, err := c.measure()
	switch {
	case err != nil:
		return Kept{}, err
	case size < 1 || size > math.MaxUint32:
		return Kept{}, fmt.Errorf("%w: %d octets", ErrCopy, size)
	}
	s, err := open(ctx, a, func() {})
	if err != nil {
		return Kept{}, err
	}
	defer s.close()
	kept, err := s.folder(ctx, a, c.Folder)
	if err != nil {
		return Kept{}, err
	}
	if kept.UID, err = s.find(ctx, c.MessageID); err != nil {
		return Kept{}, err
	}
	if kept.UID != 0 {
		kept.WasThere = true
		return kept, nil
	}
	if limit, ok := s.caps.AppendLimit(); ok && limit != nil && size > int64(*limit) {
		return Kept{}, fmt.Errorf("%w: %w: the copy has %d octets, the server takes %d", ErrTooLarge, ErrCopy, size, *limit)
	}
	return s.append(ctx, c, size, kept)
}

// find gives the newest message with a Message-ID in the selected mailbox, or 0. The search is for a part of the field; with
// its brackets, an identifier is part of no other.
func (s *session) find(ctx context.Context, id string) (UID, error) {
	var found UID
	err := s.do(ctx, "SEARCH", limits{0, ordinary}, func(c *imapclient.Client) error {
		data, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}, nil).Wait()
		if err != nil {
			return err
		}
		set, _ := data.All.(imap.UIDSet)
		for _, r := range set {
			found = max(found, UID(r.Stop))
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return found, nil
}

func (s *session) append(ctx context.Context, c Copy, size int64, kept Kept) (Kept, error) {
	var data *imap.AppendData
	err := s.do(ctx, "APPEND", limits{0, ordinary}, func(client *imapclient.Client) (err error) {
		data, err = s.hand(client, c, size, kept.Folder)
		return err
	})
	if err != nil {
		return Kept{}, err
	}
	if data.UID != 0 {
		kept.UID, kept.UIDValidity = UID(data.UID), data.UIDValidity
		return kept, nil
	}
	// It is kept; where, a server without UIDPLUS does not say. Not knowing that is no failure.
	if uid, err := s.find(ctx, c.MessageID); err == nil {
		kept.UID = uid
	}
	return kept, nil
}

// hand sends the command with its literal. When it cannot be ended the connection is, before go-imap's client could write
// an end that the server might take for the message's.
func (s *session) hand(client *imapclient.Client, c Copy, size int64, folder string) (*imap.AppendData, error) {
	body, err := c.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	defer body.Close()
	flags := []imap.Flag{imap.FlagSeen}
	if c.Folder == Drafts {
		flags = append(flags, imap.FlagDraft)
	}
	for _, f := range c.Flags {
		flags = append(flags, imap.Flag(f))
	}
	command := client.Append(folder, size, &imap.AppendOptions{Flags: flags, Time: c.Received})
	if err := c.pour(command, body, size); err != nil {
		s.guard.end(err)
		_ = command.Close()
		_, _ = command.Wait()
		return nil, err
	}
	if err := command.Close(); err != nil {
		return nil, err
	}
	return command.Wait()
}

// pour writes the body; the last octet only when BodySent agrees.
func (c Copy) pour(w io.Writer, body io.Reader, size int64) error {
	lines := newLines(body)
	if _, err := io.CopyN(w, lines, size-1); err != nil {
		return changed(err)
	}
	last := make([]byte, 2)
	n, err := io.ReadFull(lines, last)
	if n != 1 || err != io.ErrUnexpectedEOF {
		return changed(io.EOF)
	}
	if c.BodySent != nil {
		if err := c.BodySent(); err != nil {
			return fmt.Errorf("%w: %w", errHook, err)
		}
	}
	_, err = w.Write(last[:1])
	return err
}

func changed(err error) error {
	if err == io.EOF {
		return fmt.Errorf("%w: its length changed", ErrBody)
	}
	return err
}
