// Package presend checks a whole draft before it is sent: the label, the originator, each link on the way, each recipient
// with everybody behind a role or list. It gives a Report: per recipient one of five outcomes, the reasons in words, the
// evidence, and ways forward. Paragraphs and attachments with labels of their own are asked for too: whoever gets the message
// must be cleared for each of them.
//
// Only the outcome Cleared passes by itself (RULES 12, 14). What could not be checked is Unknown, Stale or Error, and
// blocks: it never looks or acts like Cleared.
//
// The package does no I/O of its own: it asks the small interfaces in directory.go, which package federation implements.
// Check is safe for concurrent use as far as those are.
package presend

import "errors"

// ErrDraft: the draft cannot be checked as it stands (the label of the whole names an unknown policy, an address is impossible).
// A label of a part that cannot be read is no such error: it stands in the report.
var ErrDraft = errors.New("presend: draft")
