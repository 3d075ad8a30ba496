package ldapbook

import (
	"errors"
	"strings"
)

var errBody = errors.New("a row of the book cannot be read")

// What a body's first number says.
const (
	bodyPartial      = 1 << iota // MembersIncomplete
	bodyDisabled                 // Disabled
	bodyNameOther                // the name isn't given name and surname: it follows
	bodyDNOther                  // the DN isn't RDN and the node's DN: it follows whole
	bodyUnitOther                // the unit isn't spelt as the node's: it follows
	bodyMembers                  // members and occupants follow
	bodyCapabilities             // times and capabilities follow
	bodyPhone                    // telephone numbers follow
	bodyDynamic                  // Dynamic
	bodySamePerson               // names of other entries of the same person follow
)

// packBody packs what is an entry's own: what its class and its node don't say. rdn and parent are those of its DN.
func packBody(e *Entry, rdn, parent string, organisation int64, n *node) []byte {
	var flags uint64
	set := func(flag uint64, on bool) {
		if on {
			flags |= flag
		}
	}
	set(bodyPartial, e.MembersIncomplete)
	set(bodyDisabled, e.Disabled)
	set(bodyDynamic, e.Dynamic)
	set(bodyNameOther, e.Name != e.GivenName+" "+e.Surname)
	set(bodyDNOther, parent != n.dn || parent == "")
	set(bodyUnitOther, e.Unit != n.unit)
	set(bodyMembers, len(e.Members)+len(e.Occupants) > 0)
	set(bodyCapabilities, !e.ExpiresAt.IsZero() || !e.CertificateUntil.IsZero() || e.Capabilities != Capabilities{})
	set(bodyPhone, len(e.Phone) > 0)
	set(bodySamePerson, len(e.SamePerson) > 0)
	p := make(packing, 0, 160)
	p.number(flags)
	if flags&bodyDNOther != 0 {
		p.text(e.DN)
	} else {
		p.text(rdn)
	}
	p.text(e.Surname)
	p.text(e.GivenName)
	if flags&bodyNameOther != 0 {
		p.text(e.Name)
	}
	p.text(e.Rank)
	p.text(e.Title)
	p.number(uint64(organisation))
	if flags&bodyUnitOther != 0 {
		p.text(e.Unit)
	}
	packAddresses(&p, e.Mail, mailDomain(e))
	packAddresses(&p, e.JID, chatDomain(e))
	if flags&bodyPhone != 0 {
		p.list(e.Phone)
	}
	if flags&bodyMembers != 0 {
		p.list(e.Members)
		p.list(e.Occupants)
	}
	if flags&bodyCapabilities != 0 {
		packCapabilities(&p, e)
	}
	if flags&bodySamePerson != 0 {
		p.list(e.SamePerson)
	}
	return p
}

func packCapabilities(p *packing, e *Entry) {
	p.number(uint64(toMicros(e.ExpiresAt)))
	p.number(uint64(toMicros(e.CertificateUntil)))
	p.number(uint64(e.Capabilities.MaxSize))
	attachments := uint64(0)
	if e.Capabilities.NoAttachments {
		attachments = 1
	}
	p.number(attachments)
	p.text(e.Capabilities.EmCon)
	p.text(string(e.Capabilities.Labels))
	p.text(string(e.Capabilities.MMHS))
}

// bodyTexts are the parts of a body that stand before those that few entries have. Lists are as packAddresses wrote them.
type bodyTexts struct {
	flags                                     uint64
	dn, surname, givenName, name, rank, title string
	unit                                      string // that of the node, unless bodyUnitOther
	organisation                              int64
	mail, jid                                 []string
}

func (t *bodyTexts) has(flag uint64) bool { return t.flags&flag != 0 }

// unpack reads the texts; they share the memory of the body, and the lists that of those before.
func (t *bodyTexts) unpack(u *unpacking) {
	mail, jid := t.mail[:0], t.jid[:0]
	*t = bodyTexts{flags: u.number(), dn: u.text(), surname: u.text(), givenName: u.text()}
	if t.has(bodyNameOther) {
		t.name = u.text()
	}
	t.rank, t.title, t.organisation = u.text(), u.text(), int64(u.number())
	if t.has(bodyUnitOther) {
		t.unit = u.text()
	}
	t.mail = u.appendList(mail)
	t.jid = u.appendList(jid)
}

// unpackBody fills in an entry of which class and node are already said; it returns the number of the organisation.
func unpackBody(b string, e *Entry, c *class, n *node) (organisation int64, err error) {
	u := unpacking{s: b}
	var t bodyTexts
	t.unpack(&u)
	e.MembersIncomplete, e.Disabled, e.Dynamic = t.has(bodyPartial), t.has(bodyDisabled), t.has(bodyDynamic)
	if e.DN = t.dn; !t.has(bodyDNOther) {
		e.DN += "," + n.dn
	}
	e.Surname, e.GivenName = t.surname, t.givenName
	if e.Name = t.name; !t.has(bodyNameOther) {
		e.Name = e.GivenName + " " + e.Surname
	}
	e.Rank, e.Title = t.rank, t.title
	if e.Unit = t.unit; !t.has(bodyUnitOther) {
		e.Unit = n.unit
	}
	e.Mail, e.JID = longAddresses(t.mail, c.mailDomain), longAddresses(t.jid, c.chatDomain)
	if t.has(bodyPhone) {
		e.Phone = u.list()
	}
	if t.has(bodyMembers) {
		e.Members, e.Occupants = u.list(), u.list()
	}
	if t.has(bodyCapabilities) {
		e.ExpiresAt, e.CertificateUntil = fromMicros(int64(u.number())), fromMicros(int64(u.number()))
		e.Capabilities = Capabilities{MaxSize: int64(u.number()), NoAttachments: u.number() == 1, EmCon: u.text(),
			Labels: Answer(u.text()), MMHS: Answer(u.text())}
	}
	if t.has(bodySamePerson) {
		e.SamePerson = u.list()
	}
	if u.bad || len(u.s) > 0 {
		return 0, errBody
	}
	return t.organisation, nil
}

// splitDN cuts a DN at the first comma that separates RDNs: its first RDN, and, byte for byte, what is after it.
func splitDN(dn string) (rdn, parent string) {
	quoted := false
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				return dn[:i], dn[i+1:]
			}
		}
	}
	return dn, ""
}

// mailDomain is the folded domain of the first mail address; "" without one.
func mailDomain(e *Entry) string {
	if len(e.Mail) == 0 {
		return ""
	}
	a := FoldAddress(e.Mail[0])
	return a[strings.LastIndexByte(a, '@')+1:]
}

// chatDomain is the folded domain of the first JID (RFC 7622 section 3.1); "" without one.
func chatDomain(e *Entry) string {
	if len(e.JID) == 0 {
		return ""
	}
	a, _, _ := strings.Cut(FoldAddress(e.JID[0]), "/")
	return a[strings.IndexByte(a, '@')+1:]
}

// packAddresses leaves the class's domain out where an address ends with just that. The first byte says so.
func packAddresses(p *packing, list []string, domain string) {
	p.number(uint64(len(list)))
	for _, a := range list {
		first := byte('=')
		if local := len(a) - len(domain) - 1; domain != "" && local >= 0 && a[local] == '@' && a[local+1:] == domain {
			first, a = '@', a[:local]
		}
		p.number(uint64(len(a) + 1))
		*p = append(append(*p, first), a...)
	}
}

func longAddresses(list []string, domain string) []string {
	for i, a := range list {
		if a == "" {
			continue
		}
		if a[0] == '@' {
			list[i] = a[1:] + "@" + domain
		} else {
			list[i] = a[1:]
		}
	}
	return list
}
