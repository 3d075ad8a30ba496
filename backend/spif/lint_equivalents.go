package spif

import (
	"fmt"

	"caveat/backend/label/strictxml"
)

// equivalences looks for what makes translations fail, or leaves open how they go.
func (l *linter) equivalences() {
	incoming := map[string]*Class{}
	for _, c := range l.p.classes {
		l.equivalentClasses(c, incoming)
	}
	answers := map[string]*Value{}
	for _, v := range l.p.values {
		for _, n := range v.entries {
			l.equivalentValues(v, n, answers)
		}
	}
	l.choices(l.root)
}

// equivalentClasses: exactly one classification must answer to one, in each direction.
func (l *linter) equivalentClasses(c *Class, incoming map[string]*Class) {
	outgoing := map[string]bool{}
	for i, e := range named(l.at[c], "equivalentClassification") {
		q := c.equivalents[i]
		if q.applied != "decrypt" {
			if outgoing[q.policyRef] {
				l.add(equivalentClassSeveral, e, "classification %q has several counterparts in %q for sending: labels are not translated; leave one", c.name, q.policyRef)
				continue
			}
			outgoing[q.policyRef] = true
		}
		if q.applied == "encrypt" {
			continue
		}
		key := fmt.Sprintf("%d %s", q.lacv, q.policyRef)
		if other := incoming[key]; other != nil {
			l.add(equivalentClassSeveral, e, "classification %d of %q is both %q and %q on reception: labels are not translated; apply one of them to encrypt only",
				q.lacv, q.policyRef, other.name, c.name)
		}
		incoming[key] = c
	}
}

func (l *linter) equivalentValues(v *Value, n *entry, answers map[string]*Value) {
	elements := named(l.at[n], "equivalentSecCategoryTag")
	mapped := map[string]bool{} // by policy and direction
	for _, q := range n.equivalents {
		for _, way := range q.ways() {
			mapped[way] = mapped[way] || !q.discard
		}
	}
	for i, q := range n.equivalents {
		if q.discard {
			if ways := q.ways(); mapped[ways[0]] || mapped[ways[len(ways)-1]] {
				l.add(discardWithMapping, elements[i], "%q is discarded for %q and mapped as well: the mapping counts; remove one of them", v.name, q.policyRef)
			}
			continue
		}
		typ, ok := typeOf(q.tagType, q.enumType)
		if !ok || q.applied == "encrypt" {
			continue
		}
		key := fmt.Sprintf("%s %s %s %s", q.tagSetID, typ, lacvKey(q.lacv), q.policyRef)
		if other := answers[key]; other != nil && other != v {
			l.add(equivalentValueSeveral, elements[i], "a value of %q is both %q and %q on reception: labels are not translated; apply one of them to encrypt only", q.policyRef, other.name, v.name)
		}
		answers[key] = v
	}
}

// ways are the policy and the directions that an equivalence is for.
func (q equivalentValue) ways() []string {
	switch q.applied {
	case "encrypt", "decrypt":
		return []string{q.applied + " " + q.policyRef}
	}
	return []string{"encrypt " + q.policyRef, "decrypt " + q.policyRef}
}

// choices finds the requirements of equivalences that do not say which values to add.
func (l *linter) choices(e *strictxml.Element) {
	for _, c := range e.Children {
		switch c.Name {
		case equivalentClassElement.name, equivalentTagSetElement.name, equivalentPolicyElement.name:
			for _, x := range named(c, "requiredCategory") {
				l.choice(x)
			}
		case extensionsElement.name, updateInfoElement.name:
		default:
			l.choices(c)
		}
	}
}

func (l *linter) choice(e *strictxml.Element) {
	q := l.foreignRequirement(e)
	if len(q.groups) > 1 && q.operation != "all" {
		l.add(equivalentChoice, e, "%s of %d groups leaves open which values a translated label gets: labels are not translated; name the values with operation=\"all\"", q.operation, len(q.groups))
		return
	}
	for _, g := range q.groups {
		if g.all {
			l.add(equivalentChoice, e, "all=\"true\" leaves open which value of %q a translated label gets, unless there is one only: labels are not translated; name the value by its lacv", g.setRef)
			return
		}
	}
}
