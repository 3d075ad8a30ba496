package presend

import "fmt"

// fixes computes ways forward (RULES 18). Each is exact: applied and checked again, it passes. Recipients are judged
// independently of each other, so what is left after taking some out is what the report already says of the rest.
func fixes(r Report) []Fix {
	if r.Sendable || !r.Label.Valid || r.Originator.Action != Pass {
		return nil // taking recipients out would not help
	}
	var out []string
	var names []string
	for _, x := range r.Recipients {
		if passes(x) {
			continue
		}
		out = append(out, x.Address)
		name := x.Name
		if name == "" {
			name = x.Address
		}
		names = append(names, name)
	}
	left := len(r.Recipients) - len(out)
	if left == 0 {
		return nil
	}
	who := some(names)
	return []Fix{
		{Kind: "remove", Addresses: out, Text: fmt.Sprintf("Leave out %s: %d of %d get it.", who, left, len(r.Recipients))},
		{Kind: "split", Addresses: out, Text: fmt.Sprintf("Send this to the %d who may get it, and start a second draft, without a label, for %s.", left, who)},
	}
}
