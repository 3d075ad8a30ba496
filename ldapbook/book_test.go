package ldapbook_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"caveat/ldapbook"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a ?#% book.db") // every character that a URI treats in a special way
	if _, err := ldapbook.Open(t.Context(), path, ldapbook.OpenWithoutMigrating()); !errors.Is(err, ldapbook.ErrOldSchema) {
		t.Errorf("missing file: %v", err)
	}
	b, err := ldapbook.Open(t.Context(), path)
	must(t, err)
	put(t, b, "Norland", "NOR", human("Anna", "Hansen"))
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}

	// Another process, or a second handle, reads the same file meanwhile.
	other, err := ldapbook.Open(t.Context(), path, ldapbook.OpenWithoutMigrating())
	must(t, err)
	put(t, b, "Albion", "GBR", human("Dawn", "Smith"))
	if got := names(find(t, other, "smith")); got != "Dawn Smith" {
		t.Errorf("the other handle sees %q", got)
	}
	must(t, other.Close())
	must(t, b.Close())

	b, err = ldapbook.Open(t.Context(), path)
	must(t, err)
	if got := names(find(t, b, "hansen")); got != "Anna Hansen" {
		t.Errorf("opened again: %q", got)
	}
	must(t, b.Close())
}

func TestSchemaVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b, err := ldapbook.Open(t.Context(), path)
	must(t, err)
	must(t, b.Close())
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, 1)`)
	must(t, err)
	if _, err := ldapbook.Open(t.Context(), path); !errors.Is(err, ldapbook.ErrNewerSchema) {
		t.Error(err)
	}
	_, err = db.Exec(`DELETE FROM goose_db_version WHERE version_id > 0`)
	must(t, err)
	if _, err := ldapbook.Open(t.Context(), path, ldapbook.OpenWithoutMigrating()); !errors.Is(err, ldapbook.ErrOldSchema) {
		t.Error(err)
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	must(t, os.WriteFile(path, []byte("this is a letter to my grandmother, and no database at all"), 0o600))
	if _, err := ldapbook.Open(t.Context(), path); !errors.Is(err, ldapbook.ErrDatabase) {
		t.Error(err)
	}
	if _, err := ldapbook.Open(t.Context(), filepath.Join(path, "below", "a file")); !errors.Is(err, ldapbook.ErrDatabase) {
		t.Error(err)
	}
}

// Searches, live reads and reads of several directories at once.
func TestConcurrentUse(t *testing.T) {
	b := openBook(t)
	var wg sync.WaitGroup
	for _, name := range []string{"Norland", "Albion", "Gallia"} {
		w := startEmbedded(t, startOptions{entries: crowd(60)})
		w.ldap.Name = name
		for range 2 {
			wg.Go(func() {
				if _, err := b.Sync(t.Context(), w.ldap, nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			for range 20 {
				if _, err := b.Search(t.Context(), ldapbook.Query{Text: "ola nor"}); err != nil {
					t.Error(err)
				}
				e := human("Live", name)
				e.DN = "uid=live," + suffix
				if err := b.Put(t.Context(), name, []ldapbook.Entry{e}, ldapbook.Asked{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	all, err := b.Status(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	for _, s := range all {
		if s.ByKind[ldapbook.KindPerson] < 60 {
			t.Errorf("%+v", s)
		}
	}
}
