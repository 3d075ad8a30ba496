package ldapbook

import (
	"strings"
	"time"

	"caveat/ldapbook/internal/wire"
)

const (
	attrEntryCSN        = "entryCSN"
	attrModifyTimestamp = "modifyTimestamp"
)

// sighting is what a sync wants to know of an entry beside what the book keeps.
type sighting struct {
	dn            string
	uuid          string // entryUUID
	csn, modified string
	container     bool // it is of a class that others stand below
	deleted       bool // isDeleted, of Active Directory
	guid          string
}

// containerClasses are the classes of entries that others commonly stand below. A renamed entry of another class that has
// some below it is noticed by the next full read only.
var containerClasses = map[string]bool{
	"organizationalunit": true, "organization": true, "domain": true, "domaindns": true, "dcobject": true, "country": true,
	"locality": true, "container": true, "builtindomain": true, "acporganization": true, "acporganizationalunit": true,
}

// withContainers widens a filter so that it finds the containers as well.
func withContainers(filter string) string {
	return "(|" + filter + "(objectClass=organizationalUnit)(objectClass=organization)(objectClass=domain)" +
		"(objectClass=dcObject)(objectClass=country)(objectClass=locality)(objectClass=container))"
}

// look reads a message a second time, for what the mapper doesn't know of.
func look(m wire.Message) (sighting, error) {
	var s sighting
	dn, err := m.Entry(func(attr, value []byte) {
		switch {
		case equalName(attr, "objectClass"):
			s.container = s.container || isContainerClass(value)
		case equalName(attr, "entryUUID"):
			s.uuid = canonicalUUID(string(value))
		case equalName(attr, attrEntryCSN):
			s.csn = string(value)
		case equalName(attr, attrModifyTimestamp):
			s.modified = string(value)
		case equalName(attr, "isDeleted"):
			s.deleted = strings.EqualFold(string(value), "TRUE")
		case equalName(attr, "objectGUID"):
			if len(value) == 16 {
				s.guid = canonicalUUID(turnGUID(string(value)))
			}
		}
	})
	s.dn = string(dn)
	return s, err
}

func isContainerClass(name []byte) bool {
	var lower [32]byte // longer than any of them
	if len(name) > len(lower) {
		return false
	}
	for i, c := range name {
		if lower[i] = c; 'A' <= c && c <= 'Z' {
			lower[i] += 'a' - 'A'
		}
	}
	return containerClasses[string(lower[:len(name)])]
}

// equalName compares without making a string of each name.
func equalName(attr []byte, name string) bool {
	if len(attr) != len(name) {
		return false
	}
	return string(attr) == name || strings.EqualFold(string(attr), name)
}

// marks are the newest points in time that a directory showed.
type marks struct {
	csn, modified string
	uuid          string // of the entry that csn is of
}

func (m *marks) add(s sighting) {
	if csn := newest(m.csn, s.csn); csn != m.csn {
		m.csn, m.uuid = csn, s.uuid
	}
	m.modified = newest(m.modified, s.modified)
}

// newest returns the later one, passing over what is not a time, and times ahead: an entry from a clock that is wrong must
// not hide all changes until then.
func newest(have, value string) string {
	if value <= have {
		return have
	}
	t, ok := markTime(value)
	if !ok || t.After(time.Now().Add(24*time.Hour)) {
		return have
	}
	return value
}

const markLayout = "20060102150405"

// markTime reads the time at the beginning of an entryCSN or of a generalized time in UTC; parts of a second are left out.
func markTime(value string) (time.Time, bool) {
	if len(value) <= len(markLayout) || len(value) > 64 {
		return time.Time{}, false
	}
	t, err := time.Parse(markLayout, value[:len(markLayout)])
	return t, err == nil && strings.ContainsAny(value[len(markLayout):], "Z")
}
