package bench

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"caveat/backend/label"
)

// tag is a tag set of the demonstration's policy: each has one tag there.
type tag struct {
	set, attribute string
	typ            label.Type
	values         []string
}

// What the policy of the demonstration knows, written down once more: the other engines have nothing from package spif.
var (
	classes = []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"}
	nations = []string{"GBR", "UKR", "AUS", "DEU"}
	tags    = []tag{
		{"Context", "context", label.Permissive, []string{"MROD"}},
		{"Special Category Designators", "designators", label.Restrictive, []string{"ATOMAL", "BOHEMIA"}},
		{"Only", "only", label.Permissive, nations},
		{"Releasable To", "releasable", label.Permissive, nations},
		{"Administrative", "administrative", label.Informative, []string{"EXERCISE", "MANAGEMENT", "MEDICAL", "STAFF"}},
	}
)

const (
	policyName = "NATO"
	otherName  = "OTHER" // a policy that differs in its name only
)

func fold(s string) string { return strings.ToUpper(s) }

func isOneOf(names []string, s string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, s) })
}

func demoPolicy() []byte {
	data, err := os.ReadFile("../../backend/demo/policy.spif.xml")
	check(err)
	return data
}

// natoPolicy is the published policy, where it lies beside the tree; nil where it need not be there.
func natoPolicy(t testing.TB) []byte {
	data, err := os.ReadFile("../../../shared/standards/spif/nato-v91.spif.xml")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	return data
}

// categories reads "Only=UKR,AUS".
func categories(parts []string) []label.Category {
	var out []label.Category
	for _, part := range parts {
		set, values, _ := strings.Cut(part, "=")
		i := slices.IndexFunc(tags, func(t tag) bool { return t.set == set })
		out = append(out, label.Category{TagName: set, Type: tags[i].typ, Values: strings.Split(values, ",")})
	}
	return out
}

func makeLabel(text string) label.Information {
	parts := strings.Split(text, "; ")
	return label.Information{Policy: label.PolicyID{Name: policyName}, Classification: parts[0], Categories: categories(parts[1:])}
}

func makeClearance(text string) label.Clearance {
	parts := strings.Split(text, "; ")
	return label.Clearance{Policy: label.PolicyID{Name: policyName}, Classifications: strings.Split(parts[0], ","), Categories: categories(parts[1:])}
}

// four is the single decision of package cmbac's own benchmark: the first and the last clearance permit.
func four() []pair {
	l := makeLabel("SECRET; Special Category Designators=ATOMAL; Only=UKR,AUS,GBR")
	var out []pair
	for _, c := range []string{
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=GBR; Releasable To=GBR",
		"UNCLASSIFIED,RESTRICTED; Context=MROD; Releasable To=UKR",
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=BOHEMIA; Only=AUS; Releasable To=AUS",
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Only=UKR; Special Category Designators=ATOMAL",
	} {
		out = append(out, pair{l, makeClearance(c)})
	}
	return out
}

// denied is denied by three rules.
func denied() pair {
	return pair{
		makeLabel("SECRET; Special Category Designators=ATOMAL; Only=UKR,AUS"),
		makeClearance("UNCLASSIFIED,RESTRICTED; Context=MROD; Special Category Designators=BOHEMIA; Only=GBR; Releasable To=GBR"),
	}
}

// random makes labels and clearances: mostly names of the policy, in any case and order, sometimes ones that it does not know.
type random struct{ *rand.Rand }

func newRandom() random { return random{rand.New(rand.NewPCG(4774, 1))} }

func (r random) pair() pair {
	l := label.Information{
		Policy:         label.PolicyID{Name: policyName},
		Classification: r.class(0.02),
		Categories:     r.categories(r.Float64()*0.5, 0.02),
	}
	return pair{l, r.clearance()}
}

func (r random) clearance() label.Clearance {
	c := label.Clearance{Policy: label.PolicyID{Name: policyName}, Categories: r.categories(0.4+r.Float64()*0.6, 0.1)}
	if r.Float64() < 0.05 {
		c.Policy.Name = otherName
	}
	for range 1 + r.IntN(6) {
		c.Classifications = append(c.Classifications, r.class(0.05))
	}
	return c
}

func (r random) class(mistakes float64) string {
	if r.Float64() < mistakes {
		return "NO SUCH CLASS"
	}
	return r.spell(classes[r.IntN(len(classes))])
}

func (r random) categories(density, mistakes float64) []label.Category {
	var out []label.Category
	for _, i := range r.Perm(len(tags)) {
		c := label.Category{TagName: r.spell(tags[i].set), Type: tags[i].typ}
		for _, v := range tags[i].values {
			if r.Float64() < density {
				c.Values = append(c.Values, r.spell(v))
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

func (r random) spell(name string) string {
	if r.IntN(3) == 0 {
		return strings.ToLower(name)
	}
	return name
}
