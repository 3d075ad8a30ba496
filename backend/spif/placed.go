package spif

import (
	"slices"
	"strings"

	"caveat/backend/label"
)

// DefaultHeader is the header field for a marking where the policy wants one and does not name it.
const DefaultHeader = "X-Confidentiality-Marking"

// Placed is the marking of one label at the places of a mail message that the policy's marking codes name. What is empty does not
// stand there; the zero Placed is that of a policy without such codes.
//
// std: Open XML SPIF 2.1
type Placed struct {
	FirstLine  string `json:"firstLineOfText,omitempty"`
	LastLine   string `json:"lastLineOfText,omitempty"`
	Subject    string `json:"subject,omitempty"`
	Header     string `json:"xHeader,omitempty"`
	HeaderName string `json:"xHeaderName,omitempty"` // with Header only; as the policy has it: nobody checked that it is one
}

// Placed gives the markings of a label for a mail message in one language ("en" unless lang says otherwise). A place gets one
// when the policy, the label's class, one of its values or its privacy mark has marking data with that code; a header field also when
// the policy names it, in its prefix for xHeader: that prefix is the field's name and no text.
//
// std: Open XML SPIF 2.1
func (p *Policy) Placed(l Label, lang string) Placed {
	if lang == "" {
		lang = "en"
	}
	l = p.known(l)
	at := func(place Placement) string {
		if !p.isPlaced(l, place) {
			return ""
		}
		return p.Mark(l, lang, place)
	}
	out := Placed{FirstLine: at("firstLineOfText"), LastLine: at("lastLineOfText"), Subject: at("subject"), Header: at("xHeader")}
	name, named := p.headerName(lang)
	if named {
		text := p.Mark(l, lang, "xHeader")
		out.Header = strings.TrimSpace(strings.TrimPrefix(text, strings.TrimSpace(name)))
	}
	if out.Header != "" {
		out.HeaderName = DefaultHeader
		if named {
			out.HeaderName = strings.TrimRight(strings.TrimSpace(name), ": \t")
		}
	}
	return out
}

// maxHeaderName is the longest name of a header field for markings.
const maxHeaderName = 64

// IsHeaderName reports that a marking may stand in a header field of that name: X- and at most 62 letters, digits and hyphens. No
// standard gives such a field a meaning, so that a marking cannot become a field of the message's own.
func IsHeaderName(name string) bool {
	if len(name) < 3 || len(name) > maxHeaderName || !strings.EqualFold(name[:2], "X-") {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// isPlaced reports that something that the label shows has marking data for exactly that place.
func (p *Policy) isPlaced(l Label, at Placement) bool {
	lists := [][]marking{p.markings, p.nameMarkings, p.classesMarkings}
	if l.class != nil {
		lists = append(lists, l.class.markings)
	}
	for _, u := range l.uses {
		lists = append(lists, u.entry.markings)
	}
	for _, k := range p.privacy.marks {
		if l.mark != "" && label.Fold(k.name) == label.Fold(l.mark) {
			lists = append(lists, k.markings)
		}
	}
	for _, list := range lists {
		if slices.ContainsFunc(list, func(m marking) bool { return m.code(string(at)) }) {
			return true
		}
	}
	return false
}

// headerName is the policy's prefix that is declared for xHeader.
func (p *Policy) headerName(lang string) (string, bool) {
	for _, l := range languages(lang) {
		for _, q := range p.qualifiers {
			if q.kind == "prefix" && q.code == "xHeader" && q.lang == l {
				return q.text, true
			}
		}
	}
	return "", false
}

// MarkingLanguages lists the languages that the marking data of a policy are in, in lower case, each once; "en" is always first.
func (p *Policy) MarkingLanguages() []string {
	out := []string{"en"}
	add := func(list []marking) {
		for _, m := range list {
			if m.lang != "" && len(out) < maxLanguages && !slices.Contains(out, m.lang) {
				out = append(out, m.lang)
			}
		}
	}
	add(p.markings)
	add(p.nameMarkings)
	add(p.classesMarkings)
	for _, c := range p.classes {
		add(c.markings)
	}
	for _, t := range p.tags {
		for _, v := range t.values {
			for _, e := range v.entries {
				add(e.markings)
			}
		}
	}
	return out
}

// IsMarkedAs reports that a marking that came with a label says what the policy's own marking of that label says, at any place of
// a page or message and in any of the policy's languages. Words count; their order, case, number and what stands between them do
// not, because programs write values in another order, or leave out one that is said already. It decides nothing about access.
//
// std: ADatP-4774.1/A1 §3.5, §3.11.3
func (p *Policy) IsMarkedAs(l Label, text string) bool {
	want := markingWords(text)
	if len(want) == 0 {
		return false
	}
	for _, lang := range p.MarkingLanguages() {
		for _, at := range placements {
			if at != "inputTitle" && at != "waterMark" && slices.Equal(markingWords(p.Mark(l, lang, Placement(at))), want) {
				return true
			}
		}
	}
	return false
}

// markingWords are the words of a marking, each once, in one order.
func markingWords(s string) []string {
	words := strings.FieldsFunc(label.Fold(s), func(r rune) bool { return !isWordRune(r) })
	slices.Sort(words)
	return slices.Compact(words)
}
