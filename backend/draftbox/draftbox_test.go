package draftbox_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
)

func TestSaveGetListDelete(t *testing.T) {
	d := newDesk(t)
	first := d.save(one, 0, "first")
	if first.ID != one || first.Version != 1 || !first.Changed.Equal(d.now) {
		t.Errorf("%+v", first)
	}
	d.sleep(time.Second)
	d.save(two, 0, "second")
	d.sleep(time.Second)
	again := d.save(one, 1, "first, longer")
	if again.Version != 2 || !again.Changed.Equal(d.now) {
		t.Errorf("%+v", again)
	}
	got, err := d.Get(t.Context(), one)
	must(t, err)
	if got.Version != 2 || got.Content.Subject != "first, longer" || !got.Changed.Equal(again.Changed) {
		t.Errorf("%+v", got)
	}
	list, err := d.List(t.Context())
	must(t, err)
	if len(list) != 2 || list[0].ID != one || list[1].ID != two {
		t.Errorf("the newest change does not come first: %+v", list)
	}
	d.sleep(time.Second)
	d.save(two, 1, "second, longer")
	if list, err = d.List(t.Context()); err != nil || len(list) != 2 || list[0].ID != two {
		t.Errorf("the newest change does not come first: %+v, %v", list, err)
	}
	must(t, d.Delete(t.Context(), one, 2))
	if list, err = d.List(t.Context()); err != nil || len(list) != 1 || list[0].ID != two {
		t.Errorf("%+v, %v", list, err)
	}
	if want := []string{one, two, one, two, one}; !slices.Equal(d.changes(), want) {
		t.Errorf("recorded %v, want %v", d.changes(), want)
	}
}

// A save makes a new version also where nothing changed: the page saves once more when the answer to Send was lost, so that a request
// which is still under way, and names the version before, can no longer succeed behind the back of who is told that nothing was sent.
func TestSaveOfTheSameMakesAVersion(t *testing.T) {
	d := newDesk(t)
	d.save(one, 0, "a")
	if again := d.save(one, 1, "a"); again.Version != 2 {
		t.Errorf("%+v", again)
	}
	if _, err := d.Save(t.Context(), one, 1, titled("a")); !errors.Is(err, draftbox.ErrChanged) {
		t.Errorf("the version before: %v", err)
	}
}

// Who names another version than the one that is kept has not seen what he would overwrite.
func TestVersions(t *testing.T) {
	for _, tt := range []struct {
		name    string
		id      string
		version int64
		want    error
	}{
		{"made twice", one, 0, draftbox.ErrChanged},
		{"an older version", one, 1, draftbox.ErrChanged},
		{"a version that never was", one, 3, draftbox.ErrChanged},
		{"a negative version", one, -1, draftbox.ErrChanged},
		{"never saved", two, 1, draftbox.ErrGone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.save(one, 0, "a")
			d.save(one, 1, "b")
			if _, err := d.Save(t.Context(), tt.id, tt.version, titled("lost")); !errors.Is(err, tt.want) {
				t.Errorf("Save: %v", err)
			}
			if tt.version != 0 { // 0 is no version that could be deleted: it is refused as any other
				if err := d.Delete(t.Context(), tt.id, tt.version); !errors.Is(err, tt.want) {
					t.Errorf("Delete: %v", err)
				}
			}
			if err := d.take(tt.id, tt.version); !errors.Is(err, tt.want) {
				t.Errorf("Take: %v", err)
			}
			if got, err := d.Get(t.Context(), one); err != nil || got.Version != 2 || got.Content.Subject != "b" {
				t.Errorf("it became %+v, %v", got, err)
			}
			if n := len(d.changes()); n != 2 {
				t.Errorf("%d changes are recorded, 2 were made", n)
			}
		})
	}
}

// A save that comes late never brings back what was sent, be it one more of the draft or its first one repeated.
func TestLateSaveBringsNothingBack(t *testing.T) {
	d := newDesk(t)
	d.save(one, 0, "a")
	must(t, d.take(one, 1))
	for _, version := range []int64{0, 1, 2} {
		if _, err := d.Save(t.Context(), one, version, titled("back")); !errors.Is(err, draftbox.ErrGone) {
			t.Errorf("Save of version %d: %v", version, err)
		}
	}
	if _, err := d.Get(t.Context(), one); !errors.Is(err, draftbox.ErrGone) {
		t.Errorf("Get: %v", err)
	}
	for name, err := range map[string]error{"Take": d.take(one, 1), "Delete": d.Delete(t.Context(), one, 1)} {
		if !errors.Is(err, draftbox.ErrGone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A late save does not bring back what was deleted; the user does, who makes it anew. Its versions count on, so that a page that
// has not seen all of this cannot take its own version for the new one.
func TestDeletedDraftIsMadeAnew(t *testing.T) {
	d := newDesk(t)
	d.save(one, 0, "a")
	d.save(one, 1, "b")
	must(t, d.Delete(t.Context(), one, 2))
	for _, version := range []int64{1, 2, 3} {
		if _, err := d.Save(t.Context(), one, version, titled("late")); !errors.Is(err, draftbox.ErrGone) {
			t.Errorf("Save of version %d: %v", version, err)
		}
	}
	if s := d.save(one, 0, "b"); s.Version != 3 {
		t.Errorf("version %d", s.Version)
	}
	for _, version := range []int64{0, 1, 2} {
		if _, err := d.Save(t.Context(), one, version, titled("another page's")); !errors.Is(err, draftbox.ErrChanged) {
			t.Errorf("Save of version %d: %v", version, err)
		}
		if err := d.take(one, version); !errors.Is(err, draftbox.ErrChanged) {
			t.Errorf("Take of version %d: %v", version, err)
		}
	}
	if got, err := d.Get(t.Context(), one); err != nil || got.Version != 3 || got.Content.Subject != "b" {
		t.Errorf("%+v, %v", got, err)
	}
	must(t, d.take(one, 3))
}

// Of what is gone nothing is kept but that it is gone.
func TestNothingOfARemovedDraftIsKept(t *testing.T) {
	d := newDesk(t)
	d.save(one, 0, "the secret")
	d.save(two, 0, "the secret")
	must(t, d.Delete(t.Context(), one, 1))
	must(t, d.take(two, 1))
	var kept int
	must(t, d.store.Reader().QueryRow(`SELECT count(*) FROM draft WHERE content <> ''`).Scan(&kept))
	if list, err := d.List(t.Context()); kept != 0 || err != nil || len(list) != 0 {
		t.Errorf("%d contents, %v, %v", kept, list, err)
	}
}

// Take belongs to the caller's transaction: what is rolled back has not happened.
func TestTakeIsRolledBackWithItsTransaction(t *testing.T) {
	d := newDesk(t)
	d.save(one, 0, "a")
	failure := errors.New("the message could not be queued")
	err := d.store.Write(t.Context(), func(tx *sql.Tx) error {
		must(t, d.Take(t.Context(), tx, one, 1))
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("%v", err)
	}
	if got, err := d.Get(t.Context(), one); err != nil || got.Version != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	d.save(one, 1, "b")
}

// Of many who do something with one version, one does it.
func TestConcurrentChanges(t *testing.T) {
	d := newDesk(t)
	d.save(one, 0, "a")
	var done atomic.Int64
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			var err error
			switch i % 3 {
			case 0:
				_, err = d.Save(t.Context(), one, 1, titled("b"))
			case 1:
				err = d.Delete(t.Context(), one, 1)
			case 2:
				err = d.take(one, 1)
			}
			switch {
			case err == nil:
				done.Add(1)
			case !errors.Is(err, draftbox.ErrChanged) && !errors.Is(err, draftbox.ErrGone):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := done.Load(); n != 1 {
		t.Errorf("%d did it", n)
	}
}

func TestIDs(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{"", one[:15], strings.Repeat("a", 41), "0123456789ABCDEF", "0123456789abcde-", "../../etc/passwd", one + "\n", one + " "} {
		if _, err := d.Save(t.Context(), id, 0, titled("a")); !errors.Is(err, draftbox.ErrID) {
			t.Errorf("%q: %v", id, err)
		}
	}
	d.save(strings.Repeat("z", 40), 0, "a")
}

func TestTooLong(t *testing.T) {
	d := newDesk(t)
	c := titled("a")
	c.Body = strings.Repeat("<", draft.MaxSize) // an escape for HTML would make it six times as long, and is not made
	if _, err := d.Save(t.Context(), one, 0, c); !errors.Is(err, draft.ErrInvalid) {
		t.Errorf("%v", err)
	}
	c.Body = c.Body[:draft.MaxSize-200]
	s, err := d.Save(t.Context(), one, 0, c)
	must(t, err)
	if got, err := d.Get(t.Context(), one); err != nil || got.Content.Body != s.Content.Body {
		t.Errorf("%d characters came back, %v", len(got.Content.Body), err)
	}
}

// What was damaged on disk is said, not guessed at.
func TestDamagedRow(t *testing.T) {
	d := newDesk(t)
	d.save(one, 0, "a")
	must(t, d.store.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE draft SET content = '{"colour": 1}'`)
		return err
	}))
	for name, read := range map[string]func() error{
		"Get":  func() error { _, err := d.Get(t.Context(), one); return err },
		"List": func() error { _, err := d.List(t.Context()); return err },
	} {
		if err := read(); !errors.Is(err, draft.ErrSyntax) || !strings.Contains(fmt.Sprint(err), one) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, d.Delete(t.Context(), one, 1))
}
