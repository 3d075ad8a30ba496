package spif_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/spif"
)

// Published and written policies of the standards kit. Each finding was compared with the file by hand: no file is signed; NATO's
// share lacv between names (STANDARDS 1.5), give four names of Releasable To two lacv each, repeat Context NATO (v88 also
// Releasable To NATO), end the name NATO Response Force with a line break, leave out tag7Encoding, and do not demand the Context; COALITION's obsolete class stands outside the order.
func TestLintOfSamples(t *testing.T) {
	for file, want := range map[string]string{
		"nato-v88.spif.xml": "1 unsigned, 1298 white-space, 1388 lacv-shared, 1403 value-repeated, 1418 value-lacvs, 1418 lacv-shared, 1448 value-lacvs, 1448 lacv-shared, " +
			"1463 value-lacvs, 1463 lacv-shared, 1508 value-lacvs, 1537 tag7-encoding-absent, 1617 context-not-required, 1638 value-repeated, 2877 white-space, 2981 tag7-encoding-absent",
		"nato-v91.spif.xml": "2 unsigned, 867 white-space, 957 lacv-shared, 972 value-lacvs, 972 lacv-shared, 1002 value-lacvs, 1002 lacv-shared, 1017 value-lacvs, " +
			"1017 lacv-shared, 1062 value-lacvs, 1091 tag7-encoding-absent, 1186 context-not-required, 1211 value-repeated, 2470 white-space, 2574 tag7-encoding-absent",
		"public-v1.spif.xml": "3 unsigned",
		"coalition.spif.xml": "3 unsigned, 30 class-lacv-order",
		"atlantia.spif.xml":  "3 unsigned",
	} {
		t.Run(file, func(t *testing.T) {
			data := sampleFile(t, file)
			if data == nil {
				return
			}
			found, p := spif.Lint(data, now)
			var got []string
			for _, f := range found {
				got = append(got, fmt.Sprint(f.Line, " ", f.Rule))
			}
			if strings.Join(got, ", ") != want || p == nil {
				t.Errorf("got %s", strings.Join(got, ", "))
			}
			agree(t, data, found, p)
		})
	}
}

// NATO's extension says who belongs to what.
func TestSampleMemberships(t *testing.T) {
	p := sample(t, "nato-v91.spif.xml")
	if p == nil {
		return
	}
	m := p.Memberships()
	if len(m) == 0 || m[0].Name != "Euro-Atlantic Partnership Council" || m[0].Members[0] != (spif.Member{Name: "ARM", LACV: "051"}) || !m[0].Members[5].IsObsolete {
		t.Errorf("%+v", m)
	}
}

// The policy of the demonstration has nothing that a newcomer should not copy, but a signature.
func TestLintOfTheDemonstration(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "demo", "policy.spif.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := ruleIDs(first(spif.Lint(data, now))); got != "unsigned" {
		t.Error(got)
	}
}
