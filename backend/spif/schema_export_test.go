package spif

// SchemaConstructs lists what the schema table knows: elements, their attributes and the values of enumerations.
func SchemaConstructs() []string {
	seen := map[*elementType]bool{}
	var out []string
	var walk func(t *elementType)
	walk = func(t *elementType) {
		if seen[t] {
			return
		}
		seen[t] = true
		out = append(out, t.name)
		for _, a := range t.attrs {
			out = append(out, t.name+"/@"+a.name)
			for _, v := range a.typ.values {
				out = append(out, t.name+"/@"+a.name+"="+v)
			}
		}
		for _, v := range t.text.values {
			out = append(out, t.name+"="+v)
		}
		for _, c := range t.children {
			walk(c.of)
		}
	}
	walk(spifElement)
	for name := range colourNames {
		out = append(out, "securityClassification/@color="+name)
	}
	return out
}

// The bounds of what Lint looks at and returns.
const (
	MaxFindings    = maxFindings
	MaxMembers     = maxMembers
	MaxFindingText = maxFindingText
)
