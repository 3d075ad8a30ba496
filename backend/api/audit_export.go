package api

import (
	"context"
	"fmt"
	"io"
	"time"

	"caveat/backend/audit"
)

// exported is the audit entry of a file that was saved.
type exported struct {
	What  string `json:"what"`
	By    string `json:"by"`
	After int64  `json:"after,omitempty"` // of the audit log: only the lines after this one
}

// ExportAudit writes the lines of the audit log after a number to w, 0: all of them, as JSON lines that end with a checkpoint; that and by
// whom is in the log before. For administrators and auditors. Errors: ErrRole, those of the database and of w.
func (s *Service) ExportAudit(ctx context.Context, after int64, w io.Writer) error {
	if err := s.mayExportAudit(ctx, after); err != nil {
		return err
	}
	return s.log.ExportAfter(ctx, after, w)
}

// mayExportAudit makes sure that the log may be exported, and writes down that it is.
func (s *Service) mayExportAudit(ctx context.Context, after int64) error {
	if err := s.needRole(ctx, "the audit log", heldFor...); err != nil {
		return err
	}
	newest, err := audit.LastSeq(ctx, s.store.Reader())
	if err != nil {
		return err
	}
	if after > newest {
		return fmt.Errorf("%w: the audit log has no line %d: its newest is %d", ErrNotFound, after, newest)
	}
	return s.recordExport(ctx, exported{What: "the audit log", By: s.caller(ctx).User, After: after})
}

func (s *Service) recordExport(ctx context.Context, e exported) error {
	return s.log.Append(ctx, audit.TypeExport, e)
}

// auditFile is what an export is to be called.
func (s *Service) auditFile(after int64) string {
	name := "caveat-audit-" + s.now().UTC().Format(time.DateOnly)
	if after > 0 {
		name += fmt.Sprintf("-after-%d", after)
	}
	return name + ".jsonl"
}
