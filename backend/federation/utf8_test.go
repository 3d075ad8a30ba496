package federation_test

import (
	"fmt"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/ldapbook"
)

// TestRule11DomainInLetters: a directory, a route and its ceiling hold for a domain whichever way the installation, the directory or the draft
// writes it.
func TestRule11DomainInLetters(t *testing.T) {
	const letters, ascii = "m\u00fcller.example", "xn--mller-kva.example"
	low := strings.Replace(fmt.Sprintf(everything, `"AUS"`), `"SECRET"`, `"RESTRICTED"`, 1)
	for _, configured := range []string{letters, ascii, "MU\u0308LLER.Example"} {
		route := fmt.Sprintf("[[route]]\ndomain = %q\nchannel = \"mail\"\nnation = \"AUS\"\n[[route.link]]\nname = \"thin\"\nclearance = { %s }\n", configured, low)
		w := start(t, setup{also: configured, more: route})
		w.add("AUS", person("AUS", "one", secret, attr("mail", "j\u00fcrgen@"+letters)), person("AUS", "two", secret, attr("mail", "ops@"+ascii)),
			person("AUS", "three", restricted, attr("mail", "low@"+strings.ToUpper(letters))))
		w.add("GBR", person("GBR", "invented", secret, attr("mail", "invented@"+ascii)))
		w.sync()
		for _, domain := range []string{letters, ascii, "mu\u0308ller.example", "M\u00dcLLER.example", strings.ToUpper(ascii)} {
			for _, sending := range []bool{false, true} {
				for local, verdict := range map[string]string{"j\u00fcrgen": "cleared", "ops": "cleared", "low": "not-cleared classification", "invented": "unknown unlisted"} {
					r := w.check(sending, secret, local+"@"+domain)
					want(t, configured+", "+local+"@"+domain, r.Recipients[0].Verdict, verdict)
					want(t, configured+", link to "+domain, r.Recipients[0].Link, "not-cleared classification")
				}
			}
		}
	}
}

// TestAddressThatLooksLikeAnother: whoever writes to one is told why nothing is sent to it.
func TestAddressThatLooksLikeAnother(t *testing.T) {
	w := start(t, setup{})
	w.add("AUS", person("AUS", "paul", secret, attr("mail", mail("paul", "AUS"))))
	w.sync()
	for address, why := range map[string]string{"p\u0430ul@aus.example": "several scripts", "paul@\u0430us.example": "several scripts", "paul\u200b@aus.example": "U+200B", "paul@aus\u3002example": "cannot be written in ASCII"} {
		v := w.check(false, secret, address).Recipients[0].Verdict
		want(t, address, v, "unknown malformed-address")
		if len(v.Reasons) != 1 || !strings.Contains(v.Reasons[0].Text, why) {
			t.Errorf("%q: %+v", address, v.Reasons)
		}
	}
}

// TestOneKeyOfBookAndDraft: the book and the draft compare addresses by the same key, so that nobody is missed, and nobody found who is not meant.
func TestOneKeyOfBookAndDraft(t *testing.T) {
	for _, a := range []string{"A@M\u00dcLLER.example", "ju\u0308rgen@mu\u0308ller.example", "\u5c71\u7530@xn--mller-kva.example", "\u041e\u041b\u0415\u041a\u0421\u0406\u0419@gbr.example", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03a3@gbr.example",
		"k\u0131l\u0131\u00e7@gbr.example", "GRO\u1e9e@STRA\u1e9eE.example", "\u05d3\u05d5\u05d3@\u05d0\u05d1.example", "\u01c5@gbr.example", "room@m\u00fcller.example/\u00dcber"} {
		if d, b := draft.FoldAddress(a), ldapbook.FoldAddress(a); d != b || ldapbook.FoldAddress(d) != d {
			t.Errorf("%q: draft %q, book %q", a, d, b)
		}
	}
}

// FuzzOneKeyOfBookAndDraft: what may be sent to has one key.
func FuzzOneKeyOfBookAndDraft(f *testing.F) {
	f.Add("J\u00fcrgen@M\u00dcLLER.example")
	f.Add("\u0130@x.example")
	f.Fuzz(func(t *testing.T, a string) {
		for _, channel := range []draft.Channel{draft.Mail, draft.Chat} {
			if d, b := draft.FoldAddress(a), ldapbook.FoldAddress(a); draft.IsAddress(channel, a) && draft.CheckLetters(d) == nil && d != b {
				t.Fatalf("%q: draft %q, book %q", a, d, b)
			}
		}
	})
}
