//go:build linux

package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"
)

// TestRule25KilledWithAFullQueue kills the process that holds a queue of messages, at random moments, again and again, until the
// queue is empty. Then each message was accepted and delivered exactly once, or is perhaps-delivered and was delivered at most
// once; none is lost, none was sent twice.
func TestRule25KilledWithAFullQueue(t *testing.T) { killedWithQueue(t, 50, 20) }

// TestSoakKilledWithAFullQueue is the same with more, in `make soak`.
func TestSoakKilledWithAFullQueue(t *testing.T) {
	if os.Getenv("CAVEAT_SOAK") == "" {
		t.Log("long: run by `make soak`")
		return
	}
	killedWithQueue(t, 200, 100)
}

func killedWithQueue(t *testing.T, messages, kills int) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	begun := time.Now()
	due := e.fill(t, messages)
	t.Logf("queued in %v", time.Since(begun).Round(time.Millisecond))
	time.Sleep(time.Until(due))
	pause := func() { time.Sleep(time.Duration(rand.IntN(15)) * time.Millisecond) }
	e.hooks(pause, pause)
	used := 0 // of the kills, those that found something to do
	for range kills {
		if e.waiting(t) > 0 {
			used++
		}
		cmd := command(t, context.Background(), "serve", "--data", e.data, "--listen", "127.0.0.1:0")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before := e.total()
		if rand.IntN(4) > 0 { // most of them once it sends, some while it starts
			for i := 0; i < 2000 && e.total() == before; i++ {
				time.Sleep(5 * time.Millisecond)
			}
		}
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
	}
	e.hooks(nil, nil)
	t.Logf("killed after %v", time.Since(begun).Round(time.Millisecond))
	t.Logf("%d of %d kills found messages waiting; %d deliveries had begun", used, kills, e.total())
	e.accountForAll(t, messages)
	if used < kills/2 {
		t.Errorf("only %d of %d kills found something in the queue", used, kills)
	}
}

// fill queues messages that become due together, and gives the time.
func (e *embedded) fill(t *testing.T, messages int) time.Time {
	t.Helper()
	due := time.Now().Add(2*time.Second + time.Duration(messages)*60*time.Millisecond).UTC().Truncate(time.Second)
	text := fmt.Sprintf(`{"channel": "mail", "action": ["officer@gbr.example", "officer@ukr.example"], "subject": "Bridge", "body": "Grid follows.",
		"sendAt": %q, "label": {"policy": "NATO", "classification": "SECRET", "categories": %s}}`, due.Format(time.RFC3339), mrod)
	file := write(t, "draft.json", text)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range messages / 2 {
				if r := caveat(t, "", "send", "--data", e.data, "--draft", file, "--wait", "0s"); r.status != 1 && r.status != 0 {
					t.Errorf("not queued: %d: %s%s", r.status, r.stdout, r.stderr)
				}
			}
		})
	}
	wg.Wait()
	if got := len(e.all(t)); got != messages {
		t.Fatalf("%d of %d queued", got, messages)
	}
	return due
}

func (e *embedded) all(t *testing.T) []queued {
	t.Helper()
	var d struct{ Messages []queued }
	caveat(t, "", "outbox", "list", "--data", e.data, "--limit", "1000", "--json").decode(t, &d)
	return d.Messages
}

func (e *embedded) waiting(t *testing.T) (n int) {
	for _, m := range e.all(t) {
		if isUnderWay(m.State) {
			n++
		}
	}
	return n
}

func isUnderWay(state string) bool {
	return state == "queued" || state == "sending" || state == "body-sent" || state == "deferred"
}

// total counts deliveries of all messages.
func (e *embedded) total() (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, k := range e.delivered {
		n += k
	}
	return n
}

// accountForAll lets the program finish, and holds every message to what was delivered of it.
func (e *embedded) accountForAll(t *testing.T, messages int) {
	t.Helper()
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
	for range 1200 {
		if e.waiting(t) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.stop()
	all := e.all(t)
	if len(all) != messages {
		t.Errorf("%d messages are left of %d", len(all), messages)
	}
	states, seen := map[string]int{}, map[string]bool{}
	for _, m := range all {
		n := e.deliveries(m.ID)
		states[m.State]++
		seen[m.ID] = true
		switch {
		case m.State == "accepted" && n == 1, m.State == "perhaps-delivered" && n <= 1:
		default:
			t.Errorf("%s is %s and was delivered %d times", m.ID, m.State, n)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for id := range e.delivered {
		if !seen[id] {
			t.Errorf("%q was delivered and is not in the queue's records", id)
		}
	}
	t.Logf("%v", states)
}
