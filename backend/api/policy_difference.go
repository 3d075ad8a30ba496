package api

import (
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// PolicyDifference is one thing in which two versions of a policy differ.
type PolicyDifference struct {
	Change string `json:"change" enum:"added,removed,changed"`
	Of     string `json:"of" enum:"classification,tag-set,tag,value,dates"`
	TagSet string `json:"tagSet" doc:"of a value or tag; else empty"`
	Name   string `json:"name"`
	Before string `json:"before" doc:"of what is changed: what is other, as it was"`
	After  string `json:"after"`
}

// part is what is compared of one classification, tag or value: its key, and what it says in words.
type part struct {
	of, set, name string
	words         []string
}

// differences lists in what two versions of a policy differ: what they have, what rules, markings and colours say. What is equal in
// words is equal.
func differences(old, now *spif.Policy, lang string) []PolicyDifference {
	out := []PolicyDifference{}
	was, is := partsOf(old, lang), partsOf(now, lang)
	find := func(list []part, x part) int {
		return slices.IndexFunc(list, func(y part) bool { return y.of == x.of && y.set == x.set && label.Fold(y.name) == label.Fold(x.name) })
	}
	for _, x := range was {
		if find(is, x) < 0 {
			out = append(out, PolicyDifference{Change: "removed", Of: x.of, TagSet: x.set, Name: x.name})
		}
	}
	for _, y := range is {
		i := find(was, y)
		if i < 0 {
			out = append(out, PolicyDifference{Change: "added", Of: y.of, TagSet: y.set, Name: y.name})
			continue
		}
		before, after := lacking(was[i].words, y.words), lacking(y.words, was[i].words)
		if len(before)+len(after) > 0 {
			out = append(out, PolicyDifference{"changed", y.of, y.set, y.name, strings.Join(before, "; "), strings.Join(after, "; ")})
		}
	}
	return out
}

// lacking is what one list has and another has not.
func lacking(list, other []string) []string {
	var out []string
	for _, x := range list {
		if !slices.Contains(other, x) {
			out = append(out, x)
		}
	}
	return out
}

func partsOf(p *spif.Policy, lang string) []part {
	x := drawing{p: p, lang: lang, site: &spif.Site{}}
	d := x.draw()
	dates := part{of: "dates", name: p.Name()}
	if from := formatDate(p.NotBefore()); from != "" {
		dates.words = append(dates.words, "≥ "+from)
	}
	if until := formatDate(p.NotAfter()); until != "" {
		dates.words = append(dates.words, "≤ "+until)
	}
	out := []part{dates}
	for _, c := range d.Classes {
		words := slices.Concat(phraseWords(c.Phrases), c.Rules, c.Equivalents)
		if c.Background != "" {
			words = append(words, c.Background)
		}
		out = append(out, part{"classification", "", c.Name, words})
	}
	for _, s := range d.TagSets {
		out = append(out, part{"tag-set", "", s.Name, slices.Concat([]string{s.ID}, s.Equivalents)})
		for _, t := range s.Tags {
			out = append(out, part{"tag", s.Name, tagName(t), t.Rules})
			for _, v := range t.Values {
				out = append(out, part{"value", s.Name, v.Name, slices.Concat(phraseWords(v.Phrases), v.Rules, v.Equivalents)})
			}
		}
	}
	return out
}

func tagName(t DrawnTag) string {
	if t.Name != "" {
		return t.Name
	}
	return strings.ToLower(t.Type)
}

func phraseWords(list []DrawnPhrase) []string {
	var out []string
	for _, p := range list {
		out = append(out, strings.TrimSpace(p.Text+" "+bracketed(p.Lang)))
	}
	return out
}

func bracketed(lang string) string {
	if lang == "" {
		return ""
	}
	return "(" + lang + ")"
}

// formatDate is how a bound of a policy's validity is said; "" where there is none.
func formatDate(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2 Jan 2006, 15:04Z")
}
