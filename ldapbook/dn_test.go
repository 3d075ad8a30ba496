package ldapbook_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"caveat/ldapbook"
)

// escaped writes a value of a DN with every byte in hexadecimal, which is one of its spellings (RFC 4514 section 2.4).
func escaped(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		fmt.Fprintf(&b, `\%02X`, value[i])
	}
	return b.String()
}

// FuzzDNSpelling: two spellings of one DN fold to the same, whatever the values are; another value folds to something else;
// and folding what is folded changes nothing.
func FuzzDNSpelling(f *testing.F) {
	for _, value := range []string{"Hansen, Anna", "a+b", `back\slash`, `"quoted"`, " space ", "#hash", "<>;=", "\x00", "Ødegård",
		"e\u0301", "\xff", "a  b", "İ", "ﬁ", `\2c`, "uid=x,o=y"} {
		f.Add(value, "plain")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		if strings.Trim(one, " ") == "" || strings.Trim(two, " ") == "" {
			return // an empty value has no spelling in hexadecimal
		}
		spelled := "UID=" + escaped(one) + ",ou=" + escaped(two) + ",O=Norland"
		other := "uid = " + escaped(one) + " , OU=" + escaped(two) + ", o=NORLAND"
		folded := ldapbook.FoldDN(spelled)
		if got := ldapbook.FoldDN(other); got != folded {
			t.Fatalf("%q and %q", folded, got)
		}
		if again := ldapbook.FoldDN(folded); again != folded {
			t.Fatalf("%q, and again %q", folded, again)
		}
		if utf8.ValidString(one) != utf8.ValidString(two) {
			return
		}
		swapped := ldapbook.FoldDN("uid=" + escaped(two) + ",ou=" + escaped(one) + ",o=norland")
		// Values that are one to a directory (by case, spaces, normal form) are told by folding each alone.
		same := ldapbook.FoldDN("cn="+escaped(one)) == ldapbook.FoldDN("cn="+escaped(two))
		if (swapped == folded) != same {
			t.Fatalf("%q and %q, the values %q and %q", folded, swapped, one, two)
		}
		// The value never becomes more names than one.
		if n := strings.Count(unescapedCommas(folded), ","); n != 2 {
			t.Fatalf("%d names in %q", n+1, folded)
		}
	})
}

// unescapedCommas drops what is escaped.
func unescapedCommas(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
