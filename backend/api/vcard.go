package api

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"caveat/ldapbook"
)

// VCards writes entries as vCards 4.0 one after the other; ErrNotFound of an id that the book does not have: nobody must miss
// without a word. What an entry holds is not in it (RULES 19).
//
// std: RFC6350 §3.3, §6
func (s *Service) VCards(ctx context.Context, ids []string) ([]byte, error) {
	refs := make([]ldapbook.Ref, len(ids))
	for i, id := range ids {
		refs[i], _ = parseID(id)
	}
	found, err := s.book.ByRefs(ctx, refs)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for i, id := range ids {
		e, ok := found[refs[i]]
		if !ok {
			return nil, fmt.Errorf("%w: nobody in the book has the id %q", ErrNotFound, id)
		}
		writeVCard(&b, e)
	}
	return b.Bytes(), nil
}

// vCardKinds are the kinds of RFC 6350 section 6.1.4, which has none for a role or a chat room.
var vCardKinds = map[ldapbook.Kind]string{
	ldapbook.KindPerson: "individual", ldapbook.KindRole: "individual", ldapbook.KindList: "group", ldapbook.KindRoom: "group", ldapbook.KindOrganisation: "org",
}

func writeVCard(b *bytes.Buffer, e ldapbook.Entry) {
	line := func(name, value string) { writeFolded(b, name+":"+value) }
	line("BEGIN", "VCARD")
	line("VERSION", "4.0")
	line("KIND", vCardKinds[e.Kind])
	line("UID", "urn:uuid:"+e.UUID)
	line("FN", escapeText(strings.TrimSpace(e.Name)))
	if e.Kind == ldapbook.KindPerson && (e.Surname != "" || e.GivenName != "") {
		line("N", strings.Join([]string{escapeText(e.Surname), escapeText(e.GivenName), "", escapeText(e.Rank), ""}, ";"))
	}
	if e.Title != "" {
		line("TITLE", escapeText(e.Title))
	}
	if e.Organisation != "" || e.Unit != "" {
		org := escapeText(e.Organisation)
		if e.Unit != "" && e.Unit != e.Organisation {
			org += ";" + escapeText(e.Unit)
		}
		line("ORG", org)
	}
	for i, a := range e.Mail {
		line("EMAIL"+preferred(i), escapeText(a))
	}
	for i, a := range e.JID {
		line("IMPP"+preferred(i), uri("xmpp:", a))
	}
	for i, a := range e.Phone {
		line("TEL"+preferred(i), escapeText(a))
	}
	if !e.ReadAt.IsZero() {
		line("REV", e.ReadAt.UTC().Format("20060102T150405Z"))
	}
	line("END", "VCARD")
}

// preferred marks the first of several (RFC 6350 section 5.3).
func preferred(i int) string { return fmt.Sprintf(";PREF=%d", min(i+1, 100)) }

// escapeText writes a text value: backslash, comma, semicolon and line ends are escaped, other control characters left out
// (RFC 6350 sections 3.3 and 3.4).
//
// std: RFC6350 §3.4
func escapeText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	s = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`).Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// uri writes an address as a URI: what may not stand in one is percent-encoded (RFC 3986 section 2.1).
func uri(scheme, address string) string {
	var b strings.Builder
	b.WriteString(scheme)
	for _, c := range []byte(address) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~@/!$&'()*+=:", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// foldAt is how many octets a line has without its end; what is longer goes on in the next line after a space.
const foldAt = 75

// writeFolded writes one line, folded where a character begins, so that each line is valid UTF-8 for itself.
//
// std: RFC6350 §3.2
func writeFolded(b *bytes.Buffer, line string) {
	for room := foldAt; len(line) > room; room = foldAt - 1 {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	b.WriteString(line + "\r\n")
}
