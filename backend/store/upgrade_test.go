package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"database/sql"
)

// TestUpgradeFromEachOlderSchema makes the database of every version there was, with a row in each table, and opens it: every row is
// there afterwards with what it held, the references hold, and the schema is that of a fresh database.
func TestUpgradeFromEachOlderSchema(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("migrations", "*.sql"))
	must(t, err)
	if len(files) < 15 {
		t.Fatalf("only %d migrations", len(files))
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	slices.Sort(files)
	want := columns(t, open(t, t.TempDir(), "fresh").Reader())
	for i := range files[:len(files)-1] {
		t.Run(files[i], func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			db := atMigration(t, dir, files[:i+1]...)
			fillEach(t, db)
			before := contents(t, db, tables(t, db))
			must(t, db.Close())

			s := open(t, dir, "the next version")
			if got := columns(t, s.Reader()); got != want {
				t.Errorf("the schema is another than a fresh one:\n%s", got)
			}
			for name, old := range before {
				have := contents(t, s.Reader(), map[string][]string{name: old.columns})
				if got := have[name].rows; !slices.Equal(got, old.rows) {
					t.Errorf("%s held %q, and now %q", name, old.rows, got)
				}
			}
			var broken int
			must(t, s.Reader().QueryRow(`SELECT count(*) FROM pragma_foreign_key_check`).Scan(&broken))
			if broken > 0 {
				t.Errorf("%d references lead nowhere", broken)
			}
		})
	}
}

// tables lists what can be filled: each table with its columns.
func tables(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	rows, err := db.Query(`SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'goose_%' AND t.name NOT LIKE 'sqlite_%' AND t.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY t.name, c.cid`)
	must(t, err)
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var table, column string
		must(t, rows.Scan(&table, &column))
		out[table] = append(out[table], column)
	}
	must(t, rows.Err())
	return out
}

// fillEach puts a row into each table that has none. Every text is the same and every number too, so that all references hold.
func fillEach(t *testing.T, db *sql.DB) {
	t.Helper()
	_, err := db.Exec(`PRAGMA foreign_keys = 0`)
	must(t, err)
	filled := 0
	for table := range tables(t, db) {
		var n int
		must(t, db.QueryRow(`SELECT count(*) FROM `+table).Scan(&n))
		if n > 0 {
			continue
		}
		var names, values []string
		rows, err := db.Query(`SELECT name, type FROM pragma_table_info(?)`, table)
		must(t, err)
		for rows.Next() {
			var name, kind string
			must(t, rows.Scan(&name, &kind))
			names = append(names, name)
			values = append(values, map[string]string{"TEXT": `'x'`, "INTEGER": `1`, "REAL": `1.5`, "BLOB": `x'7b7d'`}[kind])
		}
		must(t, rows.Close())
		_, err = db.Exec(fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table, strings.Join(names, ", "), strings.Join(values, ", ")))
		must(t, err)
		filled++
	}
	if filled == 0 {
		t.Fatal("no table was filled")
	}
}

type content struct{ columns, rows []string }

// contents writes down what stands in some columns of tables.
func contents(t *testing.T, db *sql.DB, of map[string][]string) map[string]content {
	t.Helper()
	out := map[string]content{}
	for table, names := range of {
		c := content{columns: names}
		var quoted []string
		for _, n := range names {
			quoted = append(quoted, "quote("+n+")")
		}
		rows, err := db.Query(`SELECT ` + strings.Join(quoted, ` || ' ' || `) + ` FROM ` + table + ` ORDER BY 1`)
		must(t, err)
		for rows.Next() {
			var line string
			must(t, rows.Scan(&line))
			if table == "epoch" {
				line = "" // it counts the opening
			}
			c.rows = append(c.rows, line)
		}
		must(t, rows.Close())
		out[table] = c
	}
	return out
}
