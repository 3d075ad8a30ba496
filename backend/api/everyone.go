package api

import (
	"context"
	"fmt"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// Everyone tells, before a label is chosen, which labels every recipient of a draft can get: information, no proposal (RULES 1).
// The asker's own clearance and the installation's bound the answer (RULES 10, 19). Every label in it passes the check for all of
// them, as far as the cache knows; where somebody cannot be judged nothing is listed, and the note names him. A draft that has a
// label already is ErrLabel.
func (s *Service) Everyone(ctx context.Context, c DraftContent, lang string) (EveryoneDocument, error) {
	if isWhole(c.Label) {
		return EveryoneDocument{}, fmt.Errorf("%w: %w: a label describes the content and is not made to fit the recipients", ErrLabel, errLabelled)
	}
	d := c.Content.Draft
	d.Channel = channelOr(d.Channel)
	out := EveryoneDocument{Labels: []OfferedLabel{}, More: "unknown"}
	if len(d.Recipients()) == 0 {
		out.Note = "There are no recipients yet."
		return out, nil
	}
	a := audience{s: s, ctx: ctx, channel: d.Channel, seen: map[string]bool{}, refs: map[presend.Ref]bool{}, texts: map[string]bool{}}
	if err := a.gather(d); err != nil {
		return EveryoneDocument{}, err
	}
	if a.unclear != "" {
		out.Note = a.unclear
		return out, nil
	}
	p, k := s.in.Site.Policies()[0], s.picker()
	var held []spif.Clearance
	for _, x := range a.clearances {
		h, _ := p.Clearance(x)
		held = append(held, h)
	}
	common := cmbac.Common(p, k.validation(p), held, k.mode(p))
	out.More = map[spif.State]string{spif.Impossible: "none", spif.Possible: "some"}[common.More]
	if out.More == "" {
		out.More = "unknown"
	}
	for _, l := range common.Labels {
		sel := choicesOf(p, l)
		if ok, err := s.passesAll(ctx, d, sel); err != nil {
			return EveryoneDocument{}, err
		} else if !ok {
			out.More, out.Note = "unknown", "What is left out does not pass the check for everybody here."
			continue
		}
		m, err := k.Marking(draft.Label{Selection: &sel}, lang)
		if err != nil {
			return EveryoneDocument{}, err
		}
		out.Labels = append(out.Labels, OfferedLabel{Selection: LabelSelection{sel}, MarkingDocument: m})
	}
	if len(out.Labels) == 0 && out.Note == "" {
		out.Note = "There is no label that everybody here can get."
	}
	return out, nil
}

// passesAll runs the check while drafting for a label: what is listed is what the check says.
func (s *Service) passesAll(ctx context.Context, d draft.Draft, sel label.Selection) (bool, error) {
	asked := draft.Draft{Channel: d.Channel, From: d.From, Action: d.Action, Info: d.Info, Label: draft.Label{Selection: &sel}}
	r, err := s.check(ctx, asked, false)
	if err != nil {
		return false, err
	}
	return r.Report().Outcome == presend.Cleared, nil
}

// choicesOf gives the selection of a label by its numbers.
func choicesOf(p *spif.Policy, l spif.Label) label.Selection {
	out := label.Selection{Policy: p.Name(), Classification: l.Class().Name()}
	for _, set := range p.TagSets() {
		t := label.SelectedTag{TagSet: set.Name()}
		for _, tag := range set.Tags() {
			for _, v := range tag.Values() {
				if l.Values().Has(v.Number()) {
					t.Values = append(t.Values, label.SelectedValue{Name: v.Name(), Type: tag.Type()})
				}
			}
		}
		if len(t.Values) > 0 {
			out.Categories = append(out.Categories, t)
		}
	}
	return out
}

// maxAudience is how many entries are looked at.
const maxAudience = 20_000

// audience collects the clearances that a label for all must fit: of the asker, the installation, every recipient and member, and
// every link on the way.
type audience struct {
	s       *Service
	ctx     context.Context
	channel draft.Channel

	clearances []label.Clearance
	unclear    string // why nothing can be said; the first reason
	seen       map[string]bool
	refs       map[presend.Ref]bool
	texts      map[string]bool
	count      int
}

func (a *audience) gather(d draft.Draft) error {
	origin, bound, err := a.s.fed.Originator(a.ctx, a.channel, d.From, presend.Freshness{})
	if err != nil {
		return err
	}
	if !bound {
		a.fail("You have no identity on this channel.")
	}
	a.clearances = append(a.clearances, a.s.fed.Rules().SystemHigh)
	a.party(origin, "your own entry")
	parties, err := a.s.fed.Resolve(a.ctx, a.channel, d.Recipients(), presend.Freshness{})
	if err != nil {
		return err
	}
	for _, p := range parties {
		a.link(p.Address)
		a.party(p, p.Address)
	}
	for a.unclear == "" && len(a.refs) > 0 {
		if err := a.open(); err != nil {
			return err
		}
	}
	return nil
}

// open looks at the members that were found and not looked at yet.
func (a *audience) open() error {
	var list []presend.Ref
	for r, done := range a.refs {
		if !done {
			list = append(list, r)
			a.refs[r] = true
		}
	}
	if len(list) == 0 {
		a.refs = nil
		return nil
	}
	if a.count += len(list); a.count > maxAudience {
		a.fail("There are too many recipients to say.")
		return nil
	}
	found, err := a.s.fed.Open(a.ctx, a.channel, list, presend.Freshness{})
	if err != nil {
		return err
	}
	for _, r := range list {
		p := found[r]
		if p.Address != "" {
			a.link(p.Address)
		}
		a.party(p, "a member of a list")
	}
	return nil
}

func (a *audience) fail(why string) {
	if a.unclear == "" {
		a.unclear = why
	}
}

func (a *audience) link(address string) {
	domain := draft.Domain(address)
	if a.seen[domain] {
		return
	}
	a.seen[domain] = true
	route, ok := a.s.fed.Route(a.channel, address)
	if !ok {
		a.fail(fmt.Sprintf("There is no route to %s.", address))
	}
	for _, l := range route.Links {
		a.clearances = append(a.clearances, l.Clearance)
	}
}

// party adds what is published of somebody. Nothing of it is told: only the labels that come of all together (RULES 19).
func (a *audience) party(p presend.Party, who string) {
	if len(p.Entries) == 0 {
		a.fail(fmt.Sprintf("Nobody knows whether %s may get anything: it is in no directory that decides.", who))
	}
	for _, e := range p.Entries {
		switch {
		case e.Withdrawn, e.Partial != "", e.Untrusted && e.Ceiling == nil, len(e.Clearances) == 0 && (e.Kind != presend.List || len(e.Parts) == 0):
			a.fail(fmt.Sprintf("What %s may get cannot be told.", who))
			return
		}
		if e.Ceiling != nil && e.Untrusted {
			a.clearances = append(a.clearances, *e.Ceiling)
		}
		for _, text := range e.Clearances {
			if a.texts[text] {
				continue
			}
			a.texts[text] = true
			c, err := label.ParseClearance([]byte(text))
			if err != nil {
				a.fail(fmt.Sprintf("What %s may get cannot be told.", who))
				return
			}
			a.clearances = append(a.clearances, c)
		}
		for _, r := range e.Parts {
			if _, ok := a.refs[r]; !ok {
				a.refs[r] = false
			}
		}
	}
}
