package audit_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
)

// BenchmarkAppend measures what a line costs inside a transaction, in a log that is long already; its peer inserts the same bytes without
// a chain. p99-µs is the time at the 99th percentile.
func BenchmarkAppend(b *testing.B) {
	s := open(b, b.TempDir())
	l := signed(s)
	data := map[string]string{"message": strings.Repeat("m", 26), "text": strings.Repeat("x", 1500)} // a decision on a few people
	addMany(b, s, 100_000, func(int) any { return "filler" })
	_, err := l.Checkpoint(b.Context())
	must(b, err)
	exec(b, s, `CREATE TABLE bare (seq INTEGER PRIMARY KEY, line BLOB NOT NULL, hash TEXT NOT NULL) STRICT`)
	line := make([]byte, 1900)
	_, err = rand.Read(line)
	must(b, err)
	for name, do := range map[string]func(*sql.Tx) error{
		"append": func(tx *sql.Tx) error {
			_, err := audit.Append(b.Context(), tx, audit.TypeDecision, data)
			return err
		},
		"bare": func(tx *sql.Tx) error {
			_, err := tx.ExecContext(b.Context(), `INSERT INTO bare (line, hash) VALUES (?, ?)`, line, hex.EncodeToString(line[:32]))
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				must(b, s.Write(b.Context(), func(tx *sql.Tx) error {
					begin := time.Now()
					err := do(tx)
					took = append(took, time.Since(begin))
					return err
				}))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "median-µs")
		})
	}
}

// BenchmarkProve proves a line of a hundred thousand.
func BenchmarkProve(b *testing.B) {
	s := open(b, b.TempDir())
	l := signed(s)
	addMany(b, s, 100_000, func(int) any { return "filler" })
	_, err := l.Checkpoint(b.Context())
	must(b, err)
	for b.Loop() {
		_, err := l.Prove(b.Context(), 54_321)
		must(b, err)
	}
}
