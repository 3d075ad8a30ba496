//go:build linux

package app_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestShutdownUnderLoad ends a program that sends, reads a directory that hangs, and is asked by many at once: it comes to its end by
// itself in the time that it has, and what was being sent is settled at the next start.
func TestShutdownUnderLoad(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	const messages = 6
	due := e.fill(t, messages)
	e.directories["UKR"].Hang(true)
	reached, letGo := make(chan struct{}, messages), make(chan struct{})
	e.hooks(func() { reached <- struct{}{}; <-letGo }, nil) // the server takes its time over a recipient
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0", "--metrics", freeAddr(t))
	c := p.byToken(t, e.data)
	stop := make(chan struct{})
	var asking sync.WaitGroup
	for _, path := range []string{"/api/changes?after=1000000", "/api/changes?after=1000000", "/api/messages", "/api/book/search?q=officer", "/api/directories"} {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+path, nil)
				if err != nil {
					return
				}
				r.Header.Set("Authorization", "Bearer "+c.token)
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					return // it has ended
				}
				res.Body.Close()
			}
		})
	}
	time.Sleep(time.Until(due))
	select {
	case <-reached:
	case <-time.After(time.Minute):
		t.Fatalf("nothing is being sent: %s", p.log)
	}
	begun := time.Now()
	p.stop() // an error is its status, which tells whether it was ended by force
	t.Logf("it ended after %v", time.Since(begun).Round(time.Millisecond))
	close(stop)
	close(letGo)
	asking.Wait()
	if strings.Contains(p.log.String(), "had not ended") {
		t.Errorf("it did not end by itself: %s", p.log)
	}
	e.hooks(nil, nil)
	e.directories["UKR"].Hang(false)
	e.accountForAll(t, messages)
}
