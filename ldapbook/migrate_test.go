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

// A book of the schemas between is made anew too: its entries' classes do not tell who is not in use. What is gone stays remembered,
// and no class's number is used again.
func TestOpenSchemaBeforeClassesToldWhoIsInUse(t *testing.T) {
	for name, back := range map[string][]string{
		"without claimed": {`DROP TABLE claimed`, `DELETE FROM goose_db_version WHERE version_id >= 5`},
		"with claimed":    {`DELETE FROM goose_db_version WHERE version_id >= 6`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "book.db")
			b, err := ldapbook.Open(t.Context(), path)
			must(t, err)
			one, two, lost := human("Anna", "Hansen"), human("Bo", "Hansen"), human("Carl", "Hansen")
			one.Mail, two.Mail, lost.Mail = []string{"h@nor.example"}, []string{"h@nor.example"}, []string{"c@nor.example"}
			one.Disabled, lost.Clearance, lost.DN = true, []string{secret}, "uid=lost,o=norland"
			put(t, b, "Norland", "NOR", one, two, lost)
			must(t, b.Put(t.Context(), "Norland", nil, ldapbook.Asked{DNs: []string{lost.DN}}))
			before, err := b.Classes(t.Context())
			must(t, err)
			must(t, b.Close())
			executeIn(t, path, append(back, `DROP INDEX class_all`, `ALTER TABLE class DROP COLUMN disabled`, `ALTER TABLE class DROP COLUMN expires`,
				`CREATE UNIQUE INDEX class_all ON class (directory, kind, clearance, transport, mail_domain, chat_domain, id)`)...)
			b, err = ldapbook.Open(t.Context(), path)
			must(t, err)
			defer b.Close()
			consistent(t, path) // nothing is left of what other tables no longer have
			if s := status(t, b); s.Directory != "Norland" || s.Entries != 0 || !s.LastSuccess.IsZero() {
				t.Errorf("%+v", s)
			}
			if found := find(t, b, "hansen"); len(found) != 0 {
				t.Errorf("%+v", found)
			}
			if got := withdrawn(t, b, "c@nor.example"); got.What != ldapbook.GoneEntry {
				t.Errorf("%+v", got)
			}
			wantShared(t, b)
			put(t, b, "Norland", "NOR", one, two)
			wantShared(t, b, "h@nor.example")
			all, err := b.Classes(t.Context())
			if err != nil || len(all) != 2 || all[0].Disabled == all[1].Disabled || min(all[0].ID, all[1].ID) <= before[len(before)-1].ID {
				t.Errorf("%+v, %v; before %+v", all, err, before)
			}
		})
	}
}

func executeIn(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	for _, statement := range statements {
		_, err := db.Exec(statement)
		must(t, err)
	}
	must(t, db.Close())
}
