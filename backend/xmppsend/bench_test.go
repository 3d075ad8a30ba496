package xmppsend_test

import (
	"strings"
	"testing"

	"caveat/backend/message"
	"caveat/backend/xmppsend"
)

// BenchmarkReceive is what one labelled message costs from the stream to a Chat: cut, parsed, read.
func BenchmarkReceive(b *testing.B) {
	l := secret()
	one := `<message type='groupchat' id='m1' from='watch@rooms.aus.example/Ops'><body>All is well.</body><securitylabel xmlns='urn:xmpp:sec-label:0'><displaymarking>MISSION SECRET</displaymarking><label>` +
		string(l.Marshal()) + `</label></securitylabel></message>`
	const many = 100
	stream := header + strings.Repeat(one, many)
	for b.Loop() {
		pieces, _, _ := xmppsend.Units(strings.NewReader(stream))
		if len(pieces) != many+1 {
			b.Fatalf("%d pieces", len(pieces))
		}
		for _, p := range pieces[1:] {
			c, err := message.Reader{}.ReadStanza([]byte(strings.Replace(p, "<message", "<message xmlns='jabber:client'", 1)))
			if err != nil || len(c.Sensitivity.Received) != 1 {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/many, "µs/message")
}
