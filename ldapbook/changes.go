package ldapbook

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// overlap is how far a search for changes reaches back beyond the newest one known: clocks of several servers differ, and
// what is being written while a read runs becomes visible only later.
const overlap = 2 * time.Second

// tryChanges reads what changed since the last time, and each Refresh.FullEvery everything.
func (p *pass) tryChanges(ctx context.Context, conn *Conn) error {
	scope := scopeHash(p.src, conn.URL(), StrategyChanges)
	filter := sinceFilter(p.state.mark)
	if p.isFullDue() || filter == "" || !slices.Equal(scope, p.state.scope) {
		return p.readAll(ctx, conn, scope)
	}
	class := withContainers(p.src.Mapping.classFilter(""))
	r, err := p.pull(ctx, conn, func(r *reading) error {
		r.watch, r.touch = true, true
		return r.readPages("(&" + filter + class + ")")
	})
	if err != nil && !isRefusal(err) {
		return err
	}
	// The newest entry known must be among those that came, or it is gone: then more may be, or the server does not compare
	// times and only says that it found nothing.
	if err == nil && !p.renamed && r.marks.of(p.state.mark) >= p.state.mark {
		return p.end(ctx, outcome{scope: scope, mark: r.marks.of(p.state.mark)})
	}
	p.forget()
	return p.readAll(ctx, conn, scope)
}

// readAll reads everything and looks for a mark from which the next read can go on. Without one that would be of no use,
// and the strategy is StrategyFull in truth.
func (p *pass) readAll(ctx context.Context, conn *Conn, scope []byte) error {
	p.expected = p.before
	filter := withContainers(p.src.Mapping.classFilter(""))
	r, err := p.pull(ctx, conn, func(r *reading) error {
		r.watch = true
		return r.readPages(filter)
	})
	if err != nil {
		return err
	}
	p.result.Full = true
	o := outcome{sweep: true, wholly: true, scope: scope, mark: r.marks.csn}
	if o.mark == "" {
		o.mark = r.marks.modified
	}
	if o.mark == "" {
		p.result.Strategy = StrategyFull
	}
	return p.end(ctx, o)
}

// tryFull reads everything.
func (p *pass) tryFull(ctx context.Context, conn *Conn) error {
	p.expected = p.before
	_, err := p.pull(ctx, conn, func(r *reading) error { return r.readPages(p.src.Mapping.classFilter("")) })
	if err != nil {
		return err
	}
	p.result.Full = true
	return p.end(ctx, outcome{sweep: true, wholly: true})
}

// of returns the newest mark of the same kind as another one.
func (m marks) of(mark string) string {
	if isCSN(mark) {
		return m.csn
	}
	return m.modified
}

// isCSN tells an entryCSN, time#count#server#modification, from a generalized time.
func isCSN(mark string) bool { return strings.Contains(mark, "#") }

// sinceFilter finds what changed since a mark; "" for a mark that is none.
func sinceFilter(mark string) string {
	t, ok := markTime(mark)
	if !ok {
		return ""
	}
	since := t.Add(-overlap).Format(markLayout)
	if isCSN(mark) {
		return "(" + attrEntryCSN + ">=" + since + ".000000Z#000000#000#000000)"
	}
	return "(" + attrModifyTimestamp + ">=" + since + "Z)"
}

// isRefusal tells whether the server only refused the search, so that another may succeed on the same connection.
func isRefusal(err error) bool {
	return errors.Is(err, ErrRefused) || errors.Is(err, ErrSizeLimit) || isResult(err) && errors.Is(err, ErrProtocol)
}
