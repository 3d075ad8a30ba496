package demo

import "caveat/ldapbook/ldaptest"

var roleClasses = []string{"top", "organizationalRole", "JIDObject", "aCPAccessControlEntity", "extensibleObject"}

// specialRole is a role of the headquarters that every nation has.
type specialRole struct {
	local, branch, name, what string
	none, fully               bool // no clearance of its own; one with ATOMAL and BOHEMIA
	occupants                 int  // so many who are cleared
	also                      string
}

var specialRoles = []specialRole{
	{local: RoleWatchKeeper, branch: "J3", name: "Watch Keeper", occupants: 2, what: "cleared to SECRET with MROD; its occupants too"},
	{local: RoleG2, branch: "J2", name: "G2 Duty Officer", fully: true, also: keyCleared, what: "cleared to SECRET with MROD, ATOMAL, BOHEMIA; its occupant too"},
	{local: RoleNoClearance, branch: "J9", name: "Press Officer", none: true, occupants: 1, what: "has no clearance of its own; its occupant is cleared"},
	{local: RoleBadOccupant, branch: "J4", name: "Logistics Duty Officer", occupants: 1, also: keyNone, what: "cleared; one of its two occupants has no clearance"},
}

// words are what roles, lists and rooms are called in the nation's own language, beside the mission's English.
var words = map[string]map[string]string{
	"UKR": {"Watch Keeper": "Оперативний черговий", "G2 Duty Officer": "Черговий офіцер розвідки", "Duty Officer": "Черговий"},
	"DEU": {"Watch Keeper": "Wachhabender Stabsoffizier", "G2 Duty Officer": "Offizier vom Dienst Nachrichtenwesen", "Duty Officer": "Offizier vom Dienst"},
}

// called joins the English name and the nation's own.
func (w *world) called(name string) string {
	if own := words[w.c.code][name]; own != "" {
		return name + " (" + own + ")"
	}
	return name
}

// A formation has a watch keeper and a G2 duty officer, each of its battalions a duty officer.
func (w *world) roleCount() int {
	n := len(specialRoles)
	for _, f := range w.tree.formations {
		n += 2 + len(f.field)
	}
	return n
}

func (w *world) roles() error {
	usual := w.catalogue.grant(cleared(w.c.code))
	for _, s := range specialRoles {
		u := w.tree.hq.branch(s.branch)
		clearance := usual
		switch {
		case s.none:
			clearance = 0
		case s.fully:
			clearance = w.catalogue.grant(fully(w.c.code))
		}
		occupants := w.pick(s.occupants, u)
		if s.also != "" {
			occupants = append(occupants, w.keys[s.also])
		}
		if err := w.role(s.local, s.name, u, clearance, occupants); err != nil {
			return err
		}
	}
	for i := range w.tree.formations {
		f := &w.tree.formations[i]
		g2, g3 := f.branch("G2"), f.branch("G3")
		err := w.role(RoleWatchKeeper+"."+f.head.short, "Watch Keeper", g3, usual, w.pick(2, g3))
		if err == nil {
			err = w.role(RoleG2+"."+f.head.short, "G2 Duty Officer", g2, usual, w.pick(1, g2))
		}
		for _, u := range f.field {
			if err == nil {
				err = w.role("duty."+u.short, "Duty Officer", u, usual, w.pick(1, u))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// role writes a role into the directory.
func (w *world) role(local, name string, u *unit, clearance int32, occupants []int32) error {
	e := ldaptest.Entry{DN: "cn=" + name + "," + u.dn}
	set(&e, "objectClass", roleClasses...)
	set(&e, "cn", name)
	set(&e, "displayName", w.called(name)+", "+u.name)
	set(&e, "ou", u.name)
	set(&e, "o", w.c.organisation)
	set(&e, "telephoneNumber", w.c.phone(w.random.Uint64()))
	set(&e, "mail", local+"@"+w.c.mailDomain())
	set(&e, "jid", local+"@"+w.c.chatDomain())
	set(&e, "roleOccupant", w.dns(occupants)...)
	set(&e, "confidentialityClearance", w.catalogue.texts(clearance)...)
	if err := w.emit(e); err != nil {
		return err
	}
	w.add(node{address: local + "@" + w.c.mailDomain(), dn: e.DN, clearance: clearance, kind: role}, occupants...)
	return nil
}
