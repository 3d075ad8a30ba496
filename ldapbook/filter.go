package ldapbook

import (
	"slices"
	"strings"
	"unicode"
)

// maxQueryText bounds what a text costs, in bytes; what is behind, and the words behind maxQueryWords, only make the answer
// longer.
const maxQueryText = 4096

// liveFilter is the filter for a query; "" when it can find nothing.
func liveFilter(m *Mapping, q Query) string {
	classes := m.askedFilter(q.Kind)
	if classes == "" {
		return ""
	}
	if q.Text == "" {
		return classes
	}
	q.Text = q.Text[:min(len(q.Text), maxQueryText)]
	if len(queryWords(q.Text)) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("(&" + classes)
	// Servers drop control characters, or all that follows one; here they separate, as everywhere.
	terms := strings.FieldsFunc(q.Text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	for _, term := range terms[:min(len(terms), maxQueryWords)] {
		b.WriteString(termFilter(m, term))
	}
	b.WriteString(")")
	return b.String()
}

// termFilter wants a term either as the beginning of an address, or as words that all begin a name.
func termFilter(m *Mapping, term string) string {
	words := splitWords(term)
	if len(words) == 0 {
		return ""
	}
	var all strings.Builder
	for _, w := range words[:min(len(words), maxQueryWords)] {
		all.WriteString(wordFilter(m, w))
	}
	if len(words) == 1 && words[0] == term {
		return all.String()
	}
	return "(|" + addressPrefix(m, term) + "(&" + all.String() + "))"
}

func addressPrefix(m *Mapping, term string) string {
	var b strings.Builder
	for _, a := range append(slices.Clone(m.Mail), m.JID...) {
		b.WriteString("(" + a + "=" + escapeFilter(addressValue(a, term)) + "*)")
	}
	return b.String()
}

// wordFilter wants the word at the beginning of one of the attributes, or of a later word of the name.
func wordFilter(m *Mapping, word string) string {
	w := escapeFilter(word)
	var b strings.Builder
	b.WriteString("(|")
	for _, list := range [][]string{m.Name, m.Surname, m.GivenName, m.Rank, m.Title, m.Unit, m.Mail, m.JID} {
		for _, a := range list {
			b.WriteString("(" + a + "=" + addressValue(a, w) + "*)")
		}
	}
	for _, a := range m.Name {
		b.WriteString("(" + a + "=* " + w + "*)")
	}
	b.WriteString(")")
	return b.String()
}

// addressFilter wants one of the addresses exactly.
func addressFilter(m *Mapping, addrs []string) string {
	var b strings.Builder
	b.WriteString("(|")
	for _, address := range addrs {
		for _, a := range append(slices.Clone(m.Mail), m.JID...) {
			b.WriteString("(" + a + "=" + escapeFilter(addressValue(a, address)) + ")")
		}
	}
	b.WriteString(")")
	return b.String()
}
