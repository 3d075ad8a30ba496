package draftbox_test

import (
	"database/sql"
	"sync"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/store"
)

const (
	one = "0123456789abcdef"
	two = "fedcba9876543210"
)

// desk is a draft box on a data directory of its own, with a clock.
type desk struct {
	*draftbox.Box
	t     *testing.T
	store *store.Store

	mu  sync.Mutex
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir(), "test")
	must(t, err)
	t.Cleanup(func() { s.Close() })
	d := &desk{t: t, store: s, now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)}
	d.Box = draftbox.New(s, func() time.Time {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.now
	})
	return d
}

func (d *desk) sleep(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func (d *desk) save(id string, version int64, subject string) draftbox.Stored {
	d.t.Helper()
	s, err := d.Save(d.t.Context(), id, version, titled(subject))
	must(d.t, err)
	return s
}

// take sends a draft, as far as this package has to do with that.
func (d *desk) take(id string, version int64) error {
	return d.store.Write(d.t.Context(), func(tx *sql.Tx) error { return d.Take(d.t.Context(), tx, id, version) })
}

func titled(subject string) draftbox.Content {
	return draftbox.Content{Draft: draft.Draft{Channel: draft.Mail, Action: []string{}, Subject: subject}}
}

// changes lists the ids of the drafts that were recorded as changed.
func (d *desk) changes() (out []string) {
	d.t.Helper()
	all, _, _, err := d.store.Changes(d.t.Context(), 0)
	must(d.t, err)
	for _, c := range all {
		if c.Kind == "draft" {
			out = append(out, c.ID)
		}
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
