package ldapbook_test

import (
	"os"
	"path/filepath"
	"testing"

	"caveat/ldapbook"
)

// TestADeletedBookIsMadeAnew: the file may be deleted at any time, also while it is open.
func TestADeletedBookIsMadeAnew(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "book.db")
	b, err := ldapbook.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	put := func(dn string) {
		t.Helper()
		e := ldapbook.Entry{UUID: "00000000-0000-0000-0000-000000000001", DN: dn, Kind: ldapbook.KindPerson, Name: "Ann Other", Mail: []string{"ann@gbr.example"}}
		if err := b.Put(ctx, "GBR", []ldapbook.Entry{e}, ldapbook.Asked{}); err != nil {
			t.Fatal(err)
		}
	}
	put("uid=ann,dc=gbr,dc=example")
	if healed, err := b.Heal(ctx); err != nil || healed {
		t.Fatalf("Heal of a book that is well: %v, %v", healed, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if healed, err := b.Heal(ctx); err != nil || !healed {
		t.Fatalf("Heal of a deleted book: %v, %v", healed, err)
	}
	if found, err := b.ByAddress(ctx, []string{"ann@gbr.example"}); err != nil || len(found) != 0 {
		t.Errorf("the new book is not empty: %v, %v", found, err)
	}
	put("uid=ann,dc=gbr,dc=example")
	other, err := ldapbook.Open(ctx, path, ldapbook.OpenWithoutMigrating())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if found, err := other.ByAddress(ctx, []string{"ann@gbr.example"}); err != nil || len(found) != 1 {
		t.Errorf("another process does not see the new book: %v, %v", found, err)
	}
}
