package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ProofFormat names the form of proofs.
const ProofFormat = "caveat-audit-proof-1"

// ErrNotProof: what is there was never a proof.
var ErrNotProof = errors.New("audit: this is no proof")

// Proof shows that one line is in the log of a signed checkpoint, without the rest of the log.
type Proof struct {
	Format     string      `json:"format"`
	Seq        int64       `json:"seq"`        // number of the line
	Line       string      `json:"line"`       // byte for byte, without its newline
	Checkpoint string      `json:"checkpoint"` // the signed note
	Hashes     []tlog.Hash `json:"hashes"`     // from the line up to the root (RFC 6962, section 2.1.1)
	Key        string      `json:"key"`        // the public key, as the log names it; who believes it is up to the reader
}

// Prove proves that a line is in the log: against the newest checkpoint that covers it, or one that is made now. Errors: ErrNoLine; those
// of Checkpoint.
func (l *Log) Prove(ctx context.Context, seq int64) (p Proof, err error) {
	p, err = l.proveNow(ctx, seq)
	if !errors.Is(err, errNone) {
		return p, err
	}
	if _, err := l.Checkpoint(ctx); err != nil {
		return Proof{}, err
	}
	return l.proveNow(ctx, seq)
}

// proveNow is Prove with what is there; errNone: the line is there, and no checkpoint covers it.
func (l *Log) proveNow(ctx context.Context, seq int64) (Proof, error) {
	tx, err := l.store.Reader().BeginTx(ctx, nil)
	if err != nil {
		return Proof{}, err
	}
	defer tx.Rollback()
	var line []byte
	err = tx.QueryRowContext(ctx, `SELECT line FROM audit WHERE seq = ?`, seq).Scan(&line)
	if errors.Is(err, sql.ErrNoRows) {
		return Proof{}, noLine(ctx, tx, seq)
	}
	if err != nil {
		return Proof{}, err
	}
	c, key, err := newest(ctx, tx, seq)
	if err != nil {
		return Proof{}, err
	}
	hashes, err := tlog.ProveRecord(c.Size, seq-1, stored{ctx, tx})
	if err != nil {
		return Proof{}, err
	}
	if tlog.CheckRecord(hashes, c.Size, c.Root, seq-1, tlog.RecordHash(line)) != nil {
		return Proof{}, fmt.Errorf("%w: line %d is not what the checkpoint of %s says", ErrTampered, seq, moment(c.Time))
	}
	return Proof{Format: ProofFormat, Seq: seq, Line: string(line), Checkpoint: c.Note, Hashes: hashes, Key: key}, nil
}

// noLine tells a line that never was from one that was taken away.
func noLine(ctx context.Context, tx *sql.Tx, seq int64) error {
	var newest int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit`).Scan(&newest); err != nil {
		return err
	}
	inTree, err := stored{ctx, tx}.size()
	if err != nil {
		return err
	}
	if seq > 0 && seq <= max(newest, inTree) {
		return fmt.Errorf("%w: line %d is missing", ErrTampered, seq)
	}
	return fmt.Errorf("%w: %d; the newest is %d", ErrNoLine, seq, newest)
}

// Proved is what a proof has shown.
type Proved struct {
	Seq        int64           `json:"seq"`
	Time       string          `json:"time"`
	Type       string          `json:"type"`
	Data       json.RawMessage `json:"data"`
	Lines      int64           `json:"lines"`      // of the log at the checkpoint
	Checkpoint string          `json:"checkpoint"` // when that was made
	Root       string          `json:"root"`
	Key        string          `json:"key"` // that signed it
}

// VerifyProof verifies a proof by keys; with the zero Keys by the one that the proof itself names, which proves only that whoever has that
// key says so. ErrTampered: the proof, its line or its checkpoint was altered, or another key signed it. ErrNotProof: it is none.
func VerifyProof(data []byte, keys Keys) (Proved, error) {
	var p Proof
	if err := json.Unmarshal(data, &p); err != nil || p.Format != ProofFormat {
		return Proved{}, fmt.Errorf("%w: JSON with \"format\": %q is expected, as `caveat audit prove N --json` prints it", ErrNotProof, ProofFormat)
	}
	out, err := p.verify(keys)
	if err != nil {
		return Proved{}, fmt.Errorf("%w: the proof of line %d: %w", ErrTampered, p.Seq, err)
	}
	return out, nil
}

func (p Proof) verify(keys Keys) (Proved, error) {
	var err error
	if keys.IsZero() {
		if keys, err = keys.with(p.Key); err != nil {
			return Proved{}, err
		}
	}
	c, err := openNote([]byte(p.Checkpoint), keys)
	if err != nil {
		return Proved{}, err
	}
	h, _, err := openLine([]byte(p.Line))
	if err != nil {
		return Proved{}, err
	}
	if err := h.isSound(); err != nil {
		return Proved{}, err
	}
	if h.Seq != p.Seq || h.Seq < 1 || h.Seq > c.Size {
		return Proved{}, fmt.Errorf("the line has the number %d, and the checkpoint covers %d", h.Seq, c.Size)
	}
	if tlog.CheckRecord(p.Hashes, c.Size, c.Root, h.Seq-1, tlog.RecordHash([]byte(p.Line))) != nil {
		return Proved{}, errors.New("the hashes do not lead from the line to the checkpoint")
	}
	return Proved{
		Seq: h.Seq, Time: h.Time, Type: h.Type, Data: h.Data,
		Lines: c.Size, Checkpoint: c.Time.UTC().Format(time.RFC3339), Root: c.Root.String(), Key: c.Key,
	}, nil
}
