package outbox_test

import (
	"testing"

	"caveat/backend/outbox"
)

// BenchmarkSendDue sends a thousand messages that wait, after a restart: each is held to the log and checked again.
func BenchmarkSendDue(b *testing.B) {
	const n = 1000
	for range b.N {
		b.StopTimer()
		o := newOffice(b)
		id := ""
		for range n {
			id = o.queue(message("SECRET", ann, bob))
		}
		o.restart()
		b.StartTimer()
		must(b, o.box.Recover(b.Context()))
		o.sendDue()
		b.StopTimer()
		if o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted); o.sender.attempts() != n {
			b.Fatalf("%d attempts", o.sender.attempts())
		}
	}
}
