package api

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"sync"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/presend"
)

// systemHighError is an ErrSystemHigh that names the label, for the audit log.
type systemHighError struct {
	error
	whose   string // the label of what
	marking string
}

func (e systemHighError) Unwrap() error { return e.error }

// refusal is the audit entry of a label that the installation may not hold, or of an operation that the caller's roles do not allow.
type refusal struct {
	Rule      string `json:"rule"`                // system-high, role
	At        string `json:"at,omitempty"`        // save, check, attach
	Draft     string `json:"draft,omitempty"`     // id of the stored draft; empty: it has none
	Whose     string `json:"whose,omitempty"`     // the label of what
	Marking   string `json:"marking,omitempty"`   // of the label
	Operation string `json:"operation,omitempty"` // its id
	User      string `json:"user"`
}

// maxRefused bounds how many refusals are remembered; beyond it everything is forgotten, and one may be written down again.
const maxRefused = 10_000

// refusals remembers which refusals of this run are in the audit log. The zero value remembers none.
type refusals struct {
	mu   sync.Mutex
	seen map[refusal]bool
}

// isNew reports that a refusal was not met before, and remembers it.
func (r *refusals) isNew(x refusal) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[x] {
		return false
	}
	if r.seen == nil || len(r.seen) >= maxRefused {
		r.seen = map[refusal]bool{}
	}
	r.seen[x] = true
	return true
}

// forget takes a refusal back that could not be written down.
func (r *refusals) forget(x refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, x)
}

// recordRefusal writes down that a label was refused because it is above the installation's clearance: once for a draft and label,
// not with each key that is typed. Other errors are none of its business. It gives the error on.
func (s *Service) recordRefusal(ctx context.Context, at, id string, err error) error {
	var high systemHighError
	if !errors.As(err, &high) {
		return err
	}
	s.refuse(ctx, refusal{Rule: presend.RuleSystemHigh, At: at, Draft: id, Whose: high.whose, Marking: high.marking, User: s.caller(ctx).User})
	return err
}

// recordChecked is recordRefusal for what the check says of a draft.
func (s *Service) recordChecked(ctx context.Context, r presend.Report) {
	if slices.ContainsFunc(r.Label.Problems, func(x presend.Reason) bool { return x.Rule == presend.RuleSystemHigh }) {
		s.refuse(ctx, refusal{Rule: presend.RuleSystemHigh, At: "check", Whose: "the label", Marking: r.Label.Marking, User: s.caller(ctx).User})
	}
}

// recordRoleRefusal writes down that somebody called an operation that is for others: once for an operation in a run. Of a description
// alone, which serves nobody, s is nil.
func (s *Service) recordRoleRefusal(ctx context.Context, operation string) {
	if s != nil {
		s.refuse(ctx, refusal{Rule: "role", Operation: operation, User: s.caller(ctx).User})
	}
}

func (s *Service) refuse(ctx context.Context, x refusal) {
	if !s.refused.isNew(x) {
		return
	}
	err := s.store.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeRefused, x)
		return err
	})
	if err != nil { // it is refused all the same
		s.refused.forget(x)
		slog.ErrorContext(ctx, "a refusal cannot be written to the audit log", "error", err)
	}
}

// markingOf names a label in the audit log, also one that has no marking.
func (s *Service) markingOf(l draft.Label) string { return s.marking(l, "en").Marking }
