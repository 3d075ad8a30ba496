package outbox_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
)

// The network is gone for an hour: each message is tried again and again, waits meanwhile, and is delivered once when the server
// is back; the connection then serves all of them.
func TestNetworkGoneForAnHour(t *testing.T) {
	o := newOffice(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := l.Addr().String()
	must(t, l.Close())
	tries := 0
	smtp := smtpsend.New(func(context.Context, string) (smtpsend.Account, error) {
		tries++
		return smtpsend.Account{Name: "atl", Address: address, Security: smtpsend.Plain, Timeout: time.Minute}, nil
	})
	defer smtp.Close()
	o.box = outbox.New(o.store, o.config(smtp))
	ids := []string{o.queue(message("SECRET", ann, bob)), o.queue(message("SECRET", bob))}
	for range 60 {
		o.sendDue()
		for _, id := range ids {
			if m := o.show(id); m.State != outbox.Deferred || !strings.Contains(m.Note, "unreachable") {
				t.Fatalf("%s: %s", m.State, m.Note)
			}
		}
		o.sleep(time.Minute)
	}
	if tries < 5 || tries > 10 { // of both together: they wait for the same server
		t.Errorf("%d attempts in an hour", tries)
	}
	var mu sync.Mutex
	delivered := map[string]int{}
	l, err = net.Listen("tcp", address)
	must(t, err)
	s := mailtest.Start(l, mailtest.Config{Data: func(_ string, _ []string, body []byte) error {
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids {
			if strings.Contains(string(body), "Message-ID: <"+id) {
				delivered[id]++
			}
		}
		return nil
	}})
	defer s.Close()
	for range 3 {
		o.sleep(30 * time.Minute)
		o.sendDue()
	}
	o.state(ids[0], outbox.Accepted, outbox.Accepted, outbox.Accepted)
	o.state(ids[1], outbox.Accepted, outbox.Accepted)
	if delivered[ids[0]] != 1 || delivered[ids[1]] != 1 {
		t.Errorf("delivered %v", delivered)
	}
}

// What the server says of each recipient arrives in the queue: with one refused and the rule "nobody", all of them.
func TestPartialNobodyEndsTheMessage(t *testing.T) {
	for reply, want := range map[int]outbox.State{550: outbox.Refused, 451: outbox.Deferred} {
		o := newOffice(t)
		s := mailtest.StartServer(t, mailtest.Config{
			Rcpt: func(_, to string) error {
				if to == bob {
					return mailtest.Refuse(reply, "not this one")
				}
				return nil
			},
			Data: func(string, []string, []byte) error { t.Error("the message was sent"); return nil },
		})
		smtp := smtpsend.New(func(context.Context, string) (smtpsend.Account, error) {
			return smtpsend.Account{Name: "atl", Address: s.Addr(), Security: smtpsend.Plain, Timeout: time.Minute,
				Options: smtpsend.Options{Partial: smtpsend.PartialNobody}}, nil
		})
		o.box = outbox.New(o.store, o.config(smtp))
		id := o.queue(message("SECRET", ann, bob))
		o.sendDue()
		o.state(id, want, want, want)
		if m := o.show(id); !strings.Contains(m.Recipients[0].Reply, "not sent, because "+bob+" was refused") {
			t.Errorf("%s is told %q", ann, m.Recipients[0].Reply)
		}
		must(t, smtp.Close())
	}
}
