package demo_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/ldapbook"
)

// source is a nation's directory as the installation file describes it.
func source(t *testing.T, f *demo.Federation, dir, nation string) ldapbook.Source {
	t.Helper()
	in, err := installation.Load(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range in.Directories {
		if d.Name == nation {
			password, err := installation.NewAgeFile(dir).Secret(d.Secret)
			if err != nil {
				t.Fatal(err)
			}
			return ldapbook.Source{Name: d.Name, Nation: d.Nation, URLs: d.URLs, Security: ldapbook.Transport(d.Security), RootCAs: d.Roots,
				BindDN: d.BindDN, Password: password, BaseDN: d.BaseDN, Timeout: 5 * time.Second}
		}
	}
	t.Fatalf("no directory %s", nation)
	return ldapbook.Source{}
}

func openBook(t *testing.T) *ldapbook.Book {
	t.Helper()
	b, err := ldapbook.Open(context.Background(), filepath.Join(t.TempDir(), "book.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// entries is everything that a nation publishes, read over LDAP, by book order, without the time.
func entries(t *testing.T, f *demo.Federation, dir, nation string) []ldapbook.Entry {
	t.Helper()
	b := openBook(t)
	if _, err := b.Sync(context.Background(), source(t, f, dir, nation), nil); err != nil {
		t.Fatal(err)
	}
	all, err := b.Search(context.Background(), ldapbook.Query{Limit: ldapbook.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i].ReadAt = time.Time{}
	}
	return all
}

func TestDirectories(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	for _, n := range f.Nations() {
		all := entries(t, f, dir, n.Code)
		if len(all) != few || n.Entries != few {
			t.Errorf("%s: %d entries in the book, %d said to be there", n.Code, len(all), n.Entries)
		}
		kinds, seen, foreign, none := map[ldapbook.Kind]int{}, map[string]bool{}, 0, 0
		for _, e := range all {
			kinds[e.Kind]++
			for _, a := range append(append([]string{}, e.Mail...), e.JID...) {
				if seen[a] || !strings.HasSuffix(a, n.MailDomain) || strings.ToLower(a) != a || strings.ContainsFunc(a, func(r rune) bool { return r > unicode.MaxASCII }) {
					t.Errorf("address %q", a)
				}
				seen[a] = true
			}
			if strings.ContainsFunc(e.Name, func(r rune) bool { return r > unicode.MaxASCII }) {
				foreign++
			}
			if e.Kind == ldapbook.KindPerson && len(e.Clearance) == 0 {
				none++
			}
			switch {
			case e.Kind == ldapbook.KindList && (len(e.Members) == 0 || len(e.Mail) != 1 || !strings.Contains(e.Name, "List")):
				t.Errorf("list %+v", e)
			case e.Kind == ldapbook.KindRole && len(e.Occupants) == 0:
				t.Errorf("role without occupants: %s", e.DN)
			case e.Kind == ldapbook.KindRoom && (len(e.Mail) != 0 || !strings.HasSuffix(e.JID[0], "@"+n.RoomsDomain)):
				t.Errorf("room %+v", e)
			case e.Kind == ldapbook.KindPerson && (e.Rank == "" || e.Title == "" || e.Unit == "" || len(e.Phone) != 1 || e.Surname == ""):
				t.Errorf("person %+v", e)
			}
		}
		if kinds[ldapbook.KindPerson] < few/2 || kinds[ldapbook.KindRole] < 4 || kinds[ldapbook.KindList] < 5 || kinds[ldapbook.KindRoom] < 2 || foreign < 10 || none < 1 || none > 10 {
			t.Errorf("%s: %v, %d names beyond ASCII, %d people without a clearance", n.Code, kinds, foreign, none)
		}
	}
}

func TestSameSeedSamePeople(t *testing.T) {
	read := func(seed uint64) []ldapbook.Entry {
		dir := t.TempDir()
		f := startDemo(t, demo.Config{Dir: dir, People: few, Seed: seed})
		return entries(t, f, dir, "DEU")
	}
	first := read(3)
	if !reflect.DeepEqual(first, read(3)) {
		t.Error("the same seed gave others")
	}
	if reflect.DeepEqual(first, read(4)) {
		t.Error("another seed gave the same")
	}
}

func TestDirectoryFaults(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	src := source(t, f, dir, "AUS")
	ctx := context.Background()
	c, err := ldapbook.Dial(ctx, src)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := f.StopDirectory("AUS"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ByAddress(ctx, []string{demo.AUSCleared}); !errors.Is(err, ldapbook.ErrUnreachable) {
		t.Errorf("the open connection: %v", err)
	}
	if _, err := ldapbook.Dial(ctx, src); !errors.Is(err, ldapbook.ErrUnreachable) {
		t.Errorf("a new connection: %v", err)
	}
	if err := f.StartDirectory("AUS"); err != nil {
		t.Fatal(err)
	}
	c, err = ldapbook.Dial(ctx, src)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := f.ReplaceClearance("AUS", demo.AUSCleared, "other"); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove("AUS", demo.AUSRestricted); err != nil {
		t.Fatal(err)
	}
	got, _, err := c.ByAddress(ctx, []string{demo.AUSCleared, demo.AUSRestricted})
	if err != nil || len(got) != 1 || len(got[0].Clearance) != 1 || got[0].Clearance[0] != "other" {
		t.Errorf("%v, %v", got, err)
	}
	if err := f.Remove("AUS", "nobody@aus.example"); !errors.Is(err, demo.ErrUnknown) {
		t.Errorf("%v", err)
	}
	plain, wrong := src, src
	plain.Security, wrong.Password = ldapbook.TransportPlain, "wrong"
	for _, s := range []ldapbook.Source{plain, wrong} {
		if _, err := ldapbook.Dial(ctx, s); !errors.Is(err, ldapbook.ErrBind) {
			t.Errorf("%s, %v", s.Security, err)
		}
	}
}

// At the usual size a search for the commonest of Ukrainian names finds somebody.
func TestShevchenkoIsThere(t *testing.T) {
	dir := t.TempDir()
	b := openBook(t)
	if _, err := b.Sync(context.Background(), source(t, startDemo(t, demo.Config{Dir: dir}), dir, "UKR"), nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"шевченко", "shevchenko"} {
		if found, err := b.Search(context.Background(), ldapbook.Query{Text: name}); err != nil || len(found) == 0 {
			t.Errorf("%s: %d, %v", name, len(found), err)
		}
	}
}
