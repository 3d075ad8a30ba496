package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"caveat/ldapbook"
)

// likeness is a name as it is compared: words in order of the alphabet, without case, accents and script.
func likeness(name string) string {
	words := strings.FieldsFunc(strings.ToLower(norm.NFC.String(name)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		words[i] = ldapbook.Latin(w)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// nearLetters is how long a text must be for one letter more, less or other to be overlooked.
const nearLetters = 6

// variants of a text: itself and, of a long one, itself without each one letter. Two that share one differ in little.
func variants(text string) []string {
	out := []string{text}
	r := []rune(text)
	if len(r) < nearLetters {
		return out
	}
	for i := range r {
		out = append(out, string(r[:i])+string(r[i+1:]))
	}
	return out
}

// lookalikes marks rows of one answer whose names look alike.
func lookalikes(hits []Hit) {
	by := map[string][]int{}
	keys := make([]string, len(hits))
	for i, h := range hits {
		if keys[i] = likeness(h.Name); keys[i] == "" {
			continue
		}
		for _, v := range variants(keys[i]) {
			by[v] = append(by[v], i)
		}
	}
	for i, h := range hits {
		var others []Hit
		seen := map[int]bool{i: true}
		for _, v := range variants(keys[i]) {
			for _, j := range by[v] {
				if !seen[j] && keys[i] != "" {
					seen[j] = true
					others = append(others, hits[j])
				}
			}
		}
		hits[i].Lookalike = tellApart(h, others)
	}
}

// tellApart says whom a row looks like.
func tellApart(h Hit, others []Hit) string {
	if len(others) == 0 {
		return ""
	}
	o := others[0]
	where := []string{}
	for _, part := range []string{o.Unit, o.Nation} {
		if part != "" {
			where = append(where, part)
		}
	}
	if o.Unit == h.Unit && o.Nation == h.Nation {
		where = append([]string{strings.TrimSpace(o.Rank + " " + o.Title), o.Address}, where...)
		where = slices.DeleteFunc(where, func(s string) bool { return s == "" })
	}
	text := fmt.Sprintf("Looks like %s: %s", o.Name, strings.Join(where, ", "))
	if likeness(o.Name) == likeness(h.Name) {
		text = fmt.Sprintf("Another %s: %s", o.Name, strings.Join(where, ", "))
	}
	switch n := len(others) - 1; {
	case n == 1:
		text += ", and one more"
	case n > 1:
		text += fmt.Sprintf(", and %d more", n)
	}
	return text
}

// candidates is how many entries are looked at for one recipient.
const candidates = 100

// lookedAlike is for how many recipients of one draft look-alikes are sought in the whole book.
const lookedAlike = 300

// lookalikeOf finds people of another nation or unit whose name or address looks like an entry's, in words; "" when there are none.
func (s *Service) lookalikeOf(ctx context.Context, e ldapbook.Entry) (string, error) {
	var others []Hit
	seen := map[ldapbook.Ref]bool{refOf(e): true}
	local, _, _ := strings.Cut(e.Address(), "@")
	for _, text := range []string{beginnings(e.Name), local} {
		if text == "" {
			continue
		}
		found, err := s.book.Search(ctx, ldapbook.Query{Text: text, Limit: candidates})
		if err != nil {
			return "", err
		}
		for _, o := range found {
			if !seen[refOf(o)] && (o.Nation != e.Nation || o.Unit != e.Unit) && !sharesAddress(e, o) && isLike(e, o) {
				others = append(others, hit(o))
			}
			seen[refOf(o)] = true
		}
	}
	return tellApart(hit(e), others), nil
}

// isLike: names, and of persons addresses, that are easily taken for each other.
func isLike(a, b ldapbook.Entry) bool {
	return alike(likeness(a.Name), likeness(b.Name)) ||
		a.Kind == ldapbook.KindPerson && b.Kind == ldapbook.KindPerson && alikeAddress(a.Address(), b.Address())
}

// beginnings is the first letters of each word of a name, so that a search finds those that differ further on.
func beginnings(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		if r := []rune(w); len(r) > 3 {
			words[i] = string(r[:3])
		}
	}
	return strings.Join(words, " ")
}

func sharesAddress(a, b ldapbook.Entry) bool {
	return slices.ContainsFunc(slices.Concat(a.Mail, a.JID), func(x string) bool {
		return slices.ContainsFunc(slices.Concat(b.Mail, b.JID), func(y string) bool { return same(x, y) })
	})
}

// alike tells whether two likenesses are equal or nearly so.
func alike(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	of := variants(b)
	return slices.ContainsFunc(variants(a), func(v string) bool { return slices.Contains(of, v) })
}

// alikeAddress: the same name before the "@" elsewhere, or nearly the same in the same domain.
func alikeAddress(a, b string) bool {
	localA, domainA, _ := strings.Cut(ldapbook.FoldAddress(a), "@")
	localB, domainB, _ := strings.Cut(ldapbook.FoldAddress(b), "@")
	return localA != "" && (localA == localB || domainA == domainB && alike(likeness(localA), likeness(localB)))
}
