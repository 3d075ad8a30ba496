package cmbac_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/spif"
)

// What every vector says. testdata/vectors/README.md tells how to read one.
type vector struct {
	TcID    int      `json:"tcId"`
	Comment string   `json:"comment"`
	Clause  string   `json:"clause"`
	Result  string   `json:"result"`
	Class   string   `json:"class"`
	Flags   []string `json:"flags"`
}

func (v vector) head() vector { return v }

type anyVector interface{ head() vector }

// vectorKind is what one schema allows: the results that need no class, those that need one, and the classes.
type vectorKind struct {
	schema, inFile string
	atLeastSoMany  int // vectors, so that a file that lost some is seen
	plain, classed []string
	classes        []string
}

type vectorFile struct {
	Schema string `json:"schema"`
	Source struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"source"`
	NumberOfTests int               `json:"numberOfTests"`
	Notes         map[string]string `json:"notes"`
	Tests         []json.RawMessage `json:"tests"`
}

var errVectors = errors.New("vectors")

// readVectors reads a file and refuses everything that is not exactly right: a vector that is passed over proves nothing.
func readVectors[T anyVector](data []byte, kind vectorKind) ([]T, error) {
	if err := checkKeys(data, keysOf(reflect.TypeFor[vectorFile](), keysOf(reflect.TypeFor[T](), map[string]bool{}))); err != nil {
		return nil, err
	}
	var f vectorFile
	if err := strictly(data, &f); err != nil {
		return nil, err
	}
	if f.Schema != kind.schema || f.Source.Name == "" || f.Source.Version == "" {
		return nil, fmt.Errorf("%w: schema %q, source %+v", errVectors, f.Schema, f.Source)
	}
	if f.NumberOfTests != len(f.Tests) || len(f.Tests) == 0 {
		return nil, fmt.Errorf("%w: numberOfTests is %d, there are %d", errVectors, f.NumberOfTests, len(f.Tests))
	}
	used := map[string]bool{}
	var out []T
	for i, raw := range f.Tests {
		var t T
		if err := strictly(raw, &t); err != nil {
			return nil, fmt.Errorf("test %d: %w", i+1, err)
		}
		if err := t.head().check(i+1, f.Notes, kind); err != nil {
			return nil, err
		}
		for _, flag := range t.head().Flags {
			used[flag] = true
		}
		out = append(out, t)
	}
	for note := range f.Notes {
		if !used[note] {
			return nil, fmt.Errorf("%w: no test has the flag %q of the notes", errVectors, note)
		}
	}
	return out, nil
}

func (v vector) check(want int, notes map[string]string, kind vectorKind) error {
	switch {
	case v.TcID != want:
		return fmt.Errorf("%w: tcId %d where %d must stand", errVectors, v.TcID, want)
	case strings.TrimSpace(v.Comment) == "" || strings.TrimSpace(v.Clause) == "":
		return fmt.Errorf("%w: test %d has no comment or no clause", errVectors, v.TcID)
	case len(v.Flags) == 0:
		return fmt.Errorf("%w: test %d has no flag", errVectors, v.TcID)
	case !slices.Contains(kind.plain, v.Result) && !slices.Contains(kind.classed, v.Result):
		return fmt.Errorf("%w: test %d has the result %q", errVectors, v.TcID, v.Result)
	case slices.Contains(kind.plain, v.Result) != (v.Class == ""):
		return fmt.Errorf("%w: test %d has the result %q with the class %q", errVectors, v.TcID, v.Result, v.Class)
	case v.Class != "" && !slices.Contains(kind.classes, v.Class):
		return fmt.Errorf("%w: test %d has the class %q", errVectors, v.TcID, v.Class)
	}
	for i, flag := range v.Flags {
		if strings.TrimSpace(notes[flag]) == "" || slices.Contains(v.Flags[:i], flag) {
			return fmt.Errorf("%w: test %d has the flag %q, which no note explains, or has it twice", errVectors, v.TcID, flag)
		}
	}
	return nil
}

// strictly reads one JSON value without unknown keys and without anything behind it.
func strictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", errVectors, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: there is more behind the document", errVectors)
	}
	return nil
}

// vectorsOf reads the vectors of a kind.
func vectorsOf[T anyVector](t *testing.T, kind vectorKind) []T {
	t.Helper()
	out, err := readVectors[T](file(t, "testdata", "vectors", kind.inFile), kind)
	if err != nil {
		t.Fatalf("%s: %v", kind.inFile, err)
	}
	if len(out) < kind.atLeastSoMany {
		t.Fatalf("%s: %d vectors, there were at least %d", kind.inFile, len(out), kind.atLeastSoMany)
	}
	return out
}

// eachVector runs every vector of a kind as a test of its own.
func eachVector[T anyVector](t *testing.T, kind vectorKind, run func(*testing.T, T)) {
	t.Helper()
	for _, v := range vectorsOf[T](t, kind) {
		t.Run(fmt.Sprintf("%d %s", v.head().TcID, v.head().Comment), func(t *testing.T) { run(t, v) })
	}
}

// vectorPolicy reads a policy of the vectors.
func vectorPolicy(t testing.TB, name string) *spif.Policy {
	t.Helper()
	return parse(t, file(t, "testdata", "vectors", "policies", filepath.Base(name)+".spif.xml"))
}

// vectorTime is when a vector is judged: now (noon of 1 June 2026) unless it says otherwise.
func vectorTime(t testing.TB, at string) time.Time {
	t.Helper()
	if at == "" {
		return now
	}
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func vectorMode(t testing.TB, name string) cmbac.Mode {
	t.Helper()
	switch name {
	case "", "membership":
		return cmbac.Membership
	case "hierarchical":
		return cmbac.Hierarchical
	}
	t.Fatalf("mode %q", name)
	return cmbac.Membership
}
