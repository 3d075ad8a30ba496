package outbox

import "context"

// Waiting counts, by the name of the account, the messages and copies that have not left yet and will be tried again by themselves.
func (b *Box) Waiting(ctx context.Context) (map[string]int, error) {
	rows, err := b.store.Reader().QueryContext(ctx,
		`SELECT account, count(*) FROM message WHERE state IN ('queued', 'sending', 'body-sent', 'deferred', 'removing') GROUP BY account`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var account string
		var n int
		if err := rows.Scan(&account, &n); err != nil {
			return nil, err
		}
		out[account] = n
	}
	return out, rows.Err()
}
