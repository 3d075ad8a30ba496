package outbox

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// maxWorkers is how many accounts are worked for at the same time.
const maxWorkers = 8

// What is to be tried, in the order in which it leaves; the parameter is the time, Unix ms. A copy in sent waits until its message was
// accepted for somebody, or has come to an end without that; what the rows say there is held to the log before anything is done
// (isCopyDue). So it is with the precedence: a row could only change the order.
//
// Messages leave by precedence, then by time: of that for action and that for information the higher one; none is routine.
const (
	messagesDue = `SELECT id, channel, account FROM message WHERE folder = '' AND state IN ('queued', 'deferred') AND next_try <= ?
		ORDER BY coalesce(nullif(max(` + primaryRank + `, ` + copyRank + `), -1), 1) DESC, created, id`
	primaryRank = `CASE iif(json_valid(draft), draft ->> '$.primaryPrecedence', '')` + ranks
	copyRank    = `CASE iif(json_valid(draft), draft ->> '$.copyPrecedence', '')` + ranks
	ranks       = ` WHEN 'override' THEN 5 WHEN 'flash' THEN 4 WHEN 'immediate' THEN 3 WHEN 'priority' THEN 2 WHEN 'deferred' THEN 0 WHEN 'routine' THEN 1 ELSE -1 END`

	copiesDue = `SELECT id, channel, account FROM message AS c WHERE folder <> '' AND state IN ('queued', 'deferred') AND next_try <= ? AND (folder = 'drafts'
		OR NOT EXISTS (SELECT 1 FROM message WHERE id = c.copy_of AND state NOT IN ('accepted', 'refused', 'dropped'))
		OR EXISTS (SELECT 1 FROM message_recipient WHERE message = c.copy_of AND state = 'accepted')) ORDER BY created, id`
	removalsDue = `SELECT id, channel, account FROM message WHERE folder <> '' AND state = 'removing' AND next_try <= ? ORDER BY created, id`
)

// lane is an account of a channel: what goes through it goes one by one.
type lane struct{ channel, account string }

type dueItem struct {
	id string
	lane
}

// duty is something that is done for each of what a query lists.
type duty struct {
	due string
	do  func(context.Context, string) error
}

// crew does its duties with at most one worker for each lane and maxWorkers in all. Safe for concurrent use.
type crew struct {
	b      *Box
	g      *errgroup.Group // of the workers
	duties []duty

	mu      sync.Mutex
	workers int
	busy    map[lane]bool // those that are worked for: whether more may have come since
	waiting []lane        // those that no worker was free for, the most urgent first
}

func (b *Box) messageCrew(g *errgroup.Group) *crew {
	return &crew{b: b, g: g, busy: map[lane]bool{}, duties: []duty{{messagesDue, b.sendOne}}}
}

// copyCrew keeps copies, and takes out of mailboxes what is not wanted there any more.
func (b *Box) copyCrew(g *errgroup.Group) *crew {
	return &crew{b: b, g: g, busy: map[lane]bool{}, duties: []duty{{copiesDue, b.sendOne}, {removalsDue, b.removeOne}}}
}

// round sees to it that somebody works for each lane for which something is due, and does not wait for that. The workers end with ctx.
func (c *crew) round(ctx context.Context) error {
	if !c.b.store.IsHolder() {
		return ErrNotHolder
	}
	c.b.remember(ctx)
	var due []lane
	for _, d := range c.duties {
		items, err := c.b.listDue(ctx, d.due)
		if err != nil {
			return err
		}
		for _, x := range items {
			due = append(due, x.lane)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = nil
	waits := map[lane]bool{}
	for _, l := range due {
		if _, busy := c.busy[l]; busy {
			c.busy[l] = true
		} else if !waits[l] {
			waits[l] = true
			c.waiting = append(c.waiting, l)
		}
	}
	for range min(maxWorkers-c.workers, len(c.waiting)) {
		c.workers++
		c.g.Go(func() error { return c.work(ctx) })
	}
	return nil
}

// work works for one lane after another, until none waits.
func (c *crew) work(ctx context.Context) error {
	for {
		l, ok := c.take()
		if !ok {
			return nil
		}
		for more := true; more; more = c.isMore(l) {
			for _, d := range c.duties {
				if err := c.b.pass(ctx, l, d); err != nil {
					return err
				}
			}
			c.b.remember(ctx)
		}
	}
}

func (c *crew) take() (lane, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.workers--
		return lane{}, false
	}
	l := c.waiting[0]
	c.waiting = c.waiting[1:]
	c.busy[l] = false
	return l, true
}

// isMore reports that something may have come for a lane since its worker began; else the worker is done with it.
func (c *crew) isMore(l lane) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[l] {
		c.busy[l] = false
		return true
	}
	delete(c.busy, l)
	return false
}

// pass does a duty for everything of a lane that is due, once. What falls due meanwhile takes its place in the order.
func (b *Box) pass(ctx context.Context, l lane, d duty) error {
	tried := map[string]bool{}
	var list []string
	var read time.Time
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fresh, err := b.isDueSince(ctx, read)
		if err != nil {
			return err
		}
		if fresh {
			read = b.config.Now()
			if list, err = b.listLane(ctx, l, d.due, tried); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			return nil
		}
		id := list[0]
		list, tried[id] = list[1:], true
		if err := d.do(ctx, id); err != nil {
			return err
		}
	}
}

// isDueSince reports that something may have fallen due, in any lane, at some time or later; the zero time: it was never looked.
func (b *Box) isDueSince(ctx context.Context, at time.Time) (due bool, err error) {
	if at.IsZero() {
		return true, nil
	}
	err = b.store.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM message WHERE state IN ('queued', 'deferred', 'removing') AND next_try BETWEEN ? AND ?)`,
		at.UnixMilli(), b.config.Now().UnixMilli()).Scan(&due)
	return due, err
}

// listLane lists what is due for a lane, without what was tried.
func (b *Box) listLane(ctx context.Context, l lane, due string, tried map[string]bool) (ids []string, err error) {
	items, err := b.listDue(ctx, due)
	for _, x := range items {
		if x.lane == l && !tried[x.id] {
			ids = append(ids, x.id)
		}
	}
	return ids, err
}

func (b *Box) listDue(ctx context.Context, due string) (out []dueItem, err error) {
	rows, err := b.store.Reader().QueryContext(ctx, due, b.config.Now().UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x dueItem
		if err := rows.Scan(&x.id, &x.channel, &x.account); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}
