package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"caveat/backend/audit"
	"caveat/backend/plain"
	"caveat/backend/store"
)

type auditCommand struct {
	Export auditExportCommand `cmd:"" help:"The log as JSON lines, ending with a checkpoint."`
	Verify auditVerifyCommand `cmd:"" help:"Was an exported log altered?"`
}

type auditExportCommand struct{}

func (auditExportCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "caveat.db")); err != nil {
		return fmt.Errorf("there is no log: %w", err)
	}
	s, err := store.Open(ctx, dir, "caveat audit export")
	if err != nil {
		return err
	}
	defer s.Close()
	return audit.Export(ctx, s, c.out)
}

type auditVerifyCommand struct {
	File       string `arg:"" help:"Exported log, - for standard input."`
	Checkpoint string `placeholder:"FILE" help:"An earlier export, or its last line, that the log must contain."`
}

func (cmd auditVerifyCommand) Run(c *console) error {
	checkpoint, err := readCheckpoint(cmd.Checkpoint)
	if err != nil {
		return err
	}
	var in io.Reader = c.in
	if cmd.File != "-" {
		f, err := os.Open(cmd.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	sum, err := audit.Verify(in, checkpoint)
	doc := verifyDocument{Consistent: err == nil, Summary: sum}
	if errors.Is(err, audit.ErrTampered) {
		doc.Problem = oneLine(plain.Text(err))
		fmt.Fprintf(c.err, "caveat: %s: %s\n", cmd.File, doc.Problem)
	} else if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if err := c.answer(doc, func(out io.Writer) {
		if doc.Consistent {
			fmt.Fprintf(out, "consistent: %d lines, %s to %s, head %s\n", sum.Lines, sum.First, sum.Last, sum.Head)
		}
	}); err != nil {
		return err
	}
	if !doc.Consistent {
		return exitStatus(exitDenied)
	}
	return nil
}

type verifyDocument struct {
	Consistent bool   `json:"consistent"`
	Problem    string `json:"problem,omitempty"`
	audit.Summary
}

// readCheckpoint reads the last line of an earlier export, however long that is; nil without a path.
func readCheckpoint(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var last []byte
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, audit.MaxLine)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) > 0 {
			last = append(last[:0], lines.Bytes()...)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(last) == 0 {
		return nil, fmt.Errorf("%s: an empty checkpoint", path)
	}
	return last, nil
}
