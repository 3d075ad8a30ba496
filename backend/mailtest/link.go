package mailtest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Link is a proxy to a server that can be made to fail in the middle, whatever is spoken on it, TLS too.
type Link struct {
	addr   string
	target string
	muted  atomic.Bool
	wg     sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool
}

// StartLink starts a link that ends with the test.
func StartLink(t TB, target string) *Link {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	p := &Link{addr: l.Addr().String(), target: target, open: map[net.Conn]bool{}}
	p.wg.Go(func() { p.serve(l) })
	t.Cleanup(func() {
		_ = l.Close()
		p.Cut()
		p.wg.Wait()
	})
	return p
}

// Addr is the link's own host:port.
func (p *Link) Addr() string { return p.addr }

// Mute drops what the server says from now on, until Cut; what it is told still reaches it.
func (p *Link) Mute() { p.muted.Store(true) }

// Cut ends all connections, and lets new ones work.
func (p *Link) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
	clear(p.open)
	p.muted.Store(false)
}

func (p *Link) serve(l net.Listener) {
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
		p.mu.Lock()
		p.open[near], p.open[far] = true, true
		p.mu.Unlock()
		p.wg.Go(func() { carry(far, near, nil) })
		p.wg.Go(func() { carry(near, far, &p.muted) })
	}
}

// carry copies one direction, and nothing while muted.
func carry(dst io.WriteCloser, src io.ReadCloser, muted *atomic.Bool) {
	defer dst.Close()
	defer src.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := src.Read(b)
		if muted == nil || !muted.Load() {
			if _, err := dst.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
