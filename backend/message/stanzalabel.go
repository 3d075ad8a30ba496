package message

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/ess"
	"caveat/backend/label/strictxml"
)

// writeLabel writes the label's element, or the one that a catalogue gave.
//
// std: XEP-0258 §4
func writeLabel(w *strictxml.Writer, s Seal, o Stanza) error {
	if o.FirstLine {
		return nil
	}
	if len(o.Item) > 0 {
		return writeItem(w, s, o)
	}
	w.Raw(`<securitylabel xmlns="` + labelSpace + `">`)
	if marking := strings.TrimSpace(s.Marking); marking != "" {
		w.Raw("<displaymarking")
		w.Optional("fgcolor", cssColour(s.Foreground))
		w.Optional("bgcolor", cssColour(s.Background))
		w.Raw(">")
		w.Text(marking)
		w.Raw("</displaymarking>")
	}
	w.Raw("<label>" + string(s.Label.Marshal()) + "</label>")
	for _, l := range o.Equivalents {
		if err := checkLabel(l); err != nil {
			return fmt.Errorf("equivalent label: %w", err)
		}
		w.Raw("<equivalentlabel>" + string(l.Marshal()) + "</equivalentlabel>")
	}
	w.Raw("</securitylabel>")
	return nil
}

// cssColour spells a colour of a policy as CSS does: the schema of policies has one spelling of its own.
func cssColour(name string) string {
	if name == "fuschia" {
		return "fuchsia"
	}
	return name
}

// writeItem writes the element of a catalogue's item as it came, once it is understood and says what the seal's label says.
func writeItem(w *strictxml.Writer, s Seal, o Stanza) error {
	read, err := o.Reader.ReadItem(o.Item)
	switch {
	case err != nil:
		return err
	case read.Label == nil:
		return fmt.Errorf("%w: the catalogue's item cannot be gone by: %s", ErrLabel, read.Fault)
	case !sameInformation(*read.Label, s.Label.Information):
		return fmt.Errorf("%w: the catalogue's item says something else than the label that was checked", ErrLabel)
	}
	w.Raw(string(o.Item))
	return nil
}

// ReadItem reads a securitylabel element that stands alone, as a catalogue gives it. ErrSyntax where it is none; what its label is
// worth is in the Sensitivity. It is sent as it is, so nobody goes by one that says something besides, in an equivalent label, which
// cannot be read here: FaultType (RULES 26).
func (r Reader) ReadItem(element []byte) (Sensitivity, error) {
	root, err := strictxml.Parse(element, stanzaLimits)
	if err != nil {
		return Sensitivity{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if root.Space != labelSpace || root.Name != "securitylabel" || root.Start != 0 || root.End != len(element) {
		return Sensitivity{}, fmt.Errorf("%w: not a securitylabel element", ErrSyntax)
	}
	s := r.labelled([]*strictxml.Element{root}, element)
	if s.Label != nil && s.Unread > 0 {
		return s.faulty(FaultType, fmt.Errorf("%w: %d equivalent labels that nobody here can read", ErrType, s.Unread)), nil
	}
	return s, nil
}

// labelled judges the securitylabel elements of a message.
//
// std: XEP-0258 §4
func (r Reader) labelled(elements []*strictxml.Element, document []byte) (s Sensitivity) {
	switch len(elements) {
	case 0:
		s.Fault = FaultNoLabel
		return s
	case 1:
	default:
		var markings []string
		for _, e := range elements[:min(len(elements), maxHistory)] {
			if m := OneLine(markingIn(e)); m != "" {
				markings = append(markings, m)
			}
		}
		s.Marking = clipped(strings.Join(markings, " | "), maxShown)
		return s.faulty(FaultTwoLabels, fmt.Errorf("%d securitylabel elements", len(elements)))
	}
	x := securityLabel{document: document, schema: &strictxml.Schema{
		Document: document, Own: []string{labelSpace}, Syntax: ErrSyntax, TooLarge: ErrSyntax, Limits: stanzaLimits,
	}}
	err := x.read(elements[0])
	s.Marking, s.Foreground, s.Background, s.Type = clipped(OneLine(x.Marking), maxShown), x.Foreground, x.Background, x.Type
	if s.Marking == "" && err != nil {
		s.Marking = clipped(OneLine(markingIn(elements[0])), maxShown)
	}
	var info label.Information
	if err == nil {
		info, err = r.read(&s, x.Reading, nil, "")
	}
	s.Unread = x.unread
	if err == nil {
		err = r.weigh(&s, &info, x.equivalents)
	}
	switch {
	case errors.Is(err, ErrNoLabel) && s.Marking == "":
		return s.faulty(FaultNoLabel, err) // an empty label stands for the default label
	case err != nil:
		return s.faulty(faultOf(err), err)
	}
	return r.judge(s, info)
}

func markingIn(e *strictxml.Element) string {
	for _, c := range e.Children {
		if c.Space == labelSpace && c.Name == "displaymarking" {
			return c.Text
		}
	}
	return ""
}

// securityLabel is one element as it is read: the label in its Reading.
type securityLabel struct {
	Reading
	equivalents []label.Label
	unread      int // equivalent labels of another form
	document    []byte
	schema      *strictxml.Schema
}

func (x *securityLabel) read(e *strictxml.Element) error {
	q := x.schema.Children(e)
	if _, err := x.schema.Attributes(e, true); err != nil {
		return err
	}
	if m := q.Take(labelSpace, "displaymarking"); m != nil {
		if err := x.marking(m); err != nil {
			return err
		}
	}
	l, err := q.Need(labelSpace, "label")
	if err != nil {
		return err
	}
	if err := x.content(l); err != nil {
		return err
	}
	for c := q.Take(labelSpace, "equivalentlabel"); c != nil; c = q.Take(labelSpace, "equivalentlabel") {
		if len(c.Children) == 1 && c.Children[0].Space == label.Namespace && !c.HasText() {
			if one, err := label.ParseLabel([]byte(c.Children[0].Standalone(x.document))); err != nil {
				return fmt.Errorf("%w: equivalent label: %w", ErrLabel, err)
			} else {
				x.equivalents = append(x.equivalents, one)
			}
		} else {
			x.unread++
		}
	}
	return q.End()
}

func (x *securityLabel) marking(e *strictxml.Element) error {
	text, err := x.schema.Leaf(e)
	if err != nil {
		return err
	}
	if _, err := x.schema.Attributes(e, true, "fgcolor", "bgcolor"); err != nil {
		return err
	}
	x.Marking = text
	if v, _ := e.Attr("fgcolor"); isCSSColour(v) {
		x.Foreground = v
	}
	if v, _ := e.Attr("bgcolor"); isCSSColour(v) {
		x.Background = v
	}
	return nil
}

// isCSSColour reports a name or "#RRGGBB": nothing that could end an attribute or begin a function.
func isCSSColour(s string) bool {
	hex, isHex := strings.CutPrefix(s, "#")
	ok := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
	if isHex {
		ok = func(r rune) bool { return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F' }
	}
	if isHex && len(hex) != 6 || s == "" || len(s) > 24 {
		return false
	}
	return !strings.ContainsFunc(hex, func(r rune) bool { return !ok(r) })
}

// content reads what stands in the label element: a STANAG 4774 label or an ESS label. A text is ErrType, nothing ErrNoLabel.
func (x *securityLabel) content(e *strictxml.Element) error {
	if _, err := x.schema.Attributes(e, true); err != nil {
		return err
	}
	switch {
	case len(e.Children) == 0 && !e.HasText():
		return fmt.Errorf("%w: an empty label", ErrNoLabel)
	case len(e.Children) == 0:
		x.Type = "text"
		return fmt.Errorf("%w: the text %.80q", ErrType, e.Text)
	case len(e.Children) > 1 || e.HasText():
		return e.Errorf("%w: more than one label in an element", ErrSyntax)
	}
	inner := e.Children[0]
	x.Type = clipped(OneLine(inner.Space), maxShown)
	switch {
	case inner.Space == label.Namespace:
		l, err := label.ParseLabel([]byte(inner.Standalone(x.document)))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrLabel, err)
		}
		x.Label = l
		return nil
	case inner.Space == essSpace && inner.Name == "esssecuritylabel" && len(inner.Children) == 0:
		return x.numbers(inner.Text)
	}
	return fmt.Errorf("%w: element %.80q of namespace %.200q", ErrType, inner.Name, inner.Space)
}

// numbers reads an ESS label.
//
// std: XEP-0258 §4, RFC2634 §3.2
func (x *securityLabel) numbers(text string) error {
	ber, err := base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBase64, err)
	}
	l, err := ess.ParseLabel(ber)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLabel, err)
	}
	x.ESS = &l
	return nil
}

var stanzaLimits = strictxml.Limits{Bytes: MaxStanza, Depth: MaxStanzaDepth, Elements: MaxStanzaElements, Attrs: 64}
