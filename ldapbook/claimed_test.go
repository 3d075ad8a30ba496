package ldapbook_test

import (
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
