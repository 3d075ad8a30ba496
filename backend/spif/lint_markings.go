package spif

import (
	"slices"
	"strings"

	"caveat/backend/label/strictxml"
)

func (l *linter) markings() {
	classes := make([]shown, 0, len(l.p.classes))
	for _, c := range l.p.classes {
		classes = append(classes, shown{l.at[c], c.name, c.markings})
	}
	l.languages(classes)
	for _, t := range l.p.tags {
		var values []shown
		for _, v := range t.values {
			for _, n := range v.entries {
				values = append(values, shown{l.at[n], v.name, n.markings})
			}
		}
		l.languages(values)
	}
	l.severalMarkings(l.root)
}

// severalMarkings finds elements with several markings for one place and language below e.
func (l *linter) severalMarkings(e *strictxml.Element) {
	taken := map[string]bool{}
	for _, x := range e.Children {
		switch {
		case x.Space != Namespace || x.Name == extensionsElement.name || x.Name == updateInfoElement.name:
		case x.Name == markingDataElement.name:
			m := l.marking(x)
			if at := m.take(taken); at != "" {
				l.add(markingSeveral, x, "a second phrase for %s%s: the first is shown; remove one", at, inLanguage(m.lang))
			}
		case len(x.Children) > 0:
			l.severalMarkings(x)
		}
	}
}

// take notes the places of a marking, and returns the first that another one of the same kind has.
func (m marking) take(taken map[string]bool) (at string) {
	// What replaces the policy's name, or takes the class's away, may stand beside the phrase of the element itself.
	kind := ""
	for _, c := range []string{"replacePolicy", "suppressClassName"} {
		if m.code(c) {
			kind = c
		}
	}
	for _, place := range m.places() {
		key := kind + " " + m.lang + " " + place
		if taken[key] && at == "" {
			at = place
		}
		taken[key] = true
	}
	return at
}

// places lists the places of a marking, page top and bottom one by one; each once.
func (m marking) places() []string {
	var out []string
	for _, p := range placements {
		if p != "pageTopBottom" && m.has(Placement(p)) {
			out = append(out, p)
		}
	}
	return out
}

func inLanguage(lang string) string {
	if lang == "" {
		return ""
	}
	return " in language " + lang
}

// shown is an element with its markings.
type shown struct {
	e        *strictxml.Element
	name     string
	markings []marking
}

// maxLanguages is how many languages of one place are compared.
const maxLanguages = 64

// languages tells of elements that have phrases for a place, and none in a language that others of the same kind have there.
func (l *linter) languages(all []shown) {
	have := map[string][]string{} // place: languages
	for _, s := range all {
		for _, m := range s.markings {
			for _, p := range m.places() {
				if m.lang != "" && m.hasPhrase && len(have[p]) < maxLanguages && !slices.Contains(have[p], m.lang) {
					have[p] = append(have[p], m.lang)
				}
			}
		}
	}
	for _, s := range all {
		var missing []string
		for _, place := range placements {
			for _, lang := range have[place] {
				if s.lacks(place, lang) && !slices.Contains(missing, lang) {
					missing = append(missing, lang)
				}
			}
		}
		if len(missing) > 0 {
			l.add(markingLanguage, s.e, "%q has phrases, and none in %s, which others beside it have: markings in that language mix two", s.name, strings.Join(missing, ", "))
		}
	}
}

// lacks reports whether the element has a phrase for the place in some language, and none that serves lang.
func (s shown) lacks(place, lang string) bool {
	some := false
	for _, m := range s.markings {
		if !m.has(Placement(place)) {
			continue
		}
		if m.lang == "" || m.lang == lang || strings.HasPrefix(lang, m.lang+"-") {
			return false
		}
		some = true
	}
	return some
}
