package cmbac_test

import (
	"testing"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/spif"
)

// BenchmarkChoices is everything that may be chosen next, narrowed by a clearance; slowest while no classification is chosen,
// when each value is tried under several. "demo" is the policy that ships, "nato" lies beside the tree.
func BenchmarkChoices(b *testing.B) {
	for _, tt := range choiceCases(b) {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				cmbac.Choices(tt.p, tt.part, tt.how, tt.held, cmbac.Membership)
			}
		})
	}
}

// BenchmarkCommon is the labels that all the clearances permit.
func BenchmarkCommon(b *testing.B) {
	for _, tt := range choiceCases(b) {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				cmbac.Common(tt.p, tt.how, tt.held, cmbac.Membership)
			}
		})
	}
}

type choiceCase struct {
	name string
	p    *spif.Policy
	part spif.Label
	how  spif.Validation
	held []spif.Clearance
}

func choiceCases(b *testing.B) (out []choiceCase) {
	at := spif.Validation{At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), New: true}
	add := func(name string, document []byte, part, held string) {
		if document != nil {
			p := parse(b, document)
			out = append(out, choiceCase{name, p, makeLabel(p, part), at, []spif.Clearance{makeClearance(p, held)}})
		}
	}
	demo, nato := file(b, "..", "demo", "policy.spif.xml"), sample(b, "nato-v91.spif.xml")
	gbr := "UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=GBR; Releasable To=GBR"
	shape := "UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=NATO,KFOR; Special Category Designators=ATOMAL; Only=BEL,DEU; Releasable To=IRL,AUT"
	add("demo", demo, "SECRET; Context=MROD; Only=GBR", gbr)
	add("demo without class", demo, "; Context=MROD", gbr)
	add("nato", nato, "SECRET; Special Category Designators=ATOMAL; Releasable To=IRL,AUT", shape)
	add("nato without class", nato, "; Releasable To=IRL", shape)
	return out
}
