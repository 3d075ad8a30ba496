package outbox

import (
	"slices"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// Seen is what the user was shown when giving a reason: an override holds for that and nothing else (RULES 15).
type Seen struct {
	Marking    string          `json:"marking"`
	Policy     string          `json:"policy" doc:"SHA-256 of the policy that decided"`
	Outcome    presend.Outcome `json:"outcome,omitempty" doc:"of a recipient"`
	Rules      []string        `json:"rules,omitempty" doc:"of a recipient: the rules of its reasons"`
	Limit      int             `json:"limit,omitempty" doc:"of a threshold"`
	Recipients int             `json:"recipients,omitempty" doc:"of a threshold: how many it would reach"`
}

// isOf reports that it says the same as another one; the order of rules and how often one stands there do not count.
func (s Seen) isOf(x Seen) bool {
	return s.Marking == x.Marking && s.Policy == x.Policy && s.Outcome == x.Outcome && s.Limit == x.Limit && s.Recipients == x.Recipients &&
		slices.Equal(distinct(s.Rules), distinct(x.Rules))
}

func distinct(rules []string) []string {
	rules = slices.Clone(rules)
	slices.Sort(rules)
	return slices.Compact(rules)
}

func seenVerdict(rep presend.Report, v presend.Verdict) Seen {
	s := Seen{Marking: rep.Label.Marking, Policy: v.Evidence.Policy.SHA256, Outcome: v.Outcome}
	for _, r := range v.Reasons {
		s.Rules = append(s.Rules, r.Rule)
	}
	return s
}

func seenThreshold(rep presend.Report, t presend.Threshold) Seen {
	return Seen{Marking: rep.Label.Marking, Policy: rep.Originator.Evidence.Policy.SHA256, Limit: t.Limit, Recipients: t.Recipients}
}

// isAsSeen reports that what is overridden under a key is what the user was shown; true where the request does not say what that was. The keys of
// Seen are folded.
func (r Request) isAsSeen(key string, now Seen) bool {
	if r.Seen == nil {
		return true
	}
	s, ok := r.Seen[draft.FoldAddress(key)]
	return ok && s.isOf(now)
}
