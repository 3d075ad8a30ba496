package ldapbook

import "context"

// MapEntry maps one entry that never was on a wire; values are pairs of attribute and value.
func MapEntry(mapping Mapping, dn string, values [][2]string) (Entry, bool) {
	return NewEntryMapper(mapping)(dn, values)
}

// NewEntryMapper is MapEntry for many entries, as a bulk read does it.
func NewEntryMapper(mapping Mapping) func(dn string, values [][2]string) (Entry, bool) {
	src := &Source{Name: "D", Nation: "NOR", Security: TransportLDAPS, Mapping: mapping.withDefaults()}
	m := newMapper(src)
	return func(dn string, values [][2]string) (Entry, bool) {
		m.begin()
		for _, v := range values {
			m.visit([]byte(v[0]), []byte(v[1]))
		}
		return m.end(dn)
	}
}

// MappedAttributes is what a bulk read asks for.
func MappedAttributes(mapping Mapping) []string { return mapping.attributes() }

// ReadLDIF reads a file as a source does.
func ReadLDIF(ctx context.Context, src Source, path string, emit func([]Entry) error) (int64, error) {
	src.Mapping = src.Mapping.withDefaults()
	return readLDIF(ctx, &src, newMapper(&src), path, emit)
}

// ReadClass reads the definition of an object class.
func ReadClass(definition string) (names, above []string) {
	s := &schema{classes: map[string]objectClass{}, attributes: map[string]bool{}}
	s.addClass(definition)
	s.addAttribute(definition)
	for name, c := range s.classes {
		names, above = append(names, name), c.above
	}
	for name := range s.classes {
		s.descends(name, "top")
	}
	return names, above
}
