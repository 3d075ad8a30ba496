package ldaptest

import (
	"slices"
	"strings"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
)

// runDirSync answers a DirSync request ([MS-ADTS] section 3.1.1.3.4.1.3), as far as a client can tell it from a domain
// controller: with a cookie, an entry comes with its name and objectGUID only, as if nothing of what was asked for had
// changed, so that a client that forgets to read it again shows; deleted entries come under another name; an answer has
// about as many bytes as the client wants.
func (se *session) runDirSync(q *query) error {
	if q.base != se.s.suffix {
		return se.result(q.id, wire.OpSearchDone, codeUnwilling, "not the root of a naming context")
	}
	// The answers that together bring everything for the first time have a mark in their cookies.
	cookie, first := strings.CutSuffix(q.dirSync.cookie, firstMark)
	first = first || cookie == ""
	since, known := se.s.since(cookie)
	if cookie != "" && !known {
		return se.result(q.id, wire.OpSearchDone, codeUnwilling, "cookie")
	}
	c, _ := se.s.store.content(q)
	var all []*record
	for _, r := range c.entries {
		switch {
		case r.serial <= since:
		case first:
			all = append(all, r)
		default:
			all = append(all, &record{dn: r.dn, uuid: r.uuid, changed: r.changed, serial: r.serial})
		}
	}
	until, more, bytes := c.now, false, int64(0)
	selection := se.s.store.selection(q.attrs)
	hangAfter, sent := se.s.hangAfter.Load(), int64(0)
	for i, r := range all {
		if bytes > q.dirSync.maxBytes || sent == dirSyncObjects {
			until, more = all[i-1].serial, true
			break
		}
		if hangAfter >= 0 && sent == hangAfter {
			return se.stop()
		}
		if err := se.entry(q, r, selection); err != nil {
			return err
		}
		sent++
		bytes += int64(len(se.buf))
	}
	if !more {
		if err := se.sendDeleted(q, c, since); err != nil {
			return err
		}
	}
	flag, next := int64(0), string(se.s.cookie(until))
	if more {
		flag = 1
	}
	if more && first {
		next += firstMark
	}
	value := wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, flag), wire.Int(wire.TagInteger, 0),
		wire.Text(wire.TagOctetString, next))
	return se.end(q.id, codeSuccess, wire.Control(wire.OIDDirSync, false, value))
}

const firstMark = ",first"

// dirSyncObjects is the most entries of one answer: a domain controller has a limit of its own.
const dirSyncObjects = 1000

// sendDeleted sends what remains of deleted entries. The serials of an entry that changed and was deleted are both known
// only at the end, so they all come in the last answer.
func (se *session) sendDeleted(q *query, c content, since int64) error {
	selection := se.s.store.selection([]string{"isdeleted", "objectguid"})
	deleted := se.s.store.attrLocked("isDeleted")
	for _, r := range c.gone {
		if r.serial <= since || se.s.store.holds(r) {
			continue
		}
		first, _, _ := strings.Cut(r.dn, ",")
		stone := &record{dn: first + "\\0ADEL:" + r.uuid + ",CN=Deleted Objects," + se.s.config.Suffix, uuid: r.uuid,
			values: []value{{deleted, "TRUE"}}}
		selection.grow(deleted, "isDeleted")
		if err := se.entry(q, stone, selection); err != nil {
			return err
		}
	}
	return nil
}

// grow makes a selection include an attribute that came into being after it.
func (s *selection) grow(attr uint16, name string) {
	for len(s.names) <= int(attr) {
		s.names, s.wanted = append(s.names, ""), append(s.wanted, false)
	}
	s.names[attr], s.wanted[attr] = name, true
}

func (st *store) attrLocked(name string) uint16 {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.attr(name)
}

// holds tells whether a record is there, as opposed to deleted.
func (st *store) holds(r *record) bool {
	st.mu.RLock()
	defer st.mu.RUnlock()
	i, ok := st.byDN[r.folded]
	return ok && st.slots[i].uuid == r.uuid
}

// turnGUID puts the first three fields of a UUID in the order in which Active Directory stores them, lowest byte first.
func turnGUID(b []byte) []byte {
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return b
}

// resolve turns the base "<GUID=…>" of Active Directory, in the form with dashes, into the DN of the entry.
func (st *store) resolve(base string) string {
	uuid, ok := strings.CutPrefix(base, "<GUID=")
	if !ok {
		return ldapbook.FoldDN(base)
	}
	uuid = strings.ToLower(strings.TrimSuffix(uuid, ">"))
	if len(uuid) != 36 {
		return noSuchDN
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	for _, slot := range st.index[indexedUUID][st.hash(uuid)] {
		if r := st.slots[slot]; r != nil && r.uuid == uuid {
			return r.folded
		}
	}
	return noSuchDN
}

const noSuchDN = "<no such object>"
