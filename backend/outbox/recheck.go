package outbox

import (
	"context"
	"database/sql"
	"slices"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/presend"
)

// checkAgain repeats the check where an older one does not count any more: after a restart, after a change of policy, when
// the message has waited longer than the sending age, at the time that it was to be sent at (RULES 24). What is not cleared then is held for the user; an old
// override does not help (RULES 15).
func (b *Box) checkAgain(ctx context.Context, l loaded) (bool, error) {
	var epoch int64
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT count FROM epoch`).Scan(&epoch); err != nil {
		return false, err
	}
	if epoch == l.epoch && b.isWithin(l.checked, b.config.SendingAge) && !l.checked.Before(l.sendAt) {
		return true, nil
	}
	var settled []string
	for _, r := range l.decision.Recipients {
		if !slices.Contains(l.recipients, r.Address) {
			settled = append(settled, r.Address)
		}
	}
	asked := l.draft.Without(settled)
	result, err := b.config.Recheck(ctx, asked)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return false, b.hold(ctx, l.id, nil, "It could not be checked again before sending: "+err.Error())
	}
	if !result.IsForSending() || result.DraftDigest() != asked.Digest() {
		return false, b.hold(ctx, l.id, nil, "It could not be checked again before sending: the check was of something else.")
	}
	if draft.FoldAddress(result.Originator().Address) != draft.FoldAddress(l.sender) {
		return false, b.hold(ctx, l.id, result, "The identity that it was written as is another one now.")
	}
	if !result.Report().Sendable {
		return false, b.hold(ctx, l.id, result, "Checked again before sending, it is no longer cleared: "+(&BlockedError{Report: result.Report()}).Error())
	}
	if result.Report().Label.Marking != l.decision.Marking {
		return false, b.hold(ctx, l.id, result, "The policy has changed: the message carries a marking that its label has no longer.")
	}
	return true, b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		d := describe(result, overrides{})
		d.Result, d.Message = "checked-again", l.id
		if _, err := audit.Append(ctx, tx, audit.TypeDecision, d); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE message SET checked = ?, epoch = ? WHERE id = ?`, result.At().UnixMilli(), epoch, l.id)
		return err
	})
}

// hold keeps a waiting message for the user to decide. One that the user dropped or sent anew in the meantime stays so.
func (b *Box) hold(ctx context.Context, id string, r *presend.Result, note string) error {
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if r != nil {
			d := describe(r, overrides{})
			d.Result, d.Message = "checked-again", id
			if _, err := audit.Append(ctx, tx, audit.TypeDecision, d); err != nil {
				return err
			}
		}
		var now State
		if err := tx.QueryRowContext(ctx, `SELECT state FROM message WHERE id = ?`, id).Scan(&now); err != nil {
			return err
		}
		if now != Queued && now != Deferred {
			return nil
		}
		return b.move(ctx, tx, id, Held, note)
	})
}
