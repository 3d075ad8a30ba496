package ldapbook

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of a mapping.
const (
	maxMappedClasses    = 256
	maxMappedConditions = 64
	maxMappedAttributes = 32 // of one field
	maxMappedName       = 200
)

// Validate returns ErrSource, with the field and what is wrong with it, when the mapping cannot work: names that are no
// names, which would become syntax of a filter; kinds that don't exist; nothing that makes an entry of any kind, or no
// attribute for an address. Fields that are nil are those of DefaultMapping.
//
// std: RFC4512 §2.5
func (m Mapping) Validate() error {
	m = m.withDefaults()
	if err := m.check(); err != nil {
		return fmt.Errorf("%w: mapping: %w", ErrSource, err)
	}
	return nil
}

func (m *Mapping) check() error {
	if err := m.checkClasses(); err != nil {
		return err
	}
	for i, c := range m.Conditions {
		if err := c.check(); err != nil {
			return fmt.Errorf("conditions, number %d: %w", i+1, err)
		}
	}
	for i, f := range m.fields() {
		if err := checkAttributes(*f); err != nil {
			return fmt.Errorf("%s: %w", fieldNames[i], err)
		}
	}
	if len(m.Mail)+len(m.JID) == 0 {
		return fmt.Errorf("mail, jid: no attribute holds an address")
	}
	return nil
}

func (m *Mapping) checkClasses() error {
	switch {
	case len(m.Classes)+len(m.Conditions) == 0:
		return fmt.Errorf("classes: none, so that no entry is of any kind")
	case len(m.Classes) > maxMappedClasses, len(m.Ignore) > maxMappedClasses:
		return fmt.Errorf("classes, ignore: more than %d", maxMappedClasses)
	case len(m.Conditions) > maxMappedConditions:
		return fmt.Errorf("conditions: more than %d", maxMappedConditions)
	}
	for class, kind := range m.Classes {
		if !isOID(class) {
			return fmt.Errorf("classes: %.60q is no name of an object class", class)
		}
		if !isKind(kind) {
			return fmt.Errorf("classes: %s: kind %.60q is none of person, role, list, room, organisation", class, kind)
		}
	}
	for _, class := range m.Ignore {
		if !isOID(class) {
			return fmt.Errorf("ignore: %.60q is no name of an object class", class)
		}
	}
	return nil
}

func (c Condition) check() error {
	switch {
	case !isAttributeDescription(c.Attribute):
		return fmt.Errorf("attribute: %.60q is no attribute description", c.Attribute)
	case strings.EqualFold(c.Attribute, "objectClass"):
		return fmt.Errorf("attribute: object classes belong to classes")
	case c.Value == "" || len(c.Value) > maxMappedName:
		return fmt.Errorf("value: it has none, or one of more than %d bytes", maxMappedName)
	case c.Class != "" && !isOID(c.Class):
		return fmt.Errorf("class: %.60q is no name of an object class", c.Class)
	case c.Kind != "" && !isKind(c.Kind):
		return fmt.Errorf("kind %.60q is none of person, role, list, room, organisation, nor empty", c.Kind)
	}
	return nil
}

func checkAttributes(names []string) error {
	if len(names) > maxMappedAttributes {
		return fmt.Errorf("more than %d attributes", maxMappedAttributes)
	}
	for i, name := range names {
		if !isAttributeDescription(name) {
			return fmt.Errorf("%.60q is no attribute description", name)
		}
		if slices.ContainsFunc(names[:i], func(before string) bool { return strings.EqualFold(before, name) }) {
			return fmt.Errorf("%q stands there twice", name)
		}
	}
	return nil
}

func isKind(k Kind) bool { return slices.Contains(kindOrder, k) }

// isAttributeDescription tells whether s is an attributedescription: a type, and options that each follow a semicolon.
func isAttributeDescription(s string) bool {
	if len(s) > maxMappedName {
		return false
	}
	name, options, has := strings.Cut(s, ";")
	if !isOID(name) {
		return false
	}
	for has {
		var option string
		option, options, has = strings.Cut(options, ";")
		if option == "" || !isKeyString(option, false) {
			return false
		}
	}
	return true
}

// isOID tells whether s is an oid of RFC 4512 section 1.4: a name, or numbers with dots.
func isOID(s string) bool {
	if s == "" || len(s) > maxMappedName {
		return false
	}
	if s[0] < '0' || s[0] > '9' {
		return isKeyString(s, true)
	}
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || len(part) > 1 && part[0] == '0' || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return strings.Contains(s, ".")
}

// isKeyString tells whether s has only letters, digits and hyphens, and begins with a letter where it must.
func isKeyString(s string, letterFirst bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 && letterFirst || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}
