package message

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Longest lines, without CRLF: what a field is folded to, and what no line may exceed.
//
// std: RFC5322 §2.1.1
const (
	foldAt  = 78
	maxLine = 998
)

// field writes one header field, folded between its words, with CRLF at its end. A word is never broken.
//
// std: RFC5322 §2.2.3
func field(name string, words ...string) ([]byte, error) {
	var b strings.Builder
	b.WriteString(name + ":")
	width := b.Len()
	for _, w := range words {
		if strings.ContainsAny(w, "\r\n\x00") {
			// Every value was checked where it came in; this is the last gate before the wire.
			return nil, fmt.Errorf("%w: %s holds a control character", ErrInvalid, name)
		}
		if width+1+len(w) > foldAt {
			b.WriteString("\r\n")
			width = 0
		}
		b.WriteString(" " + w)
		width += 1 + len(w)
		if width > maxLine {
			return nil, fmt.Errorf("%w: %s has a line of more than %d characters", ErrInvalid, name, maxLine)
		}
	}
	b.WriteString("\r\n")
	return []byte(b.String()), nil
}

// checkText refuses what no header value may hold: control characters, line separators, and bytes that are not UTF-8. A tab
// is allowed.
func checkText(name, value string) error {
	if !utf8.ValidString(value) {
		return fmt.Errorf("%w: %s is not UTF-8", ErrInvalid, name)
	}
	for _, r := range value {
		if isControl(r) {
			return fmt.Errorf("%w: %s holds a control character (%#x), which a header field must not", ErrInvalid, name, r)
		}
	}
	return nil
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029
}

// unstructured writes free text as words: as it is where that is safe, else as encoded words.
func unstructured(value string) []string {
	if value == "" {
		return nil
	}
	if isPlain(value) && value == strings.Join(strings.Fields(value), " ") && longestWord(value) <= foldAt-2 {
		return strings.Split(value, " ")
	}
	return encodedWords(value)
}

// isPlain reports ASCII text without tab that no reader takes for an encoded word.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return !strings.Contains(s, "=?")
}

func longestWord(s string) int {
	longest := 0
	for _, w := range strings.Split(s, " ") {
		longest = max(longest, len(w))
	}
	return longest
}

// encodedWords writes UTF-8 text as base64 words of at most 75 characters, none of which splits a character.
//
// std: RFC2047 §2
func encodedWords(s string) []string {
	const room = 39 // bytes of text in a word, so that "Subject:" and the first still share a line
	var words []string
	for s != "" {
		n := cutAt(s, room)
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return words
}

// cutAt gives the length of the longest start of s that is at most n bytes and splits no character (at least one).
func cutAt(s string, n int) int {
	if len(s) <= n {
		return len(s)
	}
	for n > 1 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// quote writes a quoted-string.
//
// std: RFC5322 §3.2.4
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
