package ldaptest

import (
	"slices"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// SubschemaDN is where a server with Config.Subschema has its subschema.
const SubschemaDN = "cn=subschema"

// describe adds what the configuration says to the root DSE: values to attributes that are there, and new attributes.
func (c *Config) describe(attrs []Attr) []Attr {
	if c.Subschema != nil {
		attrs = append(attrs, Attr{"subschemaSubentry", []string{SubschemaDN}})
	}
	for _, more := range c.RootDSE {
		i := slices.IndexFunc(attrs, func(a Attr) bool { return strings.EqualFold(a.Name, more.Name) })
		if i < 0 {
			attrs = append(attrs, more)
		} else {
			attrs[i].Values = slices.Concat(attrs[i].Values, more.Values)
		}
	}
	return attrs
}

// single sends one entry that is in no store, and the end of the search.
func (se *session) single(q *query, dn string, attrs []Attr) error {
	all := len(q.attrs) == 0 || slices.Contains(q.attrs, "*") || slices.Contains(q.attrs, "+")
	var list []byte
	for _, a := range attrs {
		if !all && !slices.Contains(q.attrs, strings.ToLower(a.Name)) {
			continue
		}
		values := make([]value, len(a.Values))
		for i, v := range a.Values {
			values[i].text = v
		}
		list = appendAttr(list, a.Name, values, q.typesOnly)
	}
	op := wire.TLV(wire.OpSearchEntry, wire.Text(wire.TagOctetString, dn), wire.TLV(wire.TagSequence, list))
	if err := se.send(q.id, op); err != nil {
		return err
	}
	return se.result(q.id, wire.OpSearchDone, codeSuccess, "")
}
