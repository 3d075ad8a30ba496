package spif

import (
	"errors"
	"fmt"
	"strings"

	"caveat/backend/label/strictxml"
)

// report gathers findings. For Parse it keeps nothing but the first error: what else there is costs no time then.
type report struct {
	all   bool // warnings and notes too
	kept  map[Severity][]Finding
	left  int // how many were not kept
	first *Finding
	cause error // of first, when it comes from reading XML
}

// add notes a finding about an element.
func (r *report) add(rule *LintRule, e *strictxml.Element, format string, args ...any) {
	if !r.all && rule.Severity != SeverityError {
		return
	}
	at := Finding{Line: e.Line, Column: e.Column}
	if !r.all && r.first != nil && r.first.compare(at) <= 0 {
		return
	}
	if len(r.kept[rule.Severity]) >= maxFindings && (rule.Severity != SeverityError || r.first.compare(at) <= 0) {
		r.left++ // not worth a text
		return
	}
	at.Path = e.Path()
	r.keep(rule, at, fmt.Sprintf(format, args...))
}

// maxFindingText is how long the text of a finding may be, in bytes: it may quote what somebody else wrote.
const maxFindingText = 600

func (r *report) keep(rule *LintRule, at Finding, text string) {
	at.Rule, at.Severity, at.Text = rule.ID, rule.Severity, oneLine(text)
	if at.Severity == SeverityError && (r.first == nil || at.compare(*r.first) < 0) {
		r.first = &at
	}
	if r.kept == nil {
		r.kept = map[Severity][]Finding{}
	}
	if list := r.kept[at.Severity]; len(list) < maxFindings {
		r.kept[at.Severity] = append(list, at)
		return
	} else if r.first != nil && *r.first == at {
		list[len(list)-1] = at // the one that Parse fails on is always told
	}
	r.left++
}

// oneLine makes quoted line breaks harmless and long texts short.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxFindingText {
		return strings.ToValidUTF8(text[:maxFindingText], "") + "…"
	}
	return text
}

// unreadable notes that the document is no XML tree at all.
func (r *report) unreadable(err error) {
	rule, sentinel := xmlSyntax, ErrSyntax
	if errors.Is(err, strictxml.ErrTooLarge) {
		rule, sentinel = tooLarge, ErrTooLarge
	}
	at := Finding{Line: 1, Column: 1}
	text := err
	var where *strictxml.Error
	if errors.As(err, &where) {
		at.Line, at.Column, at.Path, text = max(where.Line, 1), max(where.Column, 1), where.Path, where.Cause // just behind a line it says 0
	}
	r.keep(rule, at, text.Error())
	r.cause = fmt.Errorf("%w: %w", sentinel, text)
}

// err is the first error in the order of the document, nil when there is none.
func (r *report) err() error {
	if r.first == nil {
		return nil
	}
	cause := r.cause
	if cause == nil {
		cause = fmt.Errorf("%w: %s", sentinelOf(r.first.Rule), r.first.Text)
	}
	return &strictxml.Error{Line: r.first.Line, Column: r.first.Column, Path: r.first.Path, Cause: cause}
}

func sentinelOf(rule string) error {
	switch rule {
	case tooLarge.ID:
		return ErrTooLarge
	case notSPIF.ID, namespaceMisspelt.ID:
		return ErrNotSPIF
	case schemaVersion.ID:
		return ErrVersion
	}
	return ErrInvalid
}
