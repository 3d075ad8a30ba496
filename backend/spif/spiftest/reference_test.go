package spiftest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif/spiftest"
)

func reference(t *testing.T, name string) spiftest.Reference {
	t.Helper()
	document, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := spiftest.New(document)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var types = map[string]label.Type{"R": label.Restrictive, "P": label.Permissive, "I": label.Informative}

// categories reads "Codeword/R=MEDIC,CYBER; Mixed/P=NORTH".
func categories(parts []string) []label.Category {
	var out []label.Category
	for _, part := range parts {
		name, values, _ := strings.Cut(part, "=")
		name, letter, _ := strings.Cut(name, "/")
		c := label.Category{TagName: name, Type: types[letter]}
		if values != "" {
			c.Values = strings.Split(values, ",")
		}
		out = append(out, c)
	}
	return out
}

// info reads "SECRET; Codeword/R=MEDIC".
func info(text string) label.Information {
	parts := strings.Split(text, "; ")
	return label.Information{Policy: label.PolicyID{Name: "TESTLAND"}, Classification: parts[0], Categories: categories(parts[1:])}
}

// held reads "OPEN,SECRET; Codeword/R=MEDIC".
func held(text string) label.Clearance {
	parts := strings.Split(text, "; ")
	return label.Clearance{Policy: label.PolicyID{Name: "TESTLAND"}, Classifications: strings.Split(parts[0], ","), Categories: categories(parts[1:])}
}

// What the reference says was worked out by hand: it is what others are held against.
func TestReferenceValid(t *testing.T) {
	r := reference(t, "testland.spif.xml")
	now := spiftest.Noon
	tests := []struct {
		name, label string
		at          time.Time
		isNew       bool
		required    []string
		broken      string
	}{
		{"folded names", "open; NOTES/I=staff", now, false, nil, ""},
		{"unknown class", "OPENED", now, false, nil, "classification-unknown"},
		{"the tag's name is not the tag set's", "OPEN; Mixed all/R=NORTH", now, false, nil, "tag-set-unknown"},
		{"a value of the other type", "OPEN; Mixed/R=SOUTH", now, false, nil, "value-unknown"},
		{"a value under both types", "OPEN; Mixed/R=NORTH; Mixed/P=NORTH", now, false, nil, ""},
		{"twice", "OPEN; Codeword/R=OLD,old", now, false, nil, "value-twice"},
		{"no value", "OPEN; Notes/I=", now, false, nil, "category-empty"},
		{"oneOrMore, none", "SECRET", now, false, nil, "required-category"},
		{"onlyOne counts groups", "TOP SECRET; Releasable To/P=BOR,SYL", now, false, nil, ""},
		{"onlyOne, two groups", "TOP SECRET; Releasable To/P=ATL,BOR", now, false, nil, "required-category"},
		{"all, one missing", "GUARDED; Codeword/R=AMBER; Releasable To/P=BOR", now, false, nil, "required-category"},
		{"excluded class", "OPEN; Codeword/R=MEDIC", now, false, nil, "excluded-class"},
		{"required class", "OPEN; Codeword/R=CRYSTAL", now, false, nil, "required-class"},
		{"excluded category", "SECRET; Codeword/R=CYBER,MEDIC", now, false, nil, "excluded-category"},
		{"maximum", "SECRET; Releasable To/P=ATL,BOR,SYL,TWIN A", now, false, nil, "selection-maximum"},
		{"single selection", "OPEN; Mixed/P=NORTH,SOUTH", now, false, nil, "selection-maximum"},
		{"free text", "OPEN; Notes/I=on the bridge", now, false, nil, ""},
		{"no such day", "OPEN; Until/I=2030-02-30", now, false, nil, "user-input"},
		{"out of its time", "OPEN; Codeword/R=TIMED", now, false, nil, "validity"},
		{"the last second of its time", "OPEN; Codeword/R=TIMED", time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC), false, nil, ""},
		{"obsolete, existing", "OPEN; Codeword/R=OLD", now, false, nil, ""},
		{"obsolete, new", "OPEN; Codeword/R=OLD", now, true, nil, "obsolete"},
		{"one of two entries", "OPEN; Codeword/R=DOUBLE", now, true, nil, ""},
		{"the good entry is obsolete", "SECRET; Codeword/R=DOUBLE; Releasable To/P=ATL", now, true, nil, "obsolete"},
		{"required tag set", "OPEN", now, false, []string{"notes"}, "required-tag-set"},
		{"policy ended", "OPEN", now.AddDate(30, 0, 0), false, nil, "policy-not-in-force"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			valid, broken := r.Valid(info(tt.label), tt.at, tt.isNew, tt.required)
			if got := strings.Join(slices.Compact(broken), " "); got != tt.broken || valid != (tt.broken == "") {
				t.Errorf("valid %v, broken %q", valid, got)
			}
		})
	}
}

func TestReferencePermits(t *testing.T) {
	r := reference(t, "testland.spif.xml")
	tests := []struct {
		name, label, clearance string
		hierarchical, want     bool
	}{
		{"listed", "SECRET", "open,secret", false, true},
		{"a higher class is not the class", "SECRET", "TOP SECRET", false, false},
		{"hierarchical", "SECRET", "TOP SECRET", true, true},
		{"hierarchical, lower", "GUARDED", "OPEN", true, false},
		{"restrictive, one of two", "OPEN; Codeword/R=MEDIC,OLD", "OPEN; Codeword/R=MEDIC", false, false},
		{"restrictive, both", "OPEN; Codeword/R=MEDIC,OLD", "OPEN; Codeword/R=OLD,MEDIC", false, true},
		{"permissive, one of two", "OPEN; Releasable To/P=ATL,BOR", "OPEN; Releasable To/P=BOR", false, true},
		{"permissive, none", "OPEN; Releasable To/P=ATL", "OPEN", false, false},
		{"another name of one lacv", "OPEN; Releasable To/P=TWIN A", "OPEN; Releasable To/P=TWIN B", false, false},
		{"held under the other type", "OPEN; Mixed/R=NORTH", "OPEN; Mixed/P=NORTH", false, false},
		{"informative", "OPEN; Notes/I=STAFF", "OPEN", false, true},
		{"unknown value, held", "OPEN; Codeword/R=X", "OPEN; Codeword/R=X", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := r.Permits(info(tt.label), held(tt.clearance), tt.hierarchical); got != tt.want {
				t.Errorf("permits %v", got)
			}
		})
	}
	elsewhere := held("OPEN")
	elsewhere.Policy.Name = "OTHERLAND"
	at := spiftest.Noon
	if !r.Decide(info("OPEN"), held("OPEN"), at, false) || r.Decide(info("OPEN"), elsewhere, at, false) || r.Decide(info("SECRET"), held("SECRET"), at, false) {
		t.Error("Decide is not names, validity and permission")
	}
}

func TestReferenceTranslates(t *testing.T) {
	p, q := reference(t, "testland.spif.xml"), reference(t, "otherland.spif.xml")
	for text, want := range map[string]string{ // "": no translation
		"SECRET": "HIGH", "GUARDED": "", "SECRET; Codeword/R=MEDIC": "HIGH Word=ONE", "SECRET; Codeword/R=CYBER": "HIGH",
		"OPEN; Codeword/R=CRYSTAL": "", "OPEN; Codeword/R=AMBER": "", "OPEN; Releasable To/P=BOR": "LOW Nation=BOR,XTR", "OPEN; Releasable To/P=SYL": "",
	} {
		got, ok := p.TranslateTo(q, info(text))
		if ok != (want != "") || ok && line(got) != want {
			t.Errorf("%s: %s, %v", text, line(got), ok)
		}
	}
	for text, want := range map[string]string{
		"LOW": "OPEN", "HIGHER": "", "HIGH; Word/R=TWO": "SECRET Codeword=CRYSTAL", "HIGH; Word/R=DUP A": "", "LOW; Nation/P=BOR": "OPEN Releasable To=BOR",
	} {
		got, ok := p.TranslateFrom(q, info(text))
		if ok != (want != "") || ok && line(got) != want {
			t.Errorf("%s: %s, %v", text, line(got), ok)
		}
	}
}

func line(l label.Information) string {
	out := l.Classification
	for _, c := range l.Categories {
		out += " " + c.TagName + "=" + strings.Join(c.Values, ",")
	}
	return out
}

// RULES 2.
func TestReferenceDominates(t *testing.T) {
	r := reference(t, "testland.spif.xml")
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"itself", "SECRET; Releasable To/P=ATL", "SECRET; Releasable To/P=ATL", true},
		{"higher", "SECRET", "OPEN", true},
		{"lower", "OPEN", "SECRET", false},
		{"a restrictive value more", "OPEN; Codeword/R=MEDIC", "OPEN", true},
		{"a restrictive value less", "OPEN", "OPEN; Codeword/R=MEDIC", false},
		{"a permissive tag more", "OPEN; Releasable To/P=ATL", "OPEN", true},
		{"a permissive tag less", "OPEN", "OPEN; Releasable To/P=ATL", false},
		{"a permissive value less", "OPEN; Releasable To/P=ATL", "OPEN; Releasable To/P=ATL,BOR", true},
		{"a permissive value more", "OPEN; Releasable To/P=ATL,BOR", "OPEN; Releasable To/P=ATL", false},
		{"another permissive value", "OPEN; Releasable To/P=BOR", "OPEN; Releasable To/P=ATL", false},
		{"informative values do not count", "OPEN", "OPEN; Notes/I=STAFF", true},
		{"unknown names", "OPEN; Codeword/R=X", "OPEN", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := r.Dominates(info(tt.a), info(tt.b)); got != tt.want {
				t.Errorf("dominates %v", got)
			}
		})
	}
}
