package spif_test

import (
	"errors"
	"sync"
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// The sender's side: encrypt and both.
func TestTranslateTo(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	to := parse(t, document(t, "otherland.spif.xml"))
	tests := []struct{ name, label, want string }{ // want "": ErrNoTranslation
		{"class alone", "OPEN", "LOW"},
		{"class for both directions", "SECRET", "HIGH"},
		{"class with two counterparts", "GUARDED", ""}, // nobody can tell which
		{"class with required categories", "TOP SECRET", "HIGH; Word/R=TWO; Nation/P=XTR"},
		{"value by number", "SECRET; Codeword=MEDIC", "HIGH; Word/R=ONE"},
		{"value discarded", "SECRET; Codeword=CYBER", "HIGH"},
		{"value discarded beside another", "SECRET; Codeword=CYBER,MEDIC", "HIGH; Word/R=ONE"},
		{"value with two counterparts gives both", "OPEN; Codeword=TIMED", "LOW; Word/R=ONE,TWO"},
		{"value for reception only", "OPEN; Codeword=CRYSTAL", ""},
		{"value whose number two names share", "OPEN; Codeword=AMBER", ""},
		{"value without counterpart", "OPEN; Codeword=OLD", ""},
		{"informative value without counterpart", "OPEN; Notes=STAFF", ""},
		{"whole tag set, with what it requires", "OPEN; Releasable To=BOR,ATL", "LOW; Nation/P=ATL,BOR,XTR"},
		{"whole tag set, name not there", "OPEN; Releasable To=SYL", ""},
		{"one value of two without counterpart", "OPEN; Releasable To=ATL,SYL", ""}, // never half a label
		{"required twice is there once", "TOP SECRET; Releasable To=ATL; Codeword=TIMED", "HIGH; Word/R=ONE,TWO; Nation/P=ATL,XTR"},
		{"unknown class", "NONE", ""},
		{"unknown value", "OPEN; Codeword=NONE", ""},
		{"value twice", "SECRET; Codeword=MEDIC,MEDIC", ""}, // invalid here must not become valid there
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := p.TranslateTo(to, numbered(t, p, tt.label))
			checkTranslation(t, to, got, err, tt.want)
		})
	}
	t.Run("to a policy that is not named", func(t *testing.T) {
		other := parse(t, document(t, "marking.spif.xml"))
		got, err := p.TranslateTo(other, numbered(t, p, "OPEN"))
		checkTranslation(t, other, got, err, "")
	})
	t.Run("the other policy without equivalences of its own", func(t *testing.T) {
		got, err := to.TranslateTo(p, numbered(t, to, "LOW"))
		checkTranslation(t, p, got, err, "")
	})
}

// The recipient's side: decrypt and both, read backwards.
func TestTranslateFrom(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	from := parse(t, document(t, "otherland.spif.xml"))
	tests := []struct{ name, label, want string }{
		{"class alone", "LOW", "OPEN"}, // GUARDED names it for sending only
		{"class of both directions", "HIGH", "SECRET"},
		{"class that nothing answers to", "HIGHER", ""},
		{"value of both directions", "HIGH; Word=ONE", "SECRET; Codeword/R=MEDIC"}, // TIMED names it for sending only
		{"value for reception only", "HIGH; Word=TWO", "SECRET; Codeword/R=CRYSTAL"},
		{"value whose number another name shares", "HIGH; Word=DUP A", ""}, // AMBER was meant for one of the two
		{"and the other name", "HIGH; Word=DUP B", ""},
		{"whole tag set", "LOW; Nation=BOR", "OPEN; Releasable To/P=BOR"},
		{"whole tag set, name not there", "LOW; Nation=XTR", ""},
		{"unknown value", "LOW; Word=NONE", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := p.TranslateFrom(from, numbered(t, from, tt.label))
			checkTranslation(t, p, got, err, tt.want)
		})
	}
	t.Run("two values answer", func(t *testing.T) {
		text := change(t, document(t, "testland.spif.xml"), `tagType="restrictive" lacv="2" applied="decrypt"`, `tagType="restrictive" lacv="1" applied="decrypt"`)
		q := parse(t, text)
		got, err := q.TranslateFrom(from, numbered(t, from, "HIGH; Word=ONE"))
		checkTranslation(t, q, got, err, "")
	})
	t.Run("two entries of one value answer", func(t *testing.T) { // as NATO's Context, written twice
		const eq = `<spif:equivalentSecCategoryTag policyRef="OTHERLAND" tagSetId="1.3.6.1.4.1.32473.8.2.1" tagType="restrictive" lacv="2" applied="both"/>`
		text := change(t, document(t, "testland.spif.xml"), `lacv="8" obsolete="true">`, `lacv="8" obsolete="true">`+eq)
		text = change(t, text, `name="DOUBLE" lacv="8">`, `name="DOUBLE" lacv="8">`+eq)
		text = change(t, text, `lacv="2" applied="decrypt"`, `lacv="2" applied="encrypt"`)
		q := parse(t, text)
		got, err := q.TranslateFrom(from, numbered(t, from, "LOW; Word=TWO"))
		checkTranslation(t, q, got, err, "OPEN; Codeword/R=DOUBLE")
	})
	t.Run("two classes answer", func(t *testing.T) {
		q := parse(t, change(t, document(t, "testland.spif.xml"), `lacv="2" applied="encrypt"/>
    </spif`, `lacv="2" applied="decrypt"/>
    </spif`))
		got, err := q.TranslateFrom(from, numbered(t, from, "HIGH"))
		checkTranslation(t, q, got, err, "")
	})
	t.Run("from a policy that is not named", func(t *testing.T) {
		other := parse(t, document(t, "marking.spif.xml"))
		got, err := p.TranslateFrom(other, numbered(t, other, "LOW"))
		checkTranslation(t, p, got, err, "")
	})
}

func checkTranslation(t *testing.T, to *spif.Policy, got label.Information, err error, want string) {
	t.Helper()
	if want == "" {
		if !errors.Is(err, spif.ErrNoTranslation) || line(got) != "" {
			t.Errorf("%q, %v", line(got), err)
		}
		return
	}
	if err != nil || line(got) != want || got.Policy != to.PolicyID() {
		t.Errorf("%q, %v; want %q", line(got), err, want)
	}
}

// Equivalences that leave a choice, or ask for what is not there, translate nothing.
func TestRequiredCategoriesOfEquivalences(t *testing.T) {
	to := parse(t, document(t, "otherland.spif.xml"))
	const was = `<spif:equivalentPolicy name="OTHERLAND" id="1.3.6.1.4.1.32473.8.1"/>`
	group := func(operation, groups string) string {
		return `<spif:equivalentPolicy name="OTHERLAND" id="1.3.6.1.4.1.32473.8.1"><spif:requiredCategory operation="` + operation + `">` + groups + `</spif:requiredCategory></spif:equivalentPolicy>`
	}
	const one = `<spif:categoryGroup tagSetRef="Word" tagType="restrictive" lacv="1"/>`
	const two = `<spif:categoryGroup tagSetRef="Word" tagType="restrictive" lacv="2"/>`
	const dup = `<spif:categoryGroup tagSetRef="Word" tagType="restrictive" lacv="5"/>`
	const any = `<spif:categoryGroup tagSetRef="Nation" tagType="permissive" all="true"/>`
	const gone = `<spif:categoryGroup tagSetRef="Gone" tagType="permissive" lacv="1"/>`
	for name, tt := range map[string]struct{ policy, want string }{
		"all of two":                      {group("all", one+two), "LOW; Word/R=ONE,TWO"},
		"one group leaves no choice":      {group("oneOrMore", one), "LOW; Word/R=ONE"},
		"one of two is a choice":          {group("oneOrMore", one+two), ""},
		"only one of two is a choice":     {group("onlyOne", one+two), ""},
		"any value of a set is a choice":  {group("all", any), ""},
		"a number of two names":           {group("all", dup), ""},
		"a tag set that is not there":     {group("all", gone), ""},
		"the parser does not know it yet": {group("all", gone+one), ""}, // groups speak of another policy, which may come later
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(t, change(t, document(t, "testland.spif.xml"), was, tt.policy))
			got, err := p.TranslateTo(to, numbered(t, p, "OPEN"))
			checkTranslation(t, to, got, err, tt.want)
		})
	}
}

// A policy is immutable: translating with several required categories once wrote into it, which the race detector and
// a mixed-up result show.
func TestTranslateConcurrently(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	to := parse(t, document(t, "otherland.spif.xml"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				got, err := p.TranslateTo(to, numbered(t, p, "TOP SECRET; Releasable To=ATL"))
				checkTranslation(t, to, got, err, "HIGH; Word/R=TWO; Nation/P=ATL,XTR")
			}
		})
	}
	wg.Wait()
}

// The other policy may be another edition than the one that the equivalences were written for.
func TestTranslateToAnotherEdition(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	for name, tt := range map[string]struct{ old, new, label string }{
		"class gone":           {`name="HIGH" lacv="2"`, `name="HIGH" lacv="20"`, "SECRET"},
		"tag set gone":         {`id="1.3.6.1.4.1.32473.8.2.2"`, `id="1.3.6.1.4.1.32473.8.2.9"`, "OPEN; Releasable To=ATL"},
		"value gone":           {`name="ONE" lacv="1"`, `name="ONE" lacv="10"`, "OPEN; Codeword=MEDIC"},
		"tag of another type":  {`name="Word" tagType="restrictive"`, `name="Word" tagType="permissive"`, "OPEN; Codeword=MEDIC"},
		"number given to more": {`name="TWO" lacv="2"`, `name="TWO" lacv="01"`, "OPEN; Codeword=MEDIC"}, // 01 and 1 are one number
	} {
		t.Run(name, func(t *testing.T) {
			to := parse(t, change(t, document(t, "otherland.spif.xml"), tt.old, tt.new))
			got, err := p.TranslateTo(to, numbered(t, p, tt.label))
			checkTranslation(t, to, got, err, "")
		})
	}
}

// Without an identifier the equivalent tag set goes by its name.
func TestEquivalentTagSetByName(t *testing.T) {
	p := parse(t, change(t, document(t, "testland.spif.xml"), ` name="Nation" id="1.3.6.1.4.1.32473.8.2.2"`, ` name="nation"`))
	q := parse(t, document(t, "otherland.spif.xml"))
	got, err := p.TranslateTo(q, numbered(t, p, "OPEN; Releasable To=ATL"))
	checkTranslation(t, q, got, err, "LOW; Nation/P=ATL,XTR")
	got, err = p.TranslateFrom(q, numbered(t, q, "LOW; Nation=ATL"))
	checkTranslation(t, p, got, err, "OPEN; Releasable To/P=ATL")
}
