package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"caveat/backend/store"
)

// AnchorSecret is the name of the secret that says what was signed last. The log is held to it: whoever can write the database, and not
// the secrets, cannot have a log signed that he has written anew.
const AnchorSecret = "audit-signed-last"

// DefaultSecretTime is how long the secrets may take where nothing else is said.
const DefaultSecretTime = 15 * time.Second

// begunWord stands in AnchorSecret before the name of a log whose first key was made, and which nothing was signed of yet.
const begunWord = "begun "

// kept is what the secrets hold of the log.
type kept struct {
	key    string      // "": there is none, or it cannot be read, which SetSecret tells
	anchor *Checkpoint // the last one that was signed; nil: none, or it was before that was kept
	begun  string      // the log whose key was made last, when nothing was signed since
}

// kept reads what the secrets hold, outside of any transaction: a keychain may take its time. Who signs a log is not asked: the secrets
// are believed.
func (l *Log) kept(ctx context.Context) (kept, error) {
	if l.config.Secrets == nil {
		return kept{}, ErrKey
	}
	return ask(ctx, l, func() (k kept, err error) {
		k.key, _ = l.config.Secrets.Secret(SigningKey)
		text, _ := l.config.Secrets.Secret(AnchorSecret)
		if begun, ok := strings.CutPrefix(text, begunWord); ok || text == "" {
			k.begun = begun
			return k, nil
		}
		said, _, _ := strings.Cut(text, "\n\n")
		c, err := parseText(said + "\n")
		if err != nil {
			return kept{}, fmt.Errorf("%w: the secret %q is not what was stored: %w", ErrKey, AnchorSecret, err)
		}
		c.Note = text
		k.anchor = &c
		return k, nil
	})
}

// keep stores what was signed last. A process that ends before leaves an older one, which the log still holds.
func (l *Log) keep(ctx context.Context, c Checkpoint) error {
	_, err := ask(ctx, l, func() (struct{}, error) {
		return struct{}{}, l.config.Secrets.SetSecret(AnchorSecret, c.Note)
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: what was signed last cannot be stored: %w", ErrKey, err)
	}
	return err
}

// ask does something with the secrets, one at a time, and waits no longer than they may take: nobody can interrupt a keychain.
func ask[T any](ctx context.Context, l *Log, do func() (T, error)) (none T, err error) {
	late := time.NewTimer(l.config.SecretTime)
	defer late.Stop()
	slow := fmt.Errorf("%w: the secrets cannot be had: they do not answer within %s", ErrKey, l.config.SecretTime)
	select {
	case l.asking <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	case <-late.C:
		return none, slow
	}
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := do()
		<-l.asking
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return none, ctx.Err()
	case <-late.C:
		return none, slow
	}
}

// stands is ErrTampered when the log is not the one of which something was signed, or no longer what it was then; size is that of its tree.
func (k kept) stands(ctx context.Context, tx *sql.Tx, origin string, size int64) error {
	if k.anchor != nil {
		if k.anchor.Origin != origin {
			return fmt.Errorf("%w: what was signed last, on %s, is another log, %s; this one is %s", ErrTampered, moment(k.anchor.Time), k.anchor.Origin, origin)
		}
		if err := holds(ctx, tx, *k.anchor, size); err != nil {
			return err
		}
	} else if err := k.isTold(ctx, tx, origin); err != nil {
		return err
	}
	return heldByWays(ctx, tx, size)
}

// isTold holds the log to the key where nothing else was kept: a log whose key was made names that, unless it was brought back from before.
func (k kept) isTold(ctx context.Context, tx *sql.Tx, origin string) error {
	key, err := note.NewSigner(k.key)
	if err != nil || k.begun == origin {
		return nil
	}
	if key.Name() != origin {
		return fmt.Errorf("%w: the key that is stored is that of another log, %s; this one is %s", ErrTampered, key.Name(), origin)
	}
	told, err := countMarks(ctx, tx, markKey, markRestored)
	if err == nil && told == 0 {
		err = fmt.Errorf("%w: it does not name the key that was made for it: the lines that did are gone", ErrTampered)
	}
	return err
}

// heldByWays is ErrTampered when more lines have left the machine than there are.
func heldByWays(ctx context.Context, tx *sql.Tx, size int64) error {
	var gone int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(size), 0) FROM audit_way`).Scan(&gone); err != nil {
		return err
	}
	if gone > size {
		return fmt.Errorf("%w: a checkpoint of %d lines has left the machine, and there are %d", ErrTampered, gone, size)
	}
	return nil
}

// countMarks counts the lines of two kinds that are marked.
func countMarks(ctx context.Context, tx *sql.Tx, kind, other string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM audit_mark WHERE kind IN (?, ?)`, kind, other).Scan(&n)
	return n, err
}

// ready gives what is needed to sign: the key too, which is made where there is none that is this log's. anew: what was signed before does
// not count.
func (l *Log) ready(ctx context.Context, anew bool) (k kept, err error) {
	if k, err = l.kept(ctx); err != nil {
		return kept{}, err
	}
	var name string
	err = l.store.Write(ctx, func(tx *sql.Tx) (err error) {
		name, err = origin(ctx, tx)
		return err
	})
	if err != nil {
		return kept{}, err
	}
	if key, err := note.NewSigner(k.key); err == nil && key.Name() == name {
		return k, nil
	}
	if !anew { // a key that is another's is replaced only where that is known to be right
		err := l.read(ctx, func(tx *sql.Tx) error {
			size, err := stored{ctx, tx}.size()
			if err != nil {
				return err
			}
			return k.stands(ctx, tx, name, size)
		})
		if err != nil {
			return kept{}, err
		}
	}
	k.key, err = l.newKey(ctx, name, k.anchor == nil)
	if k.anchor == nil {
		k.begun = name
	}
	return k, err
}

// newKey makes a key, and is sure that it is kept. Another process may have made one meanwhile; they wait for one another here. isFirst:
// nothing was signed yet, which is written down before.
func (l *Log) newKey(ctx context.Context, origin string, isFirst bool) (string, error) {
	return ask(ctx, l, func() (secret string, err error) {
		err = store.Exclusive(filepath.Join(l.store.Dir(), "audit.lock"), func() error {
			secret, err = l.makeKey(origin, isFirst)
			return err
		})
		return secret, err
	})
}

func (l *Log) makeKey(origin string, isFirst bool) (string, error) {
	if secret, err := l.config.Secrets.Secret(SigningKey); err == nil {
		if key, err := note.NewSigner(secret); err == nil && key.Name() == origin {
			return secret, nil
		}
	}
	secret, err := generate(origin)
	if err != nil {
		return "", err
	}
	if isFirst {
		err = l.config.Secrets.SetSecret(AnchorSecret, begunWord+origin)
	}
	if err == nil {
		err = l.config.Secrets.SetSecret(SigningKey, secret)
	}
	if err != nil {
		return "", fmt.Errorf("%w: it cannot be stored: %w", ErrKey, err)
	}
	if is, err := l.config.Secrets.Secret(SigningKey); err != nil || is != secret {
		return "", errors.Join(fmt.Errorf("%w: it was stored, and is not there", ErrKey), err)
	}
	return secret, nil
}
