package mailtest

import (
	"net"
	"sync"
)

// tracked is a listener that can end the connections it made: go-smtp's own Close does nothing after its Shutdown.
type tracked struct {
	net.Listener
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

func (l *tracked) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = c.Close()
	}
	l.open[c] = true
	return &trackedConn{Conn: c, of: l}, nil
}

func (l *tracked) closeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for c := range l.open {
		_ = c.Close()
	}
}

type trackedConn struct {
	net.Conn
	of *tracked
}

func (c *trackedConn) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c.Conn)
	c.of.mu.Unlock()
	return c.Conn.Close()
}
