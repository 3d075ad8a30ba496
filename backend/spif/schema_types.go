package spif

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"caveat/backend/label/strictxml"
)

// valueType is the type of an attribute or a text. The zero valueType takes everything.
type valueType struct {
	name    string            // what it must be, for messages
	values  []string          // an enumeration; then fits is nil
	fits    func(string) bool // of the value without white space around it
	noSpace bool              // white space around it breaks the schema
	isName  bool              // and so does white space doubled in it, where others refer to it
}

// maxName is how many characters a name or a phrase may have.
const maxName = 256

var (
	anyText   = valueType{}
	shortText = valueType{name: "at most 256 characters", fits: func(v string) bool { return utf8.RuneCountInString(v) <= maxName }}
	nameText  = valueType{name: "1 to 256 characters", fits: func(v string) bool {
		v = cleanName(v)
		return v != "" && utf8.RuneCountInString(v) <= maxName
	}, isName: true}
	someText  = valueType{name: "at least one character", fits: func(v string) bool { return v != "" }}
	oidText   = valueType{name: "an object identifier such as 1.3.26.1", fits: isOID, noSpace: true}
	number    = valueType{name: "a whole number", fits: func(v string) bool { _, err := atoi(v); return err == nil }}
	truth     = oneOf(false, "true", "false", "1", "0")
	instant   = valueType{name: "a date and time such as 2026-01-31T00:00:00Z", fits: func(v string) bool { _, _, ok := parseTime(v); return ok }}
	genTime   = valueType{name: "a time such as 20260131000000Z", fits: func(v string) bool { _, ok := parseGenTime(v); return ok }, noSpace: true}
	selection = valueType{name: `a whole number, not negative, or "unbounded"`, fits: func(v string) bool { _, ok := parseSelection(v); return ok }, noSpace: true}
	colour    = valueType{name: `a colour of the schema such as red, or "#RRGGBB"`, fits: func(v string) bool { _, ok := parseColour(v); return ok }, noSpace: true}

	tagTypes       = oneOf(true, "notApplicable", "restrictive", "enumerated", "permissive", "tagType7")
	enumTypes      = oneOf(true, "restrictive", "permissive")
	tag7Encodings  = oneOf(true, "bitSetAttributes", "securityAttributes")
	operations     = oneOf(true, "onlyOne", "oneOrMore", "all")
	userInputs     = oneOf(true, "string", "integer", "date")
	directions     = oneOf(true, "encrypt", "decrypt", "both")
	actions        = oneOf(true, "discard")
	qualifierCodes = oneOf(true, "prefix", "suffix", "separator")
	markingCodes   = oneOf(true, slices.Concat(placements, displayCodes)...)
)

func oneOf(noSpace bool, values ...string) valueType {
	return valueType{name: "one of " + strings.Join(values, ", "), values: values, noSpace: noSpace}
}

func (t valueType) accepts(v string) bool {
	switch v = trimXML(v); {
	case t.values != nil:
		return slices.Contains(t.values, v)
	case t.fits != nil:
		return t.fits(v)
	}
	return true
}

// cleanName writes a name with single blanks and none around it, as labels carry it.
func cleanName(v string) string { return strictxml.Collapse(v) }

// trimXML takes off what XML calls white space, and nothing else.
func trimXML(v string) string { return strings.Trim(v, " \t\r\n") }

// spaced reports whether the value has white space that it must not have.
func (t valueType) spaced(v string) bool {
	return t.noSpace && v != trimXML(v) || t.isName && v != cleanName(v)
}

func isOID(s string) bool {
	if len(s) < 3 || s[0] < '0' || s[0] > '2' || s[1] != '.' {
		return false
	}
	for _, arc := range strings.Split(s, ".") {
		if arc == "" || strings.Trim(arc, "0123456789") != "" {
			return false
		}
	}
	return true
}

// parseSelection reads minSelection and maxSelection; -1 stands for unbounded.
func parseSelection(v string) (int, bool) {
	if v = trimXML(v); v == "unbounded" {
		return -1, true
	}
	n, err := atoi(v)
	return max(n, 0), err == nil && n >= 0
}

// dateTime is the form of xs:dateTime.
var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`)

// parseTime reads an xs:dateTime; without a zone it is taken for UTC.
func parseTime(v string) (at time.Time, hasZone, ok bool) {
	v = trimXML(v)
	if !dateTime.MatchString(v) { // time.Parse takes "9:00:00" and "09:00:00,5" too
		return time.Time{}, false, false
	}
	if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return t.UTC(), true, !t.IsZero() // the zero time stands for none: "ends at once" would become "never ends"
	}
	t, err := time.Parse("2006-01-02T15:04:05", v)
	return t, false, err == nil && !t.IsZero()
}

// parseGenTime reads a GeneralizedTime, which is how a SPIF writes its creationDate: "2026013112[30[00[.5]]]", then "Z", an
// offset such as +0100, or nothing; nothing is taken for UTC.
func parseGenTime(v string) (time.Time, bool) {
	for _, layout := range []string{"2006010215", "200601021504", "20060102150405"} {
		for _, zone := range []string{"", "Z", "-0700"} {
			// Of a fraction after the seconds time.Parse takes care by itself.
			if t, err := time.Parse(layout+zone, v); err == nil {
				return t.UTC(), true
			}
		}
	}
	return time.Time{}, false
}
