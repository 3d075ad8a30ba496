//go:build !race

package ldapbook_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"caveat/ldapbook"
)

// Large directories take half a minute under the race detector, which meets the same code in the reads that others disturb
// (load_test.go, load_others_test.go).

func TestFirstReadOfLargeDirectories(t *testing.T) {
	b := openBook(t)
	for _, name := range []string{"o=norland", "o=albion"} { // into an empty index, and into one that holds another directory
		_, src := large(t, name, 4600)
		wantCounts(t, mustSync(t, b, src), "read 4600 added 4600 changed 0 removed 0 unchanged 0")
		complete(t, b, name[2:], 4600)
		wantCounts(t, mustSync(t, b, src), "read 4600 added 0 changed 0 removed 0 unchanged 4600")
	}
	complete(t, b, "norland", 4600)
	must(t, b.Forget(t.Context(), "albion"))
	complete(t, b, "norland", 4600)
	if found := find(t, b, "albion"); len(found) != 0 {
		t.Errorf("forgotten: %v", names(found))
	}
	must(t, b.Forget(t.Context(), "norland"))
	if found := find(t, b, ""); len(found) != 0 {
		t.Errorf("forgotten: %v", names(found))
	}
}

// Lists of many blocks lose and get back places anywhere in them.
func TestChangesInLargeLists(t *testing.T) {
	_, src := large(t, "o=norland", 4600)
	b := openBook(t)
	mustSync(t, b, src)
	r := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		var gone ldapbook.Asked
		for _, i := range r.Perm(4600)[:2000] {
			gone.DNs = append(gone.DNs, fmt.Sprintf("uid=p%05d,ou=people,o=norland", i))
		}
		must(t, b.Put(t.Context(), "norland", nil, gone))
		seen := map[string]bool{}
		for offset := 0; offset < 4600; offset += 1000 {
			for _, e := range find2(t, b, ldapbook.Query{Text: "norland", Offset: offset, Limit: 1000}) {
				seen[e.DN] = true
			}
		}
		for _, dn := range gone.DNs {
			if seen[dn] {
				t.Fatalf("%s is gone, and found", dn)
			}
		}
		if len(seen) != 2600 {
			t.Fatalf("%d of 2600 found", len(seen))
		}
		wantCounts(t, mustSync(t, b, src), "read 4600 added 2000 changed 0 removed 0 unchanged 2600")
		complete(t, b, "norland", 4600)
	}
}

// odd draws entries of every shape that the two ways to index them could take differently.
func odd(n int) (all []ldapbook.Entry) {
	r := rand.New(rand.NewPCG(11, 12))
	for i := range n {
		e := randomEntry(r, i)
		switch i % 9 {
		case 0: // several addresses, in and out of the class's domain
			e.Mail = append(e.Mail, fmt.Sprintf("k%d.hansen@nor.example", i), "anna@other.example", "@nor.example", "nor.example", "å@nor.example")
		case 1: // a name that is not given name and surname, with digits and marks
			e.Name = fmt.Sprintf("Åse-Ωmega %d Müller-Ґанок 12345678", i)
		case 2: // more words than are indexed
			e.Title = strings.Repeat(fmt.Sprintf("w%da ", i), 3)
			for w := range 80 {
				e.Title += fmt.Sprintf("word%c%c ", 'a'+w%26, 'a'+(w+i)%26)
			}
		case 3:
			e.Mail, e.JID, e.Organisation = nil, nil, strings.Repeat("Long Organisation ", 9)
		case 4: // not UTF-8
			e.Surname, e.Unit = "Ha\xffnsen", "un\xfeit 7"
		}
		all = append(all, e)
	}
	return all
}

// What a first read makes findable in two steps, from what it noted or from the rows, is found exactly as what is written at once.
func TestFirstReadIndexesAsWritingDoes(t *testing.T) {
	entries := odd(4500)
	indexes := make([]map[string][]string, 3)
	for i := range indexes {
		b := openBook(t)
		if i == 0 {
			must(t, b.Put(t.Context(), "N", entries, ldapbook.Asked{}))
		} else {
			must(t, ldapbook.FirstRead(t.Context(), b, "N", slices.Clone(entries), i == 2))
		}
		var err error
		indexes[i], err = ldapbook.Index(t.Context(), b)
		must(t, err)
	}
	for i, index := range indexes[1:] {
		if len(index) != len(indexes[0]) {
			t.Errorf("%d terms and keys, want %d", len(index), len(indexes[0]))
		}
		for term, want := range indexes[0] {
			if got := index[term]; !slices.Equal(got, want) {
				t.Errorf("noted %v: term %q: %d entries %.5v, want %d %.5v", i == 0, term, len(got), got, len(want), want)
				break
			}
		}
	}
}
