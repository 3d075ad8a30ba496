package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"caveat/ldapbook/internal/wire"
)

// dirSyncBytes is about how much a domain controller sends at once.
const dirSyncBytes = 1 << 20

// dirSyncAttributes are asked for beside the mapped ones: what is deleted, and what is renamed or moved.
var dirSyncAttributes = []string{"objectGUID", "isDeleted", "name", "parentGUID"}

// tryDirSync brings the book up to date by Active Directory's own control.
//
// A reader that may not see the deleted objects of a domain is not told of them, and cannot know. So what is gone counts as
// known only after a complete read, each Refresh.FullEvery.
//
// std: MS-ADTS §3.1.1.3.4.1.3
func (p *pass) tryDirSync(ctx context.Context, conn *Conn) error {
	scope := scopeHash(p.src, conn.URL(), StrategyDirSync)
	var cookie, resume []byte
	if slices.Equal(p.state.scope, scope) {
		cookie, resume = p.state.cookie, p.state.resume
	}
	if resume == nil && (cookie == nil || p.isFullDue()) {
		return p.dirSyncAll(ctx, conn, scope)
	}
	d, err := p.dirSync(ctx, conn, scope, cookie, resume)
	if err == nil && !p.renamed {
		p.result.Full = resume != nil
		return p.end(ctx, outcome{scope: scope, cookie: d.newest, wholly: resume != nil})
	}
	if err != nil && !errors.Is(err, errRestart) {
		return err
	}
	p.forget()
	return p.dirSyncAll(ctx, conn, scope)
}

func (p *pass) dirSyncAll(ctx context.Context, conn *Conn, scope []byte) error {
	p.expected = p.before
	d, err := p.dirSync(ctx, conn, scope, nil, nil)
	if err != nil {
		return err
	}
	p.result.Full = true
	return p.end(ctx, outcome{sweep: true, wholly: true, scope: scope, cookie: d.newest})
}

func (p *pass) dirSync(ctx context.Context, conn *Conn, scope, cookie, resume []byte) (*dirSyncReading, error) {
	d := &dirSyncReading{first: cookie == nil, newest: cookie}
	if resume != nil {
		d.newest = resume
	}
	filter := withContainers(p.src.Mapping.classFilter(""))
	var err error
	_, err = p.pull(ctx, conn, func(r *reading) error {
		r.touch, r.resumable, r.scope = !d.first, d.first && (resume != nil || p.before == 0), scope
		d.reading = r
		return d.run(filter)
	})
	return d, err
}

// dirSyncReading is a sequence of answers, each going on from the cookie of the one before.
type dirSyncReading struct {
	*reading
	first   bool // everything is asked for: entries come with all their attributes
	newest  []byte
	changed []string // UUIDs of entries of which the server sent only what changed
}

func (d *dirSyncReading) run(filter string) error {
	d.conn.mu.Lock()
	defer d.conn.mu.Unlock()
	search, err := d.conn.search(d.conn.src.BaseDN, wire.ScopeSubtree, filter)
	if err != nil {
		return err
	}
	for _, attr := range dirSyncAttributes {
		search.Attrs = appendAttribute(search.Attrs, attr)
	}
	d.seen.begin()
	for {
		sent := d.newest
		search.Controls = [][]byte{wire.DirSyncRequest(wire.DirSyncObjectSecurity, dirSyncBytes, sent), wire.ShowDeleted()}
		done, err := d.conn.client.Search(d.ctx, 0, search, d.entry)
		if err != nil {
			return d.explain(err)
		}
		if err := d.judge(&done.Result, sent); err != nil {
			return err
		}
		more, err := d.page(done)
		if err != nil || !more {
			return err
		}
	}
}

// page ends one answer; more: there is another.
func (d *dirSyncReading) page(done wire.Done) (more bool, err error) {
	control, err := wire.DecodeDirSync(done.Controls)
	switch {
	case err != nil:
		return false, d.explain(err)
	case !control.Found || control.Cookie == nil:
		return false, fmt.Errorf("%w: no DirSync control", errNext)
	}
	if err := d.reread(); err != nil {
		return false, err
	}
	d.references += done.References
	if err := d.complete(true); err != nil {
		return false, err
	}
	d.newest = control.Cookie
	d.pages++
	if !control.More {
		return false, nil
	}
	if d.seen.isBarren() {
		return false, d.conn.explain(errLoop)
	}
	if d.resumable {
		return true, d.cookie(control.Cookie)
	}
	return true, nil
}

func (d *dirSyncReading) judge(r *wire.Result, sent []byte) error {
	if r.Code == 0 {
		return nil
	}
	switch kind := classifyCode(r.Code); {
	case kind == ErrTimeout, kind == ErrNoSuchBase, kind == ErrUnreachable:
		return d.conn.explain(r)
	case sent != nil && r.Code != codeCriticalExtension:
		return fmt.Errorf("%w: %w", errRestart, r)
	default:
		return fmt.Errorf("%w: %w", errNext, d.conn.explain(r))
	}
}

// entry takes one object. A deleted one has another DN, and its objectGUID.
func (d *dirSyncReading) entry(m wire.Message) error {
	if err := d.count(); err != nil {
		return err
	}
	seen, err := look(m)
	switch {
	case err != nil:
		return err
	case seen.guid == "":
		return nil // not an object: it could not be told from others later
	}
	d.seen.add(seen.guid)
	if seen.deleted {
		return d.list(seen.guid, true)
	}
	if !d.first {
		d.changed = append(d.changed, seen.guid)
		return nil
	}
	return d.content(m, seen)
}

// content takes an entry with all its attributes.
func (d *dirSyncReading) content(m wire.Message, seen sighting) error {
	e, ok, err := d.conn.mapper.entry(m)
	if err != nil {
		return err
	}
	if err := d.container(seen, seen.guid, e, ok); err != nil {
		return err
	}
	switch {
	case ok:
		e.UUID = seen.guid
		return d.add(e, len(m.Body))
	case seen.dn != "" && !d.first:
		return d.list(seen.guid, true)
	default:
		return nil
	}
}

// reread fetches the entries of which the server sent only what changed, by objectGUID.
//
// std: MS-ADTS §3.1.1.3.1.2.4
func (d *dirSyncReading) reread() error {
	for chunk := range slices.Chunk(d.changed, batchSize) {
		searches := make([]wire.Search, len(chunk))
		for i, guid := range chunk {
			var err error
			base := "<GUID=" + guid + ">"
			if searches[i], err = d.conn.search(base, wire.ScopeBase, "(objectClass=*)"); err != nil {
				return err
			}
			searches[i].Attrs = appendAttribute(searches[i].Attrs, "objectGUID")
		}
		if err := d.rereadChunk(chunk, searches); err != nil {
			return err
		}
	}
	d.changed = nil
	return nil
}

func (d *dirSyncReading) rereadChunk(guids []string, searches []wire.Search) error {
	var refused error
	came := make([]bool, len(searches))
	err := d.conn.client.SearchMany(d.ctx, 0, searches, searchesAtOnce,
		func(i int, m wire.Message) error {
			seen, err := look(m)
			if err != nil || seen.guid != guids[i] {
				return err
			}
			came[i] = true
			return d.content(m, seen)
		},
		func(i int, done wire.Done) error {
			switch {
			case done.Code != 0 && classifyCode(done.Code) != ErrNoSuchBase && refused == nil:
				refused = d.conn.explain(&done.Result)
			case done.Code != 0 || !came[i]:
				return d.list(guids[i], true) // gone since
			}
			return nil
		})
	if err != nil {
		return d.explain(err)
	}
	return refused
}
