package ldaptest

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
)

// SyncFaults are the ways in which a sync is answered otherwise than usual. The zero value: none.
type SyncFaults struct {
	// CookieEvery sends a cookie after each so many entries, so that a broken refresh can be resumed; 0: at the end only.
	CookieEvery int
	// NoCookieAtEnd leaves the last cookie out when nothing changed, as OpenLDAP does.
	NoCookieAtEnd bool
	// IgnoreCookie answers every cookie with the whole content, as if all of it had changed, and says that what is missing is
	// unchanged: as OpenLDAP does with a cookie that it cannot read.
	IgnoreCookie bool
	// Refuse ends each request that has a cookie with this code; 0: none.
	Refuse int
}

// SyncFaults changes how syncs are answered.
func (s *Server) SyncFaults(f SyncFaults) { s.syncFaults.Store(&f) }

// RefuseSync makes the server refuse the sync request control, and no longer list it.
func (s *Server) RefuseSync(on bool) { s.refuseSync.Store(on) }

// ForgetDeleted makes the server forget which entries were deleted, as a restart does: syncs from a cookie get the
// identifiers of all entries that are still there.
func (s *Server) ForgetDeleted() {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.gone, s.store.forgotten = nil, s.store.serial
}

func (s *Server) controls() []string {
	all := []string{wire.OIDPagedResults}
	if !s.refuseSync.Load() {
		all = append(all, wire.OIDSyncRequest)
	}
	if s.config.DirSync {
		all = append(all, wire.OIDDirSync, wire.OIDShowDeleted)
	}
	return all
}

// goneEntry is a deleted entry.
type goneEntry struct {
	r      *record
	serial int64
}

// syncQuery is what a sync control asks for.
type syncQuery struct {
	cookie   string
	maxBytes int64
}

func (q *query) syncControl(oid string, value []byte) error {
	v, err := ber.DecodePacketErr(value)
	if err != nil {
		return errRequest
	}
	s := &syncQuery{}
	for _, c := range v.Children {
		if c.Tag == ber.TagOctetString {
			s.cookie = c.Data.String()
		}
	}
	if oid == wire.OIDSyncRequest {
		q.sync = s
		return nil
	}
	if len(v.Children) != 3 {
		return errRequest
	}
	s.maxBytes, _ = v.Children[1].Value.(int64)
	q.dirSync = s
	return nil
}

// since reads a cookie of this server; ok is false for any other.
func (s *Server) since(cookie string) (serial int64, ok bool) {
	epoch, number, found := strings.Cut(cookie, ",")
	serial, err := strconv.ParseInt(number, 10, 64)
	return serial, found && err == nil && epoch == s.epoch
}

func (s *Server) cookie(serial int64) []byte { return fmt.Appendf(nil, "%s,%d", s.epoch, serial) }

// content is what a sync is about: the entries that match, by the time of their last change, and those that are gone or
// match no longer.
type content struct {
	entries   []*record
	gone      []*record
	now       int64
	forgotten int64 // the entries gone until then are not known
}

func (st *store) content(q *query) (c content, ok bool) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if _, ok := st.byDN[q.base]; !ok {
		return content{}, false
	}
	for _, r := range st.slots {
		switch {
		case r == nil:
		case q.inScope(r) && q.filter.eval(r) == yes:
			c.entries = append(c.entries, r)
		default:
			c.gone = append(c.gone, r)
		}
	}
	slices.SortFunc(c.entries, func(a, b *record) int { return cmp.Compare(a.serial, b.serial) })
	for _, g := range st.gone {
		if i, ok := st.byDN[g.r.folded]; ok && st.slots[i].uuid == g.r.uuid {
			continue // it is back, with the UUID that depends on its name
		}
		r := *g.r
		r.serial = g.serial
		c.gone = append(c.gone, &r)
	}
	slices.SortFunc(c.gone, func(a, b *record) int { return cmp.Compare(a.serial, b.serial) })
	c.now, c.forgotten = st.serial, st.forgotten
	return c, true
}

// runSync answers a sync request in mode refreshOnly.
func (se *session) runSync(q *query) error {
	faults := se.s.syncFaults.Load()
	since, known := se.s.since(q.sync.cookie)
	switch {
	case q.sync.cookie != "" && faults.Refuse != 0:
		return se.result(q.id, wire.OpSearchDone, faults.Refuse, "")
	case faults.IgnoreCookie:
		since = 0
	case q.sync.cookie != "" && !known:
		return se.result(q.id, wire.OpSearchDone, wire.CodeRefreshRequired, "")
	}
	c, ok := se.s.store.content(q)
	if !ok {
		return se.result(q.id, wire.OpSearchDone, codeNoSuchObject, "")
	}
	deletes := faults.IgnoreCookie || since > 0 && since >= c.forgotten
	code, sent, err := se.sendContent(q, c, since, faults)
	if err != nil {
		return err
	}
	if since > 0 && code == codeSuccess {
		if err := se.sendIDs(q, c, since, deletes); err != nil {
			return err
		}
	}
	if se.s.refer.Load() {
		if err := se.send(q.id, wire.TLV(wire.OpSearchReference, wire.Text(wire.TagOctetString, "ldap://127.0.0.1:1/o=elsewhere"))); err != nil {
			return err
		}
	}
	var parts [][]byte
	if !faults.NoCookieAtEnd || sent > 0 || since < c.now {
		parts = append(parts, wire.TLV(wire.TagOctetString, se.s.cookie(c.now)))
	}
	if deletes {
		parts = append(parts, wire.Bool(true))
	}
	return se.end(q.id, code, wire.Control(wire.OIDSyncDone, false, wire.TLV(wire.TagSequence, parts...)))
}

// sendContent sends the entries that changed after a point.
func (se *session) sendContent(q *query, c content, since int64, faults *SyncFaults) (code int, sent int64, err error) {
	selection := se.s.store.selection(q.attrs)
	hangAfter := se.s.hangAfter.Load()
	for _, r := range c.entries {
		if r.serial <= since {
			continue
		}
		if q.limit > 0 && sent == q.limit {
			return codeSizeLimit, sent, nil
		}
		if hangAfter >= 0 && sent == hangAfter {
			return 0, sent, se.stop()
		}
		state := wire.TLV(wire.TagSequence, wire.Int(wire.TagEnumerated, int64(wire.SyncAdd)),
			wire.TLV(wire.TagOctetString, uuidBytes(r.uuid)))
		if err := se.entry(q, r, selection, wire.Control(wire.OIDSyncState, false, state)); err != nil {
			return 0, sent, err
		}
		if sent++; faults.CookieEvery > 0 && sent%int64(faults.CookieEvery) == 0 {
			if err := se.info(q.id, wire.TLV(0x80, se.s.cookie(r.serial))); err != nil {
				return 0, sent, err
			}
		}
	}
	return codeSuccess, sent, nil
}

// sendIDs sends the identifiers of what is gone, or, where that isn't known, of all that has not changed.
func (se *session) sendIDs(q *query, c content, since int64, deletes bool) error {
	var ids [][]byte
	list := c.entries
	if deletes {
		list = c.gone
	}
	for _, r := range list {
		if deletes == (r.serial > since) {
			ids = append(ids, wire.TLV(wire.TagOctetString, uuidBytes(r.uuid)))
		}
	}
	for chunk := range slices.Chunk(ids, 100) {
		parts := [][]byte{wire.TLV(wire.TagSet, chunk...)}
		if deletes {
			parts = append([][]byte{wire.Bool(true)}, parts...)
		}
		if err := se.info(q.id, wire.TLV(0xa3, parts...)); err != nil {
			return err
		}
	}
	return nil
}

// info sends a sync info message.
func (se *session) info(id int64, value []byte) error {
	return se.send(id, wire.TLV(wire.OpIntermediate, wire.Text(0x80, wire.OIDSyncInfo), wire.TLV(0x81, value)))
}

// end ends a search with a control.
func (se *session) end(id int64, code int, control []byte) error {
	op := wire.TLV(wire.OpSearchDone, wire.Int(wire.TagEnumerated, int64(code)), wire.Text(wire.TagOctetString, ""),
		wire.Text(wire.TagOctetString, ""))
	if err := se.send(id, op, control); err != nil {
		return err
	}
	return se.w.Flush()
}

func uuidBytes(text string) []byte {
	raw, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil || len(raw) != 16 {
		return make([]byte, 16)
	}
	return raw
}

// renameContainer moves an entry and all below it; what is below keeps the time of its last change.
func (st *store) renameContainer(dn, rdn string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	folded := ldapbook.FoldDN(dn)
	top, ok := st.byDN[folded]
	if !ok {
		return fmt.Errorf("%w: %s", ErrNotFound, dn)
	}
	_, parent, _ := strings.Cut(dn, ",")
	for i, r := range st.slots {
		if r == nil || int32(i) != top && !strings.HasSuffix(r.folded, ","+folded) {
			continue
		}
		moved := *r
		moved.dn = strings.TrimSuffix(moved.dn, moved.dn[len(moved.dn)-len(dn):]) + rdn + "," + parent
		moved.folded = ldapbook.FoldDN(moved.dn)
		if int32(i) == top {
			st.serial++
			moved.serial, moved.changed = st.serial, time.Now().Unix()
		}
		st.put(int32(i), &moved)
	}
	return nil
}
