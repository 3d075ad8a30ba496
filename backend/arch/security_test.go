package arch_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	quoted   = regexp.MustCompile("`([^`]+)`")
	fileName = regexp.MustCompile(`^[\w./-]+\.(go|ts|tsx)$`)
	testName = regexp.MustCompile(`^(Test|Fuzz)\w+$`)
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// TestSecurityClaimsAreProven holds docs/security.md to the tree: every file and test that a claim names is there, and every claim names
// a file or folder of its code and a test of it.
func TestSecurityClaimsAreProven(t *testing.T) {
	const root = "../.."
	paths, tests := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == ".git" || name == "dist") {
			return fs.SkipDir
		}
		path, _ = filepath.Rel(root, path)
		for rest := filepath.ToSlash(path); ; { // by any end of its path
			paths[rest] = true
			_, after, ok := strings.Cut(rest, "/")
			if !ok {
				break
			}
			rest = after
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		for _, m := range testFunc.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, claims, ok := strings.Cut(string(text), "\n## Claims\n")
	claims, _, ok2 := strings.Cut(claims, "\n## ")
	if !ok || !ok2 {
		t.Fatal("the section Claims is not there, or the last")
	}
	rows := 0
	for line := range strings.Lines(claims) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| claim ") {
			continue
		}
		if rows++; len(cells) != 3 {
			t.Errorf("%d cells: %s", len(cells), line)
			continue
		}
		proven := false
		for i, cell := range cells[1:] {
			for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
				name := m[1]
				switch {
				case testName.MatchString(name):
					proven = proven || i == 1
					if !tests[name] {
						t.Errorf("there is no test %s: %.80s", name, cells[0])
					}
				case fileName.MatchString(name):
					proven = proven || i == 1
					if !paths[name] {
						t.Errorf("there is no file %s: %.80s", name, cells[0])
					}
				case i == 1 && paths[name]: // a folder of tests
					proven = true
				}
			}
		}
		if !proven {
			t.Errorf("no test is named: %s", line)
		}
	}
	if rows < 70 {
		t.Errorf("only %d claims were read", rows)
	}
}
