package spif_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
)

func testland(t *testing.T) (*spif.Policy, *spif.Site) {
	t.Helper()
	p := parse(t, document(t, "testland.spif.xml"))
	s, err := spif.NewSite(p, parse(t, document(t, "otherland.spif.xml")))
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

func TestNewSiteRefusesConflicts(t *testing.T) {
	text := document(t, "testland.spif.xml")
	p := parse(t, text)
	tests := []struct{ name, old, new string }{
		{"the same policy twice", `version="7"`, `version="7"`},
		{"two editions of one policy", `version="7"`, `version="8"`}, // names and numbers change between editions
		{"one name with two ids", `id="1.3.6.1.4.1.32473.9.1"`, `id="1.3.6.1.4.1.32473.9.9"`},
		{"one name in other case with two ids", `name="TESTLAND" id="1.3.6.1.4.1.32473.9.1"`, `name="Testland" id="1.3.6.1.4.1.32473.9.9"`},
		{"one id with two names", `name="TESTLAND"`, `name="TESTLANDIA"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := spif.NewSite(p, parse(t, change(t, text, tt.old, tt.new)))
			if !errors.Is(err, spif.ErrConflict) || s != nil {
				t.Errorf("%v, %v", s, err)
			}
		})
	}
}

func TestSiteFind(t *testing.T) {
	p, s := testland(t)
	if len(s.Policies()) != 2 || s.Policies()[0] != p {
		t.Fatal("the first policy is not the governing one")
	}
	tests := []struct {
		name string
		id   label.PolicyID
		ok   bool
	}{
		{"name", label.PolicyID{Name: "TESTLAND"}, true},
		{"name in other case", label.PolicyID{Name: " testland"}, true},
		{"name and URI", p.PolicyID(), true},
		{"URI and the name in other case", label.PolicyID{Name: "Testland", URI: "urn:oid:1.3.6.1.4.1.32473.9.1"}, true},
		{"unknown name", label.PolicyID{Name: "NOLAND"}, false},
		{"no name", label.PolicyID{}, false},
		{"URI with the name of another policy", label.PolicyID{Name: "OTHERLAND", URI: "urn:oid:1.3.6.1.4.1.32473.9.1"}, false}, // not to be guessed at
		{"name with the URI of another policy", label.PolicyID{Name: "TESTLAND", URI: "urn:oid:1.3.6.1.4.1.32473.8.1"}, false},
		{"name with an unknown URI", label.PolicyID{Name: "TESTLAND", URI: "urn:oid:1.3.6.1.4.1.32473.9.10"}, false},
		{"URI without name", label.PolicyID{URI: "urn:oid:1.3.6.1.4.1.32473.9.1"}, false},
		{"URI without identifier", label.PolicyID{Name: "TESTLAND", URI: "urn:oid:"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Find(tt.id)
			if tt.ok && (err != nil || got != p) {
				t.Errorf("%v, %v", got, err)
			}
			if !tt.ok && (!errors.Is(err, spif.ErrUnknownPolicy) || got != nil) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	empty, err := spif.NewSite()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := empty.Find(p.PolicyID()); !errors.Is(err, spif.ErrUnknownPolicy) {
		t.Error(err)
	}
}

// selection writes what a person chose in one line: "SECRET; Codeword=MEDIC; Mixed=P:NORTH".
func selection(text string) label.Selection {
	parts := strings.Split(text, "; ")
	out := label.Selection{Policy: "TESTLAND", Classification: parts[0]}
	for _, part := range parts[1:] {
		name, values, _ := strings.Cut(part, "=")
		tag := label.SelectedTag{TagSet: name}
		for _, v := range strings.Split(values, ",") {
			x := label.SelectedValue{Name: v}
			if letter, rest, ok := strings.Cut(v, ":"); ok {
				x.Type = map[string]label.Type{"R": label.Restrictive, "P": label.Permissive, "I": label.Informative}[letter]
				x.Name = rest
			}
			tag.Values = append(tag.Values, x)
		}
		out.Categories = append(out.Categories, tag)
	}
	return out
}

func TestBuild(t *testing.T) {
	p, s := testland(t)
	tests := []struct{ name, chosen, want string }{ // want "": ErrSelection
		{"class only", "open", "OPEN"},
		{"as the policy spells it, in its order", "secret; releasable TO=syl,ATL; codeword=medic", "SECRET; Codeword/R=MEDIC; Releasable To/P=ATL,SYL"},
		{"one tag set in two pieces", "SECRET; Releasable To=SYL; Releasable To=ATL", "SECRET; Releasable To/P=ATL,SYL"},
		{"a value twice is one value", "SECRET; Releasable To=ATL,atl", "SECRET; Releasable To/P=ATL"},
		{"an invalid label is built all the same", "OPEN; Codeword=MEDIC", "OPEN; Codeword/R=MEDIC"}, // Validate judges
		{"RULES 5: value under two types, not said which", "OPEN; Mixed=NORTH", ""},
		{"RULES 5: said which, restrictive", "OPEN; Mixed=R:NORTH", "OPEN; Mixed/R=NORTH"},
		{"RULES 5: said which, permissive", "OPEN; Mixed=P:NORTH", "OPEN; Mixed/P=NORTH"},
		{"RULES 5: said both", "OPEN; Mixed=P:NORTH,R:NORTH", "OPEN; Mixed/R=NORTH; Mixed/P=NORTH"},
		{"RULES 5: value under one type needs no type", "OPEN; Mixed=SOUTH", "OPEN; Mixed/P=SOUTH"},
		{"RULES 5: the wrong type", "OPEN; Mixed=R:SOUTH", ""},
		{"typed text", "OPEN; Notes=on the bridge", "OPEN; Notes/I=on the bridge"},
		{"typed text over lines", "OPEN; Notes=on\r\nthe  bridge ", "OPEN; Notes/I=on the bridge"}, // it goes into header fields
		{"typed text with a control character", "OPEN; Notes=on\x00the bridge", ""},
		{"typed text that claims a type", "OPEN; Notes=R:on the bridge", ""},
		{"typed date", "OPEN; Until=2030-01-01", "OPEN; Until/I=2030-01-01"},
		{"typed date that is none", "OPEN; Until=2030-13-01", ""},
		{"unknown class", "SECRETS", ""},
		{"no class", "", ""},
		{"unknown tag set", "OPEN; Codewords=MEDIC", ""},
		{"unknown value", "OPEN; Codeword=MEDICAL", ""},
		{"empty value", "OPEN; Codeword=", ""},
		{"empty typed text", "OPEN; Notes= ", ""}, // would become the placeholder's name
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Build(selection(tt.chosen))
			if tt.want == "" {
				if !errors.Is(err, spif.ErrSelection) || line(got) != "" {
					t.Errorf("%q, %v", line(got), err)
				}
				return
			}
			if err != nil || line(got) != tt.want || got.Policy != p.PolicyID() {
				t.Errorf("%q, %v; want %q", line(got), err, tt.want)
			}
			for _, c := range got.Categories {
				if c.URI != "urn:oid:"+p.TagSet(c.TagName).ID() {
					t.Errorf("%s has the identifier %q", c.TagName, c.URI)
				}
			}
			if l := p.Label(label.Label{Information: got}); !l.NamesKnown() {
				t.Errorf("what was built is not known: %v", l.UnknownNames())
			}
		})
	}
	t.Run("unknown policy", func(t *testing.T) {
		if _, err := s.Build(label.Selection{Policy: "NOLAND", Classification: "OPEN"}); !errors.Is(err, spif.ErrUnknownPolicy) {
			t.Error(err)
		}
	})
	t.Run("tag set without values", func(t *testing.T) { // "Only": [] must not become a label for everybody
		sel := label.Selection{Policy: "TESTLAND", Classification: "OPEN", Categories: []label.SelectedTag{{TagSet: "Releasable To"}}}
		if _, err := s.Build(sel); !errors.Is(err, spif.ErrSelection) {
			t.Error(err)
		}
	})
	t.Run("privacy mark", func(t *testing.T) {
		for mark, ok := range map[string]bool{"PERSONAL": true, "FOR YOU": false} {
			got, err := s.Build(label.Selection{Policy: "TESTLAND", Classification: "OPEN", PrivacyMark: mark})
			if ok != (err == nil) || ok && got.PrivacyMark != mark || !ok && !errors.Is(err, spif.ErrSelection) {
				t.Errorf("%q: %q, %v", mark, got.PrivacyMark, err)
			}
		}
	})
}
