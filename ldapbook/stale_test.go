package ldapbook_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"caveat/ldapbook"
)

// What the index has of entries that are not there is passed over, and makes no answer shorter than it is.
func TestSearchPassesOverWhatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	var all []ldapbook.Entry
	for i := range 10 {
		all = append(all, human("Anna", "Hans"+string(rune('a'+i))+"beta"))
	}
	put(t, b, "Norland", "NOR", all...)
	for _, name := range []string{"Anna Hansabeta", "Anna Hanscbeta"} {
		id := one(t, path, `SELECT l.entry FROM posting p JOIN lookup l ON l.key = p.first
			WHERE p.term = CAST('=`+strings.ToLower(strings.Fields(name)[1])+`' AS BLOB)`)
		onFile(t, path, `DELETE FROM lookup WHERE entry = ?`, id)
		onFile(t, path, `DELETE FROM entry WHERE id = ?`, id)
	}
	for _, test := range []struct {
		name, text    string
		offset, limit int
		want          string
	}{
		{"a full answer, though the first would be short", "hans", 0, 2, "Anna Hansbbeta; Anna Hansdbeta"},
		{"the next page goes on after it", "hans", 2, 3, "Anna Hansebeta; Anna Hansfbeta; Anna Hansgbeta"},
		{"a word longer than the index has", "hanscbeta", 0, 2, ""},
		{"without a word", "", 0, 1, "Anna Hansbbeta"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := names(find2(t, b, ldapbook.Query{Text: test.text, Offset: test.offset, Limit: test.limit})); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Entries with more words than the index takes: a first read and a later change agree on which these are, and nothing of an
// entry stays behind when it goes.
func TestEntriesOfManyWords(t *testing.T) {
	s, src := large(t, "o=norland", 2500)
	title := ""
	more := []string{}
	for i := range 50 {
		title += fmt.Sprintf("Duty%c%c ", 'a'+i%26, 'a'+i/26)
		more = append(more, "mail", fmt.Sprintf("zulu%c%c@host%c%c.example", 'a'+i%26, 'a'+i/26, 'a'+i%26, 'a'+i/26))
	}
	e := cleared("many", "Many", "Words", append(more, "title", title)...)
	must(t, s.Add(e))
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	mustSync(t, b, src)
	for _, test := range []struct{ text, want string }{{"many", "Many Words"}, {"dutyxb", "Many Words"}, {"zuluxb", ""}} {
		if got := names(find(t, b, test.text)); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
	if found := byAddress(t, b, "zuluxb@hostxb.example"); len(found) != 1 {
		t.Errorf("by its last address: %v", names(found))
	}
	place := one(t, path, `SELECT l.key FROM lookup l WHERE l.key > 0 AND l.entry =
		(SELECT l2.entry FROM posting p JOIN lookup l2 ON l2.key = p.first WHERE p.term = CAST('=many' AS BLOB))`)
	must(t, s.Delete(e.DN))
	mustSync(t, b, src)
	if n := one(t, path, fmt.Sprintf(`SELECT count(*) FROM posting WHERE first = %d`, place)); n != 0 {
		t.Errorf("%d lists begin with an entry that is gone", n)
	}
	for _, text := range []string{"zuluaa", "host", "zulu", "dutyaa", "many"} {
		if found := find(t, b, text); len(found) != 0 {
			t.Errorf("%q: %s", text, names(found))
		}
	}
}

// A directory's nation is corrected: its entries are found by the new one at once, and by the old no more.
func TestCorrectedNation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	unit := ldapbook.Entry{UUID: "00000000-0000-0000-0000-00000000000b", DN: "ou=staff,o=n", Kind: ldapbook.KindOrganisation, Name: "Staff"}
	put(t, b, "Sverige", "QQZ", human("Anna", "Hansen"), human("Bo", "Berg"), unit)
	put(t, b, "Norland", "NOR", human("Anna", "Nordmann"), human("Swea", "Quist"))
	carl := human("Carl", "Dahl")
	carl.DN = "uid=carl,o=Sverige"
	put(t, b, "Sverige", "SWE", carl)
	check := func(text, want string) {
		t.Helper()
		if got := names(find(t, b, text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	check("swe", "Bo Berg; Carl Dahl; Anna Hansen; Swea Quist")
	check("SW anna", "Anna Hansen")
	check("anna swe", "Anna Hansen")
	check("nor anna", "Anna Nordmann")
	check("swedish", "")
	check("qqz", "")
	check("staff", "")
	kind := ldapbook.Query{Text: "swe staff", Kind: ldapbook.KindOrganisation}
	if got := names(find2(t, b, kind)); got != "Staff" {
		t.Errorf("units of the nation: %q", got)
	}
	must(t, b.Put(t.Context(), "Sverige", nil, ldapbook.Asked{UUIDs: uuids(find(t, b, "hansen"))}))
	check("q", "Swea Quist")
	check("swe", "Bo Berg; Carl Dahl; Swea Quist")
	check("s anna", "")
	consistent(t, path)
}

func uuids(all []ldapbook.Entry) (out []string) {
	for _, e := range all {
		out = append(out, e.UUID)
	}
	return out
}
