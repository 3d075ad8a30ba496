package draftbox

import (
	"context"
	"errors"

	"caveat/backend/draft"
)

// chatTo is to whom a chat draft goes that goes to nobody besides, as addresses are compared; "": it is none.
func chatTo(d draft.Draft) string {
	to := d.Recipients()
	if d.Channel != draft.Chat || len(to) != 1 {
		return ""
	}
	return draft.FoldAddress(to[0])
}

// ChatTo finds the chat drafts that go to one address and to nobody besides: the newest of each, by the address as it is compared. No
// text is read.
func (b *Box) ChatTo(ctx context.Context) (map[string]string, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT chat_to, id FROM draft WHERE chat_to <> '' ORDER BY chat_to, changed, id DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var to, id string
		if err := rows.Scan(&to, &id); err != nil {
			return nil, err
		}
		out[to] = id
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
