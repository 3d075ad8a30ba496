package idn

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// strict maps nothing: what it refuses, some other program would map, to what cannot be known.
//
// std: RFC5891 §4, RFC5893 §2
var strict = idna.New(idna.ValidateForRegistration())

// acePrefix begins an A-label.
const acePrefix = "xn--"

// Domain gives the form in which a domain is compared and sent: its A-labels, in lower case, of a name in U-labels of whatever case, composed
// or not. A name in ASCII is only put into lower case: it need not be one of a host. false, with "": it is beyond ASCII and no
// name of a domain; then it equals no other.
//
// std: RFC5890 §2.3.2.1, RFC5891 §4.4
func Domain(domain string) (string, bool) {
	if IsASCII(domain) {
		return strings.ToLower(domain), true
	}
	if !utf8.ValidString(domain) {
		return "", false
	}
	ascii, err := strict.ToASCII(Fold(domain))
	if err != nil || ascii == "" || !IsASCII(ascii) {
		return "", false
	}
	return ascii, true
}

// CheckDomain refuses a name that holds a U-label which is none, or an A-label that stands for none, or for one with letters that
// CheckLetters refuses. Labels in ASCII are for the caller to check.
//
// std: RFC5890 §2.3.2.1
func CheckDomain(domain string) error {
	ascii, ok := Domain(domain)
	if !ok {
		return fmt.Errorf("domain %q cannot be written in ASCII (IDNA)", domain)
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if !strings.HasPrefix(label, acePrefix) {
			continue
		}
		letters, err := strict.ToUnicode(label)
		if err == nil {
			err = CheckLetters(letters)
		}
		if err != nil {
			return fmt.Errorf("domain %q: label %q: %w", domain, label, err)
		}
		if IsASCII(letters) {
			return fmt.Errorf("domain %q: label %q stands for no letter beyond ASCII", domain, label)
		}
	}
	return nil
}

// Fold gives what differs in case, or in composed and decomposed letters, one spelling. What would become ASCII only by that,
// such as the Kelvin sign, stays what it is: it is another letter. Folding twice changes nothing.
//
// std: RFC5198 §3
func Fold(s string) string {
	if !utf8.ValidString(s) {
		return lowerOctets(s)
	}
	// Once more for what case makes decomposed, such as a letter that has a composed form in one case alone.
	return Compose(strings.Map(lower, Compose(s)))
}

// Compose gives the composed form (NFC). Text with a sign that this would turn into ASCII, and what is not UTF-8, stays as it is.
//
// std: RFC5198 §3
func Compose(s string) string {
	if IsASCII(s) || !utf8.ValidString(s) || strings.ContainsFunc(s, becomesASCII) {
		return s
	}
	return norm.NFC.String(s)
}

// becomesASCII: a sign that NFC replaces by one of ASCII.
func becomesASCII(r rune) bool { return r >= utf8.RuneSelf && IsASCII(norm.NFC.String(string(r))) }

func lower(r rune) rune {
	if l := unicode.ToLower(r); (l < utf8.RuneSelf) == (r < utf8.RuneSelf) {
		return l
	}
	return r
}

// lowerOctets leaves what is no ASCII letter as it is.
func lowerOctets(s string) string {
	out := []byte(s)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] += 'a' - 'A'
		}
	}
	return string(out)
}

// IsASCII reports that there is no octet above 127.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
