package ldapbook_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"golang.org/x/text/unicode/norm"

	"caveat/ldapbook"
)

// searched are the attributes that a filter may speak of.
var searched = []string{"displayName", "cn", "sn", "givenName", "personalTitle", "rank", "title", "ou", "mail", "jid"}

// hostileTexts would change a filter if they were not escaped.
var hostileTexts = []string{`*)(uid=*`, `\00`, "\x00", `)(|(objectClass=*`, `\2a`, `anna)(!(cn=*))`, "a*b", `\`, `(`, `*`, "anna\x00*", "&", "|",
	`\5c`, "hansen))(&(cn=x", "\xff\xfe", "ａｎｎａ", "é*", ":dn:2.5.13.5:=x", "<=x", "~=x", "anna@nor.example)(mail=*"}

// wantValues walks a compiled filter, wants nothing in it but what the mapping put there, and returns all assertion values.
func wantValues(t *testing.T, p *ber.Packet, values []string) []string {
	t.Helper()
	switch p.Tag {
	case ldap.FilterAnd, ldap.FilterOr:
		for _, c := range p.Children {
			values = wantValues(t, c, values)
		}
	case ldap.FilterSubstrings:
		if name := p.Children[0].Data.String(); !slices.Contains(searched, name) {
			t.Fatalf("attribute %q", name)
		}
		for _, part := range p.Children[1].Children {
			values = append(values, strings.TrimPrefix(part.Data.String(), " "))
		}
	default:
		t.Fatalf("%s in the filter", ldap.FilterMap[uint64(p.Tag)])
	}
	return values
}

// FuzzLiveFilter: whatever is typed, the filter is the classes and, for each term, conditions on the searched attributes;
// what was typed is only found in assertion values, and they hold nothing else.
func FuzzLiveFilter(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	classes, err := ldap.CompileFilter(ldapbook.LiveFilter(ldapbook.Query{}))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = norm.NFC.String(text)
		filter := ldapbook.LiveFilter(ldapbook.Query{Text: text})
		if filter == "" || text == "" {
			return
		}
		p, err := ldap.CompileFilter(filter)
		if err != nil {
			t.Fatalf("%q: %v", filter, err)
		}
		if p.Tag != ldap.FilterAnd || len(p.Children) < 2 || !slices.Equal(p.Children[0].Bytes(), classes.Bytes()) {
			t.Fatalf("%q is not the classes and more", filter)
		}
		var values []string
		for _, term := range p.Children[1:] {
			values = wantValues(t, term, values)
		}
		if len(values) == 0 {
			t.Fatalf("%q wants nothing", filter)
		}
		for _, v := range values {
			if v == "" || utf8.ValidString(text) && !strings.Contains(text, v) {
				t.Fatalf("value %q of %q", v, text)
			}
		}
	})
}

// FuzzAddressFilter: the filter is one condition for each address and attribute, with the address as it is.
func FuzzAddressFilter(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text, "anna@nor.example")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		p, err := ldap.CompileFilter(ldapbook.AddressFilter([]string{one, two}))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"mail", one, "jid", one, "mail", two, "jid", two}
		var got []string
		for _, c := range p.Children {
			if c.Tag != ldap.FilterEqualityMatch || len(c.Children) != 2 {
				t.Fatalf("%s for %q, %q", ldap.FilterMap[uint64(c.Tag)], one, two)
			}
			got = append(got, c.Children[0].Data.String(), c.Children[1].Data.String())
		}
		if p.Tag != ldap.FilterOr || !slices.Equal(got, want) {
			t.Fatalf("%q", got)
		}
	})
}
