package api

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// settingsChange says what is changed in the installation, for the log.
type settingsChange struct {
	Kind   settingsKind
	Name   string // of the section that is changed; "": there is but one
	Change settingsVerb
	What   string // in words, without secrets
}

// settingsKind is what is changed.
type settingsKind string

// The kinds.
const (
	kindDirectory settingsKind = "directory"
	kindPolicy    settingsKind = "policy"
	kindRule      settingsKind = "rule"
	kindThreshold settingsKind = "threshold"
	kindRuleSet   settingsKind = "rule-set"
	kindRoute     settingsKind = "route"
	kindAccount   settingsKind = "account"
	kindIdentity  settingsKind = "identity"
	kindSecret    settingsKind = "secret"
	kindBundle    settingsKind = "bundle" // all of it at once

	kindDefaultLabel settingsKind = "default-label"
)

// settingsVerb is what is done to it.
type settingsVerb string

// The verbs.
const (
	verbAdded      settingsVerb = "added"
	verbChanged    settingsVerb = "changed"
	verbRemoved    settingsVerb = "removed"
	verbPaused     settingsVerb = "paused"
	verbResumed    settingsVerb = "resumed"
	verbLoaded     settingsVerb = "loaded"
	verbPutInForce settingsVerb = "put-in-force"
	verbRolledBack settingsVerb = "rolled-back"

	verbLossConfirmed settingsVerb = "loss-confirmed" // of a directory's entries
)

// settingsEntry is the audit entry of a change to the installation.
type settingsEntry struct {
	What   string       `json:"what"`
	By     string       `json:"by"`
	Kind   settingsKind `json:"kind,omitempty"`
	Name   string       `json:"name,omitempty"`
	Change settingsVerb `json:"change,omitempty"`
	File   string       `json:"file,omitempty"`
	Before string       `json:"before,omitempty"` // the sections that are others afterwards, as they were; secrets are never in the file
	After  string       `json:"after,omitempty"`  // as they are
	Failed string       `json:"failed,omitempty"` // why a change that is in the log before this line was not made
}

// changeSettings changes the installation file, and is the only way in which operations and commands do. The audit entry is committed
// first, while the file is locked, and the file is written then, whole or not at all: what is not in the log does not happen. When the
// file cannot be written, a second entry says so, and a third what holds on. Only a crash between the two leaves an entry of a change
// that was not made; the next program that reads the file finds that, and writes it down (NoteRules). Running processes take the change
// up at once. A change that changes nothing is none. Errors: installation.ErrManaged, ErrInvalid, those of the change, of the store and
// of writing the file; after the file was written there are none.
func (s *Service) changeSettings(ctx context.Context, c settingsChange, change func(*installation.File) error) (*installation.Installation, error) {
	l := s.fileLog(ctx)
	return s.changeRecorded(ctx, c.Name, change, func(before, after installation.File, failed error) (string, any) {
		return audit.TypeSettings, l.entry(c, before, after, failed)
	})
}

// entry is the audit entry of a change; failed: why it was not made after all.
func (l fileLog) entry(c settingsChange, before, after installation.File, failed error) any {
	e := settingsEntry{What: c.What, By: l.by, Kind: c.Kind, Name: c.Name, Change: c.Change, File: l.path}
	e.Before, e.After = installation.Difference(before, after)
	if failed != nil {
		e.Failed = failed.Error()
		return e
	}
	return struct {
		settingsEntry
		fileDigests
	}{e, digestsOf(after)}
}

// entryOf makes the line of a change, and the one that says why it was not made after all; of no type: there is none.
type entryOf func(before, after installation.File, failed error) (typ string, data any)

// changeRecorded is changeSettings with lines of the caller's own. That of the change holds the file's digests.
func (s *Service) changeRecorded(ctx context.Context, name string, change func(*installation.File) error, entry entryOf) (*installation.Installation, error) {
	if s.in.Managed {
		return nil, s.managed()
	}
	var was, is installation.File
	recorded := false
	next, err := s.in.EditRecorded(change, func(before, after installation.File) error {
		if was, is = before, after; before.IsSame(after) {
			return errSame
		}
		err := s.recordEntry(ctx, before, after, entry)
		recorded = err == nil
		return err
	})
	switch {
	case errors.Is(err, errSame):
		return s.in, nil
	case err != nil && recorded:
		return nil, errors.Join(err, s.recordFailed(context.WithoutCancel(ctx), was, is, err, entry))
	case err != nil:
		return nil, err
	}
	s.tellInstallation(ctx, name)
	return next, nil
}

// recordEntry writes a change down, and first what was changed before by other means: it must not slip in with the change.
func (s *Service) recordEntry(ctx context.Context, before, after installation.File, entry entryOf) error {
	_, digest, err := s.in.OnDisk()
	if err != nil {
		return err
	}
	l := s.fileLog(ctx)
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		if err := l.found(ctx, tx, before, digest); err != nil {
			return err
		}
		typ, data := entry(before, after, nil)
		return l.append(ctx, tx, typ, data, after)
	})
}

// recordFailed writes down that a change was not made after all, and what holds on.
func (s *Service) recordFailed(ctx context.Context, before, after installation.File, failed error, entry entryOf) error {
	typ, data := entry(before, after, failed)
	if typ == "" {
		return s.noteRules(ctx)
	}
	err := s.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, typ, data)
		return err
	})
	return errors.Join(err, s.noteRules(ctx))
}

// tellInstallation tells running programs that the installation file is another one. Who cannot be told takes it up when he is started
// again: what was changed is changed all the same, so that it is no error.
func (s *Service) tellInstallation(ctx context.Context, name string) {
	tellInstallation(ctx, s.store, name)
}

func tellInstallation(ctx context.Context, st *store.Store, name string) {
	ctx = context.WithoutCancel(ctx)
	err := st.Write(ctx, func(tx *sql.Tx) error { return store.Changed(ctx, tx, ChangeInstallation, name) })
	if err != nil {
		slog.Warn("running programs are not told that the installation is another one: start them again", "error", err)
	}
}
