package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/store"
)

type auditCommand struct {
	Export     auditExportCommand     `cmd:"" help:"The log as JSON lines, ending with a checkpoint."`
	Verify     auditVerifyCommand     `cmd:"" help:"Was an exported log altered? Or does a proof hold?"`
	Prove      auditProveCommand      `cmd:"" help:"Prove that one entry is in the log, without the rest of it."`
	Checkpoint auditCheckpointCommand `cmd:"" help:"A signed checkpoint of the log as it is now, to be kept elsewhere."`
	Who        auditWhoCommand        `cmd:"" help:"Who got a message, and on what evidence."`
	Refused    auditRefusedCommand    `cmd:"" help:"What was sent that would now be refused; nothing is changed, and no directory is asked."`
	Key        auditKeyCommand        `cmd:"" help:"The public key by which checkpoints are verified."`
	BeginAnew  auditBeginAnewCommand  `cmd:"" help:"Begin a new series of checkpoints, as after a backup was brought back."`
}

// withLog opens the log of the data directory for a command.
func (c *console) withLog(ctx context.Context, program string, do func(*audit.Log) error) error {
	return c.withLogTo(ctx, program, nil, do)
}

// withLogTo is withLog of a log whose checkpoints go by the ways that ways gives for the data directory.
func (c *console) withLogTo(ctx context.Context, program string, ways func(dir string) ([]audit.Way, error), do func(*audit.Log) error) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "caveat.db")); err != nil {
		return fmt.Errorf("there is no log: %w", err)
	}
	s, err := store.Open(ctx, dir, program)
	if err != nil {
		return err
	}
	defer s.Close()
	secrets, err := installation.OpenSecrets(dir, "")
	if err != nil {
		return err
	}
	config := audit.Config{Secrets: secrets}
	if ways != nil {
		if config.Ways, err = ways(dir); err != nil {
			return err
		}
	}
	return do(audit.New(s, config))
}

type auditExportCommand struct {
	After int64 `placeholder:"N" help:"Only the lines after this one: behind an earlier export that ended with it they make the whole log."`
}

func (cmd auditExportCommand) Run(ctx context.Context, c *console) error {
	return c.withLog(ctx, "caveat audit export", func(l *audit.Log) error {
		e := map[string]any{"what": "the audit log", "by": loginName()}
		if cmd.After > 0 {
			e["after"] = cmd.After
		}
		if err := l.Append(ctx, audit.TypeExport, e); err != nil {
			return err
		}
		return l.ExportAfter(ctx, cmd.After, c.out)
	})
}

type auditCheckpointCommand struct{}

// checkpointDocument is a checkpoint that was made.
type checkpointDocument struct {
	Lines int64  `json:"lines"`
	Root  string `json:"root"`
	Head  string `json:"head"`
	Time  string `json:"time"`
	Key   string `json:"key"`
	Note  string `json:"note"`
}

func (auditCheckpointCommand) Run(ctx context.Context, c *console) error {
	return c.withLog(ctx, "caveat audit checkpoint", func(l *audit.Log) error {
		made, err := l.Checkpoint(ctx)
		if err != nil {
			return err
		}
		return c.answer(ofCheckpoint(made), func(out io.Writer) { fmt.Fprint(out, made.Note) })
	})
}

func ofCheckpoint(c audit.Checkpoint) checkpointDocument {
	return checkpointDocument{Lines: c.Size, Root: c.Root.String(), Head: c.Head, Time: c.Time.Format(time.RFC3339), Key: c.Key, Note: c.Note}
}

type auditKeyCommand struct{}

func (auditKeyCommand) Run(ctx context.Context, c *console) error {
	return c.withLog(ctx, "caveat audit key", func(l *audit.Log) error {
		key, err := l.Key(ctx)
		if err == nil && key == "" { // it is made for the first checkpoint
			if _, err = l.Checkpoint(ctx); err == nil {
				key, err = l.Key(ctx)
			}
		}
		if err != nil {
			return err
		}
		return c.answer(map[string]string{"key": key}, func(out io.Writer) { fmt.Fprintln(out, key) })
	})
}

type auditProveCommand struct {
	Number int64 `arg:"" name:"n" help:"Number of the entry: \"seq\" in its line."`
}

func (cmd auditProveCommand) Run(ctx context.Context, c *console) error {
	return c.withLog(ctx, "caveat audit prove", func(l *audit.Log) error {
		p, err := l.Prove(ctx, cmd.Number)
		if err != nil {
			return err
		}
		return c.answer(p, func(out io.Writer) { printProof(out, p) })
	})
}

func printProof(out io.Writer, p audit.Proof) {
	fmt.Fprintf(out, "%s\n\nEntry %d is in the log that this checkpoint covers:\n\n%s\nKey: %s\nFrom the entry up to the root:\n", harmless(p.Line), p.Seq, p.Checkpoint, p.Key)
	for _, h := range p.Hashes {
		fmt.Fprintf(out, "  %s\n", h)
	}
	fmt.Fprintf(out, "\nKeep what `caveat audit prove %d --json` prints; `caveat audit verify --proof FILE` holds it to the checkpoint.\n", p.Seq)
}
