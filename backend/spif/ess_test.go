package spif_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/label/ess"
	"caveat/backend/spif"
)

// Identifiers of the test policy's tag sets, and of NATO's.
const (
	idTestland   = "1.3.6.1.4.1.32473.9.1"
	idCodeword   = "1.3.6.1.4.1.32473.9.2.1"
	idReleasable = "1.3.6.1.4.1.32473.9.2.2"
	idMixed      = "1.3.6.1.4.1.32473.9.2.3"
	idNotes      = "1.3.6.1.4.1.32473.9.2.4"
	idNATO       = "1.3.26.1.3.1"
	idNATORel    = "1.3.26.1.4.2"
	idNATOCtx    = "1.3.26.1.4.4"
)

func essSite(t *testing.T, policies ...*spif.Policy) *spif.Site {
	t.Helper()
	s, err := spif.NewSite(policies...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func essTags(list ...ess.Tag) []ess.Category {
	out := []ess.Category{}
	for _, t := range list {
		out = append(out, ess.Category{Type: "1.2", Tags: []ess.Tag{t}})
	}
	return out
}

func essTag(set string, k ess.Kind, values ...int) ess.Tag {
	return ess.Tag{Set: set, Kind: k, Values: values}
}

func essLabel(policy string, class int, categories []ess.Category) ess.Label {
	return ess.Label{Policy: policy, Classification: &class, Categories: categories}
}

func TestESSLabel(t *testing.T) {
	s := essSite(t, parse(t, document(t, "testland.spif.xml")))
	for _, tt := range []struct {
		name  string
		class int
		tags  []ess.Tag
		want  string // as line writes it; "" for ErrNumber
	}{
		{"class alone", 3, nil, "SECRET"},
		{"class by lacv and not by hierarchy", 4, nil, "TOP SECRET"},
		{"class that is not there", 20, nil, ""},
		{"values of two sets", 3, []ess.Tag{essTag(idCodeword, ess.Restrictive, 1, 2), essTag(idReleasable, ess.Permissive, 1)}, "SECRET; Codeword/R=MEDIC,CYBER; Releasable To/P=ATL"},
		{"number written 006 in the policy", 3, []ess.Tag{essTag(idCodeword, ess.Restrictive, 6)}, "SECRET; Codeword/R=TIMED"},
		{"two entries of one name are one value", 3, []ess.Tag{essTag(idCodeword, ess.Restrictive, 8)}, "SECRET; Codeword/R=DOUBLE"},
		{"two names of one number", 3, []ess.Tag{essTag(idReleasable, ess.Permissive, 7)}, ""},
		{"two names of one number beside a good one", 3, []ess.Tag{essTag(idReleasable, ess.Permissive, 1, 7)}, ""},
		{"number that is not there", 3, []ess.Tag{essTag(idReleasable, ess.Permissive, 9)}, ""},
		{"number of another type", 3, []ess.Tag{essTag(idReleasable, ess.Restrictive, 1)}, ""},
		{"tag set that is not there", 3, []ess.Tag{essTag("1.2.3", ess.Permissive, 1)}, ""},
		{"one number, two types: restrictive", 3, []ess.Tag{essTag(idMixed, ess.EnumeratedRestrictive, 1)}, "SECRET; Mixed/R=NORTH"},
		{"one number, two types: permissive", 3, []ess.Tag{essTag(idMixed, ess.EnumeratedPermissive, 1)}, "SECRET; Mixed/P=NORTH"},
		{"MISSI's enumerated, of which the policy says the type", 3, []ess.Tag{essTag(idMixed, ess.Enumerated, 2)}, "SECRET; Mixed/P=SOUTH"},
		{"MISSI's enumerated, where two types have the number", 3, []ess.Tag{essTag(idMixed, ess.Enumerated, 1)}, ""},
		{"MISSI's enumerated without values", 3, []ess.Tag{essTag(idMixed, ess.Enumerated)}, ""},
		{"MISSI's enumerated in a set of bits", 3, []ess.Tag{essTag(idCodeword, ess.Enumerated, 1)}, ""},
		{"informative", 3, []ess.Tag{essTag(idNotes, ess.Informative, 1)}, "SECRET; Notes/I=STAFF"},
		{"free text that is not there", 3, []ess.Tag{essTag(idNotes, ess.Informative, 9)}, ""},
		{"a tag without values stays one", 3, []ess.Tag{essTag(idCodeword, ess.Restrictive)}, "SECRET; Codeword/R="},
		{"two tags of one set and type are one category", 3, []ess.Tag{essTag(idCodeword, ess.Restrictive, 1), essTag(idCodeword, ess.Restrictive, 3)}, "SECRET; Codeword/R=MEDIC,OLD"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := essLabel(idTestland, tt.class, essTags(tt.tags...))
			l.PrivacyMark = "PERSONAL"
			got, err := s.ESSLabel(l)
			if tt.want == "" {
				if !errors.Is(err, spif.ErrNumber) || !reflect.DeepEqual(got, label.Information{}) {
					t.Errorf("%+v, %v", got, err)
				}
				return
			}
			if err != nil || line(got) != tt.want || got.PrivacyMark != "PERSONAL" || got.Policy != s.Policies()[0].PolicyID() {
				t.Errorf("%s, %+v, %v", line(got), got, err)
			}
			for _, c := range got.Categories {
				if c.URI != "urn:oid:"+s.Policies()[0].TagSet(c.TagName).ID() {
					t.Errorf("%+v", c)
				}
			}
		})
	}
}

func TestESSLabelRefuses(t *testing.T) {
	s := essSite(t, parse(t, document(t, "testland.spif.xml")))
	for name, tt := range map[string]struct {
		label ess.Label
		want  error
	}{
		"unknown policy":           {essLabel("1.2.3", 3, nil), spif.ErrUnknownPolicy},
		"no policy":                {essLabel("", 3, nil), spif.ErrUnknownPolicy},
		"no classification":        {ess.Label{Policy: idTestland}, spif.ErrNumber},
		"category of unknown type": {essLabel(idTestland, 3, []ess.Category{{Type: "1.2.3", Value: []byte{5, 0}}}), spif.ErrNumber},
	} {
		if got, err := s.ESSLabel(tt.label); !errors.Is(err, tt.want) || !reflect.DeepEqual(got, label.Information{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// What has no one meaning grants nothing; the rest of the clearance holds.
func TestESSClearance(t *testing.T) {
	s := essSite(t, parse(t, document(t, "testland.spif.xml")))
	c, problems, err := s.ESSClearance(ess.Clearance{Policy: idTestland, ClassList: []int{1, 3, 99}, Categories: append(
		essTags(essTag(idCodeword, ess.Restrictive, 1, 77), essTag(idReleasable, ess.Permissive, 1, 7), essTag("1.2.3", ess.Permissive, 1), essTag(idMixed, ess.Enumerated, 1, 2)),
		ess.Category{Type: "1.2.3.4", Value: []byte{5, 0}})})
	if err != nil {
		t.Fatal(err)
	}
	want := label.Clearance{
		Policy: s.Policies()[0].PolicyID(), Classifications: []string{"OPEN", "SECRET"},
		Categories: []label.Category{
			{TagName: "Codeword", Type: label.Restrictive, URI: "urn:oid:" + idCodeword, Values: []string{"MEDIC"}},
			{TagName: "Releasable To", Type: label.Permissive, URI: "urn:oid:" + idReleasable, Values: []string{"ATL"}},
			{TagName: "Mixed", Type: label.Permissive, URI: "urn:oid:" + idMixed, Values: []string{"SOUTH"}},
		},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	var said []string
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("%+v", p)
		}
		said = append(said, p.Rule+" "+p.TagSet)
	}
	if got := strings.Join(said, "; "); got != "classification-unknown ; value-unknown Codeword; value-unknown Releasable To; tag-set-unknown ; value-unknown Mixed; tag-set-unknown " {
		t.Errorf("%s", got)
	}
	if c, problems, err := s.ESSClearance(ess.Clearance{Policy: "1.2.3"}); !errors.Is(err, spif.ErrUnknownPolicy) || problems != nil || !reflect.DeepEqual(c, label.Clearance{}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// STANDARDS 1.5: in the published NATO policies Releasable To NATO and OCCAR have the number 1001. A label that uses it is
// refused, and a clearance that holds it holds neither.
func TestSampleESSCollision(t *testing.T) {
	for _, file := range []string{"nato-v88.spif.xml", "nato-v91.spif.xml"} {
		p := sample(t, file)
		if p == nil {
			return
		}
		s := essSite(t, p)
		secret := p.Class("SECRET")
		lacv := 0
		for n := range 20 {
			if got, err := s.ESSLabel(essLabel(idNATO, n, nil)); err == nil && got.Classification == secret.Name() {
				lacv = n
			}
		}
		if _, err := s.ESSLabel(essLabel(idNATO, lacv, essTags(essTag(idNATORel, ess.Permissive, 1001)))); !errors.Is(err, spif.ErrNumber) ||
			!strings.Contains(err.Error(), "NATO") || !strings.Contains(err.Error(), "OCCAR") {
			t.Errorf("%s: a label with 1001: %v", file, err)
		}
		if got, err := s.ESSLabel(essLabel(idNATO, lacv, essTags(essTag(idNATOCtx, ess.Permissive, 1001)))); err != nil || line(got) != "SECRET; Context/P=NATO" {
			t.Errorf("%s: Context 1001 has two entries of one name: %s, %v", file, line(got), err)
		}
		c, problems, err := s.ESSClearance(ess.Clearance{Policy: idNATO, ClassList: []int{lacv}, Categories: essTags(essTag(idNATORel, ess.Permissive, 1001, 1003))})
		if err != nil || len(problems) != 1 {
			t.Fatalf("%s: %+v, %v", file, problems, err)
		}
		held, _ := p.Clearance(c)
		for _, name := range []string{"NATO", "OCCAR"} {
			if held.Values().Meets(numbered(t, p, "SECRET; Releasable To="+name).Values()) {
				t.Errorf("%s: bit 1001 grants %s", file, name)
			}
		}
		if held.Values().Len() != 1 { // 1003 has one name
			t.Errorf("%s: %+v", file, c)
		}
	}
}

// Every number that has one meaning comes back as the name it was taken from, over whole policies.
func TestSampleESSNames(t *testing.T) {
	for _, file := range []string{"coalition.spif.xml", "atlantia.spif.xml", "nato-v91.spif.xml"} {
		p := sample(t, file)
		if p == nil {
			return
		}
		s := essSite(t, p)
		met := 0
		for _, set := range p.TagSets() {
			for _, tg := range set.Tags() {
				for n := range 1100 {
					kind := map[label.Type]ess.Kind{label.Restrictive: ess.Restrictive, label.Permissive: ess.Permissive, label.Informative: ess.Informative}[tg.Type()]
					c, _, err := s.ESSClearance(ess.Clearance{Policy: p.ID(), Categories: essTags(essTag(set.ID(), kind, n))})
					if err != nil {
						t.Fatal(err)
					}
					for _, cat := range c.Categories {
						met += len(cat.Values)
						if _, problems := p.Clearance(label.Clearance{Policy: p.PolicyID(), Categories: []label.Category{cat}}); len(problems) > 0 {
							t.Error(fmt.Sprint(problems))
						}
					}
				}
			}
		}
		if met < 4 {
			t.Errorf("%s: only %d values have a number of their own", file, met)
		}
	}
}
