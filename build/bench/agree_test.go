package bench

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
)

func engines() []engine { return []engine{newCaveat(), newCedar(), newOPA(), byHand{}} }

// All engines decide alike, by the same rules: without this their figures could not be compared.
func TestEnginesAgree(t *testing.T) {
	all, r := engines(), newRandom()
	permits, alone := 0, map[string]int{}
	const questions = 5000
	for i := range questions {
		x := r.pair()
		want := all[0].permits(x)
		if want {
			permits++
		}
		var first []string
		for _, e := range all {
			if got := e.permits(x); got != want {
				t.Fatalf("question %d: %s says permit %v, %s %v\n%+v", i, all[0].name(), want, e.name(), got, x)
			}
			rules := told(e.rules(x))
			if first == nil {
				first = rules
			}
			if !slices.Equal(rules, first) || (len(rules) == 0) != want {
				t.Fatalf("question %d: permit is %v, denied by %q, by %s by %q\n%+v", i, want, first, e.name(), rules, x)
			}
		}
		if len(first) == 1 {
			alone[first[0]]++
		}
	}
	// A comparison in which a rule never decides proves nothing about it.
	if permits < questions/20 || permits > questions*19/20 {
		t.Errorf("%d of %d questions are permitted", permits, questions)
	}
	for _, rule := range []string{
		"label-invalid", "policy", "classification", "restrictive/Special Category Designators", "permissive/Context", "permissive/Only",
		"permissive/Releasable To",
	} {
		if alone[rule] < 10 {
			t.Errorf("%s denied alone %d times", rule, alone[rule])
		}
	}
}

// told is the rules that all engines tell: of a clearance under another policy, Caveat says nothing more; and what else an
// invalid label lacks is not looked at.
func told(rules []string) []string {
	for _, alone := range []string{"policy", "label-invalid"} {
		if slices.Contains(rules, alone) {
			return []string{alone}
		}
	}
	return rules
}

// What is measured is what was meant.
func TestWhatIsMeasured(t *testing.T) {
	info, clearances := crowd()
	want := make([]cmbac.Decision, len(clearances))
	newCaveat().distinct(info, clearances)(want)
	if n := count(want); n < 100 || n > len(want)-100 {
		t.Errorf("%d of %d clearances permit", n, len(want))
	}
	for _, e := range engines() {
		t.Run(e.name(), func(t *testing.T) {
			got := slices.Repeat([]cmbac.Decision{7}, len(clearances)) // all must be written over
			e.distinct(info, clearances)(got)
			if !slices.Equal(got, want) {
				t.Errorf("%d of %d clearances permit, not %d", count(got), len(got), count(want))
			}
			var permits []bool
			for _, x := range four() {
				permits = append(permits, e.permits(x))
			}
			if !slices.Equal(permits, []bool{true, false, false, true}) {
				t.Errorf("of the four: %v", permits)
			}
			if got := strings.Join(e.rules(denied()), " "); got != "classification permissive/Only restrictive/Special Category Designators" {
				t.Errorf("denied by %s", got)
			}
		})
	}
}

func count(decisions []cmbac.Decision) (permits int) {
	for _, d := range decisions {
		if d == cmbac.Permit {
			permits++
		}
	}
	return permits
}

// crowd is a label and 5,000 clearances, each another one.
func crowd() (label.Information, []label.Clearance) {
	r, seen := newRandom(), map[string]bool{}
	var out []label.Clearance
	for len(out) < distinctClearances {
		c := r.clearance()
		a := ofClearance(c)
		slices.Sort(a.classes)
		if key := fmt.Sprint(a.policy, slices.Compact(a.classes), a.values); !seen[key] {
			seen[key], out = true, append(out, c)
		}
	}
	return makeLabel("SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=UKR,AUS,GBR"), out
}
