package api

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// History lists the versions of a draft that are kept, the newest first.
func (s *Service) History(ctx context.Context, id, lang string) ([]DraftVersion, error) {
	all, err := s.kept.History(ctx, id)
	if err != nil {
		return nil, err
	}
	out := []DraftVersion{}
	for _, d := range all {
		out = append(out, DraftVersion{DraftSummary: s.summary(d, lang), Attachments: len(d.Content.Attachments)})
	}
	return out, nil
}

// DraftVersion reads a draft as it was in a version.
func (s *Service) DraftVersion(ctx context.Context, id string, version int64) (StoredDraft, error) {
	d, err := s.kept.Version(ctx, id, version)
	if err != nil {
		return StoredDraft{}, err
	}
	return StoredDraft{SavedDraft: saved(d), Content: DraftContent{d.Content}}, nil
}

// Templates lists the templates, by name.
func (s *Service) Templates(ctx context.Context, lang string) ([]Template, error) {
	all, err := s.kept.Templates(ctx)
	if err != nil {
		return nil, err
	}
	out := []Template{}
	for _, t := range all {
		out = append(out, s.template(t, lang))
	}
	return out, nil
}

func (s *Service) template(t draftbox.Template, lang string) Template {
	return Template{ID: t.ID, Name: t.Name, Changed: t.Changed, MarkingDocument: s.marking(t.Content.Label, lang), Content: DraftContent{t.Content}}
}

// SaveTemplate keeps a template. What belongs to one message only is left out: when it is sent, what it answers or corrects, a
// catalogue's item, and the reasons for changing its label. The label that it inherited stays: the text does (RULES 1). Errors are those of SaveDraft, draftbox.ErrName and draftbox.ErrMany.
func (s *Service) SaveTemplate(ctx context.Context, id, name string, c DraftContent) (Template, error) {
	c.SendAt, c.InReplyTo, c.Answers, c.Relabelled, c.Typing = nil, "", "", nil, draftbox.Typing{}
	c.CatalogueItem, c.Replaces = "", "" // a server offered the item for one address
	d, err := s.fit(ctx, c.Content.Draft)
	if err != nil {
		return Template{}, s.recordRefusal(ctx, "save", id, err)
	}
	c.Content.Draft = d
	t, err := s.kept.SaveTemplate(ctx, id, name, c.Content)
	if err != nil {
		return Template{}, err
	}
	return s.template(t, "en"), nil
}

// DeleteTemplate removes a template.
func (s *Service) DeleteTemplate(ctx context.Context, id string) error {
	return s.kept.DeleteTemplate(ctx, id)
}

// LabelUses lists the labels that the user keeps or has used; those that this installation cannot use any more are left out.
func (s *Service) LabelUses(ctx context.Context, lang string) ([]LabelUse, error) {
	all, err := s.kept.LabelUses(ctx)
	if err != nil {
		return nil, err
	}
	out := []LabelUse{}
	at := map[string]int{} // in out, by label: two spellings of one are one
	for _, u := range all {
		if u.Selection, err = s.canonical(u.Selection); err != nil {
			continue // of a policy that was taken away, or that lost a value: it could only be refused
		}
		m, err := s.picker().Marking(draft.Label{Selection: &u.Selection}, lang)
		if err != nil {
			continue
		}
		key := labelKey(u.Selection)
		if i, ok := at[key]; ok {
			out[i].Used, out[i].Favourite = out[i].Used+u.Used, out[i].Favourite || u.Favourite
			if last := u.Last; !last.IsZero() && (out[i].Last == nil || last.After(*out[i].Last)) {
				out[i].Last = &last
			}
			continue
		}
		at[key] = len(out)
		x := LabelUse{OfferedLabel: OfferedLabel{Selection: LabelSelection{u.Selection}, MarkingDocument: m}, Used: u.Used, Favourite: u.Favourite}
		if !u.Last.IsZero() {
			at := u.Last
			x.Last = &at
		}
		out = append(out, x)
	}
	return out, nil
}

// SetLabelFavourite keeps a label as a favourite, or no longer, and lists them. One that is not understood is ErrLabel, one that
// the installation may not hold ErrSystemHigh (RULES 10).
func (s *Service) SetLabelFavourite(ctx context.Context, sel label.Selection, favourite bool, lang string) ([]LabelUse, error) {
	if favourite {
		if err := s.mayHoldLabel(draft.Label{Selection: &sel}, "the favourite"); err != nil {
			return nil, err
		}
	}
	all, err := s.spellings(ctx, sel)
	if err != nil {
		return nil, err
	}
	for _, x := range slices.Backward(all) { // the policy's own spelling last: it is the one that stays
		if err := s.kept.SetLabelFavourite(ctx, x, false); err != nil {
			return nil, err
		}
	}
	if favourite {
		if err := s.kept.SetLabelFavourite(ctx, all[0], true); err != nil {
			return nil, err
		}
	}
	return s.LabelUses(ctx, lang)
}

// spellings gives a label as the policy writes it, then every other way in which the same one is kept. One that is not understood is
// as it is.
func (s *Service) spellings(ctx context.Context, sel label.Selection) ([]label.Selection, error) {
	own, err := s.canonical(sel)
	if err != nil {
		return []label.Selection{sel}, nil
	}
	all, err := s.kept.LabelUses(ctx)
	if err != nil {
		return nil, err
	}
	out := []label.Selection{own}
	for _, u := range all {
		if x, err := s.canonical(u.Selection); err == nil && labelKey(x) == labelKey(own) {
			out = append(out, u.Selection)
		}
	}
	return out, nil
}

// canonical gives a label as its policy writes it: names, order, and a type only where a value needs one (RULES 5).
func (s *Service) canonical(sel label.Selection) (label.Selection, error) {
	p, info, err := s.picker().build(sel)
	if err != nil {
		return label.Selection{}, err
	}
	n := numbered(p, info)
	out := label.Selection{Policy: p.Name(), Classification: info.Classification, PrivacyMark: info.PrivacyMark, Review: sel.Review}
	for _, set := range p.TagSets() {
		t := label.SelectedTag{TagSet: set.Name()}
		count := map[string]int{}
		for _, tag := range set.Tags() {
			for _, v := range tag.Values() {
				count[label.Fold(v.Name())]++
			}
		}
		for _, tag := range set.Tags() {
			for _, v := range tag.Values() {
				if !n.Values().Has(v.Number()) {
					continue
				}
				x := label.SelectedValue{Name: v.Name()}
				if count[label.Fold(v.Name())] > 1 {
					x.Type = tag.Type()
				}
				t.Values = append(t.Values, x)
			}
		}
		if len(t.Values) > 0 {
			out.Categories = append(out.Categories, t)
		}
	}
	return out, nil
}

// labelKey stands for a label without its date of review.
func labelKey(sel label.Selection) string {
	sel.Review = time.Time{}
	text, err := draft.Label{Selection: &sel}.MarshalJSON()
	if err != nil {
		return ""
	}
	return string(text)
}

// labelUsed remembers the label of what was sent; that it cannot be remembered harms nothing.
func (s *Service) labelUsed(ctx context.Context, d draft.Draft) {
	sel := d.Label.Selection
	if sel == nil {
		p, info, err := s.picker().read(d.Label)
		if p == nil || err != nil {
			return
		}
		chosen := selectionOf(p, info)
		sel = &chosen
	}
	if own, err := s.canonical(*sel); err == nil {
		sel = &own
	}
	if err := s.kept.LabelUsed(context.WithoutCancel(ctx), *sel); err != nil {
		slog.WarnContext(ctx, "the label that was used cannot be remembered", "error", err)
	}
}

// selectionOf gives the choices that make a label.
func selectionOf(p *spif.Policy, info label.Information) label.Selection {
	out := label.Selection{Policy: p.Name(), Classification: info.Classification, PrivacyMark: info.PrivacyMark}
	for _, c := range info.Categories {
		t := label.SelectedTag{TagSet: c.TagName}
		for i := range out.Categories {
			if label.Fold(out.Categories[i].TagSet) == label.Fold(c.TagName) {
				t, out.Categories = out.Categories[i], append(out.Categories[:i:i], out.Categories[i+1:]...)
				break
			}
		}
		for _, v := range c.Values {
			t.Values = append(t.Values, label.SelectedValue{Name: v, Type: c.Type})
		}
		if len(t.Values) > 0 {
			out.Categories = append(out.Categories, t)
		}
	}
	return out
}

// errLabelled: a draft that has a label asks what label everybody could get.
var errLabelled = errors.New("api: the draft has a label")
