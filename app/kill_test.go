//go:build linux

package app_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// TestRule25KilledWhileSending kills the program with SIGKILL at chosen moments and at random ones, starts it again, and
// holds what became of the message to what was delivered: never lost; once, or at most once and then "perhaps delivered".
func TestRule25KilledWhileSending(t *testing.T) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	t.Run("before the message is handed over", func(t *testing.T) {
		m := e.killed(t, func(kill func()) { e.hooks(kill, nil) }, nil)
		e.settles(t, m, "accepted")
	})
	t.Run("after the end of the message, before the reply", func(t *testing.T) {
		m := e.killed(t, func(kill func()) { e.hooks(nil, kill) }, nil)
		e.settles(t, m, "perhaps-delivered")
	})
	t.Run("at random moments", func(t *testing.T) { e.killedAtRandom(t, 25) })
}

// TestSoakKilledAtRandom is the same for longer, in `make soak`.
func TestSoakKilledAtRandom(t *testing.T) {
	if os.Getenv("CAVEAT_SOAK") == "" {
		t.Log("long: run by `make soak`")
		return
	}
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	e.killedAtRandom(t, 500)
}

func (e *embedded) killedAtRandom(t *testing.T, rounds int) {
	e.hooks(func() { time.Sleep(10 * time.Millisecond) }, func() { time.Sleep(10 * time.Millisecond) })
	states := map[string]int{}
	for range rounds {
		m := e.killed(t, nil, func() { time.Sleep(time.Duration(rand.IntN(140)) * time.Millisecond) })
		if m.ID == "" { // killed before Send was durable: then nothing may have left
			states["never queued"]++
			continue
		}
		states[e.settles(t, m, "accepted", "perhaps-delivered")]++
	}
	t.Logf("of %d: %v", rounds, states)
	if states["never queued"] == rounds {
		t.Error("every kill came before the message was queued: nothing was tested")
	}
}

// queued is what the tests read of a message.
type queued struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// killed runs a send and kills it: when arm's kill is called, or after delay. It returns the message that the send left in
// the queue; the zero one when it left none.
func (e *embedded) killed(t *testing.T, arm func(kill func()), delay func()) queued {
	t.Helper()
	before := e.newest(t)
	cmd := command(t, context.Background(), "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example", "officer@ukr.example"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	kill := func() {
		cmd.Process.Kill()
		<-done // what the server does next happens after the death of the program
	}
	go func() { cmd.Wait(); close(done) }()
	if arm != nil {
		arm(kill)
		select {
		case <-done:
		case <-time.After(2 * time.Minute):
			t.Fatal("the program was not killed")
		}
		e.hooks(nil, nil)
	} else {
		delay()
		kill()
	}
	after := e.newest(t)
	if after.ID == before.ID {
		return queued{}
	}
	return after
}

func (e *embedded) newest(t *testing.T) queued {
	t.Helper()
	r := caveat(t, "", "outbox", "list", "--data", e.data, "--limit", "1", "--json")
	var d struct{ Messages []queued }
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || len(d.Messages) == 0 {
		return queued{}
	}
	return d.Messages[0]
}

// settles starts the program again and waits until the message has come to rest in one of the wanted states, which must fit
// what was delivered.
func (e *embedded) settles(t *testing.T, m queued, wanted ...string) string {
	t.Helper()
	if m.ID == "" {
		t.Fatal("the message was lost")
	}
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
	defer p.stop()
	for range 2400 {
		m = e.newest(t)
		if m.State != "queued" && m.State != "sending" && m.State != "body-sent" && m.State != "deferred" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	n := e.deliveries(m.ID)
	if m.State == "accepted" && n != 1 || m.State == "perhaps-delivered" && n > 1 {
		t.Errorf("%s is %s and was delivered %d times", m.ID, m.State, n)
	}
	for _, w := range wanted {
		if m.State == w {
			return m.State
		}
	}
	t.Errorf("%s is %s, want %v (delivered %d times)", m.ID, m.State, wanted, n)
	return m.State
}
