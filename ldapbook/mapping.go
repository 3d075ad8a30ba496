package ldapbook

import (
	"maps"
	"slices"
	"strings"
)

// Mapping says which entries are of which kind, and which attributes hold what. Names are compared as text, without case; an
// object identifier stands only for itself, because directories are known to use one for two things.
//
// Of the attributes of a single-valued field (UUID to Organisation, MaxSize to MMHS) the first that has a value counts; of
// the others all values of all attributes count. A field that is nil is filled in from DefaultMapping; one that is empty but
// not nil stays empty. An attribute may have options ("displayName;lang-en"): then only values with them count; without, all.
type Mapping struct {
	Classes map[string]Kind // an entry of several is, in this order, a room, list, role, person, organisation
	// Conditions come before Classes: the first that an entry meets decides.
	Conditions []Condition
	Ignore     []string // entries of these classes are not kept, e.g. "computer" (a kind of person in AD)

	UUID, Name, Surname, GivenName, Rank, Title, Unit, Organisation []string

	Mail, JID, Phone, Clearance, Members, Occupants []string
	// SamePerson holds DNs of other entries of the same person.
	SamePerson []string
	// MemberURLs holds LDAP URLs that find the members of a list.
	MemberURLs []string

	// Active holds TRUE for an entry that is in use (ACP 133), Inactive for one that is not. AccountControl holds a number
	// whose bit 2 means not in use (Active Directory). A value that cannot be read counts as not in use.
	Active, Inactive, AccountControl []string
	// Expires holds a generalizedTime (RFC 4517 section 3.3.13), a Windows file time, or (shadowExpire) days since 1970. The
	// earliest counts; what cannot be read is as if it were not there.
	Expires      []string
	Certificates []string // X.509, DER

	// MaxSize holds a number of bytes (of delivContLength: of 1024 bytes); NoAttachments and Labels TRUE or FALSE; EmCon a
	// state of ACP 133, by name or number; MMHS TRUE or FALSE, or the protocols of ACP 133, by name or number.
	MaxSize, NoAttachments, EmCon, Labels, MMHS []string
}

// Condition makes entries of a kind by what an attribute holds.
type Condition struct {
	Attribute string
	Value     string // compared without case; "*": any
	Class     string // only of entries of this object class; empty: of all
	Kind      Kind   // empty: the entry is not kept
}

// DefaultMapping fits inetOrgPerson (RFC 2798), RFC 4519, RFC 4524, RFC 8284, the clearance attribute, and what ACP 133 says
// about what an addressee can take. It keeps no organisations; the presets do.
//
// std: ADatP-4774.1/A1 §5.2.1
func DefaultMapping() Mapping {
	return Mapping{
		Classes: map[string]Kind{
			"inetOrgPerson": KindPerson, "organizationalPerson": KindPerson, "person": KindPerson,
			"organizationalRole": KindRole,
			"groupOfNames":       KindList, "groupOfUniqueNames": KindList, "groupOfURLs": KindList, "group": KindList,
			"room": KindRoom,
		},
		Conditions:     []Condition{},
		Ignore:         []string{"computer"},
		UUID:           []string{"entryUUID"},
		Name:           []string{"displayName", "cn"},
		Surname:        []string{"sn"},
		GivenName:      []string{"givenName"},
		Rank:           []string{"personalTitle", "rank"},
		Title:          []string{"title"},
		Unit:           []string{"ou"},
		Organisation:   []string{"o"},
		Mail:           []string{"mail"},
		JID:            []string{"jid"},
		Phone:          []string{"telephoneNumber", "mobile"},
		Clearance:      []string{"confidentialityClearance"},
		Members:        []string{"member", "uniqueMember"},
		Occupants:      []string{"roleOccupant"},
		SamePerson:     []string{"seeAlso"},
		MemberURLs:     []string{"memberURL"},
		Active:         []string{"active"},
		Inactive:       []string{},
		AccountControl: []string{},
		Expires:        []string{},
		Certificates:   []string{"userCertificate"},
		MaxSize:        []string{"maxMessageSize"},
		NoAttachments:  []string{"aCPNoAttachments"},
		EmCon:          []string{"emConState"},
		Labels:         []string{},
		MMHS:           []string{"msgProtocolInfoCapability"},
	}
}

// fields returns the attribute lists in the order of the field constants.
func (m *Mapping) fields() [fieldCount]*[]string {
	return [fieldCount]*[]string{
		&m.UUID, &m.Name, &m.Surname, &m.GivenName, &m.Rank, &m.Title, &m.Unit, &m.Organisation,
		&m.Mail, &m.JID, &m.Phone, &m.Clearance, &m.Members, &m.Occupants, &m.MemberURLs, &m.SamePerson,
		&m.Active, &m.Inactive, &m.AccountControl, &m.Expires, &m.Certificates,
		&m.MaxSize, &m.NoAttachments, &m.EmCon, &m.Labels, &m.MMHS,
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
	fieldMemberURLs
	fieldSamePerson
	fieldActive
	fieldInactive
	fieldAccountControl
	fieldExpires
	fieldCertificates
	fieldMaxSize
	fieldNoAttachments
	fieldEmCon
	fieldLabels
	fieldMMHS
	fieldCount
)

// fieldNames are the fields as configuration files and messages call them.
var fieldNames = [fieldCount]string{
	"uuid", "name", "surname", "given_name", "rank", "title", "unit", "organisation",
	"mail", "jid", "phone", "clearance", "members", "occupants", "member_urls", "same_person",
	"active", "inactive", "account_control", "expires", "certificates",
	"max_size", "no_attachments", "em_con", "labels", "mmhs",
}

// MappingFields lists the names of the fields that hold attributes, as configuration files call them: "uuid", "given_name"…
func MappingFields() []string { return slices.Clone(fieldNames[:]) }

// Field returns the attributes of a field by its name (MappingFields); ok is false when there is no such field.
func (m *Mapping) Field(name string) (attributes []string, ok bool) {
	i := slices.Index(fieldNames[:], name)
	if i < 0 {
		return nil, false
	}
	return *m.fields()[i], true
}

// SetField replaces the attributes of a field by its name; false when there is no such field.
func (m *Mapping) SetField(name string, attributes []string) bool {
	i := slices.Index(fieldNames[:], name)
	if i < 0 {
		return false
	}
	*m.fields()[i] = attributes
	return true
}

func (m Mapping) withDefaults() Mapping {
	d := DefaultMapping()
	if m.Classes == nil {
		m.Classes = d.Classes
	}
	if m.Conditions == nil {
		m.Conditions = d.Conditions
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

// attributes lists what to ask for: no photos, which are read live (Conn.Detail).
func (m *Mapping) attributes() []string {
	all := []string{"objectClass"}
	add := func(a string) {
		if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, a) }) {
			all = append(all, a)
		}
	}
	for _, f := range m.fields() {
		for _, a := range *f {
			add(a)
		}
	}
	for _, c := range m.Conditions {
		add(c.Attribute)
	}
	return all
}

// classFilter returns the filter for the entries of one kind, or of all where kind is empty; "" when there are none. It may
// let pass entries whose Conditions make them of another kind.
func (m *Mapping) classFilter(kind Kind) string {
	return m.filterFor(func(k Kind) bool { return kind == "" || k == kind })
}

// askedFilter is the filter for what a user asks for: a search without a kind is for addressees.
func (m *Mapping) askedFilter(kind Kind) string {
	return m.filterFor(func(k Kind) bool { return isAsked(kind, k) })
}

// isAsked tells whether an entry of a kind belongs to the answer to a query for kind.
func isAsked(kind, have Kind) bool { return have == kind || kind == "" && have != KindOrganisation }

func (m *Mapping) filterFor(want func(Kind) bool) string {
	var b strings.Builder
	for _, class := range slices.Sorted(maps.Keys(m.Classes)) {
		if want(m.Classes[class]) {
			b.WriteString("(objectClass=" + escapeFilter(class) + ")")
		}
	}
	for _, c := range m.Conditions {
		if c.Kind != "" && want(c.Kind) {
			b.WriteString(c.filter())
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "(|" + b.String() + ")"
}

func (c Condition) filter() string {
	value := escapeFilter(c.Value)
	if c.Value == "*" {
		value = "*"
	}
	f := "(" + c.Attribute + "=" + value + ")"
	if c.Class != "" {
		f = "(&(objectClass=" + escapeFilter(c.Class) + ")" + f + ")"
	}
	return f
}
