package main

import (
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each kind of rule with all that it is changed to.
func TestMutants(t *testing.T) {
	set := token.NewFileSet()
	from, err := bySource(set)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, body string
		want       []string // "from → to"
	}{
		{"equal", "return a == b", []string{"a == b → a != b"}},
		{"unequal", "return a != b", []string{"a != b → a == b"}},
		{"less", "return a < b", []string{"a < b → a <= b", "a < b → a >= b"}},
		{"at most", "return a <= b", []string{"a <= b → a < b", "a <= b → a > b"}},
		{"more", "return a > b", []string{"a > b → a >= b", "a > b → a <= b"}},
		{"at least", "return a >= b", []string{"a >= b → a > b", "a >= b → a < b"}},
		{"and, with its sides", "return ok && is(a)", []string{"ok && is(a) → (ok || is(a))", "ok → !ok", "is(a) → !is(a)"}},
		{"or keeps to itself", "return ok && (is(a) || is(b))", []string{
			"ok && (is(a) || is(b)) → (ok || (is(a) || is(b)))", "ok → !ok", "is(a) || is(b) → (is(a) && is(b))", "is(a) → !is(a)", "is(b) → !is(b)",
		}},
		{"not", "return !ok", []string{"!ok → ok"}},
		{"condition of an if", "if ok { a = b }; return is(a)", []string{"ok → !ok", "is(a) → !is(a)"}},
		{"condition of a loop", "for is(a) { a = b }; return is(b)", []string{"is(a) → !is(a)", "is(b) → !is(b)"}},
		{"conditions of a switch", "switch { case ok: case a == b: }; return is(a)", []string{"ok → !ok", "a == b → a != b", "is(a) → !is(a)"}},
		{"cases of a value are no conditions", "switch ok { case is(b): }; return is(a)", []string{"is(a) → !is(a)"}},
		{"true and false", "ok = true; return false", []string{"true → false", "false → true"}},
		{"number", "return is(3)", []string{"is(3) → !is(3)", "3 → 4"}},
		{"constant with a name", "k = first; return ok", []string{"first → second", "ok → !ok"}},
		{"the last constant", "k = second; return ok", []string{"second → first", "ok → !ok"}},
		{"a constant without another of its type", "l = lone; return ok", []string{"ok → !ok"}},
		{"constant of another package", "m = strings.Compare; return unicode == utf8.RuneSelf", []string{"unicode == utf8.RuneSelf → unicode != utf8.RuneSelf", "utf8.RuneSelf → utf8.UTFMax"}},
		{"a boolean that is assigned", "ok = is(a); return ok", []string{"is(a) → !is(a)", "ok → !ok"}},
		{"a boolean in a value", "x = box{full: is(a)}; return x.full", []string{"is(a) → !is(a)", "x.full → !x.full"}},
		{"what is not boolean stays", "a = f(b); return ok", []string{"ok → !ok"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := preamble + "func rule(a, b int, ok bool) bool { " + tt.body + " }\n"
			found, err := mutants(set, from, map[string][]byte{"x/x.go": []byte(source)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range found {
				if m.function != "rule" {
					continue
				}
				got = append(got, m.from+" → "+m.to)
				if want := m.from; string(m.source[m.start:m.start+len(want)]) != want || string(m.changed()) == source {
					t.Errorf("%s does not change the file at its place", m)
				}
			}
			if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(tt.want))) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

const preamble = `package x
import ("strings"; "unicode/utf8")
type kind int
type alone int
type box struct { full bool }
const ( first kind = iota; second )
const lone alone = 1
var ( k kind; l alone; x box; m func(a, b string) int = strings.Compare; unicode = utf8.RuneSelf )
func is(int) bool { panic("") }
func f(int) int { panic("") }
`

// A change that is allowed is known by what it changes and where, not by its line; an entry without a reason is refused.
func TestAllowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "allowed.tsv")
	write := func(rows ...string) {
		if err := os.WriteFile(path, []byte("heading\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("p/a.go\tF\ta < b\ta <= b\tbecause", "q/a.go\tF\ta < b\ta <= b\tanother folder")
	got, err := readAllowed(path, "p")
	if err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	m := mutant{path: "p/a.go", line: 7, function: "F", from: "a <\n\tb", to: "a <= b"}
	if !got.takes(m) || !got[key{"p/a.go", "F", "a < b", "a <= b"}].used {
		t.Error("the change is not taken for allowed")
	}
	for _, other := range []mutant{
		{path: "p/b.go", function: "F", from: "a < b", to: "a <= b"}, {path: "p/a.go", function: "G", from: "a < b", to: "a <= b"},
		{path: "p/a.go", function: "F", from: "a > b", to: "a <= b"}, {path: "p/a.go", function: "F", from: "a < b", to: "a >= b"},
	} {
		if got.takes(other) {
			t.Errorf("%+v is taken for allowed", other)
		}
	}
	for _, row := range []string{"p/a.go\tF\ta\tb", "p/a.go\tF\ta\tb\t "} {
		write(row)
		if got, err := readAllowed(path, "p"); err == nil || got != nil {
			t.Errorf("%q: %v", row, got)
		}
	}
}
