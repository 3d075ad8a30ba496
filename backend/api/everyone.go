package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	out.More = "none"
	o := offers{s: s, a: a, d: d, lang: lang, out: &out}
	for _, direct := range []bool{true, false} { // what is found directly is then translated
		for _, p := range s.in.Site.Policies() {
			held, all, may := a.under(p)
			if !may || all != direct {
				continue // under a policy that somebody has nothing under, nor anything near, nobody is offered anything
			}
			if err := o.under(ctx, p, held, all); err != nil {
				return EveryoneDocument{}, err
			}
		}
	}
	if len(out.Labels) == 0 && out.Note == "" {
		out.Note = "There is no label that everybody here can get."
	}
	return out, nil
}

// offers collects the labels that everybody can get.
type offers struct {
	s     *Service
	a     audience
	d     draft.Draft
	lang  string
	out   *EveryoneDocument
	found []spif.Label
}

// under adds those of one policy. Every one passes the check. Where somebody holds nothing under it, the translations of those that
// were found directly are tried too, and nobody can say that these are all. A label must cover those of the parts: where a maximal
// one does not, none below it does (RULES 2).
func (o *offers) under(ctx context.Context, p *spif.Policy, held []spif.Clearance, all bool) error {
	k := o.s.picker()
	common := cmbac.Common(p, k.validation(p), held, k.mode(p))
	more := map[spif.State]string{spif.Impossible: "none", spif.Possible: "some"}[common.More]
	if !all || more == "" {
		more = "unknown"
	}
	candidates := common.Labels
	if !all {
		candidates = append(candidates, o.translations(p)...)
	}
	var passing []spif.Label
	for _, l := range candidates {
		passes, covers, err := o.s.passesAll(ctx, o.d, choicesOf(p, l))
		switch {
		case err != nil:
			return err
		case !covers:
			o.note("What is left out does not cover the labels of the paragraphs, the attachments and the message that this one answers.")
		case passes:
			passing = append(passing, l)
		case all:
			more = "unknown"
			o.note("What is left out does not pass the check for everybody here.")
		}
	}
	o.out.More = vaguer(o.out.More, more)
	for _, l := range maximal(passing) {
		sel := choicesOf(p, l)
		m, err := k.Marking(draft.Label{Selection: &sel}, o.lang)
		if err != nil {
			return err
		}
		o.found = append(o.found, l)
		o.out.Labels = append(o.out.Labels, OfferedLabel{Selection: LabelSelection{sel}, MarkingDocument: m})
	}
	return nil
}

func (o *offers) note(text string) {
	if o.out.Note == "" {
		o.out.Note = text
	}
}

// translations are what the labels that were found are under another policy.
func (o *offers) translations(p *spif.Policy) []spif.Label {
	var out []spif.Label
	for _, l := range o.found {
		info, err := l.Policy().TranslateTo(p, l)
		if err != nil {
			if info, err = p.TranslateFrom(l.Policy(), l); err != nil {
				continue
			}
		}
		if n := numbered(p, info); n.NamesKnown() {
			out = append(out, n)
		}
	}
	return out
}

// maximal leaves out labels below another one, and repeated ones.
func maximal(all []spif.Label) []spif.Label {
	var out []spif.Label
	for i, l := range all {
		below := false
		for k, m := range all {
			over := spif.AtLeastAsRestrictive(m, l)
			below = below || k != i && over && (k < i || !spif.AtLeastAsRestrictive(l, m))
		}
		if !below {
			out = append(out, l)
		}
	}
	return out
}

// vaguer gives the less certain of two answers to whether there are more.
func vaguer(a, b string) string {
	for _, x := range []string{"unknown", "some"} {
		if a == x || b == x {
			return x
		}
	}
	return "none"
}

// passesAll runs the check while drafting for a label: what is listed is what the check says. covers: the label is at least as
// restrictive as that of each part, and the inherited one.
func (s *Service) passesAll(ctx context.Context, d draft.Draft, sel label.Selection) (passes, covers bool, err error) {
	asked := d
	asked.Label, asked.SendAt = draft.Label{Selection: &sel}, nil
	r, err := s.check(ctx, asked, false)
	if err != nil {
		return false, false, err
	}
	covers = !slices.ContainsFunc(r.Report().Label.Problems, func(x presend.Reason) bool {
		return x.Rule == presend.RulePart || x.Rule == presend.RulePartUnreadable || x.Rule == presend.RuleInherited || x.Rule == presend.RuleInheritedUnreadable
	})
	return r.Report().Outcome == presend.Cleared, covers, nil
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

	clearances [][]label.Clearance // one list for each holder
	unclear    string              // why nothing can be said; the first reason
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
	a.add(a.s.fed.Rules().SystemHigh)
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

func (a *audience) add(held ...label.Clearance) { a.clearances = append(a.clearances, held) }

// under gives what is held under a policy; all: everybody holds something there; may: whoever does not holds something that a label
// of it can be translated to.
func (a *audience) under(p *spif.Policy) (held []spif.Clearance, all, may bool) {
	all, may = true, true
	for _, list := range a.clearances {
		found, near := false, false
		for _, c := range list {
			q, err := a.s.in.Site.Find(c.Policy)
			if err == nil && q == p {
				h, _ := p.Clearance(c)
				held, found = append(held, h), true
			}
			near = near || err == nil && (hasEquivalence(p, q) || hasEquivalence(q, p))
		}
		all, may = all && found, may && (found || near)
	}
	return held, all, may
}

func hasEquivalence(p, q *spif.Policy) bool {
	return slices.ContainsFunc(p.EquivalentPolicies(), func(e spif.EquivalentPolicy) bool { return e.ID == q.ID() })
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
		a.add(l.Clearance)
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
			a.add(*e.Ceiling)
		}
		var held []label.Clearance
		for _, text := range e.Clearances {
			c, err := label.ParseClearance([]byte(text))
			if err != nil {
				a.fail(fmt.Sprintf("What %s may get cannot be told.", who))
				return
			}
			held = append(held, c)
		}
		if key := strings.Join(e.Clearances, "\x00"); len(held) > 0 && !a.texts[key] {
			a.texts[key] = true
			a.add(held...)
		}
		for _, r := range e.Parts {
			if _, ok := a.refs[r]; !ok {
				a.refs[r] = false
			}
		}
	}
}
