package arch_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// standardReference is how code refers to a clause: a comment line "std: DOCUMENT clause, clause; DOCUMENT clause".
var standardReference = regexp.MustCompile(`(?m)^\s*// std: (.+)$`)

// TestStandardsHaveARow holds every reference in the code to docs/standards.tsv, which says how much of it there is.
func TestStandardsHaveARow(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "..", "docs", "standards.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for i, line := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 4 || !slices.Contains([]string{"Yes", "Partial", "Roadmap", "No"}, cells[2]) {
			t.Errorf("docs/standards.tsv, row %d: %q", i+2, line)
			continue
		}
		known = append(known, cells[0])
	}
	references := 0
	for _, f := range readAll(t) {
		src, err := os.ReadFile(filepath.Join("..", "..", f.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range standardReference.FindAllStringSubmatch(string(src), -1) {
			for _, ref := range regexp.MustCompile(`[;,]`).Split(m[1], -1) {
				ref = strings.TrimSpace(ref)
				if !strings.HasPrefix(ref, "RFC") && !strings.HasPrefix(ref, "ADatP") && !strings.HasPrefix(ref, "STANAG") && !strings.HasPrefix(ref, "XEP") && !strings.HasPrefix(ref, "Open XML") {
					continue // a further clause of the document before it
				}
				references++
				if !slices.ContainsFunc(known, func(k string) bool { return ref == k || strings.HasPrefix(ref, k+" ") }) {
					t.Errorf("%s refers to %q, which has no row in docs/standards.tsv", f.path, ref)
				}
			}
		}
	}
	if references < 20 {
		t.Errorf("only %d references found: the test does not see them", references)
	}
}
