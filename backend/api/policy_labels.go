package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
)

// labelInUse is a label with where it is in use.
type labelInUse struct {
	label   draft.Label
	policy  string
	channel draft.Channel // mail, unless chat alone has it
	uses    LabelUses
}

// usedLabels gathers labels; two spellings of one are one.
type usedLabels struct {
	s          *Service
	at         map[string]int
	all        []labelInUse
	unreadable int
}

// add counts the uses of a label; one that cannot be read is counted as such.
func (u *usedLabels) add(l draft.Label, channel draft.Channel, times int, count func(*LabelUses)) {
	if !isWhole(l) {
		return
	}
	k := u.s.picker()
	p, info, err := k.read(l)
	if err != nil {
		u.unreadable += times
		return
	}
	sel := choicesOf(p, numbered(p, info))
	sel.PrivacyMark = info.PrivacyMark
	if sel, err = u.s.canonical(sel); err != nil {
		u.unreadable += times
		return
	}
	key := labelKey(sel)
	if l.Selection == nil { // it names types and identifiers, too
		key = "xml " + key
	} else {
		l = draft.Label{Selection: &sel}
	}
	i, ok := u.at[key]
	if !ok {
		i = len(u.all)
		u.at[key] = i
		u.all = append(u.all, labelInUse{label: l, policy: p.Name(), channel: channel})
	}
	if channel == draft.Mail {
		u.all[i].channel = draft.Mail
	}
	count(&u.all[i].uses)
}

// labelsInUse lists the labels of drafts, their paragraphs and attachments, of what waits, of what was sent of late, of templates and
// favourites, the most used first.
func (s *Service) labelsInUse(ctx context.Context, drafts []draftbox.Stored, out *PolicyImpact) ([]labelInUse, error) {
	u := usedLabels{s: s, at: map[string]int{}}
	for _, d := range drafts {
		for _, l := range labelsOf(d.Content.Draft) {
			u.add(l, channelOr(d.Content.Channel), 1, func(x *LabelUses) { x.Drafts++ })
		}
	}
	sent, err := s.box.LabelsInUse(ctx, s.now().Add(-impactDays*24*time.Hour))
	if err != nil {
		return nil, err
	}
	for _, m := range sent {
		u.add(m.Label, m.Channel, m.Count, func(x *LabelUses) {
			if m.Waiting {
				x.Waiting += m.Count
			} else {
				x.Sent += m.Count
			}
		})
	}
	templates, err := s.kept.Templates(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range templates {
		for _, l := range labelsOf(t.Content.Draft) {
			u.add(l, channelOr(t.Content.Channel), 1, func(x *LabelUses) { x.Templates++ })
		}
	}
	kept, err := s.kept.LabelUses(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range kept {
		u.add(draft.Label{Selection: &f.Selection}, draft.Mail, 1, func(x *LabelUses) { x.Favourite = true })
	}
	slices.SortStableFunc(u.all, func(a, b labelInUse) int { return cmp.Compare(b.uses.count(), a.uses.count()) })
	out.Unreadable = u.unreadable
	return u.all, nil
}

func (u LabelUses) count() int { return u.Drafts + u.Waiting + u.Sent + u.Templates }

// labelsOf are the labels of a draft and its parts.
func labelsOf(d draft.Draft) []draft.Label {
	out := []draft.Label{d.Label}
	for _, p := range d.Parts {
		out = append(out, p.Label)
	}
	for _, a := range d.Attachments {
		if a.Label != nil {
			out = append(out, *a.Label)
		}
	}
	return out
}
