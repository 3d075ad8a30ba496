package demo

import (
	"slices"
	"strings"
)

// UserAddress is the demonstration's user: a GBR officer cleared to SECRET with MROD, ATOMAL, BOHEMIA and Only GBR.
const UserAddress = "sarah.whitfield@gbr.example"

// People who are the same in every demonstration. "Cleared" means up to SECRET with MROD, and the own nation's value of Only
// and Releasable To.
const (
	GBRCleared     = "sian.llewellyn@gbr.example" // with ATOMAL and BOHEMIA
	GBRRestricted  = "callum.fraser@gbr.example"  // only to RESTRICTED
	GBRNone        = "morag.macinnes@gbr.example" // publishes no clearance
	GBRUnreadable  = "gareth.penrose@gbr.example" // publishes one that is cut off in the middle
	GBROtherPolicy = "oliver.hathersage@gbr.example"
	GBRTwoValues   = "imogen.stanbridge@gbr.example" // two clearances under one policy

	UKRCleared     = "olena.kovalchuk@ukr.example"     // with ATOMAL and BOHEMIA
	UKRNoATOMAL    = "andrii.lysak@ukr.example"        // SECRET and MROD, no designator
	UKRNoContext   = "taras.bilyk@ukr.example"         // SECRET, without MROD
	UKRMission     = "taras.bilyk.mission@ukr.example" // the same person's account for the mission: SECRET and MROD
	UKRRestricted  = "iryna.melnyk@ukr.example"        // only to RESTRICTED
	UKRNone        = "maksym.doroshenko@ukr.example"
	UKRUnreadable  = "yuliia.savchuk@ukr.example"
	UKROtherPolicy = "bohdan.yaremenko@ukr.example"
	UKRTwoValues   = "nataliia.hnatiuk@ukr.example"

	AUSCleared     = "kiri.tamati@aus.example" // with ATOMAL and BOHEMIA
	AUSWrongGBR    = "liam.nguyen@aus.example" // wrongly holds Only GBR beside AUS: the link stops UK ONLY
	AUSRestricted  = "jack.barrington@aus.example"
	AUSNone        = "matilda.cartwright@aus.example"
	AUSUnreadable  = "dimitri.papadakis@aus.example"
	AUSOtherPolicy = "hamish.ferrier@aus.example"
	AUSTwoValues   = "tahlia.brennan@aus.example"

	DEUCleared     = "juergen.krueger@deu.example" // SECRET with ATOMAL and BOHEMIA: the link stops what is above RESTRICTED
	DEURestricted  = "anke.schaefer@deu.example"
	DEUNone        = "bjoern.weisshaupt@deu.example"
	DEUUnreadable  = "kaethe.moellers@deu.example"
	DEUOtherPolicy = "soenke.petersen@deu.example"
	DEUTwoValues   = "ute.grossmann@deu.example"
)

// Local parts that every nation has: Address("UKR", RoleWatchKeeper).
const (
	RoleWatchKeeper = "watchkeeper"        // cleared to SECRET, MROD; so are its two occupants
	RoleG2          = "g2.duty"            // cleared with ATOMAL and BOHEMIA; so is its occupant
	RoleNoClearance = "press.officer"      // has no clearance of its own
	RoleBadOccupant = "logistics.duty"     // cleared; one occupant has no clearance
	ListCleared     = "mission-staff-list" // flat, every member cleared
	ListOneBad      = "planning-list"      // flat, one member without a clearance
	ListNested      = "all-stations-list"  // three levels, every member cleared
	ListNestedBad   = "exercise-list"      // three levels, one on the third cleared to RESTRICTED only
	ListCycle       = "liaison-list"       // a member is a list whose member it is; everybody cleared
	ListDangling    = "former-staff-list"  // names a member that the directory does not have
	ListOwn         = "notices-list"       // members cleared, the list itself up to RESTRICTED only
	ListBig         = "everybody-list"     // a fifth of the people, at most 1,000
	RoomOperations  = "operations"         // a room with a clearance (JID: RoomJID)
	RoomCoffee      = "coffee"             // a room without one
)

// Further rooms, each in one nation; all are cleared to SECRET with MROD.
const (
	RoomCommand  = "command"  // in GBR: for its members only; the user is none
	RoomPlanning = "planning" // in GBR: has a password (PlanningPassword), and a catalogue of labels that restricts what may be chosen
	RoomLiaison  = "liaison"  // in UKR: federated, with nodes in UKR and AUS, which the installation file lists
	RoomStations = "stations" // in UKR: federated, and nobody lists its nodes
)

// Address is the mail address of a local part in a nation.
func Address(nation, local string) string { return local + "@" + cultures[nation].mailDomain() }

// RoomJID is the JID of a room in a nation.
func RoomJID(nation, local string) string { return local + "@" + cultures[nation].roomsDomain() }

// Special is an entry that is in every demonstration.
type Special struct {
	Nation, Kind string // Kind: person, role, list, room
	Address      string // of a room its JID
	Name, What   string
}

// specialPerson describes one; unit is a branch of the headquarters.
type specialPerson struct {
	key, given, family string
	rank               int // index into the nation's ranks
	branch, title      string
	grant              grant
	texts              []string // instead of the grant; empty but not nil: none
	account            string   // of a person's second account, what its local part ends with
	linked             *string  // account of the other entry of the same person; nil: there is none
	ends               string   // shadowExpire; "": none published
	what               string
}

func cleared(nation string) grant {
	return grant{upTo: "SECRET", mission: true, nations: nation}
}

func fully(nation string) grant {
	return grant{upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: nation}
}

// Keys of special people.
const (
	keyUser, keyCleared, keyRestricted, keyNone = "user", "cleared", "restricted", "none"
	keyUnreadable, keyOther, keyTwo             = "unreadable", "other-policy", "two-values"
	keyNoATOMAL, keyNoContext, keyWrong         = "no-atomal", "no-context", "wrong-nation"
	keyMission, accountMission                  = "mission", "mission"
	whatCleared, whatRestricted, whatNone       = "cleared to SECRET with MROD, ATOMAL, BOHEMIA", "cleared to RESTRICTED only", "publishes no clearance"
	whatUnreadable, whatOther, whatTwo          = "publishes a clearance that cannot be read", "holds a clearance under another policy only", "publishes two clearances under the same policy"
)

var specialPeople = map[string][]specialPerson{
	"GBR": append([]specialPerson{
		{key: keyUser, given: "Sarah", family: "Whitfield", rank: 10, branch: "J3", title: "SO2 Operations", grant: fully("GBR"),
			what: "the demonstration's user: " + whatCleared},
	}, usual("GBR", [2]string{"Siân", "Llewellyn"}, [2]string{"Callum", "Fraser"}, [2]string{"Mòrag", "MacInnes"},
		[2]string{"Gareth", "Penrose"}, [2]string{"Oliver", "Hathersage"}, [2]string{"Imogen", "Stanbridge"})...),
	"UKR": append(usual("UKR", [2]string{"Олена", "Ковальчук"}, [2]string{"Ірина", "Мельник"}, [2]string{"Максим", "Дорошенко"},
		[2]string{"Юлія", "Савчук"}, [2]string{"Богдан", "Яременко"}, [2]string{"Наталія", "Гнатюк"}),
		specialPerson{key: keyNoATOMAL, given: "Андрій", family: "Лисак", rank: 10, branch: "J2", title: "старший офіцер (розвідка)",
			grant: cleared("UKR"), what: "cleared to SECRET with MROD, without ATOMAL and BOHEMIA"},
		specialPerson{key: keyNoContext, given: "Тарас", family: "Білик", rank: 9, branch: "J4", title: "офіцер (логістика)",
			grant: grant{upTo: "SECRET", nations: "UKR"}, linked: new(accountMission), what: "cleared to SECRET, without MROD"},
		specialPerson{key: keyMission, given: "Тарас", family: "Білик", rank: 9, branch: "J4", title: "офіцер (логістика)", account: accountMission, ends: missionEnds,
			grant: cleared("UKR"), linked: new(""), what: "the same person's account for the mission: cleared to SECRET with MROD, in use until 1 December 2098"}),
	"AUS": append(usual("AUS", [2]string{"Kiri", "Tāmati"}, [2]string{"Jack", "Barrington"}, [2]string{"Matilda", "Cartwright"},
		[2]string{"Dimitri", "Papadakis"}, [2]string{"Hamish", "Ferrier"}, [2]string{"Tahlia", "Brennan"}),
		specialPerson{key: keyWrong, given: "Liam", family: "Nguyễn", rank: 10, branch: "J3", title: "SO2 Operations",
			grant: grant{upTo: "SECRET", mission: true, nations: "GBR AUS"}, what: "wrongly holds Only GBR and Releasable To GBR"}),
	"DEU": usual("DEU", [2]string{"Jürgen", "Krüger"}, [2]string{"Anke", "Schäfer"}, [2]string{"Björn", "Weißhaupt"},
		[2]string{"Käthe", "Möllers"}, [2]string{"Sönke", "Petersen"}, [2]string{"Ute", "Großmann"}),
}

// usual is the six people whom every nation has: cleared, restricted, none, unreadable, other policy, two values.
func usual(nation string, names ...[2]string) []specialPerson {
	out := []specialPerson{
		{key: keyCleared, rank: 11, branch: "J3", grant: fully(nation), what: whatCleared},
		{key: keyRestricted, rank: 2, branch: "J4", grant: grant{upTo: "RESTRICTED", mission: true, nations: nation}, what: whatRestricted},
		{key: keyNone, rank: 9, branch: "J5", texts: []string{}, what: whatNone},
		{key: keyUnreadable, rank: 9, branch: "J6", texts: []string{unreadableText}, what: whatUnreadable},
		{key: keyOther, rank: 8, branch: "J1", texts: []string{otherPolicyText()}, what: whatOther},
		{key: keyTwo, rank: 8, branch: "J7", what: whatTwo},
	}
	for i := range out {
		out[i].given, out[i].family = names[i][0], names[i][1]
		in := cultures[nation].native
		titles := in.officers
		if cultures[nation].ranks[out[i].rank].grade < officer {
			titles = in.soldiers
		}
		out[i].title = strings.ReplaceAll(titles[0], "%s", in.fields[out[i].branch[1:]])
	}
	return out
}

// local is the local part of a special person's address.
func (s specialPerson) local(c *culture, account string) string {
	base := c.latin(s.given) + "." + c.latin(s.family)
	if account != "" {
		base += "." + account
	}
	return localPart(base)
}

// missionEnds is when accounts for the mission end: 1 December 2098, as the attribute shadowExpire has it, in days since 1970.
const missionEnds = "47086"

// special turns a description into somebody.
func (w *world) special(s specialPerson) somebody {
	out := somebody{given: s.given, family: s.family, native: true, rank: w.c.ranks[s.rank], title: s.title, unit: w.tree.hq.branch(s.branch), account: s.account, ends: s.ends}
	if s.linked != nil {
		out.seeAlso = "uid=" + s.local(w.c, *s.linked) + "," + out.unit.dn
	}
	switch {
	case s.key == keyTwo:
		p := w.catalogue.policy
		low := grant{upTo: "RESTRICTED", mission: true, nations: w.c.code}
		out.clearance = w.catalogue.add(string(cleared(w.c.code).clearance(p).Marshal()), string(low.clearance(p).Marshal()))
	case s.texts != nil:
		out.clearance = w.catalogue.add(s.texts...)
	default:
		out.clearance = w.catalogue.grant(s.grant)
		// Those whose grant is out of the ordinary serve in no role or list, so that these are what they are said to be.
		out.fit = s.key == keyCleared
	}
	return out
}

// Specials lists the entries that are in every demonstration, by nation.
func Specials() []Special {
	var out []Special
	for _, code := range Codes {
		c := cultures[code]
		for _, s := range specialPeople[code] {
			out = append(out, Special{code, "person", Address(code, s.local(c, s.account)), s.given + " " + s.family, s.what})
		}
		for _, s := range specialRoles {
			out = append(out, Special{code, "role", Address(code, s.local), s.name, s.what})
		}
		for _, s := range specialLists {
			out = append(out, Special{code, "list", Address(code, s.local), s.name, s.what})
		}
		for _, s := range roomsOf(code) {
			out = append(out, Special{code, "room", RoomJID(code, s.local), s.name, s.what})
		}
	}
	return slices.Clip(out)
}
