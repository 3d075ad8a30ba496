package inbox

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

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
	h.labelsFound = readable(h.Mail.Sensitivity, b.config.Now())
	b.addDefaults(&h)
	return h, h.addInner(b.config.Now())
}

// addDefaults adds the default labels of whoever it says that it is from (RULES 20). Mail without a label, of one sender, has that label
// as an assumed one. Where its label is faulty, or the senders are several, nothing is assumed, but it is judged by theirs as well: to
// damage a label, or to name somebody more, must not show what would be withheld without one.
func (b *Box) addDefaults(h *Head) {
	s := h.Mail.Sensitivity
	if b.config.Default == nil || s.Fault == message.FaultNone {
		return
	}
	for _, from := range h.From {
		for _, address := range addressesIn(from) {
			d, ok := b.config.Default(address)
			if !ok {
				continue
			}
			if s.IsUnlabelled() && len(h.From) == 1 && address == from.Address && !h.Mail.SeveralFrom {
				h.Assumed = &d
			}
			h.labelsFound = append(h.labelsFound, d.Label)
		}
	}
}

// addressesIn gives a sender's address; of senders that cannot be told apart, whatever in their words may be one.
func addressesIn(a message.Address) []string {
	if a.Address != "" {
		return []string{a.Address}
	}
	words := strings.FieldsFunc(a.Name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`<>,;:()"`, r) })
	return slices.DeleteFunc(words, func(w string) bool { return !strings.Contains(w, "@") })
}

// addInner adds the labels of what goes with a message. Each counts as it was made and as it is now: nobody can say which of them is
// meant by who attached it.
func (h *Head) addInner(at time.Time) error {
	for _, i := range h.Inner {
		if !i.IsReadable() {
			continue
		}
		l, err := label.ParseLabel([]byte(i.XML))
		if err != nil {
			return err
		}
		h.labelsFound = append(h.labelsFound, bothOf(l, at)...)
	}
	return nil
}

// bothOf gives what a label says by itself, and what it says at a time where that is something else.
func bothOf(l label.Label, at time.Time) []label.Label {
	out := []label.Label{{Kind: label.Originator, Information: l.Information}}
	if now, isSuccessor := l.InForce(at); isSuccessor {
		out = append(out, label.Label{Kind: label.Originator, Information: now})
	}
	return out
}

// Labels are those that the message is judged by: its own and those of what goes with it.
func (h Head) Labels() []label.Label { return h.labelsFound }

// IsFaulty reports that the message came with a label or a marking that nobody goes by.
func (h Head) IsFaulty() bool {
	s := h.Mail.Sensitivity
	return h.Assumed == nil && s.Label == nil && !s.IsUnlabelled()
}

// judge asks about the labels of many messages, about each once.
type judge struct {
	b    *Box
	memo map[string]Verdict
}

func (b *Box) newJudge() judge { return judge{b, map[string]Verdict{}} }

// of says whether a message may be read: every label of it must be permitted, and what nobody can judge is not.
func (j judge) of(ctx context.Context, mailbox string, h Head) (Verdict, error) {
	out := Verdict{MayRead: true, Unsure: true, Reasons: []presend.Reason{}}
	deny := func(isUnsure bool, r ...presend.Reason) {
		out.MayRead, out.Unsure = false, out.Unsure && isUnsure
		for _, x := range r {
			if !containsReason(out.Reasons, x) {
				out.Reasons = append(out.Reasons, x)
			}
		}
	}
	if s := h.Mail.Sensitivity; isUnjudged(s) {
		deny(false, presend.Reason{Rule: RuleUnreadable, Text: "Its label cannot be held to your clearance: " + s.Detail})
	}
	for _, i := range h.Inner {
		if !i.IsReadable() {
			deny(false, presend.Reason{Rule: RuleUnreadable, Text: i.Problem.Text() + " So nobody can hold it to your clearance."})
		}
	}
	for _, l := range h.labelsFound {
		v, err := j.label(ctx, mailbox, l)
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
		v = Verdict{Unsure: true, Reasons: []presend.Reason{{Rule: RuleUnreadable, Text: "Nobody can say whether you may read it: " + plain.Text(err)}}}
	}
	v.Reasons = presend.WithoutHeld(v.Reasons)
	j.memo[key] = v
	return v, nil
}
