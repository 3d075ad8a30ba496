package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/store"
)

func TestAppendExportVerify(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if got := add(t, s, entry(0)); got != 2 {
		t.Errorf("the first entry has the number %d: the header is line 1", got)
	}
	add(t, s, entry(1))
	first := export(t, s)
	must(t, s.Close())
	s = open(t, dir)
	add(t, s, entry(2))
	second := export(t, s)

	sum, err := audit.Verify(bytes.NewReader(second), nil)
	if err != nil || sum.Lines != 6 || sum.First == "" || sum.Last < sum.First || len(sum.Head) != 64 {
		t.Errorf("%+v, %v", sum, err)
	}
	if !bytes.HasPrefix(second, first) {
		t.Error("an export does not begin with the earlier one")
	}
	var types []string
	for text := range strings.Lines(string(second)) {
		var line struct {
			Type string
			Data json.RawMessage
		}
		must(t, json.Unmarshal([]byte(text), &line))
		types = append(types, line.Type)
	}
	want := []string{"header", "decision", "decision", "checkpoint", "decision", "checkpoint"}
	if !reflect.DeepEqual(types, want) {
		t.Errorf("types %v, want %v", types, want)
	}
	if !strings.HasSuffix(string(second), sum.Head+"\"}\n") {
		t.Error("the head is not the hash of the last line")
	}
}

func TestExportOfNothingDone(t *testing.T) {
	if sum, err := audit.Verify(bytes.NewReader(export(t, open(t, t.TempDir()))), nil); err != nil || sum.Lines != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// An export of more lines than are read at a time.
func TestExportOfManyLines(t *testing.T) {
	s := open(t, t.TempDir())
	const n = 1234
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
		for i := range n {
			if _, err := audit.Append(t.Context(), tx, audit.TypeDecision, entry(i)); err != nil {
				return err
			}
		}
		return nil
	}))
	if sum, err := audit.Verify(bytes.NewReader(export(t, s)), nil); err != nil || sum.Lines != n+2 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestRollbackLeavesNoGap(t *testing.T) {
	s := open(t, t.TempDir())
	add(t, s, entry(0))
	failure := errors.New("failure")
	err := s.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := audit.Append(t.Context(), tx, audit.TypeDecision, entry(1)); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := audit.Append(t.Context(), tx, audit.TypeDecision, make(chan int))
		return err
	}); err == nil {
		t.Error("what is no JSON was appended")
	}
	if got := add(t, s, entry(2)); got != 3 {
		t.Errorf("the next entry has the number %d, want 3", got)
	}
	if sum, err := audit.Verify(bytes.NewReader(export(t, s)), nil); err != nil || sum.Lines != 4 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// Two processes with one data directory keep one chain.
func TestConcurrentAppenders(t *testing.T) {
	dir := t.TempDir()
	stores := []*store.Store{open(t, dir), open(t, dir)}
	const each = 25
	var wg sync.WaitGroup
	for i, s := range stores {
		for range 2 {
			wg.Go(func() {
				for n := range each {
					err := s.Write(t.Context(), func(tx *sql.Tx) error {
						_, err := audit.Append(t.Context(), tx, audit.TypeDecision, entry(i*1000+n))
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
	if sum, err := audit.Verify(bytes.NewReader(export(t, stores[1])), nil); err != nil || sum.Lines != 4*each+2 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestLine(t *testing.T) {
	s := open(t, t.TempDir())
	seq := add(t, s, entry(7))
	other := add(t, s, entry(8))
	var got struct{ N int }
	if err := audit.Line(t.Context(), s.Reader(), seq, &got); err != nil || got.N != 7 {
		t.Errorf("%+v, %v", got, err)
	}
	// Being asked to stop says nothing about the log.
	ended, end := context.WithCancel(t.Context())
	end()
	if err := audit.Line(ended, s.Reader(), seq, &got); err == nil || errors.Is(err, audit.ErrTampered) {
		t.Errorf("with a context that ended: %v", err)
	}
	if err := audit.Line(t.Context(), s.Reader(), seq, &[]string{}); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("data of another form: %v", err)
	}
	for name, statement := range map[string]string{
		"altered":      `UPDATE audit SET line = CAST(replace(line, '"n":7', '"n":9') AS BLOB) WHERE seq = 2`,
		"another line": fmt.Sprintf(`UPDATE audit SET line = (SELECT line FROM audit WHERE seq = %d) WHERE seq = 2`, other),
		"no hash":      `UPDATE audit SET line = x'7b7d' WHERE seq = 2`,
		"gone":         `DELETE FROM audit WHERE seq = 2`,
	} {
		must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
			if err := audit.Line(t.Context(), tx, seq, &got); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("%s: %v", name, err)
			}
			_, err := tx.Exec(`INSERT OR IGNORE INTO audit (seq, line, hash) VALUES (2, x'7b7d', '')`)
			return err
		}))
	}
}

// What somebody did to the database shows in the next export.
func TestDatabaseIsTamperedWith(t *testing.T) {
	for name, statement := range map[string]string{
		"line altered":       `UPDATE audit SET line = CAST(replace(line, '"n":0', '"n":9') AS BLOB) WHERE seq = 2`,
		"line removed":       `DELETE FROM audit WHERE seq = 2`,
		"all removed":        `DELETE FROM audit`,
		"head's hash":        `UPDATE audit SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 3`,
		"lines change place": `UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE seq END; UPDATE audit SET seq = abs(seq)`,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			add(t, s, entry(0))
			add(t, s, entry(1))
			before := export(t, s)
			if name == "head's hash" {
				must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
					_, err := tx.Exec(`DELETE FROM audit WHERE seq = 4`)
					return err
				}))
			}
			must(t, s.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(statement); return err }))
			if _, err := audit.Verify(bytes.NewReader(export(t, s)), before); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("error %v", err)
			}
		})
	}
}
