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
)

// packBody packs what is an entry's own: what its class and its node don't say.
func packBody(e *Entry, organisation int64, n *node) []byte {
	var flags uint64
	set := func(flag uint64, on bool) {
		if on {
			flags |= flag
		}
	}
	rdn, parent := splitDN(e.DN)
	set(bodyPartial, e.MembersIncomplete)
	set(bodyDisabled, e.Disabled)
	set(bodyNameOther, e.Name != e.GivenName+" "+e.Surname)
	set(bodyDNOther, parent != n.dn || parent == "")
	set(bodyUnitOther, e.Unit != n.unit)
	set(bodyMembers, len(e.Members)+len(e.Occupants) > 0)
	set(bodyCapabilities, !e.ExpiresAt.IsZero() || !e.CertificateUntil.IsZero() || e.Capabilities != Capabilities{})
	set(bodyPhone, len(e.Phone) > 0)
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
	p.list(shortAddresses(e.Mail, mailDomain(e)))
	p.list(shortAddresses(e.JID, chatDomain(e)))
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

// unpackBody fills in an entry of which class and node are already said; it returns the number of the organisation.
func unpackBody(b []byte, e *Entry, c *class, n *node) (organisation int64, err error) {
	u := unpacking{s: string(b)}
	flags := u.number()
	has := func(flag uint64) bool { return flags&flag != 0 }
	e.MembersIncomplete, e.Disabled = has(bodyPartial), has(bodyDisabled)
	e.DN = u.text()
	if !has(bodyDNOther) {
		e.DN += "," + n.dn
	}
	e.Surname, e.GivenName = u.text(), u.text()
	if has(bodyNameOther) {
		e.Name = u.text()
	} else {
		e.Name = e.GivenName + " " + e.Surname
	}
	e.Rank, e.Title = u.text(), u.text()
	organisation = int64(u.number())
	e.Unit = n.unit
	if has(bodyUnitOther) {
		e.Unit = u.text()
	}
	e.Mail, e.JID = longAddresses(u.list(), c.mailDomain), longAddresses(u.list(), c.chatDomain)
	if has(bodyPhone) {
		e.Phone = u.list()
	}
	if has(bodyMembers) {
		e.Members, e.Occupants = u.list(), u.list()
	}
	if has(bodyCapabilities) {
		e.ExpiresAt, e.CertificateUntil = fromMicros(int64(u.number())), fromMicros(int64(u.number()))
		e.Capabilities = Capabilities{MaxSize: int64(u.number()), NoAttachments: u.number() == 1, EmCon: u.text(),
			Labels: Answer(u.text()), MMHS: Answer(u.text())}
	}
	if u.bad || len(u.s) > 0 {
		return 0, errBody
	}
	return organisation, nil
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

// shortAddresses leaves the class's domain out where an address ends with just that. The first byte says so.
func shortAddresses(list []string, domain string) []string {
	short := make([]string, len(list))
	for i, a := range list {
		if local, ok := strings.CutSuffix(a, "@"+domain); ok && domain != "" {
			short[i] = "@" + local
		} else {
			short[i] = "=" + a
		}
	}
	return short
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
