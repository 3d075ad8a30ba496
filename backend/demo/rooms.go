package demo

import (
	"strings"

	"caveat/ldapbook/ldaptest"
)

var roomClasses = []string{"top", "room", "JIDObject", "aCPAccessControlEntity"}

// specialRoom is a chat room that is in every demonstration.
type specialRoom struct {
	local, name, what string
	nation            string // empty: every nation has one
	cleared           bool
}

var specialRooms = []specialRoom{
	{RoomOperations, "Operations Room", "a chat room cleared to SECRET with MROD", "", true},
	{RoomCoffee, "Coffee Room", "a chat room without a clearance", "", false},
	{RoomCommand, "Command Room", "a chat room for its members only, cleared to SECRET with MROD", "GBR", true},
	{RoomPlanning, "Planning Room", "a chat room with a password, cleared to SECRET with MROD", "GBR", true},
	{RoomLiaison, "Liaison Room", "a federated chat room whose nodes are known, cleared to SECRET with MROD", "UKR", true},
	{RoomStations, "All Stations Room", "a federated chat room of whose nodes nobody knows, cleared to SECRET with MROD", "UKR", true},
}

// roomsOf are those of a nation.
func roomsOf(nation string) (out []specialRoom) {
	for _, s := range specialRooms {
		if s.nation == "" || s.nation == nation {
			out = append(out, s)
		}
	}
	return out
}

// rooms of every nation that are not of a formation: the further ones of a nation stand in place of its last formations' rooms, so that
// the people of a demonstration stay who they are.
const roomsOfAll = 2

func (w *world) roomCount() int { return roomsOfAll + len(w.tree.formations) }

func (w *world) rooms() error {
	usual := w.catalogue.grant(cleared(w.c.code))
	special := roomsOf(w.c.code)
	for _, s := range special {
		clearance := usual
		if !s.cleared {
			clearance = 0
		}
		if err := w.room(s.local, s.name, s.what, clearance); err != nil {
			return err
		}
	}
	for i := range w.roomCount() - len(special) {
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
