package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/presend"
)

// AuditQuery says which lines of the log are asked for; empty members ask for nothing.
type AuditQuery struct {
	Before  int64     // only lines before this one; 0: from the newest
	Limit   int       // how many at most
	Types   []string  // audit.Type…
	Sent    bool      // only decisions that let a message leave; no copies
	Who     string    // part of the address or DN of somebody the line is about
	Message string    // a message's id here, or its Message-ID
	Actor   string    // part of the login name of whoever did it
	Text    string    // part of any value of the line
	From    time.Time // at or after
	To      time.Time // before
}

// AuditPage is a part of the log, newest first.
type AuditPage struct {
	Lines  []AuditLine `json:"lines" nullable:"false" doc:"newest first; damaged lines are among them, whatever was asked"`
	Next   int64       `json:"next" doc:"ask with before= this number for what lies further back; 0: the log was read to its beginning"`
	Newest int64       `json:"newest" doc:"number of the newest line"`
}

// AuditLine is one line of the log, as far as a list tells of it. What does not apply to its type is left out.
type AuditLine struct {
	Seq        int64      `json:"seq"`
	Time       *time.Time `json:"time,omitempty" doc:"left out of a damaged line"`
	Type       string     `json:"type" doc:"empty for a damaged line"`
	Fault      string     `json:"fault,omitempty" doc:"the line is missing, or does not match its own hash; left out: it does"`
	Actor      string     `json:"actor,omitempty" doc:"login name of whoever did it; left out: the program, or an earlier version that did not record it"`
	Message    string     `json:"message,omitempty" doc:"id of the message that it is about"`
	MessageID  string     `json:"messageId,omitempty" doc:"of the message as it left"`
	Result     string     `json:"result,omitempty" doc:"of a decision: cleared, blocked, checked-again"`
	Channel    string     `json:"channel,omitempty"`
	Sender     string     `json:"sender,omitempty"`
	Marking    string     `json:"marking,omitempty"`
	SHA256     string     `json:"sha256,omitempty" doc:"of the bytes that left, or of what was not shown"`
	Copy       string     `json:"copy,omitempty" doc:"it is a copy for this folder of a mailbox: sent, drafts"`
	Overridden bool       `json:"overridden,omitempty" doc:"somebody gave a reason to send it all the same"`
	Recipients int        `json:"recipients,omitempty" doc:"how many the line is about"`
	Addresses  []string   `json:"addresses,omitempty" doc:"the first of them"`
	Outcomes   []Tally    `json:"outcomes,omitempty" doc:"what was found for them, or what a server answered, with how many"`
	State      string     `json:"state,omitempty"`
	Note       string     `json:"note,omitempty" doc:"what the program or a server noted"`
	What       string     `json:"what,omitempty" doc:"what was changed, in words"`
	Kind       string     `json:"kind,omitempty"`
	Name       string     `json:"name,omitempty"`
	Change     string     `json:"change,omitempty"`
	Rule       string     `json:"rule,omitempty" doc:"of a refusal: system-high, role"`
	Before     []string   `json:"before,omitempty" doc:"sets of rules that were active"`
	After      []string   `json:"after,omitempty" doc:"sets of rules that are"`
	Failed     string     `json:"failed,omitempty" doc:"why a change that is in the log before this line was not made"`
	// Changes is told by lines about the installation that say what was before and after.
	Changes []AuditChange `json:"changes,omitempty" doc:"what was changed in the installation; in a list of lines the first of it"`
	More    int           `json:"moreChanges,omitempty" doc:"how many more there are than are shown"`
}

// AuditChange is one value of the installation that was changed, or a section of it.
type AuditChange struct {
	Section string `json:"section" doc:"key of the section in the installation file"`
	Name    string `json:"name,omitempty" doc:"which; left out: there is but one"`
	Field   string `json:"field,omitempty" doc:"key in the section; left out: all of it"`
	Change  string `json:"change" enum:"added,changed,removed"`
	Before  string `json:"before,omitempty"`
	After   string `json:"after,omitempty"`
}

// Tally is how often something was found.
type Tally struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// firstAddresses is how many a list shows.
const firstAddresses = 3

// AuditLines gives a part of the log: what fits the query in a bounded part of it. It may be empty and yet have a Next. For
// administrators and auditors (RULES 19). Errors: ErrRole, those of the database.
func (s *Service) AuditLines(ctx context.Context, q AuditQuery) (AuditPage, error) {
	if err := s.needRole(ctx, "the audit log", heldFor...); err != nil {
		return AuditPage{}, err
	}
	out := AuditPage{Lines: []AuditLine{}}
	var err error
	if out.Newest, err = audit.LastSeq(ctx, s.store.Reader()); err != nil {
		return AuditPage{}, err
	}
	out.Next, err = audit.Older(ctx, s.store.Reader(), q.Before, q.perhaps(), func(r audit.Recorded) bool {
		if r.Fault != "" {
			out.Lines = append(out.Lines, AuditLine{Seq: r.Seq, Fault: r.Fault})
		} else if x := readLogged(r); q.fits(r, x) {
			out.Lines = append(out.Lines, lineOf(r, x))
		}
		return len(out.Lines) < q.Limit
	})
	return out, err
}

// perhaps tells lines apart that cannot fit without taking them apart; nil: any may fit.
func (q AuditQuery) perhaps() func(line []byte) bool {
	var wanted [][]byte
	if q.Sent {
		wanted = append(wanted, []byte(`"result":"cleared"`))
	}
	local, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(q.Message), "<>"), "@")
	for _, part := range []string{q.Who, q.Actor, q.Text, local} {
		if part != "" && isPlain(part) {
			wanted = append(wanted, []byte(strings.ToLower(part)))
		}
	}
	if len(wanted) == 0 && len(q.Types) == 0 && q.From.IsZero() {
		return nil
	}
	from := []byte(q.From.UTC().Format("2006-01-02T15:04:05"))
	return func(line []byte) bool {
		if !q.isOfType(line) || !q.From.IsZero() && isBefore(line, from) {
			return false
		}
		if len(wanted) == 0 {
			return true
		}
		lower := bytes.ToLower(line)
		return !slices.ContainsFunc(wanted, func(w []byte) bool { return !bytes.Contains(lower, w) })
	}
}

// isPlain: it stands in JSON as it is, and its capitals are known to everybody.
func isPlain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\<>&`, r) })
}

// isOfType looks at the beginning of a line alone, where its type stands.
func (q AuditQuery) isOfType(line []byte) bool {
	if len(q.Types) == 0 {
		return true
	}
	start := line[:min(len(line), 200)]
	return slices.ContainsFunc(q.Types, func(t string) bool { return bytes.Contains(start, []byte(`"type":"`+t+`"`)) })
}

// isBefore reports that a line says a time before a second, as lines are written by us; of any other it is false.
func isBefore(line, second []byte) bool {
	const mark = `"time":"`
	i := bytes.Index(line[:min(len(line), 60)], []byte(mark))
	if i < 0 || len(line) < i+len(mark)+len(second) {
		return false
	}
	return bytes.Compare(line[i+len(mark):i+len(mark)+len(second)], second) < 0
}

func (q AuditQuery) fits(r audit.Recorded, x logged) bool {
	has := func(part string, values []string) bool {
		part = strings.ToLower(strings.TrimSpace(part))
		return part == "" || slices.ContainsFunc(values, func(v string) bool { return strings.Contains(strings.ToLower(v), part) })
	}
	switch {
	case len(q.Types) > 0 && !slices.Contains(q.Types, r.Type),
		q.Sent && (r.Type != audit.TypeDecision || !x.isSend()),
		!q.From.IsZero() && r.Time.Before(q.From),
		!q.To.IsZero() && !r.Time.Before(q.To),
		q.Message != "" && !x.isAbout(strings.TrimSpace(q.Message)),
		!has(q.Who, x.people()),
		!has(q.Actor, []string{x.actor()}):
		return false
	}
	return q.Text == "" || has(q.Text, append(valuesOf(r.Data), x.messageID()))
}

// valuesOf lists every text that a JSON document holds.
func valuesOf(data []byte) (out []string) {
	var document any
	if json.Unmarshal(data, &document) != nil {
		return nil
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(document)
	return out
}

func lineOf(r audit.Recorded, x logged) AuditLine {
	at := r.Time.UTC()
	l := AuditLine{
		Seq: r.Seq, Time: &at, Type: r.Type, Actor: x.actor(), Message: x.Message, MessageID: x.messageID(), Result: x.Result, Channel: x.Channel,
		Sender: x.Sender, Marking: x.Marking, SHA256: x.Wire, Overridden: x.isOverridden(), State: x.State, Note: x.Note, What: x.What,
		Kind: x.Kind, Name: x.Name, Change: x.Change, Rule: x.Rule, Before: sets(x.Before), After: sets(x.After),
	}
	if x.Copy != nil {
		l.Copy = x.Copy.Folder
	}
	switch r.Type {
	case audit.TypeDecision:
		for _, p := range x.Recipients {
			l.count(p.Address, string(p.outcome()))
		}
	case audit.TypeReceipt:
		for _, p := range x.Receipts {
			l.count(p.Recipient, p.State)
		}
	case audit.TypeWithheld:
		l.Sender, l.Note, l.Name = strings.Join(x.From, ", "), x.Reason, x.Mailbox+x.With
		if l.Message != "" { // a message that came has no id of ours
			l.Message, l.MessageID = "", x.Message
		}
	case audit.TypeChanged:
		l.Name, l.After = x.File, x.Active
		l.tellChanges(x, firstChanges)
	case audit.TypeSettings:
		l.Failed = x.Failed
		l.tellChanges(x, firstChanges)
	case audit.TypeRefused:
		l.Name = x.Whose + x.Operation
	}
	return l
}

// firstChanges is how many a list shows; mostChanges how many one line does.
const (
	firstChanges = 3
	mostChanges  = 200
)

// tellChanges tells what a line about the installation says that was changed, up to so many.
func (l *AuditLine) tellChanges(x logged, most int) {
	all := installation.FieldChanges(textOf(x.Before), textOf(x.After))
	l.Changes, l.More = nil, max(0, len(all)-most)
	for _, c := range all[:len(all)-l.More] {
		l.Changes = append(l.Changes, AuditChange{Section: c.Key, Name: c.Name, Field: c.Field, Change: c.Change, Before: c.Before, After: c.After})
	}
}

// outcome is the worse of a recipient's and of the way to it.
func (p loggedParty) outcome() presend.Outcome {
	if p.Link == nil || p.Link.Outcome == "" {
		return p.Outcome
	}
	return presend.Worse(p.Outcome, p.Link.Outcome)
}

func (l *AuditLine) count(address, what string) {
	if l.Recipients++; len(l.Addresses) < firstAddresses {
		l.Addresses = append(l.Addresses, address)
	}
	if i := slices.IndexFunc(l.Outcomes, func(t Tally) bool { return t.What == what }); i >= 0 {
		l.Outcomes[i].Count++
		return
	}
	l.Outcomes = append(l.Outcomes, Tally{what, 1})
}

// AuditEntry is one line of the log with all that can be said of it.
type AuditEntry struct {
	AuditLine
	Line    string `json:"line" doc:"byte for byte as it is exported"`
	Prev    string `json:"prev" doc:"hash of the line before it, as this one names it"`
	Hash    string `json:"hash" doc:"over the bytes of this one"`
	Follows bool   `json:"follows" doc:"the line before it has that hash; of the first line: it begins the log"`
	// Followed is nil of the newest line.
	Followed *bool `json:"followed" doc:"the line after it names its hash; null: it is the newest"`
}

// AuditProof is the JSON document that proves that a line is in the log of a signed checkpoint; where none covers it yet, one is made.
// For administrators and auditors. Errors: ErrRole, ErrNotFound, audit.ErrTampered, audit.ErrKey.
func (s *Service) AuditProof(ctx context.Context, seq int64) ([]byte, error) {
	if err := s.needRole(ctx, "the audit log", heldFor...); err != nil {
		return nil, err
	}
	p, err := s.log.Prove(ctx, seq)
	if errors.Is(err, audit.ErrNoLine) {
		return nil, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

// AuditEntry gives one line, held to its neighbours. For administrators and auditors. Errors: ErrRole, ErrNotFound.
func (s *Service) AuditEntry(ctx context.Context, seq int64) (AuditEntry, error) {
	if err := s.needRole(ctx, "the audit log", heldFor...); err != nil {
		return AuditEntry{}, err
	}
	var near [3]*audit.Recorded
	for i := range near {
		var err error
		if near[i], err = audit.At(ctx, s.store.Reader(), seq-1+int64(i)); err != nil {
			return AuditEntry{}, err
		}
	}
	before, r, after := near[0], near[1], near[2]
	if r == nil {
		return AuditEntry{}, fmt.Errorf("%w: the audit log has no line %d", ErrNotFound, seq)
	}
	out := AuditEntry{AuditLine: AuditLine{Seq: seq, Fault: r.Fault}, Line: string(r.Line), Prev: r.Prev, Hash: r.Hash}
	if r.Fault == "" {
		x := readLogged(*r)
		out.AuditLine = lineOf(*r, x)
		if len(out.Changes) > 0 {
			out.tellChanges(x, mostChanges)
		}
		out.Follows = seq == 1 && r.Type == audit.TypeHeader || before != nil && before.Fault == "" && before.Hash == r.Prev
	}
	if after != nil {
		isFollowed := r.Fault == "" && after.Prev == r.Hash
		out.Followed = &isFollowed
	} else if newest, err := audit.LastSeq(ctx, s.store.Reader()); err != nil {
		return AuditEntry{}, err
	} else if newest > seq {
		out.Followed = new(bool)
	}
	return out, nil
}
