package ldapbook_test

import (
	"testing"

	"caveat/ldapbook"
)

func TestFoldAddress(t *testing.T) {
	for _, test := range []struct{ address, want string }{
		{" Anna.Hansen@NOR.example\t", "anna.hansen@nor.example"},
		{"BJØRN@nor.example", "bjørn@nor.example"},
		{"A\u030a@x", "å@x"},                                 // composed
		{"\u0130@x", "i\u0307@x"},                            // not the address i@x
		{"A@M\u00dcLLER.example", "a@xn--mller-kva.example"}, // as a draft's, in letters or in ASCII
		{"room@mu\u0308ller.example/\u00dcber", "room@xn--mller-kva.example/\u00fcber"},
		{"a@\u00fc\u3002Example", "a@\u00fc\u3002example"}, // no domain
		{"", ""},
		{"a\xffB", "a\xffb"}, // not UTF-8: bytes stay apart
	} {
		if got := ldapbook.FoldAddress(test.address); got != test.want {
			t.Errorf("%q: %q, want %q", test.address, got, test.want)
		}
	}
}

func TestFoldDN(t *testing.T) {
	for _, test := range []struct{ dn, want string }{
		{"UID=Anna, OU=People, O=Norland", "uid=anna,ou=people,o=norland"},
		{"cn=Hansen\\, Anna,o=x", `cn=hansen\, anna,o=x`},
		{`cn=Hansen\2C Anna,o=x`, `cn=hansen\, anna,o=x`}, // two spellings of a comma
		{"cn=a  b , o=x", "cn=a b,o=x"},
		{"cn=b+sn=A,o=x", "cn=b+sn=a,o=x"},
		{"SN=a+CN=b,o=x", "cn=b+sn=a,o=x"}, // parts in any order
		{`cn=J\C3\BCrgen,o=x`, "cn=jürgen,o=x"},
		{"cn=a=b,o=x", `cn=a\=b,o=x`},
		{`cn=a\80b,o=x`, `cn=a\80b,o=x`}, // not text
		{"", ""},
		{"Not a DN", "not a dn"},
	} {
		if got := ldapbook.FoldDN(test.dn); got != test.want {
			t.Errorf("%q: %q, want %q", test.dn, got, test.want)
		}
	}
}

// FuzzFold: folding what is folded changes nothing, and no text makes a search fail.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"Anna@NOR.example", "İ@x", "uid=a,o=b", `cn=a\,b+sn=c,o=\20x`, "\xff", "ﬁ Ω̈", "cn=#04024869,o=x",
		`" OR "`, "a b* NEAR(x)", "cn=a\\00,o=x", "ſ", "cn=\\ ,o=x", "oid.1.2=x", "cn=İ,o=x", `cn=a\80b`} {
		f.Add(s)
	}
	b := filled(f, "Norland", "NOR", human("Anna", "Hansen"))
	f.Fuzz(func(t *testing.T, s string) {
		for name, fold := range map[string]func(string) string{"address": ldapbook.FoldAddress, "DN": ldapbook.FoldDN} {
			once := fold(s)
			if twice := fold(once); twice != once {
				t.Errorf("%s %q: %q, then %q", name, s, once, twice)
			}
		}
		if len(s) > 1000 {
			return
		}
		if _, err := b.Search(t.Context(), ldapbook.Query{Text: s}); err != nil {
			t.Errorf("search %q: %v", s, err)
		}
		e := human(s, s)
		e.Mail = []string{s}
		if err := b.Put(t.Context(), "Norland", []ldapbook.Entry{e}, ldapbook.Asked{DNs: []string{s}, Addresses: []string{s}}); err != nil {
			t.Errorf("put %q: %v", s, err)
		}
	})
}
