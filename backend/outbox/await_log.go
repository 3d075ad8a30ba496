package outbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
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

// ErrOtherPolicy: this process works by other policies than those in force.
var ErrOtherPolicy = errors.New("outbox: the policies in force are others")

// otherPolicy says why nothing is sent by the policies that this process knows; "": they are in force.
func (b *Box) otherPolicy() string {
	if b.config.Outdated == nil {
		return ""
	}
	return b.config.Outdated()
}

// awaitLog defers a message while nothing may be sent, without a word in the log, which may be what is wrong; the message says why.
func (b *Box) awaitLog(ctx context.Context, l loaded) (waits bool, err error) {
	problem := cmp.Or(b.logProblem(ctx), b.otherPolicy())
	if problem == "" || ctx.Err() != nil {
		return false, ctx.Err()
	}
	return true, b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return b.waitUntil(ctx, tx, l, b.config.Now().Add(notLoggedWait), problem)
	})
}
