package demo

import "slices"

const receiptSpace = "urn:xmpp:receipts"

// PlanningPassword lets people into GBR's planning room.
const PlanningPassword = "compass"

// commandMembers may enter the command room.
var commandMembers = []string{GBRCleared}

// insideOf is who is always in a nation's rooms: those who are cleared, and in DEU's operations room and every coffee room one who holds
// RESTRICTED only. In a federated room there are people of two nations.
func insideOf(nation, local string) []string {
	cleared := map[string]string{"GBR": GBRCleared, "UKR": UKRCleared, "AUS": AUSCleared, "DEU": DEUCleared}
	out := []string{cleared[nation]}
	switch local {
	case RoomOperations:
		if nation == "DEU" {
			out = append(out, restricted[nation])
		}
	case RoomCoffee:
		out = append(out, restricted[nation])
	case RoomLiaison, RoomStations:
		out = append(out, AUSCleared)
	case RoomCommand, RoomPlanning:
	default:
		return nil
	}
	return out
}

// restricted are those who hold RESTRICTED only, by nation.
var restricted = map[string]string{"GBR": GBRRestricted, "UKR": UKRRestricted, "AUS": AUSRestricted, "DEU": DEURestricted}

// roomClass is the classification of what is usually said in a room; empty: the room has no marking.
func roomClass(nation, local string) string {
	switch {
	case local == RoomPlanning, local == RoomOperations && nation == "DEU":
		return "RESTRICTED"
	case local == RoomOperations, local == RoomCommand, local == RoomLiaison, local == RoomStations:
		return "SECRET"
	}
	return ""
}

// roomFeatures is what a room says of itself.
//
// std: XEP-0045 §6.4
func roomFeatures(local string) []string {
	open, secured := "muc_open", "muc_unsecured"
	if local == RoomCommand {
		open = "muc_membersonly"
	}
	if local == RoomPlanning {
		secured = "muc_passwordprotected"
	}
	return []string{roomSpace, "muc_nonanonymous", open, "muc_persistent", "muc_public", "muc_unmoderated", secured, archiveSpace}
}

// barred says why somebody may not enter a room; an empty condition: nothing.
//
// std: XEP-0045 §7.2.5, §7.2.6
func barred(address string, x stanza) (condition, text string) {
	switch local, _ := partsOf(address); local {
	case RoomCommand:
		if !slices.Contains(commandMembers, mailAddress(x.from)) {
			return "registration-required", "This room is for its members only."
		}
	case RoomPlanning:
		if e := childOf(x.child(roomSpace, "x"), roomSpace, "password"); e == nil || e.Text != PlanningPassword {
			return "not-authorized", "This room has a password."
		}
	}
	return "", ""
}
