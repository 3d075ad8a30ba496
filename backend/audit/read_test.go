package audit_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// all reads the whole log backwards.
func all(t *testing.T, s *store.Store, keep func([]byte) bool) (out []audit.Recorded) {
	t.Helper()
	for before, first := int64(0), true; first || before > 0; first = false {
		var err error
		before, err = audit.Older(t.Context(), s.Reader(), before, keep, func(r audit.Recorded) bool {
			out = append(out, r)
			return len(out)%3 != 0 // it is gone on with where it stopped
		})
		must(t, err)
	}
	return out
}

func TestOlder(t *testing.T) {
	s := open(t, t.TempDir())
	if got := all(t, s, nil); len(got) != 0 {
		t.Errorf("of an empty log: %v", got)
	}
	for i := range 10 {
		add(t, s, entry(i))
	}
	got := all(t, s, nil)
	if len(got) != 11 || got[0].Seq != 11 || got[10].Seq != 1 || got[10].Type != audit.TypeHeader {
		t.Fatalf("%d lines: %+v", len(got), got)
	}
	for i, r := range got[:10] {
		if r.Prev != got[i+1].Hash || r.Fault != "" || r.Time.IsZero() || !bytes.Contains(r.Line, r.Data) {
			t.Errorf("line %d: %+v", r.Seq, r)
		}
	}
	if got := all(t, s, func(line []byte) bool { return bytes.Contains(line, []byte(`"n":4`)) }); len(got) != 1 || got[0].Seq != 6 {
		t.Errorf("%+v", got)
	}
	if n, err := audit.LastSeq(t.Context(), s.Reader()); err != nil || n != 11 {
		t.Errorf("%d, %v", n, err)
	}
}

// A line that was altered or taken away is told, whatever is looked for.
func TestOlderTellsOfDamage(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		want      []int64
	}{
		"altered":          {`UPDATE audit SET line = CAST(replace(line, '"n":2', '"n":9') AS BLOB) WHERE seq = 4`, []int64{4}},
		"another's number": {`UPDATE audit SET line = (SELECT line FROM audit WHERE seq = 5) WHERE seq = 4`, []int64{4}},
		"gone":             {`DELETE FROM audit WHERE seq IN (3, 4)`, []int64{4, 3}},
		"beginning gone":   {`DELETE FROM audit WHERE seq < 3`, []int64{2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			for i := range 6 {
				add(t, s, entry(i))
			}
			must(t, s.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(c.statement); return err }))
			var have []int64
			for _, r := range all(t, s, nil) {
				if r.Fault != "" {
					have = append(have, r.Seq)
				}
			}
			if fmt.Sprint(have) != fmt.Sprint(c.want) {
				t.Errorf("faults at %v, want %v", have, c.want)
			}
			if name == "another's number" { // it matches its own hash: seen when it is looked at
				return
			}
			if got := all(t, s, func([]byte) bool { return false }); len(got) != len(c.want) || got[0].Fault == "" {
				t.Errorf("looking for something else: %+v", got)
			}
		})
	}
}

func TestAt(t *testing.T) {
	s := open(t, t.TempDir())
	seq := add(t, s, entry(7))
	r, err := audit.At(t.Context(), s.Reader(), seq)
	if err != nil || r.Seq != seq || r.Type != audit.TypeDecision || r.Fault != "" {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := audit.At(t.Context(), s.Reader(), seq+1); r != nil || err != nil {
		t.Errorf("%+v, %v", r, err)
	}
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(`UPDATE audit SET line = x'7b7d' WHERE seq = 2`); return err }))
	if r, err := audit.At(t.Context(), s.Reader(), seq); err != nil || r.Fault == "" || string(r.Line) != "{}" {
		t.Errorf("%+v, %v", r, err)
	}
}
