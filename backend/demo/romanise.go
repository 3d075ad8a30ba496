package demo

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain writes a name in ASCII: marks go, and what no mark explains is replaced by special or by the usual letters.
func plain(s string, special map[rune]string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		if t, ok := special[r]; ok {
			b.WriteString(t)
			continue
		}
		if t, ok := letters[r]; ok {
			b.WriteString(t)
			continue
		}
		for _, d := range norm.NFD.String(string(r)) {
			if d < unicode.MaxASCII {
				b.WriteRune(d)
			}
		}
	}
	return b.String()
}

// letters are those that no decomposition turns into ASCII.
var letters = map[rune]string{'ß': "ss", 'Đ': "D", 'đ': "d", 'ı': "i", 'ł': "l", 'Ł': "L", 'ø': "o", 'Ø': "O", 'æ': "ae", '’': "'"}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}

// romanise writes Ukrainian names as passports do (resolution 55 of 2010): a few letters differ at the beginning of a word,
// the soft sign and the apostrophe go.
func romanise(s string) string {
	s = strings.NewReplacer("зг", "zgh", "Зг", "Zgh").Replace(s)
	var b strings.Builder
	start := true
	for _, r := range s {
		low := unicode.ToLower(r)
		t, ok := initialLetters[low]
		if !ok || !start {
			t, ok = ukrainianLetters[low]
		}
		switch {
		case !ok && r < unicode.MaxASCII:
			b.WriteRune(r)
		case ok && r != low && t != "":
			b.WriteString(strings.ToUpper(t[:1]) + t[1:])
		case ok:
			b.WriteString(t)
		}
		if r != '’' {
			start = !unicode.IsLetter(r)
		}
	}
	return b.String()
}

var initialLetters = map[rune]string{'є': "ye", 'ї': "yi", 'й': "y", 'ю': "yu", 'я': "ya"}

var ukrainianLetters = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "h", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "y", 'і': "i",
	'ї': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u",
	'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ь': "", 'ю': "iu", 'я': "ia", '’': "",
}

// localPart makes a name fit for the left side of an address.
func localPart(latin string) string {
	b := make([]byte, 0, len(latin))
	for i := 0; i < len(latin); i++ {
		switch c := latin[i]; {
		case 'A' <= c && c <= 'Z':
			b = append(b, c+'a'-'A')
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.':
			b = append(b, c)
		case c == ' ':
			b = append(b, '.')
		}
	}
	return string(b)
}
