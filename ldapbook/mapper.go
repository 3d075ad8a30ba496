package ldapbook

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"caveat/ldapbook/internal/wire"
)

// mapper turns search result entries into Entries. It keeps memory between calls: one goroutine at a time.
type mapper struct {
	src     *Source
	kinds   map[string]Kind // by lower-case class
	ignore  map[string]bool
	known   map[string]place       // by normalised attribute description
	seen    map[string]*place      // the same by the descriptions as servers spell them
	types   map[string]mappedClass // by class, as servers spell them
	shared  map[string]string
	names   [fieldCount][]string // normalised attribute descriptions of each field, in the order of preference
	memory  *textMemory          // of the texts that are the entry's own; nil: each has its own
	now     func() time.Time
	channel Transport // how the entries are read

	last    *place                 // of the value before
	values  [fieldCount][][]string // per field, per attribute in the order of preference
	classes []string               // of the entry, in lower case; only where there are conditions
	met     []bool                 // per condition: the entry has the value
	kind    Kind
	ignored bool
	partial bool // values came in a range
	lost    bool // values came in a range whose rest cannot be read
	ranges  []rest
	came    []int             // values of each of the ranges
	pending map[string][]rest // what is left of the entries that came in ranges, by DN
	dynamic map[string]dynamicList
}

// mappedClass says what a class means.
type mappedClass struct {
	name    string // in lower case
	kind    Kind   // "": none
	ignored bool
}

// place says what an attribute is for.
type place struct {
	name       string // as the server spells it
	class      bool   // it is objectClass
	targets    []target
	conditions []int
	members    bool  // its values are DNs of members or occupants
	left       *rest // the values came in a range, and more are left; nil: they are all there
}

// target is a place for an attribute's values: a field, and the attribute's rank in it.
type target struct{ field, rank int }

// Limits against a hostile server; beyond them nothing is shared, but all works.
const (
	maxShared    = 50_000
	maxSeenNames = 1_000
	// maxKeptValues: the memory of so many values of an attribute is used again.
	maxKeptValues = 256
)

func newMapper(src *Source) *mapper {
	m := &mapper{
		src: src, kinds: map[string]Kind{}, ignore: map[string]bool{}, known: map[string]place{},
		seen: map[string]*place{}, types: map[string]mappedClass{}, shared: map[string]string{}, now: time.Now, channel: src.Security,
		met: make([]bool, len(src.Mapping.Conditions)), pending: map[string][]rest{},
		dynamic: map[string]dynamicList{},
	}
	for class, kind := range src.Mapping.Classes {
		m.kinds[strings.ToLower(class)] = kind
	}
	for _, class := range src.Mapping.Ignore {
		m.ignore[strings.ToLower(class)] = true
	}
	for f, names := range src.Mapping.fields() {
		m.values[f] = make([][]string, len(*names))
		m.names[f] = make([]string, len(*names))
		for rank, name := range *names {
			p := m.known[normalDescription(name)]
			p.targets = append(p.targets, target{f, rank})
			p.members = p.members || f == fieldMembers || f == fieldOccupants
			m.names[f][rank] = normalDescription(name)
			m.known[normalDescription(name)] = p
		}
	}
	for i, c := range src.Mapping.Conditions {
		p := m.known[normalDescription(c.Attribute)]
		p.conditions = append(p.conditions, i)
		m.known[normalDescription(c.Attribute)] = p
	}
	return m
}

// entry maps one message. ok is false for what a book doesn't keep: other classes, and entries without a DN.
func (m *mapper) entry(msg wire.Message) (e Entry, ok bool, err error) {
	m.begin()
	dn, err := msg.Entry(m.visit)
	if err != nil {
		return Entry{}, false, err
	}
	e, ok = m.end(m.own(dn))
	return e, ok, nil
}

// begin forgets the entry before. Then visit takes each value, and end makes the Entry.
func (m *mapper) begin() {
	for f := range m.values {
		for rank := range m.values[f] {
			if m.values[f][rank] = m.values[f][rank][:0]; cap(m.values[f][rank]) > maxKeptValues {
				m.values[f][rank] = nil
			}
		}
	}
	clear(m.met)
	m.classes, m.ranges, m.came = m.classes[:0], nil, m.came[:0]
	m.kind, m.ignored, m.partial, m.lost = "", false, false, false
}

// end returns the entry whose values were visited.
func (m *mapper) end(dn string) (e Entry, ok bool) {
	m.judge()
	if dn == "" || m.kind == "" || m.ignored {
		return Entry{}, false
	}
	if len(m.ranges) > 0 && !m.lost && m.rangesHold() {
		m.keepPending(dn)
	}
	e = m.build(dn)
	m.keepDynamic(&e)
	return e, true
}

// kindOrder: the kind of an entry that has classes of several.
var kindOrder = []Kind{KindRoom, KindList, KindRole, KindPerson, KindOrganisation}

func (m *mapper) visit(attr, value []byte) {
	p := m.last
	if p == nil || p.name != string(attr) {
		p = m.place(attr)
	}
	if p.class {
		m.class(value)
		return
	}
	for _, i := range p.conditions {
		want := m.src.Mapping.Conditions[i].Value
		m.met[i] = m.met[i] || want == "*" || strings.EqualFold(want, string(value))
	}
	if len(p.targets) == 0 || len(value) == 0 {
		return
	}
	if p.left != nil {
		m.noteRange(*p)
	}
	v := m.text(p.targets[0].field, value)
	for _, t := range p.targets {
		m.values[t.field][t.rank] = append(m.values[t.field][t.rank], v)
	}
}

// place finds what an attribute is for.
func (m *mapper) place(attr []byte) *place {
	p, known := m.seen[string(attr)]
	if !known {
		found := m.lookUp(string(attr))
		p = &found
		if len(m.seen) < maxSeenNames {
			m.seen[p.name] = p
		}
	}
	m.last = p
	return p
}

func (m *mapper) class(value []byte) {
	c, known := m.types[string(value)]
	if !known {
		name := string(value)
		c.name = strings.ToLower(name)
		c.kind, c.ignored = m.kinds[c.name], m.ignore[c.name]
		if len(m.types) < maxSeenNames {
			m.types[name] = c
		}
	}
	m.ignored = m.ignored || c.ignored
	if len(m.met) > 0 && len(m.classes) < maxMappedClasses {
		m.classes = append(m.classes, c.name)
	}
	if c.kind != "" && (m.kind == "" || slices.Index(kindOrder, c.kind) < slices.Index(kindOrder, m.kind)) {
		m.kind = c.kind
	}
}

// judge lets the conditions decide about the kind, which the classes have proposed.
func (m *mapper) judge() {
	for i, c := range m.src.Mapping.Conditions {
		if m.met[i] && (c.Class == "" || slices.Contains(m.classes, strings.ToLower(c.Class))) {
			m.kind = c.Kind
			return
		}
	}
}

// lookUp finds what an attribute description that was not met before is for: itself, and itself without options.
func (m *mapper) lookUp(attr string) place {
	if strings.EqualFold(attr, "objectClass") {
		return place{name: attr, class: true}
	}
	full := normalDescription(attr)
	p := m.known[full]
	p.name, p.left = attr, rangeLeft(attr)
	if base, _, has := strings.Cut(full, ";"); has {
		general := m.known[base]
		p.targets = slices.Concat(p.targets, general.targets)
		p.conditions = slices.Concat(p.conditions, general.conditions)
		p.members = p.members || general.members
	}
	return p
}

// normalDescription is an attribute description in lower case, with sorted options, but without those that tell how the
// values were sent: "binary" (RFC 4522) and "range".
func normalDescription(attr string) string {
	name, options, has := strings.Cut(strings.ToLower(attr), ";")
	if !has {
		return name
	}
	var kept []string
	for option := range strings.SplitSeq(options, ";") {
		if option != "binary" && option != "" && !strings.HasPrefix(option, "range=") {
			kept = append(kept, option)
		}
	}
	slices.Sort(kept)
	return strings.Join(append([]string{name}, kept...), ";")
}

// text returns value as a string; for fields whose values recur, one string for all entries that have it.
func (m *mapper) text(field int, value []byte) string {
	switch field {
	case fieldRank, fieldTitle, fieldUnit, fieldOrganisation, fieldClearance:
	default:
		return m.own(value)
	}
	if s, ok := m.shared[string(value)]; ok {
		return s
	}
	s := string(value)
	if len(m.shared) < maxShared {
		m.shared[s] = s
	}
	return s
}

// own returns a text that belongs to one entry.
func (m *mapper) own(value []byte) string {
	if m.memory == nil {
		return string(value)
	}
	return m.memory.text(value)
}

func (m *mapper) build(dn string) Entry {
	e := Entry{
		Directory: m.src.Name, DN: dn, Kind: m.kind, Nation: m.src.Nation,
		Name: m.first(fieldName), Surname: m.first(fieldSurname), GivenName: m.first(fieldGivenName),
		Rank: m.first(fieldRank), Title: m.first(fieldTitle), Unit: m.first(fieldUnit),
		Organisation: m.first(fieldOrganisation),
		Mail:         m.addresses(fieldMail), JID: m.addresses(fieldJID), Phone: m.phones(),
		Clearance: m.all(fieldClearance), Members: m.all(fieldMembers), Occupants: m.all(fieldOccupants),
		SamePerson:        m.all(fieldSamePerson),
		MembersIncomplete: m.partial,
		Disabled:          m.disabled(), ExpiresAt: m.expires(), CertificateUntil: m.certificateUntil(),
		Capabilities: m.capabilities(),
		ReadAt:       m.now().UTC().Truncate(time.Microsecond), Transport: m.channel,
	}
	slices.Sort(e.Clearance)
	if e.Kind == KindOrganisation {
		e.Name, e.Unit = m.organisationName(), ""
	}
	if e.Unit == "" {
		e.Unit = showable(unitOf(dn))
	}
	if e.UUID = m.uuid(); e.UUID == "" {
		e.UUID = derivedUUID(m.src.Name, dn)
	}
	return e
}

// organisationName: of a unit its own name, which an addressee would have as its unit; else that of the organisation.
func (m *mapper) organisationName() string {
	for _, field := range []int{fieldUnit, fieldOrganisation} {
		if name := m.first(field); name != "" {
			return name
		}
	}
	return m.first(fieldName)
}

// first returns the first value that is anything, as it may be shown.
func (m *mapper) first(field int) string {
	for _, values := range m.values[field] {
		if len(values) > 0 {
			return showable(values[0])
		}
	}
	return ""
}

// showable is a text as it may stand on a screen or in a header field: valid UTF-8, one line, without control characters and
// without those that turn the order of letters. A directory must not be able to forge lines of a report.
func showable(s string) string {
	if isSimple(s) && oneSpaced(s) == s {
		return s // nearly all are
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}
