package api

import (
	"context"

	"caveat/backend/draft"
	"caveat/backend/inbox"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// The rules of reasons why received mail is withheld that no other check has.
const (
	ruleMailbox    = "mailbox"
	ruleNotCleared = "own-clearance"
)

func refusedReading(text string) inbox.Verdict {
	return inbox.Verdict{Reasons: []presend.Reason{{Rule: inbox.RuleUnreadable, Text: text}}}
}

// ownVerdict is why the clearance of whoever the mailbox belongs to does not permit a label; nothing: it does. isUnsure: that is no
// refusal; his entry is in no book, such as one that is made anew while the directory is away, or the policy is not in force.
func (s *Service) ownVerdict(ctx context.Context, mailbox string, p *spif.Policy, l label.Label) (why []presend.Reason, isUnsure bool, err error) {
	from := ""
	for _, m := range s.inbox.Mailboxes() {
		if m.Name == mailbox {
			from = m.Address
		}
	}
	sel := selectionOf(p, l.Information)
	sc, err := s.fed.NewScreen(ctx, draft.Mail, from, draft.Label{Selection: &sel})
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
