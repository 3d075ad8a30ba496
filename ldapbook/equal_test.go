package ldapbook_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"caveat/ldapbook"
)

// equal compares the book with the directory: what a fresh book gets by reading everything. addresses are those that any
// entry has or had.
func equal(t testing.TB, b *ldapbook.Book, src ldapbook.Source, addresses []string) {
	t.Helper()
	fresh := openBook(t)
	src.Refresh = ldapbook.Refresh{Strategy: ldapbook.StrategyFull}
	src.PageSize = 1000
	mustSync(t, fresh, src)
	have, want := status(t, b), status(t, fresh)
	if have.Entries != want.Entries || !reflect.DeepEqual(have.ByKind, want.ByKind) {
		t.Fatalf("the book has %d entries %v, the directory %d %v", have.Entries, have.ByKind, want.Entries, want.ByKind)
	}
	for chunk := range slices.Chunk(addresses, 1000) {
		if diff := difference(t, b, fresh, chunk); diff != "" {
			t.Fatal(diff)
		}
	}
}

func difference(t testing.TB, b, fresh *ldapbook.Book, addresses []string) string {
	t.Helper()
	have, err := b.ByAddress(t.Context(), addresses)
	must(t, err)
	want, err := fresh.ByAddress(t.Context(), addresses)
	must(t, err)
	for _, a := range addresses {
		h, w := comparable(have[a]), comparable(want[a])
		if !reflect.DeepEqual(h, w) {
			return fmt.Sprintf("%s: the book has %+v, the directory %+v", a, h, w)
		}
	}
	return ""
}

// comparable is what an entry is, without when it was read.
func comparable(all []ldapbook.Entry) []ldapbook.Entry {
	out := slices.Clone(all)
	for i := range out {
		out[i].ReadAt = time.Time{}
	}
	slices.SortFunc(out, func(a, b ldapbook.Entry) int { return slices.Compare([]byte(a.UUID), []byte(b.UUID)) })
	return out
}

// crowdAddresses are those of crowd(n).
func crowdAddresses(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("p%04d@nor.example", i)
	}
	return all
}

// disagreements are queries that find nothing in a book whose tables agree with each other. What a broken first read left is
// counted and looked up only when the next one has ended it.
var disagreements = map[string]string{
	"entries of no directory": `SELECT id FROM entry WHERE directory NOT IN (SELECT id FROM directory)`,
	"entries of no class":     `SELECT id FROM entry WHERE class NOT IN (SELECT id FROM class)`,
	"entries of no node":      `SELECT id FROM entry WHERE node NOT IN (SELECT id FROM node)`,
	"classes without their clearance": `SELECT id FROM class WHERE clearance <> 0
		AND clearance NOT IN (SELECT id FROM clearance)`,
	"classes that are counted wrongly": `SELECT id FROM class c WHERE directory NOT IN (SELECT directory FROM loading)
		AND entries <> (SELECT count(*) FROM entry e WHERE e.class = c.id)`,
	"nodes that are counted wrongly": `SELECT id FROM node n WHERE directory NOT IN (SELECT directory FROM loading)
		AND entries <> (SELECT count(*) FROM entry e JOIN class c ON c.id = e.class WHERE e.node = n.id AND c.kind <> 5)`,
	"kinds that are counted wrongly": `SELECT directory FROM tally t WHERE entries <>
		(SELECT count(*) FROM entry e JOIN class c ON c.id = e.class WHERE e.directory = t.directory AND c.kind = t.kind)`,
	"keys of no entry": `SELECT entry FROM lookup WHERE entry NOT IN (SELECT id FROM entry)`,
	"entries without a place": `SELECT id FROM entry e WHERE directory NOT IN (SELECT directory FROM loading)
		AND NOT EXISTS (SELECT 1 FROM lookup l WHERE l.key = e.place AND l.entry = e.id)`,
	"entries with the place of another": `SELECT place FROM entry GROUP BY place HAVING count(*) > 1`,
	"lists without their block":         `SELECT block FROM posting WHERE block IS NOT NULL AND block NOT IN (SELECT id FROM block)`,
}

// consistent checks a book's file: SQLite's own check, and that the tables agree.
func consistent(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout(10000)")
	must(t, err)
	defer db.Close()
	ctx := context.WithoutCancel(t.Context())
	var answer string
	must(t, db.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&answer))
	if answer != "ok" {
		t.Fatalf("integrity_check: %s", answer)
	}
	for name, query := range disagreements {
		var n int
		must(t, db.QueryRowContext(ctx, `SELECT count(*) FROM (`+query+`)`).Scan(&n))
		if n > 0 {
			t.Errorf("%s: %d", name, n)
		}
	}
}
