package cmbac_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/spif"
)

func TestManyIsDecideForEach(t *testing.T) {
	p := testland(t)
	l := makeLabel(p, "SECRET; Codeword=MEDIC; Releasable To=ATL")
	clearances := []spif.Clearance{
		makeClearance(p, "SECRET; Codeword=MEDIC; Releasable To=ATL"), {}, makeClearance(p, "OPEN"),
		makeClearance(otherland(t), "HIGH"), makeClearance(p, "SECRET; Codeword=MEDIC,OLD; Releasable To=BOR,ATL"),
	}
	want := []cmbac.Decision{cmbac.Permit, cmbac.Deny, cmbac.Deny, cmbac.Deny, cmbac.Permit}
	old := []cmbac.Decision{cmbac.Permit, cmbac.Permit, cmbac.Permit, cmbac.Permit, cmbac.Permit, cmbac.Permit} // must all be written over
	for name, into := range map[string][]cmbac.Decision{"new": nil, "too small": make([]cmbac.Decision, 2), "kept": old} {
		if got := cmbac.Many(p, l, clearances, cmbac.Membership, into); !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := cmbac.Blocking(p, l, clearances, cmbac.Membership); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("blocking: %v", got)
	}
	if got := cmbac.Blocking(p, makeLabel(p, "OPEN"), []spif.Clearance{makeClearance(p, "GUARDED")}, cmbac.Hierarchical); got != nil {
		t.Errorf("blocking, hierarchical: %v", got)
	}
}

// Whoever holds a number that no clearance has is denied, though the place said otherwise before.
func TestSpread(t *testing.T) {
	decisions := []cmbac.Decision{cmbac.Deny, cmbac.Permit}
	holds := []uint32{1, 0, 2, 1, 1<<32 - 1}
	want := []cmbac.Decision{cmbac.Permit, cmbac.Deny, cmbac.Deny, cmbac.Permit, cmbac.Deny}
	for _, into := range [][]cmbac.Decision{nil, slices.Repeat([]cmbac.Decision{cmbac.Permit}, 5)} {
		if got := cmbac.Spread(decisions, holds, into); !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	}
}

// A caller that keeps a place of exactly the right size gets that one back.
func TestManyAndSpreadKeepAPlaceOfTheRightSize(t *testing.T) {
	p := testland(t)
	clearances := []spif.Clearance{makeClearance(p, "OPEN"), makeClearance(p, "SECRET")}
	want := []cmbac.Decision{cmbac.Permit, cmbac.Deny}
	decisions := make([]cmbac.Decision, 2)
	if got := cmbac.Many(p, makeLabel(p, "OPEN"), clearances, cmbac.Membership, decisions); &got[0] != &decisions[0] || !slices.Equal(got, want) {
		t.Errorf("Many: %v, in a new place: %v", got, &got[0] != &decisions[0])
	}
	people := make([]cmbac.Decision, 2)
	if got := cmbac.Spread(decisions, []uint32{0, 1}, people); &got[0] != &people[0] || !slices.Equal(got, want) {
		t.Errorf("Spread: %v, in a new place: %v", got, &got[0] != &people[0])
	}
}

// BenchmarkMany is one label against a million people who share 5,000 distinct clearances.
func BenchmarkMany(b *testing.B) {
	p := parse(b, file(b, "..", "demo", "policy.spif.xml"))
	l := makeLabel(p, "SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=UKR,AUS,GBR")
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(names ...string) string { // a part of them, at least one
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		return strings.Join(names[:1+r.IntN(len(names))], ",")
	}
	clearances := make([]spif.Clearance, 5000)
	for i := range clearances { // some repeat: the policy has fewer values than there are people
		clearances[i] = makeClearance(p, pick("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET")+"; Context=MROD; Special Category Designators="+pick("ATOMAL", "BOHEMIA")+
			"; Only="+pick("GBR", "UKR", "AUS", "DEU")+"; Releasable To="+pick("GBR", "UKR", "AUS", "DEU"))
	}
	holds := make([]uint32, 1_000_000)
	for i := range holds {
		holds[i] = uint32(r.IntN(len(clearances)))
	}
	var decisions, people []cmbac.Decision
	b.ReportAllocs()
	for b.Loop() {
		decisions = cmbac.Many(p, l, clearances, cmbac.Membership, decisions)
		people = cmbac.Spread(decisions, holds, people)
	}
}
