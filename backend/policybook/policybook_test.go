package policybook_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/policybook"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// shelf is a book on a data directory of its own, whose clock the test sets.
type shelf struct {
	t     *testing.T
	dir   string
	store *store.Store
	*policybook.Book
	now time.Time
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
	s.open()
	t.Cleanup(func() { s.store.Close() })
	return s
}

func (s *shelf) open() {
	s.t.Helper()
	var err error
	if s.store, err = store.Open(s.t.Context(), s.dir, "test"); err != nil {
		s.t.Fatal(err)
	}
	s.Book = policybook.New(s.store, func() time.Time { return s.now })
}

// reopened is the same directory as the next process finds it.
func (s *shelf) reopened() {
	s.t.Helper()
	if err := s.store.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open()
}

// document is the demonstration's policy as one of its versions.
func document(t *testing.T, version int) ([]byte, *spif.Policy) {
	t.Helper()
	text, err := os.ReadFile("../demo/policy.spif.xml")
	if err != nil {
		t.Fatal(err)
	}
	const was = `schemaVersion="2.1" version="1"`
	if !strings.Contains(string(text), was) {
		t.Fatalf("the policy has no %s", was)
	}
	data := []byte(strings.Replace(string(text), was, fmt.Sprintf(`schemaVersion="2.1" version="%d"`, version), 1))
	p, err := spif.Parse(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return data, p
}

func (s *shelf) load(version int) policybook.Version {
	s.t.Helper()
	data, p := document(s.t, version)
	v, _, err := s.Load(s.t.Context(), p, data, policybook.Version{LoadedBy: "tester", Warnings: 2, Notes: 1}, map[string]string{"what": "loaded"})
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

func (s *shelf) logged() int64 {
	s.t.Helper()
	n, err := audit.LastSeq(s.t.Context(), s.store.Reader())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestVersionIsKeptAsItWasLoaded(t *testing.T) {
	s := newShelf(t)
	v := s.load(1)
	data, p := document(t, 1)
	want := policybook.Version{
		SHA256: p.SHA256(), Name: p.Name(), ID: p.ID(), Version: 1, Loaded: s.now, LoadedBy: "tester", Warnings: 2, Notes: 1,
	}
	if v != want {
		t.Errorf("%+v, want %+v", v, want)
	}
	s.reopened()
	if got, err := s.Get(t.Context(), v.SHA256); err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
	got, q, err := s.Document(t.Context(), v.SHA256)
	if err != nil || string(got) != string(data) || q.SHA256() != v.SHA256 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	info, err := os.Stat(filepath.Join(s.dir, policybook.Path(v.SHA256)))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the document is for others too: %v %v", info, err)
	}
}

// Once more is no second version, and no second line of the log.
func TestVersionIsLoadedOnce(t *testing.T) {
	s := newShelf(t)
	first := s.load(1)
	lines := s.logged()
	s.now = s.now.Add(time.Hour)
	data, p := document(t, 1)
	again, added, err := s.Load(t.Context(), p, data, policybook.Version{LoadedBy: "another"}, map[string]string{"what": "loaded"})
	if err != nil || added || again != first || s.logged() != lines {
		t.Errorf("%+v %v %v, %d lines, were %d", again, added, err, s.logged(), lines)
	}
}

// Versions of a policy stand the newest first, whenever they were loaded.
func TestVersionsInTheirOrder(t *testing.T) {
	s := newShelf(t)
	for _, v := range []int{2, 10, 1} {
		s.now = s.now.Add(time.Minute)
		s.load(v)
	}
	all, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, v := range all {
		got = append(got, v.Version)
	}
	if !slices.Equal(got, []int{10, 2, 1}) {
		t.Errorf("%v", got)
	}
}

func TestVersionIsFoundByItsFirstDigits(t *testing.T) {
	s := newShelf(t)
	v := s.load(1)
	if got, err := s.Find(t.Context(), v.SHA256[:6]); err != nil || got != v {
		t.Errorf("%+v %v", got, err)
	}
	none := "0000"
	if strings.HasPrefix(v.SHA256, none) {
		none = "ffff"
	}
	for _, digits := range []string{"", v.SHA256[:3], none, v.SHA256 + "0"} {
		if _, err := s.Find(t.Context(), digits); !errors.Is(err, policybook.ErrUnknown) {
			t.Errorf("%q: %v", digits, err)
		}
	}
	for _, sum := range []string{"../../caveat.db", strings.ToUpper(v.SHA256), strings.Repeat("0", 64)} {
		if _, _, err := s.Document(t.Context(), sum); !errors.Is(err, policybook.ErrUnknown) {
			t.Errorf("%q: %v", sum, err)
		}
	}
}

// A file that was altered is not handed out; to load the document again mends it.
func TestAlteredFileIsRefused(t *testing.T) {
	s := newShelf(t)
	v := s.load(1)
	file := filepath.Join(s.dir, policybook.Path(v.SHA256))
	other, _ := document(t, 2)
	if err := os.WriteFile(file, other, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Document(t.Context(), v.SHA256); !errors.Is(err, policybook.ErrAltered) {
		t.Errorf("%v", err)
	}
	if s.load(1) != v {
		t.Error("it is another version after it was loaded again")
	}
	if _, _, err := s.Document(t.Context(), v.SHA256); err != nil {
		t.Errorf("loaded again: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Document(t.Context(), v.SHA256); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file is gone: %v", err)
	}
}

// A process that ends between the file and its row leaves a file that nobody knows of: no version, no line, and the next load of the
// same document makes it one.
func TestKilledBetweenFileAndRow(t *testing.T) {
	s := newShelf(t)
	data, p := document(t, 1)
	lines := s.logged()
	path := filepath.Join(s.dir, policybook.Path(p.SHA256())) // as a Load leaves it that is killed before its row
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data[:len(data)/2], 0o600)); err != nil {
		t.Fatal(err)
	}
	s.reopened()
	all, err := s.List(t.Context())
	if err != nil || len(all) != 0 || s.logged() != lines {
		t.Errorf("%+v %v, %d lines, were %d", all, err, s.logged(), lines)
	}
	if _, _, err := s.Document(t.Context(), p.SHA256()); !errors.Is(err, policybook.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if v := s.load(1); v.SHA256 != p.SHA256() || s.logged() <= lines {
		t.Errorf("%+v", v)
	}
	if _, _, err := s.Document(t.Context(), p.SHA256()); err != nil {
		t.Error(err)
	}
}

// When it was put in force last, by whom, and who accepted it.
func TestVersionPutInForce(t *testing.T) {
	s := newShelf(t)
	one, two := s.load(1), s.load(2)
	for i, x := range []struct{ sum, by, accepted string }{
		{one.SHA256, "ann", "ann, by courier"}, {two.SHA256, "bob", ""}, {one.SHA256, "carol", ""},
	} {
		s.now = time.Date(2026, 11, 2, i, 0, 0, 0, time.UTC)
		if err := s.Put(t.Context(), x.sum, x.by, x.accepted); err != nil {
			t.Fatal(err)
		}
	}
	s.reopened()
	if v, err := s.Get(t.Context(), one.SHA256); err != nil || !v.Used.Equal(s.now) || v.UsedBy != "carol" || v.Acceptance != "ann, by courier" || v.LoadedBy != "tester" {
		t.Errorf("%+v %v", v, err)
	}
	if v, err := s.Get(t.Context(), two.SHA256); err != nil || v.UsedBy != "bob" || v.Acceptance != "" || v.Used.Hour() != 1 {
		t.Errorf("%+v %v", v, err)
	}
}
