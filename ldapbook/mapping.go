package ldapbook

import (
	"maps"
	"slices"
	"strings"
)

// Mapping says which object classes become which kind, and which attributes hold what. Names are compared without case.
// Of the attributes of a single-valued field the first that has a value counts; of Mail, JID, Phone, Clearance, Members
// and Occupants all values of all attributes count. A field that is nil is filled in from DefaultMapping; one that is
// empty but not nil stays empty.
type Mapping struct {
	Classes map[string]Kind // an entry of several is, in this order, a room, list, role, person
	Ignore  []string        // entries of these classes are not kept, e.g. "computer" (a kind of person in AD)

	UUID, Name, Surname, GivenName, Rank, Title, Unit, Organisation []string

	Mail, JID, Phone, Clearance, Members, Occupants []string
}

// DefaultMapping fits inetOrgPerson (RFC 2798), RFC 4519, RFC 4524, RFC 8284 and the clearance attribute.
//
// std: ADatP-4774.1/A1 §5.2.1
func DefaultMapping() Mapping {
	return Mapping{
		Classes: map[string]Kind{
			"inetOrgPerson": KindPerson, "organizationalPerson": KindPerson, "person": KindPerson,
			"organizationalRole": KindRole,
			"groupOfNames":       KindList, "groupOfUniqueNames": KindList, "group": KindList,
			"room": KindRoom,
		},
		Ignore:       []string{"computer"},
		UUID:         []string{"entryUUID"},
		Name:         []string{"displayName", "cn"},
		Surname:      []string{"sn"},
		GivenName:    []string{"givenName"},
		Rank:         []string{"personalTitle", "rank"},
		Title:        []string{"title"},
		Unit:         []string{"ou"},
		Organisation: []string{"o"},
		Mail:         []string{"mail"},
		JID:          []string{"jid"},
		Phone:        []string{"telephoneNumber", "mobile"},
		Clearance:    []string{"confidentialityClearance"},
		Members:      []string{"member", "uniqueMember"},
		Occupants:    []string{"roleOccupant"},
	}
}

// fields returns the attribute lists in the order of the field constants.
func (m *Mapping) fields() [fieldCount]*[]string {
	return [fieldCount]*[]string{
		&m.UUID, &m.Name, &m.Surname, &m.GivenName, &m.Rank, &m.Title, &m.Unit, &m.Organisation,
		&m.Mail, &m.JID, &m.Phone, &m.Clearance, &m.Members, &m.Occupants,
	}
}

// Indexes into fields.
const (
	fieldUUID = iota
	fieldName
	fieldSurname
	fieldGivenName
	fieldRank
	fieldTitle
	fieldUnit
	fieldOrganisation
	fieldMail
	fieldJID
	fieldPhone
	fieldClearance
	fieldMembers
	fieldOccupants
	fieldCount
)

func (m Mapping) withDefaults() Mapping {
	d := DefaultMapping()
	if m.Classes == nil {
		m.Classes = d.Classes
	}
	if m.Ignore == nil {
		m.Ignore = d.Ignore
	}
	want := d.fields()
	for i, f := range m.fields() {
		if *f == nil {
			*f = *want[i]
		}
	}
	return m
}

// attributes lists what to ask for.
func (m *Mapping) attributes() []string {
	all := []string{"objectClass"}
	for _, f := range m.fields() {
		for _, a := range *f {
			if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, a) }) {
				all = append(all, a)
			}
		}
	}
	return all
}

// classFilter returns the filter for the classes of one kind, or of all where kind is empty; "" when there are none.
func (m *Mapping) classFilter(kind Kind) string {
	var b strings.Builder
	for _, class := range slices.Sorted(maps.Keys(m.Classes)) {
		if kind == "" || m.Classes[class] == kind {
			b.WriteString("(objectClass=" + escapeFilter(class) + ")")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "(|" + b.String() + ")"
}
