package demo

import (
	"strings"

	"caveat/ldapbook/ldaptest"
)

var roomClasses = []string{"top", "room", "JIDObject", "aCPAccessControlEntity"}

// specialRooms are the chat rooms that every nation has.
var specialRooms = []struct {
	local, name, what string
	cleared           bool
}{
	{RoomOperations, "Operations Room", "a chat room cleared to SECRET with MROD", true},
	{RoomCoffee, "Coffee Room", "a chat room without a clearance", false},
}

func (w *world) roomCount() int { return len(specialRooms) + len(w.tree.formations) }

func (w *world) rooms() error {
	usual := w.catalogue.grant(cleared(w.c.code))
	for _, s := range specialRooms {
		clearance := usual
		if !s.cleared {
			clearance = 0
		}
		if err := w.room(s.local, s.name, s.what, clearance); err != nil {
			return err
		}
	}
	for i := range w.tree.formations {
		f := &w.tree.formations[i]
		if err := w.room("room."+f.head.short, f.head.name+" Room", "", usual); err != nil {
			return err
		}
	}
	return nil
}

// room writes a chat room into the directory. It has a JID and no mail address.
func (w *world) room(local, name, what string, clearance int32) error {
	jid := RoomJID(w.c.code, local)
	e := ldaptest.Entry{DN: "cn=" + escape(name) + ",ou=Rooms," + w.c.baseDN()}
	set(&e, "objectClass", roomClasses...)
	set(&e, "cn", name)
	set(&e, "o", w.c.organisation)
	set(&e, "description", what)
	set(&e, "jid", jid)
	set(&e, "confidentialityClearance", w.catalogue.texts(clearance)...)
	if err := w.emit(e); err != nil {
		return err
	}
	w.add(node{address: jid, dn: e.DN, clearance: clearance, kind: room})
	return nil
}

// escape makes a name a value in a DN (RFC 4514); the demonstration's names hold no other special character than the comma.
func escape(name string) string { return strings.ReplaceAll(name, ",", `\,`) }
