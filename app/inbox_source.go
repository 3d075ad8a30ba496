package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"caveat/backend/imapbox"
	"caveat/backend/inbox"
)

// inboxes opens mailboxes for the inbox.
func inboxes(lookup func(context.Context, string) (imapbox.Account, error)) func(context.Context, string) (inbox.Source, error) {
	return func(ctx context.Context, name string) (inbox.Source, error) {
		a, err := lookup(ctx, name)
		if err != nil {
			return nil, err
		}
		m, err := imapbox.Open(ctx, a)
		if err != nil {
			return nil, err
		}
		return mailboxSource{m}, nil
	}
}

// mailboxSource is a mailbox as the inbox reads it.
type mailboxSource struct{ box *imapbox.Mailbox }

func (m mailboxSource) Changes(ctx context.Context, since inbox.State, known []uint32) (inbox.Changes, error) {
	uids := make([]imapbox.UID, len(known))
	for i, u := range known {
		uids[i] = imapbox.UID(u)
	}
	c, err := m.box.Changes(ctx, imapbox.State{UIDValidity: since.Validity, UIDNext: imapbox.UID(since.NextUID), HighestModSeq: since.ModSeq}, uids)
	if err != nil {
		return inbox.Changes{}, sourceError(err)
	}
	out := inbox.Changes{State: inbox.State{Validity: c.State.UIDValidity, NextUID: uint32(c.State.UIDNext), ModSeq: c.State.HighestModSeq}, Reset: c.Reset, LeftOut: c.LeftOut}
	for _, x := range c.New {
		out.New = append(out.New, inbox.Listed{UID: uint32(x.UID), Size: x.Size, Received: x.Received, Flags: flagsOf(x.Flags)})
	}
	for _, x := range c.Flags {
		out.Flags = append(out.Flags, inbox.Flagged{UID: uint32(x.UID), Flags: flagsOf(x.Flags)})
	}
	for _, u := range c.Vanished {
		out.Vanished = append(out.Vanished, uint32(u))
	}
	return out, nil
}

func flagsOf(list []string) inbox.Flags {
	return inbox.Flags{Seen: slices.Contains(list, string(imapbox.Seen)), Answered: slices.Contains(list, string(imapbox.Answered))}
}

func (m mailboxSource) Header(ctx context.Context, uid uint32) ([]byte, error) {
	data, err := m.box.Header(ctx, imapbox.UID(uid))
	return data, sourceError(err)
}

func (m mailboxSource) Body(ctx context.Context, uid uint32, limit int64, w io.Writer) (int64, error) {
	n, err := m.box.Body(ctx, imapbox.UID(uid), limit, w)
	return n, sourceError(err)
}

func (m mailboxSource) Mark(ctx context.Context, uid uint32, seen, answered bool) error {
	var marks []imapbox.Mark
	if seen {
		marks = append(marks, imapbox.Seen)
	}
	if answered {
		marks = append(marks, imapbox.Answered)
	}
	if len(marks) == 0 {
		return nil
	}
	return sourceError(m.box.SetMarks(ctx, imapbox.UID(uid), marks...))
}

func (m mailboxSource) Wait(ctx context.Context) error { return sourceError(m.box.Wait(ctx)) }

func (m mailboxSource) Close() { m.box.Close() }

// sourceError names an error as the inbox knows it.
func sourceError(err error) error {
	for _, x := range []struct{ have, want error }{
		{imapbox.ErrGone, inbox.ErrGone}, {imapbox.ErrTooLarge, inbox.ErrTooLarge}, {imapbox.ErrValidity, inbox.ErrRenumbered},
	} {
		if errors.Is(err, x.have) {
			return fmt.Errorf("%w: %w", x.want, err)
		}
	}
	return err
}
