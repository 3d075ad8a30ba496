package audit_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"caveat/backend/audit"
)

// hashes are those of a whole tree, as package tlog keeps them.
type hashes []tlog.Hash

func (h hashes) ReadHashes(at []int64) (out []tlog.Hash, err error) {
	for _, i := range at {
		out = append(out, h[i])
	}
	return out, nil
}

// std: RFC6962 §2.1
func TestTreeIsThatOfTheStandard(t *testing.T) {
	var all hashes
	var tree audit.Tree
	for n := range int64(300) {
		record := fmt.Appendf(nil, "record %d", n)
		want, err := tlog.StoredHashes(n, record, all)
		must(t, err)
		if got := tree.Add(record); !slices.Equal(got, want) {
			t.Fatalf("record %d completes %v, want %v", n, got, want)
		}
		all = append(all, want...)
		root, err := tlog.TreeHash(n+1, all)
		must(t, err)
		if tree.Root() != root {
			t.Fatalf("the root of %d records is %s, want %s", n+1, tree.Root(), root)
		}
		if at := audit.FullAt(n + 1); at[len(at)-1] > int64(len(all)) {
			t.Fatalf("%d records: %v of %d hashes", n+1, at, len(all))
		}
	}
}

// The short way to take a line apart gives what a parser of JSON gives, or leaves it to that.
func FuzzLine(f *testing.F) {
	for _, body := range []string{
		`{"seq":1,"time":"2026-01-01T00:00:00Z","type":"header","prev":"00","data":{"format":"caveat-audit-1"}`,
		`{"seq":01,"time":"t","type":"x","prev":"","data":{}`, `{"seq":1.0,"time":"t","type":"x","prev":"","data":{}`,
		`{"seq":1,"time":"\u0041","type":"x","prev":"","data":{}`, `{"seq":1,"time":"t","type":"x","prev":"","data":{},"seq":2`,
		`{"seq":1,"time":"t","type":"x","prev":"","data":`, `{"seq":1,"time":"é","type":"x","prev":"","data":[1]`,
		`{"seq":1,"type":"x","time":"t","prev":"","data":{}`, `{"seq":1,"time":"t","type":"x","prev":"","data":null`,
		`{"seq":9999999999999999999,"time":"t","type":"x","prev":"","data":{}`, `{"seq":,"time":"t","type":"x","prev":"","data":{}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fast, slow, isFast, err := audit.Both(body)
		if isFast && (err != nil || !reflect.DeepEqual(fast, slow)) {
			t.Errorf("%q: %+v, and as JSON %+v, %v", body, fast, slow, err)
		}
	})
}
