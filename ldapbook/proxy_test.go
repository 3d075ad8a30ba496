package ldapbook_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caveat/ldapbook"
)

// proxy stands between a client and a server, and spoils what comes back.
type proxy struct {
	target string
	rate   atomic.Int64 // bytes per second; 0: as they come
	until  atomic.Int64 // so many bytes later nothing comes any more, and the connection stays open; -1: off
	reach  atomic.Pointer[func()]
	passed atomic.Int64
	quit   chan struct{}
	wg     sync.WaitGroup
}

// startProxy makes a source go through a proxy.
func startProxy(t testing.TB, src ldapbook.Source) (*proxy, ldapbook.Source) {
	t.Helper()
	u, err := url.Parse(src.URLs[0])
	must(t, err)
	p := &proxy{target: u.Host, quit: make(chan struct{})}
	p.until.Store(-1)
	ln := listen(t)
	p.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		close(p.quit)
		_ = ln.Close()
		p.wg.Wait()
	})
	src.URLs = []string{u.Scheme + "://" + ln.Addr().String()}
	return p, src
}

// stopAfter makes the link fall silent after so many bytes more, and calls then.
func (p *proxy) stopAfter(n int64, then func()) {
	p.passed.Store(0)
	p.reach.Store(&then)
	p.until.Store(n)
}

func (p *proxy) serve(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer s.Close()
	done := make(chan struct{}, 2)
	go func() {
		_, _ = io.Copy(s, c)
		done <- struct{}{}
	}()
	go func() {
		p.back(c, s)
		done <- struct{}{}
	}()
	select {
	case <-done:
	case <-p.quit:
	}
}

// back passes on what the server sends.
func (p *proxy) back(c, s net.Conn) {
	buf := make([]byte, 2048)
	for {
		n, err := s.Read(buf)
		if err != nil {
			return
		}
		if until := p.until.Load(); until >= 0 && p.passed.Add(int64(n)) > until {
			if then := p.reach.Swap(nil); then != nil {
				(*then)()
			}
			<-p.quit
			return
		}
		if rate := p.rate.Load(); rate > 0 {
			time.Sleep(time.Duration(n) * time.Second / time.Duration(rate))
		}
		if _, err := c.Write(buf[:n]); err != nil {
			return
		}
	}
}
