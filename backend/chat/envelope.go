package chat

import (
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

const (
	labelSpaces = "urn:xmpp:sec-label:" // how the namespaces of labels begin
	damaged     = "!"                   // envelope of a message that cannot be read
	maxLabels   = 4                     // that are kept of one message: with two already nobody goes by any
	stanzaHead  = `<message xmlns="jabber:client" type="chat">`
	stanzaTail  = `</message>`
)

var stanzaLimits = strictxml.Limits{Bytes: message.MaxStanza, Depth: message.MaxStanzaDepth, Elements: message.MaxStanzaElements, Attrs: 64}

// envelopeOf gives the label elements of a message, as they came: all that is needed to judge it again, and nothing that it says.
func envelopeOf(raw []byte) string {
	root, err := strictxml.Parse(raw, stanzaLimits)
	if err != nil {
		return damaged
	}
	var out strings.Builder
	n := 0
	for _, e := range root.Children {
		if strings.HasPrefix(e.Space, labelSpaces) && n < maxLabels {
			n++
			out.WriteString(e.Standalone(raw))
		}
	}
	return out.String()
}

// envelopeFor is that of a message that was sent from here with a label: where it went as a marking in the first line, there is no element.
func envelopeFor(l label.Label) string {
	return `<securitylabel xmlns="` + message.LabelNamespace + `"><label>` + string(l.Marshal()) + `</label></securitylabel>`
}

// Head is what the label of a message is worth.
type Head struct {
	Sensitivity message.Sensitivity
	Assumed     *Default // it came without a label, and has this one
	labels      []label.Label
}

// head reads an envelope under the policies as they are now. from is whose default label counts: the room, or the person.
func (b *Box) head(envelope, from string) Head {
	h := b.headOf(envelope)
	b.addDefault(&h, from)
	return h
}

// addDefault adds the default label of the room or person (RULES 20). What has no label has it as an assumed one. Where its label is
// faulty nothing is assumed, but it is judged by the default as well: to damage a label must not show what would be withheld without one.
func (b *Box) addDefault(h *Head, from string) {
	if b.config.Default == nil || from == "" || h.Sensitivity.Fault == message.FaultNone {
		return
	}
	d, ok := b.config.Default(from)
	if !ok {
		return
	}
	if h.Sensitivity.IsUnlabelled() {
		h.Assumed = &d
	}
	h.labels = append(h.labels, d.Label)
}

func (b *Box) headOf(envelope string) Head {
	var h Head
	if envelope == damaged {
		h.Sensitivity.Fault = message.FaultMalformed
		return h
	}
	c, err := b.reader().ReadStanza([]byte(stanzaHead + envelope + stanzaTail))
	if err != nil {
		h.Sensitivity.Fault = message.FaultMalformed
		return h
	}
	h.Sensitivity = c.Sensitivity
	switch {
	case h.Sensitivity.Label != nil:
		h.labels = []label.Label{{Kind: label.Originator, Information: *h.Sensitivity.Label}}
	case h.Sensitivity.IsUnlabelled():
	default:
		h.labels = append(h.labels, h.Sensitivity.Received...)
		h.labels = append(h.labels, b.each(envelope)...)
	}
	return h
}

// each gives whatever of the labels of a message can be read, where nobody goes by any of them: none of them may be above the reader.
func (b *Box) each(envelope string) []label.Label {
	document := []byte("<x>" + envelope + "</x>")
	root, err := strictxml.Parse(document, strictxml.Limits{Bytes: message.MaxStanza + 16, Depth: message.MaxStanzaDepth + 1, Elements: message.MaxStanzaElements, Attrs: 64})
	if err != nil {
		return nil
	}
	var out []label.Label
	for _, e := range root.Children {
		s, err := b.reader().ReadItem([]byte(e.Standalone(document)))
		switch {
		case err != nil:
		case s.Label != nil:
			out = append(out, label.Label{Kind: label.Originator, Information: *s.Label})
		default:
			out = append(out, s.Received...)
		}
	}
	return out
}

// isLabelled reports that it came with something that is, or should be, a label.
func (h Head) isLabelled() bool { return !h.Sensitivity.IsUnlabelled() }

// Label is what is to be gone by; false: there is none.
func (h Head) Label() (label.Label, bool) {
	switch {
	case h.Sensitivity.Label != nil:
		return label.Label{Kind: label.Originator, Information: *h.Sensitivity.Label}, true
	case h.Assumed != nil:
		return h.Assumed.Label, true
	}
	return label.Label{}, false
}

// Marking is what the message is called: by the policy where its label is valid, else as it says itself.
func (h Head) Marking() string {
	if s := h.Sensitivity; s.Label != nil && s.PolicyMarking != "" {
		return s.PolicyMarking
	}
	return h.Sensitivity.Marking
}

// sameLabel reports that two messages have the same label, or none both. One that nobody goes by is like no other.
func (h Head) sameLabel(o Head) bool {
	a, b := h.Sensitivity, o.Sensitivity
	if a.Label == nil || b.Label == nil {
		return a.IsUnlabelled() && b.IsUnlabelled()
	}
	x, y := label.Label{Kind: label.Originator, Information: *a.Label}, label.Label{Kind: label.Originator, Information: *b.Label}
	return string(x.Marshal()) == string(y.Marshal())
}
