package installation

import (
	"fmt"
	"slices"
	"strings"

	"caveat/backend/spif"
)

// MarkingFile says where the marking stands in a mail message besides where the policy's marking codes place one, and whether a message
// names the labels that its draft had before. The zero value: as the policy says, and where everybody may know.
type MarkingFile struct {
	FirstLine  string `toml:"first_line,omitempty"` // policy, always, without-labels
	LastLine   string `toml:"last_line,omitempty"`
	Subject    string `toml:"subject,omitempty"`
	Header     string `toml:"header,omitempty"`
	HeaderName string `toml:"header_name,omitempty"` // of the field that header adds; "": spif.DefaultHeader
	History    string `toml:"history,omitempty"`     // cleared, never
}

// When a marking is added to a place, and when a message names former labels.
const (
	MarkingPolicy        = "policy"
	MarkingAlways        = "always"
	MarkingWithoutLabels = "without-labels"

	HistoryCleared = "cleared"
	HistoryNever   = "never"
)

// marking holds the section to sense, and the language to the policies.
func (b *builder) marking() {
	f := b.in.File.Marking
	for _, place := range []struct{ key, value string }{{"first_line", f.FirstLine}, {"last_line", f.LastLine}, {"subject", f.Subject}, {"header", f.Header}} {
		if !slices.Contains([]string{"", MarkingPolicy, MarkingAlways, MarkingWithoutLabels}, place.value) {
			b.fail("marking", "%s %q: policy, always or without-labels", place.key, place.value)
		}
	}
	switch {
	case f.HeaderName != "" && !spif.IsHeaderName(f.HeaderName):
		b.fail("marking", "header_name %q: X- and letters, digits and hyphens, 64 characters at most", f.HeaderName)
	case f.HeaderName != "" && (f.Header == "" || f.Header == MarkingPolicy):
		b.fail("marking", "header_name has no effect without header = \"always\" or \"without-labels\": where the policy places the field it names it too")
	case f.History != "" && f.History != HistoryCleared && f.History != HistoryNever:
		b.fail("marking", "history %q: cleared or never", f.History)
	}
	b.language()
}

// language refuses what is no language tag, and warns of one in which no policy has markings.
func (b *builder) language() {
	lang := b.in.File.System.Language
	switch {
	case lang == "":
	case !isLanguageTag(lang):
		b.fail("system", "language %q: a language tag, such as en, fr or fr-CA", lang)
	case b.in.Site != nil && !slices.ContainsFunc(b.in.Site.Policies(), func(p *spif.Policy) bool { return hasLanguage(p, lang) }):
		b.in.Warnings = append(b.in.Warnings, fmt.Sprintf("language %q: no policy has markings in it: they are in the language that the policy falls back to", lang))
	}
}

// isLanguageTag reports a language of two or three letters, and subtags of two to eight letters or digits.
func isLanguageTag(s string) bool {
	for i, part := range strings.Split(s, "-") {
		isLetters := !strings.ContainsFunc(part, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
		isWord := !strings.ContainsFunc(part, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
		if i == 0 && (len(part) < 2 || len(part) > 3 || !isLetters) || len(part) < 2 || len(part) > 8 || !isWord {
			return false
		}
	}
	return len(s) <= 35
}

// hasLanguage reports that a policy has markings in a language or one that it is a kind of (fr for fr-CA).
func hasLanguage(p *spif.Policy, lang string) bool {
	has := p.MarkingLanguages()
	for l := strings.ToLower(lang); l != ""; {
		if slices.Contains(has, l) {
			return true
		}
		l = l[:max(strings.LastIndexByte(l, '-'), 0)]
	}
	return false
}
