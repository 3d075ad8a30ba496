package api

import (
	"context"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/inbox"
	"caveat/backend/label"
	"caveat/backend/plain"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// The rules of reasons why what was received is withheld that no other check has.
const (
	ruleMailbox     = "mailbox"
	ruleChatAccount = "chat-account"
	ruleNotCleared  = "own-clearance"
)

// holder is who receives something, and where it would lie.
type holder struct {
	channel draft.Channel
	from    string           // address of the user's identity there
	ceiling *label.Clearance // of the account; nil: none
	rule    string           // of reasons that the ceiling gives
	called  string           // the account, in words
}

// refusedTo says why the user may not read what has a label: the clearances of the user, of the installation and of the account. The
// label is judged by its values alone: its dates are its originator's. A clearance that was not read for long still counts, as it does
// for what the user may ask (RULES 19). isUnsure: it is no refusal; nobody can say.
func (s *Service) refusedTo(ctx context.Context, h holder, l label.Label) (out []presend.Reason, isUnsure bool, err error) {
	p, err := s.in.Site.Find(l.Policy)
	if err != nil {
		return refusedReading("Its policy is not known here: " + plain.Text(err)), false, nil
	}
	if unknown := p.Label(l).UnknownNames(); len(unknown) > 0 {
		return refusedReading("Its label cannot be understood: " + unknown[0].Words("en")), false, nil
	}
	k := s.picker()
	out = k.refusals(p, l.Information, "en")
	if h.ceiling != nil {
		k.Rules.SystemHigh = *h.ceiling
		for _, r := range k.decide(p, l.Information) {
			r.Rule, r.Text = h.rule, "The "+h.called+" is not cleared for it. "+r.Words("en")
			out = append(out, r)
		}
	}
	own, isUnsure, err := s.ownVerdict(ctx, h, p, l)
	if err != nil {
		return nil, false, err
	}
	isUnsure = isUnsure && len(out) == 0
	for _, r := range own {
		if r.Rule != cmbac.RuleLabelInvalid || len(out) == 0 { // what the installation may not hold is said once
			out = append(out, r)
		}
	}
	return out, isUnsure, nil
}

func refusedReading(text string) []presend.Reason {
	return []presend.Reason{{Rule: inbox.RuleUnreadable, Text: text}}
}

// ownVerdict is why the clearance of the user does not permit a label; nothing: it does. isUnsure: that is no refusal; his entry is in no
// book, such as one that is made anew while the directory is away, or the policy is not in force.
func (s *Service) ownVerdict(ctx context.Context, h holder, p *spif.Policy, l label.Label) (why []presend.Reason, isUnsure bool, err error) {
	sel := selectionOf(p, l.Information)
	sc, err := s.fed.NewScreen(ctx, h.channel, h.from, draft.Label{Selection: &sel})
	if err != nil {
		return nil, false, err
	}
	v := sc.Originator()
	if v.Outcome == presend.Cleared || v.Outcome == presend.Stale {
		return nil, false, nil
	}
	isUnsure = v.Outcome != presend.NotCleared
	if len(v.Reasons) == 0 {
		return []presend.Reason{{Rule: ruleNotCleared, Text: "Your own clearance is " + string(v.Outcome) + "."}}, isUnsure, nil
	}
	return v.Reasons, isUnsure, nil
}
