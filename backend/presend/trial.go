package presend

// Trial is what one rule in trial would have done: let a block become a warning. It is for the audit log; no drafter sees it.
type Trial struct {
	Rule    string  `json:"rule"`
	Address string  `json:"address"`
	Nation  string  `json:"nation"`
	Outcome Outcome `json:"outcome"`
}

// trials runs each rule in trial beside those that are enforced, alone, over whoever is blocked (RULES 14). It changes nothing.
func (c *check) trials(r Report, origin Party, all []addressee) []Trial {
	var out []Trial
	for i, rule := range c.in.Rules.Relaxations {
		if !rule.Trial {
			continue
		}
		beside := c.withRule(i)
		if v := r.Originator; v.Action == Block && beside.action(v, ofOriginator, origin.Nation) == Warn {
			out = append(out, Trial{Rule: rule.Name, Address: origin.Address, Nation: origin.Nation, Outcome: v.Outcome})
		}
		for k, x := range r.Recipients {
			if x.Verdict.Action == Block && x.Link.Action == Pass && beside.full(all[k]).Action == Warn {
				out = append(out, Trial{Rule: rule.Name, Address: x.Address, Nation: x.Nation, Outcome: x.Verdict.Outcome})
			}
		}
	}
	return out
}

// withRule is the same check with one rule in trial enforced.
func (c *check) withRule(i int) *check {
	beside := *c
	beside.parts = map[part]judged{}
	beside.in.Rules.Relaxations = append([]Relaxation{}, c.in.Rules.Relaxations...)
	beside.in.Rules.Relaxations[i].Trial = false
	return &beside
}
