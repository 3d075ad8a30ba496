package ldapbook_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"caveat/ldapbook"
)

// A book of the first schema is made anew when it is opened: what it cached goes, what it remembers of what is gone stays, and
// nothing says any more that the directory was read.
func TestOpenFirstSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	schema, err := os.ReadFile("migrations/00001_book.sql")
	must(t, err)
	db, err := sql.Open("sqlite", path)
	must(t, err)
	for _, statement := range []string{string(schema),
		`CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL,
			tstamp TIMESTAMP DEFAULT (datetime('now')))`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)`,
		`INSERT INTO directory (id, name, nation, last_success, full_read_at) VALUES (3, 'Norland', 'NOR', 5, 5)`,
		`INSERT INTO tally VALUES (3, 1, 7)`,
		`INSERT INTO clearance (id, sha256, texts) VALUES (1, x'00', x'0141')`,
		`INSERT INTO tombstone VALUES ('anna@nor.example', 3, 'u', 'uid=anna,o=nor', 'Anna', 1, 1, 'entry', 9)`,
	} {
		_, err := db.Exec(statement)
		must(t, err)
	}
	must(t, db.Close())
	b, err := ldapbook.Open(t.Context(), path)
	must(t, err)
	defer b.Close()
	if s := status(t, b); s.Directory != "Norland" || s.Entries != 0 || !s.LastSuccess.IsZero() {
		t.Errorf("%+v", s)
	}
	if got := withdrawn(t, b, "anna@nor.example"); got.What != ldapbook.GoneEntry || got.Name != "Anna" {
		t.Errorf("%+v", got)
	}
	e := human("Bo", "Berg")
	e.Clearance = []string{secret}
	put(t, b, "Norland", "NOR", e)
	if found := find(t, b, "berg"); len(found) != 1 || found[0].Clearance[0] != secret {
		t.Errorf("%+v", found)
	}
}
