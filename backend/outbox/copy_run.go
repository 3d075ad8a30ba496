package outbox

import (
	"context"
	"database/sql"
	"errors"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/plain"
	"caveat/backend/presend"
)

// isCopyDue reports that a copy may be kept now as far as its message goes, and from when on; one whose message was sent to nobody is
// dropped. One of a draft waits for nothing.
func (b *Box) isCopyDue(ctx context.Context, l *loaded) (bool, error) {
	if l.folder != Sent {
		return true, nil
	}
	parent, err := b.verifiedMessage(ctx, l.of())
	switch {
	case errors.Is(err, ErrTampered) || errors.Is(err, ErrUnknownMessage):
		return false, b.hold(ctx, l.id, nil, "Its message does not match what the audit log says was cleared.")
	case err != nil:
		return false, err
	case parent.isAcceptedByAny():
		l.after = parent.acceptedAt
		return true, nil
	case parent.state == Refused || parent.state == Dropped:
		return false, b.hold(ctx, l.id, nil, "Its message was sent to nobody.")
	}
	return false, nil
}

// checkCopyAgain decides anew about a copy before each attempt, by label, policy, originator and the account's clearance as they are
// now (RULES 24). One that is not permitted any more is dropped: there is nothing for the user to decide. What cannot be checked now
// waits.
func (b *Box) checkCopyAgain(ctx context.Context, l loaded, epoch int64) (bool, error) {
	if b.config.Mailbox == nil || b.config.CheckLabel == nil {
		return false, b.putOff(ctx, l, "This program cannot check copies yet.")
	}
	c, why, err := b.decideCopy(ctx, l)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err != nil && !errors.Is(err, presend.ErrDraft):
		return false, b.putOff(ctx, l, "It could not be checked again before it was kept: "+plain.Text(err))
	case err != nil:
		why = plain.Text(err)
	case why == "" && !c.IsPermitted():
		why = wordsOf(c.Report())
	}
	if why != "" {
		return false, b.dropCopy(ctx, l, c, "Checked again before it was kept: "+why)
	}
	if l.isCheckGood(b, epoch) {
		return true, nil
	}
	return true, b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		d := describeCopy(c, *l.decision.Copy, l.sender)
		d.Result, d.Message, d.MessageID, d.Passed = "checked-again", l.id, l.messageID, &passed{At: c.At().UTC(), Epoch: epoch}
		if _, err := audit.Append(ctx, tx, audit.TypeDecision, d); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE message SET checked = ?, epoch = ? WHERE id = ?`, c.At().UnixMilli(), epoch, l.id)
		return err
	})
}

// decideCopy is the decision as it comes out now; why, when it is not "", is what speaks against a copy besides.
func (b *Box) decideCopy(ctx context.Context, l loaded) (c *presend.CopyResult, why string, err error) {
	result, err := b.config.CheckLabel(ctx, l.draft)
	if err != nil {
		return nil, "", err
	}
	if !result.IsDone() || result.DraftDigest() != l.draft.Digest() {
		return nil, "The check was of something else.", nil
	}
	if draft.FoldAddress(result.Originator().Address) != draft.FoldAddress(l.sender) {
		return nil, "The identity that it was written as is another one now.", nil
	}
	m, err := b.config.Mailbox(ctx, l.account)
	if err != nil {
		return nil, "", err
	}
	if m.Name != l.account {
		return nil, "The mailbox is another one now.", nil
	}
	if c, err = presend.CheckCopy(result, m); err != nil {
		return nil, "", err
	}
	if l.folder == Drafts && c.Report().Marking != l.decision.Marking {
		return c, "It carries a marking that its label has no longer.", nil
	}
	return c, "", nil
}

// dropCopy ends a copy that may not be kept any more. c is nil where there was none to decide on.
func (b *Box) dropCopy(ctx context.Context, l loaded, c *presend.CopyResult, note string) error {
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if ended, err := isEnded(ctx, tx, l.id); err != nil || ended {
			return err
		}
		if c != nil {
			d := describeCopy(c, *l.decision.Copy, l.sender)
			d.Result, d.Message, d.MessageID = "checked-again", l.id, l.messageID
			if _, err := audit.Append(ctx, tx, audit.TypeDecision, d); err != nil {
				return err
			}
		}
		return b.move(ctx, tx, l.id, Dropped, note)
	})
}

// putOff postpones what was not begun.
func (b *Box) putOff(ctx context.Context, l loaded, note string) error {
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return b.postpone(ctx, tx, l, note, b.retry(l.attempts+1, Receipt{}))
	})
}

// copyStatus tells what became of the copy of a message; nil: none was asked for.
func (b *Box) copyStatus(ctx context.Context, id string) (*CopyStatus, error) {
	var c CopyStatus
	var reply string
	err := b.store.Reader().QueryRowContext(ctx, `SELECT account, message.state, note, coalesce(reply, '') FROM message
		LEFT JOIN message_recipient ON message = id WHERE copy_of = ? AND folder <> '' AND folder = ? ORDER BY created DESC LIMIT 1`, id, Sent).
		Scan(&c.Mailbox, &c.State, &c.Note, &reply)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if c.Note == "" {
		c.Note = reply
	}
	return &c, nil
}
