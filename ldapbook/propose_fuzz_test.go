package ldapbook_test

import (
	"slices"
	"strings"
	"testing"

	"caveat/ldapbook"
)

func TestSchemaDefinitions(t *testing.T) {
	for definition, want := range map[string]string{
		"( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) )":          "person < top",
		"( 1.2 NAME ( 'inetOrgPerson' 'iop' ) DESC 'a (SUP) NAME' SUP ( a $ B )": "inetorgperson iop < a b",
		"(1.2 NAME'x'SUP(a$b)AUXILIARY)":                                         "x < a b",
		"( 1.2 DESC 'no name' )":                                                 " < ",
		"( 1.2 NAME ( 'a' 'b'":                                                   " < ", // never closed
		"( 1.2 NAME":                                                             " < ",
		"( 1.2 NAME 'x' SUP x )":                                                 "x < x", // its own superclass
		"":                                                                       " < ",
	} {
		names, above := ldapbook.ReadClass(definition)
		slices.Sort(names)
		if got := strings.Join(names, " ") + " < " + strings.Join(above, " "); got != want {
			t.Errorf("%s: %q, want %q", definition, got, want)
		}
	}
}

// FuzzSchemaDefinition: no definition makes the reader panic or go on for ever, and what it finds was there.
func FuzzSchemaDefinition(f *testing.F) {
	f.Add("( 2.5.6.6 NAME 'person' DESC 'RFC2256: a person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( userPassword $ seeAlso ) )")
	f.Add("( 1 NAME ( 'a' 'b' ) SUP ( c $ d ) AUXILIARY")
	f.Add("'('('NAME")
	f.Fuzz(func(t *testing.T, definition string) {
		names, above := ldapbook.ReadClass(definition)
		for _, name := range slices.Concat(names, above) {
			if !strings.Contains(strings.ToLower(definition), name) {
				t.Errorf("%q is not in %q", name, definition)
			}
		}
	})
}
