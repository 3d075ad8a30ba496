package smtpsend_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"caveat/backend/mailtest"
	"caveat/backend/smtpsend"
)

// BenchmarkFiftyRecipients sends one message to 50 recipients over a link with 20 ms round trip: with this client, and with
// one that waits for each reply (go-smtp's), through the same proxy to the same server.
func BenchmarkFiftyRecipients(b *testing.B) {
	s := mailtest.StartServer(b, mailtest.Config{})
	slow := mailtest.Delay(b, s.Addr(), 10*time.Millisecond)
	e := smtpsend.Envelope{ID: "01JABC", From: from}
	for i := range 50 {
		e.To = append(e.To, fmt.Sprintf("officer%d@gbr.example", i))
	}
	body := text + strings.Repeat("A line of the message.\r\n", 100)
	b.Run("pipelined", func(b *testing.B) {
		a := plain(slow)
		a.Timeout = time.Minute
		for b.Loop() {
			receipts, err := smtpsend.Submit(context.Background(), a, e, []byte(body), func() error { return nil })
			if err != nil || len(receipts) != 50 {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-smtp", func(b *testing.B) {
		for b.Loop() {
			if err := peer(slow, e, body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func peer(addr string, e smtpsend.Envelope, body string) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
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
	if _, err := w.Write([]byte(body)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}
