package demo

import "caveat/ldapbook/ldaptest"

var listClasses = []string{"top", "groupOfNames", "extensibleObject"}

// specialList is a list that every nation has.
type specialList struct {
	local, name, what string
	fit               int      // so many members who are cleared
	people            []string // keys of special people who are members
	lists             []string // local parts of lists that are members
	dangling          bool     // and somebody who is not there
	upTo              string   // of the list's own clearance; empty: it has none
}

var specialLists = []specialList{
	{local: ListCleared, name: "Mission Staff List", fit: 12, what: "flat; every member cleared to SECRET with MROD"},
	{local: ListOneBad, name: "Planning List", fit: 8, people: []string{keyNone}, what: "flat; one of nine members has no clearance"},
	{local: ListNested, name: "All Stations List", fit: 2, lists: []string{"all-stations-2-list"}, what: "three levels; everybody cleared to SECRET with MROD"},
	{local: "all-stations-2-list", name: "All Stations List, Level 2", fit: 2, lists: []string{"all-stations-3-list"}, what: "member of All Stations List"},
	{local: "all-stations-3-list", name: "All Stations List, Level 3", fit: 3, what: "member of All Stations List, Level 2"},
	{local: ListNestedBad, name: "Exercise List", fit: 2, lists: []string{"exercise-2-list"}, what: "three levels; one on the third is cleared to RESTRICTED only"},
	{local: "exercise-2-list", name: "Exercise List, Level 2", fit: 2, lists: []string{"exercise-3-list"}, what: "member of Exercise List"},
	{local: "exercise-3-list", name: "Exercise List, Level 3", fit: 2, people: []string{keyRestricted}, what: "member of Exercise List, Level 2"},
	{local: ListCycle, name: "Liaison List", fit: 3, lists: []string{"liaison-cell-list"}, what: "contains a list that contains it; everybody cleared"},
	{local: "liaison-cell-list", name: "Liaison Cell List", fit: 2, lists: []string{ListCycle}, what: "the other half of the cycle"},
	{local: ListDangling, name: "Former Staff List", fit: 3, dangling: true, what: "names a member that the directory does not have"},
	{local: ListOwn, name: "Notices List", fit: 4, upTo: "RESTRICTED", what: "members cleared to SECRET, the list itself to RESTRICTED only"},
	{local: ListBig, name: "Everybody List", what: "a fifth of the people, at most 1,000, of all clearances"},
}

// Bounds of the lists whose members are taken as they come.
const (
	mostEverybody = 1000
	mostStaff     = 60
)

func (w *world) listCount() int { return len(specialLists) + len(w.tree.formations) }

// lists makes the nodes of all special lists first, because they name each other.
func (w *world) lists() error {
	numbers := map[string]int32{}
	for i, s := range specialLists {
		n := node{address: Address(w.c.code, s.local), dn: w.listDN(s.name), kind: list}
		if s.upTo != "" {
			n.clearance = w.catalogue.grant(grant{upTo: s.upTo, mission: true, nations: w.c.code})
		}
		numbers[specialLists[i].local] = w.add(n)
	}
	for _, s := range specialLists {
		members := w.pick(s.fit)
		for _, key := range s.people {
			members = append(members, w.keys[key])
		}
		for _, local := range s.lists {
			members = append(members, numbers[local])
		}
		if s.dangling {
			members = append(members, missing)
		}
		if s.local == ListBig {
			for i := range min(w.persons/5, mostEverybody) {
				members = append(members, int32(i*5))
			}
		}
		if err := w.list(numbers[s.local], s.name, members); err != nil {
			return err
		}
	}
	return w.staffLists()
}

// staffLists makes each formation a list of its staff, whatever they are cleared for.
func (w *world) staffLists() error {
	for i := range w.tree.formations {
		f := &w.tree.formations[i]
		name := f.head.name + " Staff List"
		var members []int32
		for _, u := range f.branches {
			members = append(members, u.fit[:min(len(u.fit), mostStaff/len(f.branches))]...)
		}
		if len(members) == 0 {
			members = w.pick(3)
		}
		// Two of any clearance: a staff is rarely cleared to the last clerk.
		for range 2 {
			members = append(members, int32(w.random.IntN(w.persons)))
		}
		n := w.add(node{address: "staff-list." + f.head.short + "@" + w.c.mailDomain(), dn: w.listDN(name), kind: list})
		if err := w.list(n, name, dedupe(members)); err != nil {
			return err
		}
	}
	return nil
}

func dedupe(in []int32) []int32 {
	seen := map[int32]bool{}
	var out []int32
	for _, i := range in {
		if !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out
}

func (w *world) listDN(name string) string {
	return "cn=" + escape(name) + ",ou=Lists," + w.c.baseDN()
}

// list writes a list whose node is there into the directory.
func (w *world) list(number int32, name string, members []int32) error {
	n := w.nodes[number]
	e := ldaptest.Entry{DN: n.dn}
	classes := listClasses
	if n.clearance != 0 {
		classes = append(classes[:len(classes):len(classes)], "aCPAccessControlEntity")
	}
	set(&e, "objectClass", classes...)
	set(&e, "cn", name)
	set(&e, "o", w.c.organisation)
	set(&e, "mail", n.address)
	set(&e, "member", w.dns(members)...)
	set(&e, "confidentialityClearance", w.catalogue.texts(n.clearance)...)
	w.parts[number] = members
	return w.emit(e)
}
