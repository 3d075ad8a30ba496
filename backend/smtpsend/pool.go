package smtpsend

import (
	"context"
	"sync"
	"time"
)

// How long a connection is kept without a message, and how many messages it serves.
const (
	keepIdle     = 10 * time.Second
	keepMessages = 100
)

// pool keeps at most one idle connection to each account, so that a queue full of messages does not shake hands for each.
// A connection is kept only after a transaction in which nothing went wrong. It is safe for concurrent use.
type pool struct {
	mu     sync.Mutex
	idle   map[string]*idle // by the account's name
	closed bool
	ending sync.WaitGroup // connections that are taking leave
}

type idle struct {
	*conn
	account Account
	timer   *time.Timer
}

func newPool() *pool { return &pool{idle: map[string]*idle{}} }

// take gives the connection that is kept for the account, if it was made the same way; nil where there is none. The connection
// closes when ctx ends.
func (p *pool) take(ctx context.Context, a Account) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.idle[a.Name]
	if i == nil {
		return nil
	}
	p.forget(i)
	if !i.account.connectsAs(a) {
		p.leave(i.conn)
		return nil
	}
	i.watch(ctx)
	i.timeout = a.timeout()
	return i.conn
}

// put keeps a connection for some seconds, or takes leave.
func (p *pool) put(c *conn, a Account) {
	c.stop()
	p.mu.Lock()
	if p.closed { // nobody waits for those who take leave any more
		p.mu.Unlock()
		c.quit()
		return
	}
	defer p.mu.Unlock()
	if c.served >= keepMessages || c.ctx.Err() != nil {
		p.leave(c)
		return
	}
	if old := p.idle[a.Name]; old != nil {
		p.forget(old)
		p.leave(old.conn)
	}
	i := &idle{conn: c, account: a}
	i.timer = time.AfterFunc(keepIdle, func() { p.expire(i) })
	p.idle[a.Name] = i
}

func (p *pool) expire(i *idle) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.idle[i.account.Name] == i {
		p.forget(i)
		p.leave(i.conn)
	}
}

// forget takes a connection out. p.mu is held.
func (p *pool) forget(i *idle) {
	i.timer.Stop()
	delete(p.idle, i.account.Name)
}

// leave says good-bye, which may take a moment, without making anybody wait. p.mu is held.
func (p *pool) leave(c *conn) { p.ending.Go(c.quit) }

func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	for _, i := range p.idle {
		p.forget(i)
		p.leave(i.conn)
	}
	p.mu.Unlock()
	p.ending.Wait()
}
