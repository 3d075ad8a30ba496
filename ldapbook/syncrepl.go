package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"caveat/ldapbook/internal/wire"
)

// errRestart: the server cannot go on from the cookie; without one it may.
var errRestart = errors.New("the server does not go on from where the last read ended")

// errNext: the server doesn't do it this way; the next strategy is tried.
var errNext = errors.New("the server does not do this")

// maxIdle: so many sync info messages in sequence may say nothing.
const maxIdle = 100_000

// trySyncrepl brings the book up to date by RFC 4533, from the cookie where there is one.
//
// std: RFC4533 §1.3.1
func (p *pass) trySyncrepl(ctx context.Context, conn *Conn) error {
	scope := scopeHash(p.src, conn.URL(), StrategySyncrepl)
	var cookie, resume []byte
	if slices.Equal(p.state.scope, scope) {
		cookie, resume = p.state.cookie, p.state.resume
	}
	// Some day everything is read, whatever the server answers to a cookie. A first read that was broken off is that one.
	if resume == nil && (cookie == nil || p.isFullDue()) {
		return p.refreshAll(ctx, conn, scope)
	}
	s, err := p.refresh(ctx, conn, scope, cookie, resume)
	again := p.renamed
	if err == nil && !again {
		again, err = p.disbelieve(ctx, conn, s, resume != nil)
	}
	if err == nil && !again {
		p.result.Full = resume != nil
		return p.end(ctx, s.outcome(cookie, resume))
	}
	if err != nil && !errors.Is(err, errRestart) {
		return err
	}
	p.forget()
	return p.refreshAll(ctx, conn, scope)
}

// refreshAll asks for everything; what doesn't come is gone, whatever the server says about it.
func (p *pass) refreshAll(ctx context.Context, conn *Conn, scope []byte) error {
	p.expected = p.before
	s, err := p.refresh(ctx, conn, scope, nil, nil)
	if err != nil {
		return err
	}
	p.result.Full = true
	return p.end(ctx, s.outcome(nil, nil))
}

// refresh runs one refresh. resume is a cookie from inside a first refresh that was broken off.
func (p *pass) refresh(ctx context.Context, conn *Conn, scope, cookie, resume []byte) (*syncReading, error) {
	s := &syncReading{scope: scope}
	if cookie != nil {
		s.anchor = parseAnchor(p.state.mark)
	}
	if s.sent = cookie; resume != nil {
		s.sent = resume
	}
	// A cookie from inside may be kept while the book holds nothing but what this refresh brought: otherwise the rows that
	// are gone would have to be known as well.
	resumable := cookie == nil && (resume != nil || p.before == 0)
	filter := withContainers(p.src.Mapping.classFilter(""))
	var err error
	s.reading, err = p.pull(ctx, conn, func(r *reading) error {
		r.resumable, r.scope = resumable, scope
		s.reading = r
		return s.run(filter)
	})
	return s, err
}

// isFullDue: the last read of everything is longer ago than the source allows, or its time was read off a clock that was wrong.
func (p *pass) isFullDue() bool {
	return p.started.Sub(p.state.lastFull) >= p.src.Refresh.fullEvery() || p.state.lastFull.After(p.started)
}

// disbelieve tells whether an answer that went on from a cookie must not be taken for what changed. Some servers answer a
// cookie that they cannot read with the whole content, as if all of it had changed, and don't say that what is missing is
// gone: then everything is read again, with what is missing taken for gone.
func (p *pass) disbelieve(ctx context.Context, conn *Conn, s *syncReading, resumed bool) (bool, error) {
	// After a present phase what was not spoken of goes in any case.
	if !s.isPresentPhase() && (p.resent > 0 || p.doubtful(s, resumed)) {
		return true, nil
	}
	return s.anchor.movedBack(ctx, conn, s)
}

// doubtful judges by numbers an answer that consists of entries only: it is not believed when it is a tenth of the directory
// or more, or, where there is no entryCSN to go by, when most of it is what the book has already. (A few may be: of an entry
// something has changed that the book does not keep.) What a first read goes on with is large by nature, but none of it was
// there before.
func (p *pass) doubtful(s *syncReading, resumed bool) bool {
	if resumed {
		return p.result.Unchanged > 0
	}
	if s.told || p.result.Read == 0 {
		return false
	}
	return 10*p.result.Read >= p.before || s.anchor.csn == "" && 2*p.result.Unchanged >= p.result.Read
}

func (s *syncReading) isPresentPhase() bool { return !s.done.Deletes || s.present }

// syncReading is the answer to one sync request.
type syncReading struct {
	*reading
	scope   []byte
	sent    []byte // the cookie of the request
	newest  []byte // the last cookie that came
	done    wire.SyncDone
	told    bool // identifiers of unchanged or deleted entries came
	present bool // a present phase came to its end
	idle    int  // messages in sequence that said nothing

	anchor    anchor // of the last time
	anchorMet bool   // the answer spoke of it
}

// outcome says what the answer means. An empty cookie leaves the one before good.
//
// std: RFC4533 §3.3.1
// std: RFC4533 §3.3.2
func (s *syncReading) outcome(cookie, resume []byte) outcome {
	o := outcome{scope: s.scope, cookie: s.newest, wholly: true}
	if o.cookie == nil {
		o.cookie = s.sent
	}
	all := cookie == nil && resume == nil
	o.sweep = all || s.isPresentPhase()
	o.mark = s.anchor.next(s).String()
	return o
}

func (s *syncReading) run(filter string) error {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	search, err := s.conn.search(s.conn.src.BaseDN, wire.ScopeSubtree, filter)
	if err != nil {
		return err
	}
	search.Attrs = appendAttribute(search.Attrs, attrEntryCSN)
	search.Controls = [][]byte{wire.SyncRequest(s.sent)}
	done, err := s.conn.client.SearchInfo(s.ctx, 0, search, s.entry, s.info)
	if err != nil {
		return s.explain(err)
	}
	if err := s.judge(&done.Result); err != nil {
		return err
	}
	if s.done, err = wire.DecodeSyncDone(done.Controls); err != nil {
		return s.explain(err)
	}
	if !s.done.Found {
		return fmt.Errorf("%w: no sync done control", errNext)
	}
	if s.done.Cookie != nil {
		s.newest = s.done.Cookie
	}
	if done.References > 0 && len(s.conn.src.Referrals) > 0 {
		return fmt.Errorf("%w: references are followed page by page", errNext)
	}
	s.references += done.References
	return s.complete(true)
}

// judge tells what a result other than success means here.
func (s *syncReading) judge(r *wire.Result) error {
	switch {
	case r.Code == 0:
		return nil
	case r.Code == codeCriticalExtension:
		return fmt.Errorf("%w: %w", errNext, r)
	case classifyCode(r.Code) == ErrSizeLimit && s.sent == nil:
		return fmt.Errorf("%w: %w", errNext, s.conn.explain(r)) // page by page there may be no limit
	case r.Code == wire.CodeRefreshRequired && s.sent == nil:
		return fmt.Errorf("%w: %w", errNext, r)
	case s.sent == nil:
		return s.conn.explain(r)
	}
	switch kind := classifyCode(r.Code); kind {
	case ErrTimeout, ErrNoSuchBase, ErrUnreachable:
		return s.conn.explain(r)
	default:
		// e-syncRefreshRequired; a cookie that the server cannot read; one that is newer than the server, which was restored
		// from a backup (unwillingToPerform from OpenLDAP); an answer beyond the size limit.
		return fmt.Errorf("%w: %w", errRestart, r)
	}
}

// entry takes an entry and what its control says of it.
func (s *syncReading) entry(m wire.Message) error {
	state, err := wire.DecodeSyncState(m)
	if err != nil {
		return err
	}
	if err := s.count(); err != nil {
		return err
	}
	s.idle = 0
	uuid := formatUUID(state.UUID[:])
	s.anchorMet = s.anchorMet || uuid == s.anchor.uuid && state.State != wire.SyncPresent
	switch state.State {
	case wire.SyncPresent:
		s.told = true
		err = s.list(uuid, false)
	case wire.SyncDelete:
		s.told = true
		err = s.list(uuid, true)
	default:
		err = s.content(m, uuid)
	}
	if err != nil {
		return err
	}
	return s.newer(state.Cookie)
}

// content takes an entry that was sent with its attributes. One that the book doesn't keep may have been one that it kept.
func (s *syncReading) content(m wire.Message, uuid string) error {
	e, ok, err := s.conn.mapper.entry(m)
	if err != nil {
		return err
	}
	seen, err := look(m)
	if err != nil {
		return err
	}
	seen.uuid = uuid
	s.marks.add(seen)
	if err := s.container(seen, uuid, e, ok); err != nil {
		return err
	}
	switch {
	case ok:
		e.UUID = uuid
		e.old = seen.csn != "" && seen.csn <= s.anchor.csn
		return s.add(e, len(m.Body))
	case seen.dn != "" && s.sent != nil:
		return s.list(uuid, true)
	default:
		return nil
	}
}

// info takes a sync info message.
//
// std: RFC4533 §2.5
func (s *syncReading) info(m wire.Message) error {
	if s.idle++; s.idle > maxIdle {
		return errLoop
	}
	info, err := wire.DecodeSyncInfo(m)
	if err != nil {
		return err
	}
	switch info.Kind {
	case wire.InfoRefreshPresent:
		s.present = true
	case wire.InfoIDSet:
		s.told = true
		info.UUIDs(func(u wire.UUID) {
			s.idle = 0
			uuid := formatUUID(u[:])
			s.anchorMet = s.anchorMet || info.Deletes && uuid == s.anchor.uuid
			if err == nil {
				err = s.list(uuid, info.Deletes)
			}
		})
		if err != nil {
			return err
		}
	}
	return s.newer(info.Cookie)
}

// newer takes a cookie that came along.
func (s *syncReading) newer(cookie []byte) error {
	if cookie == nil {
		return nil
	}
	s.newest = cookie
	if !s.resumable || s.idle > 1 {
		return nil
	}
	return s.cookie(cookie)
}
