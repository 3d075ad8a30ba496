package outbox

import (
	"fmt"
	"slices"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// decidedTarget is one address of the envelope in the log, with what the check said of it.
type decidedTarget struct {
	Address string `json:"address"`
	By      string `json:"by,omitempty"` // the list of the draft whose member it is
	decidedParty
	Link decidedParty `json:"link"`
}

// target is one address of the envelope. By is the list of the draft that it stands for, "" where it is the draft's own.
type target struct{ Address, By string }

// targetsOf lists to whom a checked message goes.
func targetsOf(r *presend.Result) (out []target) {
	for _, t := range r.Envelope() {
		out = append(out, target{t.Address, byOf(t)})
	}
	return out
}

func byOf(t presend.Target) string {
	if t.IsMember() {
		return t.By
	}
	return ""
}

// decidedTargets is the envelope as the log has it; nil where it is the draft's recipients.
func decidedTargets(r *presend.Result) (out []decidedTarget) {
	all := r.Envelope()
	if !slices.ContainsFunc(all, presend.Target.IsMember) {
		return nil
	}
	for _, t := range all {
		x := decidedTarget{Address: t.Address, By: byOf(t), decidedParty: decided(t.Verdict), Link: decided(t.Link)}
		x.UUID = t.UUID
		out = append(out, x)
	}
	return out
}

// targets lists to whom the message that was decided goes, in the order of the queue's rows.
func (d decision) targets() (out []target) {
	for _, t := range d.Envelope {
		out = append(out, target{t.Address, t.By})
	}
	if len(d.Envelope) == 0 {
		for _, r := range d.Recipients {
			out = append(out, target{Address: r.Address})
		}
	}
	return out
}

// isSound reports that an envelope goes to somebody, and to nobody by a way that does not carry the message: that is never overridden
// (RULES 14).
func isSound(r *presend.Result) bool {
	all := r.Envelope()
	return len(all) > 0 && !slices.ContainsFunc(all, func(t presend.Target) bool { return t.Address == "" || t.Link.Action != presend.Pass })
}

// remaining is the draft for those who have not got the message: without the recipients of whose addresses none is left, and with the
// members that have been answered for exempted from the lists of which others are left, so that nobody gets it twice.
func (l loaded) remaining() draft.Draft {
	left := folded(l.recipients)
	open, lists := map[string]bool{}, false
	for _, t := range l.decision.targets() {
		if !left[draft.FoldAddress(t.Address)] {
			continue
		}
		if t.By == "" {
			open[draft.FoldAddress(t.Address)] = true
			continue
		}
		open[draft.FoldAddress(t.By)], lists = true, true
	}
	var settled []string
	for _, a := range l.draft.Recipients() {
		if !open[draft.FoldAddress(a)] {
			settled = append(settled, a)
		}
	}
	out := l.draft.Without(settled)
	if !lists {
		return out
	}
	out.Exempted = slices.Clone(out.Exempted)
	has := folded(append(out.Recipients(), out.Exempted...))
	for _, t := range l.decision.targets() {
		if k := draft.FoldAddress(t.Address); !left[k] && !has[k] {
			has[k] = true
			out.Exempted = append(out.Exempted, t.Address)
		}
	}
	return out
}

// notCleared names an address that is still to be tried and that a new check does not name any more, or does not clear; "": none.
func (l loaded) notCleared(r *presend.Result) string {
	cleared := map[string]bool{}
	for _, t := range r.Envelope() {
		if t.Verdict.Action == presend.Pass && t.Link.Action == presend.Pass {
			cleared[draft.FoldAddress(t.Address)] = true
		}
	}
	for _, t := range l.decision.targets() {
		k := draft.FoldAddress(t.Address)
		if cleared[k] || !slices.ContainsFunc(l.recipients, func(a string) bool { return draft.FoldAddress(a) == k }) {
			continue
		}
		if t.By != "" {
			return fmt.Sprintf("%s, a member of %s when it was cleared", t.Address, t.By)
		}
		return t.Address
	}
	return ""
}

func folded(addresses []string) map[string]bool {
	out := map[string]bool{}
	for _, a := range addresses {
		out[draft.FoldAddress(a)] = true
	}
	return out
}
