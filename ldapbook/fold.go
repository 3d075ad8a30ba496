package ldapbook

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"
	"golang.org/x/text/unicode/norm"

	"caveat/backend/idn"
)

// FoldAddress returns the form in which two spellings of a mail address or JID are compared: trimmed, NFC, lower case, and a
// domain beyond ASCII by its A-labels. Folding a folded address changes nothing. Bytes that are not UTF-8 stay as they are.
func FoldAddress(address string) string {
	address = strings.TrimSpace(address)
	if isSimple(address) {
		return asciiLower(address)
	}
	resource := ""
	if i := strings.IndexByte(address, '/'); i > 0 && i > strings.IndexByte(address, '@') {
		address, resource = address[:i], address[i:]
	}
	at := strings.LastIndexByte(address, '@') + 1
	if ascii, ok := idn.Domain(address[at:]); ok && !isSimple(address[at:]) {
		return foldText(address[:at]) + ascii + foldText(resource)
	}
	return foldText(address + resource)
}

func foldText(s string) string {
	if isSimple(s) {
		return asciiLower(s)
	}
	if !utf8.ValidString(s) {
		return asciiLower(s)
	}
	// Go maps İ to a plain i, which would join two addresses; the full mapping keeps its dot.
	s = strings.ReplaceAll(norm.NFC.String(s), "\u0130", "i\u0307")
	return norm.NFC.String(strings.ToLower(s))
}

// isSimple tells whether s is printable ASCII.
func isSimple(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func asciiLower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// FoldDN returns the form in which two spellings of a distinguished name are compared: RFC 4514 with lower-case types
// and values, no spaces around separators, single spaces within values, one spelling of each escape, and the parts of a
// multi-valued RDN sorted. Folding a folded DN changes nothing. What isn't a DN is compared as trimmed lower-case text.
func FoldDN(dn string) string {
	if folded, ok := foldSimpleDN(dn); ok {
		return folded
	}
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return foldText(strings.TrimSpace(dn))
	}
	rdns := make([]string, len(parsed.RDNs))
	for i, rdn := range parsed.RDNs {
		parts := make([]string, len(rdn.Attributes))
		for j, a := range rdn.Attributes {
			parts[j] = foldText(strings.TrimSpace(a.Type)) + "=" + escapeDN(oneSpaced(foldText(a.Value)))
		}
		slices.Sort(parts)
		rdns[i] = strings.Join(parts, "+")
	}
	return strings.Join(rdns, ",")
}

// foldSimpleDN does the same, many times faster, for the DNs that nearly all entries have: printable ASCII without
// escapes, quotes, or multi-valued RDNs.
func foldSimpleDN(dn string) (string, bool) {
	if !isSimple(dn) || strings.ContainsAny(dn, "\\\"+;#<>") {
		return "", false
	}
	if isPlainDN(dn) {
		return asciiLower(dn), true
	}
	var b strings.Builder
	b.Grow(len(dn))
	for i, rdn := range strings.Split(asciiLower(dn), ",") {
		kind, value, ok := strings.Cut(rdn, "=")
		kind = strings.TrimSpace(kind)
		value = oneSpaced(value)
		if !ok || kind == "" || value == "" || strings.ContainsAny(value, "=") || strings.Contains(kind, " ") {
			return "", false
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(kind)
		b.WriteByte('=')
		b.WriteString(value)
	}
	return b.String(), true
}

// isPlainDN tells whether nothing but the case of a simple DN has to be folded: one = in each RDN, with text on both sides, no
// space beside , and =, and no two spaces together.
func isPlainDN(dn string) bool {
	equals, before := 0, byte(',')
	for i := 0; i < len(dn); i++ {
		c := dn[i]
		switch edge := before == ',' || before == '=' || before == ' '; {
		case c == ' ' && (edge || equals == 0), c == '=' && edge, c == ',' && (edge || equals != 1):
			return false
		case c == '=':
			equals++
		case c == ',':
			equals = 0
		}
		if equals > 1 {
			return false
		}
		before = c
	}
	return equals == 1 && before != '=' && before != ' '
}

// oneSpaced trims s and makes runs of spaces one, as caseIgnoreMatch does (RFC 4518 section 2.6.1).
func oneSpaced(s string) string {
	s = strings.Trim(s, " ")
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return s
}

// escapeDN writes a value as RFC 4514 section 2.4 wants it. The value has no space at either end.
func escapeDN(value string) string {
	const hexDigits = "0123456789abcdef"
	text := utf8.ValidString(value) // what isn't text is written in hexadecimal
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case strings.IndexByte(`,+"\<>;=`, c) >= 0, c == '#' && i == 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f || c > 0x7f && !text:
			b.WriteByte('\\')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unitOf returns the nearest organisational unit above the entry in its DN; "" when there is none.
func unitOf(dn string) string {
	if !strings.Contains(asciiLower(dn), "ou=") {
		return ""
	}
	parsed, err := ldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) < 2 {
		return ""
	}
	for _, rdn := range parsed.RDNs[1:] {
		for _, a := range rdn.Attributes {
			if strings.EqualFold(a.Type, "ou") {
				return strings.ToValidUTF8(a.Value, "\uFFFD")
			}
		}
	}
	return ""
}

func escapeFilter(s string) string { return ldap.EscapeFilter(s) }
