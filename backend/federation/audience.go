package federation

import (
	"context"
	"strconv"
	"strings"
	"time"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// Counts counts persons by what the check while drafting says of each alone. Cleared, Stale, NotCleared, Unknown and Error add
// up to People.
type Counts struct {
	People     int // whose directory decides for the address by which they go on the channel
	May        int // cleared, and the route permits
	Cleared    int // wherever the route leads
	Stale      int
	NotCleared int
	Withdrawn  int // of NotCleared: a clearance was once published and is gone (RULES 8)
	Unknown    int // nothing was ever published, or nothing that is relied on
	Error      int
	NoRoute    int // of Cleared and Stale: the route doesn't permit
	Shared     int // of People: another entry claims their address, so that both are decided and the worst counts (RULES 6)
}

func (c *Counts) add(o, link presend.Outcome, n int) {
	c.People += n
	switch o {
	case presend.Cleared:
		c.Cleared += n
		if link == presend.Cleared {
			c.May += n
		}
	case presend.Stale:
		c.Stale += n
	case presend.Unknown:
		c.Unknown += n
	case presend.NotCleared:
		c.NotCleared += n
	default:
		c.Error += n
	}
	if (o == presend.Cleared || o == presend.Stale) && link != presend.Cleared {
		c.NoRoute += n
	}
}

// Add adds other counts.
func (c *Counts) Add(o Counts) {
	c.People += o.People
	c.May += o.May
	c.Cleared += o.Cleared
	c.Stale += o.Stale
	c.NotCleared += o.NotCleared
	c.Withdrawn += o.Withdrawn
	c.Unknown += o.Unknown
	c.Error += o.Error
	c.NoRoute += o.NoRoute
	c.Shared += o.Shared
}

// Audience is who may receive a label in one directory.
type Audience struct {
	Directory installation.Directory
	Counts
	Lists, Roles, Rooms int            // whose directory decides; who is behind them, only a check can tell
	Unseen              int            // of Stale: those who are too many to be looked at one by one; see maxSingle
	Foreign             int            // persons for whose address another directory decides, or none: left out
	Domains             map[string]int // people by the domain of their address
	Units               []UnitCounts   // where they were asked for, by unit
}

// UnitCounts is the counts of one unit.
type UnitCounts struct {
	Unit string // "": none is published
	Counts
}

// Audience counts who may receive the label, for each directory of the installation in its order; of one nation only, where nation
// is not empty, and then by unit. It asks the cache alone. A decision is made once for each class of entries; entries that share
// an address, those who have an end, and those of directories without a fresh copy are looked at one by one.
func (s *Screen) Audience(ctx context.Context, nation string) ([]Audience, error) {
	classes, err := s.readClasses(ctx)
	if err != nil {
		return nil, err
	}
	states, err := s.f.States(ctx)
	if err != nil {
		return nil, err
	}
	byDirectory := map[string][]ldapbook.Class{}
	for _, c := range classes {
		byDirectory[c.Directory] = append(byDirectory[c.Directory], c)
	}
	shared, err := s.shared(ctx)
	if err != nil {
		return nil, err
	}
	var out []Audience
	for _, st := range states {
		if nation != "" && !strings.EqualFold(st.Directory.Nation, nation) {
			continue
		}
		t := &tally{s: s, d: st.Directory, readAt: st.ReadAt, shared: shared, classes: map[int64]judgedClass{}, byKey: map[string]int64{}}
		t.out = Audience{Directory: st.Directory, Domains: map[string]int{}}
		if err := t.run(ctx, byDirectory[st.Directory.Name], nation != ""); err != nil {
			return nil, err
		}
		out = append(out, t.out)
	}
	return out, nil
}

// readClasses lists the book's classes, of which the clearances are read ahead.
func (s *Screen) readClasses(ctx context.Context) ([]ldapbook.Class, error) {
	classes, err := s.f.book.Classes(ctx)
	if err != nil {
		return nil, err
	}
	s.learn(classes)
	return classes, nil
}

// Learn reads the clearances of the book ahead, for labels of every policy, so that the first who asks who may receive one does not
// wait for that. It changes no answer.
func (f *Federation) Learn(ctx context.Context) error {
	classes, err := f.book.Classes(ctx)
	if err != nil {
		return err
	}
	f.memory.Learn(f.in.Site, textsOf(classes))
	return nil
}

func (s *Screen) learn(classes []ldapbook.Class) {
	s.Learn(textsOf(classes))
}

func textsOf(classes []ldapbook.Class) [][]string {
	texts := make([][]string, len(classes))
	for i, c := range classes {
		texts[i] = c.Clearance
	}
	return texts
}

// judgedClass is what was decided about a class of persons.
type judgedClass struct {
	class   ldapbook.Class
	outcome presend.Outcome
	link    presend.Outcome
}

// tally counts one directory.
type tally struct {
	s       *Screen
	d       installation.Directory
	readAt  time.Time
	shared  []sharedEntry // of all directories
	classes map[int64]judgedClass
	singly  map[int64]bool   // classes whose entries are looked at one by one
	byKey   map[string]int64 // number of a class by what makes it one
	units   map[string]*UnitCounts
	order   []string // folded units as they were met
	out     Audience
}

func (t *tally) run(ctx context.Context, classes []ldapbook.Class, byUnit bool) error {
	for _, c := range classes {
		t.class(c)
	}
	t.chooseSingle()
	if byUnit {
		if err := t.spread(ctx); err != nil {
			return err
		}
	}
	for _, x := range t.shared {
		if x.entry.Directory == t.d.Name {
			t.correct(x.entry, x.outcome, x.link, Counts{Shared: 1, Withdrawn: x.withdrawn})
		}
	}
	t.withdraw(t.s.lost)
	err := t.single(ctx)
	for _, k := range t.order {
		t.out.Units = append(t.out.Units, *t.units[k])
	}
	return err
}

// class decides about one class and counts it.
func (t *tally) class(c ldapbook.Class) {
	domain := t.s.domainOf(c)
	if domain == "" {
		return
	}
	if !t.s.f.Decides(t.d.Name, t.s.channel, "x@"+domain) {
		if c.Kind == ldapbook.KindPerson {
			t.out.Foreign += c.Entries
		}
		return
	}
	switch c.Kind {
	case ldapbook.KindList:
		t.out.Lists += c.Entries
	case ldapbook.KindRole:
		t.out.Roles += c.Entries
	case ldapbook.KindRoom:
		t.out.Rooms += c.Entries
	case ldapbook.KindPerson:
		x := judged(t.d, c.Transport, c.Clearance, t.readAt)
		x.Disabled = c.Disabled
		j := judgedClass{class: c, outcome: t.s.Outcome(x), link: t.s.link(domain)}
		t.classes[c.ID], t.byKey[classKey(c)] = j, c.ID
		t.out.Counts.add(j.outcome, j.link, c.Entries)
		t.out.Domains[domain] += c.Entries
	}
}

// classKey is what makes a class of persons one, within a directory.
func classKey(c ldapbook.Class) string {
	flags := strconv.FormatBool(c.Disabled) + " " + strconv.FormatBool(c.Expires)
	return strings.Join(append([]string{string(c.Transport), c.MailDomain, c.ChatDomain, flags}, c.Clearance...), "\x00")
}

// spread counts by unit.
func (t *tally) spread(ctx context.Context) error {
	t.units = map[string]*UnitCounts{}
	spread, err := t.s.f.book.Spread(ctx, t.d.Name)
	if err != nil {
		return err
	}
	for _, x := range spread {
		if j, ok := t.classes[x.Class]; ok {
			t.unit(x.Unit).add(j.outcome, j.link, x.Entries)
		}
	}
	return nil
}

func (t *tally) unit(name string) *Counts {
	k := ldapbook.FoldAddress(name)
	if t.units[k] == nil {
		t.units[k] = &UnitCounts{Unit: name}
		t.order = append(t.order, k)
	}
	return &t.units[k].Counts
}

// correct moves one entry from what its class came to, to what it came to alone.
func (t *tally) correct(e ldapbook.Entry, o, link presend.Outcome, more Counts) {
	id, ok := t.byKey[classKey(classOf(e))]
	if !ok {
		return // its directory doesn't decide for the address by which it goes
	}
	j := t.classes[id]
	move := func(c *Counts) {
		c.add(j.outcome, j.link, -1)
		c.add(o, link, 1)
		c.Add(more)
	}
	move(&t.out.Counts)
	if u := t.units[ldapbook.FoldAddress(e.Unit)]; u != nil {
		move(&u.Counts)
	}
}

// classOf is the class of an entry, without its number.
func classOf(e ldapbook.Entry) ldapbook.Class {
	return ldapbook.Class{
		Directory: e.Directory, Kind: e.Kind, Transport: e.Transport, Clearance: e.Clearance, Disabled: e.Disabled, Expires: !e.ExpiresAt.IsZero(),
		MailDomain: foldedDomain(goesBy(e, draft.Mail)), ChatDomain: foldedDomain(goesBy(e, draft.Chat)),
	}
}

// foldedDomain is the domain of an address as classes have it.
func foldedDomain(address string) string { return draft.Domain(ldapbook.FoldAddress(address)) }

// maxSingle is how many entries of a directory are looked at one by one. Where there are more, those of an old copy are taken to be
// as old as the copy, and those who have an end count as stale, for it may have come: then fewer are counted as cleared than there
// are, and Audience.Unseen says of how many that is so. A variable for tests.
var maxSingle = 10_000

// chooseSingle chooses the classes that do not tell what their entries come to: those of a directory that has no fresh copy, of which
// some may have been read singly since, and those of entries that have an end, which may have come. Who may not receive it anyhow
// is not looked at.
func (t *tally) chooseSingle() {
	old := t.s.IsOld(t.readAt)
	t.singly = map[int64]bool{}
	n := 0
	for id, j := range t.classes {
		if old && j.outcome == presend.Stale || j.class.Expires && j.outcome != presend.NotCleared {
			t.singly[id] = true
			n += j.class.Entries
		}
	}
	if n > maxSingle {
		t.leaveUnseen()
	}
}

// leaveUnseen counts the entries of the chosen classes by their class alone; who would be cleared is stale.
func (t *tally) leaveUnseen() {
	for id := range t.singly {
		j := t.classes[id]
		if j.outcome == presend.Cleared {
			t.out.Counts.add(j.outcome, j.link, -j.class.Entries)
			j.outcome = presend.Stale
			t.out.Counts.add(j.outcome, j.link, j.class.Entries)
			t.classes[id] = j
		}
		if j.outcome == presend.Stale {
			t.out.Unseen += j.class.Entries
		}
	}
	t.singly = nil
}

// single looks at the entries of the chosen classes. Those who share an address, and those of whom something is gone, were corrected.
func (t *tally) single(ctx context.Context) error {
	if len(t.singly) == 0 {
		return nil
	}
	corrected := map[ldapbook.Ref]bool{}
	for _, x := range t.shared {
		corrected[refOf(x.entry)] = true
	}
	for offset := 0; ; offset += ldapbook.MaxLimit {
		found, err := t.s.f.book.Search(ctx, ldapbook.Query{Nation: t.d.Nation, Kind: ldapbook.KindPerson, Classes: t.singly, Offset: offset, Limit: ldapbook.MaxLimit})
		if err != nil {
			return err
		}
		for _, e := range found {
			if !corrected[refOf(e)] && !t.s.isLost(e) {
				t.correct(e, t.s.Judge(e).Outcome, t.s.link(foldedDomain(goesBy(e, t.s.channel))), Counts{})
			}
		}
		if len(found) < ldapbook.MaxLimit {
			return nil
		}
	}
}

func refOf(e ldapbook.Entry) ldapbook.Ref { return ldapbook.Ref{Directory: e.Directory, UUID: e.UUID} }

// Classes numbers the classes of persons who may receive the label, as far as their class tells: of a directory that has no fresh
// copy every entry must still be looked at (Judge), and so must whoever has an end, and of entries that share an address each
// other one.
func (s *Screen) Classes(ctx context.Context) (map[int64]bool, error) {
	classes, err := s.readClasses(ctx)
	if err != nil {
		return nil, err
	}
	return s.ClassesAmong(ctx, classes)
}

// ClassesAmong is Classes for whoever has read the book's classes and asks about several labels.
func (s *Screen) ClassesAmong(ctx context.Context, classes []ldapbook.Class) (map[int64]bool, error) {
	s.learn(classes)
	states, err := s.f.States(ctx)
	if err != nil {
		return nil, err
	}
	may := map[int64]bool{}
	for _, st := range states {
		readAt := st.ReadAt
		if !st.IsMirror() || s.IsOld(readAt) {
			readAt = s.f.now() // some of its entries were read at a time of their own: each must be looked at
		}
		t := &tally{s: s, d: st.Directory, readAt: readAt, classes: map[int64]judgedClass{}, byKey: map[string]int64{}, out: Audience{Domains: map[string]int{}}}
		for _, c := range classes {
			if c.Directory == st.Directory.Name {
				t.class(c)
			}
		}
		for id, j := range t.classes {
			if j.outcome == presend.Cleared && j.link == presend.Cleared {
				may[id] = true
			}
		}
	}
	return may, nil
}
