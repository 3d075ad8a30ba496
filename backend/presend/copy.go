package presend

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
)

// Rules that reasons about copies name (RULES 21).
const (
	RuleMailbox           = "mailbox-not-cleared"       // its clearance does not permit the label, or that of a part
	RuleMailboxWithout    = "mailbox-without-clearance" // the administrator gave it none
	RuleMailboxNotYours   = "mailbox-not-yours"         // it is not the mailbox of who writes
	RuleMailboxOriginator = "originator-not-cleared"    // who writes is not cleared for what is written
)

// ErrCopy: there is nothing to judge: no finished check, or a mailbox without a name.
var ErrCopy = errors.New("presend: copy")

// Mailbox is a mailbox account as far as the check of a copy must know it (RULES 21).
type Mailbox struct {
	Name string
	// Clearance is what the account may hold; nil: nothing.
	Clearance *label.Clearance
	// Identities are the addresses of those identities whose mailbox it is, as the administrator bound them: what somebody else writes
	// is not copied into it. None: nobody's.
	Identities []string
}

// CopyReport is the answer to a check of a copy. It says what is missing and never what the account holds (RULES 19).
type CopyReport struct {
	Permitted bool       `json:"permitted"`
	Mailbox   string     `json:"mailbox" doc:"name of the account"`
	Outcome   Outcome    `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Reasons   []Reason   `json:"reasons" nullable:"false"`
	Marking   string     `json:"marking"`
	Policy    PolicyUsed `json:"policy"`
}

// CopyResult is the decision whether a copy of one checked draft may be kept in one mailbox. Its fields are this package's alone:
// outbox takes one as proof that it was decided. The zero CopyResult is no decision.
type CopyResult struct {
	of        *Result
	report    CopyReport
	clearance *label.Clearance // of the mailbox
}

// CheckCopy decides whether a copy of a checked draft may be kept in a mailbox (RULES 21): its label is valid, whoever writes it is
// cleared for it, it is his mailbox, and both the installation's clearance and the account's permit that label and the label of every
// part. A mailbox without a clearance gets nothing. There are no overrides. ErrCopy: r is no finished check, or the mailbox has no
// name; a draft without a label has no check.
func CheckCopy(r *Result, m Mailbox) (*CopyResult, error) {
	if !r.IsDone() || r.judge == nil {
		return nil, fmt.Errorf("%w: there is no check of the draft", ErrCopy)
	}
	if m.Name == "" {
		return nil, fmt.Errorf("%w: the mailbox has no name", ErrCopy)
	}
	c := r.judge
	out := CopyReport{Mailbox: m.Name, Outcome: Cleared, Marking: c.report.Marking, Policy: c.policyUsed()}
	v := c.copyVerdict(r, m)
	out.Outcome, out.Reasons = v.Outcome, WithoutHeld(v.Reasons)
	if out.Reasons == nil {
		out.Reasons = []Reason{}
	}
	out.Permitted = v.Outcome == Cleared && len(v.Reasons) == 0
	return &CopyResult{of: r, report: out, clearance: m.Clearance}, nil
}

// copyVerdict stops at the first that is wrong with who asks: then nothing more is told.
func (c *check) copyVerdict(r *Result, m Mailbox) Verdict {
	switch origin := r.report.Originator.Outcome; {
	case !c.labelValid:
		return c.refused()
	case origin != Cleared && origin != Stale:
		return Verdict{Outcome: origin, Reasons: []Reason{{Rule: RuleMailboxOriginator, Text: fmt.Sprintf("Whoever writes it is not known to be cleared for it (%s).", origin)}}}
	case !m.isOf(r.from.Address):
		return Verdict{Outcome: NotCleared, Reasons: []Reason{{Rule: RuleMailboxNotYours, Text: fmt.Sprintf("The mailbox %s is not that of %s.", m.Name, r.from.Address)}}}
	case m.Clearance == nil:
		return Verdict{Outcome: Unknown, Reasons: []Reason{{Rule: RuleMailboxWithout, Text: fmt.Sprintf("The mailbox %s has no clearance: nothing is copied into it.", m.Name)}}}
	}
	v := c.mayKeep(c.in.Rules.SystemHigh, RuleSystemHigh, "This installation may not hold it.")
	w := c.mayKeep(*m.Clearance, RuleMailbox, fmt.Sprintf("The mailbox %s may not hold it.", m.Name))
	return Verdict{Outcome: Worse(v.Outcome, w.Outcome), Reasons: append(v.Reasons, w.Reasons...)}
}

func (m Mailbox) isOf(address string) bool {
	return address != "" && slices.ContainsFunc(m.Identities, func(i string) bool { return draft.FoldAddress(i) == draft.FoldAddress(address) })
}

// mayKeep holds the label of the whole and that of each part against the clearance of a place where a copy would lie. A refusal
// without a reason is one all the same.
func (c *check) mayKeep(clearance label.Clearance, rule, words string) Verdict {
	decided := c.across([]label.Clearance{clearance})
	v := verdictOf(decided)
	v.Reasons = slices.Clone(v.Reasons)
	for i := range v.Reasons {
		v.Reasons[i].Rule, v.Reasons[i].Text = rule, words+" "+v.Reasons[i].Text
	}
	if decided.Decision != cmbac.Permit && len(v.Reasons) == 0 {
		v.Reasons = []Reason{{Rule: rule, Text: words}}
	}
	return v
}

// forCopy is as much of a check as CheckCopy needs: label, parts and rules, and nobody who is addressed.
func (c *check) forCopy() *check {
	return &check{
		in:     Input{Draft: c.in.Draft, Site: c.in.Site, Rules: c.in.Rules, Now: c.in.Now},
		policy: c.policy, label: c.label, given: c.given, numbered: c.numbered, report: c.report, labelValid: c.labelValid,
		asks: c.asks, decided: map[held]Verdict{},
	}
}

// IsDone reports that r comes from CheckCopy.
func (r *CopyResult) IsDone() bool { return r != nil && r.of != nil }

// IsPermitted reports that the copy may be kept.
func (r *CopyResult) IsPermitted() bool { return r.IsDone() && r.report.Permitted }

// IsOf reports that it was decided on that very check.
func (r *CopyResult) IsOf(result *Result) bool { return r.IsDone() && r.of == result }

// Result is the check of the draft that it was decided on; nil of the zero CopyResult.
func (r *CopyResult) Result() *Result {
	if !r.IsDone() {
		return nil
	}
	return r.of
}

// Mailbox is the name of the account.
func (r *CopyResult) Mailbox() string { return r.Report().Mailbox }

// At is when the check was done that it was decided on.
func (r *CopyResult) At() time.Time {
	if !r.IsDone() {
		return time.Time{}
	}
	return r.of.at
}

// Report is what was found; the zero CopyReport of the zero CopyResult.
func (r *CopyResult) Report() CopyReport {
	if !r.IsDone() {
		return CopyReport{}
	}
	out := r.report
	out.Reasons = slices.Clone(out.Reasons)
	return out
}
