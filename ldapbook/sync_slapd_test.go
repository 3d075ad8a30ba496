//go:build integration

package ldapbook_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

func TestIntegrationSyncSlapd(t *testing.T) {
	for name, body := range syncBodies {
		t.Run(name, func(t *testing.T) { body(t, startSlapd) })
	}
}

// strategiesOfSlapd are what slapd with syncprov can do.
var strategiesOfSlapd = []ldapbook.Strategy{ldapbook.StrategySyncrepl, ldapbook.StrategyChanges, ldapbook.StrategyFull}

func eachStrategy(t *testing.T, test func(t *testing.T, strategy ldapbook.Strategy)) {
	for _, s := range strategiesOfSlapd {
		t.Run(string(s), func(t *testing.T) { test(t, s) })
	}
}

func slapdOf(w world) *ldaptest.Slapd { return w.dir.(*ldaptest.Slapd) }

// After a restart the server does not know any more what was deleted.
func TestIntegrationRestartedServer(t *testing.T) {
	w := startSlapd(t, startOptions{entries: crowd(300)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	b := openBook(t)
	mustSync(t, b, src)
	changeSome(t, w, 10)
	slapdOf(w).Stop()
	slapdOf(w).Start()
	changeSome(t, w, 20)
	r := mustSync(t, b, src)
	if r.Full || r.Removed != 2 || r.Added != 2 || r.Changed != 4 {
		t.Errorf("%+v", r)
	}
	equal(t, b, w.ldap, changedAddresses(300, 10, 20))
	wantCounts(t, mustSync(t, b, src), "read 0 added 0 changed 0 removed 0 unchanged 0")
	src.Refresh.FullEvery = time.Nanosecond // the server may as well have been restored: some day everything is read
	if r := mustSync(t, b, src); !r.Full {
		t.Errorf("%+v", r)
	}
	src.Refresh.FullEvery = 0
	changeSome(t, w, 30)
	if r := mustSync(t, b, src); r.Full {
		t.Errorf("%+v", r)
	}
}

// The clock of the directory goes back: what was added since the backup is gone, what was deleted is there again.
func TestIntegrationRestoredBackup(t *testing.T) {
	for _, strategy := range strategiesOfSlapd {
		for _, written := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, written since: %v", strategy, written), func(t *testing.T) {
				w := startSlapd(t, startOptions{entries: crowd(100)})
				s := slapdOf(w)
				src := withStrategy(w.ldap, strategy)
				b := openBook(t)
				mustSync(t, b, src)
				s.Stop()
				backup := s.Backup()
				s.Start()
				changeSome(t, w, 10)
				mustSync(t, b, src)
				s.Stop()
				s.Restore(backup)
				s.Start()
				if written { // then the newest change is newer than the cookie, and the server sees nothing wrong
					changeSome(t, w, 20)
				}
				if strategy == ldapbook.StrategyChanges {
					src.Refresh.FullEvery = time.Nanosecond
				}
				mustSync(t, b, src)
				equal(t, b, w.ldap, changedAddresses(100, 10, 20))
				changeSome(t, w, 30)
				src.Refresh.FullEvery = 0
				mustSync(t, b, src)
				if strategy != ldapbook.StrategyChanges { // which doesn't see what is deleted
					equal(t, b, w.ldap, changedAddresses(100, 10, 20, 30))
				}
			})
		}
	}
}

// The server is killed in the middle of an answer, and comes back.
func TestIntegrationKilledServer(t *testing.T) {
	t.Parallel() // it mostly waits
	eachStrategy(t, func(t *testing.T, strategy ldapbook.Strategy) {
		w := startSlapd(t, startOptions{entries: crowd(500)})
		s := slapdOf(w)
		p, src := startProxy(t, w.ldap)
		src = withStrategy(src, strategy)
		src.PageSize, src.Timeout = 100, 2*time.Second
		b := openBook(t)
		killed := make(chan struct{})
		p.stopAfter(60_000, func() {
			s.Kill()
			close(killed)
		})
		r, err := b.Sync(t.Context(), src, nil)
		if err == nil || !r.Incomplete {
			t.Fatal(r, err)
		}
		if st := status(t, b); !st.Incomplete || st.Error == "" || !st.LastSuccess.IsZero() {
			t.Errorf("%+v", st)
		}
		<-killed
		p.until.Store(-1)
		s.Start()
		mustSync(t, b, src)
		equal(t, b, w.ldap, crowdAddresses(500))
	})
}

// A partition: the connection stays open, and nothing comes. What is in the book stays, and the status says so.
func TestIntegrationPartition(t *testing.T) {
	t.Parallel() // it mostly waits
	eachStrategy(t, func(t *testing.T, strategy ldapbook.Strategy) {
		t.Parallel()
		w := startSlapd(t, startOptions{entries: crowd(500)})
		p, src := startProxy(t, w.ldap)
		src = withStrategy(src, strategy)
		src.PageSize, src.Timeout = 100, 2*time.Second
		b := openBook(t)
		mustSync(t, b, src)
		for _, after := range []int64{0, 4_000, 6_000} {
			changeSome(t, w, int(after/100))
			p.stopAfter(after, func() {})
			err := bounded(t, func(ctx context.Context) error {
				_, err := b.Sync(ctx, src, nil)
				return err
			})
			// A small answer may have come whole before the silence.
			if err != nil && !errors.Is(err, ldapbook.ErrTimeout) {
				t.Errorf("%d: %v", after, err)
			}
			if st := status(t, b); (err != nil) != (st.Error != "") || st.Entries < 490 {
				t.Errorf("%d: %v, %+v", after, err, st)
			}
			p.until.Store(-1)
			src.Refresh.FullEvery = time.Nanosecond
			mustSync(t, b, src)
			equal(t, b, w.ldap, changedAddresses(500, 0, 40, 60))
		}
	})
}

// A thin link: it takes longer than the timeout, which only limits silence.
func TestIntegrationSlowLink(t *testing.T) {
	t.Parallel() // it mostly waits
	eachStrategy(t, func(t *testing.T, strategy ldapbook.Strategy) {
		t.Parallel()
		w := startSlapd(t, startOptions{entries: crowd(300)})
		p, src := startProxy(t, w.ldap)
		p.rate.Store(50_000)
		src = withStrategy(src, strategy)
		src.PageSize, src.Timeout = 100, 2*time.Second
		b := openBook(t)
		if r := mustSync(t, b, src); r.Read != 300 {
			t.Errorf("%+v", r)
		}
		equal(t, b, w.ldap, crowdAddresses(300))
	})
}

// More than the server's limit: never silently short, by whatever way.
func TestIntegrationSizeLimit(t *testing.T) {
	for _, strategy := range append(slices.Clone(strategiesOfSlapd), ldapbook.StrategyAuto) {
		w := startSlapd(t, startOptions{entries: crowd(100), sizeLimit: 50})
		b := openBook(t)
		r, err := b.Sync(t.Context(), withStrategy(w.ldap, strategy), nil)
		if !errors.Is(err, ldapbook.ErrSizeLimit) || !r.Incomplete {
			t.Errorf("%q: %+v, %v", strategy, r, err)
		}
		if st := status(t, b); !st.Incomplete || st.Error == "" || !st.LastSuccess.IsZero() {
			t.Errorf("%q: %+v", strategy, st)
		}
	}
}

// Without syncprov: the next way, and the result says which.
func TestIntegrationNoSyncprov(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, NoSync: true, Entries: crowd(100)})
	src := ldapbook.Source{Name: "Norland", URLs: []string{s.URL}, Security: ldapbook.TransportPlain, BaseDN: suffix}
	w := world{dir: s}
	for _, strategy := range []ldapbook.Strategy{ldapbook.StrategyAuto, ldapbook.StrategySyncrepl} {
		b := openBook(t)
		src := withStrategy(src, strategy)
		if r := mustSync(t, b, src); r.Strategy != ldapbook.StrategyChanges || !r.Full {
			t.Errorf("%+v", r)
		}
		must(t, w.dir.Replace(dn("p0001"), "sn", "By "+string(strategy)+"x"))
		if r := mustSync(t, b, src); r.Strategy != ldapbook.StrategyChanges || r.Full || r.Changed != 1 {
			t.Errorf("%+v", r)
		}
		equal(t, b, src, crowdAddresses(100))
	}
}

// Four nations in one book, one of them hanging: the others are brought up to date.
func TestIntegrationSeveralServers(t *testing.T) {
	t.Parallel() // it mostly waits
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	var sources []ldapbook.Source
	for i := range 4 {
		w := startSlapd(t, startOptions{entries: crowd(50 + i)})
		src := withStrategy(w.ldap, ldapbook.StrategyAuto)
		src.Name, src.Timeout = fmt.Sprint("N", i), 3*time.Second
		if i == 2 {
			var p *proxy
			p, src = startProxy(t, src)
			p.stopAfter(0, func() {})
		}
		sources = append(sources, src)
	}
	errs := make(chan error, len(sources))
	for _, src := range sources {
		go func() {
			_, err := b.Sync(t.Context(), src, nil)
			errs <- err
		}()
	}
	failed := 0
	for range sources {
		if err := <-errs; err != nil {
			failed++
			if !errors.Is(err, ldapbook.ErrTimeout) {
				t.Error(err)
			}
		}
	}
	all, err := b.Status(t.Context())
	must(t, err)
	if failed != 1 || len(all) != 4 {
		t.Fatalf("%d failed: %+v", failed, all)
	}
	for i, s := range all {
		if i == 2 != (s.Error != "") || i != 2 && s.Entries != 50+i {
			t.Errorf("%+v", s)
		}
	}
	consistent(t, path)
}

// BenchmarkIncremental: 1,000 of 20,000 entries changed.
func BenchmarkIncremental(b *testing.B) {
	const size, changes = 20_000, 1000
	s := ldaptest.StartSlapd(b, ldaptest.SlapdConfig{Suffix: suffix, Entries: generated(size)})
	for _, strategy := range strategiesOfSlapd {
		b.Run(string(strategy), func(b *testing.B) {
			src := ldapbook.Source{Name: "N", URLs: []string{s.URL}, Security: ldapbook.TransportPlain, BaseDN: suffix,
				Refresh: ldapbook.Refresh{Strategy: strategy}}
			book := openBook(b)
			mustSync(b, book, src)
			for n := 0; b.Loop(); n++ {
				b.StopTimer()
				for i := range changes {
					must(b, s.Replace(dn(fmt.Sprintf("p%07d", i*19)), "title", fmt.Sprint(n, time.Now().UnixNano())))
				}
				b.StartTimer()
				if r := mustSync(b, book, src); r.Changed != changes {
					b.Fatalf("%+v", r)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/1000-changes")
		})
	}
}
