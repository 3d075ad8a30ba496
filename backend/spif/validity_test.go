package spif_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// Every rule by which a label can be invalid, each beside the label that just keeps it.
func TestValidate(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	timed := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	require := func(sets ...string) spif.Validation { return spif.Validation{At: now, RequireTagSets: sets} }
	made := spif.Validation{At: now, New: true}
	tests := []struct {
		name, label string
		how         spif.Validation // zero: an existing label, now
		want        string          // rules, "" for valid; a warning has a "?"
	}{
		{"plain", "OPEN", spif.Validation{}, ""},
		{"folded names", "open; notes=staff", spif.Validation{}, ""},
		{"class unknown", "SECRETS", spif.Validation{}, "classification-unknown"},
		{"tag set unknown", "OPEN; Codewords=MEDIC", spif.Validation{}, "tag-set-unknown"},
		{"tag set named as its tag", "OPEN; Mixed all/R=NORTH", spif.Validation{}, "tag-set-unknown"}, // labels carry the set's name
		{"value unknown", "OPEN; Codeword=MEDI", spif.Validation{}, "value-unknown"},
		{"value of another type", "OPEN; Mixed/R=SOUTH", spif.Validation{}, "value-unknown"},
		{"value under both types", "OPEN; Mixed/R=NORTH; Mixed/P=NORTH", spif.Validation{}, ""},
		{"type not of the tag set", "OPEN; Notes/R=STAFF", spif.Validation{}, "value-unknown"},
		{"value twice", "SECRET; Releasable To=ATL,atl", spif.Validation{}, "value-twice"},
		{"value twice in two categories", "SECRET; Releasable To=ATL; Releasable To=ATL", spif.Validation{}, "value-twice"},
		{"two categories of one set", "SECRET; Releasable To=ATL; Releasable To=BOR", spif.Validation{}, ""},
		{"category without value", "OPEN; Notes=", spif.Validation{}, "category-empty"},

		{"class requires a group, has the first", "SECRET; Releasable To=SYL", spif.Validation{}, ""},
		{"class requires a group, has the second", "SECRET; Codeword=MEDIC", spif.Validation{}, ""},
		{"class requires a group, has both", "SECRET; Codeword=MEDIC; Releasable To=ATL", spif.Validation{}, ""},
		{"class requires a group, has none", "SECRET", spif.Validation{}, "required-category"},
		{"another value does not count", "SECRET; Codeword=CYBER", spif.Validation{}, "required-category"},
		{"onlyOne, one", "TOP SECRET; Releasable To=BOR", spif.Validation{}, ""},
		{"onlyOne, one and an unrelated", "TOP SECRET; Releasable To=BOR,SYL", spif.Validation{}, ""}, // groups count, not values
		{"onlyOne, both", "TOP SECRET; Releasable To=ATL,BOR", spif.Validation{}, "required-category"},
		{"onlyOne, none", "TOP SECRET", spif.Validation{}, "required-category"},
		{"all, all", "GUARDED; Codeword=MEDIC,AMBER; Releasable To=BOR", spif.Validation{}, "obsolete?"},
		{"all, one missing", "GUARDED; Codeword=AMBER; Releasable To=BOR", spif.Validation{}, "obsolete? required-category"},

		{"excluded class", "OPEN; Codeword=MEDIC", spif.Validation{}, "excluded-class"},
		{"another class", "GUARDED; Codeword=MEDIC", spif.Validation{}, "obsolete?"},
		{"required class", "TOP SECRET; Codeword=CRYSTAL; Releasable To=ATL", spif.Validation{}, ""},
		{"required class missing", "OPEN; Codeword=CRYSTAL", spif.Validation{}, "required-class"},
		{"excluded category", "SECRET; Codeword=MEDIC,CYBER", spif.Validation{}, "excluded-category"},
		{"excluded category, alone", "OPEN; Codeword=CYBER", spif.Validation{}, ""},

		{"three of three", "SECRET; Releasable To=ATL,BOR,SYL", spif.Validation{}, ""},
		{"four of three", "SECRET; Releasable To=ATL,BOR,SYL,TWIN A", spif.Validation{}, "selection-maximum"},
		{"single selection", "OPEN; Mixed/P=NORTH,SOUTH", spif.Validation{}, "selection-maximum"},

		{"typed text", "OPEN; Notes=on the bridge", spif.Validation{}, ""},
		{"typed text and a value", "OPEN; Notes=STAFF,on the bridge", spif.Validation{}, ""},
		{"three typed texts of two", "OPEN; Notes=a,b,c", spif.Validation{}, "selection-maximum"}, // they share a number
		{"typed date", "OPEN; Until=2030-02-28", spif.Validation{}, ""},
		{"typed date that is none", "OPEN; Until=2030-02-30", spif.Validation{}, "user-input"},
		{"typed date of another form", "OPEN; Until=28.2.2030", spif.Validation{}, "user-input"},
		{"typed number", "OPEN; Copy=7", spif.Validation{}, ""},
		{"typed number that is none", "OPEN; Copy=seven", spif.Validation{}, "user-input"},
		{"typed number with a sign", "OPEN; Copy=-7", spif.Validation{}, "user-input"}, // "an unsigned integer"
		{"typed text where none is", "OPEN; Codeword=anything", spif.Validation{}, "value-unknown"},

		{"in its time", "OPEN; Codeword=TIMED", spif.Validation{At: timed}, ""},
		{"after its time", "OPEN; Codeword=TIMED", spif.Validation{}, "validity"},
		{"before its time", "OPEN; Codeword=TIMED", spif.Validation{At: timed.AddDate(-1, 0, 0)}, "validity"},
		{"last second of its time", "OPEN; Codeword=TIMED", spif.Validation{At: time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC)}, ""},
		{"policy ended", "OPEN", spif.Validation{At: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)}, "policy-not-in-force"},
		{"policy not begun", "OPEN", spif.Validation{At: time.Date(2019, 12, 31, 0, 0, 0, 0, time.UTC)}, "policy-not-in-force"},

		{"obsolete class in an existing label", "GUARDED", spif.Validation{}, "obsolete?"},
		{"obsolete class in a new label", "GUARDED", made, "obsolete"},
		{"obsolete value in an existing label", "OPEN; Codeword=OLD", spif.Validation{}, "obsolete?"},
		{"obsolete value in a new label", "OPEN; Codeword=OLD", made, "obsolete"},
		{"two entries, the good one is obsolete", "SECRET; Codeword=DOUBLE; Releasable To=ATL", made, "obsolete"},
		{"two entries, the good one is not", "OPEN; Codeword=DOUBLE", made, ""},
		{"two entries, both good", "TOP SECRET; Codeword=DOUBLE; Releasable To=ATL", made, ""},

		{"RULES 4: required tag set", "SECRET; Releasable To=ATL", require("releasable to"), ""},
		{"RULES 4: required tag set missing", "OPEN", require("Releasable To"), "required-tag-set"},
		{"RULES 4: required tag set unknown", "OPEN", require("Context"), "required-tag-set"},
		{"RULES 4: two, one missing", "SECRET; Releasable To=ATL", require("Releasable To", "Codeword"), "required-tag-set"},

		{"several at once", "OPEN; Codeword=CRYSTAL,MEDIC; Notes=a,b,c", spif.Validation{}, "excluded-class required-class selection-maximum"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.how.At.IsZero() {
				tt.how.At = now
			}
			l := numbered(t, p, tt.label)
			problems := p.Validate(l, tt.how)
			if got := rules(problems); got != tt.want {
				t.Errorf("rules %q, want %q: %+v", got, tt.want, problems)
			}
			invalid := slices.ContainsFunc(strings.Fields(tt.want), func(r string) bool { return !strings.HasSuffix(r, "?") })
			if spif.Invalid(problems) != invalid {
				t.Errorf("Invalid is %v for %q", spif.Invalid(problems), tt.want)
			}
			for _, x := range problems {
				if w := x.Words("en"); w == "" || strings.ContainsAny(w, "\r\n{}") {
					t.Errorf("words %q", w)
				}
			}
		})
	}
}

func rules(problems []spif.Problem) string {
	out := make([]string, len(problems))
	for i, x := range problems {
		if out[i] = x.Rule; x.Warning {
			out[i] += "?"
		}
	}
	return strings.Join(out, " ")
}

// Without a format a date is YYYY-MM-DD.
func TestTypedDateWithoutFormat(t *testing.T) {
	p := parse(t, change(t, document(t, "testland.spif.xml"), ` dateFormat="YYYY-MM-DD"`, ""))
	for text, want := range map[string]string{"OPEN; Until=2030-02-28": "", "OPEN; Until=20300228": "user-input"} {
		if got := rules(p.Validate(numbered(t, p, text), spif.Validation{At: now})); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestInvalidLooksAtWarnings(t *testing.T) {
	if spif.Invalid(nil) || spif.Invalid([]spif.Problem{{Rule: spif.RuleObsolete, Warning: true}}) {
		t.Error("a warning made a label invalid")
	}
	if !spif.Invalid([]spif.Problem{{Warning: true}, {Rule: spif.RuleValue}}) {
		t.Error("a problem behind a warning was missed")
	}
}

func TestMinimumOfSelections(t *testing.T) {
	p := parse(t, change(t, document(t, "testland.spif.xml"), `maxSelection="3"`, `minSelection="2" maxSelection="unbounded"`))
	for text, want := range map[string]string{
		"OPEN; Releasable To=ATL":                "selection-minimum",
		"OPEN; Releasable To=ATL,BOR":            "",
		"OPEN; Releasable To=ATL,BOR,SYL,TWIN A": "",
	} {
		if got := rules(p.Validate(numbered(t, p, text), spif.Validation{At: now})); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// A wrong identifier beside a right name is not to be guessed at.
func TestTagSetIdentifierDecides(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	for uri, want := range map[string]string{
		"":                                 "",
		"urn:oid:1.3.6.1.4.1.32473.9.2.4":  "",
		"urn:oid:1.3.6.1.4.1.32473.9.2.1":  "identifier-mismatch", // that is Codeword
		"urn:oid:1.3.6.1.4.1.32473.9.2.04": "identifier-mismatch",
	} {
		i := info(t, p, "OPEN; Notes=STAFF")
		i.Categories[0].URI = uri
		l := p.Label(label.Label{Information: i})
		if got := rules(p.Validate(l, spif.Validation{At: now})); got != want {
			t.Errorf("%q: %q, want %q", uri, got, want)
		}
		if l.NamesKnown() != (want == "") {
			t.Errorf("%q: names known %v", uri, l.NamesKnown())
		}
	}
}

func TestPrivacyMarkOnlyWarns(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	for mark, want := range map[string]string{"": "", "personal": "", "FOR YOU": "privacy-mark?"} { // it never counts in a decision
		i := info(t, p, "OPEN")
		i.PrivacyMark = mark
		if got := rules(p.Validate(p.Label(label.Label{Information: i}), spif.Validation{At: now})); got != want {
			t.Errorf("%q: %q, want %q", mark, got, want)
		}
	}
}

// A label can be marked as soon as its names are known, valid or not.
func TestNamesKnown(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	for text, want := range map[string]bool{
		"OPEN": true, "SECRET": true, "OPEN; Codeword=MEDIC": true, "OPEN; Notes=": true, "OPEN; Notes=STAFF,STAFF": true,
		"OPEN; Until=soon": true, "OPENED": false, "OPEN; Note=STAFF": false, "OPEN; Codeword=STAFF": false, "": false,
	} {
		l := numbered(t, p, text)
		if l.NamesKnown() != want || (len(l.UnknownNames()) == 0) != want {
			t.Errorf("%q: %v, %v", text, l.NamesKnown(), l.UnknownNames())
		}
	}
}

func TestProblemsSayWhatIsNeeded(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	problems := p.Validate(numbered(t, p, "SECRET"), spif.Validation{At: now})
	want := []string{"ATL", "BOR", "SYL", "TWIN A", "TWIN B", "MEDIC"}
	if len(problems) != 1 || !slices.Equal(problems[0].Needed, want) || problems[0].TagSet != "Releasable To" {
		t.Errorf("%+v", problems)
	}
}

// What a clearance holds beyond the policy grants nothing, takes nothing away, and is said.
func TestClearanceNumbersWhatItKnows(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	c, problems := p.Clearance(label.Clearance{
		Policy: p.PolicyID(), Classifications: []string{"open", "WSM", "Secret"},
		Categories: []label.Category{
			{TagName: "codeword", Type: label.Restrictive, Values: []string{"medic", "GONE"}},
			{TagName: "Codeword", Type: label.Permissive, Values: []string{"CYBER"}},                          // not of that type
			{TagName: "Nowhere", Type: label.Restrictive, Values: []string{"CYBER"}},                          // no such set
			{TagName: "Codeword", Type: label.Restrictive, URI: "urn:oid:1.2.3", Values: []string{"CRYSTAL"}}, // another set of that name
			{TagName: "Mixed", Type: label.Permissive, URI: "urn:oid:1.3.6.1.4.1.32473.9.2.3", Values: []string{"NORTH"}},
		},
	})
	if !c.HoldsClass(p.Class("OPEN")) || !c.HoldsClass(p.Class("SECRET")) || c.HoldsClass(p.Class("GUARDED")) || c.HoldsClass(nil) {
		t.Error("classes")
	}
	var held []string
	for _, tag := range p.Tags() {
		for _, v := range tag.Values() {
			if c.Values().Has(v.Number()) {
				held = append(held, tag.Set().Name()+"/"+tag.Type().String()[:1]+"="+v.Name())
			}
		}
	}
	if got := strings.Join(held, " "); got != "Codeword/R=MEDIC Mixed/P=NORTH" {
		t.Errorf("holds %s", got)
	}
	if got := rules(problems); got != "classification-unknown? value-unknown? value-unknown? tag-set-unknown? tag-set-unknown?" {
		t.Error(got)
	}
	if none := (spif.Clearance{}); none.HoldsClass(p.Class("OPEN")) || none.ReachesClass(p.Class("OPEN")) || none.Values().Len() != 0 {
		t.Error("the zero clearance holds something")
	}
}

// Hierarchies may be negative: the highest class held must not be taken for zero.
func TestReachesClassWithNegativeHierarchies(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	c, _ := p.Clearance(label.Clearance{Classifications: []string{"OPEN"}})
	if !c.ReachesClass(p.Class("OPEN")) || c.ReachesClass(p.Class("GUARDED")) || c.ReachesClass(p.Class("SECRET")) || c.ReachesClass(nil) {
		t.Error("a clearance for OPEN (hierarchy -20) reaches GUARDED (-10) or not itself")
	}
	c, _ = p.Clearance(label.Clearance{Classifications: []string{"SECRET", "OPEN"}})
	if !c.ReachesClass(p.Class("GUARDED")) || c.ReachesClass(p.Class("TOP SECRET")) {
		t.Error("the last class listed counts, not the highest")
	}
}
