package ldapbook

import (
	"crypto/sha1"
	"encoding/hex"
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
	targets map[string][]target // by lower-case attribute name
	seen    map[string][]target // the same by the names as servers spell them, options included
	shared  map[string]string   // values that many entries share
	now     func() time.Time

	values  [fieldCount][][]string // per field, per attribute in the order of preference
	kind    Kind
	ignored bool
	partial bool // the members came in a range
}

// target is a place for an attribute's values: a field, and the attribute's rank in it.
type target struct{ field, rank int }

// Limits against a hostile server; beyond them nothing is shared, but all works.
const (
	maxShared    = 50_000
	maxSeenNames = 1_000
)

func newMapper(src *Source) *mapper {
	m := &mapper{
		src: src, kinds: map[string]Kind{}, ignore: map[string]bool{}, targets: map[string][]target{},
		seen: map[string][]target{}, shared: map[string]string{}, now: time.Now,
	}
	for class, kind := range src.Mapping.Classes {
		m.kinds[strings.ToLower(class)] = kind
	}
	for _, class := range src.Mapping.Ignore {
		m.ignore[strings.ToLower(class)] = true
	}
	for f, names := range src.Mapping.fields() {
		m.values[f] = make([][]string, len(*names))
		for rank, name := range *names {
			key := strings.ToLower(name)
			m.targets[key] = append(m.targets[key], target{f, rank})
		}
	}
	return m
}

// entry maps one message. ok is false for what a book doesn't keep: other classes, and entries without a DN.
func (m *mapper) entry(msg wire.Message) (e Entry, ok bool, err error) {
	m.reset()
	dn, err := msg.Entry(m.visit)
	if err != nil || len(dn) == 0 || m.kind == "" || m.ignored {
		return Entry{}, false, err
	}
	return m.build(string(dn)), true, nil
}

func (m *mapper) reset() {
	for f := range m.values {
		for rank := range m.values[f] {
			m.values[f][rank] = nil
		}
	}
	m.kind, m.ignored, m.partial = "", false, false
}

// kindOrder: the kind of an entry that has classes of several.
var kindOrder = []Kind{KindRoom, KindList, KindRole, KindPerson}

func (m *mapper) visit(attr, value []byte) {
	if strings.EqualFold(string(attr), "objectClass") {
		m.class(string(value))
		return
	}
	targets, known := m.seen[string(attr)]
	if !known {
		targets = m.lookUp(string(attr))
	}
	if len(targets) == 0 || len(value) == 0 {
		return
	}
	if !m.partial && isPartial(attr) {
		m.partial = true
	}
	v := m.text(targets[0].field, value)
	for _, t := range targets {
		m.values[t.field][t.rank] = append(m.values[t.field][t.rank], v)
	}
}

func (m *mapper) class(name string) {
	name = strings.ToLower(name)
	if m.ignore[name] {
		m.ignored = true
	}
	kind, ok := m.kinds[name]
	if ok && (m.kind == "" || slices.Index(kindOrder, kind) < slices.Index(kindOrder, m.kind)) {
		m.kind = kind
	}
}

// lookUp finds the targets of an attribute description that was not met before. Options (";lang-de") don't matter here.
func (m *mapper) lookUp(attr string) []target {
	name, _, _ := strings.Cut(strings.ToLower(attr), ";")
	targets := m.targets[name]
	if len(m.seen) < maxSeenNames {
		m.seen[attr] = targets
	}
	return targets
}

// isPartial tells whether the description says that more values exist: "member;range=0-1499", not "…;range=1500-*".
func isPartial(attr []byte) bool {
	_, option, ok := strings.Cut(strings.ToLower(string(attr)), ";range=")
	return ok && !strings.HasSuffix(option, "-*")
}

// text returns value as a string; for fields whose values recur, one string for all entries that have it.
func (m *mapper) text(field int, value []byte) string {
	switch field {
	case fieldRank, fieldTitle, fieldUnit, fieldOrganisation, fieldClearance:
	default:
		return string(value)
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

func (m *mapper) build(dn string) Entry {
	e := Entry{
		Directory: m.src.Name, DN: dn, Kind: m.kind, Nation: m.src.Nation,
		Name: m.first(fieldName), Surname: m.first(fieldSurname), GivenName: m.first(fieldGivenName),
		Rank: m.first(fieldRank), Title: m.first(fieldTitle), Unit: m.first(fieldUnit),
		Organisation: m.first(fieldOrganisation),
		Mail:         m.all(fieldMail), JID: m.all(fieldJID), Phone: m.all(fieldPhone),
		Clearance: m.all(fieldClearance), Members: m.all(fieldMembers), Occupants: m.all(fieldOccupants),
		MembersIncomplete: m.partial,
		ReadAt:            m.now().UTC().Truncate(time.Microsecond), Transport: m.src.Security,
	}
	slices.Sort(e.Clearance)
	if e.Unit == "" {
		e.Unit = unitOf(dn)
	}
	if e.UUID = canonicalUUID(m.first(fieldUUID)); e.UUID == "" {
		e.UUID = derivedUUID(m.src.Name, dn)
	}
	return e
}

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
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

func (m *mapper) all(field int) []string {
	var all []string
	for _, values := range m.values[field] {
		all = append(all, values...)
	}
	return all
}

// canonicalUUID accepts the text form, and the 16 bytes that some servers give; "" for anything else.
func canonicalUUID(s string) string {
	if len(s) == 16 {
		return formatUUID([]byte(s))
	}
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ""
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != 16 {
		return ""
	}
	return formatUUID(raw)
}

// derivedUUID is a name-based UUID (RFC 9562 section 5.5) over the directory and the normalised DN.
func derivedUUID(directory, dn string) string {
	sum := sha1.Sum([]byte("ldapbook\x00" + directory + "\x00" + FoldDN(dn)))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return formatUUID(sum[:16])
}

func formatUUID(b []byte) string {
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
