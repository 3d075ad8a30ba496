package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"caveat/backend/store"
)

// Log is the audit log of one data directory, with the key that signs its checkpoints. It is safe for concurrent use.
type Log struct {
	store  *store.Store
	config Config
	// examined is a database that is only looked at, in place of store; nil: there is none.
	examined *sql.DB

	began     time.Time     // when it was made
	asking    chan struct{} // held by who asks the secrets
	first     chan struct{} // closed when the first attempt to take a checkpoint away has ended
	firstOnce sync.Once

	mu      sync.Mutex
	running bool     // Run goes on
	tried   bool     // an attempt was made for somebody who was about to send
	altered error    // that somebody found it so; nil: nobody did
	failed  error    // why no checkpoint could be made at last
	taken   []string // what was found taken away where checkpoints go, in sentences
	// unwritten is why nothing could be written at last.
	unwritten error
}

// Config is what a Log needs of the rest of the program.
type Config struct {
	// Secrets keeps the key that signs; nil: nothing is signed.
	Secrets Secrets
	// SecretTime is how long the secrets may take; 0: DefaultSecretTime.
	SecretTime time.Duration
	// Ways by which checkpoints leave the machine, each of another name.
	Ways []Way
	// Every is how often; 0: DefaultEvery.
	Every time.Duration
	// Required: nothing may be sent when by one of the ways nothing could leave for so long; 0: that is only told.
	Required time.Duration
	// Now; nil: time.Now.
	Now func() time.Time
}

// New makes a Log. It does nothing until it is asked.
func New(s *store.Store, c Config) *Log {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Every <= 0 {
		c.Every = DefaultEvery
	}
	if c.SecretTime <= 0 {
		c.SecretTime = DefaultSecretTime
	}
	return &Log{store: s, config: c, began: c.Now(), asking: make(chan struct{}, 1), first: make(chan struct{})}
}

// Append adds one line in a transaction of its own: see the function of that name.
func (l *Log) Append(ctx context.Context, typ string, data any) error {
	return l.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := Append(ctx, tx, typ, data)
		return err
	})
}

// Sentinel errors of a Log.
var (
	// ErrNoLine: the log has no line of that number.
	ErrNoLine = errors.New("audit: no such line")
	// ErrKey: the key that signs checkpoints cannot be had.
	ErrKey = errors.New("audit: no key to sign checkpoints with")
)

// checkpointEntry is what a checkpoint line says; all of it is empty where nothing is signed.
type checkpointEntry struct {
	Size     int64  `json:"size,omitempty"`     // lines before it
	Root     string `json:"root,omitempty"`     // of the tree over them
	Note     string `json:"note,omitempty"`     // the signed note that says both
	Unsigned string `json:"unsigned,omitempty"` // why there is none
}

// Kinds of marks.
const (
	markKey        = "key"
	markCheckpoint = "checkpoint"
	markRestored   = "restored" // the log was brought back from a backup
	markAnew       = "anew"     // a new series of checkpoints begins
)

func mark(ctx context.Context, tx *sql.Tx, kind string, seq, size int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit_mark (seq, kind, size) VALUES (?, ?, ?)`, seq, kind, size)
	return err
}

// Checkpoint adds a line with a signed checkpoint of all lines before it. Errors: ErrKey; ErrTampered, when the log does not hold together or
// no longer holds what the checkpoint before says, or what AnchorSecret says that was signed last, which is then not signed; those of the
// database.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	c, _, err := l.checkpoint(ctx)
	return c, err
}

func (l *Log) checkpoint(ctx context.Context) (c Checkpoint, seq int64, err error) {
	k, err := l.ready(ctx, false)
	if err != nil {
		return Checkpoint{}, 0, err
	}
	if err := grow(ctx, l.store); err != nil {
		return Checkpoint{}, 0, err
	}
	err = l.store.Write(ctx, func(tx *sql.Tx) error {
		if err := l.stands(ctx, tx, k); err != nil {
			return err
		}
		c, seq, err = l.checkpointIn(ctx, tx, k)
		return err
	})
	if err != nil {
		return Checkpoint{}, 0, err
	}
	return c, seq, l.keep(ctx, c)
}

// stands holds all lines to the checkpoint before, and to what was signed last.
func (l *Log) stands(ctx context.Context, tx *sql.Tx, k kept) error {
	name, err := origin(ctx, tx)
	if err != nil {
		return err
	}
	t, err := wholeTree(ctx, tx)
	if err != nil {
		return err
	}
	if err := continues(ctx, tx, t.size); err != nil {
		return err
	}
	return k.stands(ctx, tx, name, t.size)
}

// checkpointIn signs all lines that are there.
func (l *Log) checkpointIn(ctx context.Context, tx *sql.Tx, k kept) (c Checkpoint, seq int64, err error) {
	if c.Origin, err = origin(ctx, tx); err != nil {
		return Checkpoint{}, 0, err
	}
	key, err := k.signer(ctx, tx, c.Origin)
	if err != nil {
		return Checkpoint{}, 0, err
	}
	t, err := wholeTree(ctx, tx)
	if err != nil {
		return Checkpoint{}, 0, err
	}
	if _, c.Head, err = readLineAt(ctx, tx, t.size); err != nil {
		return Checkpoint{}, 0, err
	}
	c.Size, c.Root, c.Time = t.size, t.root(), l.config.Now().UTC().Truncate(time.Second)
	if c, err = c.sign(key); err != nil {
		return Checkpoint{}, 0, err
	}
	if seq, err = Append(ctx, tx, TypeCheckpoint, checkpointEntry{Size: c.Size, Root: c.Root.String(), Note: c.Note}); err != nil {
		return Checkpoint{}, 0, err
	}
	return c, seq, mark(ctx, tx, markCheckpoint, seq, c.Size)
}

// origin names the log; one that is empty gets its first line.
func origin(ctx context.Context, tx *sql.Tx) (string, error) {
	var newest int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit`).Scan(&newest); err != nil {
		return "", err
	}
	if newest == 0 {
		if _, err := insert(ctx, tx, 1, genesis, TypeHeader, map[string]string{"format": Format}); err != nil {
			return "", err
		}
	}
	_, hash, err := readLineAt(ctx, tx, 1)
	if err != nil {
		return "", err
	}
	return originOf(hash)
}

// wholeTree takes the lines that are left into the tree.
func wholeTree(ctx context.Context, tx *sql.Tx) (t tree, err error) {
	for more := true; more; {
		if t, more, err = growIn(ctx, tx); err != nil {
			return tree{}, err
		}
	}
	return t, nil
}

// continues holds the tree to the checkpoint before: somebody who writes lines and tree anew must not have it signed.
func continues(ctx context.Context, tx *sql.Tx, size int64) error {
	before, _, err := newest(ctx, tx, 0)
	if errors.Is(err, errNone) {
		return nil
	}
	if err != nil {
		return err
	}
	return holds(ctx, tx, before, size)
}

// holds is ErrTampered when a log of some lines is not what the checkpoint says that it was.
func holds(ctx context.Context, tx *sql.Tx, c Checkpoint, size int64) error {
	if c.Size > size {
		return fmt.Errorf("%w: the checkpoint of %s has %d lines, and there are %d", ErrTampered, moment(c.Time), c.Size, size)
	}
	root, err := tlog.TreeHash(c.Size, stored{ctx, tx})
	if err != nil {
		return err
	}
	if root != c.Root {
		return fmt.Errorf("%w: it is not what the checkpoint of %s says of its first %d lines", ErrTampered, moment(c.Time), c.Size)
	}
	return nil
}

// moment is a time for people.
func moment(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04Z") }

// errNone: there is no checkpoint yet.
var errNone = errors.New("audit: no checkpoint")

// newest reads the newest signed checkpoint of at least some lines, and the key that signed it; errNone.
func newest(ctx context.Context, tx *sql.Tx, size int64) (c Checkpoint, key string, err error) {
	var seq int64
	err = tx.QueryRowContext(ctx, `SELECT seq FROM audit_mark WHERE kind = ? AND size >= ? ORDER BY seq DESC LIMIT 1`, markCheckpoint, size).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return Checkpoint{}, "", errNone
	}
	if err != nil {
		return Checkpoint{}, "", err
	}
	keys, err := keysOf(ctx, tx)
	if err != nil {
		return Checkpoint{}, "", err
	}
	var e checkpointEntry
	if err := Line(ctx, tx, seq, &e); err != nil {
		return Checkpoint{}, "", err
	}
	if c, err = openNote([]byte(e.Note), keys); err != nil {
		return Checkpoint{}, "", fmt.Errorf("%w: line %d: %w", ErrTampered, seq, err)
	}
	half, _ := keys.find(c.Key)
	return c, half.text, nil
}
