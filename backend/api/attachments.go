package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/plain"
)

// ErrBorne: the draft gives an attachment a label that is less restrictive than the one that the file itself bears (RULES 1).
var ErrBorne = errors.New("api: the file bears a more restrictive label")

// KeepAttachment keeps the content of a file, to be attached to a draft, and reads the label that it bears. length is how many
// bytes are announced; -1: not known. Errors: outbox.ErrTooLarge, ErrSystemHigh when the installation may not hold the label that
// the file bears (RULES 10): then nothing is kept.
func (s *Service) KeepAttachment(ctx context.Context, name string, r io.Reader, length int64) (KeptAttachment, error) {
	if length > s.in.MaxAttachment() {
		return KeptAttachment{}, fmt.Errorf("%w: %q has %d bytes, and at most %d can be attached", outbox.ErrTooLarge, draft.FileName(name), length, s.in.MaxAttachment())
	}
	kept, err := s.box.Keep(ctx, r, s.in.MaxAttachment(), s.bornBy)
	if err != nil {
		return KeptAttachment{}, s.recordRefusal(ctx, "attach", "", err)
	}
	file := draft.FileName(name)
	out := KeptAttachment{File: file, SHA256: kept.SHA256, Size: kept.Size, Type: message.MediaType(file)}
	if kept, err = s.box.Kept(ctx, kept.SHA256); err != nil { // a sidecar may have given it a label before
		return KeptAttachment{}, err
	}
	own, problem := s.covering(kept.Borne)
	out.LabelProblem = problem
	if !own.IsZero() {
		out.Label = &LabelBody{own}
		if m, err := s.picker().Marking(own, "en"); err == nil {
			out.MarkingDocument = m
		}
	}
	return out, nil
}

// OpenAttachment opens the content of a file that is kept. What was changed in the spool is outbox.ErrContent.
func (s *Service) OpenAttachment(ctx context.Context, sum string) (*os.File, error) {
	kept, err := s.box.Kept(ctx, sum)
	if err != nil {
		return nil, err
	}
	if err := s.box.Verify(ctx, sum, kept.Size); err != nil {
		return nil, err
	}
	return s.box.Content(ctx, sum)
}

// bornBy reads the labels that a file bears in itself, and those of the messages inside. One that the installation may not hold is
// ErrSystemHigh.
func (s *Service) bornBy(f io.ReadSeeker) ([]outbox.Borne, error) {
	found, err := message.ReadFileLabels(f)
	if err != nil {
		return nil, err // the file itself could not be read
	}
	var out []outbox.Borne
	for _, x := range found {
		list, err := []label.Label{x.Label}, x.Err
		if errors.Is(err, message.ErrType) {
			list, err = s.otherForm(x)
		}
		if err != nil {
			out = append(out, outbox.Borne{Label: x.Raw, Problem: unreadIn(x, err), Inside: true})
			continue
		}
		more, err := s.mayKeep(list, true)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// unreadIn says which label of a file cannot be read, and why.
func unreadIn(x message.FileLabel, err error) string {
	if errors.Is(err, message.ErrLookalike) {
		return "Something in the file looks like a label and cannot be read as one: a line that begins with \"SIO-Label:\", or a label in XML. " +
			"Attach a message that is inside as a file of its own; where a text only speaks of labels, put \"> \" before the line."
	}
	if errors.Is(err, message.ErrTwoLabels) {
		what := "It bears"
		if x.Depth > 0 {
			what = "A message inside it bears"
		}
		return what + " more than one label, so that two readers could take different ones."
	}
	return fmt.Sprintf("The label in %s cannot be read: %v.", placeOf(x), strings.TrimRight(plain.Text(err), "."))
}

// placeOf says where in a file a label stands, by how many messages are around it.
func placeOf(x message.FileLabel) string {
	switch depth := x.Depth; {
	case x.Sidecar != "":
		return fmt.Sprintf("the sidecar %q inside the file", x.Sidecar)
	case depth == 0:
		return "the file itself (its SIO-Label)"
	case depth == 1:
		return "a message inside the file (its SIO-Label)"
	default:
		return fmt.Sprintf("a message inside the file, %d deep (its SIO-Label)", depth)
	}
}

// otherForm understands a label that is a binding data object or an ASN.1 label.
func (s *Service) otherForm(found message.FileLabel) ([]label.Label, error) {
	switch {
	case found.Binding != nil:
		return s.bound(*found.Binding, found.Reference)
	case found.ESS != nil:
		info, err := s.in.Site.ESSLabel(*found.ESS)
		return []label.Label{{Kind: label.Originator, Information: info}}, err
	}
	return nil, fmt.Errorf("%w: of type %.80q", message.ErrType, found.Type)
}

// errSilent: a binding data object that says nothing about the file beside which it lies.
var errSilent = errors.New("it binds no label to the whole of the file")

// bound gives the labels that a binding data object gives to a reference: of the whole first, then of each part of it. Where
// metadata lies elsewhere it might be another one, and where a part has metadata that is no label nobody knows what it says.
func (s *Service) bound(o binding.Object, reference string) ([]label.Label, error) {
	b, err := o.Bound(reference)
	switch {
	case err != nil:
		return nil, err
	case len(b.References) > 0:
		return nil, fmt.Errorf("it refers to metadata elsewhere (%.80q), which may be a label", b.References[0].URI)
	case len(b.Labels) == 0:
		return nil, errSilent
	}
	sets := [][]label.Label{b.Labels}
	for _, p := range b.Parts {
		if len(p.Labels) == 0 {
			return nil, errors.New("it binds to a part of the file what is no label")
		}
		sets = append(sets, p.Labels)
	}
	var out []label.Label
	for _, set := range sets {
		l, err := s.applicable(set)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// applicable chooses among the labels of one thing the one that counts here.
func (s *Service) applicable(labels []label.Label) (label.Label, error) {
	for _, p := range s.in.Site.Policies() {
		a, ok, err := label.Applicable(labels, p.PolicyID(), s.now())
		if err != nil {
			return label.Label{}, err
		}
		if ok {
			return labels[a.Index], nil
		}
	}
	return labels[0], nil // under a policy that is not known here: the check says so
}

// mayKeep refuses labels that the installation may not hold. One under a policy that it does not have is a problem: nobody can
// judge it, and nothing that has it is sent.
func (s *Service) mayKeep(list []label.Label, inside bool) ([]outbox.Borne, error) {
	var out []outbox.Borne
	for _, l := range list {
		b := outbox.Borne{Label: string(l.Marshal()), Inside: inside}
		refusals, err := s.picker().Refusals(draft.Label{XML: b.Label})
		switch {
		case err != nil:
			b.Problem = "The label that the file bears cannot be judged: " + plain.Text(err)
		case len(refusals) > 0:
			err := fmt.Errorf("%w: the label that the file bears: %s It is not kept", ErrSystemHigh, refusals[0].Text)
			return nil, systemHighError{err, "the label that a file bears", s.markingOf(draft.Label{XML: b.Label})}
		}
		out = append(out, b)
	}
	return out, nil
}

// maxSidecar is the longest sidecar that is read.
const maxSidecar = binding.MaxSize

// bySidecar reads the labels that a sidecar, itself an attachment, gives to a file.
func (s *Service) bySidecar(ctx context.Context, sidecar draft.Attachment, file string) ([]outbox.Borne, error) {
	f, err := s.box.Content(ctx, sidecar.SHA256)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSidecar+1))
	if err != nil {
		return nil, err
	}
	var list []label.Label
	o, err := binding.Parse(data)
	if err == nil {
		list, err = s.bound(o, message.SidecarReference(file))
	}
	if err != nil {
		text := strings.ToValidUTF8(string(data[:min(len(data), label.MaxSize)]), "\ufffd")
		return []outbox.Borne{{Label: text, Problem: fmt.Sprintf("The label in %q cannot be read: %s", sidecar.File, plain.Text(err))}}, nil
	}
	return s.mayKeep(list, false)
}

// BindSidecar gives a kept file the labels in a sidecar that lies beside it and is kept too. One that cannot be read stays with the
// file until that is kept anew, so that the check says "error".
func (s *Service) BindSidecar(ctx context.Context, a, sidecar draft.Attachment) error {
	b, err := s.bySidecar(ctx, sidecar, a.File)
	if err != nil {
		return err
	}
	return s.box.Bind(ctx, a.SHA256, b)
}

// borne gives every label that an attachment of a draft bears: in itself, and by a sidecar that is attached or ever was. Of a sidecar
// that cannot be read nothing is remembered: it says nothing once it is taken away.
func (s *Service) borne(ctx context.Context, d draft.Draft, i int) ([]outbox.Borne, error) {
	a := d.Attachments[i]
	kept, err := s.box.Kept(ctx, a.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", a.File, err)
	}
	j := d.Sidecar(i)
	if j < 0 {
		return kept.Borne, nil
	}
	found, err := s.bySidecar(ctx, d.Attachments[j], a.File)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", d.Attachments[j].File, err)
	}
	found = slices.DeleteFunc(found, func(b outbox.Borne) bool { return slices.Contains(kept.Borne, b) })
	read := slices.DeleteFunc(slices.Clone(found), func(b outbox.Borne) bool { return b.Problem != "" })
	if len(read) > 0 { // remembered, so that they stay when the sidecar is taken away
		if err := s.box.Bind(ctx, a.SHA256, read); err != nil {
			return nil, err
		}
	}
	return append(kept.Borne, found...), nil
}

// covering gives the label that covers all of those that a file bears: the most restrictive of them. Where one cannot be read, or
// none covers the others, problem says so, and the label is a text that nobody can take for one; none at all: the zero Label.
func (s *Service) covering(borne []outbox.Borne) (own draft.Label, problem string) {
	for _, b := range borne {
		if b.Problem != "" {
			return unreadable(b.Problem), b.Problem
		}
	}
	if len(borne) == 0 {
		return draft.Label{}, ""
	}
	for _, b := range borne {
		if own := (draft.Label{XML: b.Label}); s.covers(own, borne) {
			return own, ""
		}
	}
	problem = fmt.Sprintf("The file bears several labels, and none of them covers the others: %s. Attach what they are of one by one.", s.listed(borne))
	return unreadable(problem), problem
}

// listed names labels that a file bears.
func (s *Service) listed(borne []outbox.Borne) string {
	var out []string
	for _, b := range borne {
		where := "in a sidecar"
		if b.Inside {
			where = "in the file"
		}
		out = append(out, fmt.Sprintf("%q %s", cmp.Or(s.marking(draft.Label{XML: b.Label}, "en").Marking, "(unknown)"), where))
	}
	return strings.Join(out, ", ")
}

// labelsReadIn says of the attachments whose file bears a label where that was read, for the words of the check.
func (s *Service) labelsReadIn(ctx context.Context, d draft.Draft) map[int]string {
	out := map[int]string{}
	for i, a := range d.Attachments {
		if a.Label == nil {
			continue
		}
		borne, err := s.borne(ctx, d, i)
		if err != nil {
			continue // what is not kept is refused elsewhere
		}
		own, _ := s.covering(borne)
		if len(borne) == 0 || !sameLabel(own, *a.Label) {
			continue
		}
		out[i] = fmt.Sprintf("its sidecar %q", a.File+draft.SidecarSuffix)
		if slices.ContainsFunc(borne, func(b outbox.Borne) bool { return b.Inside && (b.Problem != "" || b.Label == own.XML) }) {
			out[i] = "the file itself (SIO-Label)"
		}
	}
	return out
}

// labelsUnread says of the attachments whose file bears a label that cannot be read why that is so, for the words of the check.
func (s *Service) labelsUnread(ctx context.Context, d draft.Draft) map[int]string {
	out := map[int]string{}
	for i, a := range d.Attachments {
		if a.Label == nil || !isUnreadable(*a.Label) {
			continue
		}
		if borne, err := s.borne(ctx, d, i); err == nil { // what is not kept is refused elsewhere
			_, out[i] = s.covering(borne)
		}
	}
	return out
}

// covers reports that a label is at least as restrictive as every label that a file bears.
func (s *Service) covers(l draft.Label, borne []outbox.Borne) bool {
	return !slices.ContainsFunc(borne, func(b outbox.Borne) bool { return b.Problem != "" || !s.atLeast(l, draft.Label{XML: b.Label}) })
}

// unreadable is what stands in a draft for a label that cannot be read. It is no XML, whatever the problem quotes: else a label
// that is no label of this file would be taken for it.
func unreadable(problem string) draft.Label {
	return draft.Label{XML: unreadMark + strings.NewReplacer("<", "(", ">", ")").Replace(problem)}
}

const unreadMark = "! "

// isUnreadable reports that a label is one that unreadable made. It says that something could not be read then, and nothing more: what
// is so now is found out anew.
func isUnreadable(l draft.Label) bool { return strings.HasPrefix(l.XML, unreadMark) }

// withBorne gives a draft in which each attachment has the label that its file bears. Nobody can take it off: an attachment
// without one gets it. Nor lower it: one whose label does not cover every one that the file bears is ErrBorne; unless all is said,
// as it is of a draft that is still being written: then it stays as it is, and the check refuses it. Nor hide one that cannot be
// read. Content that is not kept is outbox.ErrNotKept with all, and else left as it is.
func (s *Service) withBorne(ctx context.Context, d draft.Draft, all bool) (draft.Draft, error) {
	d.Attachments = append([]draft.Attachment(nil), d.Attachments...)
	for i := range d.Attachments {
		a := &d.Attachments[i]
		borne, err := s.borne(ctx, d, i)
		if errors.Is(err, outbox.ErrNotKept) && !all {
			continue
		}
		if err != nil {
			return draft.Draft{}, inField("attachments", err)
		}
		if a.Label != nil && isUnreadable(*a.Label) {
			a.Label = nil
		}
		if len(borne) == 0 || a.Label != nil && !a.Label.IsZero() && s.covers(*a.Label, borne) {
			if all {
				err = s.sidecarAgrees(ctx, d, i)
			}
			if err != nil {
				return draft.Draft{}, inField("attachments", err)
			}
			continue
		}
		own, _ := s.covering(borne)
		isUnread := slices.ContainsFunc(borne, func(b outbox.Borne) bool { return b.Problem != "" })
		switch {
		case a.Label == nil || a.Label.IsZero() || isUnread:
			a.Label = &own
		case all:
			return draft.Draft{}, inField("attachments", fmt.Errorf("%w: %q bears %s: take that label, or a more restrictive one", ErrBorne, a.File, s.listed(borne)))
		}
		if err := s.sidecarAgrees(ctx, d, i); all && err != nil {
			return draft.Draft{}, inField("attachments", err)
		}
	}
	return d, nil
}

// sidecarAgrees refuses a sidecar that would leave in the place of a label of ours and says less than the label that the file has in
// the draft (RULES 1, 3): whoever gets both goes by the sidecar.
func (s *Service) sidecarAgrees(ctx context.Context, d draft.Draft, i int) error {
	a, j := d.Attachments[i], d.Sidecar(i)
	if j < 0 || a.Label == nil || a.Label.IsZero() || isUnreadable(*a.Label) {
		return nil
	}
	found, err := s.bySidecar(ctx, d.Attachments[j], a.File)
	if err != nil {
		return err
	}
	says, problem := s.covering(found)
	if problem != "" || s.atLeast(says, *a.Label) {
		return nil // one that cannot be read is an error of the check
	}
	marking := func(l draft.Label) string { return cmp.Or(s.marking(l, "en").Marking, "(unknown)") }
	return fmt.Errorf("%w: %q has the label %q, and its sidecar %q says %q: take the sidecar out, and the message binds the file's label to it itself",
		ErrBorne, a.File, marking(*a.Label), d.Attachments[j].File, marking(says))
}

func inField(field string, err error) error { return &draft.FieldError{Field: field, Err: err} }

// sameLabel compares labels as they are written.
func sameLabel(a, b draft.Label) bool {
	x, errA := a.MarshalJSON()
	y, errB := b.MarshalJSON()
	return errA == nil && errB == nil && string(x) == string(y)
}

// verify holds the content of every attachment to the hash and size that the draft names: outbox.ErrNotKept, outbox.ErrContent.
func (s *Service) verify(ctx context.Context, d draft.Draft) error {
	for _, a := range d.Attachments {
		if a.SHA256 == "" {
			return inField("attachments", fmt.Errorf("%w: %q: hand it in first", outbox.ErrNotKept, a.File))
		}
		if err := s.box.Verify(ctx, a.SHA256, a.Size); err != nil {
			return inField("attachments", fmt.Errorf("%q: %w", a.File, err))
		}
	}
	return nil
}

// buildLabel makes a label out of what a draft says of an attachment, with the identifiers that RULES 3 wants.
func (s *Service) buildLabel(d draft.Label) (label.Label, error) {
	if d.XML != "" {
		return label.ParseLabel([]byte(d.XML))
	}
	if d.Selection == nil {
		return label.Label{}, fmt.Errorf("%w: there is none", ErrLabel)
	}
	p, info, err := s.picker().build(*d.Selection)
	if err != nil {
		return label.Label{}, err
	}
	info.Policy = p.PolicyID()
	for i, c := range info.Categories {
		if set := p.TagSet(c.TagName); set != nil && c.URI == "" {
			info.Categories[i].URI = "urn:oid:" + set.ID()
		}
	}
	return label.Label{Kind: label.Originator, Information: info}, nil
}
