package api_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// demoPicker judges under the demonstration's policy. The installation holds up to SECRET, MROD, ATOMAL, Only GBR and Releasable
// To GBR and UKR; Context is required.
func demoPicker(t testing.TB) api.Picker {
	t.Helper()
	return picker(t, "../demo/policy.spif.xml", label.Clearance{
		Classifications: []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"},
		Categories: []label.Category{
			{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}},
			{TagName: "Special Category Designators", Type: label.Restrictive, Values: []string{"ATOMAL"}},
			{TagName: "Only", Type: label.Permissive, Values: []string{"GBR"}},
			{TagName: "Releasable To", Type: label.Permissive, Values: []string{"GBR", "UKR"}},
		},
	}, "Context")
}

// chosen reads "SECRET; Context=MROD; Only=GBR,DEU" as a selection; a type may stand before a value: "Mixed=permissive:NORTH".
func chosen(policy, text string) label.Selection {
	parts := strings.Split(text, "; ")
	sel := label.Selection{Policy: policy, Classification: parts[0]}
	for _, part := range parts[1:] {
		set, list, _ := strings.Cut(part, "=")
		tag := label.SelectedTag{TagSet: set}
		for _, name := range strings.Split(list, ",") {
			v := label.SelectedValue{Name: name}
			if typ, rest, ok := strings.Cut(name, ":"); ok {
				v.Type, _ = label.ParseType(typ)
				v.Name = rest
			}
			tag.Values = append(tag.Values, v)
		}
		sel.Categories = append(sel.Categories, tag)
	}
	return sel
}

func document(t testing.TB, k api.Picker, text string) api.LabelDocument {
	t.Helper()
	d, err := k.Document(chosen(k.Site.Policies()[0].Name(), text), "en")
	must(t, err)
	return d
}

func rules(reasons []presend.Reason) string {
	var out []string
	for _, r := range reasons {
		out = append(out, strings.TrimSpace(r.Rule+" "+r.TagSet))
	}
	return strings.Join(out, ", ")
}

func TestLabelDocument(t *testing.T) {
	k := demoPicker(t)
	for _, tt := range []struct{ chosen, marking, problems, refusals string }{
		{"SECRET; Context=MROD", "NATO/MROD SECRET", "", ""},
		{"SECRET; Context=MROD; Only=GBR", "NATO/MROD SECRET UK ONLY", "", ""},
		// RULES 4: the administrator's tag set, besides the policy's own demand.
		{"SECRET", "NATO SECRET", "required-category Context, required-tag-set Context", ""},
		// RULES 10, whether it is complete or not.
		{"TOP SECRET; Context=MROD", "NATO/MROD TOP SECRET", "", "system-high"},
		{"TOP SECRET", "NATO TOP SECRET", "required-category Context, required-tag-set Context", "system-high"},
		{"SECRET; Context=MROD; Special Category Designators=BOHEMIA", "NATO/MROD SECRET BOHEMIA", "", "system-high Special Category Designators"},
		{"SECRET; Context=MROD; Releasable To=DEU", "NATO/MROD SECRET RELEASABLE TO GERMANY", "", "system-high Releasable To"},
		{"SECRET; Context=MROD; Releasable To=DEU,GBR", "NATO/MROD SECRET RELEASABLE TO UK, GERMANY", "", ""},
		// While no classification is chosen there is no label to mark; it is permitted when it can be.
		{"", "", "classification-unknown, required-tag-set Context", ""},
		{"; Context=MROD; Special Category Designators=BOHEMIA", "", "classification-unknown", "system-high Special Category Designators"},
	} {
		t.Run(tt.chosen, func(t *testing.T) {
			d := document(t, k, tt.chosen)
			if d.Marking != tt.marking || rules(d.Problems) != tt.problems || rules(d.Refusals) != tt.refusals {
				t.Errorf("%q, problems %q, refusals %q", d.Marking, rules(d.Problems), rules(d.Refusals))
			}
			if d.Valid != (tt.problems == "") || d.Permitted != (tt.refusals == "") || (d.Background == "") != (tt.marking == "") {
				t.Errorf("valid %v, permitted %v, background %q", d.Valid, d.Permitted, d.Background)
			}
			for _, r := range append(d.Refusals, d.Problems...) {
				if r.Held != nil || r.Text == "" {
					t.Errorf("%+v", r) // RULES 19
				}
			}
		})
	}
}

func TestLabelDocumentInAnotherLanguage(t *testing.T) {
	k := demoPicker(t)
	d, err := k.Document(chosen("NATO", "CONFIDENTIAL; Context=MROD; Only=GBR"), "fr")
	must(t, err)
	if d.Marking != "NATO/MROD CONFIDENTIEL ROYAUME-UNI SEULEMENT" {
		t.Error(d.Marking)
	}
}

// What cannot be understood is refused, so that it is not half judged.
func TestLabelDocumentOfWhatIsNoSelection(t *testing.T) {
	k := demoPicker(t)
	for _, sel := range []label.Selection{
		{}, chosen("X", "SECRET"), chosen("NATO", "X"), chosen("NATO", "SECRET; X=MROD"), chosen("NATO", "; Context=X"),
		{Policy: "NATO", Categories: []label.SelectedTag{{TagSet: "Only"}}}, {Policy: "NATO", Classification: "SECRET", PrivacyMark: "X"},
	} {
		if d, err := k.Document(sel, "en"); !errors.Is(err, api.ErrLabel) || d.Marking != "" {
			t.Errorf("%+v: %v", sel, err)
		}
	}
}

// all lists the choices that are refused, "SET=NAME" or the classification, sorted.
func refusedChoices(d api.LabelDocument) (out []string) {
	for _, c := range d.Choices.Classifications {
		if c.Refused != "" {
			out = append(out, c.Name)
		}
	}
	for _, s := range d.Choices.TagSets {
		for _, t := range s.Tags {
			for _, c := range t.Values {
				if c.Refused != "" {
					out = append(out, s.Name+"="+c.Name)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestChoices(t *testing.T) {
	demo := demoPicker(t)
	testland := picker(t, "../spif/testdata/testland.spif.xml", label.Clearance{
		Classifications: []string{"OPEN", "GUARDED", "SECRET", "TOP SECRET"},
		Categories: []label.Category{
			{TagName: "Codeword", Type: label.Restrictive, Values: []string{"MEDIC", "CYBER", "OLD", "CRYSTAL", "AMBER", "TIMED", "DOUBLE"}},
			{TagName: "Releasable To", Type: label.Permissive, Values: []string{"ATL", "BOR", "SYL", "TWIN A", "TWIN B"}},
			{TagName: "Mixed", Type: label.Permissive, Values: []string{"NORTH", "SOUTH"}},
		},
	})
	for _, tt := range []struct {
		why    string
		k      api.Picker
		chosen string
		want   []string
	}{
		{"what the installation lacks: a class, a restrictive value, every value of a permissive tag unless one that it holds can be added",
			demo, "SECRET; Context=MROD", []string{"Special Category Designators=BOHEMIA", "TOP SECRET"}},
		{"the same while no classification is chosen", demo, "", []string{"Special Category Designators=BOHEMIA", "TOP SECRET"}},
		{"what is chosen and refused stays refused, and is not held against the others",
			demo, "TOP SECRET; Context=MROD; Special Category Designators=BOHEMIA", []string{"Special Category Designators=BOHEMIA", "TOP SECRET"}},
		{"obsolete, out of date, excluded with the class, of another class, and what demands these", testland, "OPEN",
			[]string{"Codeword=AMBER", "Codeword=CRYSTAL", "Codeword=MEDIC", "Codeword=OLD", "Codeword=TIMED", "GUARDED", "Mixed=NORTH"}},
		// (DOUBLE stands in the policy twice: not with SECRET, or obsolete and not with OPEN.)
		{"excluded with what is chosen; a class that the chosen excludes", testland, "SECRET; Codeword=MEDIC",
			[]string{"Codeword=CRYSTAL", "Codeword=CYBER", "Codeword=DOUBLE", "Codeword=OLD", "Codeword=TIMED", "GUARDED", "Mixed=NORTH", "OPEN"}},
		{"three are as many as may be", testland, "SECRET; Releasable To=ATL,BOR,SYL",
			[]string{"Codeword=CRYSTAL", "Codeword=DOUBLE", "Codeword=OLD", "Codeword=TIMED", "GUARDED", "Mixed=NORTH", "Releasable To=TWIN A", "Releasable To=TWIN B", "TOP SECRET"}},
		{"exactly one of two", testland, "TOP SECRET; Releasable To=ATL",
			[]string{"Codeword=AMBER", "Codeword=OLD", "Codeword=TIMED", "GUARDED", "Mixed=NORTH", "Releasable To=BOR"}},
		{"a class that a value demands", testland, "; Codeword=CRYSTAL",
			[]string{"Codeword=OLD", "Codeword=TIMED", "GUARDED", "Mixed=NORTH", "OPEN", "SECRET"}},
		{"where one value may be chosen, another is instead of it", testland, "OPEN; Mixed=permissive:NORTH",
			[]string{"Codeword=AMBER", "Codeword=CRYSTAL", "Codeword=MEDIC", "Codeword=OLD", "Codeword=TIMED", "GUARDED", "Mixed=NORTH"}},
	} {
		t.Run(tt.why, func(t *testing.T) {
			d := document(t, tt.k, tt.chosen)
			if got := refusedChoices(d); !slices.Equal(got, tt.want) {
				t.Errorf("%s refuses\n%q, want\n%q", tt.chosen, got, tt.want)
			}
		})
	}
}

// Adding GBR can make "Releasable To DEU" permitted, so neither is refused; where the installation holds no value of the tag,
// each is.
func TestChoicesOfAPermissiveTagThatNobodyHereHolds(t *testing.T) {
	k := demoPicker(t)
	held := k.Rules.SystemHigh
	held.Categories = slices.DeleteFunc(slices.Clone(held.Categories), func(c label.Category) bool { return c.TagName == "Only" })
	k.Rules.SystemHigh = held
	want := []string{"Only=AUS", "Only=DEU", "Only=GBR", "Only=UKR", "Special Category Designators=BOHEMIA", "TOP SECRET"}
	if got := refusedChoices(document(t, k, "SECRET; Context=MROD; Releasable To=DEU")); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Every choice of the policy is there, in its order, and what a person must type is not refused before it was typed.
func TestChoicesAreComplete(t *testing.T) {
	k := picker(t, "../spif/testdata/testland.spif.xml", label.Clearance{Classifications: []string{"OPEN"}})
	p := k.Site.Policies()[0]
	d := document(t, k, "OPEN")
	var have, want []string
	for _, c := range d.Choices.Classifications {
		have = append(have, c.Name)
	}
	for _, s := range d.Choices.TagSets {
		for _, tag := range s.Tags {
			for _, c := range tag.Values {
				have = append(have, fmt.Sprint(s.Name, tag.Type, c.Name))
				if s.Name == "Until" || s.Name == "Copy" || c.Name == "Remark" {
					if c.Refused != "" {
						t.Errorf("%s %s: %s", s.Name, c.Name, c.Refused)
					}
				}
			}
		}
	}
	for _, c := range p.Classes() {
		want = append(want, c.Name())
	}
	for _, tag := range p.Tags() {
		for _, v := range tag.Values() {
			want = append(want, fmt.Sprint(tag.Set().Name(), tag.Type(), v.Name()))
		}
	}
	if !slices.Equal(have, want) {
		t.Errorf("%q\nwant %q", have, want)
	}
}

func TestSystemHighMarking(t *testing.T) {
	k := demoPicker(t)
	m, err := k.SystemHigh("en")
	if want := (api.MarkingDocument{Marking: "NATO/MROD SECRET ATOMAL", Foreground: "black", Background: "red"}); err != nil || m != want {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := k.SystemHigh("fr"); err != nil || m.Marking != "NATO/MROD SECRET ATOMAL" {
		t.Errorf("%+v, %v", m, err)
	}
	k.Rules.RequireTagSets = nil
	if m, err := k.SystemHigh("en"); err != nil || m.Marking != "NATO SECRET ATOMAL" {
		t.Errorf("%+v, %v", m, err)
	}
	k.Rules.SystemHigh = label.Clearance{Policy: label.PolicyID{Name: "X"}}
	if _, err := k.SystemHigh("en"); err == nil {
		t.Error("an unknown policy has a marking")
	}
}

func BenchmarkLabelDocument(b *testing.B) {
	k := demoPicker(b)
	for b.Loop() {
		document(b, k, "; Context=MROD")
	}
}
