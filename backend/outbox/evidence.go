package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// Evidence is what a message was cleared on. It is kept as long as the message's row is, which no code removes.
type Evidence struct {
	Message Message
	Draft   draft.Draft     // the whole of it, as it was cleared
	Report  *presend.Report // of the check at Send; nil for a message from before reports were kept
	// Overrides are the user's decisions to send all the same, with what they hold for (RULES 15).
	Overrides []Override
}

// Override is one decision of the user to send all the same.
type Override struct {
	Kind    string // originator, recipient, threshold
	Subject string // the address; of a threshold its name
	Reason  string // in the user's words
	Outcome presend.Outcome
	Reasons []presend.Reason
	Marking string
	Limit   int // of a threshold, with how many it would have reached
	Reached int
}

// overrides lists what the user decided, as the audit log has it.
func (d decision) overrides() []Override {
	out := []Override{}
	add := func(kind, subject string, o *override) {
		if o != nil {
			out = append(out, Override{Kind: kind, Subject: subject, Reason: o.Reason, Outcome: o.Outcome, Reasons: o.Reasons, Marking: o.Marking})
		}
	}
	add("originator", d.Sender, d.Originator.Override)
	for _, r := range d.Recipients {
		add("recipient", r.Address, r.Override)
	}
	for _, t := range d.Thresholds {
		out = append(out, Override{Kind: "threshold", Subject: t.Name, Reason: t.Reason, Marking: t.Marking, Limit: t.Limit, Reached: t.Recipients})
	}
	return out
}

// Evidence gives the draft and the report that a message was cleared on, in any state. Both are held to the audit entry: what
// it does not name is ErrTampered, and is not given. Errors besides: ErrUnknownMessage, those of the database.
func (b *Box) Evidence(ctx context.Context, id string) (Evidence, error) {
	l, err := b.verifiedMessage(ctx, id)
	if err != nil {
		return Evidence{}, err
	}
	out := Evidence{Draft: l.draft, Overrides: l.decision.overrides()}
	if out.Message, err = b.Show(ctx, id); err != nil {
		return Evidence{}, err
	}
	var document string
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT report FROM message WHERE id = ?`, id).Scan(&document); err != nil {
		return Evidence{}, err
	}
	if document == "" {
		return out, nil
	}
	if sum := sha256.Sum256([]byte(document)); "sha256:"+hex.EncodeToString(sum[:]) != l.decision.Report {
		return Evidence{}, fmt.Errorf("%w: %s: its report is another than the one that it was cleared on", ErrTampered, id)
	}
	if err := json.Unmarshal([]byte(document), &out.Report); err != nil {
		return Evidence{}, fmt.Errorf("%w: %s: its report: %w", ErrTampered, id, err)
	}
	return out, nil
}

// reportDocument is the report as it is kept: exactly the bytes that presend.Report.Digest names.
func reportDocument(r presend.Report) (string, error) {
	data, err := json.Marshal(r)
	return string(data), err
}

// Wire gives the exact bytes of a message, in any state: they are kept in DATA/spool as long as its row is, which no code
// removes. They are verified as for sending: what the audit entry does not name is ErrTampered, and is not given. Errors
// besides: ErrUnknownMessage, those of the file and of the database.
func (b *Box) Wire(ctx context.Context, id string) ([]byte, error) {
	l, err := b.verifiedMessage(ctx, id)
	if err != nil {
		return nil, err
	}
	wire, err := l.readAll()
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrTampered):
		return nil, fmt.Errorf("%w: %s: %w", ErrTampered, id, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", errSpool, id, err)
	}
	return wire, nil
}

// readAll reads the wire bytes; those that are given are the ones that were hashed.
func (c Cleared) readAll() ([]byte, error) {
	r, err := c.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
