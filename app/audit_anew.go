package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
)

type auditBeginAnewCommand struct {
	Reason string `required:"" placeholder:"TEXT" help:"Why; it stands in the log, with who did it and the checkpoint before."`
}

// Run begins a new series of checkpoints where they go by the installation file.
func (cmd auditBeginAnewCommand) Run(ctx context.Context, c *console) error {
	if strings.TrimSpace(cmd.Reason) == "" {
		return usageError{"audit begin-anew: --reason says why"}
	}
	return c.withLogTo(ctx, "caveat audit begin-anew", waysOf, func(l *audit.Log) error {
		made, err := l.BeginAnew(ctx, loginName(), cmd.Reason)
		if err != nil {
			return err
		}
		return c.answer(ofCheckpoint(made), func(out io.Writer) {
			fmt.Fprintf(out, "A new series of checkpoints begins with line %d. A program that runs goes on after a new start.\n\n%s", made.Size, made.Note)
		})
	})
}

// waysOf gives the ways of a data directory's installation; none where there is none.
func waysOf(dir string) ([]audit.Way, error) {
	in, err := installation.Find(dir)
	if errors.Is(err, installation.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return api.LogWays(in), nil
}
