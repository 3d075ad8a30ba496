package demo

import "strings"

// Own is the nation of the demonstration's user.
const Own = "GBR"

// Codes are the nations in the order in which they are shown.
var Codes = []string{"GBR", "UKR", "AUS", "DEU"}

// Nation says where a nation's services are.
type Nation struct {
	Code, Name  string
	BaseDN      string
	MailDomain  string
	ChatDomain  string
	RoomsDomain string // of chat rooms
	LDAP, SMTP  string // host:port
	IMAP        string // of the user's mailbox, of the own nation alone
	Entries     int    // people, roles, lists and rooms
}

// culture is what the generator knows of one nation.
type culture struct {
	code, name, organisation string
	headquarters             string
	firstFormation           int // number of the first formation; all are fictitious
	formations               []string
	battalion                string
	given, family            []string
	// femaleGiven and femaleFamily are parallel worlds: where they are set, half the people are named from them.
	femaleGiven, femaleFamily []string
	ranks                     []rank
	native, english           language // of the appointments; english is for those who are shown in Latin letters
	phone                     func(n uint64) string
	latin                     func(string) string // how its passports write a name in ASCII
}

// language is how appointments are called: %s is the field of work, which the digit of a staff branch stands for.
type language struct {
	soldiers, officers []string
	fields             map[string]string
}

// rank is one rank. A nation that writes another script has both spellings.
type rank struct {
	native, english string
	grade           grade
	weight          int
}

// grade says what a rank is usually cleared for.
type grade uint8

const (
	junior grade = iota
	senior
	officer
	staff
	general
)

var cultures = map[string]*culture{"GBR": &british, "UKR": &ukrainian, "AUS": &australian, "DEU": &german}

func (c *culture) lower() string       { return strings.ToLower(c.code) }
func (c *culture) baseDN() string      { return "dc=" + c.lower() + ",dc=example" }
func (c *culture) mailDomain() string  { return c.lower() + ".example" }
func (c *culture) chatDomain() string  { return "chat." + c.lower() + ".example" }
func (c *culture) roomsDomain() string { return "rooms.chat." + c.lower() + ".example" }

// nationOf finds the nation of a mail domain; "" when it is none of the demonstration's.
func nationOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	for _, code := range Codes {
		if strings.EqualFold(domain, cultures[code].mailDomain()) {
			return code
		}
	}
	return ""
}

// english is the ranks of the two armies that share them.
var english = []rank{
	{"Private", "", junior, 22}, {"Lance Corporal", "", junior, 14}, {"Corporal", "", senior, 13}, {"Sergeant", "", senior, 11},
	{"Staff Sergeant", "", senior, 7}, {"Warrant Officer Class Two", "", senior, 5}, {"Warrant Officer Class One", "", senior, 3},
	{"Second Lieutenant", "", officer, 3}, {"Lieutenant", "", officer, 5}, {"Captain", "", officer, 8}, {"Major", "", staff, 6},
	{"Lieutenant Colonel", "", staff, 3}, {"Colonel", "", general, 1}, {"Brigadier", "", general, 1},
}

var inEnglish = language{
	soldiers: []string{"%s Clerk", "Chief Clerk %s", "%s Specialist", "%s Supervisor", "%s Technician", "%s Assistant"},
	officers: []string{"SO2 %s", "SO3 %s", "%s Officer", "Deputy Chief %s", "Liaison Officer %s"},
	fields:   englishFields,
}

var englishFields = map[string]string{
	"1": "Personnel", "2": "Intelligence", "3": "Operations", "4": "Logistics", "5": "Plans", "6": "Communications",
	"7": "Training", "9": "Civil-Military Cooperation",
}

// spread picks one of numbers blocks of size each, and a number in it.
func spread(n uint64, size uint64, blocks ...string) string {
	block := blocks[n/size%uint64(len(blocks))]
	digits := []byte(block)
	rest := n % size
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] == '#' {
			digits[i] = byte('0' + rest%10)
			rest /= 10
		}
	}
	return string(digits)
}
