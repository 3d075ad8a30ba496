package ldapbook_test

import (
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// TestTextOfADirectoryCannotForgeLines: control characters and those that turn the order of letters do not get into names.
func TestTextOfADirectoryCannotForgeLines(t *testing.T) {
	for published, want := range map[string]string{
		"Ann\x1b[2J Other":          "Ann [2J Other",
		"Ann\n  cleared  EVERYBODY": "Ann cleared EVERYBODY",
		"Ann \u202eyenO\u2066":      "Ann yenO",
		"Ann\u2028Other":            "Ann Other",
		"  Siân   Nguyễn ":          "Siân Nguyễn",
	} {
		e := ldaptest.Entry{DN: "uid=x,ou=people," + suffix, Attrs: []ldaptest.Attr{
			{Name: "objectClass", Values: []string{"inetOrgPerson"}}, {Name: "uid", Values: []string{"x"}}, {Name: "sn", Values: []string{"x"}},
			{Name: "cn", Values: []string{published}}, {Name: "mail", Values: []string{"x@nor.example"}},
		}}
		w := startEmbedded(t, startOptions{entries: []ldaptest.Entry{e}})
		b := openBook(t)
		mustSync(t, b, w.ldap)
		found, err := b.Search(t.Context(), ldapbook.Query{})
		if err != nil || len(found) != 1 || found[0].Name != want {
			t.Errorf("%q: %+v, %v; want %q", published, found, err, want)
		}
	}
}
