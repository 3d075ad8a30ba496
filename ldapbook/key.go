package ldapbook

import "strings"

// A row's number says where it stands in the book, so that "the first 20 in book order" needs no sorting: six letters of
// the surname and two of the given name at 5 bits each, then 23 bits that tell the rows of one place apart. Letters are
// the transliterated ones; whatever isn't a letter counts as before "a". Entries without a surname stand by their name.
const (
	keyLetters      = 6
	keyGivenLetters = 2
	sequenceBits    = 23
	upperHalf       = 1 << (sequenceBits - 1) // the first number of the upper half; see newPlace
)

// bookPlace returns the entry's place: the upper bits of its row number.
func (w *writing) bookPlace(e *Entry) int64 {
	surname, given := e.Surname, e.GivenName
	if surname == "" || e.Kind != KindPerson {
		surname, given = e.Name, ""
	}
	const left = 5 * (keyLetters - keyGivenLetters)
	return w.firstLetters(surname)<<(5*keyGivenLetters) | w.firstLetters(given)>>left
}

// firstLetters returns the first keyLetters of a name's sortText. Many people have the same.
func (w *writing) firstLetters(name string) int64 {
	all := w.book.interned.letters
	letters, known := all[name]
	if !known {
		letters = appendLetters(0, sortText(name), keyLetters)
		if len(all) < maxShareds {
			all[strings.Clone(name)] = letters
		}
	}
	return letters
}

// sortText is the text in the letters by which the book is sorted, words separated by single spaces.
func sortText(text string) string {
	out := ""
	for _, w := range splitWords(text) {
		if w = latin(w); w == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += w
	}
	return out
}

func appendLetters(key int64, text string, n int) int64 {
	for i := range n {
		c := int64(0)
		if i < len(text) && 'a' <= text[i] && text[i] <= 'z' {
			c = int64(text[i]-'a') + 1
		}
		key = key<<5 | c
	}
	return key
}

// surnameRange returns the row numbers of entries whose sorted name begins with word (its first six letters); ok is
// false when word isn't made of the letters that the order knows.
func surnameRange(word string) (low, high int64, ok bool) {
	n := min(len(word), keyLetters)
	if n == 0 {
		return 0, 0, false
	}
	for i := range n {
		if word[i] < 'a' || word[i] > 'z' {
			return 0, 0, false
		}
	}
	rest := uint((keyLetters-n+keyGivenLetters)*5 + sequenceBits)
	low = appendLetters(0, word, n) << rest
	return low, low | (1<<rest - 1), true
}
