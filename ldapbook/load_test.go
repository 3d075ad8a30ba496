package ldapbook_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// large is a directory that is written in two steps (see load.go).
func large(t testing.TB, suffix string, n int) (*ldaptest.Server, ldapbook.Source) {
	t.Helper()
	s := ldaptest.New(ldaptest.Config{Suffix: suffix})
	var all []ldaptest.Entry
	for i := range n {
		uid := fmt.Sprintf("p%05d", i)
		e := person(uid, []string{"Anna", "Юрій", "Bo"}[i%3], fmt.Sprintf("Nordmann%c%c", 'a'+i%26, 'a'+i/26%26), "mail", uid+"@"+suffix[2:]+".example",
			"ou", fmt.Sprintf("%d Company", i%17), "confidentialityClearance", []string{secret, restricted}[i%2])
		e.DN = fmt.Sprintf("uid=%s,ou=people,%s", uid, suffix)
		all = append(all, e)
	}
	must(t, s.Add(all...))
	t.Cleanup(s.Close)
	ln := listen(t)
	go s.Serve(ln)
	return s, ldapbook.Source{Name: suffix[2:], Nation: "NOR", URLs: []string{"ldap://" + ln.Addr().String()},
		Security: ldapbook.TransportPlain, BaseDN: suffix, PageSize: 500, Refresh: ldapbook.Refresh{Strategy: ldapbook.StrategyFull}}
}

// complete fails the test when not every one of the first n entries is found in every way, or anything is counted wrong.
func complete(t *testing.T, b *ldapbook.Book, directory string, n int) {
	t.Helper()
	ctx := t.Context()
	for i := range n {
		uid := fmt.Sprintf("p%05d", i)
		if i%37 != 0 && i > 50 {
			continue
		}
		found := find2(t, b, ldapbook.Query{Text: uid + " " + directory, Limit: 5})
		if len(found) != 1 || found[0].Mail[0] != uid+"@"+directory+".example" {
			t.Fatalf("search %s in %s: %+v", uid, directory, found)
		}
		e := found[0]
		if same := byAddress(t, b, e.Mail[0]); len(same) != 1 || same[0].UUID != e.UUID {
			t.Fatalf("by address %s: %+v", e.Mail[0], same)
		}
		if same, ok, err := b.ByUUID(ctx, directory, e.UUID); err != nil || !ok || same.DN != e.DN {
			t.Fatalf("by UUID %s: %+v, %v", e.UUID, same, err)
		}
		if same, err := b.ByDN(ctx, directory, []string{e.DN}); err != nil || len(same) != 1 {
			t.Fatalf("by DN %s: %+v, %v", e.DN, same, err)
		}
	}
	classes, err := b.Classes(ctx)
	must(t, err)
	spread, err := b.Spread(ctx, directory)
	must(t, err)
	top, err := b.Nodes(ctx, directory, 0)
	must(t, err)
	inClasses, inSpread, inTree := 0, 0, 0
	for _, c := range classes {
		if c.Directory == directory {
			inClasses += c.Entries
		}
	}
	for _, s := range spread {
		inSpread += s.Entries
	}
	for _, node := range top {
		inTree += node.Total
	}
	if inClasses != n || inSpread != n || inTree != n {
		t.Errorf("%s has %d entries: %d in classes, %d in the spread, %d in the tree", directory, n, inClasses, inSpread, inTree)
	}
	seen := map[string]bool{}
	for offset := 0; offset < n; offset += 900 {
		for _, e := range find2(t, b, ldapbook.Query{Text: directory, Offset: offset, Limit: 900}) {
			seen[e.UUID] = true
		}
	}
	if len(seen) != n {
		t.Errorf("page by page %d of %d entries of %s", len(seen), n, directory)
	}
}

// Several directories are read for the first time at once, and another is written meanwhile: no two entries get one place.
func TestFirstReadsAtOnce(t *testing.T) {
	b := openBook(t)
	var all sync.WaitGroup
	names := []string{"norland", "albion", "gallia"}
	for _, name := range names {
		_, src := large(t, "o="+name, 4600)
		all.Go(func() {
			if _, err := b.Sync(t.Context(), src, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	for i := range 40 {
		e := ldapbook.Entry{UUID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), DN: fmt.Sprintf("cn=%d,o=iberia", i), Nation: "ESP",
			Kind: ldapbook.KindPerson, Surname: "Nordmannaa", GivenName: "Anna", Name: "Anna Nordmannaa iberia"}
		must(t, b.Put(t.Context(), "iberia", []ldapbook.Entry{e}, ldapbook.Asked{}))
	}
	all.Wait()
	for _, name := range names {
		complete(t, b, name, 4600)
	}
	if found := find2(t, b, ldapbook.Query{Text: "iberia", Limit: 100}); len(found) != 40 {
		t.Errorf("%d of 40", len(found))
	}
}

// A live read of the directory in the middle of its first read makes what is there findable; the read goes on.
func TestPutDuringFirstRead(t *testing.T) {
	_, src := large(t, "o=norland", 9000)
	b := openBook(t)
	calls := 0
	_, err := b.Sync(t.Context(), src, func(ldapbook.SyncProgress) {
		if calls++; calls != 1 {
			return
		}
		e := human("Neu", "Dazugekommen")
		e.UUID, e.DN = "00000000-0000-0000-0000-000000000001", "uid=new,o=norland"
		put(t, b, "norland", "NOR", e)
		if got := names(find(t, b, "p00001 norland")); got != "Юрій Nordmannba" {
			t.Errorf("what was read before: %q", got)
		}
	})
	must(t, err)
	if calls < 2 {
		t.Fatal("one batch only")
	}
	// Read live after the read began: it stays, and is counted.
	must(t, b.Put(t.Context(), "norland", nil, ldapbook.Asked{UUIDs: []string{"00000000-0000-0000-0000-000000000001"}}))
	complete(t, b, "norland", 9000)
}

// A first read that ends early leaves what came findable, whether the process lives on or not.
func TestFirstReadEndsEarly(t *testing.T) {
	_, src := large(t, "o=norland", 9000)
	path := filepath.Join(t.TempDir(), "book.db")
	b, err := ldapbook.Open(context.Background(), path)
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := b.Sync(ctx, src, func(p ldapbook.SyncProgress) { cancel() })
	if !errors.Is(err, context.Canceled) || !r.Incomplete {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := names(find(t, b, "p00001 norland")); got != "Юрій Nordmannba" {
		t.Errorf("what was read: %q", got)
	}
	must(t, b.Close())
	b, err = ldapbook.Open(context.Background(), path)
	must(t, err)
	defer b.Close()
	if r := mustSync(t, b, src); r.Unchanged < 2000 || r.Added+r.Unchanged != 9000 {
		t.Errorf("%+v", r)
	}
	complete(t, b, "norland", 9000)
}

// Of several entries with one UUID in a first read the last counts, as it does at any other time.
func TestTwinsInFirstRead(t *testing.T) {
	s, src := large(t, "o=norland", 9000)
	const uuid = "00000000-0000-0000-0000-00000000000a"
	for i := range 3 {
		e := cleared(fmt.Sprintf("twin%d", i), "Twin", fmt.Sprintf("Number%d", i))
		e.UUID = uuid
		must(t, s.Add(e))
	}
	b := openBook(t)
	mustSync(t, b, src)
	found := find(t, b, "twin")
	if len(found) != 1 || found[0].UUID != uuid {
		t.Errorf("%s", names(found))
	}
}
