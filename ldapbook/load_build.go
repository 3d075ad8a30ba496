package ldapbook

import (
	"encoding/binary"
	"slices"
	"strings"
)

// listBuilder makes the blocks of the index from entries that come in book order. A list is handed on block by block; all
// are when they take too much memory, and at the end.
type listBuilder struct {
	dir   int64
	lists map[string]*builtList
	texts [2][2]map[string]textLists // of texts that recur, by space and by whether it is a name
	marks builtMarks
	last  [recurring]lastText
	bytes int
	emit  func(builtBlock) error

	term []byte    // memory for one
	met  textLists // of the entry that is being added
}

// textLists are the lists of the words of a text, and how many words these are.
type textLists struct {
	lists []*builtList
	words int
}

func (t *textLists) add(more textLists) {
	t.lists = append(t.lists, more.lists...)
	t.words += more.words
}

// lastText is what a text of the entry before was found to be: neighbours in the book have much in common.
type lastText struct {
	text, space string
	found       textLists
}

// The texts of which lastText is kept.
const (
	recurringSurname = iota
	recurringGiven
	recurringRank
	recurringTitle
	recurring
)

type builtList struct {
	term        string
	first, last int64
	packed      []byte
}

// Limits of a listBuilder's memory: bytes of lists, with what a list takes beside its places.
const (
	builderBytes = 32 << 20
	listOverhead = 160
	maxTexts     = 20_000
)

// begin is called before each entry.
func (b *listBuilder) begin() error {
	if b.bytes > builderBytes {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if b.lists == nil {
		b.lists = map[string]*builtList{}
		for space := range b.texts {
			b.texts[space] = [2]map[string]textLists{{}, {}}
		}
		b.marks.begin()
		b.last = [recurring]lastText{}
	}
	b.met = textLists{lists: b.met.lists[:0]}
	return nil
}

// entry adds an entry at its place.
func (b *listBuilder) entry(r *loadedRow) error {
	if err := b.begin(); err != nil {
		return err
	}
	t := &r.texts
	space := spaceOf(r.kind())
	b.again(recurringSurname, t.surname, space)
	b.again(recurringGiven, t.givenName, space)
	if t.has(bodyNameOther) {
		b.words(t.name, space, true)
	}
	b.again(recurringRank, t.rank, space)
	b.again(recurringTitle, t.title, space)
	if t.has(bodyUnitOther) {
		b.met.add(b.text(t.unit, space, false))
	}
	b.marks.add(b, r, space)
	b.addresses(t.mail, r.class.mailDomain, space)
	b.addresses(t.jid, r.class.chatDomain, space)
	if b.met.words > maxIndexWords { // those that count are to be told by entryTerms, which a later change of the entry asks
		if err := b.exactly(r); err != nil {
			return err
		}
	}
	for _, l := range b.met.lists {
		if err := b.add(l, r.place); err != nil {
			return err
		}
	}
	return nil
}

// exactly finds the lists of an entry as entryTerms does.
func (b *listBuilder) exactly(r *loadedRow) error {
	s, err := r.whole()
	if err != nil {
		return err
	}
	b.met.lists = b.met.lists[:0]
	for _, term := range entryTerms(&s, b.dir, r.classID, r.nodeID) {
		b.met.lists = append(b.met.lists, b.list([]byte(term)))
	}
	return nil
}

// again is text for one that the entry before often has as well.
func (b *listBuilder) again(which int, text, space string) {
	last := &b.last[which]
	if last.text != text || last.space != space {
		*last = lastText{text, space, b.text(text, space, which <= recurringGiven)}
	}
	b.met.add(last.found)
}

// addresses notes the words of addresses as packAddresses wrote them: of those in the class's domain without it.
func (b *listBuilder) addresses(short []string, domain, space string) {
	if slices.ContainsFunc(short, func(a string) bool { return strings.HasPrefix(a, "@") }) {
		b.met.add(b.text(domain, space, false))
	}
	for _, a := range short {
		if a != "" {
			b.words(a[1:], space, false)
		}
	}
}

// words is text for one that is seldom like another, though its words may be.
func (b *listBuilder) words(text, space string, name bool) {
	for w := range strings.FieldsFuncSeq(text, separatesWords) {
		if name || !isSimple(w) || !hasDigit(w) {
			b.met.add(b.text(w, space, name))
			continue
		}
		b.met.words++ // it is not worth remembering
		b.wordLists(asciiLower(w), space, false, &b.met)
	}
}

// text finds the lists of a text's words; which these are is remembered.
func (b *listBuilder) text(text, space string, name bool) textLists {
	if text == "" {
		return textLists{}
	}
	texts := b.texts[ordinal(space != "")][ordinal(name)]
	found, known := texts[text]
	if !known {
		set := wordSet{limit: maxIndexWords + 1} // one more tells that there are too many
		set.addText(text, name)
		found.words = len(set.words)
		for _, w := range set.words {
			b.wordLists(w, space, name, &found)
		}
		if len(texts) < maxTexts {
			texts[strings.Clone(text)] = found // its memory may be that of many rows
		}
	}
	return found
}

func ordinal(is bool) int {
	if is {
		return 1
	}
	return 0
}

// wordLists finds the lists of one word, as wordTerms does.
func (b *listBuilder) wordLists(word, space string, name bool, found *textLists) {
	wordTerms(word, name, func(what byte, text string) {
		b.term = append(append(append(b.term[:0], space...), what), text...)
		found.lists = append(found.lists, b.list(b.term))
	})
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func (b *listBuilder) list(term []byte) *builtList {
	l := b.lists[string(term)]
	if l == nil {
		l = &builtList{term: string(term)}
		b.lists[l.term] = l
		b.bytes += listOverhead
	}
	return l
}

func (b *listBuilder) add(l *builtList, place int64) error {
	if l.last == place { // a block may just have been handed on with it
		return nil
	}
	if len(l.packed) == 0 {
		l.first, l.last = place, place
		if l.packed == nil {
			l.packed = make([]byte, 0, 8)
		}
		l.packed = append(l.packed, 0)
		b.bytes++
		return nil
	}
	before := len(l.packed)
	l.packed = binary.AppendUvarint(l.packed, uint64(place-l.last))
	b.bytes += len(l.packed) - before
	l.last = place
	if len(l.packed) < blockBytes-binary.MaxVarintLen64 {
		return nil
	}
	return b.hand(l)
}

// hand hands a list's block on.
func (b *listBuilder) hand(l *builtList) error {
	block := builtBlock{l.term, l.first, slices.Clone(l.packed)}
	b.bytes -= len(l.packed)
	l.packed = l.packed[:0]
	return b.emit(block)
}

// flush hands everything on, in the order of the terms.
func (b *listBuilder) flush() error {
	all := make([]*builtList, 0, len(b.lists))
	for _, l := range b.lists {
		if len(l.packed) > 0 {
			all = append(all, l)
		}
	}
	*b = listBuilder{dir: b.dir, emit: b.emit}
	slices.SortFunc(all, func(x, y *builtList) int { return strings.Compare(x.term, y.term) })
	for i, l := range all {
		if err := b.hand(l); err != nil {
			return err
		}
		all[i] = nil
	}
	b.bytes = 0
	return nil
}
