package ldapbook_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// generated makes n different people from syllables, always the same ones.
func generated(n int) []ldaptest.Entry {
	r := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("ba be bo dal den dor fal fen gar gre hal hel jar kal ken lan lin lor mar mel nor ral ren sal tal tor van vel wes zan")
	given := strings.Fields("Anna Bjorn Carl Dagny Erik Frida Gustav Hanna Ivar Johan Karin Lars Maria Nils Olav Petra Zofia Hugo Eva Jan")
	ends := strings.Fields("sen son berg stad vik ski mann er ton ini")
	all := make([]ldaptest.Entry, n)
	for i := range all {
		surname := syllables[r.IntN(len(syllables))] + syllables[r.IntN(len(syllables))] + ends[r.IntN(len(ends))]
		surname = strings.ToUpper(surname[:1]) + surname[1:]
		clearance := strings.Repeat(fmt.Sprintf("<classification>%d</classification>", r.IntN(55)), 12)
		uid := fmt.Sprintf("p%07d", i)
		all[i] = person(uid, given[r.IntN(len(given))], surname,
			"mail", fmt.Sprintf("%s.%d@nor.example", strings.ToLower(surname), i), "jid", uid+"@xmpp.nor.example",
			"personalTitle", fmt.Sprintf("OF-%d", r.IntN(6)), "ou", fmt.Sprintf("%d Brigade G%d", r.IntN(40), r.IntN(8)),
			"o", "NOR", "telephoneNumber", fmt.Sprintf("+47 %08d", i), "confidentialityClearance", clearance)
	}
	return all
}

const benchmarkSize = 50_000

func BenchmarkSearch(b *testing.B) {
	entries := generated(benchmarkSize)
	s := ldaptest.New(ldaptest.Config{Suffix: suffix})
	must(b, s.Add(entries...))
	b.Cleanup(s.Close)
	ln := listen(b)
	go s.Serve(ln)
	book := openBook(b)
	mustSync(b, book, ldapbook.Source{Name: "N", Nation: "NOR", URLs: []string{"ldap://" + ln.Addr().String()},
		Security: ldapbook.TransportPlain, BaseDN: suffix})
	for letters := 1; letters <= 7; letters++ {
		benchmarkSearch(b, book, fmt.Sprintf("letters=%d", letters), func(r *rand.Rand) string {
			return prefix(entries[r.IntN(len(entries))].Values("sn")[0], letters)
		})
	}
	benchmarkSearch(b, book, "words=3+3", func(r *rand.Rand) string {
		e := entries[r.IntN(len(entries))]
		return prefix(e.Values("givenName")[0], 3) + " " + prefix(e.Values("sn")[0], 3)
	})
	benchmarkSearch(b, book, "address", func(r *rand.Rand) string { return entries[r.IntN(len(entries))].Values("mail")[0] })
}

func prefix(s string, n int) string { return s[:min(n, len(s))] }

func benchmarkSearch(b *testing.B, book *ldapbook.Book, name string, text func(r *rand.Rand) string) {
	b.Run(name, func(b *testing.B) {
		r := rand.New(rand.NewPCG(3, 4))
		var times []time.Duration
		for b.Loop() {
			q := ldapbook.Query{Text: text(r)}
			start := time.Now()
			found, err := book.Search(b.Context(), q)
			times = append(times, time.Since(start))
			if err != nil || len(found) == 0 {
				b.Fatal(q.Text, len(found), err)
			}
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
	})
}

func BenchmarkSync(b *testing.B) {
	const size = 20_000
	b.Run("embedded", func(b *testing.B) {
		s := ldaptest.New(ldaptest.Config{Suffix: suffix})
		must(b, s.Add(generated(size)...))
		b.Cleanup(s.Close)
		ln := listen(b)
		go s.Serve(ln)
		benchmarkSync(b, "ldap://"+ln.Addr().String())
	})
	b.Run("slapd", func(b *testing.B) {
		benchmarkSync(b, ldaptest.StartSlapd(b, ldaptest.SlapdConfig{Suffix: suffix, Entries: generated(size)}).URL)
	})
}

func benchmarkSync(b *testing.B, url string) {
	src := ldapbook.Source{Name: "N", Nation: "NOR", URLs: []string{url}, Security: ldapbook.TransportPlain, BaseDN: suffix,
		Refresh: ldapbook.Refresh{Strategy: ldapbook.StrategyFull}}
	for _, again := range []bool{false, true} {
		b.Run(map[bool]string{false: "first", true: "unchanged"}[again], func(b *testing.B) {
			read := 0
			book := openBook(b)
			if again {
				mustSync(b, book, src)
			}
			for b.Loop() {
				if !again {
					b.StopTimer()
					book = openBook(b)
					b.StartTimer()
				}
				read += mustSync(b, book, src).Read
			}
			b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
