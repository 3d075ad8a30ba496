package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// maxProof is how many bytes a proof may have beside its entry in a log of a million lines: its tree has so many levels as height says, each
// of which costs so many bytes as level says, in JSON for people.
const maxProof, height, level = 2000, 20, 52

func TestProve(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	l := signed(s)
	addMany(t, s, 1000, func(n int) any { return entry(n) })
	for _, seq := range []int64{1, 2, 3, 512, 513, 1000, 1001} { // 1 is the header
		p, err := l.Prove(t.Context(), seq)
		must(t, err)
		text, err := json.MarshalIndent(p, "", "  ")
		must(t, err)
		if beside := len(text) - len(quoted(p.Line)) + (height-len(p.Hashes))*level; p.Seq != seq || beside > maxProof {
			t.Errorf("the proof of line %d of line %d has %d bytes beside the entry", p.Seq, seq, beside)
		}
		for name, keys := range map[string]audit.Keys{"its own key": {}, "the key that was given": keysOf(t, l)} {
			got, err := audit.VerifyProof(text, keys)
			if err != nil || got.Seq != seq || got.Lines < 1001 || !strings.Contains(p.Line, string(got.Data)) || got.Key == "" || got.Time == "" {
				t.Errorf("by %s: %+v, %v", name, got, err)
			}
		}
		if _, err := audit.VerifyProof(text, keysOf(t, otherLog(t))); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("by the key of another log: %v", err)
		}
	}
	// What was proved once needs no new checkpoint.
	if sum, err := audit.Verify(strings.NewReader(string(export(t, s))), nil); err != nil || sum.Lines != 1001+3 { // key, checkpoint, that of the export
		t.Errorf("%+v, %v", sum, err)
	}
	for _, none := range []int64{-1, 0, 5000} {
		if _, err := l.Prove(t.Context(), none); !errors.Is(err, audit.ErrNoLine) {
			t.Errorf("line %d: %v", none, err)
		}
	}
}

func otherLog(t testing.TB) *audit.Log {
	l := signed(open(t, t.TempDir()))
	_, err := l.Checkpoint(t.Context())
	must(t, err)
	return l
}

// Whatever is changed in a proof shows.
func TestProofIsTamperedWith(t *testing.T) {
	s := open(t, t.TempDir())
	l := signed(s)
	addMany(t, s, 20, func(n int) any { return entry(n) })
	genuine, err := l.Prove(t.Context(), 7)
	must(t, err)
	other, err := l.Prove(t.Context(), 8)
	must(t, err)
	alien, err := otherLog(t).Prove(t.Context(), 1)
	must(t, err)
	for name, change := range map[string]func(p *audit.Proof){
		"number":              func(p *audit.Proof) { p.Seq++ },
		"a byte of the line":  func(p *audit.Proof) { p.Line = strings.Replace(p.Line, `"n":`, `"m":`, 1) },
		"another line":        func(p *audit.Proof) { p.Line = other.Line },
		"another line, whole": func(p *audit.Proof) { p.Line, p.Seq = other.Line, other.Seq },
		"hash left out":       func(p *audit.Proof) { p.Hashes = p.Hashes[1:] },
		"hash added":          func(p *audit.Proof) { p.Hashes = append(p.Hashes, tlog.Hash{}) },
		"hash changed":        func(p *audit.Proof) { p.Hashes[2][5] ^= 1 },
		"another's hashes":    func(p *audit.Proof) { p.Hashes = other.Hashes },
		"size":                func(p *audit.Proof) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n22\n", "\n23\n", 1) },
		"another checkpoint":  func(p *audit.Proof) { p.Checkpoint = alien.Checkpoint },
		"another log's":       func(p *audit.Proof) { p.Checkpoint, p.Key = alien.Checkpoint, alien.Key },
		"another key":         func(p *audit.Proof) { p.Key = alien.Key },
		"no key":              func(p *audit.Proof) { p.Key = "" },
		"no checkpoint":       func(p *audit.Proof) { p.Checkpoint = "" },
		"signature":           func(p *audit.Proof) { p.Checkpoint = p.Checkpoint[:len(p.Checkpoint)-6] + "AAAA=\n" },
	} {
		p := genuine
		p.Hashes = append([]tlog.Hash{}, genuine.Hashes...)
		if change(&p); p.Checkpoint == genuine.Checkpoint && name == "size" {
			t.Fatal("the test does not know the checkpoint's size")
		}
		text, err := json.Marshal(p)
		must(t, err)
		if got, err := audit.VerifyProof(text, audit.Keys{}); !errors.Is(err, audit.ErrTampered) || got.Seq != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, none := range []string{"", "{}", "[]", "caveat", `{"format":"caveat-audit-1"}`} {
		if _, err := audit.VerifyProof([]byte(none), audit.Keys{}); !errors.Is(err, audit.ErrNotProof) || errors.Is(err, audit.ErrTampered) {
			t.Errorf("%q: %v", none, err)
		}
	}
}

// What was changed in the database is neither proved nor signed.
func TestAlteredLogIsNotSigned(t *testing.T) {
	for name, tt := range map[string]struct {
		alter  func(testing.TB, *store.Store)
		signed bool // what is signed is the tree, as the line was taken into it
		proved bool // line 5 is as it was, or the checkpoint too
		sound  bool // the lines are as they were
	}{
		"a line of the tree":     {alter: func(t testing.TB, s *store.Store) { anew(t, s, 5, false) }, signed: true},
		"lines of the tree":      {alter: func(t testing.TB, s *store.Store) { anew(t, s, 5, true) }},
		"lines, without a tree":  {alter: func(t testing.TB, s *store.Store) { anew(t, s, 5, true); exec(t, s, `DELETE FROM audit_tree`) }},
		"a line that came since": {alter: func(t testing.TB, s *store.Store) { anew(t, s, 15, false) }, proved: true},
		"the end": {alter: func(t testing.TB, s *store.Store) {
			exec(t, s, `DELETE FROM audit_mark; DELETE FROM audit WHERE seq > 3`)
		}},
		"the checkpoint": {alter: func(t testing.TB, s *store.Store) {
			exec(t, s, `UPDATE audit SET line = CAST(replace(line, 'note', 'nota') AS BLOB) WHERE seq = (SELECT max(seq) FROM audit_mark)`)
		}},
		"the tree's hashes": {alter: func(t testing.TB, s *store.Store) { exec(t, s, `UPDATE audit_tree SET hash = zeroblob(32)`) }, sound: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir())
			l := signed(s)
			words := func(int) any { return "as it was" }
			addMany(t, s, 9, words)
			kept, err := l.Checkpoint(t.Context())
			must(t, err)
			addMany(t, s, 9, words)
			tt.alter(t, s)
			if _, err := l.Checkpoint(t.Context()); errors.Is(err, audit.ErrTampered) == tt.signed {
				t.Errorf("a checkpoint: %v", err)
			}
			if _, err := l.Prove(t.Context(), 5); errors.Is(err, audit.ErrTampered) == tt.proved {
				t.Errorf("a proof: %v", err)
			}
			// It comes out all the same, and is found out.
			if out := exported(t, l); !tt.sound {
				tampered(t, name, out, []byte(kept.Note))
			} else if _, err := audit.Verify(bytes.NewReader(out), []byte(kept.Note)); err != nil {
				t.Error(err)
			}
		})
	}
}

// quoted is the entry as it stands in a proof.
func quoted(line string) []byte {
	text, _ := json.Marshal(line)
	return text
}
