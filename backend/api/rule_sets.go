package api

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"caveat/backend/audit"
	"caveat/backend/installation"
)

// rulesSwitched is the audit entry of a switch of sets (RULES 14).
type rulesSwitched struct {
	By     string   `json:"by"`
	File   string   `json:"file"`
	Before []string `json:"before"` // sets that were active
	After  []string `json:"after"`
	// What belongs to sets that are switched on now and were not before, and the other way round; each with its times.
	On  switchedRules `json:"on"`
	Off switchedRules `json:"off"`
	// Rules is installation.File.RulesDigest of the file with the switch made.
	Rules string `json:"rules"`
}

type switchedRules struct {
	Rules      []RuleDocument  `json:"rules"`
	Thresholds []ThresholdRule `json:"thresholds"`
}

// installationChanged is the audit entry of a file that was found with other rules or active sets than the log knew.
type installationChanged struct {
	What      string   `json:"what"` // installation changed
	NoticedBy string   `json:"noticedBy"`
	File      string   `json:"file"`
	SHA256    string   `json:"sha256"` // of the file
	Active    []string `json:"active"` // sets
	Rules     string   `json:"rules"`  // as in rulesSwitched
}

// errSame ends an edit that would change nothing.
var errSame = errors.New("api: nothing to change")

// SwitchRules makes exactly these sets of rules the active ones, in the installation file; running programs take them up at once.
// Errors: installation.ErrNoRuleSet, ErrManaged and those of Edit.
//
// The audit entry is committed first, while the file is locked, and the file is written then: what is not in the log does not happen.
// When the file cannot be written, a second entry says what holds on. Only a crash between the two leaves an entry of a switch that
// was not made; the next program that reads the file finds that, and writes it down (NoteRules).
func (s *Service) SwitchRules(ctx context.Context, sets []string) (RulesDocument, error) {
	if s.in.Managed {
		return RulesDocument{}, s.managed()
	}
	recorded := false
	var now installation.File
	_, err := s.in.Edit(func(f *installation.File) error {
		before := *f
		if err := f.SwitchRuleSets(sets); err != nil {
			return err
		}
		if now = *f; f.RulesDigest() == before.RulesDigest() {
			return errSame
		}
		err := s.recordSwitch(ctx, before, *f)
		recorded = err == nil
		return err
	})
	switch {
	case errors.Is(err, errSame):
		return s.rulesOf(ctx, now), nil
	case err != nil && recorded:
		return RulesDocument{}, errors.Join(err, s.noteRules(context.WithoutCancel(ctx)))
	case err != nil:
		return RulesDocument{}, err
	}
	return s.rulesOf(ctx, now), s.tellInstallation(ctx, "rules")
}

// recordSwitch writes down that sets are switched. What was changed before by other means is written down first: it must not slip in
// with the switch.
func (s *Service) recordSwitch(ctx context.Context, before, after installation.File) error {
	_, digest, err := s.in.OnDisk()
	if err != nil {
		return err
	}
	e := rulesSwitched{
		By: s.caller(ctx).User, File: s.in.Path, Before: notNil(before.Check.ActiveRuleSets), After: notNil(after.Check.ActiveRuleSets),
		On: s.gained(ctx, before, after), Off: s.gained(ctx, after, before), Rules: after.RulesDigest(),
	}
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		if err := s.recordChanged(ctx, tx, before, digest); err != nil {
			return err
		}
		return appendRules(ctx, tx, audit.TypeRules, e)
	})
}

// gained lists what belongs to the sets that are active in one file and not in the other.
func (s *Service) gained(ctx context.Context, before, after installation.File) switchedRules {
	all := s.rulesOf(ctx, after)
	isNew := func(set string) bool { return !before.IsActive(set) && after.IsActive(set) }
	return switchedRules{
		Rules:      slices.DeleteFunc(all.Rules, func(r RuleDocument) bool { return !isNew(r.Set) }),
		Thresholds: slices.DeleteFunc(all.Thresholds, func(t ThresholdRule) bool { return !isNew(t.Set) }),
	}
}

// NoteRules writes down, once, that the installation file has other rules or active sets than the audit log knows: somebody changed
// it by other means than a switch. Who loads the file calls it. Errors: those of the store, and of reading the file.
func (s *Service) NoteRules(ctx context.Context) error {
	known, err := knownRules(ctx, s.store.Reader())
	if err != nil || known == s.in.File.RulesDigest() {
		return err
	}
	return s.noteRules(ctx)
}

// noteRules is NoteRules with the file as it is now: a switch that is under way is waited for, and is none of its business.
func (s *Service) noteRules(ctx context.Context) error {
	return s.in.Locked(func() error {
		f, digest, err := s.in.OnDisk()
		if err != nil {
			return err
		}
		return s.store.Write(ctx, func(tx *sql.Tx) error { return s.recordChanged(ctx, tx, f, digest) })
	})
}

// recordChanged writes down that a file has other rules than the log knows, unless it has the same.
func (s *Service) recordChanged(ctx context.Context, tx *sql.Tx, f installation.File, digest string) error {
	known, err := knownRules(ctx, tx)
	if err != nil || known == f.RulesDigest() {
		return err
	}
	return appendRules(ctx, tx, audit.TypeChanged, installationChanged{
		What: "installation changed", NoticedBy: s.caller(ctx).User, File: s.in.Path, SHA256: digest,
		Active: notNil(f.Check.ActiveRuleSets), Rules: f.RulesDigest(),
	})
}

// appendRules adds a line to the log that says which rules are in force, and remembers its number.
func appendRules(ctx context.Context, tx *sql.Tx, typ string, data any) error {
	seq, err := audit.Append(ctx, tx, typ, data)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO rules_logged (only, audit_seq) VALUES (1, ?1)
		ON CONFLICT (only) DO UPDATE SET audit_seq = ?1`, seq)
	return err
}

// knownRules is the digest of the rules that the log knows to be in force; "", which is none, when its line was altered.
func knownRules(ctx context.Context, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (string, error) {
	var seq int64
	err := q.QueryRowContext(ctx, `SELECT audit_seq FROM rules_logged`).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return installation.File{}.RulesDigest(), nil
	}
	if err != nil {
		return "", err
	}
	var e struct {
		Rules string `json:"rules"`
	}
	if err := audit.Line(ctx, q, seq, &e); err != nil && !errors.Is(err, audit.ErrTampered) {
		return "", err
	}
	return e.Rules, nil
}
