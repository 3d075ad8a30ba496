package presend_test

import (
	"fmt"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// town publishes n people of three nations, a third of them without a clearance that suffices and a third without any.
func town(t testing.TB, n int) (*world, []string, []presend.Ref) {
	w := newWorld(t)
	var to []string
	var refs []presend.Ref
	for i := range n {
		ref := w.person(fmt.Sprintf("p%d", i), []string{"GBR", "UKR", "AUS"}[i%3], []string{secret, restricted, ""}[i/3%3])
		refs, to = append(refs, ref), append(to, w.behind[ref].Address)
	}
	return w, to, refs
}

func BenchmarkCheck1000Recipients(b *testing.B) {
	w, to, _ := town(b, 1000)
	benchmark(b, w, w.draft(secret, to...), 1000)
}

// The rules that look at everybody: thresholds, a rule in trial, alternatives, a later time of sending.
func BenchmarkCheck1000RecipientsAllRules(b *testing.B) {
	w, to, _ := town(b, 1000)
	for _, a := range to {
		p := w.people[a]
		p.Entries[0].Addresses = []string{a, "other-" + a}
		w.people["other-"+a] = p
	}
	w.rules.Thresholds = []presend.ThresholdRule{{Name: "many", Limit: 500}}
	w.rules.Relaxations = []presend.Relaxation{{Name: "t", Trial: true}}
	d := w.draft(secret, to...)
	at := now.AddDate(0, 0, 1)
	d.SendAt = &at
	benchmark(b, w, d, 1000)
}

func BenchmarkCheckListOf5000(b *testing.B) {
	w, _, refs := town(b, 5000)
	w.group(presend.List, "all", "GBR", "", refs...)
	benchmark(b, w, w.draft(secret, addr("all", "GBR")), 1)
}

func BenchmarkCheck5000Recipients50Parts(b *testing.B) {
	w, to, _ := town(b, 5000)
	benchmark(b, w, w.inParts(w.draft(secret, to...), 50), 5000)
}

// inParts gives a draft n paragraphs of as many different labels, as far as the policy has so many.
func (w *world) inParts(d draft.Draft, n int) draft.Draft {
	for i := range n {
		l := chosen(w.policy.Name(), secret)
		for k, name := range []string{"EXERCISE", "MANAGEMENT", "MEDICAL", "STAFF"} {
			if i>>k&1 == 1 {
				l = chosen(w.policy.Name(), classes[i>>4%4]+"; Context=MROD; Administrative="+name)
			}
		}
		d.Parts = append(d.Parts, draft.Part{Text: "text", Label: l})
	}
	return d
}

func benchmark(b *testing.B, w *world, d draft.Draft, rows int) {
	b.Helper()
	for b.Loop() {
		if r := w.report(d); len(r.Recipients) != rows || !r.Label.Valid {
			b.Fatalf("%d rows, %+v", len(r.Recipients), r.Label)
		}
	}
}
