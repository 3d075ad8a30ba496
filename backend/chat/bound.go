package chat

import (
	"context"
	"database/sql"
	"fmt"

	"caveat/backend/store"
)

// tooManyWrote tells that what somebody said is not here.
const tooManyWrote = "More people wrote than conversations are kept: what the last ones said, to whom you said nothing, is not here; the server's archive may have it."

// letGo removes one of too many conversations, and that is told. The one that was begun last with somebody to whom the user said nothing
// goes first: so no flood of strangers takes away what was there before it. Where there is none, only what the user begins takes the
// place of the person with whom nothing was said for the longest time. ErrMany where nothing may go.
func (b *Box) letGo(ctx context.Context, tx *sql.Tx, account string, count int, byUser bool) error {
	id, err := newestSilent(ctx, tx, account)
	if err != nil {
		return err
	}
	if id != "" {
		if _, err := tx.ExecContext(ctx, `DELETE FROM chat_conversation WHERE id = ?`, id); err != nil {
			return err
		}
		return tellTooMany(ctx, tx, account)
	}
	if byUser {
		r, err := tx.ExecContext(ctx, `DELETE FROM chat_conversation WHERE id = (SELECT c.id FROM chat_conversation c WHERE c.account = ? AND c.kind = ?
			ORDER BY max(c.created, (SELECT coalesce(max(at), 0) FROM chat_message m WHERE m.conversation = c.id)) LIMIT 1)`, account, Person)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			return err
		}
	}
	return fmt.Errorf("%w: %d: close some", ErrMany, count)
}

// newestSilent finds the conversation that was begun last with a person to whom the user said nothing; "": there is none. One without
// any message was begun by the user. Each is asked for by itself, newest first: in a flood the first one is it.
func newestSilent(ctx context.Context, tx *sql.Tx, account string) (string, error) {
	ids, err := store.Column[string](ctx, tx, `SELECT id FROM chat_conversation WHERE account = ? AND kind = ? ORDER BY created DESC, rowid DESC`, account, Person)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		var silent bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM chat_message WHERE conversation = ?1) AND
			NOT EXISTS (SELECT 1 FROM chat_message WHERE conversation = ?1 AND mine = 1)`, id).Scan(&silent); err != nil {
			return "", err
		}
		if silent {
			return id, nil
		}
	}
	return "", nil
}

// tellTooMany says with the account that something is not here.
func tellTooMany(ctx context.Context, tx *sql.Tx, account string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE chat_account SET archive = ? WHERE name = ?`, tooManyWrote, account); err != nil {
		return err
	}
	return store.Changed(ctx, tx, ChangeKind, "")
}
