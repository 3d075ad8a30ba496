package idn_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"caveat/backend/idn"
)

const muller = "xn--mller-kva.example"

func TestDomain(t *testing.T) {
	tests := []struct {
		name, domain, want string
		ok                 bool
	}{
		{"ASCII", "Gbr.Example", "gbr.example", true},
		{"U-label", "m\u00fcller.example", muller, true},
		{"capital letters", "M\u00dcLLER.Example", muller, true},
		{"decomposed", "mu\u0308ller.example", muller, true},
		{"A-label", "XN--MLLER-KVA.example", muller, true},
		{"both", "m\u00fcller." + muller, "xn--mller-kva." + muller, true},
		{"sharp s is itself, not ss", "stra\u00dfe.example", "xn--strae-oqa.example", true},
		{"right to left", "\u05d0\u05d1.example", "xn--4dbc.example", true},
		{"wide letters are not mapped", "\uff41.example", "", false},
		{"Kelvin sign is no k", "\u212a.example", "", false},
		{"wide full stop ends no label", "m\u00fcller\u3002example", "", false},
		{"soft hyphen is not left out", "m\u00fcl\u00adler.example", "", false},
		{"symbol, which CheckDomain refuses", "\u2603.example", "xn--n3h.example", true},
		{"empty label", "\u00fc..example", "", false},
		{"too long", strings.Repeat("\u00fc", 64) + ".example", "", false},
		{"space", "\u00fc .example", "", false},
		{"line end", "\u00fc\r\n.example", "", false},
		{"not UTF-8", "\xfc.example", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := idn.Domain(tt.domain); got != tt.want || ok != tt.ok {
				t.Errorf("%q, %v; want %q, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestCheckDomain(t *testing.T) {
	for name, domain := range map[string]string{
		"ASCII": "gbr.example", "U-label": "m\u00fcller.example", "A-label": muller, "each label in its script": "\u0431\u043e\u0440.example", "empty": "",
	} {
		if err := idn.CheckDomain(domain); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, domain := range map[string]string{
		"Cyrillic a in Latin": "p\u0430ypal.example", "the same by its A-label": "xn--pypal-4ve.example", "all like Latin": "\u0441\u043e\u0440\u0435.example",
		"A-label of nothing": "xn--.example", "A-label of ASCII": "xn--gbr-.example", "no punycode": "xn--\u00fc.example", "A-label not as it would be made": "xn--a.example",
		"A-label of a capital": "xn--mller-2pa.example", "symbol": "\u2603.example", "symbol by its A-label": "xn--n3h.example",
	} {
		if err := idn.CheckDomain(domain); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestLettersThatMayStand(t *testing.T) {
	for name, s := range map[string]string{
		"ASCII": "a.b+c", "empty": "", "German": "j\u00fcrgen.gro\u00df", "Polish": "\u0142ukasz", "Turkish": "k\u0131l\u0131\u00e7", "Romanian": "\u0219tefan", "Vietnamese": "nguy\u1ec5n",
		"Azerbaijani": "m\u0259mm\u0259d", "Ukrainian": "\u043e\u043b\u0435\u043a\u0441\u0456\u0439", "Ukrainian and digits": "\u0448\u0442\u0430\u0431-1", "Greek": "\u03b3\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2", "Japanese": "\u5c71\u7530\u30bf\u30ed\u30fc",
		"Japanese and Latin": "ops-\u5c71\u7530", "Korean": "\ud64d\uae38\ub3d9", "Hebrew": "\u05d3\u05d5\u05d3", "Arabic": "\u0645\u062d\u0645\u062f", "Arabic with its digits": "\u0645\u062d\u0645\u062f\u0661\u0662",
		"Hindi": "\u0935\u093f\u0915\u093e\u0938", "Georgian": "\u10d2\u10d8\u10dd\u10e0\u10d2\u10d8",
	} {
		if err := idn.CheckLetters(s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLettersThatMayNotStand(t *testing.T) {
	for name, s := range map[string]string{
		"right-to-left override": "a\u202eb", "isolate": "a\u2066b", "right-to-left mark": "\u05d0\u200f", "Arabic letter mark": "\u0645\u061c", "zero width space": "a\u200bb", "zero width joiner": "a\u200db",
		"zero width non-joiner": "\u0645\u200c\u062f", "word joiner": "a\u2060b", "soft hyphen": "a\u00adb", "byte order mark": "\ufeffa", "Hangul filler": "a\u3164", "combining joiner": "a\u034fb",
		"variation selector": "\u5c71\ufe00", "tag": "a\U000e0061", "no-break space": "a\u00a0b", "wide space": "a\u3000b", "line separator": "a\u2028b", "next line": "a\u0085b",
		"not UTF-8": "a\xfc", "surrogate": "a\xed\xa0\x80", "replacement": "a\ufffd", "private use": "a\ue000", "not assigned": "a\U0003ffff",
		"decomposed": "u\u0308", "mark that stays": "x\u0308", "mark alone": "\u093f", "dots on i": "i\u0307", "capital I with dot": "\u0130a",
		"wide letter": "\uff41", "ligature": "\ufb01", "superscript": "a\u00b2", "Kelvin sign": "\u212a", "mathematical letter": "\U0001d41a",
		"Cyrillic in Latin": "p\u0430ul", "Greek in Latin": "\u03bfps", "Greek in Cyrillic": "\u0436\u03bf", "Cherokee in Latin": "\u13aao", "all Cyrillic like Latin": "\u0441\u043e\u0440\u0435", "the same in capitals": "\u0421\u041e\u0420\u0415",
		"all Greek like Latin": "\u03bf\u03c1\u03c5", "phonetic g": "fi\u0261ht", "phonetic alpha": "\u0251bc", "click for a bar": "a\u01c0b", "modifier apostrophe": "o\u02bcneil",
		"wide at": "a\uff20b", "small at": "a\ufe6bb", "wide comma": "\u5c71\uff0c", "wide full stop": "\u5c71\u3002", "dash": "a\u2010b", "division slash": "a\u2215b", "emoji": "\U0001f600",
		"two kinds of digits": "\u0661\u06f1", "Arabic and ASCII digits": "\u0645\u06611", "Hebrew then Latin": "\u05d0b", "Hebrew before digits that lead": "1\u05d0",
	} {
		if err := idn.CheckLetters(s); !errors.Is(err, idn.ErrLetters) {
			t.Errorf("%s, %q: %v", name, s, err)
		}
	}
}

// FuzzFold: folding ends, makes no ASCII of what is not, and what a domain is compared by is the same whichever way it is written.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "A", "m\u00dcller.example", muller, "\u212a", "\u0130", "i\u0307", "\u1e9e", "\u03a3\u03c2", "\xff\u00dc", "\u01c5", "\u0345\u0391", "\u1fef", "\u037e", "<\u0338", "XN--MLLER-KVA.a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := idn.Fold(s)
		if again := idn.Fold(once); again != once {
			t.Fatalf("%q, then %q, then %q", s, once, again)
		}
		if idn.IsASCII(once) && !idn.IsASCII(s) || !utf8.ValidString(once) && utf8.ValidString(s) {
			t.Fatalf("%q became %q", s, once)
		}
		ascii, ok := idn.Domain(s)
		if !ok {
			return
		}
		if again, _ := idn.Domain(ascii); again != ascii || !idn.IsASCII(ascii) {
			t.Fatalf("%q, %q, then %q", s, ascii, again)
		}
		if folded, _ := idn.Domain(once); folded != ascii {
			t.Fatalf("%q is %q, folded %q", s, ascii, folded)
		}
		if !idn.IsASCII(s) && idn.CheckDomain(s) == nil && strings.ContainsAny(ascii, "@/ \r\n\x00<>,;\"") {
			t.Fatalf("%q is %q", s, ascii)
		}
	})
}
