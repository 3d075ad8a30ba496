package demo

import (
	"net"
	"strconv"
	"sync"

	"caveat/backend/mailtest"
)

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// mailServer is one nation's SMTP server.
type mailServer struct {
	config mailtest.Config

	mu     sync.Mutex
	gate   *gate
	server *mailtest.Server
	port   int
}

// start is that of endpoint.
func (m *mailServer) start(wish int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gate != nil {
		return nil
	}
	again := m.port != 0
	if again {
		wish = m.port
	}
	g, err := listen(wish, again)
	if err != nil {
		return err
	}
	m.gate, m.port, m.server = g, g.port(), mailtest.Start(g, m.config)
	return nil
}

// stop ends the server; gently lets messages that are being taken in finish for half a second.
func (m *mailServer) stop(gently bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gate == nil {
		return
	}
	if !gently {
		m.gate.slam()
	}
	_ = m.gate.Listener.Close() // a server that does not listen yet would never hear that it is closed
	_ = m.server.Close()        // its listener may be closed already
	m.gate.slam()
	m.gate, m.server = nil, nil
}
