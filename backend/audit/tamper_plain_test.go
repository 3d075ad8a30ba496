//go:build !race

package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
)

// tamperedLog is a log of 10,000 entries with what somebody kept of it.
type tamperedLog struct {
	*testing.T
	r     *rand.Rand
	lines []string
	notes []audit.Checkpoint // kept elsewhere
	keys  audit.Keys
}

func (l *tamperedLog) any() int { return 1 + l.r.IntN(len(l.lines)-1) } // but the header

// change gives the log with a line changed by a function of its bytes.
func (l *tamperedLog) change(i int, f func(line []byte) []byte) []byte {
	out := slices.Clone(l.lines)
	out[i] = string(f([]byte(out[i])))
	return join(out)
}

// forge writes the lines from a number on anew, with hashes that fit.
func (l *tamperedLog) forge(from int, change func(i int, line map[string]json.RawMessage)) []byte {
	i := -1
	anew := forge(l, join(l.lines), func(line map[string]json.RawMessage) {
		if i++; i == from {
			change(i, line)
		}
	})
	return anew
}

// tamperings are the kinds of change that show in a log by itself.
var tamperings = map[string]func(*tamperedLog) []byte{
	"a bit": func(l *tamperedLog) []byte {
		return l.change(l.any(), func(b []byte) []byte { b[l.r.IntN(len(b))] ^= 1 << l.r.IntN(8); return b })
	},
	"a byte removed": func(l *tamperedLog) []byte {
		return l.change(l.any(), func(b []byte) []byte { i := l.r.IntN(len(b)); return slices.Delete(b, i, i+1) })
	},
	"a byte inserted": func(l *tamperedLog) []byte {
		return l.change(l.any(), func(b []byte) []byte { return slices.Insert(b, l.r.IntN(len(b)), byte(l.r.IntN(256))) })
	},
	"a line removed": func(l *tamperedLog) []byte { i := l.any(); return join(slices.Delete(slices.Clone(l.lines), i, i+1)) },
	"a line inserted": func(l *tamperedLog) []byte {
		return join(slices.Insert(slices.Clone(l.lines), l.any(), l.lines[l.any()]))
	},
	"lines swapped": func(l *tamperedLog) []byte {
		i := 1 + l.r.IntN(len(l.lines)-2)
		out := slices.Clone(l.lines)
		out[i], out[i+1] = out[i+1], out[i]
		return join(out)
	},
	"lines moved": func(l *tamperedLog) []byte {
		i, n := 1+l.r.IntN(len(l.lines)-20), 1+l.r.IntN(10)
		return join(slices.Concat(l.lines[:i], l.lines[i+n:i+n+9], l.lines[i:i+n], l.lines[i+n+9:]))
	},
	"a line written anew": func(l *tamperedLog) []byte {
		i := l.entry()
		anew := slices.Collect(strings.Lines(string(l.forge(i, words))))
		return l.change(i, func([]byte) []byte { return []byte(anew[i]) })
	},
	// The signed checkpoints in the log stand against that, wherever one follows.
	"all lines from one on written anew": func(l *tamperedLog) []byte { return l.forge(l.entry(), words) },
	"the end cut off": func(l *tamperedLog) []byte {
		for i := l.any(); ; i = l.any() { // cut off behind a checkpoint it is what it once was
			if !strings.Contains(l.lines[i-1], `"type":"checkpoint"`) {
				return join(l.lines[:i])
			}
		}
	},
	"the beginning cut off": func(l *tamperedLog) []byte { return join(l.lines[l.any():]) },
}

// hidden are the kinds that need something that was kept: whoever does them may take the signed checkpoints out, or sign them himself.
var hidden = map[string]func(*tamperedLog) []byte{
	"written anew, unsigned": func(l *tamperedLog) []byte {
		at, i := l.r.IntN(int(l.notes[len(l.notes)-1].Size)-4)+3, -1
		return forge(l, join(l.lines), func(line map[string]json.RawMessage) {
			if i++; i == at {
				words(i, line)
			}
			if string(line["type"]) == `"checkpoint"` {
				line["data"] = json.RawMessage(`{}`)
			}
		})
	},
	"cut off at an earlier checkpoint": func(l *tamperedLog) []byte {
		return join(l.lines[:l.notes[l.r.IntN(len(l.notes)-1)].Size+1])
	},
}

func words(_ int, line map[string]json.RawMessage) {
	line["data"] = json.RawMessage(`{"n":"otherwise"}`)
}

// entry is a line that is an entry.
func (l *tamperedLog) entry() int {
	for {
		if i := l.any(); strings.Contains(l.lines[i], `"type":"decision"`) {
			return i
		}
	}
}

// std: RFC6962 §2.1
func TestTamperingWithTenThousandEntries(t *testing.T) {
	t.Parallel()
	const entries, places = 10_000, 6
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	l := tamperedLog{T: t, r: rand.New(rand.NewPCG(seed, 0))}
	s := open(t, t.TempDir())
	log := signed(s)
	for range 5 {
		addMany(t, s, entries/5, func(n int) any { return map[string]any{"n": n, "to": fmt.Sprintf("user%d@example.org", n*7)} })
		c, err := log.Checkpoint(t.Context())
		must(t, err)
		l.notes = append(l.notes, c)
	}
	l.lines, l.keys = slices.Collect(strings.Lines(string(exported(t, log)))), keysOf(t, log)
	last := l.notes[len(l.notes)-1]
	for _, c := range append(l.notes, audit.Checkpoint{}) { // none falsely
		var kept []byte
		if c.Size > 0 {
			kept = []byte(c.Note)
		}
		if sum, err := audit.VerifyBy(bytes.NewReader(join(l.lines)), kept, l.keys); err != nil || sum.Complete != c.Size {
			t.Fatalf("the log as it is, with the checkpoint of %d lines: %+v, %v", c.Size, sum, err)
		}
	}
	for name, tamper := range tamperings {
		for range places {
			altered := tamper(&l)
			if bytes.Equal(altered, join(l.lines)) {
				continue
			}
			if _, err := audit.Verify(bytes.NewReader(altered), nil); !errors.Is(err, audit.ErrTampered) && !errors.Is(err, audit.ErrNotLog) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for name, tamper := range hidden {
		for range places {
			if _, err := audit.VerifyBy(bytes.NewReader(tamper(&l)), []byte(last.Note), l.keys); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// longLog is a log of a million lines of 500 bytes, and no signature.
func longLog(b *testing.B) []byte {
	var text bytes.Buffer
	fill := strings.Repeat("x", 240)
	for n := 1; n <= 1_000_000; n++ {
		typ, data := audit.TypeDecision, fmt.Sprintf(`{"message":"%026d","text":"%s"}`, n, fill)
		switch n {
		case 1:
			typ = audit.TypeHeader
		case 1_000_000:
			typ, data = audit.TypeCheckpoint, fmt.Sprintf(`{"text":"%s"}`, fill)
		}
		fmt.Fprintf(&text, `{"seq":%d,"time":"2026-01-01T00:00:00.000000000Z","type":"%s","data":%s}`+"\n", n, typ, data)
	}
	return forge(b, text.Bytes(), func(map[string]json.RawMessage) {})
}

// BenchmarkVerify reads a million lines of about 500 bytes; its peer only hashes the same bytes.
func BenchmarkVerify(b *testing.B) {
	log := longLog(b)
	b.Logf("%d bytes a line", len(log)/1_000_000)
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(int64(len(log)))
		for b.Loop() {
			if sum, err := audit.Verify(bytes.NewReader(log), nil); err != nil || sum.Lines != 1_000_000 {
				b.Fatal(sum, err)
			}
		}
	})
	b.Run("sha256", func(b *testing.B) {
		b.SetBytes(int64(len(log)))
		for b.Loop() {
			h := sha256.New()
			if _, err := io.Copy(h, bytes.NewReader(log)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
