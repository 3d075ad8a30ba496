package ldapbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/ldapbook"
)

// Names in one alphabet are found by what people type in another, and in other romanisations than ours.
func TestSearchTransliterated(t *testing.T) {
	b := filled(t, "Norland", "NOR", human("Іван", "Коваль"), human("Ivan", "Kovalenko"), human("Їжак", "Хоменко"), human("Yurii", "Khomyn"),
		human("Анатолій", "Щербак"), human("Olha", "Shcherba"), human("Цезар", "Цимбал"), human("Ян", "Гайовий"), human("John", "Taylor"))
	for _, test := range []struct{ text, want string }{
		{"Koval", "Іван Коваль; Ivan Kovalenko"}, // a whole word first
		{"Коваль", "Іван Коваль; Ivan Kovalenko"},
		{"Ковале", "Ivan Kovalenko"},
		{"homenko", "Їжак Хоменко"}, {"khomenko", "Їжак Хоменко"}, {"хомин", "Yurii Khomyn"}, {"homin", "Yurii Khomyn"},
		{"izhak", "Їжак Хоменко"}, {"yizhak", "Їжак Хоменко"},
		{"scherbak", ""}, {"shcherbak", "Анатолій Щербак"}, {"щерба", "Olha Shcherba; Анатолій Щербак"},
		{"cymbal", "Цезар Цимбал"}, {"tsymbal", "Цезар Цимбал"}, {"cimbal", "Цезар Цимбал"},
		{"anatoliy", "Анатолій Щербак"}, {"anatolii", "Анатолій Щербак"}, {"anatoli", "Анатолій Щербак"},
		{"gaiovyi", "Ян Гайовий"}, {"haiovyi", "Ян Гайовий"},
		{"tailor", "John Taylor"}, {"ivan koval", "Іван Коваль; Ivan Kovalenko"},
	} {
		if got := names(find(t, b, test.text)); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestSearchRank(t *testing.T) {
	b := filled(t, "Norland", "NOR", human("Anna", "Hansen"), human("Hans", "Zimmer"), human("Bo", "Hans"), human("Hans", "Hansen"),
		human("Carl", "Hansson"), human("Hanna", "Aas"))
	put(t, b, "Albion", "GBR", human("Hans", "Hansen"))
	ref := func(name string) ldapbook.Ref {
		for _, e := range find(t, b, "") {
			if e.Name == name {
				return ldapbook.Ref{Directory: e.Directory, UUID: strings.ToUpper(e.UUID)}
			}
		}
		t.Fatal(name)
		return ldapbook.Ref{}
	}
	for _, test := range []struct {
		name string
		q    ldapbook.Query
		want string
	}{
		{"whole words, of these the sorted ones; then beginnings", ldapbook.Query{Text: "hans"},
			"Bo Hans; Hans Hansen; Hans Hansen; Hans Zimmer; Anna Hansen; Carl Hansson"},
		{"both words whole", ldapbook.Query{Text: "hansen hans"}, "Hans Hansen; Hans Hansen; Anna Hansen"},
		{"boosted first, in their order, if they match", ldapbook.Query{Text: "hans",
			Boost: []ldapbook.Ref{ref("Carl Hansson"), ref("Hanna Aas"), ref("Hans Zimmer"), {Directory: "Norland", UUID: "none"}}},
			"Carl Hansson; Hans Zimmer; Bo Hans; Hans Hansen; Hans Hansen; Anna Hansen"},
		{"boosted and filtered", ldapbook.Query{Text: "hans", Nation: "GBR", Boost: []ldapbook.Ref{ref("Carl Hansson")}}, "Hans Hansen"},
		{"offset counts the boosted", ldapbook.Query{Text: "hans", Boost: []ldapbook.Ref{ref("Carl Hansson")}, Offset: 1, Limit: 2}, "Bo Hans; Hans Hansen"},
		{"offset", ldapbook.Query{Text: "hans", Offset: 4, Limit: 2}, "Anna Hansen; Carl Hansson"},
		{"offset beyond", ldapbook.Query{Text: "hans", Offset: 6}, ""},
		{"offset beyond what is allowed", ldapbook.Query{Offset: ldapbook.MaxOffset + 1}, ""},
	} {
		if got := names(find2(t, b, test.q)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if found := find2(t, b, ldapbook.Query{Text: "hans hansen"}); found[0].Nation != "GBR" || found[1].Nation != "NOR" {
		t.Errorf("of equal names the nation's order: %v", found[:2])
	}
}

func TestSearchFilters(t *testing.T) {
	b := openBook(t)
	var all []ldapbook.Entry
	for i := range 300 {
		e := human("Ola", fmt.Sprintf("Nordmann%c", 'a'+i%26))
		e.DN = fmt.Sprintf("uid=%d,ou=x,o=n", i)
		e.Unit, e.Organisation = fmt.Sprintf("%d Company", i%3), []string{"Army", "NAVY", ""}[i%3]
		if i%2 == 0 {
			e.Mail = []string{fmt.Sprintf("u%d@nor.example", i)}
		}
		if i%5 == 0 {
			e.JID = []string{fmt.Sprintf("u%d@xmpp.nor.example", i)}
		}
		e.Clearance = []string{fmt.Sprint("clearance ", i%100)}
		all = append(all, e)
	}
	all = append(all, ldapbook.Entry{DN: "ou=x,o=n", Kind: ldapbook.KindOrganisation, Name: "Nordmann Company", Organisation: "Army"})
	put(t, b, "Norland", "NOR", all...)
	classes, err := b.Classes(t.Context())
	must(t, err)
	some := func(want func(c ldapbook.Class) bool) map[int64]bool {
		set := map[int64]bool{1 << 40: true} // one that is not there does no harm
		for _, c := range classes {
			if want(c) {
				set[c.ID] = true
			}
		}
		return set
	}
	rare := some(func(c ldapbook.Class) bool { return c.Clearance != nil && c.Clearance[0] == "clearance 7" })
	common := some(func(c ldapbook.Class) bool { return c.Clearance != nil && c.Clearance[0] != "clearance 7" })
	for _, test := range []struct {
		name string
		q    ldapbook.Query
		want int
	}{
		{"organisation, but for case", ldapbook.Query{Organisation: "navy"}, 100},
		{"unit", ldapbook.Query{Organisation: "0 COMPANY"}, 100},
		{"neither", ldapbook.Query{Organisation: "1"}, 0},
		{"mail", ldapbook.Query{Channel: ldapbook.ChannelMail}, 150},
		{"chat", ldapbook.Query{Channel: ldapbook.ChannelChat, Text: "ola"}, 60},
		{"another channel", ldapbook.Query{Channel: "smoke"}, 0},
		{"no classes", ldapbook.Query{Classes: map[int64]bool{}}, 0},
		{"classes said not to be wanted", ldapbook.Query{Classes: map[int64]bool{classes[0].ID: false}}, 0},
		{"rare classes", ldapbook.Query{Classes: rare}, 3},
		{"rare classes, with words", ldapbook.Query{Classes: rare, Text: "nordm ola"}, 3},
		{"common classes", ldapbook.Query{Classes: common}, 297},
		{"common classes, with words", ldapbook.Query{Classes: common, Text: "ola nordmann"}, 297},
		{"all together", ldapbook.Query{Text: "nor", Nation: "nor", Organisation: "army", Channel: ldapbook.ChannelMail, Classes: common}, 50},
		{"units only when asked for", ldapbook.Query{Text: "company"}, 300},
		{"units", ldapbook.Query{Text: "company", Kind: ldapbook.KindOrganisation}, 1},
	} {
		seen := map[string]bool{}
		for offset := 0; ; offset += 35 { // page by page it is the same, each once
			test.q.Offset, test.q.Limit = offset, 35
			found := find2(t, b, test.q)
			for _, e := range found {
				if seen[e.UUID] {
					t.Errorf("%s: %s twice", test.name, e.DN)
				}
				seen[e.UUID] = true
			}
			if len(found) < 35 {
				break
			}
		}
		if len(seen) != test.want {
			t.Errorf("%s: %d, want %d", test.name, len(seen), test.want)
		}
	}
}

// FuzzQuery: whatever is typed is words, never syntax: no error, nothing that the text's words don't find, and the entry that
// has just this text as its name is found.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"anna", `" OR "`, "a* NEAR(b)", "p", "=anna", "\x00", "a\x00", "k1", "{x}:y", "^a", "(*)", "\ue001", "Коваль щ", "ﬁ", "1 2 3 4 5 6 7 8 9 0 a b c d e f g h",
		strings.Repeat("x", 400), "a\xffb", "'; DROP TABLE entry", "%_"} {
		f.Add(s)
	}
	b := filled(f, "Norland", "NOR", human("Anna", "Hansen"), human("Bo", "Berg"))
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		e := human("", "")
		e.Name, e.UUID, e.DN = s, "00000000-0000-0000-0000-00000000000f", "uid=x,o=n"
		put(t, b, "Norland", "NOR", e)
		for _, q := range []ldapbook.Query{{Text: s}, {Text: s, Organisation: s, Nation: s}, {Text: s, Kind: ldapbook.KindPerson, Offset: 1}} {
			if _, err := b.Search(t.Context(), q); err != nil {
				t.Fatalf("%q: %v", s, err)
			}
		}
		if _, err := b.Organisations(t.Context(), "Norland", s, 0); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if len(s) > 60 || strings.ContainsRune(s, '\u0130') {
			return // more words than are indexed
		}
		found := find2(t, b, ldapbook.Query{Text: s})
		is := func(e ldapbook.Entry) bool { return e.Name == s }
		if any := len(found) > 0; any && !slices.ContainsFunc(found, is) {
			t.Errorf("%q does not find itself: %s", s, names(found))
		}
	})
}
