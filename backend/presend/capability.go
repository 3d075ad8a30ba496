package presend

import (
	"fmt"
	"math"
	"time"
)

// ifActive refuses whoever is not in use any more: a disabled account, or one whose end has come (RULES 23). Like any refusal it
// stays however old it is, and is a warning only where a rule allows one for not-cleared.
func (c *check) ifActive(e Entry, v Verdict) Verdict {
	switch {
	case !c.labelValid || e.Withdrawn:
		return v
	case e.Disabled:
		return with(v, NotCleared, Reason{Rule: RuleInactive, Text: "The directory says that it is not in use."})
	case hasEnded(e.ExpiresAt, c.in.Now):
		return with(v, NotCleared, Reason{Rule: RuleInactive, Text: fmt.Sprintf("It ended on %s.", stamp(e.ExpiresAt))})
	}
	return v
}

func hasEnded(end, at time.Time) bool { return !end.IsZero() && !end.After(at) }

// States of emission control (ACP 133 emConState).
const (
	emconEnabled     = "enabled"
	emconReceiveOnly = "receive-only"
	emconSilence     = "electronic-silence"
	emconDisabled    = "disabled"
)

// ifCapable holds what an addressed entry says that it can take against the message (RULES 23, 26). What it does not say, it can.
// A refusal is not-cleared, as any that is known for certain; a state that nobody knows is unknown.
func (c *check) ifCapable(e Entry, v Verdict) Verdict {
	if !c.labelValid || e.Withdrawn || e.Capabilities == (Capabilities{}) {
		return v
	}
	can := e.Capabilities
	refuse := func(text string) { v = with(v, NotCleared, Reason{Rule: RuleCapability, Text: text}) }
	if can.Labels == AnswerNo {
		v = with(v, NotCleared, Reason{Rule: RuleLabels, Text: "The system there does not understand labels."})
	}
	if can.MaxSize > 0 && c.size() > can.MaxSize {
		refuse(fmt.Sprintf("Takes messages of at most %s; this one has %s.", bytesText(can.MaxSize), bytesText(c.size())))
	}
	if can.NoAttachments && c.hasAttachments() {
		refuse("Takes no attachments.")
	}
	if can.MMHS == AnswerNo && c.isMilitary() {
		refuse("Does not understand military fields, and this message has some.")
	}
	switch can.EmCon {
	case "", emconEnabled, emconReceiveOnly:
	case emconSilence, emconDisabled:
		refuse(fmt.Sprintf("Cannot receive now (emission control: %s).", can.EmCon))
	default:
		v = with(v, Unknown, Reason{Rule: RuleCapability, Text: fmt.Sprintf("Its state of emission control is not understood: %q.", can.EmCon)})
	}
	return v
}

// size is how long the message is, in bytes: as told, and at least what stands in the draft.
func (c *check) size() int64 {
	if c.measured == 0 {
		d := c.in.Draft
		sum := add(int64(len(d.Subject)), int64(len(d.Body)))
		for _, p := range d.Parts {
			sum = add(sum, int64(len(p.Text)))
		}
		for _, a := range d.Attachments {
			sum = add(sum, a.Size)
		}
		c.measured = max(sum, c.in.Message.Size, 1)
	}
	return c.measured
}

// add adds lengths. A sum that does not fit is the largest there is: it must not come out small.
func add(a, b int64) int64 {
	b = max(b, 0)
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func (c *check) hasAttachments() bool {
	return c.in.Message.HasAttachments || len(c.in.Draft.Attachments) > 0
}

// isMilitary reports fields that only a military messaging system understands.
func (c *check) isMilitary() bool {
	d := c.in.Draft
	return c.in.Message.MMHS || d.PrimaryPrecedence+d.CopyPrecedence+d.MessageType+d.OriginatorReference != "" ||
		len(d.SIC)+len(d.Handling)+len(d.Exempted) > 0
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// notes says what a recipient can take, and until when it is published, for the chip (RULES 23).
func notes(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		can := e.Capabilities
		note := func(is bool, format string, args ...any) {
			if is {
				out = append(out, fmt.Sprintf(format, args...))
			}
		}
		if e.Capabilities != (Capabilities{}) {
			note(can.MaxSize > 0, "Takes messages of at most %s.", bytesText(can.MaxSize))
			note(can.NoAttachments, "Takes no attachments.")
			note(can.Labels == AnswerYes, "Understands labels.")
			note(can.Labels == AnswerNo, "Does not understand labels.")
			note(can.MMHS == AnswerYes, "Understands military fields.")
			note(can.MMHS == AnswerNo, "Does not understand military fields.")
			note(can.EmCon == emconReceiveOnly, "Receives only: no answer is to be expected (emission control).")
			note(can.EmCon != "" && can.EmCon != emconEnabled && can.EmCon != emconReceiveOnly, "Emission control: %s.", can.EmCon)
		}
		until := func(end time.Time, format string) {
			if !end.IsZero() {
				note(true, format, stamp(end))
			}
		}
		until(e.ExpiresAt, "In use until %s.")
		until(e.CertificateUntil, "Its certificate lasts until %s.")
	}
	return out
}
