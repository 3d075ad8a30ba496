package api

import (
	"context"
	"database/sql"
	"errors"

	"caveat/backend/audit"
	"caveat/backend/installation"
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
	kindCA        settingsKind = "ca"
	kindSystem    settingsKind = "system"
	kindAudit     settingsKind = "audit"
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
// file cannot be written, a second entry says so. Running processes take the change up at once. A change that changes nothing is none.
// Errors: installation.ErrManaged, ErrInvalid, those of the change, of the store and of writing the file.
func (s *Service) changeSettings(ctx context.Context, c settingsChange, change func(*installation.File) error) (*installation.Installation, error) {
	if s.in.Managed {
		return nil, s.managed()
	}
	e := settingsEntry{What: c.What, By: s.caller(ctx).User, Kind: c.Kind, Name: c.Name, Change: c.Change, File: s.in.Path}
	recorded := false
	next, err := s.in.EditRecorded(change, func(before, after installation.File) error {
		if e.Before, e.After = installation.Difference(before, after); e.Before == e.After {
			return errSame
		}
		err := s.recordEntry(ctx, e, before, after)
		recorded = err == nil
		return err
	})
	switch {
	case errors.Is(err, errSame):
		return s.in, nil
	case err != nil && recorded:
		e.Failed = err.Error()
		return nil, errors.Join(err, s.recordFailed(context.WithoutCancel(ctx), e))
	case err != nil:
		return nil, err
	}
	return next, s.tellInstallation(ctx, c.Name)
}

// recordEntry writes a change down, and first what was changed before by other means: it must not slip in with the change. Where rules
// are others afterwards it is the line that says which are in force.
func (s *Service) recordEntry(ctx context.Context, e settingsEntry, before, after installation.File) error {
	_, digest, err := s.in.OnDisk()
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		if err := s.recordChanged(ctx, tx, before, digest); err != nil {
			return err
		}
		if before.RulesDigest() == after.RulesDigest() {
			_, err := audit.Append(ctx, tx, audit.TypeSettings, e)
			return err
		}
		return appendRules(ctx, tx, audit.TypeSettings, struct {
			settingsEntry
			Rules string `json:"rules"` // as in rulesSwitched
		}{e, after.RulesDigest()})
	})
}

// recordFailed writes down that a change was not made after all, and which rules hold on.
func (s *Service) recordFailed(ctx context.Context, e settingsEntry) error {
	err := s.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeSettings, e)
		return err
	})
	return errors.Join(err, s.noteRules(ctx))
}
