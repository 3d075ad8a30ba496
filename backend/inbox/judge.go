package inbox

import (
	"context"
	"strings"

	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/plain"
	"caveat/backend/presend"
)

// The rules of reasons that are this package's own.
const (
	RuleUnreadable = "unreadable-label" // a label that nobody here can hold to a clearance
)

// Head is what the envelope of a message says, with the label that it is judged by.
type Head struct {
	From        []message.Address
	Mail        message.Mail // of the envelope alone: sender, date, identifier, sensitivity
	Inner       []Inner
	Assumed     *Default // it came without a label, and has this one by its sender's domain
	Unparsable  bool     // the header cannot be read
	envelope    string
	labelsFound []label.Label
}

// head reads an envelope under the policies as they are now.
func (b *Box) head(envelope, inner string) (Head, error) {
	h := Head{envelope: envelope}
	var err error
	if h.Inner, err = parseInner(inner); err != nil {
		return Head{}, err
	}
	if envelope == "" {
		h.Unparsable = true
		return h, nil
	}
	if h.Mail, err = b.reader().Read(strings.NewReader(envelope)); err != nil {
		h.Unparsable = true
		return h, nil
	}
	h.From = h.Mail.From
	h.labelsFound = readable(envelope, h.Mail.Sensitivity)
	if h.Mail.Sensitivity.IsUnlabelled() && len(h.From) == 1 && !h.Mail.SeveralFrom && b.config.Default != nil {
		if d, ok := b.config.Default(h.From[0].Address); ok {
			h.Assumed = &d
			h.labelsFound = []label.Label{d.Label}
		}
	}
	for _, i := range h.Inner {
		if !i.IsReadable() {
			continue
		}
		l, err := label.ParseLabel([]byte(i.XML))
		if err != nil {
			return Head{}, err
		}
		h.labelsFound = append(h.labelsFound, l)
	}
	return h, nil
}

// Labels are those that the message is judged by: its own and those of what goes with it.
func (h Head) Labels() []label.Label { return h.labelsFound }

// judge asks about the labels of many messages, about each once.
type judge struct {
	b    *Box
	memo map[string]Verdict
}

func (b *Box) newJudge() judge { return judge{b, map[string]Verdict{}} }

// of says whether a message may be read: every label of it must be permitted, and what nobody can judge is not.
func (j judge) of(ctx context.Context, mailbox string, h Head) (Verdict, error) {
	out := Verdict{MayRead: true, Reasons: []presend.Reason{}}
	deny := func(r ...presend.Reason) {
		out.MayRead = false
		for _, x := range r {
			if !containsReason(out.Reasons, x) {
				out.Reasons = append(out.Reasons, x)
			}
		}
	}
	if s := h.Mail.Sensitivity; isUnjudged(s.Fault) {
		deny(presend.Reason{Rule: RuleUnreadable, Text: "Its label cannot be held to your clearance: " + s.Detail})
	}
	for _, l := range h.labelsFound {
		v, err := j.label(ctx, mailbox, l)
		if err != nil {
			return Verdict{}, err
		}
		if !v.MayRead {
			deny(v.Reasons...)
		}
	}
	if !out.MayRead && len(out.Reasons) == 0 {
		deny(presend.Reason{Rule: RuleUnreadable, Text: "It is not permitted, and no reason is given."})
	}
	return out, nil
}

func containsReason(list []presend.Reason, x presend.Reason) bool {
	for _, have := range list {
		if have.Rule == x.Rule && have.Text == x.Text {
			return true
		}
	}
	return false
}

func (j judge) label(ctx context.Context, mailbox string, l label.Label) (Verdict, error) {
	key := mailbox + "\x00" + string(l.Marshal())
	if v, ok := j.memo[key]; ok {
		return v, nil
	}
	v, err := j.b.config.Judge(ctx, mailbox, l)
	if err != nil {
		if ctx.Err() != nil {
			return Verdict{}, err
		}
		v = Verdict{Reasons: []presend.Reason{{Rule: RuleUnreadable, Text: "Nobody can say whether you may read it: " + plain.Text(err)}}}
	}
	v.Reasons = withoutHeld(v.Reasons)
	j.memo[key] = v
	return v, nil
}

// withoutHeld leaves out what somebody holds: the reader sees what is missing only (RULES 19).
func withoutHeld(list []presend.Reason) []presend.Reason {
	out := make([]presend.Reason, len(list))
	for i, x := range list {
		x.Held = nil
		out[i] = x
	}
	return out
}
