package chat_test

import (
	"testing"
	"time"

	"caveat/backend/chat"
	"caveat/backend/message"
)

// Archives say when to the second. What was missed comes from there before what came later in that second, and after what came before.
func TestArchiveKeepsItsOrderWithinASecond(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	live := func(n int) chat.Incoming {
		m := d.incoming(olha, raw("chat", id(n), "RESTRICTED", id(n), ""))
		m.StanzaIDs = []message.StanzaID{{By: "duty@gbr.example", ID: "a" + id(n)}}
		return m
	}
	d.pass(100 * time.Millisecond)
	d.server.handler.Message(live(1))
	d.said(olha, "m1")
	d.pass(600 * time.Millisecond)
	d.server.handler.Message(live(4))
	d.said(olha, "m1|m4")
	d.server.change(func() {
		for n := range 6 { // four of them were missed
			d.server.archive[""] = append(d.server.archive[""], late(live(n), "a"+id(n), start))
		}
	})
	d.online()
	d.said(olha, "m0|m1|m2|m3|m4|m5")
}
