package ess

import (
	"fmt"
	"slices"
)

// Marshal writes the label, DER. Parsing the result gives an equal label where Categories are in the order of their
// encodings. It returns ErrValue for what cannot be written, a zero label among it, and ErrTooLarge beyond the limits.
//
// std: RFC2634 §3.2
func (l Label) Marshal() ([]byte, error) {
	var members [][]byte // by their tags, which are rising
	if l.Classification != nil {
		m, err := encodeNumber(*l.Classification, MaxClass)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if l.Policy != "" {
		m, err := encodeOID(tagOID, l.Policy)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if l.PrivacyMark != "" {
		if !isText(l.PrivacyMark) {
			return nil, fmt.Errorf("%w: privacy mark %q", ErrValue, l.PrivacyMark)
		}
		tag := byte(tagUTF8)
		if isPrintable(l.PrivacyMark) {
			tag = tagPrintable
		}
		members = append(members, tlv(tag, []byte(l.PrivacyMark)))
	}
	if len(l.Categories) > 0 {
		m, err := encodeCategories(l.Categories, inLabel)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("%w: an empty label", ErrValue)
	}
	slices.SortFunc(members, func(a, b []byte) int { return int(a[0]&0x1f) - int(b[0]&0x1f) })
	return checked(tlv(tagSet, members...))
}

// Marshal writes the clearance, DER, in the form of RFC 5755. Parsing the result gives an equal clearance where Categories
// are in the order of their encodings. Errors as for Label.Marshal.
//
// std: RFC5755 §4.4.6
func (c Clearance) Marshal() ([]byte, error) {
	policy, err := encodeOID(tagOID, c.Policy)
	if err != nil {
		return nil, err
	}
	members := [][]byte{policy}
	if !slices.Equal(c.ClassList, []int{1}) { // the default is not written
		if err := rising(c.ClassList); err != nil {
			return nil, err
		}
		m, err := encodeBits(tagBits, c.ClassList)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if len(c.Categories) > 0 {
		m, err := encodeCategories(c.Categories, inClearance)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return checked(tlv(tagSequence, members...))
}

func checked(out []byte) ([]byte, error) {
	if len(out) > MaxSize {
		return nil, fmt.Errorf("%w: %d octets, at most %d are written", ErrTooLarge, len(out), MaxSize)
	}
	return out, nil
}

func encodeCategories(list []Category, p place) ([]byte, error) {
	if len(list) > MaxCategories {
		return nil, fmt.Errorf("%w: %d categories", ErrTooLarge, len(list))
	}
	var members [][]byte
	for _, c := range list {
		_, known := acp145Kind(c.Type)
		known = known || c.Type == p.missi
		switch {
		case !known && !p.lenient:
			return nil, fmt.Errorf("%w: type %s", ErrCategory, c.Type)
		case known != (c.Value == nil):
			return nil, fmt.Errorf("%w: a category of type %s: a value is for types that are not known", ErrValue, c.Type)
		}
		m, err := c.encode()
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return setOf(tagSet, members), nil
}

func (c Category) encode() ([]byte, error) {
	typ, err := encodeOID(context, c.Type)
	if err != nil {
		return nil, err
	}
	value, err := c.encodeValue()
	if err != nil {
		return nil, err
	}
	return tlv(tagSequence, typ, tlv(context|constructed|1, value)), nil
}

func (c Category) encodeValue() ([]byte, error) {
	for _, t := range c.Tags {
		if err := rising(t.Values); err != nil {
			return nil, err
		}
	}
	k, known := acp145Kind(c.Type)
	switch {
	case known:
		if len(c.Tags) != 1 || c.Tags[0].Kind != k || c.Tags[0].Listed && k != Informative {
			return nil, fmt.Errorf("%w: a category of type %s has one tag, of its kind", ErrValue, c.Type)
		}
		return c.Tags[0].encode145()
	case c.Type == StandardSecurityLabel && c.Value == nil:
		return encodeMISSI(c.Tags, true)
	case c.Type == SSLPrivileges:
		return encodeMISSI(c.Tags, false)
	}
	if _, err := decode(c.Value); err != nil || len(c.Tags) > 0 {
		return nil, fmt.Errorf("%w: a category of type %s has a DER value and no tags", ErrValue, c.Type)
	}
	return c.Value, nil
}

func (t Tag) encode145() ([]byte, error) {
	set, err := encodeOID(tagOID, t.Set)
	if err != nil {
		return nil, err
	}
	attributes, err := t.encodeValues(tagBits, tagSet)
	if err != nil {
		return nil, err
	}
	return tlv(tagSequence, set, attributes), nil
}

// encodeValues writes the values, as bits or as numbers, under the tag of either.
func (t Tag) encodeValues(asBits, asNumbers byte) ([]byte, error) {
	if t.isListed() {
		return encodeNumbers(asNumbers, t.Values)
	}
	return encodeBits(asBits, t.Values)
}

// encodeMISSI groups the tags that follow each other in one tag set.
func encodeMISSI(tags []Tag, inLabel bool) ([]byte, error) {
	var sets [][]byte
	seen := map[string]bool{}
	for len(tags) > 0 {
		n := 1
		for n < len(tags) && tags[n].Set == tags[0].Set {
			n++
		}
		if seen[tags[0].Set] {
			return nil, fmt.Errorf("%w: the tags of tag set %s do not follow each other", ErrValue, tags[0].Set)
		}
		seen[tags[0].Set] = true
		set, err := encodeMISSISet(tags[:n], inLabel)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
		tags = tags[n:]
	}
	return setOf(tagSet, sets), nil
}

// encodeMISSISet writes the tags of one tag set, at least one.
func encodeMISSISet(tags []Tag, inLabel bool) ([]byte, error) {
	set, err := encodeOID(tagOID, tags[0].Set)
	if err != nil {
		return nil, err
	}
	var members [][]byte
	for _, t := range tags {
		m, err := t.encodeMISSI(inLabel)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return tlv(tagSequence, set, tlv(tagSequence, members...)), nil
}

func (t Tag) encodeMISSI(inLabel bool) ([]byte, error) {
	numbers := map[Kind]byte{Restrictive: 1, Enumerated: 2, Permissive: 6, Informative: 7}
	number, ok := numbers[t.Kind]
	if !ok || t.Listed && t.Kind != Informative || t.Kind == Informative && !inLabel {
		return nil, fmt.Errorf("%w: MISSI has no tag of kind %d here", ErrValue, t.Kind)
	}
	if !inLabel {
		return t.encodeValues(context|number, context|constructed|number)
	}
	attributes, err := t.encodeValues(tagBits, tagSet)
	if err != nil {
		return nil, err
	}
	return tlv(context|constructed|number, attributes), nil
}
