package ldaptest

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"caveat/ldapbook/internal/wire"
)

// query is one search request.
type query struct {
	id        int64
	base      string // folded
	scope     int64
	limit     int64 // entries; 0: none
	typesOnly bool
	filter    *filter
	attrs     []string

	page  int64 // 0: not paged
	start int   // first slot of the page
	sent  int64 // entries of the pages before

	sync    *syncQuery
	dirSync *syncQuery
}

// Operational attributes, which are sent only when asked for by name or by "+".
var operationalNames = []string{"entryUUID", "modifyTimestamp", "createTimestamp", "entryCSN", "objectGUID"}

// operational returns an operational attribute's value; "" for any other name, which is in lower case.
func operational(r *record, name string) string {
	switch name {
	case "entryuuid":
		return r.uuid
	case "modifytimestamp", "createtimestamp":
		return time.Unix(r.changed, 0).UTC().Format("20060102150405Z")
	case "objectguid":
		return string(turnGUID(uuidBytes(r.uuid)))
	case "entrycsn":
		return time.Unix(r.changed, 0).UTC().Format("20060102150405") + fmt.Sprintf(".%06dZ#000000#000#000000", r.serial%1_000_000)
	}
	return ""
}

func (se *session) search(id int64, op *ber.Packet, controls []*ber.Packet) error {
	se.s.searches.Add(1)
	q, err := se.parse(id, op)
	if err != nil {
		return err
	}
	config := &se.s.config
	switch unknown, err := q.controls(controls); {
	case err != nil:
		return err
	case unknown != "":
		return se.result(id, wire.OpSearchDone, codeUnavailableCrit, unknown)
	case q.base == "" && q.scope == wire.ScopeBase && config.HideRootDSE:
		return se.result(id, wire.OpSearchDone, codeInsufficient, "")
	case q.sync != nil && se.s.refuseSync.Load() || q.dirSync != nil && !config.DirSync:
		return se.result(id, wire.OpSearchDone, codeUnavailableCrit, "")
	case q.base == "" && q.scope == wire.ScopeBase:
		return se.rootDSE(q)
	case q.base == SubschemaDN && q.scope == wire.ScopeBase && config.Subschema != nil:
		return se.single(q, SubschemaDN, config.Subschema)
	case config.RequireTLS && !se.isTLS():
		return se.result(id, wire.OpSearchDone, codeConfidentiality, "TLS required")
	case config.RequireBind && se.bound == "":
		return se.result(id, wire.OpSearchDone, codeInsufficient, "bind first")
	}
	switch {
	case q.sync != nil:
		return se.runSync(q)
	case q.dirSync != nil:
		return se.runDirSync(q)
	}
	return se.run(q)
}

func (se *session) parse(id int64, op *ber.Packet) (*query, error) {
	if len(op.Children) < 8 {
		return nil, errRequest
	}
	q := &query{id: id, base: se.s.store.resolve(op.Children[0].Data.String())}
	q.scope, _ = op.Children[1].Value.(int64)
	q.limit, _ = op.Children[3].Value.(int64)
	q.typesOnly, _ = op.Children[5].Value.(bool)
	for _, a := range op.Children[7].Children {
		q.attrs = append(q.attrs, strings.ToLower(a.Data.String()))
	}
	if server := se.s.sizeLimit.Load(); server > 0 && (q.limit == 0 || server < q.limit) {
		q.limit = server
	}
	st := se.s.store
	st.mu.RLock()
	defer st.mu.RUnlock()
	var err error
	q.filter, err = st.compile(op.Children[6], 0)
	return q, err
}

// controls reads the paged results control; unknown names a critical control that the server doesn't have.
func (q *query) controls(controls []*ber.Packet) (unknown string, err error) {
	for _, c := range controls {
		if len(c.Children) == 0 {
			return "", errRequest
		}
		oid := c.Children[0].Data.String()
		if oid == wire.OIDSyncRequest || oid == wire.OIDDirSync {
			if err := q.syncControl(oid, c.Children[len(c.Children)-1].Data.Bytes()); err != nil {
				return "", err
			}
			continue
		}
		if oid != wire.OIDPagedResults {
			if len(c.Children) > 1 && c.Children[1].Value == true {
				return "unknown critical control " + oid, nil
			}
			continue
		}
		v, err := ber.DecodePacketErr(c.Children[len(c.Children)-1].Data.Bytes())
		if err != nil || len(v.Children) != 2 {
			return "", errRequest
		}
		q.page, _ = v.Children[0].Value.(int64)
		if cookie := v.Children[1].Data.Bytes(); len(cookie) == 16 {
			q.start = int(binary.BigEndian.Uint64(cookie) & 0x7fffffff)
			q.sent = int64(binary.BigEndian.Uint64(cookie[8:]) & 0x7fffffff)
		}
	}
	return "", nil
}

func (q *query) cookie(next int, sent int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(next)), uint64(sent))
}

// inScope tells whether a record is in the part of the tree that is searched.
func (q *query) inScope(r *record) bool {
	switch q.scope {
	case wire.ScopeBase:
		return r.folded == q.base
	case wire.ScopeOne:
		return parentOf(r.folded) == q.base
	default:
		return r.folded == q.base || strings.HasSuffix(r.folded, q.base) && len(r.folded) > len(q.base) &&
			r.folded[len(r.folded)-len(q.base)-1] == ','
	}
}

// run sends the entries of one page, or of the whole search.
func (se *session) run(q *query) error {
	if urls := se.s.referralFor(q.base); urls != nil {
		return se.result(q.id, wire.OpSearchDone, codeReferral, "", wire.TLV(0xa3, urlList(urls)...))
	}
	it, ok := se.s.store.iterate(q)
	if !ok {
		return se.result(q.id, wire.OpSearchDone, codeNoSuchObject, "")
	}
	if se.s.loopPages.Load() {
		it.next, q.sent = 0, 0
	}
	hangAfter := se.s.hangAfter.Load()
	selection := se.s.store.selection(q.attrs)
	code, sent, more := codeSuccess, int64(0), 0
	for {
		r, slot := it.step()
		if r == nil {
			break
		}
		if q.limit > 0 && q.sent+sent == q.limit {
			code = codeSizeLimit
			break
		}
		if q.page > 0 && sent == q.page {
			more = slot
			break
		}
		if hangAfter >= 0 && q.sent+sent == hangAfter {
			return se.stop()
		}
		if err := se.entry(q, r, selection); err != nil {
			return err
		}
		sent++
	}
	if se.s.refer.Load() {
		if err := se.send(q.id, wire.TLV(wire.OpSearchReference, wire.Text(wire.TagOctetString, "ldap://127.0.0.1:1/o=elsewhere"))); err != nil {
			return err
		}
	}
	if more == 0 {
		if err := se.references(q); err != nil {
			return err
		}
	}
	return se.done(q, code, sent, more)
}

// stop sends the beginning of a message and then nothing more.
func (se *session) stop() error {
	if _, err := se.w.Write([]byte{0x30, 0x82, 0x01}); err != nil {
		return err
	}
	if err := se.w.Flush(); err != nil {
		return err
	}
	<-se.s.quit
	return errUnbind
}

func (se *session) done(q *query, code int, sent int64, more int) error {
	parts := [][]byte{wire.Int(wire.TagEnumerated, int64(code)), wire.Text(wire.TagOctetString, ""), wire.Text(wire.TagOctetString, "")}
	op := wire.TLV(wire.OpSearchDone, parts...)
	var controls [][]byte
	if q.page > 0 {
		var cookie []byte
		if se.s.loopPages.Load() {
			cookie = q.cookie(1, 0)
		} else if more > 0 {
			cookie = q.cookie(more, q.sent+sent)
		}
		value := wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, 0), wire.TLV(wire.TagOctetString, cookie))
		controls = append(controls, wire.Control(wire.OIDPagedResults, false, value))
	}
	if err := se.send(q.id, op, controls...); err != nil {
		return err
	}
	return se.w.Flush()
}

// iterator walks over the matching records. It holds the lock for a stretch of slots at a time.
type iterator struct {
	st      *store
	q       *query
	slots   []int32 // candidates, ascending; nil with all
	all     bool
	next    int // index into slots, or slot
	matched []*record
	at      []int
}

// iterate prepares a walk; ok is false when the base doesn't exist.
func (st *store) iterate(q *query) (it *iterator, ok bool) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	base, ok := st.byDN[q.base]
	if !ok {
		return nil, false
	}
	it = &iterator{st: st, q: q}
	if q.scope == wire.ScopeBase {
		it.slots = []int32{base}
	} else if slots, found := st.candidates(q.filter); found {
		it.slots = slices.Clone(slots)
		slices.Sort(it.slots)
		it.slots = slices.Compact(it.slots)
	} else {
		it.all = true
		it.next = q.start
		return it, true
	}
	for it.next < len(it.slots) && int(it.slots[it.next]) < q.start {
		it.next++
	}
	return it, true
}

// step returns the next matching record and its slot; nil at the end.
func (it *iterator) step() (*record, int) {
	for len(it.matched) == 0 {
		if !it.fill() {
			return nil, 0
		}
	}
	r, slot := it.matched[0], it.at[0]
	it.matched, it.at = it.matched[1:], it.at[1:]
	return r, slot
}

// fill looks at a stretch of slots; false at the end.
func (it *iterator) fill() bool {
	const stretch = 512
	it.st.mu.RLock()
	defer it.st.mu.RUnlock()
	end := len(it.slots)
	if it.all {
		end = len(it.st.slots)
	}
	if it.next >= end {
		return false
	}
	it.matched, it.at = it.matched[:0], it.at[:0]
	for end = min(end, it.next+stretch); it.next < end; it.next++ {
		slot := it.next
		if !it.all {
			slot = int(it.slots[it.next])
		}
		r := it.st.slots[slot]
		if r != nil && it.q.inScope(r) && it.q.filter.eval(r) == yes {
			it.matched = append(it.matched, r)
			it.at = append(it.at, slot)
		}
	}
	return true
}
