package ldapbook_test

import (
	"fmt"
	"testing"

	"caveat/ldapbook"
)

// Many stand at one place of the book: page by page each is given once, whatever the pages' size.
func TestPagesGiveEachOnce(t *testing.T) {
	const n = 300
	b := openBook(t)
	all := make([]ldapbook.Entry, n)
	for i := range all {
		given := fmt.Sprintf("Anna%03d", (i*7)%n)
		all[i] = ldapbook.Entry{UUID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), DN: fmt.Sprintf("uid=%d,ou=z,o=n", i), Nation: "NOR",
			Kind: ldapbook.KindPerson, Surname: "Johansen", GivenName: given, Name: given + " Johansen", Mail: []string{fmt.Sprintf("a%d@n.example", i)}}
	}
	must(t, b.Put(t.Context(), "N", all, ldapbook.Asked{}))
	for _, size := range []int{1, 7, 20, 100} {
		seen := map[string]bool{}
		for offset := 0; offset < n; offset += size {
			for _, e := range find2(t, b, ldapbook.Query{Text: "joh", Offset: offset, Limit: size}) {
				seen[e.UUID] = true
			}
		}
		if len(seen) != n {
			t.Errorf("pages of %d: %d of %d", size, len(seen), n)
		}
	}
}
