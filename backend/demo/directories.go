package demo

import (
	"errors"
	"net"
	"path/filepath"
	"slices"
	"sync"

	"caveat/ldapbook/ldaptest"
)

// endpoint is a port with a server behind it that can be stopped and started again at the same address.
type endpoint struct {
	mu    sync.Mutex
	gate  *gate
	port  int
	serve func(net.Listener) // blocks until the listener closes
	wg    sync.WaitGroup
}

// start opens the port: the one it had before, else one near to what is wished for. Started twice, it stays as it is.
func (e *endpoint) start(wish int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.gate != nil {
		return nil
	}
	again := e.port != 0
	if again {
		wish = e.port
	}
	g, err := listen(wish, again)
	if err != nil {
		return err
	}
	e.gate, e.port = g, g.port()
	e.wg.Go(func() { e.serve(g) })
	return nil
}

// isOpen reports that the port is open.
func (e *endpoint) isOpen() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.gate != nil
}

// portNow is the port; 0 before the first start.
func (e *endpoint) portNow() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.port
}

// stop closes the port and all connections.
func (e *endpoint) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.gate != nil {
		e.gate.slam()
		e.gate = nil
		e.wg.Wait()
	}
}

func (f *Federation) newServices(c *culture, ca *ldaptest.CA, password string) *services {
	d := ldaptest.New(ldaptest.Config{
		Suffix: c.baseDN(), TLS: ca.ServerTLS(), BindDN: readerDN(c), Password: password, RequireBind: true, RequireTLS: true,
	})
	n := &services{directory: d}
	n.world = newWorld(c, f.catalogue, f.people.People, f.people.Seed, func(e ldaptest.Entry) error { return d.Add(e) })
	n.ldap.serve = d.Serve
	return n
}

// open opens all ports, the last ones where they are free; GBR's at the end, because its mail server calls the others.
func (f *Federation) open(ca *ldaptest.CA, password string) error {
	path := filepath.Join(folder(f.dir), "ports.json")
	known := portsFile{}
	if err := readJSON(path, &known); err != nil {
		f.log.Warn("ports of the last start are unreadable; others are chosen", "error", err)
		known = portsFile{}
	}
	for _, code := range slices.Backward(Codes) {
		n, last := f.nations[code], known[code]
		if err := n.box.open(f.MailDir(code)); err != nil {
			return err
		}
		var err error
		if n.smtp.config, err = f.mailConfig(code, ca, password); err != nil {
			return err
		}
		if err := errors.Join(n.ldap.start(last.LDAP), n.smtp.start(last.SMTP)); err != nil {
			return err
		}
		if code == Own {
			if err := f.imap.start(last.IMAP); err != nil {
				return err
			}
		}
		if err := f.chats[code].start(last.XMPP); err != nil {
			return err
		}
		known[code] = f.ports(code)
		n.ldapAddress, n.smtpAddress = address(n.ldap.portNow()), address(n.smtp.port)
	}
	return writeJSON(path, known)
}

// ports are those that a nation's servers have now.
func (f *Federation) ports(code string) ports {
	n := f.nations[code]
	p := ports{LDAP: n.ldap.portNow(), SMTP: n.smtp.port, XMPP: f.chats[code].clients.portNow()}
	if code == Own {
		p.IMAP = f.imap.portNow()
	}
	return p
}
