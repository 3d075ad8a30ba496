package message

import (
	"fmt"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/siolabel"
)

// Form is how a label stands in a message.
type Form string

// The forms that are written. Readers of RFC 7444 that know STANAG 4774 read the first; the second is for those who ask for a
// binding (ADatP-4778.2).
const (
	FormLabel   Form = ""        // the STANAG 4774 label, type ":xml"
	FormBinding Form = "binding" // a STANAG 4778 binding data object that refers to the message by its Message-ID
)

// sioLabel writes the label field: marking and colours for people, the STANAG 4774 XML for programs.
//
// std: RFC7444 §4
func sioLabel(s Seal) ([]byte, error) {
	if err := checkLabel(s.Label); err != nil {
		return nil, err
	}
	if err := checkText("marking", s.Marking); err != nil {
		return nil, err
	}
	v := siolabel.Value{Marking: s.Marking, Foreground: s.Foreground, Background: s.Background}
	switch s.Form {
	case FormLabel:
		v.Label = &s.Label
	case FormBinding:
		id, err := messageID(s)
		if err != nil {
			return nil, err
		}
		o := bound(s.Label, id)
		v.Binding = &o
	default:
		return nil, fmt.Errorf("%w: form %.40q of the label", ErrInvalid, s.Form)
	}
	words, err := v.Parameters()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return field("SIO-Label", words...)
}

// bound is the binding data object of a label and the message that has an identifier.
//
// std: STANAG 4778 binding data objects, RFC2392 §2
func bound(l label.Label, id string) binding.Object {
	return binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
		Metadata: []binding.Metadata{{Label: &l}},
		Data:     []binding.Data{{Reference: &binding.Reference{URI: MessageReference(id), Content: binding.Content{ContentType: "message/rfc822"}}}},
	}}}}}
}

// MessageReference is how a binding data object refers to a whole message by its identifier, with or without angle brackets.
//
// std: RFC2392 §2
func MessageReference(id string) string {
	id = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
	var b strings.Builder
	for i := 0; i < len(id); i++ {
		if isLetterDigit(id[i]) || strings.IndexByte("-._~@!$&'()*+,;=:", id[i]) >= 0 {
			b.WriteByte(id[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", id[i])
		}
	}
	return "mid:" + b.String()
}
