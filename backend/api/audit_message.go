package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/plain"
	"caveat/backend/presend"
)

// AuditMessage answers for one message: who got this, and on what evidence? Neither subject nor text is in it.
type AuditMessage struct {
	ID        string    `json:"id"`
	MessageID string    `json:"messageId,omitempty" doc:"of the message as it left; left out of chat"`
	Line      int64     `json:"line" doc:"number of the line that let it leave"`
	Time      time.Time `json:"time" doc:"of that line"`
	Channel   string    `json:"channel"`
	Account   string    `json:"account" doc:"by which it left"`
	Sender    string    `json:"sender"`
	Actor     string    `json:"actor,omitempty" doc:"login name of whoever sent it; left out: an earlier version did not record it"`
	Marking   string    `json:"marking"`
	// Foreground and Background are the colours of the policy that governed at Send.
	Foreground string             `json:"foreground,omitempty" doc:"colour of the marking's text; left out: not known"`
	Background string             `json:"background,omitempty" doc:"colour behind the marking, by the policy that governed; left out: not known"`
	SHA256     string             `json:"sha256" doc:"of the bytes that were handed over"`
	Policy     presend.PolicyUsed `json:"policy"`
	// Problem is why part of the evidence is not shown.
	Problem    string            `json:"problem,omitempty" doc:"why the report of the check at Send is not shown; left out: it is"`
	IsAltered  bool              `json:"altered,omitempty" doc:"what is kept does not match the audit log, or the log itself was altered: the lines are shown as they stand"`
	Originator AuditRecipient    `json:"originator"`
	Recipients []AuditRecipient  `json:"recipients" nullable:"false" doc:"each address that it was for, in its order"`
	Thresholds []AuditThreshold  `json:"thresholds" nullable:"false" doc:"limits on how many may get such a label that were exceeded with a reason"`
	Relabelled []AuditRelabelled `json:"relabelled" nullable:"false" doc:"less restrictive labels that it was given, with the reasons"`
	Replaces   string            `json:"replaces,omitempty" doc:"id of the message that it stands for"`
	ReplacedBy string            `json:"replacedBy,omitempty" doc:"id of the message that was sent in its place"`
	SplitFrom  string            `json:"splitFrom,omitempty" doc:"id of the message to the other audience"`
	Lines      []AuditLine       `json:"lines" nullable:"false" doc:"all lines about it, oldest first"`
}

// AuditRecipient is one address with what was found about it and what became of it.
type AuditRecipient struct {
	Address  string          `json:"address"`
	By       string          `json:"by,omitempty" doc:"the list of the draft whose member it is"`
	Name     string          `json:"name,omitempty"`
	Nation   string          `json:"nation,omitempty"`
	Kind     string          `json:"kind,omitempty"`
	State    string          `json:"state,omitempty" doc:"as the log says; left out of the originator"`
	Got      string          `json:"got,omitempty" enum:"yes,perhaps,no,unknown" doc:"did a server take it for this address; perhaps: it was handed over, or perhaps was, and no server said no; unknown: the log says no, and was altered; left out of the originator"`
	At       *time.Time      `json:"at,omitempty" doc:"when a server answered for it last"`
	Receipt  int64           `json:"receipt,omitempty" doc:"number of the line with that answer"`
	Code     int             `json:"code,omitempty"`
	Status   string          `json:"status,omitempty"`
	Reply    string          `json:"reply,omitempty" doc:"the server's own words"`
	Outcome  presend.Outcome `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Action   presend.Action  `json:"action" enum:"pass,warn,block"`
	Reasons  []string        `json:"reasons" nullable:"false" doc:"what the check said; where the report is not there, names of rules"`
	Evidence AuditEvidence   `json:"evidence"`
	Link     *AuditLink      `json:"link,omitempty" doc:"the way to its network"`
	Override string          `json:"override,omitempty" doc:"why it was sent all the same, in the user's words"`
	Members  []AuditMember   `json:"members,omitempty" doc:"who stood behind it at Send, by whose clearance it was decided too"`
	Reports  []SentClaim     `json:"reports" nullable:"false" doc:"what others reported since; claims, which are not in the log"`
	// isHandedOver: its end was sent, or perhaps was, and no server has said since that it did not take it.
	isHandedOver bool
}

// AuditEvidence is what an outcome rests on.
type AuditEvidence struct {
	Directory string     `json:"directory" doc:"name of the directory that decided, or why there was none"`
	DN        string     `json:"dn,omitempty"`
	UUID      string     `json:"uuid,omitempty"`
	ReadAt    *time.Time `json:"readAt,omitempty"`
	Transport string     `json:"transport,omitempty" doc:"ldaps, starttls, plain, ldif"`
	Note      string     `json:"note,omitempty"`
}

// AuditLink is what was found about the way to a network.
type AuditLink struct {
	Outcome presend.Outcome `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Rests   string          `json:"rests" doc:"on what"`
	Reasons []string        `json:"reasons" nullable:"false"`
}

// AuditMember is one person behind a list, role or room.
type AuditMember struct {
	Address  string          `json:"address,omitempty"`
	Name     string          `json:"name,omitempty"`
	Nation   string          `json:"nation,omitempty"`
	Outcome  presend.Outcome `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Evidence AuditEvidence   `json:"evidence"`
}

// AuditThreshold is a limit that was exceeded with a reason.
type AuditThreshold struct {
	Name    string `json:"name"`
	Limit   int    `json:"limit"`
	Reached int    `json:"reached"`
	Reason  string `json:"reason" doc:"in the user's words"`
}

// AuditRelabelled is a change to a less restrictive label.
type AuditRelabelled struct {
	Of     string `json:"of,omitempty" enum:"paragraph,attachment" doc:"whose label; left out: the message's"`
	From   string `json:"from" doc:"marking"`
	To     string `json:"to" doc:"marking"`
	Reason string `json:"reason" doc:"in the drafter's words"`
}

// AuditMessage tells of a message, by its id, who got it and on what evidence, from the audit log; what the log names by its hash alone,
// the report of the check at Send, is held to it. For administrators and auditors. Errors: ErrRole, outbox.ErrUnknownMessage.
func (s *Service) AuditMessage(ctx context.Context, id string) (AuditMessage, error) {
	if err := s.needRole(ctx, "who got a message", heldFor...); err != nil {
		return AuditMessage{}, err
	}
	out := AuditMessage{ID: id, Recipients: []AuditRecipient{}, Thresholds: []AuditThreshold{}, Relabelled: []AuditRelabelled{}, Lines: []AuditLine{}}
	lines, isAltered, err := s.linesAbout(ctx, id)
	if err != nil {
		return AuditMessage{}, err
	}
	out.IsAltered = isAltered
	i := slices.IndexFunc(lines, func(l loggedLine) bool { return l.Type == audit.TypeDecision && l.isSend() })
	if i < 0 {
		return AuditMessage{}, fmt.Errorf("%w: the audit log has no message %s that was let leave", outbox.ErrUnknownMessage, id)
	}
	out.tellDecision(lines[i], s)
	for _, l := range lines {
		out.Lines = append(out.Lines, lineOf(l.Recorded, l.logged))
		out.follow(l)
	}
	if err := s.addReport(ctx, &out); err != nil {
		return AuditMessage{}, err
	}
	for i := range out.Recipients {
		r := &out.Recipients[i]
		if r.Got = r.got(); r.Got == "no" && out.IsAltered { // a line that said otherwise may be the one that is damaged
			r.Got = "unknown"
		}
	}
	return out, nil
}

// loggedLine is a line with its data taken apart.
type loggedLine struct {
	audit.Recorded
	logged
}

// linesAbout reads the lines about a message. isAltered: the log does not hold together around them; then they are looked for in all
// that is there.
func (s *Service) linesAbout(ctx context.Context, id string) (lines []loggedLine, isAltered bool, err error) {
	numbers, err := s.box.LogLines(ctx, id)
	switch {
	case errors.Is(err, outbox.ErrTampered):
		lines, err := s.searchAbout(ctx, id)
		return lines, true, err
	case errors.Is(err, outbox.ErrUnknownMessage): // the outbox was lost, the log was not
		lines, err := s.searchAbout(ctx, id)
		return lines, len(lines) > 0, err
	case err != nil:
		return nil, false, err
	}
	for _, n := range numbers {
		r, err := audit.At(ctx, s.store.Reader(), n)
		if err != nil {
			return nil, false, err
		}
		if r == nil || r.Fault != "" {
			isAltered = true
			continue
		}
		lines = append(lines, loggedLine{*r, readLogged(*r)})
	}
	return lines, isAltered, nil
}

// searchAbout looks for the lines about a message in the whole log.
func (s *Service) searchAbout(ctx context.Context, id string) (lines []loggedLine, err error) {
	q := AuditQuery{Message: id}
	for before := int64(0); ; {
		before, err = audit.Older(ctx, s.store.Reader(), before, q.perhaps(), func(r audit.Recorded) bool {
			if x := readLogged(r); r.Fault == "" && x.Message == id && r.Type != audit.TypeWithheld {
				lines = append(lines, loggedLine{r, x})
			}
			return true
		})
		if err != nil || before == 0 {
			slices.Reverse(lines)
			return lines, err
		}
	}
}

// tellDecision fills in what the line says that let the message leave.
func (m *AuditMessage) tellDecision(l loggedLine, s *Service) {
	m.Line, m.Time, m.MessageID, m.Channel, m.Account, m.Sender = l.Seq, l.Recorded.Time.UTC(), l.messageID(), l.Channel, l.Account, l.Sender
	m.Actor, m.Marking, m.SHA256, m.Policy, m.Replaces, m.SplitFrom = l.actor(), l.Marking, l.Wire, l.Policy, l.Replaces, l.SplitFrom
	m.Originator = recipientOf(l.Originator)
	m.Originator.Address = l.Sender
	overridden := map[string]string{}
	for _, r := range l.Recipients {
		if r.Override != nil {
			overridden[draft.FoldAddress(r.Address)] = r.Override.Reason
		}
	}
	for _, p := range l.targets() {
		x := recipientOf(p)
		x.State, x.By = string(outbox.Queued), p.List
		if x.Override = overridden[draft.FoldAddress(p.Address)]; p.List != "" {
			x.Override = overridden[draft.FoldAddress(p.List)]
		}
		m.Recipients = append(m.Recipients, x)
	}
	for _, t := range l.Thresholds {
		m.Thresholds = append(m.Thresholds, AuditThreshold{Name: t.Name, Limit: t.Limit, Reached: t.Recipients, Reason: t.Reason})
	}
	for _, r := range l.Relabelled {
		m.Relabelled = append(m.Relabelled, AuditRelabelled{Of: r.Of, From: s.markingOf(r.From), To: s.markingOf(r.To), Reason: r.Reason})
	}
}

func recipientOf(p loggedParty) AuditRecipient {
	x := AuditRecipient{
		Address: p.Address, Outcome: p.Outcome, Action: p.Action, Reasons: notNil(p.Rules), Reports: []SentClaim{},
		Nation: p.Nation, Kind: p.Kind,
		Evidence: AuditEvidence{Directory: p.Directory, DN: p.DN, UUID: p.UUID, ReadAt: p.ReadAt, Transport: p.Transport},
	}
	if p.Override != nil {
		x.Override = p.Override.Reason
	}
	if p.Link != nil {
		x.Link = &AuditLink{Outcome: p.Link.Outcome, Rests: p.Link.Directory, Reasons: notNil(p.Link.Rules)}
	}
	return x
}

// follow goes on by one line about the message: what became of whom.
func (m *AuditMessage) follow(l loggedLine) {
	switch l.Type {
	case audit.TypeState:
		for i := range m.Recipients {
			m.Recipients[i].move(l)
		}
		m.ReplacedBy = replacedBy(l.Note, m.ReplacedBy)
	case audit.TypeReceipt:
		at := l.Recorded.Time.UTC()
		if t := l.time(); t != nil {
			at = t.UTC()
		}
		for _, a := range l.Receipts {
			for i := range m.Recipients {
				if r := &m.Recipients[i]; draft.FoldAddress(r.Address) == draft.FoldAddress(a.Recipient) && !r.isSettled() {
					r.State, r.Code, r.Status, r.Reply, r.At, r.Receipt = a.State, a.Code, a.Status, a.Text, &at, l.Seq
					r.isHandedOver = isPerhaps(a.State) // any answer of the server says what it did
				}
			}
		}
	}
}

// move follows a change of the message's state. That the user drops it, or sends it anew, takes nothing back that was handed over.
func (r *AuditRecipient) move(l loggedLine) {
	if r.isSettled() || l.State == "" {
		return
	}
	switch {
	case isPerhaps(l.State):
		r.isHandedOver = true
	case l.Withheld && r.State == string(outbox.BodySent): // it was near its end, which was not sent
		r.isHandedOver = false
	}
	r.State = l.State
}

func isPerhaps(state string) bool {
	return state == string(outbox.BodySent) || state == string(outbox.PerhapsDelivered)
}

func (r *AuditRecipient) isSettled() bool {
	return r.State == string(outbox.Accepted) || r.State == string(outbox.Refused)
}

// got says whether somebody has a message, as far as this side can know.
func (r *AuditRecipient) got() string {
	switch {
	case r.State == string(outbox.Accepted):
		return "yes"
	case r.isHandedOver:
		return "perhaps"
	}
	return "no"
}

// addReport adds what the report of the check at Send says, and what others reported since. What cannot be had is said, and is no error.
func (s *Service) addReport(ctx context.Context, m *AuditMessage) error {
	e, err := s.box.Evidence(ctx, m.ID)
	switch {
	case errors.Is(err, outbox.ErrTampered):
		m.IsAltered, m.Problem = true, plain.Text(err)
		return nil
	case errors.Is(err, outbox.ErrUnknownMessage):
		m.Problem = "The outbox does not have the message any more; the audit log does."
		return nil
	case err != nil:
		return err
	}
	if e.Report == nil {
		m.Problem = "The message is from before reports were kept."
	} else {
		m.tellReport(*e.Report)
	}
	full, err := s.reported(ctx, e.Message)
	if err != nil {
		return err
	}
	for _, r := range full.Recipients {
		for i := range m.Recipients {
			if draft.FoldAddress(m.Recipients[i].Address) == draft.FoldAddress(r.Address) {
				m.Recipients[i].Reports = r.Reports
			}
		}
	}
	return nil
}

func (m *AuditMessage) tellReport(r presend.Report) {
	if r.Label.Marking == m.Marking {
		m.Foreground, m.Background = r.Label.Foreground, r.Label.Background
	}
	m.Originator.tell(r.Originator)
	by := map[string]presend.Recipient{}
	for _, x := range r.Recipients {
		by[draft.FoldAddress(x.Address)] = x
	}
	for i := range m.Recipients {
		to := &m.Recipients[i]
		if x, ok := by[draft.FoldAddress(to.Address)]; ok {
			to.Name, to.Nation, to.Kind = x.Name, x.Nation, string(x.Kind)
			to.tell(x.Verdict)
			to.Link = &AuditLink{Outcome: x.Link.Outcome, Rests: x.Link.Evidence.Directory, Reasons: reasonTexts(x.Link.Reasons)}
			to.Members = membersOf(x.Members)
			continue
		}
		for _, x := range by[draft.FoldAddress(to.By)].Members {
			if draft.FoldAddress(x.Address) == draft.FoldAddress(to.Address) {
				to.Name, to.Nation, to.Kind = x.Name, x.Nation, string(x.Kind)
				to.tell(x.Verdict)
			}
		}
	}
}

func (r *AuditRecipient) tell(v presend.Verdict) {
	r.Reasons = reasonTexts(v.Reasons)
	uuid := r.Evidence.UUID
	r.Evidence = evidenceOf(v.Evidence)
	r.Evidence.UUID = uuid
}

func evidenceOf(e presend.Evidence) AuditEvidence {
	return AuditEvidence{Directory: e.Directory, DN: e.DN, ReadAt: e.ReadAt, Transport: e.Transport, Note: e.Note}
}

// membersOf lists everybody behind a list or role, to the last level.
func membersOf(list []presend.Recipient) (out []AuditMember) {
	for _, x := range list {
		out = append(out, AuditMember{
			Address: x.Address, Name: x.Name, Nation: x.Nation, Outcome: x.Verdict.Outcome, Evidence: evidenceOf(x.Verdict.Evidence),
		})
		out = append(out, membersOf(x.Members)...)
	}
	return out
}

// replacedBy reads from a note that a message was sent anew; the note that it has, where it says nothing of that.
func replacedBy(note, before string) string {
	if id, ok := strings.CutPrefix(note, "sent anew as "); ok {
		return id
	}
	return before
}
