package ldapbook_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"caveat/ldapbook"
)

// inTurn are entries of two directories: one address is of both, one of two entries, one is a JID too.
func inTurn(t *testing.T) *ldapbook.Book {
	t.Helper()
	cleared := func(e ldapbook.Entry) ldapbook.Entry {
		e.Clearance = []string{"<held/>"}
		return e
	}
	b := filled(t, "Norland", "NOR",
		cleared(ldapbook.Entry{DN: "uid=a,o=nor", UUID: uuid(1), Name: "A", Mail: []string{"A@x.example", "a2@x.example"}, JID: []string{"a@x.example"}}),
		ldapbook.Entry{DN: "uid=b,o=nor", UUID: uuid(2), Name: "B", Mail: []string{"a@x.example"}},
		cleared(ldapbook.Entry{DN: "uid=c,o=nor", UUID: uuid(3), Name: "C", Mail: []string{"c@x.example"}}))
	put(t, b, "Albion", "GBR", ldapbook.Entry{DN: "uid=a,o=gbr", UUID: uuid(4), Name: "Z", Mail: []string{"a@x.example"}})
	must(t, b.Put(t.Context(), "Norland", nil, ldapbook.Asked{DNs: []string{"uid=c,o=nor"}})) // gone
	return b
}

func uuid(n int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", n) }

func TestLookUp(t *testing.T) {
	b := inTurn(t)
	asked := []string{"a@X.example", "A@x.example", "a2@x.example", "c@x.example", "nobody@x.example"}
	f, err := b.LookUp(t.Context(), asked)
	must(t, err)
	for address, want := range map[string]string{
		"a@x.example":      "Z; A; B", // by directory, then in book order; who has it twice is there once
		"a2@x.example":     "A",
		"c@x.example":      "",
		"nobody@x.example": "",
	} {
		if got := names(f.Entries[address]); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if len(f.Entries) != 2 || len(f.Gone) != 1 || f.Gone["c@x.example"].What != ldapbook.GoneEntry {
		t.Errorf("%d addresses, gone: %+v", len(f.Entries), f.Gone)
	}
	entries, err := b.ByAddress(t.Context(), asked)
	must(t, err)
	gone, err := b.Withdrawn(t.Context(), asked)
	must(t, err)
	if !reflect.DeepEqual(f, ldapbook.Found{Entries: entries, Gone: gone}) {
		t.Errorf("one by one it is otherwise: %+v, %+v", entries, gone)
	}
}

// TestLookUpListsAreApart: who adds to the list of one address must not write into that of another.
func TestLookUpListsAreApart(t *testing.T) {
	f, err := inTurn(t).LookUp(t.Context(), []string{"a@x.example", "a2@x.example"})
	must(t, err)
	for _, list := range f.Entries {
		_ = append(list, ldapbook.Entry{Name: "intruder"})
	}
	if got := names(f.Entries["a@x.example"]) + ", " + names(f.Entries["a2@x.example"]); got != "Z; A; B, A" {
		t.Error(got)
	}
}

// TestLookUpIsOfOneMoment: of an entry that comes and goes either it is there or its tombstone, and not neither: that would be somebody
// who never was.
func TestLookUpIsOfOneMoment(t *testing.T) {
	e := ldapbook.Entry{DN: "uid=a,o=nor", UUID: uuid(1), Name: "A", Mail: []string{"a@x.example"}, Clearance: []string{"<held/>"}}
	b := filled(t, "Norland", "NOR", e)
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for ctx.Err() == nil {
			must(t, b.Put(t.Context(), "Norland", nil, ldapbook.Asked{DNs: []string{e.DN}}))
			put(t, b, "Norland", "NOR", e)
		}
	})
	seen := map[string]int{}
	for i := 0; i < 20_000 && (i < 300 || len(seen) < 2); i++ {
		f, err := b.LookUp(t.Context(), e.Mail)
		must(t, err)
		seen[fmt.Sprintf("%d there, %d gone", len(f.Entries), len(f.Gone))]++
	}
	stop()
	writing.Wait()
	if len(seen) != 2 || seen["1 there, 0 gone"] == 0 || seen["0 there, 1 gone"] == 0 {
		t.Errorf("%v", seen)
	}
}

// TestLookUpSeesWhatIsWritten: nothing of an answer is kept for the next one.
func TestLookUpSeesWhatIsWritten(t *testing.T) {
	e := ldapbook.Entry{DN: "uid=a,o=nor", UUID: uuid(1), Name: "A", Mail: []string{"a@x.example"}, Clearance: []string{"<high/>"}}
	b := filled(t, "Norland", "NOR", e)
	for _, held := range []string{"<low/>", "<high/>", "<other/>"} {
		e.Clearance = []string{held}
		put(t, b, "Norland", "NOR", e)
		f, err := b.LookUp(t.Context(), e.Mail)
		must(t, err)
		if got := f.Entries["a@x.example"]; len(got) != 1 || !slices.Equal(got[0].Clearance, e.Clearance) {
			t.Errorf("%s: %+v", held, got)
		}
	}
}

func TestLookUpEnds(t *testing.T) {
	b := inTurn(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if f, err := b.LookUp(ctx, []string{"a@x.example"}); !errors.Is(err, context.Canceled) || f.Entries != nil || f.Gone != nil {
		t.Errorf("its context has ended: %+v, %v", f, err)
	}
	must(t, b.Close())
	if _, err := b.LookUp(t.Context(), []string{"a@x.example"}); !errors.Is(err, ldapbook.ErrDatabase) {
		t.Errorf("the book is closed: %v", err)
	}
}

func TestGroupsOfEach(t *testing.T) {
	list := ldapbook.Entry{DN: "cn=list,o=nor", Kind: ldapbook.KindList, Name: "List", Members: []string{"UID=a, o=nor", "uid=a,o=nor", "uid=b,o=nor"}}
	role := ldapbook.Entry{DN: "cn=role,o=nor", Kind: ldapbook.KindRole, Name: "Duty", Occupants: []string{"uid=a,o=nor"}}
	b := filled(t, "Norland", "NOR", list, role)
	put(t, b, "Albion", "GBR", ldapbook.Entry{DN: "cn=other,o=gbr", Kind: ldapbook.KindList, Name: "Other", Members: []string{"uid=a,o=nor"}})
	all, err := b.GroupsOfEach(t.Context(), "Norland", []string{"UID=A,o=nor", "uid=b,o=nor", "uid=nobody,o=nor"})
	must(t, err)
	for dn, want := range map[string]string{"uid=a,o=nor": "Duty; List", "uid=b,o=nor": "List"} {
		if got := names(all[dn]); got != want {
			t.Errorf("%s: %q, want %q", dn, got, want)
		}
	}
	if len(all) != 2 {
		t.Errorf("%d of them are in a group", len(all))
	}
	if none, err := b.GroupsOfEach(t.Context(), "Norland", nil); err != nil || len(none) != 0 {
		t.Errorf("of nobody: %v, %v", none, err)
	}
}
