package store_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var updateSchema = flag.Bool("update", false, "write schema.snapshot.sql anew")

const snapshot = "schema.snapshot.sql"

// The schema of a fresh database, so that a migration shows as what it does.
func TestSchemaSnapshot(t *testing.T) {
	s := open(t, t.TempDir(), "test")
	rows, err := s.Reader().Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY type DESC, name`)
	must(t, err)
	defer rows.Close()
	var got strings.Builder
	for rows.Next() {
		var text string
		must(t, rows.Scan(&text))
		got.WriteString(text + ";\n\n")
	}
	must(t, rows.Err())
	if *updateSchema {
		must(t, os.WriteFile(snapshot, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(snapshot)
	if err != nil || string(want) != got.String() {
		t.Errorf("the schema is not the one in %s (%v). If that is meant: go test ./backend/store -run TestSchemaSnapshot -update", snapshot, err)
	}
}
