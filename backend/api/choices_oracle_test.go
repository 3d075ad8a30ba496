package api_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// picker judges under one policy; the installation holds what is given.
func picker(t testing.TB, file string, held label.Clearance, required ...string) api.Picker {
	t.Helper()
	f, err := os.Open(file)
	must(t, err)
	defer f.Close()
	p, err := spif.Parse(f)
	must(t, err)
	site, err := spif.NewSite(p)
	must(t, err)
	held.Policy = p.PolicyID()
	for i := range held.Categories {
		held.Categories[i].URI = "urn:oid:" + p.TagSet(held.Categories[i].TagName).ID()
	}
	return api.Picker{
		Site: site, Now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC),
		Rules: presend.Rules{SystemHigh: held, RequireTagSets: map[string][]string{p.ID(): required}},
	}
}

// value is one fixed value of a policy, and its bit in a set of values.
type value struct {
	set, name string
	typ       label.Type
	single    bool // only one value of its tag may be chosen
}

// leftOut: what a person types, and values that stand for nothing that another does not, so that there are fewer labels.
var leftOut = []string{"Remark", "date", "number", "STAFF", "TWIN B"}

func fixedValues(p *spif.Policy) (out []value) {
	for _, t := range p.Tags() {
		for _, v := range t.Values() {
			if name := v.Name(); !slices.Contains(leftOut, name) {
				out = append(out, value{t.Set().Name(), name, t.Type(), t.MaxSelection() == 1})
			}
		}
	}
	return out
}

func selection(p *spif.Policy, class string, values []value, chosen int) label.Selection {
	sel := label.Selection{Policy: p.Name(), Classification: class}
	for i, v := range values {
		if chosen&(1<<i) == 0 {
			continue
		}
		at := slices.IndexFunc(sel.Categories, func(t label.SelectedTag) bool { return t.TagSet == v.set })
		if at < 0 {
			sel.Categories = append(sel.Categories, label.SelectedTag{TagSet: v.set})
			at = len(sel.Categories) - 1
		}
		sel.Categories[at].Values = append(sel.Categories[at].Values, label.SelectedValue{Name: v.name, Type: v.typ})
	}
	return sel
}

// TestChoicesAgainstEveryLabel holds "can never be right" to its words: of all labels that a policy can make, those that are
// valid and permitted are listed; a choice is refused exactly when none of them holds the selection and the choice. (The
// selection itself must be one that something can still be made of: otherwise nothing is held against a choice.)
func TestChoicesAgainstEveryLabel(t *testing.T) {
	rel := func(values ...string) label.Category {
		return label.Category{TagName: "Releasable To", Type: label.Permissive, Values: values}
	}
	word := label.Category{TagName: "Codeword", Type: label.Restrictive, Values: []string{"MEDIC", "CYBER", "AMBER", "CRYSTAL", "DOUBLE", "TIMED"}}
	for name, held := range map[string]label.Clearance{
		"holds much":   {Classifications: []string{"OPEN", "GUARDED", "SECRET", "TOP SECRET"}, Categories: []label.Category{rel("ATL", "BOR"), word}},
		"holds little": {Classifications: []string{"OPEN", "SECRET"}, Categories: []label.Category{rel("ATL")}},
	} {
		t.Run(name, func(t *testing.T) {
			choicesAgainstEveryLabel(t, picker(t, "../spif/testdata/testland.spif.xml", held, "Releasable To"))
		})
	}
}

func choicesAgainstEveryLabel(t *testing.T, k api.Picker) {
	p := k.Site.Policies()[0]
	values := fixedValues(p)
	var classes []string
	for _, c := range p.Classes() {
		classes = append(classes, c.Name())
	}
	good := map[string][]bool{} // by class, then by set of values
	possible := map[string][]bool{}
	for _, class := range classes {
		good[class] = make([]bool, 1<<len(values))
		for chosen := range good[class] {
			good[class][chosen] = usable(t, k, selection(p, class, values, chosen))
		}
		possible[class] = supersets(good[class], len(values))
	}
	can := func(class string, chosen int) bool {
		if class != "" {
			return possible[class][chosen]
		}
		return slices.ContainsFunc(classes, func(c string) bool { return possible[c][chosen] })
	}
	random := rand.New(rand.NewPCG(1, 2))
	asked := 0
	for asked < 300 {
		class := append(slices.Clone(classes), "")[random.IntN(len(classes)+1)]
		chosen := random.IntN(1<<len(values)) & random.IntN(1<<len(values)) & random.IntN(1<<len(values))
		if !can(class, chosen) {
			continue
		}
		asked++
		d, err := k.Document(selection(p, class, values, chosen), "en")
		must(t, err)
		for _, c := range d.Choices.Classifications {
			if (c.Refused == "") != can(c.Name, chosen) {
				t.Errorf("%s %v: class %s: refused %q, possible: %v", class, names(values, chosen), c.Name, c.Refused, can(c.Name, chosen))
			}
		}
		for i, v := range values {
			with := chosen | 1<<i
			for j, w := range values {
				if v.single && w.set == v.set && w.typ == v.typ && i != j {
					with &^= 1 << j
				}
			}
			if refused := choice(d, v); (refused == "") != can(class, with) {
				t.Errorf("%s %v: %v: refused %q, possible: %v", class, names(values, chosen), v, refused, can(class, with))
			}
		}
	}
}

// usable says, in another way than the picker does, whether a label is valid and permitted.
func usable(t testing.TB, k api.Picker, sel label.Selection) bool {
	p := k.Site.Policies()[0]
	info, err := k.Site.Build(sel)
	must(t, err)
	n := p.Label(label.Label{Information: info})
	if spif.Invalid(p.Validate(n, spif.Validation{At: k.Now, New: true, RequireTagSets: k.Rules.RequireTagSets[p.ID()]})) {
		return false
	}
	held, _ := p.Clearance(k.Rules.SystemHigh)
	return cmbac.Decide(p, n, held, cmbac.Membership) == cmbac.Permit
}

// supersets tells of each set whether it, or one that contains it, is good.
func supersets(good []bool, bits int) []bool {
	out := slices.Clone(good)
	for b := range bits {
		for s := range out {
			if s&(1<<b) == 0 && out[s|1<<b] {
				out[s] = true
			}
		}
	}
	return out
}

func names(values []value, chosen int) (out []string) {
	for i, v := range values {
		if chosen&(1<<i) != 0 {
			out = append(out, v.set+"="+v.name)
		}
	}
	return out
}

// choice finds why a value is refused.
func choice(d api.LabelDocument, v value) string {
	for _, s := range d.Choices.TagSets {
		for _, t := range s.Tags {
			for _, c := range t.Values {
				if s.Name == v.set && t.Type == v.typ.String() && c.Name == v.name {
					return c.Refused
				}
			}
		}
	}
	return "it is not among the choices"
}
