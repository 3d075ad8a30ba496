//go:build linux && integration

package api_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

const (
	asked     = 1000 // recipients of one check
	published = 4000 // people of whom they are taken, other ones each time
)

// BenchmarkCheck1000RecipientsFromTheBook is the whole way of a check while drafting, wanted within 50 ms: the draft over HTTP, the
// entries out of book.db, the decisions, the report as JSON, and what a client in Go then takes to read that. The second row ends with
// the last byte of the answer. Nothing of one check is kept for the next. Its peer is a program without a book: it asks a slapd, on the same
// machine and over one open connection, for the clearances of the same people, a hundred addresses in each search, and decides
// nothing. With CAVEAT_BENCH_WRITE=1 the figures go into docs/benchmarks.md.
func BenchmarkCheck1000RecipientsFromTheBook(b *testing.B) {
	all := crowd(b)
	w := newWorldOf(b, map[string][]ldaptest.Entry{"GBR": append(people()["GBR"], all...), "UKR": people()["UKR"]}, func(f string) string { return f })
	var drafts []draft.Draft
	for i := range published / asked {
		drafts = append(drafts, crowdDraft(i))
	}
	var rows []string
	// measure takes the time of do, and not of what it gives to be done afterwards.
	measure := func(what string, do func(i int) (afterwards func())) {
		var times []time.Duration
		b.Run(strings.ReplaceAll(strings.ReplaceAll(what, ",", ""), " ", "-"), func(b *testing.B) {
			times = nil
			for i := 0; b.Loop(); i++ {
				begun := time.Now()
				afterwards := do(i)
				times = append(times, time.Since(begun))
				if afterwards != nil {
					afterwards()
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(at(times, 0.95).Microseconds())/1000, "p95-ms")
		})
		if len(times) > 0 { // another part may have been asked for
			rows = append(rows, fmt.Sprintf("| %s (%d) | %s | %s | %s |", what, len(times), shown(at(times, 0.5)), shown(at(times, 0.95)), shown(times[len(times)-1])))
		}
	}
	measure("the check over HTTP, and its JSON read", func(i int) func() {
		readReport(b, checkOverHTTP(b, w, drafts[i%len(drafts)]))
		return nil
	})
	measure("the check over HTTP, to the last byte", func(i int) func() {
		answer := checkOverHTTP(b, w, drafts[i%len(drafts)])
		return func() { readReport(b, answer) }
	})
	measure("the check without HTTP", func(i int) func() {
		r, err := w.service.Check(b.Context(), drafts[i%len(drafts)])
		must(b, err)
		return func() { holdCrowd(b, r) }
	})
	peer := newPeer(b, all)
	measure("reading the same clearances from slapd", func(i int) func() {
		peer(drafts[i%len(drafts)].Action)
		return nil
	})
	if os.Getenv("CAVEAT_BENCH_WRITE") != "" && len(rows) == 4 {
		writeFigures(b, rows)
	}
}

// crowd are people of GBR, a third cleared for SECRET, a third for less, and a third with none.
func crowd(t testing.TB) (out []ldaptest.Entry) {
	t.Helper()
	for i := range published {
		e := person(fmt.Sprintf("uid=c%d,o=gbr", i), fmt.Sprintf("Crowd C%d", i), crowdMail(i), []string{"SECRET", "RESTRICTED", "SECRET"}[i%3])
		if i%3 == 2 {
			e.Attrs = slices.DeleteFunc(e.Attrs, func(a ldaptest.Attr) bool { return a.Name == "confidentialityClearance" })
		}
		out = append(out, e)
	}
	return out
}

func crowdMail(i int) string { return fmt.Sprintf("c%d@gbr.example", i) }

// crowdDraft is a draft to every so many of the crowd, beginning with one of them.
func crowdDraft(first int) draft.Draft {
	d := draft.Draft{Channel: draft.Mail, Label: draft.Label{Selection: &label.Selection{Policy: "NATO", Classification: "SECRET",
		Categories: []label.SelectedTag{{TagSet: "Context", Values: []label.SelectedValue{{Name: "MROD"}}}}}}}
	for i := first; i < published; i += published / asked {
		d.Action = append(d.Action, crowdMail(i))
	}
	return d
}

// checkOverHTTP gives the answer, read to its end.
func checkOverHTTP(b *testing.B, w *world, d draft.Draft) []byte {
	b.Helper()
	body, err := json.Marshal(d)
	must(b, err)
	res, err := http.Post(w.server.URL+"/api/check", "application/json", bytes.NewReader(body))
	must(b, err)
	defer res.Body.Close()
	answer := bytes.NewBuffer(make([]byte, 0, 1<<20))
	_, err = answer.ReadFrom(res.Body)
	must(b, err)
	return answer.Bytes()
}

func readReport(b *testing.B, answer []byte) {
	b.Helper()
	var r presend.Report
	must(b, json.Unmarshal(answer, &r))
	holdCrowd(b, r)
}

func holdCrowd(b *testing.B, r presend.Report) {
	b.Helper()
	n := map[presend.Outcome]int{}
	for _, x := range r.Recipients {
		n[x.Verdict.Outcome]++
	}
	if len(r.Recipients) != asked || min(n[presend.Cleared], n[presend.NotCleared], n[presend.Unknown]) < asked/3 {
		b.Fatalf("%d rows: %v", len(r.Recipients), n)
	}
}

// newPeer starts a slapd with the same people, and gives what reads their clearances there.
func newPeer(b *testing.B, all []ldaptest.Entry) func(addresses []string) {
	b.Helper()
	var entries []ldaptest.Entry
	for _, e := range all {
		e.Attrs = slices.Clone(e.Attrs)
		for i, a := range e.Attrs {
			if a.Name == "objectClass" {
				e.Attrs[i].Values = []string{"inetOrgPerson", "aCPAccessControlEntity"}
			}
		}
		entries = append(entries, e)
	}
	s := ldaptest.StartSlapd(b, ldaptest.SlapdConfig{Suffix: "o=gbr", Entries: entries})
	c, err := ldap.DialURL(s.URL)
	must(b, err)
	b.Cleanup(func() { c.Close() })
	must(b, c.StartTLS(&tls.Config{RootCAs: s.CA.Pool(), ServerName: "localhost"}))
	must(b, c.Bind(s.BindDN, s.Password))
	return func(addresses []string) {
		held := 0
		for some := range slices.Chunk(addresses, 100) {
			var filter strings.Builder
			for _, a := range some {
				fmt.Fprintf(&filter, "(mail=%s)", ldap.EscapeFilter(a))
			}
			r, err := c.Search(ldap.NewSearchRequest("o=gbr", ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, "(|"+filter.String()+")",
				[]string{"mail", "confidentialityClearance"}, nil))
			must(b, err)
			if len(r.Entries) != len(some) {
				b.Fatalf("%d entries for %d addresses", len(r.Entries), len(some))
			}
			for _, e := range r.Entries {
				held += len(e.GetAttributeValues("confidentialityClearance"))
			}
		}
		if held < asked/2 {
			b.Fatalf("%d clearances", held)
		}
	}
}

// at is a quantile of sorted times.
func at(sorted []time.Duration, q float64) time.Duration {
	return sorted[max(0, min(len(sorted)-1, int(float64(len(sorted))*q+0.5)-1))]
}

func shown(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func writeFigures(b *testing.B, rows []string) {
	b.Helper()
	const path, begin, end = "../../docs/benchmarks.md", "<!-- check:begin -->\n", "<!-- check:end -->"
	text, err := os.ReadFile(path)
	must(b, err)
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		b.Fatalf("%s has no place for the figures: %s … %s", path, strings.TrimSpace(begin), end)
	}
	note := fmt.Sprintf("%s, %s/%s, %d cores.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	table := note + "| 1,000 recipients, other ones each time | p50 | p95 | max |\n|---|---:|---:|---:|\n" + strings.Join(rows, "\n") + "\n"
	must(b, os.WriteFile(path, []byte(head+begin+table+end+tail), 0o644))
}
