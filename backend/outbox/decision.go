package outbox

import (
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// decision is what the audit log holds about a check at Send.
//
// What it says of nations, kinds and grounds, of Reach and Classification, is for telling later what other rules would have made of
// it (RULES 14, see Logged); lines of before these were kept are without them. Neither the text nor the subject is in it.
type decision struct {
	Message    string             `json:"message,omitempty"`   // empty: blocked
	MessageID  string             `json:"messageId,omitempty"` // with its angle brackets
	Actor      string             `json:"actor,omitempty"`     // who asked for it to be sent; empty: nobody, the queue checked it again
	Result     string             `json:"result"`              // cleared, blocked, checked-again
	Channel    string             `json:"channel"`
	Draft      string             `json:"draft"`  // digest
	Report     string             `json:"report"` // digest
	Wire       string             `json:"wire,omitempty"`
	Account    string             `json:"account,omitempty"`
	Sender     string             `json:"sender"`
	Marking    string             `json:"marking"`
	Class      string             `json:"classification,omitempty"` // of the label
	Marks      *presend.Marks     `json:"marks,omitempty"`          // in text, subject and header, where the policy wants some
	Traced     bool               `json:"traced,omitempty"`         // the header names the labels that the draft had before
	Policy     presend.PolicyUsed `json:"policy"`
	Problems   []string           `json:"problems,omitempty"` // rules that make the label unusable
	Originator decidedOriginator  `json:"originator"`
	Recipients []decidedRecipient `json:"recipients"`
	// Envelope is to whom it goes, where that are not the recipients: members of lists are written to one by one (RULES 7).
	Envelope []decidedTarget `json:"envelope,omitempty"`
	Reach    *reach          `json:"reach,omitempty"`    // how many it would come to
	Exceeded []string        `json:"exceeded,omitempty"` // thresholds, by name, whatever was done about them
	// Thresholds that were exceeded with a reason; Relabelled and Inherited are the draft's (RULES 1).
	Thresholds []thresholdOverride `json:"thresholds,omitempty"`
	Relabelled []draft.Relabelling `json:"relabelled,omitempty"`
	Inherited  *draft.Label        `json:"inherited,omitempty"`
	SendAt     *time.Time          `json:"sendAt,omitempty"`    // when it is to leave
	Trials     []presend.Trial     `json:"trials,omitempty"`    // what rules in trial would have let become a warning (RULES 14)
	Replaces   string              `json:"replaces,omitempty"`  // a message that the user sent anew
	SplitFrom  string              `json:"splitFrom,omitempty"` // the message to the other audience
	Copy       *decidedCopy        `json:"copy,omitempty"`      // it is a copy for a mailbox; nil: it is a message
	Created    *time.Time          `json:"created,omitempty"`   // of a message: when it was queued
	Passed     *passed             `json:"passed,omitempty"`    // the check that lets the message be sent; nil: it does not
}

// passed is when a check passed, and in which epoch (RULES 24).
type passed struct {
	At    time.Time `json:"at"`
	Epoch int64     `json:"epoch"`
}

// reach is how many distinct persons a message would come to, as thresholds count them; with Others there may be more.
type reach struct {
	Persons int  `json:"persons"`
	Others  bool `json:"others,omitempty"`
}

// decidedParty is one verdict in the log. The texts of reasons are not kept: rules and needs are.
type decidedParty struct {
	Directory string          `json:"directory"`
	DN        string          `json:"dn,omitempty"`
	UUID      string          `json:"uuid,omitempty"`
	ReadAt    *time.Time      `json:"readAt,omitempty"`    // the entry; nil: nothing was read
	Transport string          `json:"transport,omitempty"` // how
	Outcome   presend.Outcome `json:"outcome"`
	Action    presend.Action  `json:"action"`
	Rules     []string        `json:"rules,omitempty"`
}

type decidedOriginator struct {
	decidedParty
	Ground   *presend.Ground `json:"ground,omitempty"` // nil: it passes
	Override *override       `json:"override,omitempty"`
}

type decidedRecipient struct {
	Address string       `json:"address"`
	Nation  string       `json:"nation,omitempty"`
	Kind    presend.Kind `json:"kind,omitempty"`
	decidedParty
	Grounds  []presend.Ground `json:"grounds,omitempty"` // what the action rests on; none: it passes
	Link     decidedParty     `json:"link"`
	Override *override        `json:"override,omitempty"`
}

// override is a user's decision to send all the same (RULES 15): it names what it holds for, and holds for nothing else.
type override struct {
	Reason  string           `json:"reason"` // in the user's words
	Outcome presend.Outcome  `json:"outcome"`
	Reasons []presend.Reason `json:"reasons"`
	Marking string           `json:"marking"`
	Policy  string           `json:"policy"` // SHA-256
}

// thresholdOverride is a user's decision to exceed a threshold (RULES 14, 15).
type thresholdOverride struct {
	Name           string `json:"name"`
	Reason         string `json:"reason"` // in the user's words
	Classification string `json:"classification"`
	Limit          int    `json:"limit"`
	Recipients     int    `json:"recipients"`
	Marking        string `json:"marking"`
	Policy         string `json:"policy"` // SHA-256
}

func decided(v presend.Verdict) decidedParty {
	out := decidedParty{
		Directory: v.Evidence.Directory, DN: v.Evidence.DN, ReadAt: v.Evidence.ReadAt, Transport: v.Evidence.Transport, Outcome: v.Outcome, Action: v.Action,
	}
	for _, r := range v.Reasons {
		if !slices.Contains(out.Rules, r.Rule) {
			out.Rules = append(out.Rules, r.Rule)
		}
	}
	return out
}

// describe makes the audit entry of a check.
func describe(r *presend.Result, over overrides) decision {
	rep := r.Report()
	grounds := r.Grounds()
	d := decision{
		Class: r.Label().Classification, Reach: &reach{grounds.Reached, grounds.Others},
		Channel: string(r.Draft().Channel), Draft: r.DraftDigest(), Report: rep.Digest(), Sender: r.Originator().Address,
		Marking: rep.Label.Marking, Policy: rep.Originator.Evidence.Policy, Originator: decidedOriginator{decidedParty: decided(rep.Originator), Override: over.originator},
		Thresholds: over.thresholds, Relabelled: r.Draft().Relabelled, Inherited: r.Draft().Inherited, SendAt: r.Draft().SendAt,
		Trials: r.Trials(), Envelope: decidedTargets(r),
	}
	if m := r.Marks(); m != (presend.Marks{}) {
		d.Marks = &m
	}
	if p := r.Originator(); len(p.Entries) > 0 {
		d.Originator.UUID = p.Entries[0].UUID
	}
	if g := grounds.Originator; g.Outcome != presend.Cleared {
		d.Originator.Ground = &g
	}
	for _, p := range rep.Label.Problems {
		d.Problems = append(d.Problems, p.Rule)
	}
	for _, t := range rep.Thresholds {
		d.Exceeded = append(d.Exceeded, t.Name)
	}
	for i, x := range rep.Recipients {
		y := decidedRecipient{Address: x.Address, Nation: x.Nation, Kind: x.Kind, decidedParty: decided(x.Verdict), Grounds: grounds.Recipients[i], Link: decided(x.Link)}
		if p := r.Party(x.Address); len(p.Entries) > 0 {
			y.UUID = p.Entries[0].UUID
		}
		if o, ok := over.recipients[x.Address]; ok {
			y.Override = &o
		}
		d.Recipients = append(d.Recipients, y)
	}
	return d
}
