package chat

import (
	"context"
	"slices"

	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/plain"
	"caveat/backend/presend"
)

// RuleUnreadable is the rule of reasons that a label cannot be held to a clearance by anybody here.
const RuleUnreadable = "unreadable-label"

// judge asks about the labels of many messages, about each once.
type judge struct {
	b    *Box
	memo map[string]Verdict
}

func (b *Box) newJudge() judge { return judge{b, map[string]Verdict{}} }

// of says whether a message may be read: every label of it must be permitted, and what nobody can judge is not.
func (j judge) of(ctx context.Context, account string, h Head) (Verdict, error) {
	out := Verdict{MayRead: true, Unsure: true, Reasons: []presend.Reason{}}
	deny := func(isUnsure bool, list ...presend.Reason) {
		out.MayRead, out.Unsure = false, out.Unsure && isUnsure
		for _, r := range list {
			if !slices.ContainsFunc(out.Reasons, func(have presend.Reason) bool { return have.Rule == r.Rule && have.Text == r.Text }) {
				out.Reasons = append(out.Reasons, r)
			}
		}
	}
	if s := h.Sensitivity; isUnjudged(s) {
		deny(false, presend.Reason{Rule: RuleUnreadable, Text: "Its label cannot be held to your clearance: " + s.Detail})
	}
	for _, l := range h.labels {
		v, err := j.label(ctx, account, l)
		if err != nil {
			return Verdict{}, err
		}
		if !v.MayRead {
			deny(v.Unsure, v.Reasons...)
		}
	}
	if !out.MayRead && len(out.Reasons) == 0 {
		deny(true, presend.Reason{Rule: RuleUnreadable, Text: "It is not permitted, and no reason is given."})
	}
	out.Unsure = out.Unsure && !out.MayRead
	return out, nil
}

// isUnjudged reports a label that says something which nobody here can hold to a clearance, as in received mail.
func isUnjudged(s message.Sensitivity) bool {
	switch s.Fault {
	case message.FaultPolicy, message.FaultNumbers, message.FaultContradiction, message.FaultType:
		return true
	}
	return false
}

func (j judge) label(ctx context.Context, account string, l label.Label) (Verdict, error) {
	key := account + "\x00" + string(l.Marshal())
	if v, ok := j.memo[key]; ok {
		return v, nil
	}
	v, err := j.b.config.Judge(ctx, account, l)
	if err != nil {
		if ctx.Err() != nil {
			return Verdict{}, err
		}
		v = Verdict{Unsure: true, Reasons: []presend.Reason{{Rule: RuleUnreadable, Text: "Nobody can say whether you may read it: " + plain.Text(err)}}}
	}
	v.Reasons = presend.WithoutHeld(v.Reasons)
	j.memo[key] = v
	return v, nil
}
