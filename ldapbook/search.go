package ldapbook

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Search looks in the book. Entries whose surname (or name, if they have none) begins with one of the words come first,
// then the others, both in book order. It takes well under a millisecond also in a book of a million people, as long as
// its words are short. Errors: ErrDatabase.
func (b *Book) Search(ctx context.Context, q Query) ([]Entry, error) {
	words := queryWords(q.Text)
	if q.Text != "" && len(words) == 0 {
		return nil, nil
	}
	marks, ok, err := b.marks(ctx, q)
	if err != nil || !ok {
		return nil, databaseError(err)
	}
	short := shortened(words)
	entries, err := b.find(ctx, short, marks, q.limit())
	if err == nil && !allHave(entries, words) {
		entries, err = b.find(ctx, words, marks, q.limit())
	}
	return entries, databaseError(err)
}

func (b *Book) find(ctx context.Context, words, marks []string, limit int) ([]Entry, error) {
	ids, err := b.matching(ctx, matchExpression(words, marks), words, limit)
	if err != nil {
		return nil, err
	}
	return b.inOrder(ctx, ids)
}

// indexedLetters is the longest beginning of a word for which the index has a list of its own. For a longer one it must
// join the lists of all words that begin so, which takes long where they are frequent ("headquarters"). Ten letters are
// nearly always enough to mean the same, so they are asked for, and what was found is looked at.
const indexedLetters = 10

func shortened(words []string) []string {
	short := slices.Clone(words)
	for i, w := range short {
		if r := []rune(w); len(r) > indexedLetters {
			short[i] = string(r[:indexedLetters])
		}
	}
	return short
}

// allHave tells whether each entry has a word that begins with each of those of more than indexedLetters letters.
func allHave(entries []Entry, words []string) bool {
	for _, w := range words {
		if utf8.RuneCountInString(w) <= indexedLetters {
			continue
		}
		for i := range entries {
			begins := func(have string) bool { return strings.HasPrefix(have, w) }
			if !slices.ContainsFunc(entryWords(&entries[i]), begins) {
				return false
			}
		}
	}
	return true
}

// marks returns the index terms that stand for the query's kind and nation; ok is false when nothing can match.
func (b *Book) marks(ctx context.Context, q Query) (terms []string, ok bool, err error) {
	if q.Kind != "" {
		if kindNumbers[q.Kind] == 0 {
			return nil, false, nil
		}
		terms = append(terms, `"`+kindMark(q.Kind)+`"`)
	}
	if q.Nation == "" {
		return terms, true, nil
	}
	rows, err := b.read.QueryContext(ctx, `SELECT id, nation FROM directory`)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	var directories []string
	for rows.Next() {
		var id int64
		var nation string
		if err := rows.Scan(&id, &nation); err != nil {
			return nil, false, err
		}
		if strings.EqualFold(nation, q.Nation) {
			directories = append(directories, `"`+directoryMark(id)+`"`)
		}
	}
	terms = append(terms, "("+strings.Join(directories, " OR ")+")")
	return terms, len(directories) > 0, rows.Err()
}

// matchExpression asks for all words, each as a beginning. Everything is quoted, so that FTS5 sees no operator; folded
// words have no quotes in them.
func matchExpression(words, marks []string) string {
	terms := make([]string, 0, len(words)+len(marks))
	for _, w := range words {
		terms = append(terms, `"`+w+`"*`)
	}
	return strings.Join(append(terms, marks...), " AND ")
}

// matching returns row numbers, the best first.
func (b *Book) matching(ctx context.Context, match string, words []string, limit int) ([]int64, error) {
	if match == "" {
		return b.rowNumbers(ctx, `SELECT id FROM entry ORDER BY id LIMIT ?`, limit)
	}
	const query = `SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?`
	var ids []int64
	for _, w := range words[:min(len(words), 3)] {
		low, high, ok := surnameRange(w)
		if !ok || len(ids) >= limit {
			continue
		}
		more, err := b.rowNumbers(ctx, query, match, low, high, limit)
		if err != nil {
			return nil, err
		}
		ids = appendNew(ids, more, limit)
	}
	if len(ids) >= limit {
		return ids, nil
	}
	more, err := b.rowNumbers(ctx, query, match, 0, int64(math.MaxInt64), limit)
	return appendNew(ids, more, limit), err
}

func appendNew(ids, more []int64, limit int) []int64 {
	have := make(map[int64]bool, len(ids))
	for _, id := range ids {
		have[id] = true
	}
	for _, id := range more {
		if len(ids) < limit && !have[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

func (b *Book) rowNumbers(ctx context.Context, query string, args ...any) ([]int64, error) {
	rows, err := b.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// inOrder loads rows in the order of their numbers in ids. Neighbours of one place in the book are sorted by their full
// names, as far as they are in one answer.
func (b *Book) inOrder(ctx context.Context, ids []int64) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, b.read, `SELECT `+entryColumns+entryTables+
		`WHERE e.id IN (SELECT value FROM json_each(?))`, string(list))
	if err != nil {
		return nil, err
	}
	position := make(map[int64]int, len(ids))
	for i, id := range ids {
		position[id] = i
	}
	slices.SortFunc(found, func(x, y storedEntry) int { return position[x.id] - position[y.id] })
	sortNeighbours(found)
	entries := make([]Entry, len(found))
	for i := range found {
		entries[i] = found[i].Entry
	}
	return entries, nil
}

func sortNeighbours(found []storedEntry) {
	for start := 0; start < len(found); {
		end := start + 1
		for end < len(found) && found[end].id>>sequenceBits == found[start].id>>sequenceBits {
			end++
		}
		slices.SortStableFunc(found[start:end], func(x, y storedEntry) int {
			return cmp.Or(cmp.Compare(sortText(x.Surname), sortText(y.Surname)),
				cmp.Compare(sortText(x.GivenName), sortText(y.GivenName)),
				cmp.Compare(sortText(x.Name), sortText(y.Name)), cmp.Compare(x.id, y.id))
		})
		start = end
	}
}
