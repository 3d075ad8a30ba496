package smtpsend_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"caveat/backend/mailtest"
	"caveat/backend/smtpsend"
)

// The peer of these benchmarks is go-smtp's client, over one connection as ours: of the well-known clients it is the one whose
// language and server are ours too, so that what differs is what is said on the wire. Both send the same octets through the
// same proxy to the same server in the same process.

var benchBody = text + strings.Repeat("A line of the message.\r\n", 100)

func benchEnvelope(recipients int) smtpsend.Envelope {
	e := smtpsend.Envelope{ID: "01JABC", From: from}
	for i := range recipients {
		e.To = append(e.To, fmt.Sprintf("officer%d@gbr.example", i))
	}
	return e
}

// ours sends messages one after the other through one Sender.
func ours(b *testing.B, addr string, e smtpsend.Envelope, messages int) {
	b.Helper()
	s := smtpsend.New(nil)
	defer s.Close()
	a := plain(addr)
	a.Timeout = time.Minute
	for range messages {
		receipts, err := s.Submit(context.Background(), a, e, []byte(benchBody), bytes.NewReader([]byte(benchBody)), func() error { return nil })
		if err != nil || len(receipts) != len(e.To) || receipts[len(e.To)-1].State != "accepted" {
			b.Fatalf("%v, %+v", err, receipts)
		}
	}
}

func peer(b *testing.B, addr string, e smtpsend.Envelope, messages int) {
	b.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for range messages {
		if err := peerMessage(c, e); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.Quit(); err != nil {
		b.Fatal(err)
	}
}

func peerMessage(c *smtp.Client, e smtpsend.Envelope) error {
	if err := c.Mail(e.From, nil); err != nil {
		return err
	}
	for _, to := range e.To {
		if err := c.Rcpt(to, nil); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(benchBody)); err != nil {
		return err
	}
	return w.Close()
}

func benchLink(b *testing.B, one time.Duration, recipients, messages int) {
	addr := mailtest.StartServer(b, mailtest.Config{}).Addr()
	if one > 0 {
		addr = mailtest.Delay(b, addr, one)
	}
	e := benchEnvelope(recipients)
	b.Run("caveat", func(b *testing.B) {
		for b.Loop() {
			ours(b, addr, e, messages)
		}
	})
	b.Run("go-smtp", func(b *testing.B) {
		for b.Loop() {
			peer(b, addr, e, messages)
		}
	})
}

// BenchmarkFiftyRecipients300ms sends one message to 50 recipients over a link with a round trip of 300 ms, as by satellite.
func BenchmarkFiftyRecipients300ms(b *testing.B) { benchLink(b, 150*time.Millisecond, 50, 1) }

// BenchmarkThousandRecipients sends one message to 1,000 recipients, on the local link.
func BenchmarkThousandRecipients(b *testing.B) { benchLink(b, 0, 1000, 1) }

// BenchmarkThousandRecipients20ms is the same over a link with a round trip of 20 ms.
func BenchmarkThousandRecipients20ms(b *testing.B) { benchLink(b, 10*time.Millisecond, 1000, 1) }

// BenchmarkThousandMessages sends 1,000 messages to one recipient each, on the local link.
func BenchmarkThousandMessages(b *testing.B) { benchLink(b, 0, 1, 1000) }

// BenchmarkHundredMessages20ms sends 100 messages to one recipient each over a link with a round trip of 20 ms.
func BenchmarkHundredMessages20ms(b *testing.B) { benchLink(b, 10*time.Millisecond, 1, 100) }
