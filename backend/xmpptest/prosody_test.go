//go:build integration && linux

package xmpptest_test

import (
	"strings"
	"testing"

	"caveat/backend/xmpptest"
)

// TestIntegrationProsodyFederation: two domains talk over s2s, with labels, rooms, archive and catalogue, and do so again after a
// restart.
func TestIntegrationProsodyFederation(t *testing.T) {
	servers := xmpptest.StartProsody(t, xmpptest.NewCA(),
		xmpptest.Config{Domain: "gbr.example", Users: map[string]string{"duty": xmpptest.Secret()}},
		xmpptest.Config{Domain: "aus.example", Users: map[string]string{"ops": xmpptest.Secret()}, RealJIDs: true})
	gbr, aus := servers[0], servers[1]
	const label = `<securitylabel xmlns='urn:xmpp:sec-label:0'><label><l xmlns='u:l'>A</l></label></securitylabel>`
	for range 2 {
		duty, ops := gbr.Join(t, "duty", "desk"), aus.Join(t, "ops", "desk")
		duty.Send(t, `<message type="chat" id="m1" to="ops@aus.example"><body>hello</body>`+label+`</message>`)
		if got := ops.Await(t, "hello"); !strings.Contains(got, "<l xmlns='u:l'>A</l>") || !strings.Contains(got, duty.JID) {
			t.Errorf("%s", got)
		}
		room := "watch@" + aus.Rooms()
		ops.Enter(t, room, "Ops")
		duty.Enter(t, room, "Duty")
		duty.Send(t, `<message type="groupchat" id="g1" to="`+room+`"><body>to all</body>`+label+`</message>`)
		for _, x := range []*xmpptest.Peer{duty, ops} {
			if got := x.Await(t, "to all"); !strings.Contains(got, "<l xmlns='u:l'>A</l>") || !strings.Contains(got, room+"/Duty") {
				t.Errorf("%s", got)
			}
		}
		for _, s := range []*xmpptest.Prosody{gbr, aus} {
			for _, service := range []string{s.Domain(), s.Rooms()} {
				if info := duty.Ask(t, "get", service, `<query xmlns="http://jabber.org/protocol/disco#info"/>`); !strings.Contains(info, "'urn:xmpp:sec-label:0'") {
					t.Errorf("%s: %s", service, info)
				}
			}
		}
		if got := duty.Ask(t, "get", gbr.Domain(), `<catalog xmlns="urn:xmpp:sec-label:catalog:2" to="ops@aus.example"/>`); !strings.Contains(got, "THISISSECRET") {
			t.Errorf("%s", got)
		}
		duty.Leave()
		ops.Leave()
		for _, s := range servers {
			s.Stop()
			s.Start(t)
		}
	}
}
