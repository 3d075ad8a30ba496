package audit_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// about adds a line about a message.
func about(t testing.TB, s *store.Store, message string) int64 {
	t.Helper()
	return add(t, s, map[string]string{"message": message, "text": "as it was"})
}

// lines gives the numbers of the lines about a message, each of which must be what it was.
func lines(t testing.TB, c *audit.Chain, s *store.Store, from int64, message string) (out []int64, err error) {
	t.Helper()
	err = c.Read(t.Context(), s, func(tx *sql.Tx) error {
		refs, err := c.Lines(t.Context(), tx, from, message)
		if err != nil {
			return err
		}
		for _, r := range refs {
			var data struct{ Message, Text string }
			if at, err := r.Data(t.Context(), tx, &data); err != nil {
				return err
			} else if data.Message != message || at.IsZero() || r.Type != audit.TypeDecision {
				t.Errorf("line %d: %+v at %s", r.Seq, data, at)
			}
			out = append(out, r.Seq)
		}
		return nil
	})
	return out, err
}

func exec(t testing.TB, s *store.Store, statement string, args ...any) {
	t.Helper()
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	}))
}

// anew writes a line anew with other words and a hash that fits; with follow, all lines after it too.
func anew(t testing.TB, s *store.Store, seq int64, follow bool) {
	t.Helper()
	const mark = `,"hash":"`
	var was, is string
	for ; ; seq++ {
		var line []byte
		if err := s.Reader().QueryRow(`SELECT line FROM audit WHERE seq = ?`, seq).Scan(&line); errors.Is(err, sql.ErrNoRows) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		i := bytes.LastIndex(line, []byte(mark))
		body := bytes.Replace(line[:i:i], []byte("as it was"), []byte("otherwise"), 1)
		if was != "" {
			body = bytes.Replace(body, []byte(was), []byte(is), 1)
		}
		sum := sha256.Sum256(body)
		was, is = string(line[i+len(mark):len(line)-2]), hex.EncodeToString(sum[:])
		exec(t, s, `UPDATE audit SET line = ?, hash = ? WHERE seq = ?`, append(body, mark+is+`"}`...), is, seq)
		if !follow {
			return
		}
	}
}

func TestChainGivesTheLinesAboutAMessage(t *testing.T) {
	s := open(t, t.TempDir())
	var c audit.Chain
	must(t, c.Follow(t.Context(), s)) // an empty log
	for range 3 {                     // lines 2 to 7
		about(t, s, "A")
		about(t, s, "B")
	}
	var late audit.Chain // sees the newest line first, and the older ones when they are asked for
	must(t, late.Follow(t.Context(), s))
	about(t, s, "A") // 8
	for name, chain := range map[string]*audit.Chain{"from the beginning": &c, "from the end": &late, "new": {}} {
		for _, tt := range []struct {
			from    int64
			message string
			want    []int64
		}{{6, "A", []int64{6, 8}}, {2, "A", []int64{2, 4, 6, 8}}, {3, "B", []int64{3, 5, 7}}, {8, "B", nil}, {1, "C", nil}} {
			if got, err := lines(t, chain, s, tt.from, tt.message); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s: about %s from %d: %v, %v", name, tt.message, tt.from, got, err)
			}
		}
		if got, err := lines(t, chain, s, 9, "A"); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: from beyond the end: %v, %v", name, got, err)
		}
	}
}

// What was altered, when, and from which line on the log still holds together.
func TestChainIsAltered(t *testing.T) {
	const n = 9 // lines 2 to 10
	for name, tt := range map[string]struct {
		alter   func(s *store.Store)
		began   int64 // sound from here on for who begins afterwards; n+2: from nowhere
		running int64 // for who saw everything before
	}{
		"nothing":                 {func(*store.Store) {}, 2, 2},
		"a line in the middle":    {func(s *store.Store) { anew(t, s, 5, false) }, 6, 2}, // only who reads that line again notices: see below
		"a line and all after it": {func(s *store.Store) { anew(t, s, 5, true) }, 2, n + 2},
		"the newest line":         {func(s *store.Store) { anew(t, s, n+1, false) }, 2, n + 2},
		"its hash does not fit": {func(s *store.Store) {
			exec(t, s, `UPDATE audit SET line = CAST(replace(line, 'as it was', 'otherwise') AS BLOB) WHERE seq = 5`)
		}, 6, 2},
		"the newest line is none":   {func(s *store.Store) { exec(t, s, `UPDATE audit SET line = x'00' WHERE seq = ?`, n+1) }, n + 2, n + 2},
		"a line in the middle went": {func(s *store.Store) { exec(t, s, `DELETE FROM audit WHERE seq = 5`) }, 6, 2},
		"the newest lines went":     {func(s *store.Store) { exec(t, s, `DELETE FROM audit WHERE seq > 8`) }, 2, 9},
		"the log went":              {func(s *store.Store) { exec(t, s, `DELETE FROM audit`) }, n + 2, n + 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			for range n {
				about(t, s, "A")
			}
			var running, began audit.Chain
			if _, err := lines(t, &running, s, 2, "A"); err != nil {
				t.Fatal(err)
			}
			tt.alter(s)
			var newest int64
			must(t, s.Reader().QueryRow(`SELECT coalesce(max(seq), 0) FROM audit`).Scan(&newest))
			for from := int64(n + 1); from >= 2; from-- { // the newest first, as nobody asks
				_, err := lines(t, &began, s, from, "another") // the chain alone
				if from > newest {
					continue
				}
				if (err == nil) != (from >= tt.began) || err != nil && !errors.Is(err, audit.ErrTampered) {
					t.Errorf("began afterwards, from %d: %v", from, err)
				}
				_, err = lines(t, &running, s, from, "another")
				if (err == nil) != (from >= tt.running) || err != nil && !errors.Is(err, audit.ErrTampered) {
					t.Errorf("ran all the time, from %d: %v", from, err)
				}
			}
			if name != "nothing" && newest == n+1 {
				if got, err := lines(t, &running, s, 2, "A"); !errors.Is(err, audit.ErrTampered) {
					t.Errorf("who saw the lines is given others: %v, %v", got, err)
				}
			}
			// What is added to it afterwards holds together again, for whoever was told.
			if newest == 0 {
				return
			}
			seq := about(t, s, "B")
			if tt.began <= n+1 && tt.running <= n+1 {
				if got, err := lines(t, &running, s, seq, "B"); err != nil || len(got) != 1 {
					t.Errorf("added afterwards: %v, %v", got, err)
				}
			}
		})
	}
}

// Of many that read at once none takes another's older view for a log that was cut off.
func TestChainAtOnce(t *testing.T) {
	s := open(t, t.TempDir())
	var c audit.Chain
	first := about(t, s, "A")
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			for range 50 {
				if err := c.Read(t.Context(), s, func(tx *sql.Tx) error {
					_, err := c.Lines(t.Context(), tx, first, "A")
					return err
				}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 50 {
		about(t, s, "A")
	}
	for range cap(done) {
		must(t, <-done)
	}
	if got, err := lines(t, &c, s, first, "A"); err != nil || len(got) != 51 {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

// Altered is told once, and again when it is altered again.
func TestFollowTellsOnce(t *testing.T) {
	s := open(t, t.TempDir())
	var c audit.Chain
	for range 2 {
		seq := about(t, s, "A")
		must(t, c.Follow(t.Context(), s))
		anew(t, s, seq, false)
		if err := c.Follow(t.Context(), s); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("altered: %v", err)
		}
		must(t, c.Follow(t.Context(), s))
	}
}

// BenchmarkChainFirst reads a log of 20,000 lines of 1 kB for the first time, and BenchmarkChainAgain asks for one message of it.
func BenchmarkChainFirst(b *testing.B) {
	s := long(b)
	for b.Loop() {
		var c audit.Chain
		if _, err := lines(b, &c, s, 2, "none"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChainAgain(b *testing.B) {
	s := long(b)
	var c audit.Chain
	for b.Loop() {
		if got, err := lines(b, &c, s, 2, "M17"); err != nil || len(got) != 5 {
			b.Fatal(got, err)
		}
	}
}

func long(b *testing.B) *store.Store {
	b.Helper()
	s := open(b, b.TempDir())
	text := strings.Repeat("x", 900)
	must(b, s.Write(b.Context(), func(tx *sql.Tx) error {
		for i := range 20_000 {
			if _, err := audit.Append(b.Context(), tx, audit.TypeDecision, map[string]string{"message": fmt.Sprintf("M%d", i%4000), "text": text}); err != nil {
				return err
			}
		}
		return nil
	}))
	return s
}

// However a line names its message, it is found under it.
func TestChainReadsTheMessageOfALine(t *testing.T) {
	for name, tt := range map[string]struct {
		data any
		want string
	}{
		"first":              {map[string]string{"message": "A", "z": "x"}, "A"},
		"after others":       {map[string]string{"a": "x", "message": "A"}, "A"},
		"with a quote in it": {map[string]string{"message": `A"B`}, `A"B`},
		"deeper":             {map[string]any{"a": map[string]string{"message": "A"}}, ""},
		"not a word":         {map[string]int{"message": 1}, ""},
	} {
		s := open(t, t.TempDir())
		seq := add(t, s, tt.data)
		var c audit.Chain
		must(t, c.Read(t.Context(), s, func(tx *sql.Tx) error {
			for _, message := range []string{"A", `A"B`} {
				got, err := c.Lines(t.Context(), tx, seq, message)
				if err != nil || (len(got) == 1) != (message == tt.want) {
					t.Errorf("%s: %d lines about %s, %v", name, len(got), message, err)
				}
			}
			return nil
		}))
	}
}
