package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

// atMigration makes the caveat.db of a version that knew the migrations up to one file only.
func atMigration(t *testing.T, dir string, files ...string) *sql.DB {
	t.Helper()
	known := fstest.MapFS{}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join("migrations", name))
		must(t, err)
		known[name] = &fstest.MapFile{Data: text}
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(dir, "caveat.db"))+"?_pragma=journal_mode(WAL)")
	must(t, err)
	t.Cleanup(func() { db.Close() })
	p, err := goose.NewProvider(goose.DialectSQLite3, db, known, goose.WithDisableGlobalRegistry(true))
	must(t, err)
	_, err = p.Up(context.Background())
	must(t, err)
	return db
}

// A database of the first version is migrated with what is in it.
func TestMigrationOfADatabaseOfTheFirstVersion(t *testing.T) {
	dir := t.TempDir()
	db := atMigration(t, dir, "00001_first.sql")
	for _, statement := range []string{
		`INSERT INTO change (kind, subject) VALUES ('message', 'M')`,
		`INSERT INTO audit (seq, line, hash) VALUES (1, x'7b7d', 'h')`,
		`INSERT INTO message (id, state, channel, account, sender, subject, marking, draft, draft_digest, report_digest, wire_sha256,
			wire_size, audit_seq, overridden, created, next_try, checked, epoch)
		 VALUES ('M', 'accepted', 'mail', 'a', 's@x', 'Bridge', 'OPEN', '{}', 'd', 'r', 'w', 7, 1, 0, 1, 1, 1, 1)`,
		`INSERT INTO message_recipient (message, position, address, state, changed) VALUES ('M', 0, 'r@x', 'accepted', 1)`,
	} {
		_, err := db.Exec(statement)
		must(t, err)
	}
	must(t, db.Close())

	s := open(t, dir, "the next version")
	var subject, report, recipient string
	must(t, s.Reader().QueryRow(`SELECT subject, report, address FROM message JOIN message_recipient ON message = id`).Scan(&subject, &report, &recipient))
	if subject != "Bridge" || report != "" || recipient != "r@x" {
		t.Errorf("the message became %q, %q, %q", subject, report, recipient)
	}
	var drafts, version int
	must(t, s.Reader().QueryRow(`SELECT count(*) FROM draft`).Scan(&drafts))
	must(t, s.Reader().QueryRow(`SELECT max(version_id) FROM goose_db_version`).Scan(&version))
	if n, err := s.NewestChange(t.Context()); drafts != 0 || version != 21 || n != 1 || err != nil {
		t.Errorf("%d drafts, version %d, newest change %d, %v", drafts, version, n, err)
	}
	if want, got := columns(t, open(t, t.TempDir(), "fresh").Reader()), columns(t, s.Reader()); want != got {
		t.Errorf("migrated and fresh databases differ:\n%s\n%s", got, want)
	}
}

// columns is what a database's tables have for columns.
func columns(t *testing.T, db *sql.DB) (out string) {
	t.Helper()
	rows, err := db.Query(`SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || char(10)
		FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'goose_%' ORDER BY t.name, c.cid`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		must(t, rows.Scan(&line))
		out += line
	}
	must(t, rows.Err())
	return out
}
