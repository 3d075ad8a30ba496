package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// times are how long the same thing took again and again.
type times []time.Duration

func (t times) at(share float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	slices.Sort(t)
	return t[min(len(t)-1, int(share*float64(len(t))))]
}

// names are what the people of a directory are called, a sample as large as the searches need.
type names struct{ given, surname string }

func sample(p ldaptest.Population, n int) []names {
	var all []names
	step := max(1, p.Size/n)
	p.People(func(i int, given, surname, mail string) {
		if i%step == 0 {
			all = append(all, names{given, surname})
		}
	})
	return all
}

// typed are searches as people type them: each beginning, of 1 to 12 letters, of what stands in the directory: surnames, given
// names, units, titles, addresses; and two words, each begun.
func typed(p ldaptest.Population, rounds int) (one, two []string) {
	r := rand.New(rand.NewPCG(p.Seed, 99))
	people := sample(p, 20_000)
	others := strings.Fields("Headquarters Signal Logistics Intelligence Commanding Reconnaissance Infantry Brigade Administrator Watchkeeper OF-3 " +
		"Norland Navy Company Officer nor.example")
	for range rounds {
		who := people[r.IntN(len(people))]
		for letters := 1; letters <= 12; letters++ {
			words := []string{who.surname, who.surname, who.surname, who.given, who.given, others[r.IntN(len(others))]}
			word := words[r.IntN(len(words))]
			if letters > len([]rune(word)) {
				word = who.given + " " + who.surname // what is typed goes on with the next word
			}
			one = append(one, begin(word, letters))
		}
		two = append(two, begin(who.given, 1+r.IntN(4))+" "+begin(who.surname, 1+r.IntN(6)))
	}
	return one, two
}

func begin(s string, n int) string {
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:min(n, len(runes))]))
}

// worst are the pairs of the commonest letters, and pairs that seldom meet.
func worst(p ldaptest.Population) []string {
	count := map[string]int{}
	for _, who := range sample(p, 20_000) {
		for n := 1; n <= 2; n++ {
			count[strings.ToLower(begin(who.surname, n))]++
			count[strings.ToLower(begin(who.given, n))]++
		}
	}
	for _, w := range []string{"of", "o", "n", "b", "br", "norland", "officer"} {
		count[w] = 1 << 30
	}
	var common []string
	for w := range count {
		common = append(common, w)
	}
	slices.SortFunc(common, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	common = common[:min(len(common), 30)]
	rare := []string{"z", "q", "x", "æ", "zz", "ω"}
	var all []string
	for i, a := range common {
		for _, b := range append(slices.Clone(common[i+1:]), rare...) {
			all = append(all, a+" "+b)
		}
	}
	return all
}

// searched asks the book for each text and times it.
func searched(ctx context.Context, book *ldapbook.Book, texts []string, q ldapbook.Query) (times, string, error) {
	var all times
	slowest, which := time.Duration(0), ""
	for _, text := range texts {
		q.Text = text
		start := time.Now()
		if _, err := book.Search(ctx, q); err != nil {
			return nil, "", fmt.Errorf("search %q: %w", text, err)
		}
		d := time.Since(start)
		if all = append(all, d); d > slowest {
			slowest, which = d, text
		}
	}
	return all, which, nil
}

// liveTime: the server is asked for no longer than this; some searches take it seconds.
const liveTime = 12 * time.Second

// searchedLive asks the server for the same, as the page does.
func searchedLive(ctx context.Context, url string, texts []string) (times, error) {
	conn, err := ldapbook.Dial(ctx, source(url))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var all times
	begun := time.Now()
	for _, text := range texts {
		if time.Since(begun) > liveTime {
			break
		}
		start := time.Now()
		if _, _, err := conn.Search(ctx, ldapbook.Query{Text: text}); err != nil {
			return nil, fmt.Errorf("live search %q: %w", text, err)
		}
		all = append(all, time.Since(start))
	}
	return all, nil
}
