package ldapbook_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"caveat/ldapbook"
)

func wantShared(t *testing.T, b *ldapbook.Book, want ...string) {
	t.Helper()
	if got, err := b.Shared(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("shared addresses %q, %v; want %q", got, err, want)
	}
}

// What several entries of one directory claim is known after large first reads as well, and as long as it is so.
func TestSharedAddressesOfFirstReads(t *testing.T) {
	b := openBook(t)
	norland, first := large(t, "o=norland", 2400)
	one, two := person("one", "Eva", "Both", "mail", "both@norland.example"), person("two", "Eva", "Both", "mail", "BOTH@norland.example")
	one.DN, two.DN = "uid=one,o=norland", "uid=two,o=norland"
	must(t, norland.Add(one, two))
	albion, second := large(t, "o=albion", 2400) // of another directory: it decides nothing about norland's addresses
	foreign := person("foreign", "Eva", "Both", "mail", "both@norland.example")
	foreign.DN = "uid=foreign,o=albion"
	must(t, albion.Add(foreign))
	mustSync(t, b, first)
	wantShared(t, b, "both@norland.example")
	mustSync(t, b, second)
	wantShared(t, b, "both@norland.example")
	must(t, b.Forget(t.Context(), "norland"))
	wantShared(t, b)
	mustSync(t, b, first)
	wantShared(t, b, "both@norland.example")
	must(t, b.Put(t.Context(), "norland", nil, ldapbook.Asked{DNs: []string{one.DN}}))
	wantShared(t, b)
}

// A book of the schema before is asked once who claims what.
func TestSharedAddressesOfAnOlderBook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b, err := ldapbook.Open(t.Context(), path)
	must(t, err)
	one, two, three := human("Anna", "Hansen"), human("Bo", "Hansen"), human("Carl", "Hansen")
	one.Mail, two.Mail, three.Mail = []string{"h@nor.example"}, []string{"h@nor.example"}, []string{"c@nor.example"}
	put(t, b, "Norland", "NOR", one, two, three)
	put(t, b, "Albion", "GBR", three)
	must(t, b.Close())
	db, err := sql.Open("sqlite", path)
	must(t, err)
	for _, statement := range []string{`DROP TABLE claimed`, `DELETE FROM goose_db_version WHERE version_id >= 5`} {
		_, err := db.Exec(statement)
		must(t, err)
	}
	must(t, db.Close())
	b, err = ldapbook.Open(t.Context(), path)
	must(t, err)
	defer b.Close()
	wantShared(t, b, "h@nor.example")
}
