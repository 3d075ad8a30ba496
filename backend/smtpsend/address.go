package smtpsend

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"caveat/backend/message"
)

// checkAddress refuses what could be taken for something else than an address. Letters beyond ASCII may stand where ASCII ones
// may; nothing that is invisible, blank or turns the direction may.
//
// std: RFC6531 §3.3
func checkAddress(a string) error {
	if isASCII(a) {
		return message.CheckAddress(a)
	}
	if !utf8.ValidString(a) || strings.ContainsFunc(a, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
	}) {
		return fmt.Errorf("address %q holds what cannot be seen", a)
	}
	letters := strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf {
			return 'x'
		}
		return r
	}, a)
	local, _, _ := strings.Cut(a, "@")
	if len(a) > 254 || len(local) > 64 {
		return fmt.Errorf("address %.80q is too long", a)
	}
	return message.CheckAddress(letters)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
