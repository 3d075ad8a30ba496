package spif

import (
	"slices"

	"caveat/backend/label/strictxml"
)

// usable looks for classifications and values that no new label can have, though each rule by itself can be met. It asks the
// search that the picker asks; where that was bounded nothing is said. What is obsolete or out of its time is not meant, and where
// single rules were found to be wrong, they are mended first.
func (l *linter) usable() {
	if l.first != nil || l.now.IsZero() || !l.p.InForce(l.now) || l.has(valueNeverValid, valueNoClass, requiresExcluded, requirementImpossible, privacySelection,
		allObsolete, requirementObsolete, requirementNotInForce) {
		return
	}
	c := chooser{s: l.p.NewSearch(Validation{At: l.now}).in(Frame{}), p: l.p, classes: l.p.classes}
	for _, k := range l.p.classes {
		if !k.obsolete {
			l.never(l.at[k], k.name, c.with(k, newSet(len(l.p.values))))
		}
	}
	for _, v := range l.p.values {
		if len(c.s.entries[v.number]) > 0 {
			l.never(l.at[v.entries[0]], v.name, c.any(c.classes, newSet(len(l.p.values)).With(v.number)))
		}
	}
}

func (l *linter) never(e *strictxml.Element, name string, c Choice) {
	if c.State != Impossible || e == nil {
		return
	}
	why := ""
	for _, o := range c.Why {
		if o.Problem == nil {
			continue
		}
		if why != "" {
			why += "; but "
		}
		why += o.Problem.Words("en")
	}
	l.add(neverUsable, e, "no new label can have %q: %s: mend one of these rules", name, why)
}

// has reports whether one of the rules was found broken.
func (l *linter) has(rules ...*LintRule) bool {
	for _, r := range rules {
		if slices.ContainsFunc(l.kept[r.Severity], func(f Finding) bool { return f.Rule == r.ID }) {
			return true
		}
	}
	return false
}
