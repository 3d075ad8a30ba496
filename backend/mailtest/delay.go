package mailtest

import (
	"io"
	"net"
	"sync"
	"time"
)

// Delay starts a proxy to target on which everything arrives one later: two times that is the round trip. It ends with the
// test, and returns its own host:port.
func Delay(t TB, target string, one time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	p := &delayProxy{target: target, one: one, open: map[net.Conn]bool{}}
	p.wg.Go(func() { p.serve(l) })
	t.Cleanup(func() {
		_ = l.Close()
		p.closeAll()
		p.wg.Wait()
	})
	return l.Addr().String()
}

type delayProxy struct {
	target string
	one    time.Duration
	wg     sync.WaitGroup

	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

func (p *delayProxy) serve(l net.Listener) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = near.Close()
			continue
		}
		if !p.keep(near, far) {
			return
		}
		p.wg.Go(func() { p.carry(far, near) })
		p.wg.Go(func() { p.carry(near, far) })
	}
}

func (p *delayProxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if p.closed {
			_ = c.Close()
		}
		p.open[c] = true
	}
	return !p.closed
}

func (p *delayProxy) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for c := range p.open {
		_ = c.Close()
	}
}

type parcel struct {
	due time.Time
	b   []byte
}

// carry copies one direction. The end of the stream is delayed like everything before it.
func (p *delayProxy) carry(dst io.WriteCloser, src io.Reader) {
	parcels := make(chan parcel, 1024)
	p.wg.Go(func() {
		for x := range parcels {
			time.Sleep(time.Until(x.due))
			if _, err := dst.Write(x.b); err != nil {
				break
			}
		}
		_ = dst.Close()
		for range parcels { // let the reader end
		}
	})
	defer close(parcels)
	for {
		b := make([]byte, 32<<10)
		n, err := src.Read(b)
		if n > 0 {
			parcels <- parcel{time.Now().Add(p.one), b[:n]}
		}
		if err != nil {
			return
		}
	}
}
