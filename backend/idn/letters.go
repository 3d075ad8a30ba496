package idn

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/bidirule"
	"golang.org/x/text/unicode/norm"
)

// ErrLetters: a text holds what must not stand in an address, because people could take it for something else.
var ErrLetters = errors.New("letters that are easily taken for others")

// CheckLetters refuses in a local part, or a label of a domain, what could be taken for another: what is not UTF-8, not composed (NFC) or a
// form of another character (NFKC); what is not seen, signs that turn the order of letters among them; anything beyond ASCII but letters,
// their marks and digits; letters of two scripts, or digits of two kinds, that people do not write together; phonetic letters; and a text in
// Cyrillic or Greek of nothing but letters that look like Latin ones. Which ASCII characters may stand there is for the caller to check. Text in
// ASCII passes. The error wraps ErrLetters and says what is wrong.
//
// std: RFC6532 §3.1, RFC8264 §4.2, UTS39 §5
func CheckLetters(s string) error {
	switch {
	case IsASCII(s):
		return nil
	case !utf8.ValidString(s):
		return fmt.Errorf("%w: %q is not UTF-8", ErrLetters, s)
	case !norm.NFC.IsNormalString(s):
		return fmt.Errorf("%w: %q is not in composed form (NFC)", ErrLetters, s)
	case !norm.NFKC.IsNormalString(s):
		return fmt.Errorf("%w: %q holds a form of another character, such as a wide letter", ErrLetters, s)
	}
	for _, r := range s {
		if r >= utf8.RuneSelf && !isLetter(r) {
			return fmt.Errorf("%w: %q holds %U", ErrLetters, s, r)
		}
	}
	if first, _ := utf8.DecodeRuneInString(s); unicode.IsMark(first) {
		return fmt.Errorf("%w: %q begins with a mark", ErrLetters, s)
	}
	of := scripts(s)
	switch {
	case !goTogether(of):
		return fmt.Errorf("%w: %q mixes letters of several scripts", ErrLetters, s)
	case kindsOfDigits(s) > 1:
		return fmt.Errorf("%w: %q mixes several kinds of digits", ErrLetters, s)
	case looksLatin(s, of):
		return fmt.Errorf("%w: every letter of %q looks like a Latin one", ErrLetters, s)
	case !bidirule.ValidString(s):
		return fmt.Errorf("%w: %q would be shown in another order (RFC 5893)", ErrLetters, s)
	}
	return nil
}

// isLetter: a letter, mark or digit beyond ASCII that is seen, and belongs to some script's ordinary writing.
func isLetter(r rune) bool {
	switch {
	case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return false
	case r == '\u30fc': // the long vowel of Katakana, which counts as common to all scripts
		return true
	case unicode.In(r, unicode.Mn, unicode.Mc): // those of no script can be put on any letter
		return !unicode.In(r, unicode.Inherited, unicode.Common)
	case unicode.Is(unicode.Nd, r):
		return true
	case !unicode.In(r, unicode.Ll, unicode.Lu, unicode.Lo, unicode.Lm), unicode.In(r, unicode.Common, unicode.Inherited):
		return false
	case unicode.Is(unicode.Latin, r):
		return isNational(r)
	}
	return true
}

// isNational: a Latin letter of some nation's alphabet, not one of phonetics, which are mostly other letters turned round or made small.
func isNational(r rune) bool {
	switch {
	case r >= 0x01c0 && r <= 0x01c3, r == '\u0130': // clicks, which look like bars and "!"; and what is i with a dot too many in lower case
		return false
	case r >= 0x00c0 && r <= 0x024f, r >= 0x1e00 && r <= 0x1eff, r == '\u0259': // the last: of Azerbaijan
		return unicode.IsLetter(r)
	}
	return false
}

// scripts names those of the letters, each once.
func scripts(s string) map[string]bool {
	out := map[string]bool{}
	for _, r := range s {
		switch {
		case r == '\u30fc':
			out["Katakana"] = true
		case r < utf8.RuneSelf && !unicode.IsLetter(r), unicode.In(r, unicode.Common, unicode.Inherited):
		default:
			out[scriptOf(r)] = true
		}
	}
	return out
}

func scriptOf(r rune) string {
	if unicode.Is(unicode.Latin, r) {
		return "Latin"
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return "" // a letter of no script is with no other
}

// together are the scripts that are written with one another. Latin is written among those of East Asia, and no other: its letters have twins in
// most of the rest.
//
// std: UTS39 §5.2
var together = [][]string{{"Latin", "Han", "Hiragana", "Katakana"}, {"Latin", "Han", "Bopomofo"}, {"Latin", "Han", "Hangul"}}

func goTogether(of map[string]bool) bool {
	if len(of) <= 1 {
		return true
	}
	for _, set := range together {
		n := 0
		for _, script := range set {
			if of[script] {
				n++
			}
		}
		if n == len(of) {
			return true
		}
	}
	return false
}

// kindsOfDigits counts by their zeros.
func kindsOfDigits(s string) int {
	zeros := map[rune]bool{}
	for _, r := range s {
		if !unicode.Is(unicode.Nd, r) {
			continue
		}
		first := r
		for unicode.Is(unicode.Nd, first-1) {
			first--
		}
		zeros[r-(r-first)%10] = true // digits come in tens, some of them side by side
	}
	return len(zeros)
}

// likeLatin are the letters of Cyrillic and Greek, small and capital, that look like Latin ones.
const likeLatin = "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u051d\u0445\u0443\u044a\u044c\u04bd\u043f\u0433\u0475\u0461" +
	"\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u04ba\u051a\u051c\u042c\u041f\u0413" + // capitals
	"\u03b1\u03b3\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9\u03f2\u03f3" +
	"\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03f9\u03ff"

// looksLatin reports a text in Cyrillic or Greek alone whose letters can all be taken for Latin ones.
//
// std: UTS39 §4
func looksLatin(s string, of map[string]bool) bool {
	if len(of) != 1 || !of["Cyrillic"] && !of["Greek"] {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) && !strings.ContainsRune(likeLatin, r) })
}
