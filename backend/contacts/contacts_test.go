package contacts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/contacts"
	"caveat/backend/store"
)

type world struct {
	t   *testing.T
	own *contacts.Contacts
	now time.Time
}

func start(t *testing.T) *world {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir(), "test")
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	w := &world{t: t, now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	w.own = contacts.New(s, func() time.Time { return w.now })
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func who(name string) contacts.Contact {
	return contacts.Contact{Ref: contacts.Ref{Directory: "GBR", UUID: "u-" + name}, Name: name}
}

func (w *world) use(name string, times int) {
	w.t.Helper()
	for range times {
		must(w.t, w.own.Use(w.t.Context(), []contacts.Contact{who(name)}))
	}
}

func (w *world) ranked() string {
	w.t.Helper()
	list, err := w.own.Ranked(w.t.Context(), 10)
	must(w.t, err)
	return named(list)
}

func named(list []contacts.Used) string {
	var out []string
	for _, u := range list {
		out = append(out, fmt.Sprint(u.Name, u.Count))
	}
	return strings.Join(out, " ")
}

// A use counts half as much 30 days later.
func TestRankingWeighsHowRecentAUseIs(t *testing.T) {
	w := start(t)
	w.use("old", 5)
	w.now = w.now.Add(60 * 24 * time.Hour) // five uses count as one and a quarter now
	w.use("new", 1)
	if got := w.ranked(); got != "old5 new1" {
		t.Error(got)
	}
	w.use("new", 1)
	if got := w.ranked(); got != "new2 old5" {
		t.Error(got)
	}
	w.now = w.now.Add(3650 * 24 * time.Hour) // the order does not change with time alone
	if got := w.ranked(); got != "new2 old5" {
		t.Error(got)
	}
	w.use("old", 1)
	if got := w.ranked(); got != "old6 new2" {
		t.Error(got)
	}
	recent, err := w.own.Recent(t.Context(), 1)
	must(t, err)
	if named(recent) != "old6" || !recent[0].Last.Equal(w.now) {
		t.Errorf("%+v", recent)
	}
}

// Those used least are forgotten.
func TestWhatIsKeptIsBounded(t *testing.T) {
	w := start(t)
	w.use("often", 3)
	var many []contacts.Contact
	for i := range 5200 {
		many = append(many, who(fmt.Sprint("x", i)))
	}
	must(t, w.own.Use(t.Context(), many))
	list, err := w.own.Ranked(t.Context(), 10_000)
	must(t, err)
	if len(list) != 5000 || list[0].Name != "often" {
		t.Errorf("%d kept, first %+v", len(list), list[0])
	}
	for i := range contacts.MaxFavourites {
		must(t, w.own.AddFavourite(t.Context(), who(fmt.Sprint(i))))
	}
	if err := w.own.AddFavourite(t.Context(), who("one more")); !errors.Is(err, contacts.ErrMany) {
		t.Error(err)
	}
	if err := w.own.AddFavourite(t.Context(), who("0")); err != nil {
		t.Errorf("one that is there already: %v", err)
	}
}

func TestGroups(t *testing.T) {
	w := start(t)
	a, err := w.own.SaveGroup(t.Context(), contacts.Group{Name: " a  group ", Members: []contacts.Member{{Contact: who("x"), Address: "x@a"}, {Contact: who("y"), Address: "y@a"}}})
	must(t, err)
	_, err = w.own.SaveGroup(t.Context(), contacts.Group{Name: "none"})
	must(t, err)
	for name, tt := range map[string]struct {
		g    contacts.Group
		want error
	}{
		"without a name": {contacts.Group{Name: "  "}, contacts.ErrName},
		"a second one":   {contacts.Group{Name: "A GROUP"}, contacts.ErrName},
		"unknown":        {contacts.Group{ID: "x", Name: "x"}, contacts.ErrNoGroup},
		"too long":       {contacts.Group{Name: "x", Members: make([]contacts.Member, contacts.MaxMembers+1)}, contacts.ErrMany},
	} {
		if got, err := w.own.SaveGroup(t.Context(), tt.g); !errors.Is(err, tt.want) || got.Name != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	all, err := w.own.Groups(t.Context())
	must(t, err)
	if len(all) != 2 || all[0].Name != "a group" || len(all[0].Members) != 2 || all[0].Members[1].Address != "y@a" || len(all[1].Members) != 0 {
		t.Errorf("%+v", all)
	}
	must(t, w.own.DeleteGroup(t.Context(), a.ID))
	if err := w.own.DeleteGroup(t.Context(), a.ID); !errors.Is(err, contacts.ErrNoGroup) {
		t.Error(err)
	}
	if _, err := w.own.Group(t.Context(), a.ID); !errors.Is(err, contacts.ErrNoGroup) {
		t.Error(err)
	}
}
