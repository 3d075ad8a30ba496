package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// notLoggedWait is how soon a message that waits for the log is looked at again.
const notLoggedWait = time.Minute

// isLogged is ErrLog while the audit log is not kept as it must be.
func (b *Box) isLogged(ctx context.Context) error {
	if problem := b.logProblem(ctx); problem != "" {
		return fmt.Errorf("%w: %s", ErrLog, problem)
	}
	return nil
}

// logProblem says why nothing is sent; "": nothing stands against it.
func (b *Box) logProblem(ctx context.Context) string {
	if b.config.Log == nil {
		return ""
	}
	return b.config.Log.HealthToSend(ctx).Problem
}

// awaitLog defers a message while nothing may be sent, without a word in the log, which may be what is wrong; the message says why.
func (b *Box) awaitLog(ctx context.Context, l loaded) (waits bool, err error) {
	problem := b.logProblem(ctx)
	if problem == "" || ctx.Err() != nil {
		return false, ctx.Err()
	}
	return true, b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return b.waitUntil(ctx, tx, l, b.config.Now().Add(notLoggedWait), problem)
	})
}
