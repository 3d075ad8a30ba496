package demo

import (
	"errors"
	"net"
	"strconv"
	"sync"
)

// gate is a listening loopback port that can be shut, together with every connection that came through it. A server that
// is stopped so looks from outside like one that crashed.
type gate struct {
	net.Listener

	mu    sync.Mutex
	conns map[*passage]bool
	shut  bool
}

// passage is a connection that came through a gate.
type passage struct {
	net.Conn
	gate *gate
}

// listen opens a gate on a port; 0, or a port that is taken and not needed: any free one.
func listen(port int, needed bool) (*gate, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil && port != 0 && !needed {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, err
	}
	return &gate{Listener: l, conns: map[*passage]bool{}}, nil
}

// Accept waits for the next connection.
func (g *gate) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if err != nil {
		return nil, err
	}
	p := &passage{Conn: c, gate: g}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return nil, errors.Join(net.ErrClosed, c.Close())
	}
	g.conns[p] = true
	return p, nil
}

// Close ends the connection.
func (p *passage) Close() error {
	p.gate.mu.Lock()
	delete(p.gate.conns, p)
	p.gate.mu.Unlock()
	return p.Conn.Close()
}

// slam closes the port and every connection. It may be called twice.
func (g *gate) slam() {
	_ = g.Listener.Close() // it may be closed already
	g.mu.Lock()
	g.shut = true
	open := make([]*passage, 0, len(g.conns))
	for p := range g.conns {
		open = append(open, p)
	}
	g.mu.Unlock()
	for _, p := range open {
		_ = p.Close()
	}
}

func (g *gate) port() int { return g.Addr().(*net.TCPAddr).Port }
