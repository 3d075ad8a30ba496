package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
)

func TestLookup(t *testing.T) {
	w := newWorld(t, "")
	lookup := func(addresses ...string) []api.LookupHit {
		t.Helper()
		return answered[[]api.LookupHit](w, http.StatusOK, "POST", "/api/book/lookup", map[string]any{"addresses": addresses})
	}
	got := lookup(olha, "nobody@ukr.example", "ANN@gbr.example ", "all@gbr.example", ron, olha)
	want := []api.LookupHit{
		{Address: olha, Name: "Olha Kovalchuk", Nation: "UKR", Kind: "person", Decides: true}, // RULES 6: not as GBR's directory calls her
		{Address: "ANN@gbr.example ", Name: "Ann Able", Nation: "GBR", Kind: "person", Decides: true},
		{Address: "all@gbr.example", Name: "All", Nation: "GBR", Kind: "list", Decides: true},
		{Address: ron, Name: "Ron", Nation: "UKR", Kind: "person", Decides: true},
	}
	for i := range got {
		if !strings.HasPrefix(got[i].ID, got[i].Nation+":") {
			t.Errorf("%+v", got[i])
		}
		got[i].ID = ""
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	for _, none := range [][]string{{}, {""}, {"@"}, {"ann"}, {strings.Replace(olha, "k", "\u212a", 1)}} {
		if got := lookup(none...); got == nil || len(got) != 0 {
			t.Errorf("%q: %+v", none, got)
		}
	}
	many := slices.Repeat([]string{ann}, 2000)
	if got := lookup(many...); len(got) != 1 {
		t.Errorf("%d answers", len(got))
	}
	w.refused(http.StatusUnprocessableEntity, "user-request", "POST", "/api/book/lookup", map[string]any{"addresses": append(many, ann)})
	w.refused(http.StatusUnprocessableEntity, "user-request", "POST", "/api/book/lookup", `{"addresses":null}`)
}

func TestEntryResolvesMembers(t *testing.T) {
	w := newWorld(t, "")
	found := get[[]api.EntryDocument](w, "/api/book/entry?what=all@gbr.example")
	if len(found) != 1 || len(found[0].Members) != 3 {
		t.Fatalf("%+v", found)
	}
	// In the order of members; uid=nobody is in no book.
	var names []string
	for _, h := range found[0].Resolved {
		names = append(names, h.Name+" "+h.Address)
	}
	var want []string
	for _, dn := range found[0].Members {
		switch {
		case strings.Contains(strings.ToLower(dn), "uid=me"):
			want = append(want, "Major Me "+me)
		case strings.Contains(dn, "uid=ann"):
			want = append(want, "Ann Able "+ann)
		}
	}
	if len(want) != 2 || !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	if found := get[[]api.EntryDocument](w, "/api/book/entry?what="+ann); len(found) != 1 || found[0].Resolved == nil || len(found[0].Resolved) != 0 {
		t.Errorf("%+v", found)
	}
}
