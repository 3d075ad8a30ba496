package audit_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/store"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir, "test")
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func add(t testing.TB, s *store.Store, data any) (seq int64) {
	t.Helper()
	must(t, s.Write(t.Context(), func(tx *sql.Tx) (err error) {
		seq, err = audit.Append(t.Context(), tx, audit.TypeDecision, data)
		return err
	}))
	return seq
}

func export(t testing.TB, s *store.Store) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, audit.Export(t.Context(), s, &out))
	return out.Bytes()
}

// entry is data with everything that JSON may be awkward about, the mark before a line's hash among it.
func entry(n int) map[string]any {
	return map[string]any{"n": n, "text": "a \"b\" \\ \n <é> \u2028 ,\"hash\":\"", "hash": strings.Repeat("0", 64)}
}

// log makes a log of n entries and exports it.
func log(t testing.TB, n int) []byte {
	t.Helper()
	s := open(t, t.TempDir())
	for i := range n {
		add(t, s, entry(i))
	}
	return export(t, s)
}

// forge writes a whole chain anew, as somebody could who knows how it is made. change sees each line's members.
func forge(t testing.TB, log []byte, change func(line map[string]json.RawMessage)) []byte {
	t.Helper()
	var out bytes.Buffer
	prev := strings.Repeat("0", 64)
	for text := range strings.Lines(string(log)) {
		var line map[string]json.RawMessage
		must(t, json.Unmarshal([]byte(text), &line))
		change(line)
		body := fmt.Sprintf(`{"seq":%s,"time":%s,"type":%s,"prev":%q,"data":%s`, line["seq"], line["time"], line["type"], prev, line["data"])
		sum := sha256.Sum256([]byte(body))
		prev = hex.EncodeToString(sum[:])
		fmt.Fprintf(&out, "%s,\"hash\":%q}\n", body, prev)
	}
	return out.Bytes()
}

// safe keeps secrets in memory.
type safe struct {
	mu   sync.Mutex
	kept map[string]string
	fail error // of every call
}

func (s *safe) Secret(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.kept[name]; ok && s.fail == nil {
		return v, nil
	}
	return "", errors.Join(errors.New("no such secret"), s.fail)
}

func (s *safe) SetSecret(name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.kept[name] = value
	}
	return s.fail
}

func newSafe() *safe { return &safe{kept: map[string]string{}} }

// signed makes a log that is signed.
func signed(s *store.Store) *audit.Log { return audit.New(s, audit.Config{Secrets: newSafe()}) }

// addMany adds entries in one transaction.
func addMany(t testing.TB, s *store.Store, n int, data func(n int) any) {
	t.Helper()
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
		for i := range n {
			if _, err := audit.Append(t.Context(), tx, audit.TypeDecision, data(i)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// exported is the log, with the checkpoint that its export adds.
func exported(t testing.TB, l *audit.Log) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, l.Export(t.Context(), &out))
	return out.Bytes()
}

// keysOf are the public keys that a log names.
func keysOf(t testing.TB, l *audit.Log) audit.Keys {
	t.Helper()
	text, err := l.Key(t.Context())
	must(t, err)
	keys, err := audit.ParseKeys([]byte("# of the log\n\n" + text + "\n"))
	must(t, err)
	return keys
}

func join(lines []string) []byte { return []byte(strings.Join(lines, "")) }
