package smtpsend_test

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"caveat/backend/mailtest"
	"caveat/backend/smtpsend"
)

// The peers of these benchmarks are go-smtp's client, whose language and server are ours too, so that what differs is what is said on the
// wire, and Python's smtplib, which is on every Debian and sends much of the world's mail from programs. Each uses one connection, as ours
// does. All send the same octets through the same proxy to the same server; smtplib in a process of its own, whose start is in its time.

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

// smtplib is told where, from whom, to how many and how often, and reads the message.
const smtplib = `
import smtplib, sys
host, port = sys.argv[1].rsplit(':', 1)
to, data = ['officer%d@gbr.example' % i for i in range(int(sys.argv[3]))], sys.stdin.buffer.read()
s = smtplib.SMTP(host, int(port), local_hostname='localhost')
for _ in range(int(sys.argv[4])):
    refused = s.sendmail(sys.argv[2], to, data)
    assert not refused, refused
s.quit()
`

func pythonPeer(b *testing.B, addr string, e smtpsend.Envelope, messages int) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "python3", "-c", smtplib, addr, e.From, strconv.Itoa(len(e.To)), strconv.Itoa(messages))
	cmd.Stdin = strings.NewReader(benchBody)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("python3: %v: %s", err, out)
	}
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
	b.Run("smtplib", func(b *testing.B) {
		for b.Loop() {
			pythonPeer(b, addr, e, messages)
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
