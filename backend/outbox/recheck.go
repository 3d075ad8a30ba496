package outbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/plain"
	"caveat/backend/presend"
)

// checkAgain repeats the check where an older one does not count any more: after a restart, after a change of policy, when
// the message has waited longer than the sending age, at the time that it was to be sent at (RULES 24). What is not cleared then is held for the user; an old
// override does not help (RULES 15). l then says when the check began that counts.
func (b *Box) checkAgain(ctx context.Context, l *loaded) (bool, error) {
	var epoch int64
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT count FROM epoch`).Scan(&epoch); err != nil {
		return false, err
	}
	if l.isCopy() {
		return b.checkCopyAgain(ctx, *l, epoch)
	}
	if l.isCheckGood(b, epoch) && b.isAsChecked(*l) {
		return true, nil
	}
	if waits, err := b.waitsReady(ctx, *l); err != nil || waits {
		return false, err
	}
	asked := l.remaining()
	result, err := b.config.Recheck(ctx, asked)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return false, b.hold(ctx, l.id, nil, "It could not be checked again before sending: "+plain.Text(err))
	}
	if !result.IsForSending() || result.DraftDigest() != asked.Digest() {
		return false, b.hold(ctx, l.id, nil, "It could not be checked again before sending: the check was of something else.")
	}
	if draft.FoldAddress(result.Originator().Address) != draft.FoldAddress(l.sender) {
		return false, b.hold(ctx, l.id, result, "The identity that it was written as is another one now.")
	}
	if !result.Report().Sendable {
		return false, b.hold(ctx, l.id, result, "Checked again before sending, it is no longer cleared: "+(&BlockedError{Report: result.Told()}).Error())
	}
	if who := l.notCleared(result); who != "" {
		return false, b.hold(ctx, l.id, result, "Checked again before sending, it would not go to "+who+" any more.")
	}
	if why := result.Unasked(); why != "" {
		return false, b.wait(ctx, *l, why)
	}
	if why := b.otherForm(ctx, *l, result); why != "" {
		return false, b.hold(ctx, l.id, result, why)
	}
	isMarked, err := b.isMarkedAs(ctx, *l, result)
	if err != nil {
		return false, err
	}
	if !isMarked {
		return false, b.hold(ctx, l.id, result, "The policy has changed, or what the installation says of markings: the message carries a marking that its label has no longer.")
	}
	if l.decision.Traced {
		if past, ok := b.mayTrace(result, nil); !ok || len(past) == 0 {
			return false, b.hold(ctx, l.id, result, "Not everybody may know any more which labels it had before, which its header names: send it anew.")
		}
	}
	waits := false
	err = b.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if waits, err = b.awaitSettings(ctx, tx, *l); err != nil || waits {
			return err
		}
		d := describe(result, overrides{})
		d.Result, d.Message, d.MessageID, d.Passed = "checked-again", l.id, l.messageID, &passed{At: result.At().UTC(), Epoch: epoch}
		if _, err := audit.Append(ctx, tx, audit.TypeDecision, d); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE message SET checked = ?, epoch = ? WHERE id = ?`, result.At().UnixMilli(), epoch, l.id)
		return err
	})
	if err != nil || waits {
		return false, err
	}
	l.checked, l.epoch = result.At().UTC(), epoch
	b.mine.Store(l.id, l.checked)
	return true, nil
}

// isCheckGood reports that the last check of a message still counts in an epoch.
func (l loaded) isCheckGood(b *Box, epoch int64) bool {
	return epoch == l.epoch && b.wasPassedHere(l) && b.isWithin(l.checked, b.config.SendingAge) && !l.checked.Before(l.sendAt)
}

// isMarkedAs reports that a message, as it was composed, carries the markings that its labels have in a new check: that of the
// whole, in field, text, subject and header, and those before its paragraphs. Where it is not known what it was composed of, it does not.
func (b *Box) isMarkedAs(ctx context.Context, l loaded, r *presend.Result) (bool, error) {
	now := r.Report()
	var marks presend.Marks
	if l.decision.Marks != nil {
		marks = *l.decision.Marks
	}
	if now.Label.Marking != l.decision.Marking || !r.IsMarkedRight(marks) {
		return false, nil
	}
	if len(l.draft.Parts) == 0 {
		return true, nil
	}
	var text string
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT report FROM message WHERE id = ?`, l.id).Scan(&text); err != nil {
		return false, err
	}
	var then presend.Report
	if sum := sha256.Sum256([]byte(text)); "sha256:"+hex.EncodeToString(sum[:]) != l.decision.Report || json.Unmarshal([]byte(text), &then) != nil {
		return false, nil
	}
	return slices.Equal(portionMarks(l.draft, then), portionMarks(l.draft, now)), nil
}

// hold keeps a waiting message for the user to decide; a copy is dropped. One that the user dropped or sent anew in the meantime stays so.
func (b *Box) hold(ctx context.Context, id string, r *presend.Result, note string) error {
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if r != nil {
			d := describe(r, overrides{})
			d.Result, d.Message, d.MessageID = "checked-again", id, messageID(id, r.Originator().Address)
			if _, err := audit.Append(ctx, tx, audit.TypeDecision, d); err != nil {
				return err
			}
		}
		var now State
		var folder Folder
		if err := tx.QueryRowContext(ctx, `SELECT state, folder FROM message WHERE id = ?`, id).Scan(&now, &folder); err != nil {
			return err
		}
		switch {
		case now != Queued && now != Deferred:
			return nil
		case folder != "":
			return b.move(ctx, tx, id, Dropped, note)
		}
		return b.move(ctx, tx, id, Held, note)
	})
}
