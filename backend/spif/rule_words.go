package spif

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"caveat/backend/label"
)

// What a policy demands, said to people: a policy drawn on a page is read by somebody who has to decide whether it is the right one.
// Each is one line without a full stop; English where there are no words in a language.

// ruleWords is how rules are said in one language.
type ruleWords struct {
	orAbove, onlyWith, needs, notWith, either    string
	from, until, obsolete                        string
	typed                                        map[string]string // by userInput
	held                                         map[label.Type]string
	exactly, least, most, none                   string // {n}
	encrypt, decrypt, both, discarded, of, other string // of equivalences
	and, or                                      string
}

var ruleBooks = map[string]ruleWords{
	"en": {
		orAbove: "needs {class} or above", onlyWith: "only with {classes}", needs: "needs {groups}", notWith: "not together with {groups}", either: "either {a}",
		from: "valid from {at}", until: "valid until {at}", obsolete: "obsolete: no new label may have it",
		typed: map[string]string{"string": "its text is typed", "integer": "its number is typed", "date": "its date is typed"},
		held: map[label.Type]string{
			label.Restrictive: "a person must hold every value that a label has", label.Permissive: "a person must hold one of the values that a label has",
			label.Informative: "never counts when it is decided who may get a label",
		},
		exactly: "a label has exactly {n}", least: "a label has at least {n}", most: "a label has at most {n}", none: "a label has none",
		encrypt: "when sent", decrypt: "when received", both: "both ways", discarded: "left out in {policy}", of: "{name} in {policy}", other: "number {name} in {policy}",
		and: "; ", or: " or ",
	},
	"fr": {
		orAbove: "exige {class} ou plus", onlyWith: "seulement avec {classes}", needs: "exige {groups}", notWith: "pas avec {groups}", either: "soit {a}",
		from: "valable à partir du {at}", until: "valable jusqu'au {at}", obsolete: "obsolète : aucune nouvelle étiquette ne doit l'avoir",
		typed: map[string]string{"string": "son texte se saisit", "integer": "son nombre se saisit", "date": "sa date se saisit"},
		held: map[label.Type]string{
			label.Restrictive: "une personne doit détenir toutes les valeurs de l'étiquette", label.Permissive: "une personne doit détenir une des valeurs de l'étiquette",
			label.Informative: "ne compte jamais quand on décide qui peut recevoir une étiquette",
		},
		exactly: "une étiquette en a exactement {n}", least: "une étiquette en a au moins {n}", most: "une étiquette en a au plus {n}", none: "une étiquette n'en a aucune",
		encrypt: "à l'envoi", decrypt: "à la réception", both: "dans les deux sens", discarded: "omis dans {policy}", of: "{name} dans {policy}", other: "numéro {name} dans {policy}",
		and: " ; ", or: " ou ",
	},
}

func rulesIn(lang string) (ruleWords, phrasebook) {
	lang, book := bookOf(lang)
	return ruleBooks[lang], book
}

func put(template string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(template)
}

// ClassRules says what a label of a classification must have besides.
func (p *Policy) ClassRules(c *Class, lang string) []string {
	w, book := rulesIn(lang)
	out := requiredWords(w, book, c.required)
	if c.obsolete {
		out = append(out, w.obsolete)
	}
	return out
}

// TagRules says how the values of a tag count for people, and how many of them a label has.
func (t *Tag) TagRules(lang string) []string {
	w, _ := rulesIn(lang)
	out := []string{w.held[t.typ]}
	n := func(template string, n int) string { return put(template, "{n}", strconv.Itoa(n)) }
	switch {
	case t.max == 0:
		out = append(out, w.none)
	case t.min > 0 && t.min == t.max:
		out = append(out, n(w.exactly, t.min))
	default:
		if t.min > 0 {
			out = append(out, n(w.least, t.min))
		}
		if t.max > 0 {
			out = append(out, n(w.most, t.max))
		}
	}
	return out
}

// ValueRules says what a label with a value must have, and must not have, besides. Of several entries one must hold: what only one
// of them says is said by entry.
func (p *Policy) ValueRules(v *Value, lang string) []string {
	w, book := rulesIn(lang)
	first := otherRules(w, book, v.entries[0])
	same := !slices.ContainsFunc(v.entries, func(e *entry) bool { return !slices.Equal(otherRules(w, book, e), first) })
	if same {
		return slices.DeleteFunc(append([]string{p.classWords(w, v.entries)}, first...), func(s string) bool { return s == "" })
	}
	var ways []string
	for _, e := range v.entries {
		said := slices.DeleteFunc(append([]string{p.classWords(w, []*entry{e})}, otherRules(w, book, e)...), func(s string) bool { return s == "" })
		if len(said) == 0 {
			return nil // one entry demands nothing
		}
		ways = append(ways, strings.Join(said, ", "))
	}
	return []string{put(w.either, "{a}", strings.Join(ways, w.and+strings.TrimSpace(w.or)+" "))}
}

// classWords says with which classifications a value may stand, when one of the entries holds; "" with any.
func (p *Policy) classWords(w ruleWords, entries []*entry) string {
	var with []string
	lowest, gap := -1, false
	for i, c := range p.classes {
		may := slices.ContainsFunc(entries, func(e *entry) bool {
			return (e.requiredClass == nil || e.requiredClass == c) && !slices.Contains(e.excludedClass, c)
		})
		switch {
		case may:
			with = append(with, c.name)
			if lowest < 0 {
				lowest = i
			}
		case lowest >= 0:
			gap = true
		}
	}
	switch {
	case len(with) == len(p.classes):
		return ""
	case !gap && len(with) > 1:
		return put(w.orAbove, "{class}", with[0])
	}
	return put(w.onlyWith, "{classes}", strings.Join(with, w.or))
}

// otherRules is what an entry says besides its classifications.
func otherRules(w ruleWords, book phrasebook, e *entry) []string {
	out := requiredWords(w, book, e.required)
	for _, g := range e.excluded {
		out = append(out, put(w.notWith, "{groups}", book.groupWords(Problem{Groups: []Group{g.public()}})))
	}
	if e.userInput != "" {
		out = append(out, w.typed[e.userInput])
	}
	for _, x := range []struct {
		template string
		at       time.Time
	}{{w.from, e.notBefore}, {w.until, e.notAfter}} {
		if !x.at.IsZero() {
			out = append(out, put(x.template, "{at}", x.at.UTC().Format("2 Jan 2006, 15:04Z")))
		}
	}
	if e.obsolete {
		out = append(out, w.obsolete)
	}
	return out
}

func requiredWords(w ruleWords, book phrasebook, required []requirement) []string {
	var out []string
	for _, q := range required {
		x := Problem{Operation: q.operation}
		for _, g := range q.groups {
			x.Groups = append(x.Groups, g.public())
		}
		out = append(out, put(w.needs, "{groups}", book.groupWords(x)))
	}
	return out
}

// EquivalentWords says what a classification or a value is in another policy. other is that policy where it is at hand: then it is
// called by its name, else by its number.
func (e Equivalent) EquivalentWords(other *Policy, lang string) string {
	w, _ := rulesIn(lang)
	if e.IsDiscarded {
		return put(w.discarded, "{policy}", e.Policy)
	}
	how := map[string]string{"encrypt": w.encrypt, "decrypt": w.decrypt, "both": w.both}[e.Applied]
	template, name := w.other, e.LACV
	if found := e.nameIn(other); found != "" {
		template, name = w.of, found
	}
	out := put(template, "{name}", name, "{policy}", e.Policy)
	if how != "" {
		out += " (" + how + ")"
	}
	return out
}

// nameIn is what the other policy calls it; "" when that is not at hand, or has none or several of that number.
func (e Equivalent) nameIn(other *Policy) string {
	if e.TagSet != "" {
		return e.TagSet
	}
	if other == nil {
		return ""
	}
	var names []string
	if e.TagSetID == "" {
		for _, c := range other.classes {
			if strconv.Itoa(c.lacv) == e.LACV {
				names = append(names, c.name)
			}
		}
	} else if set := other.setByID[e.TagSetID]; set != nil {
		for _, t := range set.tags {
			for _, v := range t.values {
				if slices.ContainsFunc(v.entries, func(n *entry) bool { return n.lacv == e.LACV }) && !slices.Contains(names, v.name) {
					names = append(names, v.name)
				}
			}
		}
	}
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

// Languages lists the languages that some marking of the policy is written in, sorted.
func (p *Policy) Languages() []string {
	seen := map[string]bool{}
	add := func(list ...[]marking) {
		for _, ms := range list {
			for _, m := range ms {
				seen[m.lang] = true
			}
		}
	}
	add(p.markings, p.nameMarkings, p.classesMarkings, p.privacy.markings)
	for _, c := range p.classes {
		add(c.markings)
	}
	for _, v := range p.values {
		for _, e := range v.entries {
			add(e.markings)
		}
	}
	delete(seen, "")
	out := make([]string, 0, len(seen))
	for lang := range seen {
		out = append(out, lang)
	}
	slices.Sort(out)
	return out
}
