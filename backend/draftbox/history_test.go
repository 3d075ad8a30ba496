package draftbox_test

import (
	"testing"
	"time"

	"caveat/backend/draftbox"
	"caveat/backend/store"
)

// Of many saves the first and the last stay, recent ones closely and older ones ever more widely.
func TestVersionsAreThinned(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), "test")
	must(t, err)
	defer s.Close()
	begin := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	now := begin
	box := draftbox.New(s, func() time.Time { return now })
	const id, saves = "0123456789abcdef", 400
	for i := range int64(saves) {
		now = begin.Add(time.Duration(i) * 10 * time.Second)
		_, err := box.Save(t.Context(), id, i, draftbox.Content{})
		must(t, err)
	}
	list, err := box.History(t.Context(), id)
	must(t, err)
	if len(list) != draftbox.MaxVersions || list[0].Version != saves || list[len(list)-1].Version != 1 {
		t.Fatalf("%d versions, from %d to %d", len(list), list[len(list)-1].Version, list[0].Version)
	}
	var recent int
	for _, v := range list {
		if now.Sub(v.Changed) <= 2*time.Minute {
			recent++
		}
	}
	if recent < 8 || recent > 13 {
		t.Errorf("%d versions of the last two minutes", recent)
	}
	must(t, box.Delete(t.Context(), id, saves))
	var left int
	must(t, s.Reader().QueryRow(`SELECT count(*) FROM draft_version`).Scan(&left))
	if left != 0 {
		t.Errorf("%d versions of a draft that was deleted", left)
	}
}
