package spif

import (
	"cmp"
	"slices"
	"time"
)

// Severity says how grave a finding of Lint is.
type Severity string

// The severities, and what decides between them.
const (
	// SeverityError: Parse refuses the policy. Two readers could judge one label differently (the schema is broken where a
	// rule, a name or a number is at stake, or the policy contradicts itself), or no label at all could be valid.
	SeverityError Severity = "error"
	// SeverityWarning: the schema forbids it, or its author can hardly have meant it, but there is one way to read it, and
	// that never permits more than the policy says. Parse loads it.
	SeverityWarning Severity = "warning"
	// SeverityNote: nothing is wrong; whoever puts the policy into force should know it all the same.
	SeverityNote Severity = "note"
)

// Finding is one thing that Lint has to say about a policy. Line and Column point at a start tag and start at 1; Column
// counts bytes. Path is the chain of element names, "" where the document could not be read that far. Text says in one line
// what is found and what to do about it.
type Finding struct {
	Rule         string // identifier of the LintRule
	Severity     Severity
	Line, Column int
	Path         string
	Text         string
}

// LintRule is one thing that Lint looks for. Its ID (lower-case words joined by hyphens) and severity stay what they are.
type LintRule struct {
	ID       string
	Severity Severity
	Text     string // what it is about, for lists of rules
}

// LintRules returns all rules, those of the document first, then structure, references, rules of labels, equivalences,
// markings, and what is only worth knowing. The slice is the caller's.
func LintRules() []LintRule {
	out := make([]LintRule, len(lintRules))
	for i, r := range lintRules {
		out[i] = *r
	}
	return out
}

// Lint says everything that is wrong, doubtful or worth knowing about the SPIF in data, in the order of the document. The
// policy comes with it where it can be used; it is nil exactly when a finding is an error: Parse fails on the first of these.
// Dates are compared with at; a zero at leaves out what depends on it.
//
// It looks at the one document alone: what an equivalence points at in the other policy is not known here. Where it says
// that a rule cannot be met, this follows from the rule and the values it names, and from nothing further away: such a
// finding is certain, and rules that only a longer chain of reasons makes impossible are not found. At most maxFindings of
// each severity are returned; the last says how many were left out.
//
// std: Open XML SPIF 2.1
func Lint(data []byte, at time.Time) ([]Finding, *Policy) {
	p, r := examine(data, at, true)
	found := r.sorted()
	if r.first != nil {
		return found, nil
	}
	return found, p
}

// maxFindings bounds what Lint returns of each severity.
const maxFindings = 1000

// compare orders findings as the document does.
func (f Finding) compare(g Finding) int {
	return cmp.Or(cmp.Compare(f.Line, g.Line), cmp.Compare(f.Column, g.Column))
}

// sorted gives the findings in the order of the document; of one element, in the order in which they were found.
func (r *report) sorted() []Finding {
	out := slices.Concat(r.kept[SeverityError], r.kept[SeverityWarning], r.kept[SeverityNote])
	slices.SortStableFunc(out, Finding.compare)
	return out
}
