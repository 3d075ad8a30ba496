package ldaptest

import (
	"slices"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// selection is what a search wants of an entry.
type selection struct {
	all         bool
	wanted      []bool         // by attribute number
	names       []string       // by attribute number
	operational []string       // names as they are sent
	from        map[uint16]int // number of the first value, of attributes that are asked for by range
}

func (st *store) selection(attrs []string) *selection {
	st.mu.RLock()
	defer st.mu.RUnlock()
	s := &selection{names: slices.Clone(st.names), wanted: make([]bool, len(st.names)),
		from: map[uint16]int{}}
	s.all = len(attrs) == 0 || slices.Contains(attrs, "*")
	for _, a := range attrs {
		name, from, ranged := splitRequest(a)
		if n, ok := st.number[name]; ok {
			s.wanted[n] = true
			if ranged {
				s.from[n] = from
			}
		}
		for n, have := range st.names { // "userCertificate" asks for "userCertificate;binary" too
			if strings.HasPrefix(strings.ToLower(have), name+";") {
				s.wanted[n] = true
			}
		}
	}
	for _, name := range operationalNames {
		if name == "objectGUID" && !st.guids {
			continue
		}
		if slices.Contains(attrs, "+") || slices.Contains(attrs, strings.ToLower(name)) {
			s.operational = append(s.operational, name)
		}
	}
	return s
}

// wants tells whether an attribute is to be sent. One that came into being after the search began isn't.
func (s *selection) wants(attr uint16) bool {
	return int(attr) < len(s.names) && (s.all || s.wanted[attr])
}

// entry sends one entry. It measures first, so that the message is written in one piece without copies.
func (se *session) entry(q *query, r *record, s *selection, controls ...[]byte) error {
	attrs := se.buf[:0]
	for i := 0; i < len(r.values); {
		end := i + 1
		for end < len(r.values) && r.values[end].attr == r.values[i].attr {
			end++
		}
		if s.wants(r.values[i].attr) {
			attrs = se.appendValues(attrs, s, r.values[i:end], q.typesOnly)
		}
		i = end
	}
	for _, name := range s.operational {
		v := []value{{text: operational(r, strings.ToLower(name))}}
		attrs = appendAttr(attrs, name, v, q.typesOnly)
	}
	se.buf = attrs
	id := wire.Int(wire.TagInteger, q.id)
	list := wire.HeaderSize(len(attrs)) + len(attrs)
	body := wire.HeaderSize(len(r.dn)) + len(r.dn) + list
	var tail []byte
	if len(controls) > 0 {
		tail = wire.TLV(wire.TagControls, controls...)
	}
	head := wire.AppendHeader(nil, wire.TagSequence, len(id)+wire.HeaderSize(body)+body+len(tail))
	head = append(head, id...)
	head = wire.AppendHeader(head, wire.OpSearchEntry, body)
	head = wire.AppendHeader(head, wire.TagOctetString, len(r.dn))
	head = append(head, r.dn...)
	head = wire.AppendHeader(head, wire.TagSequence, len(attrs))
	if _, err := se.w.Write(head); err != nil {
		return err
	}
	_, err := se.w.Write(append(attrs, tail...))
	return err
}

func appendAttr(b []byte, name string, values []value, typesOnly bool) []byte {
	set := 0
	if !typesOnly {
		for _, v := range values {
			set += wire.HeaderSize(len(v.text)) + len(v.text)
		}
	}
	b = wire.AppendHeader(b, wire.TagSequence, wire.HeaderSize(len(name))+len(name)+wire.HeaderSize(set)+set)
	b = wire.AppendHeader(b, wire.TagOctetString, len(name))
	b = append(b, name...)
	b = wire.AppendHeader(b, wire.TagSet, set)
	if typesOnly {
		return b
	}
	for _, v := range values {
		b = wire.AppendHeader(b, wire.TagOctetString, len(v.text))
		b = append(b, v.text...)
	}
	return b
}

// rootDSE describes the server, RFC 4512 section 5.1. Its attributes are operational in real servers: here they are
// sent also when all user attributes are asked for.
func (se *session) rootDSE(q *query) error {
	attrs := []Attr{
		{"objectClass", []string{"top"}},
		{"namingContexts", []string{se.s.config.Suffix}},
		{"supportedLDAPVersion", []string{"3"}},
		{"supportedControl", se.s.controls()},
		{"supportedExtension", []string{wire.OIDStartTLS, wire.OIDWhoAmI}},
		{"vendorName", []string{"Caveat test directory"}},
	}
	return se.single(q, "", se.s.config.describe(attrs))
}
