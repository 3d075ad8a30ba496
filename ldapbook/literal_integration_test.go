//go:build integration && !race

package ldapbook_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// texts are what a search is made of at random: syntax, words that are there, and pieces of them.
var texts = []string{"*", "(", ")", "\\", "&", "|", "!", "=", ">=", "~=", ":", ";", ",", "+", "\"", "#", "\x00", "\x01", " ", "  ", "\t",
	"\n", `\00`, `\2a`, `\5c`, "*)(uid=*", "))(|(cn=*", "objectClass", "uid", "cn", "mail", "anna", "ann", "A", "Hansen", "han", "bo",
	"@", "anna@nor", ".example", "duty", "officer", "6", "g6", "plans", "Ødegård", "øde", "Åse", "ops", "\xff", "\xc3", "é", "日本", "\u200b",
	"major", "brigade", "signals", "list", "-", "_", "'", "/", "%2a", "${x}", "people"}

// randomText joins pieces and letters of all kinds. Left out are marks alone, and compatibility forms (ℳ): which letters those
// are equal to is the server's to say, not ours.
func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(6) {
		switch r.IntN(4) {
		case 0:
			if c := rune(r.IntN(0x3000)); !unicode.IsMark(c) && norm.NFKC.String(string(c)) == norm.NFC.String(string(c)) {
				b.WriteRune(c)
			}
		default:
			b.WriteString(texts[r.IntN(len(texts))])
		}
	}
	if b.Len() == 0 {
		return "*"
	}
	return b.String()
}

var word = regexp.MustCompile(`[\p{L}\p{N}\p{M}]+`)

// folded is how a directory compares (caseIgnoreMatch): compatibility forms resolved, without case, one space for many.
func folded(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(s))), " ")
}

// matches says, by reading the entry itself, whether it is one that the text asks for: for each term, an address that begins
// with it, or, for each of its words, an attribute that begins with the word, or a name with such a word in it.
func matches(e ldaptest.Entry, text string) bool {
	terms := strings.FieldsFunc(norm.NFC.String(text), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	asked := false
	for _, term := range terms[:min(len(terms), 16)] {
		words := word.FindAllString(term, -1)
		if len(words) == 0 {
			continue
		}
		asked = true
		address := slices.ContainsFunc(append(e.Values("mail"), e.Values("jid")...), func(a string) bool {
			return strings.HasPrefix(folded(a), folded(term)) && len(folded(term)) > 0
		})
		if !address && slices.ContainsFunc(words, func(w string) bool { return !hasWord(e, folded(w)) }) {
			return false
		}
	}
	return asked
}

func hasWord(e ldaptest.Entry, w string) bool {
	for _, attr := range []string{"displayName", "cn", "sn", "givenName", "personalTitle", "rank", "title", "ou", "mail", "jid"} {
		for _, v := range e.Values(attr) {
			if strings.HasPrefix(folded(v), w) || (attr == "cn" || attr == "displayName") && strings.Contains(folded(v), " "+w) {
				return true
			}
		}
	}
	return false
}

// TestIntegrationTypedTextIsLiteral: a real server finds for 10,000 random texts, and those that are made to break a filter,
// the very people whom reading the entries one by one finds. Were one character taken as syntax, it would be others.
func TestIntegrationTypedTextIsLiteral(t *testing.T) {
	people := append(federation(), cleared("ase", "Åse", "Ødegård", "title", "(Acting) *Star* \\ Officer"),
		cleared("odd", "Bo-Anna", "O'Hansen", "ou", "*)(uid=*"), cleared("x", "cn", "uid"))
	w := startSlapd(t, startOptions{entries: people})
	c := dial(t, w.ldaps)
	random := rand.New(rand.NewPCG(4, 1)) // the same texts in every run
	all := append([]string{`*)(uid=*`, `\00`, `*`, `**`, `(`, `)(`, `anna*`, `a*a`, `*)(&`, `)(objectClass=*`, "anna\x00", `anna\00`}, hostileTexts...)
	for range 10_000 {
		all = append(all, randomText(random))
	}
	hits, wrong := 0, 0
	for _, text := range all {
		found, incomplete, err := c.Search(t.Context(), ldapbook.Query{Text: text, Limit: 100})
		if err != nil || incomplete {
			t.Fatalf("%q: %v, %v", text, incomplete, err)
		}
		var got, want []string
		for _, e := range found {
			got = append(got, ldapbook.FoldDN(e.DN))
		}
		for _, e := range people {
			if matches(e, text) {
				want = append(want, ldapbook.FoldDN(e.DN))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		hits += len(want)
		if !slices.Equal(got, want) {
			if wrong++; wrong <= 20 {
				t.Errorf("%q: found %q, want %q", text, got, want)
			}
		}
	}
	if hits < 500 || wrong > 0 {
		t.Errorf("%d texts, %d people found in all, %d texts with others than they should", len(all), hits, wrong)
	}
	t.Logf("%d texts, %d people found in all", len(all), hits)
}
