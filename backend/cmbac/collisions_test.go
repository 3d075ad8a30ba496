package cmbac_test

import (
	"encoding/xml"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// collision is two different names that share one number (lacv) in one tag: A is in the label, B in the clearance.
type collision struct {
	set, setID, tagType, enumType string
	typ                           label.Type
	a, b                          string
	unique                        string // a value of the tag whose number is its own; empty: none
	// aHasOwn: a is written a second time, with a number of its own (KFOR is 1005, as EU Council, and 2007): by that it is translated.
	aHasOwn bool
}

// published reads a SPIF only for what shares a number, apart from the engine.
type published struct {
	ID struct {
		Name string `xml:"name,attr"`
		ID   string `xml:"id,attr"`
	} `xml:"securityPolicyId"`
	Classes []struct {
		Name      string `xml:"name,attr"`
		LACV      string `xml:"lacv,attr"`
		Hierarchy string `xml:"hierarchy,attr"`
	} `xml:"securityClassifications>securityClassification"`
	Sets []struct {
		Name string         `xml:"name,attr"`
		ID   string         `xml:"id,attr"`
		Tags []publishedTag `xml:"securityCategoryTag"`
	} `xml:"securityCategoryTagSets>securityCategoryTagSet"`
}

type publishedTag struct {
	Type   string           `xml:"tagType,attr"`
	Enum   string           `xml:"enumType,attr"`
	Values []publishedValue `xml:"tagCategory"`
}

type publishedValue struct {
	Name string `xml:"name,attr"`
	LACV string `xml:"lacv,attr"`
}

func readPublished(t *testing.T, document []byte) published {
	t.Helper()
	var out published
	if err := xml.Unmarshal(document, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// collisions lists every ordered pair of different names with one number in one tag that counts in decisions.
func (d published) collisions() []collision {
	var out []collision
	for _, s := range d.Sets {
		for _, tag := range s.Tags {
			x := collision{set: s.Name, setID: s.ID, tagType: tag.Type, enumType: tag.Enum}
			typ, ok := label.ParseType(tag.Type)
			if tag.Type == "enumerated" {
				typ, ok = label.ParseType(tag.Enum)
			}
			if !ok {
				continue
			}
			x.typ = typ
			names := map[string][]string{}
			for _, v := range tag.Values {
				key := number(v.LACV)
				if !slices.ContainsFunc(names[key], func(n string) bool { return strings.EqualFold(n, v.Name) }) {
					names[key] = append(names[key], v.Name)
				}
			}
			for _, v := range tag.Values {
				if len(names[number(v.LACV)]) == 1 {
					x.unique = v.Name
				}
			}
			for _, same := range names {
				for _, a := range same {
					for _, b := range same {
						if a != b {
							x.a, x.b, x.aHasOwn = a, b, slices.ContainsFunc(tag.Values, func(v publishedValue) bool {
								return strings.EqualFold(v.Name, a) && len(names[number(v.LACV)]) == 1
							})
							out = append(out, x)
						}
					}
				}
			}
		}
	}
	return out
}

// tags are those of the document that the collision is in.
func (x collision) tags(d published) []publishedTag {
	var out []publishedTag
	for _, s := range d.Sets {
		for _, tag := range s.Tags {
			if s.Name == x.set && tag.Type == x.tagType && tag.Enum == x.enumType {
				out = append(out, tag)
			}
		}
	}
	return out
}

func number(lacv string) string {
	if n, err := strconv.Atoi(strings.TrimSpace(lacv)); err == nil {
		return strconv.Itoa(n)
	}
	return label.Fold(lacv)
}

// TestOCCARNeverOpensNATO: in the published NATO policies Releasable To NATO and OCCAR have one number, and so have other pairs.
// Whatever way a decision takes, a clearance for one name never permits a label for another name of the same number.
func TestOCCARNeverOpensNATO(t *testing.T) {
	nato := [][2]string{{"NATO", "OCCAR"}, {"EAPC", "EUROCONTROL"}, {"KFOR", "EU Council"}, {"PFP", "EEAS"}}
	own := func(name string) []byte { return file(t, "testdata", "vectors", "policies", name+".spif.xml") }
	for _, tt := range []struct {
		name     string
		document []byte
		pairs    [][2]string // that are known to share a number, so that the test cannot look past them
	}{
		{"nato-v88", sample(t, "nato-v88.spif.xml"), nato},
		{"nato-v91", sample(t, "nato-v91.spif.xml"), nato},
		{"coalition", sample(t, "coalition.spif.xml"), nil},
		{"atlantia", sample(t, "atlantia.spif.xml"), nil},
		{"public-v1", sample(t, "public-v1.spif.xml"), nil},
		{"demo", file(t, "..", "demo", "policy.spif.xml"), nil},
		{"testland", file(t, "..", "spif", "testdata", "testland.spif.xml"), [][2]string{{"TWIN A", "TWIN B"}}},
		{"harbour", own("harbour"), [][2]string{{"PACT", "OCTAVE"}, {"CORAL", "DRIFT"}}},
		{"westmark", own("westmark"), [][2]string{{"SAILMAKER", "RIGGER"}}},
	} {
		if tt.document == nil {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			found := readPublished(t, tt.document).collisions()
			for _, pair := range tt.pairs {
				if !slices.ContainsFunc(found, func(x collision) bool { return x.a == pair[0] && x.b == pair[1] }) {
					t.Errorf("%s and %s are not found to share a number", pair[0], pair[1])
				}
			}
			for _, x := range found {
				t.Run(x.set+" "+x.a+" and "+x.b, func(t *testing.T) { x.check(t, tt.document) })
			}
		})
	}
}

// check tries every way in.
func (x collision) check(t *testing.T, document []byte) {
	p := parse(t, document)
	class := x.class(t, p)
	x.checkDecisions(t, p, class)
	x.checkCommon(t, p, class)
	x.checkChoices(t, document, class)
	x.checkTranslations(t, document, class)
}

// class is a classification with which a label for a and one for b are both valid.
func (x collision) class(t *testing.T, p *spif.Policy) string {
	t.Helper()
	for _, k := range slices.Backward(p.Classes()) {
		if !k.IsObsolete() && !spif.Invalid(p.Validate(x.label(p, k.Name(), x.a), spif.Validation{At: now})) &&
			!spif.Invalid(p.Validate(x.label(p, k.Name(), x.b), spif.Validation{At: now})) {
			return k.Name()
		}
	}
	t.Fatal("no classification allows both")
	return ""
}

func (x collision) category(names ...string) []label.Category {
	return []label.Category{{TagName: x.set, Type: x.typ, Values: names}}
}

func (x collision) label(p *spif.Policy, class, name string) spif.Label {
	return underPolicy(p, label.Information{Policy: p.PolicyID(), Classification: class, Categories: x.category(name)})
}

// holding is a clearance with every classification and the names.
func (x collision) holding(p *spif.Policy, names ...string) label.Clearance {
	c := label.Clearance{Policy: p.PolicyID(), Categories: x.category(names...)}
	for _, k := range p.Classes() {
		c.Classifications = append(c.Classifications, k.Name())
	}
	return c
}

// others is every name of the tag but a.
func (x collision) others(p *spif.Policy) []string {
	var out []string
	for _, tag := range p.TagSet(x.set).Tags() {
		for _, v := range tag.Values() {
			if tag.Type() == x.typ && v.Name() != x.a {
				out = append(out, v.Name())
			}
		}
	}
	return out
}

func (x collision) value(t *testing.T, p *spif.Policy, name string) *spif.Value {
	t.Helper()
	for _, tag := range p.TagSet(x.set).Tags() {
		for _, v := range tag.Values() {
			if tag.Type() == x.typ && v.Name() == name {
				return v
			}
		}
	}
	t.Fatalf("no value %s", name)
	return nil
}

func (x collision) checkDecisions(t *testing.T, p *spif.Policy, class string) {
	l := x.label(p, class, x.a)
	right, _ := p.Clearance(x.holding(p, x.a))
	wrong, _ := p.Clearance(x.holding(p, x.b))
	most, _ := p.Clearance(x.holding(p, x.others(p)...))
	for _, mode := range []cmbac.Mode{cmbac.Membership, cmbac.Hierarchical} {
		if cmbac.Decide(p, l, right, mode) != cmbac.Permit {
			t.Errorf("mode %d: %s does not open %s", mode, x.a, x.a)
		}
		for name, c := range map[string]spif.Clearance{x.b: wrong, "everything but " + x.a: most} {
			if cmbac.Decide(p, l, c, mode) != cmbac.Deny || len(cmbac.Explain(p, l, c, mode)) == 0 {
				t.Errorf("mode %d: %s opens %s", mode, name, x.a)
			}
		}
		if got := cmbac.Blocking(p, l, []spif.Clearance{right, wrong, most}, mode); !slices.Equal(got, []int{1, 2}) {
			t.Errorf("mode %d: blocking are %v", mode, got)
		}
	}
	if wrong.Values().Has(x.value(t, p, x.a).Number()) || spif.AtLeastAsRestrictive(l, x.label(p, class, x.b)) {
		t.Error("the two names are one value somewhere")
	}
}

// isRefused tells a refusal from a translation.
func isRefused(info label.Information, err error) bool {
	return errors.Is(err, spif.ErrNoTranslation) && info.Classification == ""
}
