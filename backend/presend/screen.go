package presend

import (
	"context"
	"fmt"
	"time"

	"caveat/backend/draft"
)

// Screen judges one label for many, each by the very rules of Check while drafting: who may receive it? It decides from what it
// is given and opens no list or role; whoever stands behind one, only Check can tell.
//
// It is not safe for concurrent use.
type Screen struct {
	c      *check
	silent *check // the same, without a word: for counting
	origin Verdict
}

// NewScreen reads the label of in.Draft, of which nothing counts but channel, from and label; in.Sending does not count. memory
// may be nil. Errors are those of Check.
func NewScreen(ctx context.Context, in Input, memory *Memory) (*Screen, error) {
	if in.Draft.Channel != draft.Mail && in.Draft.Channel != draft.Chat {
		return nil, fmt.Errorf("%w: channel %q: mail or chat", ErrDraft, in.Draft.Channel)
	}
	in.Sending, in.ShowHeld = false, false
	in.Draft = draft.Draft{Channel: in.Draft.Channel, From: in.Draft.From, Label: in.Draft.Label}
	c := newCheck(in)
	c.memory = memory
	origin, bound, err := asker(ctx, in, c.freshness)
	if err != nil {
		return nil, fmt.Errorf("originator: %w", err)
	}
	if err := c.readLabel(origin); err != nil {
		return nil, err
	}
	silent := *c
	silent.silent, silent.decided = true, map[held]Verdict{}
	return &Screen{c: c, silent: &silent, origin: c.originator(origin, bound)}, nil
}

// asker finds the identity that asks. Nothing is sent, so one that has an address on the other channel alone will do.
func asker(ctx context.Context, in Input, fresh Freshness) (p Party, bound bool, err error) {
	for _, channel := range []draft.Channel{in.Draft.Channel, draft.Mail, draft.Chat} {
		if p, bound, err = in.Directory.Originator(ctx, channel, in.Draft.From, fresh); bound || err != nil {
			return p, bound, err
		}
	}
	return p, false, nil
}

// Label is what is said about the label.
func (s *Screen) Label() LabelReport { return s.c.report }

// Originator is the verdict on the asker. What the label asks for of others is told only when it is Cleared (RULES 19).
func (s *Screen) Originator() Verdict { return withoutHeldVerdict(s.origin) }

// Entry judges an entry by what is published for itself: its kind and whoever stands behind it do not count.
func (s *Screen) Entry(e Entry) Verdict { return withoutHeldVerdict(s.c.entry(e, "")) }

// Learn reads the clearances of many entries ahead, on all processors. It changes no answer, and without a memory does nothing.
func (s *Screen) Learn(clearances [][]string) {
	if s.c.memory != nil {
		s.c.memory.learn(s.c.in.Site, s.c.policy, clearances)
	}
}

// Outcome is the outcome of Entry for somebody whose entry was read at a time; it is decided once for equal clearances.
func (s *Screen) Outcome(e Entry) Outcome {
	o := s.silent.decide(e).Outcome
	if o == Cleared && s.IsOld(e.ReadAt) {
		return Stale
	}
	return o
}

// IsOld reports that what was read at a time is too old to draft by (RULES 13).
func (s *Screen) IsOld(readAt time.Time) bool {
	return isOld(s.c.in.Now, readAt, s.c.in.Rules.Drafting)
}

// Link judges the way to an address.
func (s *Screen) Link(address string) Verdict {
	return withoutHeldVerdict(s.c.link(Party{Address: address}))
}

// withoutHeldVerdict takes what somebody holds out of a verdict (RULES 19).
func withoutHeldVerdict(v Verdict) Verdict {
	v.Reasons = WithoutHeld(v.Reasons)
	return v
}

// WithoutHeld gives reasons without what somebody holds: who is told of them sees what is missing only (RULES 19).
func WithoutHeld(reasons []Reason) []Reason {
	out := make([]Reason, len(reasons))
	for i, x := range reasons {
		x.Held = nil
		out[i] = x
	}
	return out
}
