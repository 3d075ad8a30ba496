// Package draftbox keeps the drafts that are being written in caveat.db; they never leave the machine from here (RULES 21).
//
// A draft has a version, which counts its saves: who saves, deletes or sends must name the one that he has seen, so that two
// pages cannot overwrite each other unseen, and one draft cannot be sent twice. Sending takes the draft away in the
// transaction that queues the message (Take). Of what was sent or deleted id and version are remembered: a save that comes
// late never brings it back. Only the user does, by making a deleted draft anew (undo); its versions count on.
//
// Whether a label may be saved here is not judged (package api does, RULES 10). A Box is safe for concurrent use.
package draftbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"caveat/backend/draft"
	"caveat/backend/store"
)

// Sentinel errors.
var (
	// ErrGone: there is no such draft (any more): it was sent or deleted, or never saved.
	ErrGone = errors.New("draftbox: the draft is gone")
	// ErrChanged: the draft is there in another version than the one named.
	ErrChanged = errors.New("draftbox: the draft was changed elsewhere")
	// ErrID: not an id as the page makes them.
	ErrID = errors.New("draftbox: no id of a draft")
)

// changeKind is the kind under which changes of drafts are recorded.
const changeKind = "draft"

// idForm is what an id looks like; the page makes it, at random.
var idForm = regexp.MustCompile(`^[a-z0-9]{16,40}$`)

// Box is the drafts of one data directory.
type Box struct {
	store *store.Store
	now   func() time.Time
}

// New makes a Box on an open store; a nil now is time.Now.
func New(s *store.Store, now func() time.Time) *Box {
	if now == nil {
		now = time.Now
	}
	return &Box{store: s, now: now}
}

// Stored is one draft as it is kept.
type Stored struct {
	ID      string
	Version int64 // counts the saves, from 1
	Changed time.Time
	Content Content
	SavedAs string // the name that its last save gave itself; empty: none
	// Labelled is the last whole label that it had, which may have been taken off for a moment since; the zero Label: it had none.
	Labelled draft.Label
}

// Save keeps a draft. Version 0 makes it, also anew after it was deleted; any other must be the one that is kept. The answer's
// version is the one to name next: a new one also where nothing changed, so that a request to send that is still under way, and names
// the one before, can no longer succeed. Errors: ErrID; ErrChanged when another version is kept, or the draft exists and version is 0;
// ErrGone when it was sent, or is not there and version is not 0. Content that is too long is draft.ErrInvalid.
func (b *Box) Save(ctx context.Context, id string, version int64, c Content) (Stored, error) {
	return b.SaveAs(ctx, id, version, "", c)
}

// SaveAs is Save by somebody who names the save, so that a later one can say that it follows this one (Stored.SavedAs) without knowing
// its version: the answer may never have reached him.
func (b *Box) SaveAs(ctx context.Context, id string, version int64, name string, c Content) (Stored, error) {
	if !idForm.MatchString(id) {
		return Stored{}, fmt.Errorf("%w: %q: 16 to 40 small letters and digits", ErrID, id)
	}
	document := c.Canonical()
	if len(document) > draft.MaxSize {
		return Stored{}, fmt.Errorf("%w: the draft is longer than %d bytes", draft.ErrInvalid, draft.MaxSize)
	}
	out := Stored{ID: id, Changed: time.UnixMilli(b.now().UnixMilli()).UTC(), Content: c, SavedAs: name}
	err := b.store.Write(ctx, func(tx *sql.Tx) error {
		last, err := writable(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if err := b.keepVersion(ctx, tx, id, out.Changed); err != nil {
			return err
		}
		out.Version = last + 1
		_, err = tx.ExecContext(ctx, `INSERT INTO draft (id, version, content, changed, labelled, saved_as, chat_to) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
			ON CONFLICT (id) DO UPDATE SET version = ?2, content = ?3, changed = ?4, labelled = iif(?5 = '' AND gone = '', labelled, ?5), saved_as = ?6,
				gone = '', chat_to = ?7`,
			id, out.Version, string(document), out.Changed.UnixMilli(), wholeLabel(c.Label), name, chatTo(c.Draft))
		if err != nil {
			return err
		}
		return store.Changed(ctx, tx, changeKind, id)
	})
	if err != nil {
		return Stored{}, err
	}
	return out, nil
}

// What became of a draft that is not there any more.
const (
	sent    = "sent"
	deleted = "deleted"
)

// writable says whether a save may build on version, and which version was the last; 0 for a new draft.
func writable(ctx context.Context, tx *sql.Tx, id string, version int64) (last int64, err error) {
	last, gone, err := state(ctx, tx, id)
	if version == 0 && (errors.Is(err, sql.ErrNoRows) || err == nil && gone == deleted) {
		return last, nil
	}
	return last, named(id, version, last, gone, err)
}

// state reads the last version of a draft and what became of it; sql.ErrNoRows: there never was one.
func state(ctx context.Context, tx *sql.Tx, id string) (last int64, gone string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT version, gone FROM draft WHERE id = ?`, id).Scan(&last, &gone)
	return last, gone, err
}

// named holds a version that somebody names to what state found.
func named(id string, version, last int64, gone string, err error) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: %s was never saved", ErrGone, id)
	case err != nil:
		return err
	case gone != "":
		return fmt.Errorf("%w: %s was %s", ErrGone, id, gone)
	case last != version:
		return fmt.Errorf("%w: %s has version %d now, not %d: read it anew", ErrChanged, id, last, version)
	}
	return nil
}

// Take removes a draft that is sent, within the transaction that queues it, so that it is sent once. Errors: ErrGone,
// ErrChanged; the caller must then roll back.
func (b *Box) Take(ctx context.Context, tx *sql.Tx, id string, version int64) error {
	return b.remove(ctx, tx, id, version, sent)
}

// Delete removes a draft. Errors: ErrGone, ErrChanged.
func (b *Box) Delete(ctx context.Context, id string, version int64) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error { return b.DeleteIn(ctx, tx, id, version) })
}

// DeleteIn is Delete within a transaction that does more; with an error the caller must roll back.
func (b *Box) DeleteIn(ctx context.Context, tx *sql.Tx, id string, version int64) error {
	return b.remove(ctx, tx, id, version, deleted)
}

// Hold is nil while a draft is kept in that version, as a transaction sees it, else ErrGone or ErrChanged.
func (b *Box) Hold(ctx context.Context, tx *sql.Tx, id string, version int64) error {
	last, gone, err := state(ctx, tx, id)
	return named(id, version, last, gone, err)
}

func (b *Box) remove(ctx context.Context, tx *sql.Tx, id string, version int64, why string) error {
	last, gone, err := state(ctx, tx, id)
	if err := named(id, version, last, gone, err); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM draft_version WHERE draft = ?`, id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE draft SET content = '', labelled = '', chat_to = '', changed = ?, gone = ? WHERE id = ?`, b.now().UnixMilli(), why, id); err != nil {
		return err
	}
	return store.Changed(ctx, tx, changeKind, id)
}

// Get reads one draft; ErrGone when it is not there.
func (b *Box) Get(ctx context.Context, id string) (Stored, error) {
	s, err := scan(b.store.Reader().QueryRowContext(ctx, `SELECT id, version, content, changed, labelled, saved_as FROM draft WHERE id = ? AND gone = ''`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Stored{}, fmt.Errorf("%w: %s: it was sent or deleted, or never saved", ErrGone, id)
	}
	return s, err
}

// List reads all drafts, the newest change first.
func (b *Box) List(ctx context.Context) ([]Stored, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT id, version, content, changed, labelled, saved_as FROM draft WHERE gone = '' ORDER BY changed DESC, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Stored{}
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

func scan(row interface{ Scan(...any) error }) (Stored, error) {
	var s Stored
	var document, labelled string
	var changed int64
	if err := row.Scan(&s.ID, &s.Version, &document, &changed, &labelled, &s.SavedAs); err != nil {
		return Stored{}, err
	}
	s.Changed = time.UnixMilli(changed).UTC()
	var err error
	if s.Content, err = Parse([]byte(document)); err != nil {
		return Stored{}, fmt.Errorf("draftbox: draft %s in caveat.db cannot be read: %w", s.ID, err)
	}
	if labelled == "" {
		labelled = wholeLabel(s.Content.Label) // of a version from before that was kept
	}
	if labelled != "" {
		if err := s.Labelled.UnmarshalJSON([]byte(labelled)); err != nil {
			return Stored{}, fmt.Errorf("draftbox: the label of draft %s in caveat.db cannot be read: %w", s.ID, err)
		}
	}
	return s, nil
}
