package xmppsend

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitFull takes a full address apart as the server wrote it. A nick is compared as the room spells it, not as we would: rooms take
// nicks that our rules (RFC 8265) refuse, and who has one is in the room all the same. One that is longer than any may be is named by its
// beginning and its hash.
func splitFull(address string) (bare, resource string) {
	bare, resource, _ = strings.Cut(address, "/")
	if len(resource) > maxNick {
		sum := sha256.Sum256([]byte(resource))
		end := 64
		for !utf8.RuneStart(resource[end]) {
			end--
		}
		resource = resource[:end] + "…" + hex.EncodeToString(sum[:])
	}
	return bare, resource
}

// readable is a nick as it is told: what is not seen, or turns the direction of what follows, is written as its code point. Two nicks
// never read the same by that.
func readable(nick string) string {
	var b strings.Builder
	for _, r := range nick {
		if unicode.IsPrint(r) && r != '‹' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "‹U+%04X›", r)
		}
	}
	return b.String()
}
