package ldaptest

import (
	"crypto/rand"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"caveat/ldapbook"
)

// Config is a Server's configuration.
type Config struct {
	Suffix string      // DN of the topmost entry; it is made
	TLS    *tls.Config // for StartTLS and ServeTLS; nil: neither
	BindDN string      // the one name that may bind; empty: only anonymous
	// Password of BindDN. Make it at run time.
	Password    string
	RequireBind bool // anonymous searches end with insufficientAccessRights (50), but for the root DSE
	RequireTLS  bool // bind and search in the clear end with confidentialityRequired (13)
	SizeLimit   int  // entries per search, over all its pages; 0: none

	RootDSE     []Attr // what the root DSE has beside what the server knows of itself
	HideRootDSE bool   // nobody may read the root DSE
	Subschema   []Attr // of SubschemaDN; nil: there is none
	NoSync      bool   // content synchronization (RFC 4533) is not offered
	DirSync     bool   // Active Directory's DirSync is offered
}

// Server is the in-process directory. All its methods are safe for concurrent use.
type Server struct {
	config Config
	suffix string // folded
	store  *store

	hang       atomic.Bool
	hangAfter  atomic.Int64 // -1: off
	refuseBind atomic.Bool
	sizeLimit  atomic.Int64
	loopPages  atomic.Bool
	refer      atomic.Bool
	searches   atomic.Int64
	referrals  atomic.Pointer[map[string][]string] // URLs by folded DN
	rangeSize  atomic.Int64
	rangeFault atomic.Int64
	refuseSync atomic.Bool
	syncFaults atomic.Pointer[SyncFaults]
	epoch      string // makes the cookies of one server useless to another

	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]bool
	conns     map[net.Conn]bool
	wg        sync.WaitGroup
	quit      chan struct{} // closed by Close: ends what hangs
}

// New makes a server that holds the suffix's entry only. It panics when the suffix cannot be a container (o, ou, dc, c).
func New(config Config) *Server {
	s := &Server{
		config: config, suffix: ldapbook.FoldDN(config.Suffix), store: newStore(),
		epoch: rand.Text(), listeners: map[net.Listener]bool{}, conns: map[net.Conn]bool{}, quit: make(chan struct{}),
	}
	s.hangAfter.Store(-1)
	s.store.guids = config.DirSync
	s.refuseSync.Store(config.NoSync)
	s.syncFaults.Store(&SyncFaults{})
	s.sizeLimit.Store(int64(config.SizeLimit))
	top, err := container(config.Suffix)
	if err != nil {
		panic(err)
	}
	r := s.store.record(top)
	r.made = true
	s.store.append(r)
	return s
}

// Add stores entries, and the containers above them where they are missing. ErrExists: there is such an entry; those
// before it are stored.
func (s *Server) Add(entries ...Entry) error {
	for _, e := range entries {
		if err := s.store.add(e, s.suffix); err != nil {
			return err
		}
	}
	return nil
}

// Replace sets the values of one attribute; without values, the attribute goes. ErrNotFound.
func (s *Server) Replace(dn, attr string, values ...string) error {
	return s.store.change(dn, func(e *Entry) error {
		for i := range e.Attrs {
			if strings.EqualFold(e.Attrs[i].Name, attr) {
				e.Attrs[i].Values = values
				return nil
			}
		}
		e.Attrs = append(e.Attrs, Attr{attr, values})
		return nil
	})
}

// Rename gives an entry without subordinates another DN; it keeps its UUID. ErrNotFound, ErrExists.
func (s *Server) Rename(dn, newDN string) error {
	return s.store.change(dn, func(e *Entry) error {
		if _, ok := s.store.byDN[ldapbook.FoldDN(newDN)]; ok {
			return ErrExists
		}
		e.DN = newDN
		return nil
	})
}

// RenameContainer gives a container another RDN; all entries below get another DN with it. As in real servers, only the
// container counts as changed. ErrNotFound.
func (s *Server) RenameContainer(dn, rdn string) error { return s.store.renameContainer(dn, rdn) }

// Delete removes an entry without subordinates. ErrNotFound.
func (s *Server) Delete(dn string) error { return s.store.remove(dn) }

// Hang makes the server accept connections and never answer again.
func (s *Server) Hang(on bool) { s.hang.Store(on) }

// HangAfter makes each search stop for good after n entries, in the middle of the message that would come next; -1: off.
func (s *Server) HangAfter(n int) { s.hangAfter.Store(int64(n)) }

// RefuseBind makes every bind fail with invalidCredentials.
func (s *Server) RefuseBind(on bool) { s.refuseBind.Store(on) }

// SizeLimit changes Config.SizeLimit.
func (s *Server) SizeLimit(n int) { s.sizeLimit.Store(int64(n)) }

// LoopPages makes every page the first one, with a cookie, without end.
func (s *Server) LoopPages(on bool) { s.loopPages.Store(on) }

// Refer adds a search result reference to every search.
func (s *Server) Refer(on bool) { s.refer.Store(on) }

// Serve answers on a listener (ldap) until Close, which closes the listener.
func (s *Server) Serve(ln net.Listener) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		_ = ln.Close()
		return
	}
	s.listeners[ln] = true
	s.mu.Unlock()
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		if !s.track(c) {
			_ = c.Close()
			return
		}
		go func() {
			defer s.untrack(c)
			newSession(s, c).serve()
		}()
	}
}

// ServeTLS is Serve for ldaps.
func (s *Server) ServeTLS(ln net.Listener) { s.Serve(tls.NewListener(ln, s.config.TLS)) }

func (s *Server) track(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.conns[c] = true
	s.wg.Add(1)
	return true
}

func (s *Server) untrack(c net.Conn) {
	_ = c.Close()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	s.wg.Done()
}

// Close ends all connections and waits for them.
func (s *Server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.quit)
	}
	for ln := range s.listeners {
		_ = ln.Close()
	}
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}
