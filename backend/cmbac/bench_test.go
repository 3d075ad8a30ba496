package cmbac_test

import (
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// BenchmarkDecide measures one decision under the demonstration policy, beside its peer with maps of strings in the same
// run: labels and clearances are prepared once for both, as for a search over many people.
func BenchmarkDecide(b *testing.B) {
	document := file(b, "..", "demo", "policy.spif.xml")
	p, n := parse(b, document), newNaive(b, document)
	texts := []string{
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=GBR; Releasable To=GBR",
		"UNCLASSIFIED,RESTRICTED; Context=MROD; Releasable To=UKR",
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=BOHEMIA; Only=AUS; Releasable To=AUS",
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Only=UKR; Special Category Designators=ATOMAL",
	}
	parts := []string{"Context=MROD", "Special Category Designators=ATOMAL", "Only=UKR,AUS,GBR"}
	l := makeLabel(p, "SECRET; "+parts[0]+"; "+parts[1]+"; "+parts[2])
	cleared := make([]spif.Clearance, len(texts))
	classes, holds := make([]map[string]bool, len(texts)), make([]held, len(texts))
	for i, text := range texts {
		c := clearance(p, text)
		cleared[i], _ = p.Clearance(c)
		classes[i], holds[i] = map[string]bool{}, index(c.Categories)
		for _, name := range c.Classifications {
			classes[i][name] = true
		}
	}
	want := index(categories(p, parts))
	for i := range texts {
		if a, c := cmbac.Decide(p, l, cleared[i], cmbac.Membership) == cmbac.Permit, classes[i]["SECRET"] && lookup(want, holds[i]); a != c || a != (classes[i]["SECRET"] && n.permitsIndexed(want, holds[i])) {
			b.Fatalf("clearance %d: %v and %v", i, a, c)
		}
	}
	b.Run("bitset", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			cmbac.Decide(p, l, cleared[i%len(cleared)], cmbac.Membership)
		}
	})
	b.Run("maps", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			k := i % len(cleared)
			sink = classes[k]["SECRET"] && lookup(want, holds[k])
		}
	})
}

var sink bool

// lookup is the decision with maps at its quickest: it knows the types by their keys and walks the label's values only.
func lookup(v, h held) bool {
	const restrictive = "/RESTRICTIVE"
	for key, values := range v {
		met := false
		for name := range values {
			has := h[key][name]
			if !has && key[max(0, len(key)-len(restrictive)):] == restrictive {
				return false
			}
			met = met || has
		}
		if !met {
			return false
		}
	}
	return true
}

// BenchmarkNumber measures what comes before: a label and a clearance are numbered once per distinct text.
func BenchmarkNumber(b *testing.B) {
	p := parse(b, file(b, "..", "demo", "policy.spif.xml"))
	c := clearance(p, "UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=GBR; Releasable To=GBR")
	l := label.Label{Information: label.Information{Classification: "SECRET", Categories: c.Categories}}
	b.Run("label", func(b *testing.B) {
		for b.Loop() {
			p.Label(l)
		}
	})
	b.Run("clearance", func(b *testing.B) {
		for b.Loop() {
			p.Clearance(c)
		}
	})
}
