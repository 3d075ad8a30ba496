package cmbac_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// file reads a policy of this repository.
func file(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sample reads a policy of the standards kit that lies beside the repository; nil where it need not be there.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "standards", "spif", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("not checked: %v", err)
		return nil
	}
	return data
}

func parse(t testing.TB, document []byte) *spif.Policy {
	t.Helper()
	p, err := spif.Parse(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func testland(t testing.TB) *spif.Policy {
	return parse(t, file(t, "..", "spif", "testdata", "testland.spif.xml"))
}

func otherland(t testing.TB) *spif.Policy {
	return parse(t, file(t, "..", "spif", "testdata", "otherland.spif.xml"))
}

// categories reads "Codeword=MEDIC,CYBER; Mixed/P=NORTH"; the type is the one of the tag set's first tag unless its first
// letter is there.
func categories(p *spif.Policy, parts []string) []label.Category {
	var out []label.Category
	for _, part := range parts {
		name, values, _ := strings.Cut(part, "=")
		name, letter, _ := strings.Cut(name, "/")
		c := label.Category{TagName: name, Type: label.Restrictive, Values: strings.Split(values, ",")}
		if s := p.TagSet(name); s != nil {
			c.Type = s.Tags()[0].Type()
		}
		if letter == "P" {
			c.Type = label.Permissive
		}
		out = append(out, c)
	}
	return out
}

func makeLabel(p *spif.Policy, text string) spif.Label {
	parts := strings.Split(text, "; ")
	return p.Label(label.Label{Information: label.Information{Policy: p.PolicyID(), Classification: parts[0], Categories: categories(p, parts[1:])}})
}

// clearance reads "OPEN,SECRET; Codeword=MEDIC".
func clearance(p *spif.Policy, text string) label.Clearance {
	parts := strings.Split(text, "; ")
	return label.Clearance{Policy: p.PolicyID(), Classifications: strings.Split(parts[0], ","), Categories: categories(p, parts[1:])}
}

func makeClearance(p *spif.Policy, text string) spif.Clearance {
	c, _ := p.Clearance(clearance(p, text))
	return c
}
