package ldapbook_test

import (
	"fmt"
	"testing"
	"time"

	"caveat/ldapbook"
)

// filled is a book without a server: Put takes entries as they come.
func filled(t testing.TB, directory, nation string, entries ...ldapbook.Entry) *ldapbook.Book {
	t.Helper()
	b := openBook(t)
	put(t, b, directory, nation, entries...)
	return b
}

func put(t testing.TB, b *ldapbook.Book, directory, nation string, entries ...ldapbook.Entry) {
	t.Helper()
	for i := range entries {
		e := &entries[i]
		e.Nation, e.ReadAt, e.Transport = nation, time.Now(), ldapbook.TransportLDAPS
		if e.Kind == "" {
			e.Kind = ldapbook.KindPerson
		}
		if e.DN == "" {
			e.DN = fmt.Sprintf("uid=%d,o=%s", i, directory)
		}
	}
	must(t, b.Put(t.Context(), directory, entries, ldapbook.Asked{}))
}

func human(given, surname string) ldapbook.Entry {
	return ldapbook.Entry{Name: given + " " + surname, GivenName: given, Surname: surname}
}

func unit(name, unit string) ldapbook.Entry {
	e := human("Reco", name)
	e.Unit = unit
	return e
}

func TestSearch(t *testing.T) {
	anna := human("Anna", "Hansen")
	anna.Rank, anna.Unit, anna.Title, anna.Mail, anna.JID = "OF-3", "6 Brigade", "Plans Officer",
		[]string{"anna.hansen@nor.example"}, []string{"anna.h@xmpp.nor.example"}
	b := filled(t, "Norland", "NOR", anna,
		human("Bjørn", "Åse"), human("Jürgen", "Müller"), human("Łukasz", "Wiśniewski"), human("Þóra", "Æsir"),
		human("Hannes", "Strauß"), human("Тарас", "Шевченко"), human("Юрій", "Згурський"), human("Андрей", "Йовович"),
		human("Ανδρέας", "Παπαδόπουλος"), human("Hans", "Zimmer"), human("علي", "حسن"),
		unit("One", "Reconnaissance Company"), unit("Two", "Reconnaissant"), human("NOT", "Or"), human(`Quo"te`, "Near"))
	for _, test := range []struct{ text, want string }{
		{"hansen", "Anna Hansen"},
		{"anna hansen", "Anna Hansen"},
		{"HANSEN, Anna", "Anna Hansen"},
		{"han ann", "Anna Hansen"},
		{"han", "Anna Hansen; Hannes Strauß; Hans Zimmer"}, // surnames first, then book order
		{"anna.hansen@nor.example", "Anna Hansen"},
		{"of-3 plans", "Anna Hansen"},
		{"6 brig", "Anna Hansen"},
		{"nor anna", "Anna Hansen"}, // the nation's code
		{"bjorn", "Bjørn Åse"},
		{"bjoern", "Bjørn Åse"},
		{"Bjørn", "Bjørn Åse"},
		{"ase", "Bjørn Åse"},
		{"aase", "Bjørn Åse"},
		{"A\u030ase", "Bjørn Åse"}, // typed decomposed
		{"muller", "Jürgen Müller"},
		{"mueller", "Jürgen Müller"},
		{"MÜLLER", "Jürgen Müller"},
		{"lukasz wis", "Łukasz Wiśniewski"},
		{"thora aesir", "Þóra Æsir"},
		{"strauss", "Hannes Strauß"},
		{"strauß", "Hannes Strauß"},
		{"шевч", "Тарас Шевченко"},
		{"ШЕВЧЕНКО", "Тарас Шевченко"},
		{"shevchenko", "Тарас Шевченко"},
		{"taras shev", "Тарас Шевченко"},
		{"yurii zghurskyi", "Юрій Згурський"},
		{"иовович", "Андрей Йовович"}, // й is и with a mark
		{"йовович", "Андрей Йовович"},
		{"papadopoylos", "Ανδρέας Παπαδόπουλος"},
		{"παπαδοπουλος", "Ανδρέας Παπαδόπουλος"},
		{"حسن", "علي حسن"},
		{"reconnaissan", "Reco One; Reco Two"}, // longer than what the index has lists for
		{"reconnaissance", "Reco One"},
		{"reconnaissances", ""},
		{"nobody", ""},
		{"anna nobody", ""},
		{`"`, ""}, {"*", ""}, {"( )", ""}, {" ", ""}, {"-", ""}, {"\u0301", ""}, {"\ue001", ""}, {"\uf8f1", ""},
		{`hansen"`, "Anna Hansen"},
		{`"hansen" *`, "Anna Hansen"},
		{`hansen)`, "Anna Hansen"},
		{"hansen OR zimmer", ""},   // OR is a word: nobody has all three
		{"hansen AND anna", ""},    // so is AND
		{"NOT", "NOT Or"},          // and NOT is a name
		{"not OR", "NOT Or"},       //
		{"near(anna hansen)", ""},  // no NEAR either
		{"words:hansen", ""},       // no column
		{"^hansen", "Anna Hansen"}, //
		{"han*sen", ""},            // two words, "sen" begins nothing
		{"quo te", `Quo"te Near`},  //
		{"ａｎｎａ", "Anna Hansen"},    // full width
		{"anna\x00hansen", "Anna Hansen"},
	} {
		if got := names(find(t, b, test.text)); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestSearchOrderAndLimits(t *testing.T) {
	b := filled(t, "Norland", "NOR", human("C", "Charlie"), human("B", "Bravo"), human("A", "Alpha"), human("B", "Alpha"),
		ldapbook.Entry{Name: "Baker Street Desk", Kind: ldapbook.KindRole})
	put(t, b, "Albion", "GBR", human("D", "Alphabet"))
	ask := func(q ldapbook.Query) string {
		found, err := b.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return names(found)
	}
	for _, test := range []struct {
		name  string
		query ldapbook.Query
		want  string
	}{
		{"empty text lists in book order", ldapbook.Query{}, "A Alpha; B Alpha; D Alphabet; Baker Street Desk; B Bravo; C Charlie"},
		{"limit", ldapbook.Query{Limit: 2}, "A Alpha; B Alpha"},
		{"nation", ldapbook.Query{Nation: "gbr"}, "D Alphabet"},
		{"unknown nation", ldapbook.Query{Nation: "XXX"}, ""},
		{"kind", ldapbook.Query{Kind: ldapbook.KindRole}, "Baker Street Desk"},
		{"unknown kind", ldapbook.Query{Kind: "ghost"}, ""},
		{"nation and text", ldapbook.Query{Text: "alpha", Nation: "NOR"}, "A Alpha; B Alpha"},
		{"nation, kind and text", ldapbook.Query{Text: "b", Nation: "NOR", Kind: ldapbook.KindPerson}, "B Bravo; B Alpha"},
	} {
		if got := ask(test.query); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	must(t, b.Forget(t.Context(), "Albion"))
	if got := ask(ldapbook.Query{Text: "alphabet"}); got != "" {
		t.Errorf("forgotten, but found: %s", got)
	}
	// Many of one place in the book, with a limit above the greatest.
	var same []ldapbook.Entry
	for i := range 1100 {
		e := human("Ola", "Nordmann")
		e.DN = fmt.Sprintf("uid=%d,o=many", i)
		same = append(same, e)
	}
	put(t, b, "Many", "NOR", same...)
	found, err := b.Search(t.Context(), ldapbook.Query{Text: "nordmann", Limit: 5000})
	if err != nil || len(found) != ldapbook.MaxLimit {
		t.Errorf("%d, %v", len(found), err)
	}
	found, err = b.Search(t.Context(), ldapbook.Query{Text: "ola"})
	if err != nil || len(found) != ldapbook.DefaultLimit {
		t.Errorf("%d, %v", len(found), err)
	}
}

// Several directories may publish one address; all entries are given.
func TestByAddressOfAllDirectories(t *testing.T) {
	e := human("Anna", "Hansen")
	e.Mail = []string{"Anna@nor.example", "a.h@nor.example"}
	b := filled(t, "Norland", "NOR", e)
	e.JID, e.Mail, e.Clearance = []string{"ANNA@nor.example"}, nil, []string{"\xff bytes stay", "b"}
	put(t, b, "Albion", "GBR", e)
	found, err := b.ByAddress(t.Context(), []string{" anna@NOR.example", "A.H@nor.example", "x@nor.example"})
	if err != nil || len(found) != 2 || len(found["anna@nor.example"]) != 2 || len(found["a.h@nor.example"]) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	albion := found["anna@nor.example"][0]
	if albion.Directory != "Albion" || albion.Nation != "GBR" || albion.Clearance[1] != "\xff bytes stay" || albion.Clearance[0] != "b" {
		t.Errorf("%+v", albion)
	}
}
