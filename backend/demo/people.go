package demo

import (
	"context"
	"strings"

	"caveat/ldapbook/ldaptest"
)

var personClasses = []string{"top", "person", "organizationalPerson", "inetOrgPerson", "JIDObject", "aCPAccessControlEntity"}

// somebody is a person before the directory knows them.
type somebody struct {
	given, family string // as the nation writes them
	native        bool   // shown so; else in Latin letters
	rank          rank
	title         string
	unit          *unit
	clearance     int32
	fit           bool   // cleared to SECRET on the mission
	account       string // what the local part ends with, of a second account
	seeAlso       string // DN of the other account
	ends          string // shadowExpire
}

// people makes n of them, the special ones first.
func (w *world) people(ctx context.Context, n int) error {
	for _, s := range specialPeople[w.c.code] {
		i, err := w.person(w.special(s))
		if err != nil {
			return err
		}
		w.keys[s.key] = i
	}
	total := 0
	for _, r := range w.c.ranks {
		total += r.weight
	}
	for i := len(w.nodes); i < n; i++ {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := w.person(w.chance(total)); err != nil {
			return err
		}
	}
	return nil
}

// chance makes somebody of the nation.
func (w *world) chance(total int) somebody {
	c, r := w.c, w.random
	given, family := c.given, c.family
	if c.femaleGiven != nil && r.IntN(3) == 0 {
		given, family = c.femaleGiven, c.femaleFamily
	}
	s := somebody{given: given[r.IntN(len(given))], family: family[r.IntN(len(family))], native: r.IntN(10) < 7}
	if c.code != "UKR" && r.IntN(25) == 0 {
		s.family += "-" + family[r.IntN(len(family))]
	}
	s.rank = w.rankAt(r.IntN(total))
	s.unit = w.someUnit()
	s.title = w.appointment(s)
	s.clearance, s.fit = w.clearanceFor(s.rank.grade)
	return s
}

// rankAt finds the rank in whose share of the weights x falls.
func (w *world) rankAt(x int) rank {
	for _, r := range w.c.ranks {
		if x < r.weight {
			return r
		}
		x -= r.weight
	}
	return w.c.ranks[0]
}

// someUnit spreads people over headquarters, staffs and the field.
func (w *world) someUnit() *unit {
	r := w.random
	switch x := r.IntN(100); {
	case x < 12:
		return w.tree.hq.branches[r.IntN(len(w.tree.hq.branches))]
	default:
		f := &w.tree.formations[r.IntN(len(w.tree.formations))]
		if x < 50 {
			return f.branches[r.IntN(len(f.branches))]
		}
		return f.field[r.IntN(len(f.field))]
	}
}

// appointment is what somebody does there.
func (w *world) appointment(s somebody) string {
	in := &w.c.native
	if !s.native {
		in = &w.c.english
	}
	titles := in.soldiers
	if s.rank.grade >= officer {
		titles = in.officers
	}
	digit := s.unit.digit
	if digit == "" {
		digit = string("12346"[w.random.IntN(5)])
	}
	return strings.ReplaceAll(titles[w.random.IntN(len(titles))], "%s", in.fields[digit])
}

// levels is how many of a hundred of each grade are cleared to RESTRICTED, CONFIDENTIAL, SECRET, TOP SECRET.
var levels = [...][4]int{junior: {40, 35, 25, 0}, senior: {10, 30, 60, 0}, officer: {0, 10, 85, 5}, staff: {0, 0, 88, 12}, general: {0, 0, 50, 50}}

var levelNames = [4]string{"RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"}

// clearanceFor draws a clearance; fit says that it reaches SECRET on the mission.
func (w *world) clearanceFor(g grade) (number int32, fit bool) {
	r := w.random
	level, x := 0, r.IntN(100)
	for x >= levels[g][level] {
		x -= levels[g][level]
		level++
	}
	atomal := 25
	if w.c.code == "UKR" {
		atomal = 10
	}
	out := grant{upTo: levelNames[level], nations: w.c.code}
	out.mission = r.IntN(100) < 97
	out.atomal = r.IntN(100) < atomal && level >= 2
	out.bohemia = r.IntN(100) < 12 && level >= 2
	if r.IntN(1000) < 4 {
		return 0, false
	}
	return w.catalogue.grant(out), out.mission && level >= 2
}

// person writes somebody into the directory.
func (w *world) person(s somebody) (int32, error) {
	c := w.c
	given, family := c.latin(s.given), c.latin(s.family)
	cn := given + " " + family
	base := given + "." + family
	if s.account != "" {
		base += "." + s.account
	}
	local := w.local(base)
	mail := local + "@" + c.mailDomain()
	rank, sn, gn, shown := s.rank.native, s.family, s.given, s.given+" "+s.family
	if s.rank.english != "" && !s.native {
		rank, sn, gn, shown = s.rank.english, family, given, cn
	}
	if shown == cn {
		shown = cn // one string for both
	}
	e := ldaptest.Entry{DN: "uid=" + local + "," + s.unit.dn, Attrs: make([]ldaptest.Attr, 0, 14)}
	set(&e, "objectClass", personClasses...)
	set(&e, "uid", mail[:len(local)])
	set(&e, "cn", cn)
	set(&e, "sn", sn)
	set(&e, "givenName", gn)
	set(&e, "displayName", shown)
	set(&e, "personalTitle", rank)
	set(&e, "title", s.title)
	set(&e, "ou", s.unit.name)
	set(&e, "o", c.organisation)
	set(&e, "telephoneNumber", c.phone(w.random.Uint64()))
	set(&e, "mail", mail)
	set(&e, "jid", local+"@"+c.chatDomain())
	set(&e, "seeAlso", s.seeAlso)
	set(&e, "shadowExpire", s.ends)
	set(&e, "confidentialityClearance", w.catalogue.texts(s.clearance)...)
	if err := w.emit(e); err != nil {
		return 0, err
	}
	i := w.add(node{address: mail, dn: e.DN, clearance: s.clearance, kind: person})
	if s.fit {
		if len(w.fit) < mostFit {
			w.fit = append(w.fit, i)
		}
		if len(s.unit.fit) < mostFitAUnit {
			s.unit.fit = append(s.unit.fit, i)
		}
	}
	return i, nil
}
