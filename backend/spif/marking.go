package spif

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"caveat/backend/label"
)

// marking is a markingData element: a phrase for some placements in one language.
type marking struct {
	lang      string // lower-case; empty: any language
	phrase    string
	hasPhrase bool
	codes     []string
}

// qualifier is text before, between or after values.
type qualifier struct {
	lang, kind, text string // kind: prefix, suffix, separator
	code             string // markingCode of the element it stands in: the place it is declared for
}

// Placements are the values of the SPIF marking codes that are places; the others change how a phrase is shown.
var placements = []string{
	"pageTop", "pageBottom", "pageTopBottom", "documentStart", "documentEnd", "firstLineOfText", "lastLineOfText",
	"subject", "xHeader", "portionMarking", "inputTitle", "waterMark",
}

// Placement is where a marking stands, as the SPIF's marking codes name it, such as pageBottom or portionMarking.
type Placement string

// IsPlacement reports whether s names a place for markings.
func IsPlacement(s string) bool { return slices.Contains(placements, s) }

// has reports whether the marking is meant for that place. One without any place counts for page top and bottom.
func (m marking) has(at Placement) bool {
	place := false
	for _, c := range m.codes {
		if c == string(at) || c == "pageTopBottom" && (at == "pageTop" || at == "pageBottom") ||
			at == "pageTopBottom" && (c == "pageTop" || c == "pageBottom") {
			return true
		}
		place = place || IsPlacement(c)
	}
	return !place && (at == "pageTop" || at == "pageBottom" || at == "pageTopBottom")
}

func (m marking) code(c string) bool { return slices.Contains(m.codes, c) }

// forPlace finds the marking for a place: in the language, its parent languages (fr-CA, fr), untagged, English.
func forPlace(ms []marking, at Placement, lang string) (marking, bool) {
	for _, l := range languages(lang) {
		for _, m := range ms {
			if m.lang == l && m.has(at) {
				return m, true
			}
		}
	}
	return marking{}, false
}

// languages lists the language tags to look for, in order.
func languages(lang string) []string {
	lang = strings.ToLower(lang)
	var out []string
	for l := lang; l != ""; {
		out = append(out, l)
		i := strings.LastIndexByte(l, '-')
		if i < 0 {
			break
		}
		l = l[:i]
	}
	return append(out, "", "en")
}

// withCode finds a marking for a place that has the code: in the language, its parent languages, untagged; in English only when the
// element has no marking for the place in these, as its French phrase stands for what an English one would replace.
func withCode(ms []marking, code string, at Placement, lang string) (marking, bool) {
	seen := false
	for i, l := range languages(lang) {
		if fallback := i > 0 && l == "en"; fallback && seen {
			break
		}
		for _, m := range ms {
			if m.lang != l || !m.has(at) {
				continue
			}
			if seen = true; m.code(code) {
				return m, true
			}
		}
	}
	return marking{}, false
}

// isHidden reports that an element has markings and none of them shows the element itself.
func isHidden(ms []marking) bool {
	for _, m := range ms {
		if !m.code("noNameDisplay") && !m.code("replacePolicy") {
			return false
		}
	}
	return len(ms) > 0
}

// phraseOf is what stands for an element of that name: its phrase, its name, or nothing. A portion marking is short: what
// other markings keep out of sight is not spelled out there.
func phraseOf(name string, ms []marking, at Placement, lang string) string {
	m, ok := forPlace(ms, at, lang)
	switch {
	case !ok && at == "portionMarking" && isHidden(ms):
		return ""
	case !ok:
		return name
	case m.code("noNameDisplay"), m.code("noMarkingDisplay") && at != "inputTitle":
		return ""
	case m.code("replacePolicy") || !m.hasPhrase:
		return name
	}
	return m.phrase
}

// qualifierText finds a prefix, suffix or separator for a place; ok is false when there is none. One that is declared for the
// place goes before one declared for a page, which stands for every place in published policies; one that is declared for
// another place, such as the name of a header field, is not meant.
func qualifierText(qs []qualifier, kind string, at Placement, lang string) (string, bool) {
	for _, l := range languages(lang) {
		general := -1
		for i, q := range qs {
			if q.kind != kind || q.lang != l {
				continue
			}
			if (marking{codes: []string{q.code}}).has(at) {
				return q.text, true
			}
			if general < 0 && (q.code == "" || strings.HasPrefix(q.code, "page")) {
				general = i
			}
		}
		if general >= 0 {
			return qs[general].text, true
		}
	}
	return "", false
}

// Mark gives the marking of a label for one place ("pageBottom" unless at says otherwise) in one language ("en" unless
// lang says otherwise), as the policy's marking data says. The label need not be valid, but all its names must be known.
//
// std: ADatP-4774.1/A1 §3.5, §3.11.3
func (p *Policy) Mark(l Label, lang string, at Placement) string {
	if lang == "" {
		lang = "en"
	}
	if at == "" {
		at = "pageBottom"
	}
	m := marker{p: p, l: p.known(l), lang: lang, at: at}
	return m.text()
}

type marker struct {
	p    *Policy
	l    Label
	lang string
	at   Placement
}

func (m marker) text() string {
	sep, ok := qualifierText(m.p.qualifiers, "separator", m.at, m.lang)
	if !ok {
		sep = " "
	}
	parts := []string{m.policyPart()}
	if m.l.class != nil && !m.suppressClass() {
		class := m.between(m.l.class.qualifiers, phraseOf(m.l.class.name, m.l.class.markings, m.at, m.lang))
		parts = append(parts, m.between(m.p.classesQualifiers, class))
	}
	for _, t := range m.p.tags {
		parts = append(parts, m.tagPart(t))
	}
	parts = append(parts, m.privacyPart())
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	out := strings.Join(parts, sep)
	return strings.TrimSpace(m.between(m.p.qualifiers, out))
}

// between puts a text between its prefix and suffix; nothing where there is no text.
func (m marker) between(qs []qualifier, text string) string {
	if text == "" {
		return ""
	}
	prefix, _ := qualifierText(qs, "prefix", m.at, m.lang)
	suffix, _ := qualifierText(qs, "suffix", m.at, m.lang)
	return glueSuffix(gluePrefix(prefix, text), suffix)
}

// policyPart is the policy's name, or what the policy, the class or the first category puts in its place. A portion phrase
// of the class ("NS") speaks for the policy too.
func (m marker) policyPart() string {
	if r, ok := withCode(m.p.markings, "replacePolicy", m.at, m.lang); ok {
		return r.phrase
	}
	if m.l.class != nil {
		if r, ok := withCode(m.l.class.markings, "replacePolicy", m.at, m.lang); ok {
			return r.phrase
		}
	}
	for _, u := range m.l.uses {
		if r, ok := withCode(u.entry.markings, "replacePolicy", m.at, m.lang); ok {
			return r.phrase
		}
	}
	if m.at == "portionMarking" && m.l.class != nil {
		if c, ok := forPlace(m.l.class.markings, m.at, m.lang); ok && c.hasPhrase {
			return ""
		}
	}
	return m.between(m.p.nameQualifiers, phraseOf(m.p.name, m.p.nameMarkings, m.at, m.lang))
}

// privacyPart is the label's privacy mark where the policy gives it a phrase for the place; its name alone is no marking.
func (m marker) privacyPart() string {
	for _, k := range m.p.privacy.marks {
		if label.Fold(k.name) != label.Fold(m.l.mark) {
			continue
		}
		if _, ok := forPlace(k.markings, m.at, m.lang); ok {
			return m.between(m.p.privacy.qualifiers, m.between(k.qualifiers, phraseOf(k.name, k.markings, m.at, m.lang)))
		}
	}
	return ""
}

func (m marker) suppressClass() bool {
	for _, u := range m.l.uses {
		if _, ok := withCode(u.entry.markings, "suppressClassName", m.at, m.lang); ok {
			return true
		}
	}
	return false
}

// tagPart is prefix, values in the order of the policy, suffix; empty when no value of the tag is shown.
func (m marker) tagPart(t *Tag) string {
	var shown []string
	for _, u := range m.l.uses {
		if u.value.tag != t {
			continue
		}
		name := u.value.name
		if u.text != "" {
			name = u.text
		}
		if s := m.between(u.entry.qualifiers, phraseOf(name, u.entry.markings, m.at, m.lang)); s != "" {
			shown = append(shown, s)
		}
	}
	if len(shown) == 0 {
		return ""
	}
	sep, ok := qualifierText(t.qualifiers, "separator", m.at, m.lang)
	if !ok {
		sep = "/"
	}
	return m.between(t.qualifiers, strings.Join(shown, sep))
}

// gluePrefix puts a prefix in front of a text, with a blank between when neither side has white space there and the prefix
// ends in a letter or digit: published policies write "Releasable To" without the blank, and mean none after "J:".
func gluePrefix(prefix, text string) string {
	last, _ := utf8.DecodeLastRuneInString(prefix)
	if text != "" && isWordRune(last) && strings.TrimLeftFunc(text, unicode.IsSpace) == text {
		return prefix + " " + text
	}
	return prefix + text
}

// glueSuffix is gluePrefix for the other end: "Only " without a blank in front.
func glueSuffix(text, suffix string) string {
	first, _ := utf8.DecodeRuneInString(suffix)
	if text != "" && isWordRune(first) && strings.TrimRightFunc(text, unicode.IsSpace) == text {
		return text + " " + suffix
	}
	return text + suffix
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Phrase is what a value is called in markings of that language, "" when the policy shows none: the word for pickers.
func (v *Value) Phrase(lang string) string {
	return phraseOf(v.name, v.entries[0].markings, "pageBottom", lang)
}

// Phrase is what a classification is called in markings of that language.
func (c *Class) Phrase(lang string) string {
	return phraseOf(c.name, c.markings, "pageBottom", lang)
}

// typeOf tells the 4774 category type of a tag from its SPIF attributes.
//
// std: ADatP-4774.1/A1 Table 10
func typeOf(tagType, enumType string) (label.Type, bool) {
	switch {
	case tagType == "restrictive", tagType == "enumerated" && enumType == "restrictive":
		return label.Restrictive, true
	case tagType == "permissive", tagType == "enumerated" && enumType == "permissive":
		return label.Permissive, true
	case tagType == "tagType7", tagType == "notApplicable":
		return label.Informative, true
	}
	return 0, false
}
