package demo

import (
	"fmt"

	"caveat/ldapbook/ldaptest"
)

// unit is a node of a nation's organisational tree.
type unit struct {
	name  string // as people write it: "G2, 301 Light Brigade"
	own   string // its own part: "G2"
	dn    string
	short string // in addresses: "301bde"; of the headquarters ""
	digit string // of a staff branch: its field of work; "" of a unit in the field
	work  string // the field of work in the nation's language
	fit   []int32
}

// formation is a brigade with its staff and battalions.
type formation struct {
	head     *unit
	branches []*unit
	field    []*unit
}

// tree is a nation's organisation: a headquarters and its formations.
type tree struct {
	hq         formation
	formations []formation
	all        []*unit
}

// Formations per nation: one for so many people, and never fewer or more than these.
const (
	peoplePerFormation               = 300
	fewestFormations, mostFormations = 2, 250
)

// newTree makes the organisation for so many people.
func newTree(c *culture, people int) *tree {
	t := &tree{}
	t.hq.head = t.unit(c.headquarters, c.headquarters, c.baseDN())
	t.hq.branches = t.staff(c, "J", t.hq.head, "1", "2", "3", "4", "5", "6", "7", "9")
	n := min(max(people/peoplePerFormation, fewestFormations), mostFormations)
	for i := range n {
		number := c.firstFormation + i
		name := fmt.Sprintf("%d %s", number, c.formations[i%len(c.formations)])
		if c.code == "DEU" {
			name = fmt.Sprintf("%s %d", c.formations[i%len(c.formations)], number)
		}
		f := formation{head: t.unit(name, name, c.baseDN())}
		f.head.short = fmt.Sprintf("%dbde", number)
		f.branches = t.staff(c, "G", f.head, "1", "2", "3", "4", "6", "9")
		for j := 1; j <= 3; j++ {
			own := fmt.Sprintf("%d%d %s", number, j, c.battalion)
			if c.code == "DEU" {
				own = fmt.Sprintf("%s %d%d", c.battalion, number, j)
			}
			u := t.unit(own+", "+name, own, f.head.dn)
			u.short = fmt.Sprintf("%d%dbn", number, j)
			f.field = append(f.field, u)
		}
		t.formations = append(t.formations, f)
	}
	return t
}

func (t *tree) unit(name, own, above string) *unit {
	u := &unit{name: name, own: own, dn: "ou=" + escape(own) + "," + above}
	t.all = append(t.all, u)
	return u
}

func (t *tree) staff(c *culture, letter string, head *unit, digits ...string) []*unit {
	var out []*unit
	for _, d := range digits {
		u := t.unit(letter+d+", "+head.own, letter+d, head.dn)
		u.digit, u.work, u.short = d, c.native.fields[d], head.short
		out = append(out, u)
	}
	return out
}

// branch finds a staff branch by its name, such as J3.
func (f *formation) branch(own string) *unit {
	for _, u := range f.branches {
		if u.own == own {
			return u
		}
	}
	return f.head
}

// entry is the directory entry of a unit.
func (u *unit) entry() ldaptest.Entry {
	e := ldaptest.Entry{DN: u.dn, Attrs: []ldaptest.Attr{
		{Name: "objectClass", Values: []string{"top", "organizationalUnit"}}, {Name: "ou", Values: []string{u.own}},
	}}
	if u.work != "" {
		e.Attrs = append(e.Attrs, ldaptest.Attr{Name: "description", Values: []string{u.work}})
	}
	return e
}
