package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

const seed = 5

// figures are what was measured with one size.
type figures struct {
	size        int
	floors      [2]time.Duration // ldapsearch, before and after the full read
	read        reading
	book, ldif  int64
	incremental time.Duration // 0: the book cannot read changes alone from this server
	put         time.Duration
	classes     time.Duration
	classCount  int
	receiving   receiving
	searches    []searchFigure
	reread      time.Duration
	load        string // of the machine, at the end
}

type searchFigure struct {
	what       string
	book, live times
	slowest    string
}

func measure(ctx context.Context, size, rounds int, profile string) (*figures, error) {
	fix, err := prepare(seed, size)
	if err != nil {
		return nil, err
	}
	server, err := fix.Start()
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	dir, err := os.MkdirTemp("", "bench-book")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	f := &figures{size: size}
	path := filepath.Join(dir, "book.db")
	if err := f.readAll(ctx, server, path, profile); err != nil {
		return nil, err
	}
	book, err := ldapbook.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	for _, step := range []func() error{
		func() error { return f.count(ctx, book) },
		func() error { return f.search(ctx, book, server, rounds) },
		func() error { return f.receive(ctx, server.Population, path) },
		func() error { return f.change(ctx, book, server) },
		func() error { return f.rereadLive(ctx) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	load, err := os.ReadFile("/proc/loadavg")
	f.load = string(load[:min(4, len(load))])
	return f, err
}

// readAll reads the directory with ldapsearch, into a book, and with ldapsearch again. Once before that it is read for nothing,
// so that none of the three finds the server cold.
func (f *figures) readAll(ctx context.Context, server *ldaptest.Running, path, profile string) (err error) {
	if _, err = floor(ctx, server.URL); err != nil {
		return err
	}
	if f.floors[0], err = floor(ctx, server.URL); err != nil {
		return err
	}
	if f.read, err = fullRead(ctx, server.URL, path, profile); err != nil {
		return err
	}
	if f.floors[1], err = floor(ctx, server.URL); err != nil {
		return err
	}
	if f.book, err = bookSize(path); err != nil {
		return err
	}
	info, err := os.Stat(server.LDIF())
	if err == nil {
		f.ldif = info.Size()
	}
	return err
}

// count measures what "who may receive this label" asks the book: the classes, and how they are spread over units.
func (f *figures) count(ctx context.Context, book *ldapbook.Book) error {
	var all times
	for range 9 {
		start := time.Now()
		classes, err := book.Classes(ctx)
		if err != nil {
			return err
		}
		spread, err := book.Spread(ctx, directory)
		if err != nil {
			return err
		}
		permitted := map[int64]bool{}
		for i, c := range classes {
			permitted[c.ID] = i%2 == 0 // in place of a decision, which build/bench measures
		}
		inClasses, inUnits := 0, map[string]int{}
		for _, c := range classes {
			if permitted[c.ID] {
				inClasses += c.Entries
			}
		}
		sum := 0
		for _, s := range spread {
			if permitted[s.Class] {
				inUnits[s.Unit] += s.Entries
				sum += s.Entries
			}
		}
		if sum != inClasses || sum == 0 {
			return fmt.Errorf("%d may receive it by class, %d by unit", inClasses, sum)
		}
		all = append(all, time.Since(start))
		f.classCount = len(classes)
	}
	f.classes = all.at(0.5)
	return nil
}

// liveSearches: so many of the searches, at most, are asked of the server as well.
const liveSearches = 300

func (f *figures) search(ctx context.Context, book *ldapbook.Book, server *ldaptest.Running, rounds int) error {
	one, two := typed(server.Population, rounds/12+1)
	for _, kind := range []struct {
		what  string
		texts []string
	}{{"beginnings of 1 to 12 letters", one}, {"two words, begun", two}, {"worst: pairs of the commonest letters", worst(server.Population)}} {
		s := searchFigure{what: kind.what}
		// Once for nothing: a book that was just opened reads from the disk.
		if _, _, err := searched(ctx, book, kind.texts, ldapbook.Query{}); err != nil {
			return err
		}
		var err error
		if s.book, s.slowest, err = searched(ctx, book, kind.texts, ldapbook.Query{}); err != nil {
			return err
		}
		r := rand.New(rand.NewPCG(seed, 3))
		var some []string
		for _, i := range r.Perm(len(kind.texts))[:min(liveSearches, len(kind.texts))] {
			some = append(some, kind.texts[i])
		}
		if s.live, err = searchedLive(ctx, server.URL, some); err != nil {
			return err
		}
		f.searches = append(f.searches, s)
	}
	return nil
}

const changed = 1000

// change changes entries in the directory and reads the changes; and writes as many into the book without a directory.
func (f *figures) change(ctx context.Context, book *ldapbook.Book, server *ldaptest.Running) error {
	if s := f.read.Strategy; s != "" && s != string(ldapbook.StrategyFull) {
		if err := modify(server, changed); err != nil {
			return err
		}
		start := time.Now()
		result, err := book.Sync(ctx, source(server.URL), nil)
		if err != nil {
			return err
		}
		if f.incremental = time.Since(start); result.Changed != changed || result.Full && 10*changed < f.size {
			return fmt.Errorf("%d changes read of %d, strategy %s", result.Changed, changed, result.Strategy)
		}
	}
	some, err := book.Search(ctx, ldapbook.Query{Text: "of", Offset: 500, Limit: changed})
	if err != nil {
		return err
	}
	for i := range some {
		some[i].Title += " (acting)"
		some[i].ReadAt = time.Now()
	}
	start := time.Now()
	err = book.Put(ctx, directory, some, ldapbook.Asked{})
	f.put = time.Since(start)
	return err
}

// modify gives people new telephone numbers; never the same twice, and of the same length.
func modify(server *ldaptest.Running, n int) error {
	conn, err := ldap.DialURL(server.URL)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Bind(server.Manager(), server.Password); err != nil {
		return err
	}
	var dns []string
	server.Names(func(i int, dn string) {
		if i%max(1, server.Size/(2*n)) == 0 && len(dns) < n { // not every entry is one of a person
			dns = append(dns, dn)
		}
	})
	for i, dn := range dns {
		request := ldap.NewModifyRequest(dn, nil)
		request.Replace("telephoneNumber", []string{fmt.Sprintf("+47 %08d", (time.Now().UnixNano()/1000+int64(i))%1e8)})
		if err := conn.Modify(request); err != nil {
			return err
		}
	}
	if len(dns) < n {
		return fmt.Errorf("only %d people to change", len(dns))
	}
	return nil
}

// Four directories, and how many recipients are read again from all of them together.
const (
	nations       = 4
	nationSize    = 10_000
	recipients    = 1000
	rereadTimeout = 30 * time.Second
)

// rereadLive reads recipients again from four servers at once, connections included.
func (f *figures) rereadLive(ctx context.Context) error {
	var servers []*ldaptest.Running
	var addresses [nations][]string
	for n := range nations {
		fix, err := prepare(seed+10+uint64(n), nationSize)
		if err != nil {
			return err
		}
		server, err := fix.Start()
		if err != nil {
			return err
		}
		defer server.Stop()
		servers = append(servers, server)
		fix.People(func(i int, given, surname, mail string) {
			if i%30 == 0 && len(addresses[n]) < recipients/nations {
				addresses[n] = append(addresses[n], mail)
			}
		})
	}
	var all times
	for range 5 {
		start := time.Now()
		if err := reread(ctx, servers, addresses); err != nil {
			return err
		}
		all = append(all, time.Since(start))
	}
	f.reread = slices.Max(all)
	return nil
}

func reread(ctx context.Context, servers []*ldaptest.Running, addresses [nations][]string) error {
	ctx, cancel := context.WithTimeout(ctx, rereadTimeout)
	defer cancel()
	errs := make([]error, len(servers))
	var wait sync.WaitGroup
	for n, server := range servers {
		wait.Go(func() {
			conn, err := ldapbook.Dial(ctx, source(server.URL))
			if err != nil {
				errs[n] = err
				return
			}
			defer conn.Close()
			found, _, err := conn.ByAddress(ctx, addresses[n])
			if err == nil && len(found) != len(addresses[n]) {
				err = fmt.Errorf("%d of %d recipients found", len(found), len(addresses[n]))
			}
			errs[n] = err
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
