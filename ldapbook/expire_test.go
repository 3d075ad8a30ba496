package ldapbook_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"caveat/ldapbook"
)

// What expires is forgotten, not withdrawn; what is younger, of another directory, or withdrawn already, stays as it is.
func TestExpire(t *testing.T) {
	b, err := ldapbook.Open(t.Context(), filepath.Join(t.TempDir(), "book.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	now := time.Now().UTC().Truncate(time.Second)
	entry := func(directory string, n int, age time.Duration) ldapbook.Entry {
		return ldapbook.Entry{
			UUID: fmt.Sprintf("00000000-0000-0000-0000-%012d", n), DN: fmt.Sprintf("uid=p%d,o=x", n), Kind: ldapbook.KindPerson, Nation: "UKR",
			Name: fmt.Sprintf("Person %d", n), Surname: "Person", Mail: []string{fmt.Sprintf("p%d@%s.example", n, directory)}, Clearance: []string{"c"},
			ReadAt: now.Add(-age), Transport: ldapbook.TransportLDAPS,
		}
	}
	gone := entry("old", 2001, 49*time.Hour)
	old := []ldapbook.Entry{entry("old", 2000, 47*time.Hour), gone}
	for i := range 1100 { // more than go at once
		old = append(old, entry("old", i, 49*time.Hour))
	}
	for directory, entries := range map[string][]ldapbook.Entry{"old": old, "other": {entry("other", 1, 49*time.Hour)}} {
		if err := b.Put(t.Context(), directory, entries, ldapbook.Asked{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Put(t.Context(), "old", nil, ldapbook.Asked{Addresses: gone.Mail}); err != nil { // withdrawn
		t.Fatal(err)
	}
	before := now.Add(-48 * time.Hour)
	if n, err := b.Expire(t.Context(), "old", before); n != 1100 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := b.Expire(t.Context(), "old", before); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	if n, err := b.Expire(t.Context(), "nowhere", before); n != 0 || err != nil {
		t.Errorf("of a directory that is not there: %d, %v", n, err)
	}
	status, err := b.Status(t.Context())
	if err != nil || len(status) != 2 || status[0].Entries != 1 || status[1].Entries != 1 {
		t.Errorf("%+v, %v", status, err)
	}
	found, err := b.Search(t.Context(), ldapbook.Query{Text: "person", Limit: 100})
	if err != nil || len(found) != 2 {
		t.Errorf("%d found, %v", len(found), err)
	}
	dead, err := b.Withdrawn(t.Context(), []string{"p5@old.example", gone.Mail[0]})
	if err != nil || len(dead) != 1 || dead[gone.Mail[0]].What != ldapbook.GoneEntry {
		t.Errorf("%v, %v", dead, err)
	}
}
