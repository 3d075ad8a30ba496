package ldapbook_test

import (
	"path/filepath"
	"sync"
	"testing"

	"caveat/ldapbook"
)

// A directory that another process forgets at the same moment is forgotten all the same.
func TestForgetByTwo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	one, two := openBookAt(t, path), openBookAt(t, path)
	for range 60 {
		put(t, one, "Norland", "NOR", human("Bo", "Berg"))
		var both sync.WaitGroup
		both.Go(func() { forgets(t, one) })
		both.Go(func() { forgets(t, two) })
		both.Wait()
	}
	if found := find(t, one, "berg"); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

func forgets(t *testing.T, b *ldapbook.Book) {
	if err := b.Forget(t.Context(), "Norland"); err != nil {
		t.Error(err)
	}
}
