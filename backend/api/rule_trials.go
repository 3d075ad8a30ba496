package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"caveat/backend/presend"
)

// TrialsDocument is what rules in trial recorded (RULES 14): whom each would have let become a warning, of those that were blocked.
type TrialsDocument struct {
	Since time.Time     `json:"since"`
	Rules []TrialRecord `json:"rules" nullable:"false" doc:"those that recorded something, by name"`
}

// TrialRecord is what one rule recorded.
type TrialRecord struct {
	Rule     string       `json:"rule" doc:"its name then"`
	Attempts int          `json:"attempts" doc:"messages"`
	Newest   time.Time    `json:"newest"`
	By       []TrialCount `json:"by" nullable:"false"`
}

// TrialCount counts addresses of one nation with one outcome.
type TrialCount struct {
	Nation  string          `json:"nation"`
	Outcome presend.Outcome `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Count   int             `json:"count"`
}

// RuleTrials lists what rules in trial recorded in the last 30 days.
func (s *Service) RuleTrials(ctx context.Context) (TrialsDocument, error) {
	out := TrialsDocument{Since: s.now().AddDate(0, 0, -effectDays).UTC(), Rules: []TrialRecord{}}
	all, err := s.attempts.since(ctx, s.store, out.Since)
	if err != nil {
		return TrialsDocument{}, err
	}
	for _, x := range all {
		for i, t := range x.Trials {
			at := slices.IndexFunc(out.Rules, func(r TrialRecord) bool { return r.Rule == t.Rule })
			if at < 0 {
				at = len(out.Rules)
				out.Rules = append(out.Rules, TrialRecord{Rule: t.Rule, Newest: x.At, By: []TrialCount{}})
			}
			r := &out.Rules[at]
			if !slices.ContainsFunc(x.Trials[:i], func(o presend.Trial) bool { return o.Rule == t.Rule }) {
				r.Attempts++
			}
			r.count(t)
		}
	}
	slices.SortFunc(out.Rules, func(a, b TrialRecord) int { return cmp.Compare(a.Rule, b.Rule) })
	return out, nil
}

func (r *TrialRecord) count(t presend.Trial) {
	i := slices.IndexFunc(r.By, func(c TrialCount) bool { return c.Nation == t.Nation && c.Outcome == t.Outcome })
	if i < 0 {
		i = len(r.By)
		r.By = append(r.By, TrialCount{Nation: t.Nation, Outcome: t.Outcome})
	}
	r.By[i].Count++
}
