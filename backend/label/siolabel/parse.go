package siolabel

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/ess"
	"caveat/backend/label/strictxml"
)

// Parse reads the value of one field, unfolded, at most MaxSize bytes. The zero Value comes with any error but ErrType: then
// marking, colours and type are given, because a reader must show the marking even so.
//
// A label under type ":xml" or any URI is what its root element says: a STANAG 4774 label or a STANAG 4778 binding data
// object. One under ":ess" or ":x411" is ASN.1. Parameters that are not known are passed over.
//
// std: RFC7444 §4
func Parse(value string) (Value, error) {
	if len(value) > MaxSize {
		return Value{}, fmt.Errorf("%w: more than %d bytes", ErrSyntax, MaxSize)
	}
	p, err := parseParameters(value)
	if err != nil {
		return Value{}, err
	}
	return p.value("")
}

// value reads the parameters of a value whose names stand behind a prefix.
func (p parameters) value(prefix string) (Value, error) {
	v := Value{Marking: p[prefix+"marking"], Type: p[prefix+"type"]}
	if strings.ContainsFunc(v.Marking, isControl) {
		return Value{}, fmt.Errorf("%w: a control character in the marking", ErrSyntax)
	}
	if v.Marking != "" {
		v.Foreground, v.Background = colourOrNone(p[prefix+"fgcolor"]), colourOrNone(p[prefix+"bgcolor"])
	}
	encoded, hasLabel := p[prefix+"label"]
	_, hasType := p[prefix+"type"]
	switch {
	case hasLabel != hasType:
		return Value{}, fmt.Errorf("%w: type and label go together", ErrSyntax)
	case !hasLabel && v.Marking == "":
		return Value{}, fmt.Errorf("%w: neither marking nor label", ErrSyntax)
	case !hasLabel:
		return v, nil
	}
	switch err := v.decode(encoded); {
	case errors.Is(err, ErrType):
		return v, err
	case err != nil:
		return Value{}, err
	}
	return v, nil
}

func colourOrNone(s string) string {
	if isColour(s) {
		return s
	}
	return ""
}

// decode reads the label parameter by the type.
func (v *Value) decode(encoded string) error {
	isASN1 := v.Type == TypeESS || v.Type == TypeX411
	if !isASN1 && v.Type != TypeXML && !uri.MatchString(v.Type) {
		return fmt.Errorf("%w: %.80q", ErrType, v.Type)
	}
	// A quoted string that was folded in its middle holds the blank of the fold.
	encoded = strings.NewReplacer(" ", "", "\t", "").Replace(encoded)
	document, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBase64, err)
	}
	if !isASN1 {
		return v.decodeXML(document)
	}
	l, err := ess.ParseLabel(document)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLabel, err)
	}
	v.ESS = &l
	return nil
}

// decodeXML decides by the root element, whatever the type calls it.
func (v *Value) decodeXML(document []byte) error {
	space, name, err := strictxml.Root(document)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w: %w", ErrLabel, label.ErrSyntax, err)
	case space == label.Namespace:
		l, err := label.ParseLabel(document)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrLabel, err)
		}
		v.Label = &l
	case name == "BindingInformation": // of a draft's namespace, it is refused by name
		o, err := binding.Parse(document)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrLabel, err)
		}
		v.Binding = &o
	default:
		return fmt.Errorf("%w: element %.80q of %.80q", ErrType, name, space)
	}
	return nil
}

// MarkingOf gives the marking of a field that may be malformed otherwise, for showing; "" where it cannot be read. Nobody may go by it.
func MarkingOf(value string) string {
	segments := map[string][]segment{}
	for s := value[:min(len(value), MaxSize)]; ; {
		s = strings.TrimLeft(s, " \t;")
		name, seg, rest, err := nextParameter(s)
		if s == "" || err != nil {
			break
		}
		if name == "marking" {
			segments[name] = append(segments[name], seg)
		}
		s = rest
	}
	p, err := assemble(segments)
	if err != nil || strings.ContainsFunc(p["marking"], isControl) {
		return ""
	}
	return p["marking"]
}
