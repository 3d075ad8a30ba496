package audit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"caveat/backend/store"
)

// SigningKey is the name of the secret with which checkpoints are signed.
const SigningKey = "audit-signing-key"

// Secrets keeps the key that signs. Implementations are safe for concurrent use.
type Secrets interface {
	// Secret gives a secret; an error when there is none of that name, or it cannot be read.
	Secret(name string) (string, error)
	// SetSecret stores a secret. It must fail where those that are stored cannot be read.
	SetSecret(name, value string) error
}

// keyEntry is what a key line says.
type keyEntry struct {
	Key      string `json:"key"`                // the public key, as package note writes it
	Replaces string `json:"replaces,omitempty"` // the key before, which is not to be had any more
}

// generate makes a key that signs.
func generate(origin string) (secret string, err error) {
	if secret, _, err = note.GenerateKey(rand.Reader, origin); err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return secret, nil
}

// signer gives the key that signs. Its public half is a line of the log before anything is signed.
func (k kept) signer(ctx context.Context, tx *sql.Tx, origin string) (note.Signer, error) {
	key, err := note.NewSigner(k.key)
	if err == nil && key.Name() != origin {
		err = fmt.Errorf("it is that of %s", key.Name())
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	public, err := publicKey(k.key)
	if err != nil {
		return nil, err
	}
	return key, tell(ctx, tx, public)
}

// tell writes the public key into the log, unless it is the one that the log knows.
func tell(ctx context.Context, tx *sql.Tx, public string) error {
	known, err := keysOf(ctx, tx)
	if err != nil {
		return err
	}
	entry := keyEntry{Key: public}
	if n := len(known.all); n > 0 {
		last := known.all[n-1]
		if last.text == public {
			return nil
		}
		entry.Replaces = last.id()
	}
	seq, err := Append(ctx, tx, TypeKey, entry)
	if err != nil {
		return err
	}
	return mark(ctx, tx, markKey, seq, 0)
}

// keysOf reads the keys that the log names, oldest first.
func keysOf(ctx context.Context, tx *sql.Tx) (keys Keys, err error) {
	at, err := store.Column[int64](ctx, tx, `SELECT seq FROM audit_mark WHERE kind = ? ORDER BY seq`, markKey)
	if err != nil {
		return Keys{}, err
	}
	for _, seq := range at {
		var e keyEntry
		if err := Line(ctx, tx, seq, &e); err != nil {
			return Keys{}, err
		}
		if keys, err = keys.with(e.Key); err != nil {
			return Keys{}, fmt.Errorf("%w: line %d: %w", ErrTampered, seq, err)
		}
	}
	return keys, nil
}

// Key is the public key by which the newest checkpoints are verified, in its written form; "" before the first one.
func (l *Log) Key(ctx context.Context) (key string, err error) {
	var seq int64
	err = l.store.Reader().QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit_mark WHERE kind = ?`, markKey).Scan(&seq)
	if err != nil || seq == 0 {
		return "", err
	}
	var e keyEntry
	if err := Line(ctx, l.store.Reader(), seq, &e); err != nil {
		return "", err
	}
	return e.Key, nil
}
