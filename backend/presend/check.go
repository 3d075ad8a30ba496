package presend

import (
	"context"
	"fmt"
	"strings"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Input is what a check needs.
type Input struct {
	Draft     draft.Draft
	Site      *spif.Site
	Rules     Rules
	Directory Directory
	Routes    Routes
	Now       time.Time
	// Sending: the check at Send, with live reads and the sending age; else the one while drafting, from the cache.
	Sending bool
	// ShowHeld lets the reasons say what somebody holds: for administrators and auditors (RULES 19).
	ShowHeld bool
	// TellAll lets Told say of recipients what the asker's own clearance does not permit to know: for administrators and auditors
	// (RULES 19).
	TellAll bool
	// Message is what is known of the message besides the draft itself.
	Message Message
	// LabelsReadIn says where the labels of attachments were read, by their index: "the file itself (SIO-Label)", "plan.pdf.bdo". It is
	// for the reasons' words; one that is not there was chosen, or handed in.
	LabelsReadIn map[int]string
	// LabelsUnread says in sentences why the labels that attachments bear cannot be read, by their index; one that is not there has the
	// words of its own error.
	LabelsUnread map[int]string
	// Item is what the draft's CatalogueItem says; nil where that cannot be read: then ItemUnread says why in a sentence.
	Item       *label.Information
	ItemUnread string
	// Before is the report of the check while drafting, for the one at Send to say what changed since; nil: none.
	Before *Report
	// Occupants, Servers and Alternatives may be nil.
	Occupants    Occupants
	Servers      Servers
	Alternatives Alternatives
}

// Message is what capabilities are held against (RULES 23), besides what the draft itself says. The zero value adds nothing.
type Message struct {
	Size           int64 // bytes as it will be sent; 0: not known, then at least what the draft's parts and attachments come to
	HasAttachments bool
	MMHS           bool // has military fields
	// Limit is how many bytes the server takes that the message is handed to; 0: not known.
	Limit int64
}

// Result is a finished check. Its fields are this package's alone: outbox takes a Result as proof that the check was done.
// The zero Result is no check.
type Result struct {
	done    bool
	sending bool
	at      time.Time
	draft   draft.Draft
	digest  string
	report  Report
	told    Report
	found   string // of a check at Send, digest of the report as it was made: whoever was handed the report shares its slices
	label   label.Label
	from    Party
	parties map[string]Party
	trials  []Trial
	grounds Grounds // of a check at Send
	marks   Marks
	widest  Marks // as marks would be with somebody among the recipients whose system does not understand labels
	rules   Rules
	site    *spif.Site
	// mayAllGet decides about another label for the same recipients; nil where none can be asked about.
	mayAllGet func(label.Label) bool
	// envelope is to whom the message goes, of a check at Send.
	envelope []Target
	gap      string // see Unasked
	servers  map[string]taken
	judge    *check // for CheckCopy
}

// Check checks a draft. It fails only when there is nothing to judge: an invalid draft, a label of the whole under an unknown
// policy or of names that the policy does not have, or a book that cannot be read. Everything else is in the report, labels of
// parts that cannot be read too.
func Check(ctx context.Context, in Input) (*Result, error) {
	if err := in.Draft.Validate(); err != nil {
		return nil, err
	}
	addresses := in.Draft.Recipients()
	for _, a := range addresses {
		if isAmbiguous(in.Draft.Channel, a) {
			return nil, fmt.Errorf("%w: %q is no %s address", ErrDraft, a, in.Draft.Channel)
		}
	}
	c := newCheck(in)
	origin, bound, err := in.Directory.Originator(ctx, in.Draft.Channel, in.Draft.From, c.freshness)
	if err != nil {
		return nil, fmt.Errorf("originator: %w", err)
	}
	if err := c.readLabel(origin); err != nil {
		return nil, err
	}
	parties, err := c.resolve(ctx, addresses)
	if err != nil {
		return nil, fmt.Errorf("recipients: %w", err)
	}
	if err := c.open(ctx, parties); err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	c.askServers(ctx, parties)
	return c.result(ctx, origin, bound, parties)
}

func newCheck(in Input) *check {
	return &check{
		in: in, digest: in.Draft.Digest(), freshness: Freshness{Live: in.Sending, MaxAge: in.Rules.Sending}, memory: &Memory{},
		opened: map[Ref]Party{}, rooms: map[Ref]occupancy{}, decided: map[held]Verdict{}, links: map[string]Verdict{}, parts: map[part]judged{},
		servers: map[string]taken{},
	}
}

// isAmbiguous reports an address whose domain depends on who reads it: in mail everything before the last "@" is the local
// part, in a JID everything after the first "/" is the resource (RFC 7622 section 3.1). Judged by the one reading and sent by
// the other it would go where nobody looked.
func isAmbiguous(channel draft.Channel, address string) bool {
	at, slash := strings.IndexByte(address, '@'), strings.IndexByte(address, '/')
	if at < 0 || slash < 0 {
		return false
	}
	return (channel == draft.Mail) == (slash > at)
}

// check is one run of Check.
type check struct {
	in        Input
	digest    string
	freshness Freshness

	policy     *spif.Policy
	label      label.Label
	given      label.Label // as it was handed in, before what it lacks was added
	numbered   spif.Label
	report     LabelReport
	marks      Marks
	labelValid bool

	portions []portion // paragraphs and attachments with labels of their own
	asks     []ask     // labels of parts that are not the whole's
	measured int64     // bytes of the message; 0: not measured yet

	opened   map[Ref]Party
	rooms    map[Ref]occupancy
	reached  map[Ref][]string            // by which addresses of the draft somebody is reached, where these are several
	memory   *Memory                     // of clearances
	silent   bool                        // reasons get no words
	decided  map[held]Verdict            // by clearance texts: a decision is made once per distinct clearance
	links    map[string]Verdict          // by destination domain
	servers  map[string]taken            // by folded address of the draft
	ceilings map[*label.Clearance]string // written
	parts    map[part]judged             // whoever stands behind a list or role: judged once, however many lists name them
	exempt   map[string]bool             // folded addresses that the draft exempts; nil: not read yet
}

func (c *check) result(ctx context.Context, origin Party, bound bool, parties []Party) (*Result, error) {
	all := c.addressees(parties)
	c.reached = c.severalTimes(all)
	r := Report{Draft: c.digest, Label: c.report, Fixes: []Fix{}, Recipients: make([]Recipient, 0, len(all)), Parts: c.partReports()}
	r.Originator = c.originator(origin, bound)
	r.Outcome = r.Originator.Outcome
	if !c.labelValid {
		r.Outcome = Worse(r.Outcome, c.refused().Outcome)
	}
	out := &Result{done: true, sending: c.in.Sending, at: c.in.Now, draft: c.in.Draft, digest: c.digest, label: c.label, from: origin,
		parties: make(map[string]Party, len(all)), marks: c.placed(all), widest: c.place(true), rules: c.in.Rules, site: c.in.Site, judge: c.forCopy()}
	out.mayAllGet, out.gap, out.servers = c.traces(origin, all), c.unasked(all), c.servers
	for _, a := range all {
		x := c.recipient(a)
		r.Recipients = append(r.Recipients, x)
		r.Outcome = Worse(r.Outcome, Worse(x.Verdict.Outcome, x.Link.Outcome))
		out.parties[draft.FoldAddress(a.party.Address)] = a.party
	}
	if c.in.Sending {
		out.envelope = c.envelope(all, withoutHeld(r).Recipients)
		out.grounds = c.allGrounds(r, origin, all)
	}
	r.Thresholds, r.Warnings = c.exceeded(all), c.warnings(origin, all)
	r.Sendable = sendable(r)
	out.trials = c.trials(r, origin, all)
	ways, err := c.fixes(ctx, r, all)
	if err != nil {
		return nil, fmt.Errorf("ways forward: %w", err)
	}
	r.Fixes = append(r.Fixes, ways...)
	if c.in.Sending && c.in.Before != nil {
		tellChanges(&r, *c.in.Before)
	}
	if !c.in.ShowHeld {
		r = withoutHeld(r)
	}
	out.report, out.told = r, r
	if c.in.Sending { // nothing is sent by another, and to write out the whole report takes long
		out.found = r.Digest()
	}
	if !c.in.TellAll && c.labelValid {
		out.told = forAsker(r)
	}
	return out, nil
}

// sendable: the label is valid, every verdict passes by itself, and no threshold is exceeded.
func sendable(r Report) bool {
	ok := r.Label.Valid && r.Originator.Action == Pass && len(r.Recipients) > 0 && len(r.Thresholds) == 0
	for _, x := range r.Recipients {
		ok = ok && passes(x)
	}
	return ok
}

func passes(x Recipient) bool { return x.Verdict.Action == Pass && x.Link.Action == Pass }

func (c *check) policyUsed() PolicyUsed {
	u := PolicyUsed{Name: c.policy.Name(), Version: c.policy.Version(), SHA256: c.policy.SHA256(), Mode: "membership"}
	if c.in.Rules.mode(c.policy) == cmbac.Hierarchical {
		u.Mode = "hierarchical"
	}
	return u
}

// Report is what the check found: for what is decided and for the audit log.
func (r *Result) Report() Report { return r.report }

// Told is as much of the report as whoever asks may know (RULES 19). Of a report in which the originator is cleared it is all.
func (r *Result) Told() Report { return r.told }

// ReportDigest is the digest of the report as the check at Send made it. Report().Digest() is another one when somebody changed it. Of a
// check while drafting, by which nothing can be sent, it is empty.
func (r *Result) ReportDigest() string { return r.found }

// IsDone reports that r comes from Check.
func (r *Result) IsDone() bool { return r != nil && r.done }

// IsForSending reports that r comes from the check at Send, with live reads.
func (r *Result) IsForSending() bool { return r.IsDone() && r.sending }

// At is when the check was done.
func (r *Result) At() time.Time { return r.at }

// Draft is the draft that was checked.
func (r *Result) Draft() draft.Draft { return r.draft }

// DraftDigest is the digest of the draft that was checked.
func (r *Result) DraftDigest() string { return r.digest }

// Label is the label that was decided on and must go with the message.
func (r *Result) Label() label.Label { return r.label }

// Originator is the entry of the identity that sends.
func (r *Result) Originator() Party { return r.from }

// Trials lists what rules in trial would have let become a warning, for the audit log: no drafter sees it (RULES 14).
func (r *Result) Trials() []Trial { return r.trials }

// Party is who stands behind an address of the draft, as the directories say.
func (r *Result) Party(address string) Party { return r.parties[draft.FoldAddress(address)] }
