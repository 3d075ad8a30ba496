package api_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"caveat/ldapbook/ldaptest"
)

// unfold reads a file of vCards back: logical lines, as RFC 6350 section 3.2 says.
func unfold(t *testing.T, data string) []string {
	t.Helper()
	if !strings.HasSuffix(data, "\r\n") || strings.Count(data, "\n") != strings.Count(data, "\r\n") {
		t.Errorf("lines end with CRLF: %q", data)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(data, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("%d octets, valid %v: %q", len(line), utf8.ValidString(line), line)
		}
	}
	return strings.Split(strings.ReplaceAll(strings.TrimSuffix(data, "\r\n"), "\r\n ", ""), "\r\n")
}

func TestVCards(t *testing.T) {
	people := people()
	long := strings.Repeat("Коваленко-", 12) + "Ґалаґан"
	people["UKR"] = append(people["UKR"], ldaptest.Entry{DN: "uid=k,o=ukr", Attrs: []ldaptest.Attr{
		attr("objectClass", "inetOrgPerson"), attr("cn", long), attr("sn", `Ko;va,l\enko`), attr("givenName", "Olena"), attr("title", "Chief; plans, ops"),
		attr("ou", "2 Brigade"), attr("o", "UKR"), attr("mail", "k@ukr.example", "second@ukr.example"), attr("jid", "k o@chat.ukr.example"), attr("telephoneNumber", "+380 1"),
	}})
	w := newWorldOf(t, people, func(f string) string { return f })
	id := w.idOf("Коваленко")
	status, text, header := w.ask("POST", "/api/book/vcard", map[string]any{"ids": []string{id, w.idOf("ann")}})
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/vcard") || !strings.Contains(header.Get("Content-Disposition"), ".vcf") {
		t.Fatalf("%d %v %s", status, header, text)
	}
	lines := unfold(t, text)
	for _, want := range []string{
		"BEGIN:VCARD", "VERSION:4.0", "KIND:individual", "FN:" + long, `N:Ko\;va\,l\\enko;Olena;;;`, `TITLE:Chief\; plans\, ops`, "ORG:UKR;2 Brigade",
		"EMAIL;PREF=1:k@ukr.example", "EMAIL;PREF=2:second@ukr.example", "IMPP;PREF=1:xmpp:k%20o@chat.ukr.example", "TEL;PREF=1:+380 1", "FN:Ann Able", "END:VCARD",
	} {
		found := false
		for _, l := range lines {
			found = found || l == want
		}
		if !found {
			t.Errorf("%q is not among %q", want, lines)
		}
	}
	if strings.Count(text, "BEGIN:VCARD\r\n") != 2 || strings.Count(text, "END:VCARD\r\n") != 2 || strings.Contains(text, "Classification") {
		t.Errorf("%s", text)
	}
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/book/vcard", map[string]any{"ids": []string{id, "GBR:nobody"}})
}
