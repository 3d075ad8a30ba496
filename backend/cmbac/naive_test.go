package cmbac_test

import (
	"encoding/xml"
	"math/rand/v2"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// naive decides with maps of strings and reads the policy by itself. It is written from ADatP-4774.1 §3.11.4 and shares no
// line with what it is held against.
type naive struct {
	classes map[string]int // name → hierarchy
	tags    []naiveTag
	sets    map[string]string // tag set → identifier
}

type naiveTag struct {
	set, kind string // kind as labels spell it
	values    map[string]bool
	typed     bool // takes any text
}

type naiveDocument struct {
	Classes []struct {
		Name      string `xml:"name,attr"`
		Hierarchy int    `xml:"hierarchy,attr"`
	} `xml:"securityClassifications>securityClassification"`
	Sets []struct {
		Name string `xml:"name,attr"`
		ID   string `xml:"id,attr"`
		Tags []struct {
			Type   string `xml:"tagType,attr"`
			Enum   string `xml:"enumType,attr"`
			Values []struct {
				Name  string `xml:"name,attr"`
				Input string `xml:"userInput,attr"`
			} `xml:"tagCategory"`
		} `xml:"securityCategoryTag"`
	} `xml:"securityCategoryTagSets>securityCategoryTagSet"`
}

func newNaive(t testing.TB, document []byte) naive {
	t.Helper()
	var d naiveDocument
	if err := xml.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	n := naive{classes: map[string]int{}, sets: map[string]string{}}
	for _, c := range d.Classes {
		n.classes[c.Name] = c.Hierarchy
	}
	for _, s := range d.Sets {
		n.sets[s.Name] = s.ID
		for _, g := range s.Tags {
			kind := g.Type
			if g.Type == "enumerated" {
				kind = g.Enum
			}
			tag := naiveTag{set: s.Name, kind: strings.ToUpper(kind), values: map[string]bool{}}
			if kind == "tagType7" {
				tag.kind = "INFORMATIVE"
			}
			for _, v := range g.Values {
				tag.values[v.Name] = true
				tag.typed = tag.typed || v.Input == "string"
			}
			n.tags = append(n.tags, tag)
		}
	}
	return n
}

// held is what a document holds: set and type → values, all in the policy's own spelling.
type held map[string]map[string]bool

func index(categories []label.Category) held {
	out := held{}
	for _, c := range categories {
		key := strings.ToUpper(c.TagName + "/" + c.Type.String())
		if out[key] == nil {
			out[key] = map[string]bool{}
		}
		for _, v := range c.Values {
			out[key][strings.ToUpper(v)] = true
		}
	}
	return out
}

func (n naive) permits(l label.Information, c label.Clearance, hierarchical bool) bool {
	class, known := n.class(l.Classification)
	if !known || !n.knowsAll(l.Categories) {
		return false
	}
	reached := false
	for _, name := range c.Classifications {
		h, ok := n.class(name)
		if ok && (strings.EqualFold(name, l.Classification) || hierarchical && h >= class) {
			reached = true
		}
	}
	if !reached {
		return false
	}
	return n.permitsIndexed(index(l.Categories), index(c.Categories))
}

func (n naive) permitsIndexed(v, h held) bool {
	for _, tag := range n.tags {
		key := strings.ToUpper(tag.set + "/" + tag.kind)
		asked, missing, met := 0, 0, 0
		for name := range tag.values {
			switch up := strings.ToUpper(name); {
			case v[key][up] && h[key][up]:
				asked, met = asked+1, met+1
			case v[key][up]:
				asked, missing = asked+1, missing+1
			}
		}
		if tag.kind == "RESTRICTIVE" && missing > 0 || tag.kind == "PERMISSIVE" && asked > 0 && met == 0 {
			return false
		}
	}
	return true
}

func (n naive) class(name string) (int, bool) {
	for k, h := range n.classes {
		if strings.EqualFold(k, name) {
			return h, true
		}
	}
	return 0, false
}

func (n naive) knowsAll(categories []label.Category) bool {
	for _, c := range categories {
		for _, v := range c.Values {
			found := false
			for _, tag := range n.tags {
				found = found || strings.EqualFold(tag.set, c.TagName) && tag.kind == c.Type.String() && tag.typed
				for name := range tag.values {
					found = found || strings.EqualFold(tag.set, c.TagName) && tag.kind == c.Type.String() && strings.EqualFold(name, v)
				}
			}
			if !found {
				return false
			}
		}
	}
	return true
}

// random makes categories: mostly names of the policy, in any case and order, sometimes ones that it does not know.
func (n naive) random(r *rand.Rand, density float64, mistakes float64) []label.Category {
	var out []label.Category
	for _, i := range r.Perm(len(n.tags)) {
		tag := n.tags[i]
		typ, _ := label.ParseType(tag.kind)
		c := label.Category{TagName: spell(r, tag.set), Type: typ}
		if r.IntN(2) == 0 {
			c.URI = "urn:oid:" + n.sets[tag.set]
		}
		for name := range tag.values {
			if r.Float64() < density {
				c.Values = append(c.Values, spell(r, name))
			}
		}
		if r.Float64() < mistakes {
			c.Values = append(c.Values, "NO SUCH VALUE")
		}
		if len(c.Values) > 0 {
			out = append(out, c)
		}
	}
	return out
}

func spell(r *rand.Rand, name string) string {
	if r.IntN(3) == 0 {
		return strings.ToLower(name)
	}
	return name
}

func (n naive) randomClass(r *rand.Rand, mistakes float64) string {
	if r.Float64() < mistakes {
		return "NO SUCH CLASS"
	}
	names := make([]string, 0, len(n.classes))
	for name := range n.classes {
		names = append(names, name)
	}
	return spell(r, names[r.IntN(len(names))])
}

// Decide, Explain and the naive implementation agree on thousands of labels and clearances.
func TestDecideAgreesWithTheNaiveImplementation(t *testing.T) {
	documents := map[string][]byte{
		"demo":      file(t, "..", "demo", "policy.spif.xml"),
		"coalition": sample(t, "coalition.spif.xml"),
		"nato-v91":  sample(t, "nato-v91.spif.xml"),
	}
	for name, document := range documents {
		if document == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p, n := parse(t, document), newNaive(t, document)
			r := rand.New(rand.NewPCG(4774, 5678))
			permits := 0
			for range 5000 {
				l := label.Information{Policy: p.PolicyID(), Classification: n.randomClass(r, 0.02), Categories: n.random(r, r.Float64()*0.4, 0.02)}
				c := label.Clearance{Policy: p.PolicyID(), Categories: n.random(r, 0.5+r.Float64()/2, 0.1)}
				for range 1 + r.IntN(4) {
					c.Classifications = append(c.Classifications, n.randomClass(r, 0.1))
				}
				if agree(t, p, n, l, c) {
					permits++
				}
			}
			if permits < 500 || permits > 9500 { // a comparison of denials only would prove little
				t.Errorf("%d of 10000 decisions were permits", permits)
			}
		})
	}
}

// agree compares both modes and reports whether one of them permitted.
func agree(t *testing.T, p *spif.Policy, n naive, l label.Information, c label.Clearance) bool {
	t.Helper()
	numbered := p.Label(label.Label{Information: l})
	cleared, _ := p.Clearance(c)
	permitted := false
	for mode, hierarchical := range map[cmbac.Mode]bool{cmbac.Membership: false, cmbac.Hierarchical: true} {
		want := n.permits(l, c, hierarchical)
		got := cmbac.Decide(p, numbered, cleared, mode) == cmbac.Permit
		if got != want {
			t.Fatalf("mode %d: permit is %v, the naive implementation says %v\n%+v\n%+v", mode, got, want, l, c)
		}
		if reasons := cmbac.Explain(p, numbered, cleared, mode); (len(reasons) == 0) != got {
			t.Fatalf("permit is %v with the reasons %+v", got, reasons)
		}
		permitted = permitted || got
	}
	return permitted
}

// More in a clearance never takes away, more in a label's restrictive tags never gives.
func TestDecideIsMonotonous(t *testing.T) {
	document := file(t, "..", "demo", "policy.spif.xml")
	p, n := parse(t, document), newNaive(t, document)
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		l := label.Information{Classification: n.randomClass(r, 0), Categories: n.random(r, 0.2, 0)}
		c := label.Clearance{Classifications: []string{n.randomClass(r, 0)}, Categories: n.random(r, 0.5, 0)}
		more := label.Clearance{Classifications: append([]string{n.randomClass(r, 0)}, c.Classifications...), Categories: append(n.random(r, 0.3, 0.1), c.Categories...)}
		harder := l
		harder.Categories = append([]label.Category{{TagName: "Special Category Designators", Type: label.Restrictive, Values: []string{"ATOMAL"}}}, l.Categories...)
		before, after, hard := decideOn(p, l, c), decideOn(p, l, more), decideOn(p, harder, c)
		if before == cmbac.Permit && after == cmbac.Deny {
			t.Fatalf("more clearance, less access\n%+v\n%+v\n%+v", l, c, more)
		}
		if before == cmbac.Deny && hard == cmbac.Permit {
			t.Fatalf("harder label, more access\n%+v\n%+v", harder, c)
		}
	}
}

func decideOn(p *spif.Policy, l label.Information, c label.Clearance) cmbac.Decision {
	cleared, _ := p.Clearance(c)
	return cmbac.Decide(p, p.Label(label.Label{Information: l}), cleared, cmbac.Membership)
}
