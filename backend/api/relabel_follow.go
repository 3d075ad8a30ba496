package api

import (
	"slices"
	"strings"

	"caveat/backend/draft"
)

// pairing says that a part of a draft is one of the draft as it was, by their indices.
type pairing struct{ old, next int }

// maxRelated bounds how many paragraphs are compared with one another, where it is not plain which became which.
const maxRelated = 10_000

// follow pairs the paragraphs of a draft with what they were: those of the same text first, wherever they stand; then, between
// these, those that were written anew at their place, cut in two or joined. gone are the old ones that are in no pair. Paragraphs
// without text are left out: there is nothing in them that a label is of.
func follow(old, next []draft.Part) (pairs []pairing, gone []int) {
	f := follower{old: old, next: next, became: make([]int, len(old)), was: make([]int, len(next))}
	for i := range f.became {
		f.became[i] = -1
	}
	for j := range f.was {
		f.was[j] = -1
	}
	f.equal(func(p draft.Part) string {
		l, _ := p.Label.MarshalJSON()
		return string(l) + "\x00" + strings.TrimSpace(p.Text)
	})
	f.equal(func(p draft.Part) string { return strings.TrimSpace(p.Text) })
	for i, j := range f.became {
		if j >= 0 {
			f.pairs = append(f.pairs, pairing{i, j})
		}
	}
	f.between()
	found := map[int]bool{}
	for _, p := range f.pairs {
		found[p.old] = true
	}
	for i := range old {
		if !found[i] && !isBlank(old[i]) {
			gone = append(gone, i)
		}
	}
	return f.pairs, gone
}

func isBlank(p draft.Part) bool { return strings.TrimSpace(p.Text) == "" }

type follower struct {
	old, next   []draft.Part
	became, was []int // of the same text; -1: none
	pairs       []pairing
}

// equal pairs what has the same key, in order.
func (f *follower) equal(key func(draft.Part) string) {
	waiting := map[string][]int{}
	for i, p := range f.old {
		if f.became[i] < 0 && !isBlank(p) {
			waiting[key(p)] = append(waiting[key(p)], i)
		}
	}
	for j, p := range f.next {
		k := key(p)
		if list := waiting[k]; f.was[j] < 0 && !isBlank(p) && len(list) > 0 {
			f.became[list[0]], f.was[j], waiting[k] = j, list[0], list[1:]
		}
	}
}

// between goes through the runs of paragraphs that have no equal.
func (f *follower) between() {
	last := -1 // the old one that the paragraph before the run was
	for j := 0; j < len(f.next); {
		if f.was[j] >= 0 {
			last, j = f.was[j], j+1
			continue
		}
		var run []int
		for ; j < len(f.next) && f.was[j] < 0; j++ {
			if !isBlank(f.next[j]) {
				run = append(run, j)
			}
		}
		var were []int
		for i := last + 1; i < len(f.old) && f.became[i] < 0; i++ {
			if !isBlank(f.old[i]) {
				were = append(were, i)
			}
		}
		f.run(were, run)
	}
}

// run pairs paragraphs at one place: in order where they are as many as before, and whatever has text in common.
func (f *follower) run(were, are []int) {
	if len(were) == len(are) {
		for k := range are {
			f.pairs = append(f.pairs, pairing{were[k], are[k]})
		}
	}
	if len(were)*len(are) > maxRelated {
		return
	}
	for a, i := range were {
		for b, j := range are {
			if (len(were) != len(are) || a != b) && isRelated(f.old[i].Text, f.next[j].Text) {
				f.pairs = append(f.pairs, pairing{i, j})
			}
		}
	}
}

// isRelated reports that one text is in the other, or that they begin or end alike for at least half of the shorter one.
func isRelated(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	if strings.Contains(b, a) {
		return true
	}
	head, tail := 0, 0
	for head < len(a) && a[head] == b[head] {
		head++
	}
	for tail < len(a) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return 2*max(head, tail) >= len(a)
}

// followFiles pairs attachments of the same content: those of the same name first, then in order.
func followFiles(old, next []draft.Attachment) []pairing {
	var out []pairing
	paired, taken := map[int]bool{}, map[int]bool{}
	for _, byName := range []bool{true, false} {
		for i, a := range old {
			if paired[i] || a.SHA256 == "" {
				continue
			}
			for j, b := range next {
				if !taken[j] && b.SHA256 == a.SHA256 && (b.File == a.File || !byName) {
					paired[i], taken[j], out = true, true, append(out, pairing{i, j})
					break
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b pairing) int { return a.old - b.old })
	return out
}

// maxBodySearch is how many bytes are looked through for texts that went into a body.
const maxBodySearch = 256 << 20

// bodySearch finds the texts of paragraphs in a body. They are mostly there in order.
type bodySearch struct {
	text   string
	at     int
	looked int
}

// holds reports that a text is there, and also that too much was looked through to say.
func (b *bodySearch) holds(text string) bool {
	switch rest := strings.TrimLeft(b.text[b.at:], " \t\r\n"); {
	case strings.HasPrefix(rest, text):
		b.at = len(b.text) - len(rest) + len(text)
		return true
	case b.looked > maxBodySearch:
		return b.text != ""
	}
	b.looked += len(b.text)
	i := strings.Index(b.text, text)
	if i >= 0 {
		b.at = i + len(text)
	}
	return i >= 0
}
