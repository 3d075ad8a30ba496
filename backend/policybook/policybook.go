// Package policybook keeps every version of a security policy that was loaded, so that one can be looked at before it is put in force,
// and an earlier one put in force again. The documents lie in DATA/policies, each under the SHA-256 of its bytes, beside the
// installation file, which names the ones that are in force; this package never changes that file. What is known of each version is in
// caveat.db. A Book is safe for concurrent use.
package policybook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"caveat/backend/audit"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// Sentinel errors.
var (
	// ErrUnknown: no version of that SHA-256 was loaded.
	ErrUnknown = errors.New("policybook: unknown version")
	// ErrAltered: the document that is kept is not the one that was loaded.
	ErrAltered = errors.New("policybook: the kept policy was altered")
	// ErrMany: there are as many versions as are kept.
	ErrMany = errors.New("policybook: too many versions")
)

// ChangeKind is the kind under which changes are recorded.
const ChangeKind = "policy"

// maxVersions is how many versions are kept.
const maxVersions = 1000

// Book is the versions of one data directory.
type Book struct {
	store *store.Store
	now   func() time.Time
}

// New makes a Book on an open store; a nil now is time.Now.
func New(s *store.Store, now func() time.Time) *Book {
	if now == nil {
		now = time.Now
	}
	return &Book{store: s, now: now}
}

// Version is what is known of one version.
type Version struct {
	SHA256     string // of the document, lower-case hexadecimal digits
	Name, ID   string // of the policy
	Version    int
	Loaded     time.Time
	LoadedBy   string
	Warnings   int // of lint, when it was loaded
	Notes      int
	Acceptance string    // who accepted it without a verified signature, when and why (RULES 17); "": nobody yet
	Used       time.Time // when it was last put in force; zero: never
	UsedBy     string
}

// Path is where the document of a version lies, relative to the data directory.
func Path(sum string) string { return filepath.Join("policies", sum+".xml") }

func (b *Book) file(sum string) string { return filepath.Join(b.store.Dir(), Path(sum)) }

// Load keeps a document; entry is written into the audit log in the same transaction, where it is not nil. One that is kept already is
// answered as it is, and nothing is logged: added is false. p is what spif.Parse made of the document. Errors: ErrMany, those of the
// store and of writing a file.
func (b *Book) Load(ctx context.Context, p *spif.Policy, document []byte, v Version, entry any) (out Version, added bool, err error) {
	if sum := sha256.Sum256(document); hex.EncodeToString(sum[:]) != p.SHA256() {
		panic("policybook: internal error: another policy than the document")
	}
	if err := b.hasRoom(ctx, p.SHA256()); err != nil { // before the file: nobody would take it away again
		return Version{}, false, err
	}
	// The file is there before its row: a row without a file would be a version that cannot be had.
	if err := os.MkdirAll(filepath.Join(b.store.Dir(), "policies"), 0o700); err != nil {
		return Version{}, false, err
	}
	if err := store.WriteFile(b.file(p.SHA256()), document); err != nil {
		return Version{}, false, err
	}
	err = b.store.Write(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM policy_version WHERE sha256 <> ?`, p.SHA256()).Scan(&n); err != nil {
			return err
		}
		if n >= maxVersions {
			return fmt.Errorf("%w: %d are kept", ErrMany, n)
		}
		r, err := tx.ExecContext(ctx, `INSERT INTO policy_version (sha256, name, id, version, loaded, loaded_by, warnings, notes, acceptance)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			p.SHA256(), p.Name(), p.ID(), p.Version(), b.now().UnixMilli(), v.LoadedBy, v.Warnings, v.Notes, v.Acceptance)
		if err != nil {
			return err
		}
		rows, err := r.RowsAffected()
		if added = rows > 0; err != nil || !added {
			return err
		}
		if entry != nil {
			if _, err := audit.Append(ctx, tx, audit.TypeSettings, entry); err != nil {
				return err
			}
		}
		return store.Changed(ctx, tx, ChangeKind, p.SHA256())
	})
	if err != nil {
		return Version{}, false, err
	}
	out, err = b.Get(ctx, p.SHA256())
	return out, added, err
}

// hasRoom is ErrMany where as many versions are kept as may be, and this is none of them. Load asks again when it writes.
func (b *Book) hasRoom(ctx context.Context, sum string) error {
	var n int
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT count(*) FROM policy_version WHERE sha256 <> ?`, sum).Scan(&n); err != nil {
		return err
	}
	if n >= maxVersions {
		return fmt.Errorf("%w: %d are kept", ErrMany, n)
	}
	return nil
}

// sumForm is what a SHA-256 looks like; nothing else becomes part of a path.
var sumForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

const columns = `SELECT v.sha256, v.name, v.id, v.version, v.loaded, v.loaded_by, v.warnings, v.notes, v.acceptance, coalesce(u.at, 0), coalesce(u.by_user, '')
	FROM policy_version v LEFT JOIN policy_use u ON u.seq = (SELECT max(seq) FROM policy_use WHERE sha256 = v.sha256)`

// Get is one version; ErrUnknown.
func (b *Book) Get(ctx context.Context, sum string) (Version, error) {
	v, err := scan(b.store.Reader().QueryRowContext(ctx, columns+` WHERE v.sha256 = ?`, sum))
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, fmt.Errorf("%w: %s", ErrUnknown, sum)
	}
	return v, err
}

// Find is the one version whose SHA-256 begins with some digits, at least four; ErrUnknown where there is none, or several.
func (b *Book) Find(ctx context.Context, digits string) (Version, error) {
	all, err := b.List(ctx)
	if err != nil {
		return Version{}, err
	}
	var found []Version
	for _, v := range all {
		if len(digits) >= 4 && len(digits) <= len(v.SHA256) && v.SHA256[:len(digits)] == digits {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return Version{}, fmt.Errorf("%w: %d versions begin with %q: name one by its SHA-256, or the first digits of it, at least four", ErrUnknown, len(found), digits)
	}
	return found[0], nil
}

// List is all versions, by policy, the newest of each first.
func (b *Book) List(ctx context.Context) ([]Version, error) {
	rows, err := b.store.Reader().QueryContext(ctx, columns+` ORDER BY v.name, v.id, v.version DESC, v.loaded DESC, v.sha256`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Version{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

func scan(row interface{ Scan(...any) error }) (Version, error) {
	var v Version
	var loaded, used int64
	if err := row.Scan(&v.SHA256, &v.Name, &v.ID, &v.Version, &loaded, &v.LoadedBy, &v.Warnings, &v.Notes, &v.Acceptance, &used, &v.UsedBy); err != nil {
		return Version{}, err
	}
	v.Loaded = time.UnixMilli(loaded).UTC()
	if used > 0 {
		v.Used = time.UnixMilli(used).UTC()
	}
	return v, nil
}

// Document reads a version's document and holds it to its SHA-256. Errors: ErrUnknown, ErrAltered, those of reading a file.
func (b *Book) Document(ctx context.Context, sum string) ([]byte, *spif.Policy, error) {
	if !sumForm.MatchString(sum) {
		return nil, nil, fmt.Errorf("%w: %q is no SHA-256", ErrUnknown, sum)
	}
	if _, err := b.Get(ctx, sum); err != nil {
		return nil, nil, err
	}
	data, err := os.ReadFile(b.file(sum))
	if err != nil {
		return nil, nil, err
	}
	if have := sha256.Sum256(data); hex.EncodeToString(have[:]) != sum {
		return nil, nil, fmt.Errorf("%w: %s: load it again", ErrAltered, b.file(sum))
	}
	p, err := spif.Parse(bytes.NewReader(data))
	return data, p, err
}

// Put notes that a version was put in force now. accepted, where it is not empty, is who accepted it (RULES 17).
func (b *Book) Put(ctx context.Context, sum, by, accepted string) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO policy_use (sha256, at, by_user) VALUES (?, ?, ?)`, sum, b.now().UnixMilli(), by); err != nil {
			return err
		}
		if accepted != "" {
			if _, err := tx.ExecContext(ctx, `UPDATE policy_version SET acceptance = ? WHERE sha256 = ?`, accepted, sum); err != nil {
				return err
			}
		}
		return store.Changed(ctx, tx, ChangeKind, sum)
	})
}
