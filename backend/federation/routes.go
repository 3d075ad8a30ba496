package federation

import (
	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
)

// Route implements presend.Routes (RULES 11).
func (f *Federation) Route(channel draft.Channel, address string) (presend.Route, bool) {
	domain := draft.Domain(address)
	for _, r := range f.in.Routes {
		if domain == "" || r.Domain != domain || r.Channel != string(channel) {
			continue
		}
		out := presend.Route{Nation: r.Nation, Own: r.Own}
		for i, l := range r.Links {
			out.Links = append(out.Links, presend.Link{Name: l.Name, Clearance: r.Clearances[i]})
		}
		return out, true
	}
	return presend.Route{}, false
}

// Rules gives the installation's rules in the form that presend applies.
func (f *Federation) Rules() presend.Rules { return RulesOf(f.in) }

// RulesOf gives the rules of any installation, such as one that is only thought of, in that form.
func RulesOf(in *installation.Installation) presend.Rules {
	check := in.File.Check
	out := presend.Rules{
		Drafting: check.DraftingAge.Or(presend.DefaultDrafting), Sending: check.SendingAge.Or(presend.DefaultSending),
		SystemHigh: in.SystemHigh, ReviewAfter: check.ReviewAfter.Or(presend.DefaultReviewAfter),
		RequireTagSets: map[string][]string{}, Protected: check.ProtectedTagSets,
		Language: in.File.System.Language, Marking: markingOf(in),
	}
	if out.Protected == nil {
		out.Protected = installation.DefaultProtected
	}
	for i, p := range in.Site.Policies() {
		file := in.File.Policies[i]
		out.RequireTagSets[p.ID()] = file.RequireTagSets
		if file.Hierarchical {
			out.Hierarchical = append(out.Hierarchical, p.ID())
		}
	}
	for _, r := range in.ActiveRules() {
		out.Relaxations = append(out.Relaxations, presend.Relaxation{
			Name: r.Name, Outcome: presend.Outcome(r.Outcome), Nation: r.Nation, Channel: draft.Channel(r.Channel),
			Classification: r.Classification, From: r.From, Until: r.Until, Trial: r.Trial,
		})
	}
	for _, t := range in.ActiveThresholds() {
		out.Thresholds = append(out.Thresholds, presend.ThresholdRule{
			Name: t.Name, Classification: t.Classification, Limit: t.Limit, Action: presend.Action(t.Action), From: t.From, Until: t.Until,
		})
	}
	for _, r := range in.File.Rooms {
		if r.FiltersOccupants {
			out.FilteredRooms = append(out.FilteredRooms, r.Address)
		}
	}
	return out
}

// marking gives what the installation says of markings in mail. What says "as the policy" is what presend does anyway.
func markingOf(in *installation.Installation) presend.Marking {
	when := func(s string) presend.When {
		if s == installation.MarkingPolicy {
			return presend.MarkPolicy
		}
		return presend.When(s)
	}
	m := in.File.Marking
	return presend.Marking{FirstLine: when(m.FirstLine), LastLine: when(m.LastLine), Subject: when(m.Subject), Header: when(m.Header), HeaderName: m.HeaderName}
}
