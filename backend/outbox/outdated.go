package outbox

import (
	"context"
	"database/sql"
	"time"

	"caveat/backend/audit"
)

// outdatedWaits is how long a message waits that was not sent because others would have got it than those of whom the check was; the
// first time it is checked again at once. After the last the user decides.
var outdatedWaits = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

const keptComing = "Somebody has entered the room again and again while it was checked and sent: it was not sent. Send it anew when the room is quiet."

// outdated has a message wait for another check, or holds it where that never comes to an end. again: at once.
func (b *Box) outdated(ctx context.Context, l loaded, handedOver bool, why string) (again bool, err error) {
	before, _ := b.came.Load(l.id)
	n, _ := before.(int)
	b.came.Store(l.id, n+1)
	err = b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if ended, err := isEnded(ctx, tx, l.id); err != nil || ended {
			return err
		}
		change := stateChange{Message: l.id, State: Queued, Note: why, Withheld: handedOver}
		if _, err := audit.Append(ctx, tx, audit.TypeState, change); err != nil {
			return err
		}
		if n >= len(outdatedWaits) {
			b.came.Delete(l.id)
			return b.move(ctx, tx, l.id, Held, keptComing)
		}
		again = n == 0
		return b.waitUntil(ctx, tx, l, b.config.Now().Add(outdatedWaits[n]), why)
	})
	return again && err == nil && ctx.Err() == nil, err
}
