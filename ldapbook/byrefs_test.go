package ldapbook_test

import (
	"path/filepath"
	"strings"
	"testing"

	"caveat/ldapbook"
)

// Many entries of several directories are read with one question: each directory's own, whatever the case of its number, and none that
// the book does not have.
func TestByRefs(t *testing.T) {
	b, err := ldapbook.Open(t.Context(), filepath.Join(t.TempDir(), "book.db"))
	must(t, err)
	defer b.Close()
	both := "00000000-0000-4000-8000-00000000000a"
	for _, directory := range []string{"Norland", "Sudland"} {
		e := ldapbook.Entry{UUID: both, DN: "cn=n,o=" + directory, Name: "N of " + directory, Nation: "NOR", Kind: ldapbook.KindPerson}
		must(t, b.Put(t.Context(), directory, []ldapbook.Entry{e}, ldapbook.Asked{}))
	}
	refs := []ldapbook.Ref{{Directory: "Norland", UUID: strings.ToUpper(both)}, {Directory: "Sudland", UUID: both}, {Directory: "Other", UUID: both},
		{Directory: "Norland", UUID: "00000000-0000-4000-8000-00000000000b"}}
	found, err := b.ByRefs(t.Context(), refs)
	must(t, err)
	if len(found) != 2 || found[ldapbook.Ref{Directory: "Norland", UUID: both}].Name != "N of Norland" || found[refs[1]].Name != "N of Sudland" {
		t.Errorf("%+v", found)
	}
	if found, err = b.ByRefs(t.Context(), nil); err != nil || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}
