package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"caveat/backend/draft"
)

// LabelInUse is a label that messages bear.
type LabelInUse struct {
	Label   draft.Label
	Channel draft.Channel
	Waiting bool // they have not left yet
	Count   int
}

// LabelsInUse lists the labels of the messages that wait, and of those that were made since a time and did not wait; copies are not
// counted.
func (b *Box) LabelsInUse(ctx context.Context, since time.Time) ([]LabelInUse, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT draft -> '$.label', channel, state IN (?1, ?2, ?3), count(*) FROM message
		WHERE folder = '' AND state <> ?4 AND json_valid(draft) AND draft -> '$.label' IS NOT NULL AND (created >= ?5 OR state IN (?1, ?2, ?3))
		GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1`, Queued, Deferred, Held, Dropped, since.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []LabelInUse
	for rows.Next() {
		var text string
		var u LabelInUse
		if err := rows.Scan(&text, &u.Channel, &u.Waiting, &u.Count); err != nil {
			return nil, err
		}
		if err := u.Label.UnmarshalJSON([]byte(text)); err != nil {
			return nil, fmt.Errorf("outbox: the label of a message in caveat.db cannot be read: %w", err)
		}
		out = append(out, u)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// WaitingIDs names the messages that wait to be sent, the oldest first, at most limit, and says how many there are.
func (b *Box) WaitingIDs(ctx context.Context, limit int) (ids []string, all int, err error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT id, count(*) OVER () FROM message WHERE folder = '' AND state IN (?, ?) ORDER BY created, id LIMIT ?`, Queued, Deferred, limit)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id, &all); err != nil {
			return nil, 0, err
		}
		ids = append(ids, id)
	}
	return ids, all, errors.Join(rows.Err(), rows.Close())
}
