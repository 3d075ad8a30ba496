package cmbac_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that is right, for the loader to be tested on; each case below breaks one thing.
const soundVectors = `{
  "schema": "caveat_marking_v1",
  "source": {"name": "Test", "version": "1"},
  "numberOfTests": 2,
  "notes": {"One": "the first", "Two": "the second"},
  "tests": [
    {"tcId": 1, "comment": "first", "clause": "§1", "policy": "p", "label": {"classification": "A", "categories": {"Policy": ["X", {"type": "PERMISSIVE", "name": "Y"}]}}, "result": "good", "flags": ["One"]},
    {"tcId": 2, "comment": "second", "clause": "§2", "policy": "p", "result": "bad", "class": "worse", "flags": ["One", "Two"]}
  ]
}`

var soundKind = vectorKind{schema: "caveat_marking_v1", plain: []string{"good"}, classed: []string{"bad"}, classes: []string{"worse"}}

// The strict loader: every case is a file that would otherwise lose a vector, or read one wrongly, without a word.
func TestVectorsLoaderIsStrict(t *testing.T) {
	if got, err := readVectors[markingVector]([]byte(soundVectors), soundKind); err != nil || len(got) != 2 || got[1].Class != "worse" {
		t.Fatalf("the sound file: %+v, %v", got, err)
	}
	for name, change := range map[string][2]string{
		"unknown key":                     {`"policy": "p", "label"`, `"polity": "p", "label"`},
		"unknown key in a label":          {`"classification": "A"`, `"classification": "A", "colour": "red"`},
		"unknown key in a value":          {`"name": "Y"`, `"name": "Y", "lacv": 7`},
		"unknown key at the top":          {`"schema"`, `"scheme": 1, "schema"`},
		"known key in other case":         {`"comment": "first"`, `"Comment": "first"`},
		"key twice":                       {`"clause": "§1"`, `"clause": "§1", "clause": "§3"`},
		"tag set twice":                   {`"Policy": [`, `"Policy": ["Z"], "Policy": [`},
		"note twice":                      {`"One": "the first"`, `"One": "the first", "One": "again"`},
		"flag without a note":             {`"flags": ["One"]`, `"flags": ["Three"]`},
		"flag twice":                      {`"flags": ["One"]`, `"flags": ["One", "One"]`},
		"no flag":                         {`"flags": ["One"]`, `"flags": []`},
		"note without a flag":             {`"Two": "the second"`, `"Two": "the second", "Three": "nobody's"`},
		"note that explains nothing":      {`"the first"`, `" "`},
		"unknown result":                  {`"result": "good"`, `"result": "acceptable"`},
		"no result":                       {`"result": "good", `, ``},
		"unknown class":                   {`"class": "worse"`, `"class": "worst"`},
		"class missing where it must be":  {`, "class": "worse"`, ``},
		"class where there must be none":  {`"result": "good"`, `"result": "good", "class": "worse"`},
		"tcId twice":                      {`"tcId": 2`, `"tcId": 1`},
		"tcId that leaves one out":        {`"tcId": 2`, `"tcId": 3`},
		"tcIds that do not begin at 1":    {`"tcId": 1`, `"tcId": 0`},
		"no comment":                      {`"comment": "first"`, `"comment": " "`},
		"no clause":                       {`"clause": "§1", `, ``},
		"too few tests":                   {`"numberOfTests": 2`, `"numberOfTests": 3`},
		"too many tests":                  {`"numberOfTests": 2`, `"numberOfTests": 1`},
		"another schema":                  {`caveat_marking_v1`, `caveat_marking_v2`},
		"no source":                       {`"name": "Test"`, `"name": ""`},
		"no version":                      {`"version": "1"`, `"version": ""`},
		"a second document":               {"\n}", "\n} {}"},
		"cut off":                         {"\n  ]\n}", ""},
		"a value that is neither of both": {`"X"`, `7`},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(soundVectors, change[0]) {
				t.Fatalf("the sound file does not hold %q", change[0])
			}
			got, err := readVectors[markingVector]([]byte(strings.Replace(soundVectors, change[0], change[1], 1)), soundKind)
			if !errors.Is(err, errVectors) || got != nil {
				t.Errorf("%d vectors, %v", len(got), err)
			}
		})
	}
}

func TestVectorsWithoutTestsAreRefused(t *testing.T) {
	const none = `{"schema": "caveat_marking_v1", "source": {"name": "Test", "version": "1"}, "numberOfTests": 0, "notes": {}, "tests": []}`
	if got, err := readVectors[markingVector]([]byte(none), soundKind); !errors.Is(err, errVectors) || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// A value whose type nobody can tell is an error, not a guess.
func TestVectorValuesNeedAType(t *testing.T) {
	p := vectorPolicy(t, "workshop")
	for name, x := range map[string]struct {
		set string
		v   valueForm
		ok  bool
	}{
		"under one type":                {"Compartment", valueForm{Name: "blue"}, true},
		"under three types":             {"Compartment", valueForm{Name: "RED"}, false},
		"under three types, said which": {"Compartment", valueForm{Name: "RED", Type: "PERMISSIVE"}, true},
		"unknown value, one type":       {"Route", valueForm{Name: "NONE"}, true},
		"unknown value, several types":  {"Compartment", valueForm{Name: "NONE"}, false},
		"unknown tag set":               {"Nowhere", valueForm{Name: "RED"}, false},
		"unknown type":                  {"Route", valueForm{Name: "PASS", Type: "PERMITTED"}, false},
	} {
		if typ, err := x.v.typeIn(p, x.set); (err == nil) != x.ok || (typ != 0) != x.ok {
			t.Errorf("%s: %v, %v", name, typ, err)
		}
	}
}

// Every file of the folder is read by a test, and every policy is used by a vector.
func TestVectorsAreAllRead(t *testing.T) {
	folder := filepath.Join("testdata", "vectors")
	var all strings.Builder
	for _, kind := range []vectorKind{decisionVectors, validityVectors, markingVectors, translationVectors, clearancesVectors, orderVectors, choiceVectors} {
		all.Write(file(t, folder, kind.inFile))
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) != 7 {
		t.Errorf("%q, %v", files, err)
	}
	policies, err := os.ReadDir(filepath.Join(folder, "policies"))
	if err != nil || len(policies) < 11 {
		t.Fatalf("%d policies, %v", len(policies), err)
	}
	for _, f := range policies {
		name, isSPIF := strings.CutSuffix(f.Name(), ".spif.xml")
		if !isSPIF || !strings.Contains(all.String(), `"`+name+`"`) {
			t.Errorf("no vector names the policy %q", f.Name())
		}
	}
}
