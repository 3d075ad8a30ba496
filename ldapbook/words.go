package ldapbook

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How many words of an entry the index has, and how many a query: an entry is found by the first 64 words of its names, rank,
// title, unit, organisation and addresses; by an address as a whole (ByAddress) it is always.
const (
	maxIndexWords = 64
	maxQueryWords = 16
)

// splitWords cuts text at every character that is neither letter nor digit. A mark (accent) belongs to its letter.
func splitWords(text string) []string { return strings.FieldsFunc(text, separatesWords) }

func separatesWords(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

// foldWord returns word in the form that is indexed and searched: compatibility forms resolved, marks removed, letters
// that don't decompose replaced by what people type for them, lower case. It keeps the script. What has neither letter
// nor digit folds to "".
func foldWord(word string) string {
	if isSimple(word) {
		return asciiLower(word)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(word) {
		foldRune(&b, r)
	}
	return b.String()
}

func foldRune(b *strings.Builder, r rune) {
	r = unicode.ToLower(r)
	if s, ok := foldTable[r]; ok {
		b.WriteString(s)
		return
	}
	if unicode.IsLetter(r) || unicode.IsNumber(r) {
		b.WriteRune(r)
	}
}

// queryWords returns the distinct folded words of what a user typed.
func queryWords(text string) []string {
	set := wordSet{limit: maxQueryWords}
	for _, w := range splitWords(text) {
		set.add(foldWord(w))
	}
	return set.words
}

// addText adds the words of a text: each folded, and, where they differ, transliterated to Latin letters and in the spelling
// with ae, oe, ue; of a name also in the form that spellings of one transliterated name have in common.
func (s *wordSet) addText(text string, name bool) {
	for _, w := range splitWords(text) {
		folded := foldWord(w)
		s.add(folded)
		if !isSimple(w) {
			l := latin(w)
			s.add(l)
			s.add(foldWord(umlauts.Replace(strings.ToLower(norm.NFC.String(w)))))
			if l != folded {
				s.add(commonSpelling(l))
				s.add(commonSpelling(latin(strings.ReplaceAll(strings.ToLower(w), "г", "ґ")))) // г is g in other alphabets
			}
		}
		if name {
			s.add(commonSpelling(folded))
		}
	}
}

// spellings are the forms of a query's word that are asked for: as typed, transliterated, and in the common form.
func spellings(word string) []string {
	set := wordSet{limit: 4}
	set.add(word)
	l := latin(word)
	set.add(l)
	if len(l) > 1 {
		set.add(commonSpelling(l))
	}
	return set.words
}

// commonSpelling is the form that romanisations of a name have in common: kh and h, ts and c, shch and sc, y and i, iu and yu
// differ from table to table. Only Latin letters change.
func commonSpelling(word string) string {
	if !strings.ContainsAny(word, "yk") && !strings.Contains(word, "ts") && !strings.Contains(word, "shch") && !strings.Contains(word, "ii") {
		return word
	}
	word = romanisations.Replace(word)
	for strings.Contains(word, "ii") {
		word = strings.ReplaceAll(word, "ii", "i")
	}
	return word
}

var romanisations = strings.NewReplacer("shch", "sc", "kh", "h", "ts", "c", "y", "i")

type wordSet struct {
	words []string
	limit int
}

func (s *wordSet) add(word string) {
	if word == "" || len(s.words) >= s.limit {
		return
	}
	for _, w := range s.words {
		if w == word {
			return
		}
	}
	s.words = append(s.words, word)
}

// Latin gives a word in Latin letters, in lower case and without marks, as the search has it: by it names in two scripts can be
// compared.
func Latin(word string) string { return latin(word) }

// latin transliterates Cyrillic (Ukrainian national table of 2010, with the other alphabets' letters added) and Greek
// letters, and folds the rest.
func latin(word string) string {
	if isSimple(word) {
		return asciiLower(word)
	}
	runes := []rune(strings.ToLower(norm.NFC.String(word)))
	var b strings.Builder
	for i, r := range runes {
		switch s, ok := latinTable[r]; {
		case i == 0 && latinInitial[r] != "":
			b.WriteString(latinInitial[r])
		case r == 'г' && i > 0 && runes[i-1] == 'з':
			b.WriteString("gh") // зг is zgh, so that it isn't read as ж
		case ok:
			b.WriteString(s)
		default:
			b.WriteString(latinLetter(r))
		}
	}
	return b.String()
}

// latinLetter folds one letter, and looks again for what is left of it without its marks (Greek ά).
func latinLetter(r rune) string {
	folded := foldWord(string(r))
	var b strings.Builder
	for _, f := range folded {
		if s, ok := latinTable[f]; ok {
			b.WriteString(s)
		} else {
			b.WriteRune(f)
		}
	}
	return b.String()
}
