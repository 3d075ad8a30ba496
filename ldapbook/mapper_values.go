package ldapbook

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// each calls do for every value of a field, with the attribute's name in lower case, until it returns false.
func (m *mapper) each(field int, do func(attr, value string) bool) {
	for rank, values := range m.values[field] {
		for _, v := range values {
			if !do(m.names[field][rank], v) {
				return
			}
		}
	}
}

// addressPrefixes: attributes whose values say in front what kind of address they are; those with another prefix are none.
var addressPrefixes = map[string]string{
	"proxyaddresses":              "smtp:",
	"msrtcsip-primaryuseraddress": "sip:",
}

// addressValue is an address as the attribute holds it.
func addressValue(attr, address string) string {
	return addressPrefixes[strings.ToLower(attr)] + address
}

// addresses returns the addresses of a field: first those that an attribute calls primary ("SMTP:" in capitals), none twice.
// What is no text on one line is no address.
func (m *mapper) addresses(field int) []string {
	var primary, others []string
	m.each(field, func(attr, v string) bool {
		prefix := addressPrefixes[attr]
		if len(v) < len(prefix) || !strings.EqualFold(v[:len(prefix)], prefix) {
			return true
		}
		address := strings.TrimSpace(v[len(prefix):])
		switch {
		case address == "" || showable(address) != address:
		case prefix != "" && v[:len(prefix)] == strings.ToUpper(prefix):
			primary = append(primary, address)
		default:
			others = append(others, address)
		}
		return true
	})
	if primary == nil {
		return distinct(others)
	}
	return distinct(append(primary, others...))
}

// distinct drops addresses that are there already in another spelling.
func distinct(all []string) []string {
	if len(all) < 2 {
		return all
	}
	have := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(a string) bool {
		folded := FoldAddress(a)
		twice := have[folded]
		have[folded] = true
		return twice
	})
}

func (m *mapper) phones() []string {
	all := m.all(fieldPhone)
	for i := range all {
		all[i] = showable(all[i])
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func (m *mapper) all(field int) []string {
	var all []string
	for _, values := range m.values[field] {
		all = append(all, values...)
	}
	return all
}

// disabled tells whether the entry says that it is not in use, or says something about it that cannot be read.
func (m *mapper) disabled() bool {
	off := false
	m.each(fieldActive, func(_, v string) bool { off = off || parseAnswer(v) != AnswerYes; return true })
	m.each(fieldInactive, func(_, v string) bool { off = off || parseAnswer(v) != AnswerNo; return true })
	m.each(fieldAccountControl, func(_, v string) bool {
		bits, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		off = off || err != nil || bits&accountDisable != 0
		return true
	})
	return off
}

// accountDisable is the bit ADS_UF_ACCOUNTDISABLE of userAccountControl.
const accountDisable = 2

// parseAnswer reads a BOOLEAN (RFC 4517 section 3.3.3) and the ways in which others write one; "" for anything else.
func parseAnswer(v string) Answer {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "true", "1", "yes":
		return AnswerYes
	case "false", "0", "no":
		return AnswerNo
	default:
		return ""
	}
}

// expires returns the earliest end that is published; zero: none, or never.
func (m *mapper) expires() time.Time {
	var end time.Time
	m.each(fieldExpires, func(attr, v string) bool {
		if t, ok := parseExpiry(attr, strings.TrimSpace(v)); ok && (end.IsZero() || t.Before(end)) {
			end = t
		}
		return true
	})
	return end
}

func parseExpiry(attr, v string) (time.Time, bool) {
	n, err := strconv.ParseInt(v, 10, 64)
	switch {
	case err != nil:
		return parseGeneralizedTime(v)
	case attr == "shadowexpire":
		return inCalendar(time.Unix(0, 0).UTC().AddDate(0, 0, int(min(max(n, -1), 1<<24))), n >= 0)
	default:
		return fileTime(n)
	}
}

// fileTime reads 100 ns since 1601; 0 and the largest number mean never, and so does what is after the year 9999.
func fileTime(n int64) (time.Time, bool) {
	const perSecond, to1970 = 10_000_000, 11_644_473_600
	return inCalendar(time.Unix(n/perSecond-to1970, n%perSecond*100).UTC(), n > 0)
}

// inCalendar keeps what every format for times can hold.
func inCalendar(t time.Time, ok bool) (time.Time, bool) {
	if !ok || t.Year() < 1601 || t.Year() > 9999 {
		return time.Time{}, false
	}
	if t = t.Truncate(time.Microsecond); t.Equal(time.Unix(0, 0)) {
		t = t.Add(time.Microsecond) // the book stores "none" as zero: an end must not become none
	}
	return t, true
}

// parseGeneralizedTime reads RFC 4517 section 3.3.13: minutes, seconds and a fraction may be missing, the zone may not.
func parseGeneralizedTime(v string) (time.Time, bool) {
	v = strings.Replace(v, ",", ".", 1)
	if len(v) < len("2006010215Z") || len(v) > 40 {
		return time.Time{}, false
	}
	for _, layout := range []string{"20060102150405", "200601021504", "2006010215"} {
		// Go takes a fraction after seconds without being told; after minutes and hours it is so rare that it isn't read.
		for _, zone := range []string{"Z0700", "Z07"} {
			if t, err := time.Parse(layout+zone, v); err == nil {
				return inCalendar(t.UTC(), true)
			}
		}
	}
	return time.Time{}, false
}

// Limits of the certificates of one entry: a hostile one costs no more than that.
const (
	maxCertificates     = 8
	maxCertificateBytes = 16 << 10
)

// certificateUntil returns the latest end of validity.
func (m *mapper) certificateUntil() time.Time {
	var until time.Time
	tried := 0
	m.each(fieldCertificates, func(_, der string) bool {
		if tried++; tried > maxCertificates {
			return false
		}
		if len(der) > maxCertificateBytes {
			return true
		}
		cert, err := x509.ParseCertificate([]byte(der))
		if err == nil && cert.NotAfter.After(until) {
			until = cert.NotAfter.UTC()
		}
		return true
	})
	return until
}

// std: ACP 133 classes and capabilities
func (m *mapper) capabilities() Capabilities {
	var c Capabilities
	m.each(fieldMaxSize, func(attr, v string) bool {
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		unit := int64(1)
		if attr == "delivcontlength" {
			unit = 1024
		}
		if err == nil && n > 0 && n < 1<<52 {
			c.MaxSize = n * unit
		}
		return c.MaxSize == 0
	})
	m.each(fieldNoAttachments, func(_, v string) bool {
		c.NoAttachments = parseAnswer(v) != AnswerNo // what cannot be read forbids
		return false
	})
	m.each(fieldEmCon, func(_, v string) bool { c.EmCon = parseEmCon(v); return c.EmCon == "" })
	m.each(fieldLabels, func(_, v string) bool { c.Labels = parseAnswer(v); return c.Labels == "" })
	m.each(fieldMMHS, func(attr, v string) bool {
		if a := parseMMHS(attr, v); c.MMHS != AnswerYes && a != "" {
			c.MMHS = a
		}
		return true
	})
	return c
}

// emConStates in the order of their numbers.
var emConStates = []string{"enabled", "receive-only", "electronic-silence", "disabled"}

func parseEmCon(v string) string {
	v = strings.ToLower(strings.TrimSpace(v))
	if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < len(emConStates) {
		return emConStates[n]
	}
	if slices.Contains(emConStates, v) {
		return v
	}
	return ""
}

// parseMMHS: acp-123 (1) is military messaging over X.400 or SMTP, acp-127 (0) the older teleprinter format.
func parseMMHS(attr, v string) Answer {
	if attr != "msgprotocolinfocapability" {
		return parseAnswer(v)
	}
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "acp-123", "acp123", "1":
		return AnswerYes
	case "acp-127", "acp127", "0":
		return AnswerNo
	default:
		return ""
	}
}

// uuid returns the first published identifier that has the form of a UUID; "" when there is none.
func (m *mapper) uuid() string {
	found := ""
	m.each(fieldUUID, func(attr, v string) bool {
		if attr == "objectguid" && len(v) == 16 {
			v = turnGUID(v)
		}
		found = canonicalUUID(v)
		return found == ""
	})
	return found
}

// turnGUID puts a GUID's first three fields, which Active Directory stores with the lowest byte first, in UUID order.
func turnGUID(g string) string {
	b := []byte(g)
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return string(b)
}

// canonicalUUID accepts the text form, the 16 bytes that some servers give, and the four groups of nsUniqueId; "" for anything
// else.
func canonicalUUID(s string) string {
	if len(s) == 16 {
		return formatUUID([]byte(s))
	}
	if len(s) == 35 && s[8] == '-' && s[17] == '-' && s[26] == '-' {
		s = s[:13] + "-" + s[13:22] + "-" + s[22:26] + s[27:]
	}
	if isUUID(s) {
		return s
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
	const hexDigits = "0123456789abcdef"
	var text [36]byte
	n := 0
	for i, c := range b[:16] {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text[n] = '-'
			n++
		}
		text[n], text[n+1] = hexDigits[c>>4], hexDigits[c&15]
		n += 2
	}
	return string(text[:])
}

// isUUID tells whether s is as formatUUID writes it.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && hexValue(s[i]) > 15 {
			return false
		}
	}
	return true
}
