package outbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"caveat/backend/plain"
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

// ErrOtherSettings: this process works by other settings than those in force.
var ErrOtherSettings = errors.New("outbox: the settings in force are others")

// inForce is ErrOtherSettings where this process works by settings that the log does not know as those in force.
func (b *Box) inForce(ctx context.Context, tx *sql.Tx) error {
	if b.config.InForce == nil {
		return nil
	}
	return b.config.InForce(ctx, tx)
}

// awaitSettings has a message wait, where it still does, for those who know the settings in force, when this process does not.
func (b *Box) awaitSettings(ctx context.Context, tx *sql.Tx, l loaded) (waits bool, err error) {
	other := b.inForce(ctx, tx)
	if !errors.Is(other, ErrOtherSettings) {
		return false, other
	}
	var isAsLoaded bool // else what was dropped, or settled, since it was loaded would begin anew
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM message WHERE id = ? AND attempts = ? AND state IN (?, ?)`, l.id, l.attempts, Queued, Deferred).Scan(&isAsLoaded)
	if err != nil || !isAsLoaded {
		return true, err
	}
	return true, b.waitUntil(ctx, tx, l, b.config.Now().Add(otherSettingsWait), plain.Text(other))
}

// otherSettingsWait is how soon a message is looked at again that others are to send, by settings that are being taken up.
const otherSettingsWait = time.Second

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
