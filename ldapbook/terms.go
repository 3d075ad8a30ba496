package ldapbook

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Terms of the index. The first byte says what one stands for.
const (
	termBegins     = 'p' // a word that begins so
	termWord       = '=' // a whole word of the name
	termAddressees = 'a' // every addressee
	termKind       = 'k'
	termDirectory  = 'd'
	termChannel    = 'h'
	termClass      = 'c'
	termNode       = 'n'
	termNamed      = 'o' // an organisation, folded
	termOfUnits    = 'u' // put before the words of entries that are no addressees
)

// beginnings are the lengths, in characters, of the beginnings of words for which the index has lists of their own. For what
// is typed between or beyond, the next shorter one is asked, and what was found is looked at.
var beginnings = []int{1, 2, 3, 4, 5, 6, 8}

// Numbers and user names are many and different: of them the index holds shorter beginnings, so that it has not a list for each.
const (
	mostDigits     = 5 // of a word of digits
	mostWithDigits = 6 // of a word with one
)

// indexes tells whether there is a list for a beginning of n characters. It depends on the beginning alone, so that what is
// asked for is what was indexed.
func indexes(beginning string, n int) bool {
	if n <= mostDigits {
		return true
	}
	digits := 0
	for _, r := range beginning {
		if unicode.IsNumber(r) {
			digits++
		}
	}
	return digits == 0 || digits < n && n <= mostWithDigits
}

// maxWord: longer words are no names; of them only beginnings are indexed.
const maxWord = 32

func numberedTerm(what byte, n int64) string {
	return string(strconv.AppendInt([]byte{what}, n, 10))
}

func channelTerm(c Channel) string { return string(termChannel) + string(c) }

func kindTerm(k Kind) string { return numberedTerm(termKind, int64(kindNumbers[k])) }

// namedTerm stands for an organisation; a text too long for an index by its hash.
func namedTerm(name string) string {
	folded := foldText(name)
	if len(folded) > 100 {
		sum := sha256.Sum256([]byte(folded))
		folded = string(sum[:])
	}
	return string(termNamed) + folded
}

// beginTerm is the term to ask for words that begin with w, and whether its list holds others too.
func beginTerm(w string, space string) (term string, more bool) {
	n := utf8.RuneCountInString(w)
	length := 0
	for _, l := range beginnings {
		if l <= n && indexes(firstRunes(w, l), l) {
			length = l
		}
	}
	return space + string(termBegins) + firstRunes(w, length), n > length
}

func firstRunes(w string, n int) string {
	for i := range w {
		if n == 0 {
			return w[:i]
		}
		n--
	}
	return w
}

// spaceOf keeps the words of entries that are no addressees apart.
func spaceOf(k Kind) string {
	if k.addressee() {
		return ""
	}
	return string(termOfUnits)
}

// wordTerms visits the terms of one word: what each stands for, and its text.
func wordTerms(word string, name bool, visit func(what byte, text string)) {
	if !utf8.ValidString(word) {
		return
	}
	n := utf8.RuneCountInString(word)
	for _, l := range beginnings {
		if l > n {
			break
		}
		if begin := firstRunes(word, l); indexes(begin, l) {
			visit(termBegins, begin)
		}
	}
	if name && n <= maxWord {
		visit(termWord, word)
	}
}

// entryTerms are the distinct terms of an entry, sorted.
func entryTerms(e *Entry, dir, class, node int64) []string {
	space := spaceOf(e.Kind)
	var all []string
	visit := func(term string) { all = append(all, term) }
	words, names := entryWords(e)
	for i, w := range words {
		wordTerms(w, i < names, func(what byte, text string) { visit(space + string(what) + text) })
	}
	markTerms(e, dir, class, node, visit)
	slices.Sort(all)
	return slices.Compact(all)
}

// markTerms visits the terms that stand for what an entry is, rather than for its words.
func markTerms(e *Entry, dir, class, node int64, visit func(term string)) {
	visit(kindTerm(e.Kind))
	visit(numberedTerm(termClass, class))
	visit(numberedTerm(termNode, node))
	if e.Organisation != "" {
		visit(namedTerm(e.Organisation))
	}
	visit(numberedTerm(termDirectory, dir))
	if e.Kind.addressee() {
		visit(string(termAddressees))
	}
	if len(e.Mail) > 0 {
		visit(channelTerm(ChannelMail))
	}
	if len(e.JID) > 0 {
		visit(channelTerm(ChannelChat))
	}
}

// entryWords are the distinct words under which the index has an entry, at most maxIndexWords; the first so many are those of its
// name.
func entryWords(e *Entry) (words []string, names int) {
	set := wordSet{limit: maxIndexWords}
	eachText(e, func(text string, name bool) {
		set.addText(text, name)
		if name {
			names = len(set.words)
		}
	})
	return set.words, names
}

// eachText visits the texts of an entry whose words find it; those of its name first. Its nation's is not among them: that is the
// directory's, which may change without the entry (see queryWord.begins).
func eachText(e *Entry, visit func(text string, name bool)) {
	visit(e.Surname, true)
	visit(e.GivenName, true)
	if e.Name != e.GivenName+" "+e.Surname {
		visit(e.Name, true)
	}
	for _, text := range []string{e.Rank, e.Title, e.Unit, e.Organisation} {
		visit(text, false)
	}
	for _, list := range [][]string{e.Mail, e.JID} {
		for _, text := range list {
			visit(text, false)
		}
	}
}
