// Package audit keeps the log of decisions, overrides and sends as a chain: each line carries the hash of the line before
// it and, at its end, the hash of its own bytes. Whoever changes, inserts, removes or reorders a line breaks the chain; who
// cuts the end off, or writes the chain anew, is found out by a checkpoint that was kept elsewhere.
//
// The lines are besides the leaves of a Merkle tree (RFC 6962), so that a few hashes prove that one line is in the log. The tree is worked
// out from the lines when a checkpoint is made, never while somebody waits for a message to be sent. A checkpoint is a signed note
// (C2SP tlog-checkpoint) of the tree's root and the chain's head; it stands in the log, and leaves the machine by a Log.
//
// Append works inside the caller's transaction, so that an act and its record are both there or neither. Verify needs only
// an exported file. Both are safe for concurrent use.
package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Types of lines.
const (
	TypeHeader     = "header"     // first line of every log
	TypeCheckpoint = "checkpoint" // the state of the log so far, signed where a key is to be had (Log); or that a process began to send
	TypeKey        = "key"        // the public key by which checkpoints are verified from here on
	TypeDelivery   = "delivery"   // checkpoints could not leave the machine, or can again
	TypeDecision   = "decision"   // a check at Send, and what came of it
	TypeReceipt    = "receipt"    // what a server said about a message
	TypeState      = "state"      // a message was held, released, dropped, found uncertain
	TypeSettings   = "settings"   // the installation was changed
	TypeRules      = "rules"      // named sets of rules were switched (RULES 14)
	TypeChanged    = "changed"    // the installation file was found to be another one than the log knows, changed by other means
	TypeWithheld   = "withheld"   // a message that came in was not shown to the user
	TypeExport     = "export"     // the log, or what only administrators and auditors see, was saved as a file
	TypeRefused    = "refused"    // a label above the installation's clearance was not drafted, saved or sent (RULES 10)
)

// Format names the form of the lines.
const Format = "caveat-audit-1"

// Sentinel errors.
var (
	// ErrTampered: the chain is broken.
	ErrTampered = errors.New("audit: the log was altered")
	// ErrNotLog: what is there was never an audit log: an empty file, a picture, another document.
	ErrNotLog = errors.New("audit: this is no audit log")
	// ErrCheckpoint: what was given as a checkpoint is none, so that nothing can be held to it.
	ErrCheckpoint = errors.New("audit: the checkpoint is none")
)

// hashMark stands before the last member of each line, the hash over all bytes before the mark.
const hashMark = `,"hash":"`

// genesis is what the first line names as the line before it.
var genesis = hex.EncodeToString(make([]byte, sha256.Size))

// head is what is chained: {"seq":…,"time":…,"type":…,"prev":…,"data":…,"hash":…}.
type head struct {
	Seq  int64           `json:"seq"`
	Time string          `json:"time"` // RFC 3339, UTC
	Type string          `json:"type"`
	Prev string          `json:"prev"` // hash of the line before
	Data json.RawMessage `json:"data"`
}

// Append adds one line in tx, which must be a write transaction of caveat.db, and returns its number. data is anything
// that marshals to JSON. The head of the chain is read inside the transaction.
func Append(ctx context.Context, tx *sql.Tx, typ string, data any) (seq int64, err error) {
	var prev string
	err = tx.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).Scan(&seq, &prev)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if prev, err = insert(ctx, tx, 1, genesis, TypeHeader, map[string]string{"format": Format}); err != nil {
			return 0, err
		}
		seq = 1
	case err != nil:
		return 0, err
	}
	_, err = insert(ctx, tx, seq+1, prev, typ, data)
	return seq + 1, err
}

func insert(ctx context.Context, tx *sql.Tx, seq int64, prev, typ string, data any) (hash string, err error) {
	payload, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	line, hash, err := makeLine(head{Seq: seq, Time: time.Now().UTC().Format(time.RFC3339Nano), Type: typ, Prev: prev, Data: payload})
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (seq, line, hash) VALUES (?, ?, ?)`, seq, line, hash)
	return hash, err
}

func makeLine(h head) (line []byte, hash string, err error) {
	body, err := json.Marshal(h)
	if err != nil {
		return nil, "", err
	}
	body = body[:len(body)-1] // without the closing brace
	sum := sha256.Sum256(body)
	hash = hex.EncodeToString(sum[:])
	return append(body, hashMark+hash+`"}`...), hash, nil
}

// Line reads one line's data from the database; ErrTampered when the line is gone or does not match its own hash or number.
// Any other error says nothing about the log.
func Line(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, seq int64, data any) error {
	var line []byte
	err := db.QueryRowContext(ctx, `SELECT line FROM audit WHERE seq = ?`, seq).Scan(&line)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: no line %d", ErrTampered, seq)
	}
	if err != nil {
		return err
	}
	h, _, err := openLine(line)
	if err == nil && h.Seq != seq {
		err = fmt.Errorf("it has the number %d", h.Seq)
	}
	if err == nil {
		err = json.Unmarshal(h.Data, data)
	}
	if err != nil {
		return fmt.Errorf("%w: line %d: %w", ErrTampered, seq, err)
	}
	return nil
}
