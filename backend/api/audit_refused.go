package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/outbox"
	"caveat/backend/plain"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// RefusedQuery asks what was sent that would now be refused.
type RefusedQuery struct {
	Before int64     // only messages of lines before this one; 0: from the newest
	From   time.Time // sent at or after; zero: ever
}

// RefusedPage is a part of the answer, newest first. Each part is bounded: whoever asks goes on with Next, or stops.
type RefusedPage struct {
	At       time.Time        `json:"at" doc:"decided by clearances and policy as they are known here now"`
	Messages []RefusedMessage `json:"messages" nullable:"false" doc:"those that would not leave now as they did, or of which that cannot be said"`
	Examined int              `json:"examined" doc:"messages that this part decided anew"`
	Next     int64            `json:"next" doc:"ask with before= this number for what was sent earlier; 0: everything was decided"`
	Newest   int64            `json:"newest" doc:"number of the newest line of the log: with next it tells how far this is"`
}

// RefusedMessage is one message that would not leave now as it did.
type RefusedMessage struct {
	Message AuditLine `json:"message" doc:"the line that let it leave; one that is damaged has a number alone: whether it did is not known"`
	// Undecided is why nothing at all can be said.
	Undecided  string       `json:"undecided,omitempty" doc:"why it cannot be decided anew at all; left out: it was"`
	Label      []string     `json:"label" nullable:"false" doc:"why nobody could be sent this label now; empty: it is valid"`
	Originator *RefusedFor  `json:"originator,omitempty" doc:"left out: the sender is still cleared"`
	Recipients []RefusedFor `json:"recipients" nullable:"false" doc:"of those who got it, or perhaps did"`
}

// RefusedFor is one for whom the answer is another one now, or cannot be given.
type RefusedFor struct {
	Address   string          `json:"address"`
	Name      string          `json:"name,omitempty"`
	Nation    string          `json:"nation,omitempty"`
	Kind      string          `json:"kind,omitempty"`
	Finding   string          `json:"finding" enum:"refused,reason,undecided" doc:"refused: it is known not to be permitted; reason: only with a reason, as rules stand; undecided: it would be blocked because nothing, or nothing recent, is known"`
	Got       string          `json:"got,omitempty" enum:"yes,perhaps" doc:"did a server take it; left out of the originator"`
	Outcome   presend.Outcome `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Reasons   []string        `json:"reasons" nullable:"false"`
	Directory string          `json:"directory" doc:"which decides now"`
	ReadAt    *time.Time      `json:"readAt,omitempty"`
	Override  bool            `json:"override,omitempty" doc:"it was sent with a reason then"`
}

// How many messages a part decides at most, and how long it goes on.
const (
	refusedMost = 200
	refusedTime = 1500 * time.Millisecond
)

// AuditRefused decides anew, by label, clearances, links and rules as they are known here now, what was sent and got by somebody. No
// directory is asked. For administrators and auditors. Errors: ErrRole, those of the database.
func (s *Service) AuditRefused(ctx context.Context, q RefusedQuery) (RefusedPage, error) {
	if err := s.needRole(ctx, "what was sent", heldFor...); err != nil {
		return RefusedPage{}, err
	}
	until := time.Now().Add(refusedTime)
	out := RefusedPage{At: s.now().UTC(), Messages: []RefusedMessage{}}
	var err error
	if out.Newest, err = audit.LastSeq(ctx, s.store.Reader()); err != nil {
		return RefusedPage{}, err
	}
	sent, next, err := s.sentLines(ctx, q)
	if err != nil {
		return RefusedPage{}, err
	}
	out.Next = next
	ctx = federation.Begin(ctx)
	for i, l := range sent {
		if i > 0 && time.Now().After(until) {
			out.Next = sent[i-1].Seq
			break
		}
		if l.Fault != "" {
			out.Messages = append(out.Messages, damaged(l))
			continue
		}
		m, isFine, err := s.decideAnew(ctx, l)
		if err != nil {
			return RefusedPage{}, err
		}
		if out.Examined++; !isFine {
			out.Messages = append(out.Messages, m)
		}
	}
	return out, nil
}

// damaged stands for what a damaged line may have let leave.
func damaged(l loggedLine) RefusedMessage {
	return RefusedMessage{
		Message: AuditLine{Seq: l.Seq, Fault: l.Fault}, Label: []string{}, Recipients: []RefusedFor{},
		Undecided: fmt.Sprintf("Line %d of the audit log is damaged (%s): whether it let a message leave, and to whom, is not known.", l.Seq, l.Fault),
	}
}

// sentLines reads the lines of a part that let messages leave, and those that are damaged.
func (s *Service) sentLines(ctx context.Context, q RefusedQuery) (sent []loggedLine, next int64, err error) {
	is := AuditQuery{Sent: true, From: q.From}
	next, err = audit.Older(ctx, s.store.Reader(), q.Before, is.perhaps(), func(r audit.Recorded) bool {
		if r.Fault != "" {
			sent = append(sent, loggedLine{Recorded: r})
		} else if x := readLogged(r); is.fits(r, x) {
			sent = append(sent, loggedLine{r, x})
		}
		return len(sent) < refusedMost
	})
	return sent, next, err
}

// decideAnew is what would be said of a message now. isFine: it would leave as it did, or nobody got it.
func (s *Service) decideAnew(ctx context.Context, l loggedLine) (m RefusedMessage, isFine bool, err error) {
	m = RefusedMessage{Message: lineOf(l.Recorded, l.logged), Label: []string{}, Recipients: []RefusedFor{}}
	got, isAltered, err := s.whoGot(ctx, l)
	if err != nil || len(got) == 0 && !isAltered {
		return m, true, err
	}
	e, err := s.box.Evidence(ctx, l.Message)
	switch {
	case errors.Is(err, outbox.ErrTampered):
		m.Undecided = "What is kept of it does not match the audit log: " + plain.Text(err)
		return m, false, nil
	case errors.Is(err, outbox.ErrUnknownMessage):
		m.Undecided = "The outbox does not have it any more, and the audit log does not hold its label."
		return m, false, nil
	case err != nil:
		return m, false, err
	case isAltered:
		m.Undecided = "The lines about it in the audit log were altered: who got it is not known."
		return m, false, nil
	}
	in := s.input(ctx, e.Draft, false)
	in.Alternatives = nil // nobody asks for ways forward
	r, err := presend.Check(ctx, in)
	switch {
	case errors.Is(err, spif.ErrUnknownPolicy):
		m.Undecided = "The policy of its label is not among those of this installation any more."
		return m, false, nil
	case errors.Is(err, presend.ErrDraft):
		m.Label = []string{plain.Text(err)}
		return m, false, nil
	case err != nil:
		return m, false, err
	}
	m.tell(r.Report(), l, got)
	return m, len(m.Label) == 0 && m.Originator == nil && len(m.Recipients) == 0, nil
}

// whoGot tells by address of the draft, folded, who got a message: yes or perhaps; a list did when one of its members did. isAltered:
// others may have got it too.
func (s *Service) whoGot(ctx context.Context, l loggedLine) (who map[string]string, isAltered bool, err error) {
	lines, isAltered, err := s.linesAbout(ctx, l.Message)
	if err != nil {
		return nil, false, err
	}
	var m AuditMessage
	m.tellDecision(l, s)
	for _, x := range lines {
		m.follow(x)
	}
	who = map[string]string{}
	for _, r := range m.Recipients {
		address := draft.FoldAddress(r.Address)
		if r.By != "" {
			address = draft.FoldAddress(r.By)
		}
		if g := r.got(); g == "yes" || g == "perhaps" && who[address] == "" {
			who[address] = g
		}
	}
	return who, isAltered, nil
}

func (m *RefusedMessage) tell(r presend.Report, l loggedLine, got map[string]string) {
	for _, p := range r.Label.Problems {
		m.Label = append(m.Label, p.Text)
	}
	if !r.Label.Valid { // then it is for everybody
		return
	}
	if f := findingOf(r.Originator); f.Finding != "" {
		f.Address, f.Override = l.Sender, l.Originator.Override != nil
		m.Originator = &f
	}
	for _, x := range r.Recipients {
		g := got[draft.FoldAddress(x.Address)]
		f := worseFinding(findingOf(x.Verdict), findingOf(x.Link))
		if g == "" || f.Finding == "" {
			continue
		}
		f.Address, f.Name, f.Nation, f.Kind, f.Got = x.Address, x.Name, x.Nation, string(x.Kind), g
		f.Override = slices.ContainsFunc(l.Recipients, func(p loggedParty) bool {
			return p.Override != nil && draft.FoldAddress(p.Address) == draft.FoldAddress(x.Address)
		})
		m.Recipients = append(m.Recipients, f)
	}
}

// The findings, worst last.
var findings = []string{"", "reason", "undecided", "refused"}

// findingOf is what a verdict means for what was sent; none where it would pass.
func findingOf(v presend.Verdict) RefusedFor {
	f := RefusedFor{Outcome: v.Outcome, Reasons: reasonTexts(v.Reasons), Directory: v.Evidence.Directory, ReadAt: v.Evidence.ReadAt}
	switch {
	case v.Action == presend.Pass:
	case v.Action == presend.Warn:
		f.Finding = "reason"
	case v.Outcome == presend.NotCleared:
		f.Finding = "refused"
	default:
		f.Finding = "undecided"
	}
	return f
}

// worseFinding is the worse of what is said of a recipient and of the way to it, with the reasons of both that stand in the way.
func worseFinding(own, link RefusedFor) RefusedFor {
	if slices.Index(findings, link.Finding) > slices.Index(findings, own.Finding) {
		own, link = link, own
	}
	if link.Finding != "" {
		own.Reasons = append(own.Reasons, link.Reasons...)
	}
	return own
}
