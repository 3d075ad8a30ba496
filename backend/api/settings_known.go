package api

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"caveat/backend/audit"
	"caveat/backend/installation"
)

// installationChanged is the audit entry of a file that was found to be another one than the log knew.
type installationChanged struct {
	What      string   `json:"what"` // foundChanged, foundFirst
	NoticedBy string   `json:"noticedBy"`
	File      string   `json:"file"`
	SHA256    string   `json:"sha256"`           // of the file, byte for byte
	Active    []string `json:"active"`           // sets
	Before    string   `json:"before,omitempty"` // as in settingsEntry
	After     string   `json:"after,omitempty"`
	Note      string   `json:"note,omitempty"`
	fileDigests
}

// What is said of a file that was found.
const (
	foundChanged = "installation changed"
	foundFirst   = "installation written down for the first time"
)

// fileDigests are in each line that says what the installation file says from here on.
type fileDigests struct {
	Rules   string `json:"rules"`   // installation.File.RulesDigest
	Content string `json:"content"` // SHA-256 of installation.File.Recorded
}

func digestsOf(f installation.File) fileDigests {
	text, err := f.Recorded()
	if err != nil {
		return fileDigests{Rules: f.RulesDigest()} // which no file has: it is looked at again
	}
	return fileDigests{f.RulesDigest(), contentDigest(text)}
}

func contentDigest(recorded string) string {
	sum := sha256.Sum256([]byte(recorded))
	return hex.EncodeToString(sum[:])
}

// fileLog is what the log says of an installation file: who loads or changes it writes down what it has become.
type fileLog struct {
	path string
	by   string // who does it, or notices
}

func (s *Service) fileLog(ctx context.Context) fileLog {
	return fileLog{s.in.Path, s.caller(ctx).User}
}

// NoteRules writes down, once, that the installation file is another one than the audit log knows, its rules and active sets among it:
// somebody changed it by other means than this program, the only ones by which a machine-wide file is changed. Who loads the file calls
// it; running programs are told. Errors: those of the store, and of reading the file.
func (s *Service) NoteRules(ctx context.Context) error {
	known, err := knownFile(ctx, s.store.Reader())
	if err != nil || known.is(s.in.File) {
		return err
	}
	if err := s.noteRules(ctx); err != nil || known.isFirst {
		return err
	}
	s.tellInstallation(ctx, "") // who works by the former one may clear nothing any more
	return nil
}

// noteRules is NoteRules with the file as it is now: a change that is under way is waited for, and is none of its business.
func (s *Service) noteRules(ctx context.Context) error {
	return s.in.Locked(func() error {
		f, digest, err := s.in.OnDisk()
		if err != nil {
			return err
		}
		return s.store.Write(ctx, func(tx *sql.Tx) error { return s.fileLog(ctx).found(ctx, tx, f, digest) })
	})
}

// found writes down that a file says something else than the log knows, unless it says the same. digest is that of its bytes.
func (l fileLog) found(ctx context.Context, tx *sql.Tx, f installation.File, digest string) error {
	known, err := knownFile(ctx, tx)
	if err != nil || known.is(f) {
		return err
	}
	e := installationChanged{
		What: foundChanged, NoticedBy: l.by, File: l.path, SHA256: digest, Active: notNil(f.Check.ActiveRuleSets), fileDigests: digestsOf(f),
	}
	switch before, err := installation.ParseFile([]byte(known.recorded)); {
	case known.isFirst:
		e.What = foundFirst
		_, e.After = installation.Difference(installation.File{}, f)
	case known.isAltered || err != nil:
		e.Note = "what it said before is not known: what was kept of it was altered"
		_, e.After = installation.Difference(installation.File{}, f)
	default:
		if e.Before, e.After = installation.Difference(before, f); e.Before == "" && e.After == "" {
			e.Note = "no section is another one"
		}
	}
	return l.append(ctx, tx, audit.TypeChanged, e, f)
}

// append adds a line to the log that holds the digests of a file, and remembers its number and what the file says.
func (l fileLog) append(ctx context.Context, tx *sql.Tx, typ string, data any, f installation.File) error {
	text, err := f.Recorded()
	if err != nil {
		return err
	}
	seq, err := audit.Append(ctx, tx, typ, data)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO installation_logged (only, audit_seq, recorded) VALUES (1, ?1, ?2)
		ON CONFLICT (only) DO UPDATE SET audit_seq = ?1, recorded = ?2`, seq, text)
	return err
}

// known is what the log knows of the installation file.
type known struct {
	recorded  string
	isFirst   bool // nothing
	isAltered bool // its line, or what was kept beside it
}

// is reports that a file says what the log knows.
func (k known) is(f installation.File) bool {
	text, err := f.Recorded()
	return err == nil && !k.isFirst && !k.isAltered && text == k.recorded
}

// querier is a transaction, or the store outside one.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func knownFile(ctx context.Context, q querier) (known, error) {
	var k known
	var seq int64
	err := q.QueryRowContext(ctx, `SELECT audit_seq, recorded FROM installation_logged`).Scan(&seq, &k.recorded)
	if errors.Is(err, sql.ErrNoRows) {
		return known{isFirst: true}, nil
	}
	if err != nil {
		return known{}, err
	}
	var e fileDigests
	if err := audit.Line(ctx, q, seq, &e); err != nil && !errors.Is(err, audit.ErrTampered) {
		return known{}, fmt.Errorf("what the log knows of the installation file: %w", err)
	}
	k.isAltered = e.Content != contentDigest(k.recorded)
	return k, nil
}
