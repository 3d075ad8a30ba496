package app

import (
	"errors"
	"fmt"
	"io"
	"os"

	"caveat/backend/audit"
	"caveat/backend/plain"
)

type auditVerifyCommand struct {
	File       string `arg:"" optional:"" help:"Exported log, - for standard input."`
	Checkpoint string `placeholder:"FILE" help:"An earlier export, its last line, or a signed checkpoint, that the log must contain."`
	Key        string `placeholder:"FILE" help:"Public keys, one a line, of which one must have signed what is verified."`
	Proof      string `placeholder:"FILE" help:"A proof of one entry, instead of a log."`
}

func (cmd auditVerifyCommand) Run(c *console) error {
	if (cmd.File == "") == (cmd.Proof == "") {
		return usageError{"audit verify: exactly one of FILE and --proof FILE"}
	}
	if cmd.Proof != "" && cmd.Checkpoint != "" {
		return usageError{"audit verify: --checkpoint goes with a log: a proof holds its checkpoint itself"}
	}
	keys, err := cmd.keys(c)
	if err != nil {
		return err
	}
	if cmd.Proof != "" {
		return cmd.verifyProof(c, keys)
	}
	return cmd.verifyLog(c, keys)
}

func (cmd auditVerifyCommand) keys(c *console) (audit.Keys, error) {
	if cmd.Key == "" {
		return audit.Keys{}, nil
	}
	data, err := c.readFile(cmd.Key, maxKeys)
	if err != nil {
		return audit.Keys{}, err
	}
	keys, err := audit.ParseKeys(data)
	if err != nil {
		return audit.Keys{}, fmt.Errorf("%s: %w", cmd.Key, err)
	}
	return keys, nil
}

// maxKeys and maxProof are the longest files that are read, in bytes. A proof holds an entry.
const maxKeys, maxProof = 1 << 20, audit.MaxLine

type verifyDocument struct {
	Consistent bool   `json:"consistent"`
	Problem    string `json:"problem,omitempty"`
	audit.Summary
}

func (cmd auditVerifyCommand) verifyLog(c *console, keys audit.Keys) error {
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
	sum, err := audit.VerifyBy(in, checkpoint, keys)
	doc := verifyDocument{Consistent: err == nil, Summary: sum}
	if errors.Is(err, audit.ErrCheckpoint) {
		return fmt.Errorf("%s: %w", cmd.Checkpoint, err)
	}
	if doc.Problem, err = c.tampering(cmd.File, err); err != nil {
		return err
	}
	return c.verified(doc.Consistent, doc, func(out io.Writer) { printSummary(out, sum) })
}

// printSummary never calls a log complete: only up to a checkpoint does anybody know.
func printSummary(out io.Writer, s audit.Summary) {
	if s.Complete > 0 {
		fmt.Fprintf(out, "consistent, and complete up to the checkpoint of %s: %d lines", s.CheckpointTime, s.Complete)
		if later := s.Lines - s.Complete; later > 0 {
			fmt.Fprintf(out, "; %d later ones follow, and more may be missing", later)
		}
	} else {
		fmt.Fprint(out, "consistent; later entries may be missing")
	}
	fmt.Fprintf(out, "\n%d lines, %s to %s, head %s\n", s.Lines, s.First, s.Last, s.Head)
	if s.Signed > 0 {
		fmt.Fprintf(out, "signed up to line %d by %s\n", s.Signed, s.Key)
	}
}

// proofDocument is the answer about one entry.
type proofDocument struct {
	Consistent bool   `json:"consistent"`
	Problem    string `json:"problem,omitempty"`
	KeyGiven   bool   `json:"keyGiven"` // false: the proof itself names the key
	audit.Proved
}

func (cmd auditVerifyCommand) verifyProof(c *console, keys audit.Keys) error {
	data, err := c.readFile(cmd.Proof, maxProof)
	if err != nil {
		return err
	}
	proved, err := audit.VerifyProof(data, keys)
	doc := proofDocument{Consistent: err == nil, KeyGiven: cmd.Key != "", Proved: proved}
	if doc.Problem, err = c.tampering(cmd.Proof, err); err != nil {
		return err
	}
	return c.verified(doc.Consistent, doc, func(out io.Writer) {
		fmt.Fprintf(out, "entry %d, %s of %s, is in the log of %d lines that the checkpoint of %s covers, signed by %s\n",
			proved.Seq, proved.Type, proved.Time, proved.Lines, proved.Checkpoint, proved.Key)
		if !doc.KeyGiven {
			fmt.Fprintln(out, "The key is the one that the proof itself names: compare it with the one that you know, or give that with --key.")
		}
	})
}

// tampering tells that something was altered, on standard error too; any other error stays one.
func (c *console) tampering(name string, err error) (problem string, other error) {
	if errors.Is(err, audit.ErrTampered) {
		problem = oneLine(plain.Text(err))
		fmt.Fprintf(c.err, "caveat: %s: %s\n", name, problem)
		return problem, nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return "", nil
}

// verified answers, with words only for what is consistent.
func (c *console) verified(consistent bool, doc any, words func(io.Writer)) error {
	err := c.answer(doc, func(out io.Writer) {
		if consistent {
			words(out)
		}
	})
	if err == nil && !consistent {
		err = exitStatus(exitDenied)
	}
	return err
}

// readCheckpoint reads what the log is to be held to; nil without a path.
func readCheckpoint(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := audit.ReadCheckpoint(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}
