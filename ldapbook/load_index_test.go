package ldapbook_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"caveat/ldapbook"
)

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

// Texts that share memory stay as they are, whatever comes after them.
func TestTextsThatShareMemory(t *testing.T) {
	var values [][]byte
	for i := range 5000 {
		values = append(values, bytes.Repeat([]byte{byte(i)}, i%97))
	}
	values = append(values, bytes.Repeat([]byte("long"), 50_000), []byte("short"))
	for i, text := range ldapbook.Remember(values...) {
		if text != string(values[i]) {
			t.Fatalf("text %d of %d bytes is %.20q", i, len(values[i]), text)
		}
	}
}
