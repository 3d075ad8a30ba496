package bench

import (
	"strings"
	"testing"
)

func TestReplaceKeepsTheRest(t *testing.T) {
	got, err := replace("before\n"+beginMark+"\nold\n"+endMark+"\nafter\n", "new")
	if want := "before\n" + beginMark + "\nnew\n" + endMark + "\nafter\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	for name, document := range map[string]string{"no mark": "x", "no end": beginMark, "the end first": endMark + beginMark} {
		if got, err := replace(document, "new"); err == nil || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// Bars are judged by the slowest figure of their kind, of Caveat alone, and by the allocations.
func TestBars(t *testing.T) {
	got := bars([]figure{
		{what: oneDecision, by: "Caveat", ns: 20, from: 10, allocs: 1}, {what: oneDecision, by: "cedar-go", ns: 1201, from: 599},
		{what: choicesDemo, by: "Caveat", ns: 900}, {what: choicesDemo + noChoiceMade, by: "Caveat", ns: 1.1e6},
		{what: onceEach, by: "Caveat", ns: 5e6}, {what: onceEach, by: "cedar-go", ns: 9e9},
	})
	for _, want := range []string{
		"| one decision | ≤ 20.0 ns | 20.0 ns | met |", "| its allocations | 0 | 1 | not met |",
		"≥ 60 × | 59.9 × | not met |", noChoiceMade + " | ≤ 1.00 ms | 1.10 ms | not met |", "≤ 5.00 ms | 5.00 ms | met |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}
