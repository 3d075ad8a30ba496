package cmbac_test

import (
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// BenchmarkDecide is one decision under the project's own policy: a label with a classification, a restrictive and a permissive
// tag set, against one of four clearances in turn, two of which permit. Labels and clearances are numbered before, once per
// distinct text. build/bench measures the same beside its peers.
func BenchmarkDecide(b *testing.B) {
	p := parse(b, file(b, "..", "demo", "policy.spif.xml"))
	l := makeLabel(p, "SECRET; Special Category Designators=ATOMAL; Only=UKR,AUS,GBR")
	cleared := make([]spif.Clearance, 4)
	for i, text := range []string{
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=GBR; Releasable To=GBR",
		"UNCLASSIFIED,RESTRICTED; Context=MROD; Releasable To=UKR",
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=BOHEMIA; Only=AUS; Releasable To=AUS",
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Only=UKR; Special Category Designators=ATOMAL",
	} {
		cleared[i] = makeClearance(p, text)
	}
	benchDecide(b, p, l, cleared, 2)
}

// BenchmarkDecideNATO is the same under the published policy, where it lies beside the tree: 160 values in three words.
func BenchmarkDecideNATO(b *testing.B) {
	document := sample(b, "nato-v91.spif.xml")
	if document == nil {
		return
	}
	p := parse(b, document)
	l := makeLabel(p, "SECRET; Special Category Designators=ATOMAL; Releasable To=IRL,AUT,NATO")
	cleared := []spif.Clearance{
		makeClearance(p, "RESTRICTED,SECRET; Special Category Designators=ATOMAL,BOHEMIA; Releasable To=NATO,GBR; Only=GBR"),
		makeClearance(p, "RESTRICTED; Releasable To=IRL"),
		makeClearance(p, "RESTRICTED,SECRET; Special Category Designators=BOHEMIA; Releasable To=AUT"),
		makeClearance(p, "RESTRICTED,SECRET; Special Category Designators=ATOMAL; Releasable To=AUT"),
	}
	benchDecide(b, p, l, cleared, 2)
}

func benchDecide(b *testing.B, p *spif.Policy, l spif.Label, cleared []spif.Clearance, permits int) {
	for _, c := range cleared {
		if cmbac.Decide(p, l, c, cmbac.Membership) == cmbac.Permit {
			permits--
		}
	}
	if permits != 0 || !l.NamesKnown() {
		b.Fatal("another number of clearances permit than was meant")
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink = cmbac.Decide(p, l, cleared[i%len(cleared)], cmbac.Membership)
	}
}

var sink cmbac.Decision

// BenchmarkExplain is a decision with all reasons: three rules deny.
func BenchmarkExplain(b *testing.B) {
	p := parse(b, file(b, "..", "demo", "policy.spif.xml"))
	l := makeLabel(p, "SECRET; Special Category Designators=ATOMAL; Only=UKR,AUS")
	c := makeClearance(p, "UNCLASSIFIED,RESTRICTED; Context=MROD; Special Category Designators=BOHEMIA; Only=GBR; Releasable To=GBR")
	if len(cmbac.Explain(p, l, c, cmbac.Membership)) != 3 {
		b.Fatal("other reasons than were meant")
	}
	b.ReportAllocs()
	for b.Loop() {
		cmbac.Explain(p, l, c, cmbac.Membership)
	}
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
