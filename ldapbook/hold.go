package ldapbook

import (
	"context"
	"fmt"
)

// shrinkGuard: what a directory with fewer entries loses is removed at once.
const shrinkGuard = 20

// Confirm lets the next Sync remove as many entries as the last one held (SyncResult.Held), whatever their share is; what
// is gone beyond that is judged like any other loss. It counts for one complete Sync. A directory of which nothing is held
// is left alone. Errors: ErrDatabase.
func (b *Book) Confirm(ctx context.Context, directory string) error {
	_, err := b.write.ExecContext(ctx, `UPDATE refresh SET confirmed = held, file = ''
		WHERE held > 0 AND directory = (SELECT id FROM directory WHERE name = ?)`, directory)
	return databaseError(err)
}

// hold decides whether so many entries may go; if not, nothing is removed, and the cookie stays what it was, so that the
// next read finds them again.
func (p *pass) hold(losing int) error {
	// Before the first complete read the book has only what searches found: there is nothing that the directory could have lost.
	if p.before < shrinkGuard || losing == 0 || p.state.lastFull.IsZero() {
		return nil
	}
	confirmed := min(p.state.confirmed, p.before)
	allowed := float64(confirmed) + p.src.Refresh.maxLoss()*float64(p.before-confirmed)
	if float64(losing) <= allowed {
		return nil
	}
	p.result.Held = losing
	return fmt.Errorf("%w: %s: %d of %d entries are gone", ErrShrunken, p.src.Name, losing, p.before)
}
