package draft_test

import (
	"slices"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/idn"
)

const aLabel = "xn--mller-kva.example"

// TestOnePersonIsOneRecipient: however an address is spelled, it is the same one.
func TestOnePersonIsOneRecipient(t *testing.T) {
	spelled := []string{
		"j\u00fcrgen@m\u00fcller.example", "ju\u0308rgen@mu\u0308ller.example", "J\u00dcRGEN@M\u00dcLLER.EXAMPLE", " j\u00fcrgen@" + aLabel + " ", "j\u00fcrgen@XN--Mller-KVA.example",
	}
	d := draft.Draft{Channel: draft.Mail, Action: spelled, Info: slices.Clone(spelled)}
	if got := d.Recipients(); len(got) != 1 || got[0] != spelled[0] {
		t.Errorf("%q", got)
	}
	if got := d.Without([]string{spelled[3]}); len(got.Action)+len(got.Info) != 0 {
		t.Errorf("left: %q and %q", got.Action, got.Info)
	}
	for _, a := range spelled {
		if got := draft.FoldAddress(a); got != "j\u00fcrgen@"+aLabel {
			t.Errorf("%q is %q", a, got)
		}
		if got := draft.Domain(a); got != aLabel {
			t.Errorf("%q: domain %q", a, got)
		}
	}
}

// TestOthersStayOthers: what only looks the same is not the same.
func TestOthersStayOthers(t *testing.T) {
	for name, pair := range map[string][2]string{
		"Kelvin sign": {"\u212a@x.example", "k@x.example"}, "capital I with dot": {"\u0130@x.example", "i@x.example"}, "dotless i": {"\u0131@x.example", "i@x.example"},
		"Cyrillic": {"\u0430@x.example", "a@x.example"}, "sharp s": {"a@stra\u00dfe.example", "a@strasse.example"}, "wide letter": {"a@\uff58.example", "a@x.example"},
		"wide full stop": {"a@m\u00fcller\u3002example", "a@m\u00fcller.example"}, "invisible": {"a\u200b@x.example", "a@x.example"},
		"the letters of an A-label before the @": {"xn--mller-kva@x.example", "m\u00fcller@x.example"},
	} {
		if a, b := draft.FoldAddress(pair[0]), draft.FoldAddress(pair[1]); a == b {
			t.Errorf("%s: both are %q", name, a)
		}
	}
}

func TestFoldedParts(t *testing.T) {
	for address, want := range map[string]string{
		"room@m\u00fcller.example/\u00dcber@x": "room@" + aLabel + "/\u00fcber@x", "m\u00fcller.example": aLabel, "m\u00fcller.example/a": aLabel + "/a", "\u00dc/x@m\u00fcller.example": "\u00fc/x@" + aLabel,
		"\u00dc@\u00fc\u3002Example": "\u00fc@\u00fc\u3002example", "\u00dc": "xn--tda", "limit: \u00dc b": "limit: \u00fc b",
	} {
		if got := draft.FoldAddress(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestIsAddressBeyondASCII(t *testing.T) {
	for address, want := range map[string]bool{
		"j\u00fcrgen@m\u00fcller.example": true, "\u5c71\u7530@" + aLabel: true, "\u043e\u043b\u0435\u043a\u0441\u0456\u0439@gbr.example": true,
		"p\u0430ul@gbr.example": false, "paul@p\u0430ypal.example": false, "a\u202e@gbr.example": false, "a@gbr\u3002example": false, "\u212a@gbr.example": false, "a\u00a0b@gbr.example": false,
		"a@b\u200b.example": false, "a@\u2603.example": false, "a@xn--a.example": false,
	} {
		for _, channel := range []draft.Channel{draft.Mail, draft.Chat} {
			if got := draft.IsAddress(channel, address); got != want {
				t.Errorf("%s %q: %v", channel, address, got)
			}
		}
	}
}

// TestParseComposes: two spellings of one draft are one draft.
func TestParseComposes(t *testing.T) {
	one := parse(t, `{"channel":"mail","from":"\u00fc@x.example","action":["j\u00fc@x.example"],"info":["\u212a@x.example"],"body":"u\u0308"}`)
	two := parse(t, `{"channel":"mail","from":"u\u0308@x.example","action":["ju\u0308@x.example"],"info":["\u212a@x.example"],"body":"u\u0308"}`)
	if one.Digest() != two.Digest() || two.Action[0] != "j\u00fc@x.example" || two.Info[0] != "\u212a@x.example" || two.Body != "u\u0308" {
		t.Errorf("%+v\n%+v", one, two)
	}
}

// FuzzFoldAddress: folding ends, keeps an address beyond ASCII before the @ apart from every one in ASCII, and makes no second "@".
func FuzzFoldAddress(f *testing.F) {
	for _, s := range []string{"j\u00fcrgen@M\u00dcLLER.example", "a@b/c@\u00fc", "\u00fc/a@b", "@\u00fc", "\u212a@\u212a", "a\uff20b@c", "\xff@\u00fc", "a@xn--\u00fc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := draft.FoldAddress(s)
		if again := draft.FoldAddress(once); again != once {
			t.Fatalf("%q, then %q, then %q", s, once, again)
		}
		if strings.Count(once, "@") != strings.Count(s, "@") {
			t.Fatalf("%q became %q", s, once)
		}
		if draft.IsAddress(draft.Mail, s) && !strings.Contains(s, "/") {
			local, _, _ := strings.Cut(strings.TrimSpace(s), "@")
			folded, domain, _ := strings.Cut(once, "@")
			if idn.IsASCII(folded) != idn.IsASCII(local) && !strings.HasPrefix(s, `"`) || !idn.IsASCII(domain) && !strings.HasPrefix(s, `"`) {
				t.Fatalf("%q became %q", s, once)
			}
		}
	})
}
