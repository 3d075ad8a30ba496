package xmppsend

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Waits between attempts to connect: doubled each time from the first to the longest, shortened by up to a half so that not everybody
// comes back at once. A session that was healthy for as long as the longest begins anew.
const (
	firstWait = time.Second
	longWait  = 5 * time.Minute
)

// session is what is kept of an account: its stream while it has one, and the rooms that it is to be in.
type session struct {
	sender  *Sender
	account string

	telling sync.Mutex // the handler is told one thing at a time

	mu     sync.Mutex
	stream *stream // nil: offline
	state  State
	rooms  map[string]*room // by bare address
}

func newSession(s *Sender, account string) *session {
	return &session{sender: s, account: account, rooms: map[string]*room{}, state: State{Since: time.Now()}}
}

// Run keeps the sessions of the accounts until ctx ends, one goroutine each. An account that cannot be used is tried again: its
// administrator may mend it. It returns ctx's error. An account must not be in two Runs at once.
func (s *Sender) Run(ctx context.Context, accounts ...string) error {
	var all sync.WaitGroup
	for _, name := range accounts {
		all.Go(func() { s.session(name).keep(ctx) })
	}
	all.Wait()
	return ctx.Err()
}

// keep connects again and again.
func (x *session) keep(ctx context.Context) {
	var b backoff
	for ctx.Err() == nil {
		begun := time.Now()
		err := x.once(ctx)
		pause := b.after(err, time.Since(begun))
		if ctx.Err() != nil {
			x.setState(State{Error: clean(err.Error())})
			return
		}
		x.setState(State{Error: clean(err.Error()), NextTry: time.Now().Add(pause)})
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// backoff is how long is waited between attempts. The zero backoff begins with the first.
type backoff struct{ wait time.Duration }

// after is next, but that a session which we ended ourselves in the middle of a message says nothing against the server.
func (b *backoff) after(err error, lasted time.Duration) time.Duration {
	if errors.Is(err, errGivenUp) {
		*b = backoff{}
	}
	return b.next(lasted)
}

// next gives the wait after a session that lasted so long.
func (b *backoff) next(lasted time.Duration) time.Duration {
	if b.wait == 0 || lasted >= longWait {
		b.wait = firstWait
	}
	pause := b.wait/2 + rand.N(b.wait/2+1)
	b.wait = min(2*b.wait, longWait)
	return pause
}

// once is one session from beginning to end; it always ends in an error.
func (x *session) once(ctx context.Context) error {
	a, err := x.sender.lookup(ctx, x.account)
	if err != nil {
		return err
	}
	a.Name = x.account
	st, err := connect(ctx, a)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, st.close)
	defer stop()
	defer st.end(ErrClosed)
	ended := x.attach(st)
	x.mu.Lock()
	x.stream = st
	x.mu.Unlock()
	x.setState(State{IsOnline: true, JID: st.address().String()})
	_ = st.write([]byte("<presence/>")) // nothing but that we are there; where it fails the stream has ended
	go x.rejoin(ctx, st)
	go st.watch(ctx)
	go x.watchRooms(ctx, st)
	go x.copies(ctx, st)
	<-st.ended
	x.mu.Lock()
	x.stream = nil
	x.mu.Unlock()
	<-ended
	x.emptyRooms(st.why())
	return st.why()
}

// queued is how many stanzas may wait for the handler.
const queued = 256

// attach hands the stream's stanzas to the session: what a question depends on at once, what the handler gets in a goroutine of its
// own, so that a handler may ask. The channel closes when the handler has had all.
func (x *session) attach(st *stream) <-chan struct{} {
	waiting, done := make(chan func(), queued), make(chan struct{})
	tell := func(f func()) {
		select {
		case waiting <- f:
		case <-st.ended:
		}
	}
	st.setDeliver(func(in stanza) error { return x.incoming(st, in, tell) })
	go func() {
		defer close(done)
		for {
			select {
			case f := <-waiting:
				f()
			case <-st.ended:
				for {
					select {
					case f := <-waiting:
						f()
					default:
						return
					}
				}
			}
		}
	}()
	return done
}

func (x *session) setState(s State) {
	s.Since = time.Now()
	x.mu.Lock()
	x.state = s
	x.mu.Unlock()
	x.tell(func(h Handler) { h.State(x.account, s) })
}

// tell tells the handler one thing.
func (x *session) tell(f func(Handler)) {
	x.telling.Lock()
	defer x.telling.Unlock()
	f(x.sender.handler)
}
