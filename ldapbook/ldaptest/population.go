package ldaptest

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// Population is a made-up nation's directory for measurements: always the same for one seed and size, written as a stream,
// so that a million entries need no memory. Surnames follow Zipf's law, so that some beginnings are very frequent; names
// are in Latin (with accents), Cyrillic and Greek letters. Of 1,000 entries, 990 are people in units, the others lists,
// roles and rooms; the units and the containers above them come on top.
type Population struct {
	Seed   uint64
	Size   int    // entries that are addressees
	Suffix string // of one RDN: "o=…"
	Domain string // of mail addresses; JIDs are in "xmpp." below it
}

// ClearanceTexts is how many clearances people share; each holds a "Mission" of its own.
const ClearanceTexts = 5000

// How the people are spread.
const (
	brigades         = 40
	unitsOfBrigade   = 25
	populationNames  = 4000
	peopleOfThousand = 990
)

// spelt is a name as its owner writes it, and as it stands in addresses.
type spelt struct{ native, latin string }

// People calls visit with the name of each person, in order, as WriteLDIF writes them: given name and surname.
func (p Population) People(visit func(i int, given, surname, mail string)) {
	g := newGenerator(p)
	for i := range p.Size {
		if i%1000 < peopleOfThousand {
			x := g.person(i)
			visit(i, x.given.native, x.surname.native, x.mail)
		}
	}
}

// Names calls visit with the DN of each person, in order.
func (p Population) Names(visit func(i int, dn string)) {
	g := newGenerator(p)
	for i := range p.Size {
		if i%1000 < peopleOfThousand {
			visit(i, g.personDN(g.person(i)))
		}
	}
}

// WriteLDIF writes everything in the order in which slapadd wants it.
func (p Population) WriteLDIF(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<20)
	g := newGenerator(p)
	g.containers(b)
	for i := range p.Size {
		if i%1000 < peopleOfThousand {
			g.writePerson(b, g.person(i))
		} else {
			g.writeOther(b, i)
		}
	}
	return b.Flush()
}

type generator struct {
	Population
	surnames, given []spelt
	clearances      []string
}

func newGenerator(p Population) *generator {
	r := rand.New(rand.NewPCG(p.Seed, 1))
	g := &generator{Population: p}
	seen := map[string]bool{}
	for len(g.surnames) < populationNames {
		if s := surnameOf(r); !seen[s.native] {
			seen[s.native] = true
			g.surnames = append(g.surnames, s)
		}
	}
	for _, pair := range strings.Fields(givenNames) {
		native, latin, _ := strings.Cut(pair, "=")
		if latin == "" {
			latin = native
		}
		g.given = append(g.given, spelt{native, strings.ToLower(latin)})
	}
	for i := range ClearanceTexts {
		g.clearances = append(g.clearances, clearanceText(r, i))
	}
	return g
}

const givenNames = `Anna Lars Maria Jan Peter Thomas Eva Nils Karin Olav Ingrid Bjørn=Bjorn Søren=Soren Jürgen=Jurgen Anders
	Henrik Astrid Sofie Emil Hugo Zofia Łukasz=Lukasz Małgorzata=Malgorzata Jacek Agnieszka François=Francois Hélène=Helene Pierre
	Claire Luc James Oliver Emily George Charlotte William Harriet John Robert Michael David Christopher Andrew Daniel Joseph Sarah
	Jessica Andreas Stefan Klaus Ursula Heidi Dieter Olena Taras Тарас=Taras Олена=Olena Іван=Ivan Марія=Mariia Юрій=Yurii Оксана=Oksana
	Андрій=Andrii Катерина=Kateryna Богдан=Bohdan Наталія=Nataliia Γιώργος=Giorgos Μαρία=Maria Νίκος=Nikos Ελένη=Eleni José=Jose
	Lucía=Lucia Carlos Inés=Ines Paolo Giulia Marco Chiara Tomáš=Tomas Jiří=Jiri Zdeněk=Zdenek Ágnes=Agnes László=Laszlo Zoltán=Zoltan`

var surnameParts = [][3]string{ // beginnings, middles, ends of one script and language
	{"Han Jo Ol Lar Ped Nil Berg Hal Kris Sol Dahl Strand Lund Bak Hag Myr Ås Øst Mor Eid", "s se st ve la no re ti ma gå", "sen son berg stad vik heim nes lie rud dal"},
	{"Schm Mül Web Fisch Bau Hoff Kra Schul Wag Beck Koch Richt Lang Neu Schwarz Zim Krüg Braun", "i le er na el ma o u", "dt mann er hausen bach stein feld meier ke ner"},
	{"Kow Now Wiś Wój Kam Lew Ziel Szym Woź Dąb Koz Jan Maz Kaczm", "al a ni czy in ko ar e", "ski ska czyk wicz ak ek owski icki"},
	{"Smi Har Wil Bro Tay Dav Ev Tho Rob Joh Wal Whi Edw Gre Hug Mar Bak Coo Tur Ste", "l n r t w m d s", "son ton ley field wood man well ham ford worth"},
	{"Mar Dub Ber Rob Mor Lau Sim Mich Lef Gar Dur Bon", "ti el na la e in o", "ez eau et ard ois ier in and"},
}

var cyrillicParts = [3]string{
	"Ков=kov Шевч=shevch Бонд=bond Ткач=tkach Крав=krav Мел=mel Пол=pol Сав=sav Лис=lys Мар=mar Гон=hon Яр=yar Кос=kos Щерб=shcherb Хом=khom Цим=tsym",
	"ал=al ен=en ар=ar ч=ch и=y о=o ин=yn ов=ov",
	"ко=ko ук=uk енко=enko ський=skyi чук=chuk ець=ets як=iak юк=iuk",
}

var greekParts = [3]string{
	"Παπ=pap Γεωρ=geor Δημ=dim Νικ=nik Κων=kon Ιω=io Βασ=vas Αν=an", "αδ=ad γι=gi ητρ=itr ολα=ola σταντιν=stantin αν=an",
	"όπουλος=opoulos ίδης=idis άκης=akis ου=ou έας=eas",
}

// surnameOf puts a surname together. One in six is Cyrillic, one in twenty-four Greek.
func surnameOf(r *rand.Rand) spelt {
	pick := func(list string) string {
		all := strings.Fields(list)
		return all[r.IntN(len(all))]
	}
	join := func(parts [3]string) spelt {
		var s spelt
		for _, list := range parts {
			native, latin, _ := strings.Cut(pick(list), "=")
			s.native += native
			s.latin += latin
		}
		return s
	}
	switch n := r.IntN(24); {
	case n < 4:
		return join(cyrillicParts)
	case n == 4:
		return join(greekParts)
	default:
		parts := surnameParts[r.IntN(len(surnameParts))]
		native := pick(parts[0]) + pick(parts[1])
		if r.IntN(3) == 0 {
			native += pick(parts[1])
		}
		native += pick(parts[2])
		return spelt{native, strings.ToLower(plain.Replace(native))}
	}
}

var plain = strings.NewReplacer("ø", "o", "Ø", "O", "å", "a", "Å", "A", "ü", "u", "ś", "s", "ó", "o", "ź", "z", "ą", "a")

// clearanceText is one of the clearances, of realistic length.
func clearanceText(r *rand.Rand, i int) string {
	levels := []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}
	var b strings.Builder
	b.WriteString(`<c:ConfidentialityClearance xmlns:c="urn:nato:stanag:4774:confidentialityclearance:1:0" ` +
		`xmlns="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><PolicyIdentifier>MROD</PolicyIdentifier><c:ClassificationList>`)
	for _, l := range levels[:1+r.IntN(len(levels))] {
		b.WriteString("<Classification>" + l + "</Classification>")
	}
	fmt.Fprintf(&b, `</c:ClassificationList><Category Type="PERMISSIVE" TagName="Releasable To"><GenericValue>NOR</GenericValue><GenericValue>Mission %d</GenericValue></Category>`, i)
	if r.IntN(2) == 0 {
		b.WriteString(`<Category Type="RESTRICTIVE" TagName="Special"><GenericValue>ATOMAL</GenericValue></Category>`)
	}
	b.WriteString(`</c:ConfidentialityClearance>`)
	return b.String()
}

// zipf returns a number below n, small ones far more often: of each power of two as often as of the next.
func zipf(r *rand.Rand, n int) int {
	span := 1
	for bits := r.IntN(len2(n)); bits > 0; bits-- {
		span *= 2
	}
	return min(span-1+r.IntN(span), n-1)
}

func len2(n int) int {
	bits := 0
	for span := 1; span-1 < n; span *= 2 {
		bits++
	}
	return bits
}

type made struct {
	i                                 int
	surname, given                    spelt
	uid, mail, rank, title, unit, top string
	brigade, phone                    int
	clearance                         int
}

// person is the i-th entry; it depends on the seed and i alone.
func (g *generator) person(i int) made {
	r := rand.New(rand.NewPCG(g.Seed, uint64(i)+2))
	titles := []string{"Staff Officer", "Plans Officer", "Signal Officer", "Logistics Officer", "Intelligence Analyst", "Watchkeeper",
		"Commanding Officer", "Company Commander", "Medical Officer", "Systems Administrator", "Driver", "Clerk"}
	tops := []string{"Norland Army", "Norland Navy", "Norland Air Force", "Joint Headquarters"}
	b, u := r.IntN(brigades), r.IntN(unitsOfBrigade)
	m := made{
		i: i, surname: g.surnames[zipf(r, len(g.surnames))], given: g.given[zipf(r, len(g.given))],
		uid: fmt.Sprintf("p%07d", i), rank: fmt.Sprintf("OF-%d", 1+zipf(r, 8)), title: titles[zipf(r, len(titles))],
		unit: unitName(b, u), brigade: b, top: tops[b%len(tops)], phone: r.IntN(1e8),
	}
	// Clearances go with units, but not only.
	m.clearance = (zipf(r, 60) + 61*(b*unitsOfBrigade+u)) % ClearanceTexts
	m.mail = fmt.Sprintf("%s.%s.%d@%s", m.given.latin, m.surname.latin, i, g.Domain)
	return m
}

func unitName(brigade, unit int) string {
	arms := []string{"Signal Squadron", "Infantry Battalion", "Artillery Regiment", "Engineer Company", "Medical Company",
		"Logistics Battalion", "Reconnaissance Squadron", "Headquarters Company"}
	return fmt.Sprintf("%d%02d %s", brigade+1, unit+1, arms[unit%len(arms)])
}

func (g *generator) unitDN(brigade int, unit string) string {
	return fmt.Sprintf("ou=%s,ou=%d Brigade,%s", unit, brigade+1, g.Suffix)
}

func (g *generator) containers(b *bufio.Writer) {
	_, name, _ := strings.Cut(g.Suffix, "=")
	writeRecord(b, g.Suffix, "objectClass", "organization", "o", name)
	for _, ou := range []string{"Lists", "Roles", "Rooms"} {
		writeRecord(b, "ou="+ou+","+g.Suffix, "objectClass", "organizationalUnit", "ou", ou)
	}
	for i := range brigades {
		name := fmt.Sprintf("%d Brigade", i+1)
		writeRecord(b, "ou="+name+","+g.Suffix, "objectClass", "organizationalUnit", "ou", name)
		for j := range unitsOfBrigade {
			writeRecord(b, g.unitDN(i, unitName(i, j)), "objectClass", "organizationalUnit", "ou", unitName(i, j))
		}
	}
}

func (g *generator) personDN(m made) string {
	return "uid=" + m.uid + "," + g.unitDN(m.brigade, m.unit)
}

func (g *generator) writePerson(b *bufio.Writer, m made) {
	writeRecord(b, g.personDN(m), "objectClass", "inetOrgPerson", "objectClass", "JIDObject",
		"objectClass", "aCPAccessControlEntity", "objectClass", "extensibleObject",
		"uid", m.uid, "cn", m.given.native+" "+m.surname.native, "sn", m.surname.native, "givenName", m.given.native,
		"displayName", m.given.native+" "+m.surname.native, "mail", m.mail, "jid", m.uid+"@xmpp."+g.Domain,
		"personalTitle", m.rank, "title", m.title, "ou", m.unit, "o", m.top, "telephoneNumber", fmt.Sprintf("+47 %08d", m.phone),
		"confidentialityClearance", g.clearances[m.clearance])
}

// writeOther writes a list, a role or a room; they stand for people that came shortly before.
func (g *generator) writeOther(b *bufio.Writer, i int) {
	first := i - i%1000
	clearance := g.clearances[i%ClearanceTexts]
	switch i % 3 {
	case 0:
		pairs := []string{"objectClass", "groupOfNames", "objectClass", "extensibleObject", "cn", fmt.Sprintf("List %d", i),
			"mail", fmt.Sprintf("list.%d@%s", i, g.Domain), "confidentialityClearance", clearance}
		for j := range 20 {
			pairs = append(pairs, "member", g.personDN(g.person(first+(i+7*j)%peopleOfThousand)))
		}
		writeRecord(b, fmt.Sprintf("cn=List %d,ou=Lists,%s", i, g.Suffix), pairs...)
	case 1:
		writeRecord(b, fmt.Sprintf("cn=Duty Officer %d,ou=Roles,%s", i, g.Suffix), "objectClass", "organizationalRole",
			"objectClass", "extensibleObject", "cn", fmt.Sprintf("Duty Officer %d", i),
			"mail", fmt.Sprintf("duty.%d@%s", i, g.Domain), "confidentialityClearance", clearance,
			"roleOccupant", g.personDN(g.person(first+i%peopleOfThousand)))
	default:
		writeRecord(b, fmt.Sprintf("cn=Room %d,ou=Rooms,%s", i, g.Suffix), "objectClass", "room", "objectClass", "extensibleObject",
			"cn", fmt.Sprintf("Room %d", i), "jid", fmt.Sprintf("room%d@rooms.%s", i, g.Domain), "confidentialityClearance", clearance)
	}
}

// writeRecord writes one entry (RFC 2849) with the UUID that uuidOf gives it. pairs are attribute and value by turns.
func writeRecord(b *bufio.Writer, dn string, pairs ...string) {
	writeValue(b, "dn", dn)
	for i := 0; i < len(pairs); i += 2 {
		writeValue(b, pairs[i], pairs[i+1])
	}
	writeValue(b, "entryUUID", uuidOf(Entry{DN: dn}))
	b.WriteByte('\n')
}

// writeValue writes text as it is where RFC 2849 lets it, and base64 elsewhere.
func writeValue(b *bufio.Writer, name, value string) {
	b.WriteString(name)
	safe := utf8.ValidString(value) && !strings.HasPrefix(value, " ") && !strings.HasPrefix(value, ":") && !strings.HasPrefix(value, "<")
	for i := 0; safe && i < len(value); i++ {
		safe = value[i] >= ' ' && value[i] < 0x7f
	}
	if safe {
		b.WriteString(": ")
		b.WriteString(value)
	} else {
		b.WriteString(":: ")
		b.WriteString(base64.StdEncoding.EncodeToString([]byte(value)))
	}
	b.WriteByte('\n')
}
