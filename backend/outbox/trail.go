package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"caveat/backend/audit"
)

// LogLines lists the numbers of the lines of the audit log about a message or a copy, oldest first, from the one that cleared it on;
// they are held to the chain as this process knows it. Errors: ErrUnknownMessage, ErrTampered, those of the database.
func (b *Box) LogLines(ctx context.Context, id string) (lines []int64, err error) {
	err = b.chain.Read(ctx, b.store, func(tx *sql.Tx) error {
		var seq int64
		err := tx.QueryRowContext(ctx, `SELECT audit_seq FROM message WHERE id = ?`, id).Scan(&seq)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("%w: %s", ErrUnknownMessage, id)
		case err != nil:
			return err
		}
		refs, err := b.chain.Lines(ctx, tx, seq, id)
		if errors.Is(err, audit.ErrTampered) {
			return fmt.Errorf("%w: %w", ErrTampered, err)
		}
		for _, r := range refs {
			lines = append(lines, r.Seq)
		}
		return err
	})
	return lines, err
}
