package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"
)

// Marks in docs/benchmarks.md.
const (
	begins = "<!-- book:begin -->\n"
	ends   = "<!-- book:end -->"
)

// render makes the table: a line for each figure, a column for each size.
func render(all []*figures) string {
	var b strings.Builder
	b.WriteString("| measured | wanted |")
	for _, f := range all {
		fmt.Fprintf(&b, " %s entries |", thousands(f.size))
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---:|", len(all)) + "\n")
	line := func(what, wanted string, figure func(f *figures) string) {
		fmt.Fprintf(&b, "| %s | %s |", what, wanted)
		for _, f := range all {
			fmt.Fprintf(&b, " %s |", figure(f))
		}
		b.WriteByte('\n')
	}
	line("`ldapsearch`, all pages, thrown away: before, after", "", func(f *figures) string {
		return short(f.floors[0]) + ", " + short(f.floors[1])
	})
	line("first read into a searchable book", "", func(f *figures) string { return short(f.read.took()) })
	line("the same in times of `ldapsearch`, the mean of both", "≤ 2.5", func(f *figures) string {
		return fmt.Sprintf("%.2f", 2*f.read.Seconds/(f.floors[0]+f.floors[1]).Seconds())
	})
	line("memory of the process: at most, after the read", "≤ 200 MB after it", func(f *figures) string {
		return fmt.Sprintf("%s, %s", megabytes(f.read.PeakRSS), megabytes(f.read.RSS))
	})
	line("`book.db`; share of the LDIF", "≤ 0.5", func(f *figures) string {
		return fmt.Sprintf("%s; %.2f", megabytes(f.book), float64(f.book)/float64(f.ldif))
	})
	line("1,000 changes in the directory, read", "≤ 2 s", func(f *figures) string {
		if f.incremental == 0 {
			return "–"
		}
		return short(f.incremental)
	})
	line("1,000 changed entries, written at once", "", func(f *figures) string { return short(f.put) })
	wanted := []string{"p50 ≤ 0.3 ms, p99 ≤ 2 ms", "p50 ≤ 0.3 ms, p99 ≤ 2 ms", "at most 15 ms"}
	for i := range all[0].searches {
		line("search, "+all[0].searches[i].what+": p50, p99, most", wanted[i], func(f *figures) string { return spread(f.searches[i].book) })
		line("as many of the same as it answers in 12 s, asked of `slapd`", "", func(f *figures) string {
			return fmt.Sprintf("%s (%d)", spread(f.searches[i].live), len(f.searches[i].live))
		})
	}
	line("who may receive: classes and spread alone, added up", "", func(f *figures) string {
		return fmt.Sprintf("%s (%s classes)", short(f.classes), thousands(f.classCount))
	})
	line("who may receive, the whole answer: after a start, again, after a change of the book", "≤ 150 ms", func(f *figures) string {
		r := &f.receiving
		return fmt.Sprintf("%s, %s, %s", short(r.first.at(0.5)), short(r.later.at(0.5)), short(r.changed.at(0.5)))
	})
	line("the same of one nation by unit; right after a start, before the clearances were read", "≤ 150 ms", func(f *figures) string {
		return fmt.Sprintf("%s; %s", short(f.receiving.units.at(0.5)), short(f.receiving.cold.at(0.5)))
	})
	line("1,000 recipients re-read live from four `slapd` of 10,000, the slowest of five", "≤ 2 s", func(f *figures) string { return short(f.reread) })
	line("processes that wanted to run, at the end", "", func(f *figures) string { return f.load })
	return b.String()
}

func (r reading) took() time.Duration { return time.Duration(r.Seconds * float64(time.Second)) }

func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
	}
}

func spread(t times) string {
	return fmt.Sprintf("%s, %s, %s", short(t.at(0.5)), short(t.at(0.99)), short(t.at(1)))
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// write puts the table between its marks.
func write(path, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := bytes.Cut(text, []byte(begins))
	_, tail, ok2 := bytes.Cut(rest, []byte(ends))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for the table of the book", path)
	}
	return os.WriteFile(path, fmt.Appendf(nil, "%s%s%s%s%s", head, begins, table, ends, tail), 0o644)
}
