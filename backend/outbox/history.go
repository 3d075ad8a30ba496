package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
)

// history is what the audit log says of one message.
type history struct {
	decision decision  // that cleared it
	created  time.Time // when it was queued
	checked  time.Time // when the last check passed; zero: the log does not say
	epoch    int64     // of that check
	passedIn int64     // the line of that check
	state    State     // Queued, BodySent, or one at which it has come to rest
	to       map[string]State
	// acceptedAt is when a server first accepted it for somebody; zero: never
	acceptedAt time.Time
	// removing is since when a copy is to be taken out of the mailbox; zero: it is not.
	removing time.Time
}

// isCopy: it is for a mailbox. Of a copy nobody is in doubt for long: whoever keeps it looks first whether it is there.
func (h history) isCopy() bool { return h.decision.Copy != nil }

func (h history) isAcceptedByAny() bool {
	for _, s := range h.to {
		if s == Accepted {
			return true
		}
	}
	return false
}

// inFolder is where a copy is to be kept, "" of a message; of is what it is a copy of.
func (h history) inFolder() Folder {
	if !h.isCopy() {
		return ""
	}
	return h.decision.Copy.Folder
}

func (h history) of() string {
	if !h.isCopy() {
		return ""
	}
	return h.decision.Copy.Of
}

func (h history) recipientState(address string) State { return h.to[draft.FoldAddress(address)] }

// history reads the lines about a message, of which the one of that number cleared it. Errors: audit.ErrTampered, those of the
// database.
func (b *Box) history(ctx context.Context, tx *sql.Tx, id string, seq int64) (history, error) {
	lines, err := b.chain.Lines(ctx, tx, seq, id)
	if err != nil {
		return history{}, err
	}
	var h history
	if len(lines) == 0 || lines[0].Seq != seq || lines[0].Type != audit.TypeDecision {
		return history{}, fmt.Errorf("%w: line %d is no decision about %s", audit.ErrTampered, seq, id)
	}
	at, err := lines[0].Data(ctx, tx, &h.decision)
	if err != nil {
		return history{}, err
	}
	if h.decision.Result != "cleared" || h.decision.Message != id {
		return history{}, fmt.Errorf("%w: line %d does not clear %s", audit.ErrTampered, seq, id)
	}
	h.begin(at, seq)
	for _, r := range lines[1:] {
		if err := h.line(ctx, tx, r); err != nil {
			return history{}, err
		}
	}
	return h, h.lastCheck(ctx, tx, lines[1:])
}

// begin is the state that the decision leaves; at is when its line was written.
func (h *history) begin(at time.Time, seq int64) {
	h.created, h.state, h.to = at, Queued, map[string]State{}
	if h.decision.Created != nil {
		h.created = *h.decision.Created
	}
	h.passed(h.decision.Passed, seq)
	for _, t := range h.decision.targets() {
		h.to[draft.FoldAddress(t.Address)] = Queued
	}
}

func (h *history) passed(p *passed, seq int64) {
	if p != nil {
		h.checked, h.epoch, h.passedIn = p.At, p.Epoch, seq
	}
}

// lastCheck finds the newest check that passed.
func (h *history) lastCheck(ctx context.Context, tx *sql.Tx, lines []audit.Ref) error {
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].Type != audit.TypeDecision {
			continue
		}
		var d struct {
			Passed *passed `json:"passed"`
		}
		if _, err := lines[i].Data(ctx, tx, &d); err != nil {
			return err
		}
		if d.Passed != nil {
			h.passed(d.Passed, lines[i].Seq)
			return nil
		}
	}
	return nil
}

// line goes on by one line about the message.
func (h *history) line(ctx context.Context, tx *sql.Tx, r audit.Ref) error {
	switch r.Type {
	case audit.TypeState:
		var c stateChange
		if _, err := r.Data(ctx, tx, &c); err != nil {
			return err
		}
		if c.Withheld && h.state == BodySent {
			h.state = Queued
		}
		if h.move(c.State); h.state == Removing && h.removing.IsZero() && c.At != nil {
			h.removing = *c.At
		}
	case audit.TypeReceipt:
		var e receiptEntry
		at, err := r.Data(ctx, tx, &e)
		if err != nil {
			return err
		}
		h.receive(e)
		if e.At != nil {
			at = *e.At
		}
		if h.acceptedAt.IsZero() && h.isAcceptedByAny() {
			h.acceptedAt = at
		}
	}
	return nil
}

// move follows a change of state. One that no message makes is none: what has come to rest goes nowhere by itself, whoever wrote
// that down because of what a row said.
func (h *history) move(to State) {
	switch h.state {
	case Queued:
	case BodySent:
		if to != PerhapsDelivered && !h.isCopy() {
			return
		}
	case PerhapsDelivered, Held:
		if to != Dropped {
			return
		}
	case Accepted:
		if to != Removing || h.inFolder() != Drafts {
			return
		}
	case Removing:
		if to != Removed && to != Left {
			return
		}
	default:
		return
	}
	if h.state = kind(to); to == BodySent {
		return
	}
	for a, s := range h.to {
		if !isFinal(s) {
			h.to[a] = kind(to)
		}
	}
}

// receive follows a server's answers, or that there were none.
func (h *history) receive(e receiptEntry) {
	for _, r := range e.Receipts {
		if a := draft.FoldAddress(r.Recipient); !isFinal(h.to[a]) {
			h.to[a] = kind(r.State)
		}
	}
	if h.state == PerhapsDelivered && h.isSettled() { // it was found out later
		h.state = Accepted
		return
	}
	if h.state != Queued && h.state != BodySent {
		return
	}
	if len(e.Receipts) == 0 { // put off
		if h.state == BodySent && !h.isCopy() {
			return
		}
		h.state = Queued
		return
	}
	h.state = Accepted
	for _, s := range h.to {
		if s == Refused && h.state == Accepted {
			h.state = Refused
		}
		if !isFinal(s) {
			h.state = Queued
		}
	}
}
