package chat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/chat"
)

// TestRule20DamagedLabelIsNoWayAroundTheDefault: what would be withheld without a label is withheld with a damaged one as well.
func TestRule20DamagedLabelIsNoWayAroundTheDefault(t *testing.T) {
	for name, element := range map[string]string{
		"none":      "",
		"malformed": `<securitylabel xmlns="urn:xmpp:sec-label:0"><label><x xmlns="u:x"/></label></securitylabel>`,
		"text":      `<securitylabel xmlns="urn:xmpp:sec-label:0"><displaymarking>SECRET</displaymarking><label>SECRET</label></securitylabel>`,
		"version":   `<securitylabel xmlns="urn:xmpp:sec-label:9"><label/></securitylabel>`,
		"marking":   `<securitylabel xmlns="urn:xmpp:sec-label:0"><displaymarking>SECRET</displaymarking><label/></securitylabel>`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, func(c *chat.Config) {
				c.Default = func(string) (chat.Default, bool) {
					return chat.Default{Of: "ukr.example", Label: labelOf("SECRET")}, true
				}
			})
			stop := d.run()
			d.says(olha, raw("chat", "m1", "", "Topical", element))
			d.until("it came", func() bool { return len(d.messages(olha)) == 1 })
			if got := d.texts(olha); got != "-" {
				t.Errorf("shown: %q", got)
			}
			if m := d.messages(olha)[0]; (m.Head.Assumed != nil) != (name == "none") {
				t.Errorf("assumed: %+v", m.Head)
			}
			stop()
			d.holdsNowhere("Topical")
		})
	}
}

// TestFloodOfStrangersTakesNothingAway: what is there stays, whether the user answered it or not; what is not here is told.
func TestFloodOfStrangersTakesNothingAway(t *testing.T) {
	d := newDesk(t, func(c *chat.Config) { c.MaxConversations = 20 })
	d.run()
	orders, answered := "orders@ukr.example", olha
	d.says(orders, raw("chat", "m1", "RESTRICTED", "Unread order", ""))
	d.said(orders, "Unread order")
	d.says(answered, raw("chat", "m1", "RESTRICTED", "Question", ""))
	d.said(answered, "Question")
	d.pass(time.Minute)
	must(t, d.box.Said(t.Context(), chat.Said{ID: "q1", Account: "own", To: answered, At: start, Body: "Mine", Label: labelOf("RESTRICTED")}))
	for i := range 30 {
		d.pass(time.Second)
		if i == 25 { // it has no message yet, and the flood goes on
			d.until("before it", func() bool { return d.find("a24@evil.example") != nil })
			_, err := d.box.Open(t.Context(), "", "next@ukr.example")
			must(t, err)
			d.pass(time.Second)
		}
		d.says(fmt.Sprintf("a%d@evil.example", i), raw("chat", id(i), "", "x", ""))
	}
	d.until("all came", func() bool { return d.find("a29@evil.example") != nil })
	for _, address := range []string{orders, answered, "next@ukr.example", "a0@evil.example"} {
		if d.find(address) == nil {
			t.Errorf("the conversation with %s is gone", address)
		}
	}
	if s, err := d.box.Status(t.Context()); err != nil || !strings.Contains(s[0].Problem, "More people wrote") {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestFullOfOwnConversations: a stranger takes the place of nobody to whom the user said something, and stops nobody else's words; what
// the user begins takes the place of the oldest.
func TestFullOfOwnConversations(t *testing.T) {
	d := newDesk(t, func(c *chat.Config) { c.MaxConversations = 2 })
	d.run()
	for i, who := range []string{olha, "petro@ukr.example"} {
		must(t, d.box.Said(t.Context(), chat.Said{ID: id(i), Account: "own", To: who, At: start, Body: "Mine", Label: labelOf("RESTRICTED")}))
		d.pass(time.Second)
	}
	d.says("a@evil.example", raw("chat", "m1", "", "x", ""))
	d.says(olha, raw("chat", "m2", "RESTRICTED", "After it", ""))
	d.said(olha, "Mine|After it")
	if d.find("a@evil.example") != nil || d.find("petro@ukr.example") == nil {
		t.Error("a stranger took the place of a person that the user talks to")
	}
	_, err := d.box.Open(t.Context(), "", "third@ukr.example")
	must(t, err)
	if d.find("petro@ukr.example") != nil || d.find(olha) == nil {
		t.Error("not the oldest went")
	}
}

// TestInvitationInAnothersName: in whose name a room invites is a claim; it stands in the room's own conversation, in words.
func TestInvitationInAnothersName(t *testing.T) {
	const trap = "trap@rooms.evil.example"
	d := newDesk(t, nil)
	d.run()
	d.says(olha, raw("chat", "m1", "RESTRICTED", "Genuine", ""))
	d.server.handler.Message(d.incoming(trap, []byte(`<message xmlns="jabber:client" from="`+trap+`" id="i"><x xmlns="http://jabber.org/protocol/muc#user"><invite from="`+
		olha+`"><reason>Tell me the codes.</reason></invite></x></message>`)))
	d.until("it came", func() bool { return len(d.messages(trap)) == 1 || len(d.messages(olha)) == 2 })
	d.said(olha, "Genuine")
	if list := d.messages(trap); len(list) != 1 || list[0].Address != trap || !strings.Contains(list[0].Body, "In the name of "+olha) {
		t.Errorf("%+v", list)
	}
}

// TestCorrectionByWhoTookTheNick: who takes a nick later does not put words into the mouth of who had it: neither in the room's history,
// nor where the room tells no addresses, nor where it tells another.
func TestCorrectionByWhoTookTheNick(t *testing.T) {
	first := raw("groupchat", "m1", "RESTRICTED", "Hold fire.", "")
	second := raw("groupchat", "m2", "RESTRICTED", "Open fire.", `<replace xmlns="urn:xmpp:message-correct:0" id="m1"/>`)
	for name, tt := range map[string]struct {
		isLate        bool
		before, after string // the address of Bob
		want          string
	}{
		"history":              {true, "bob@ukr.example", "bob@ukr.example", "Hold fire.|Open fire."},
		"no addresses":         {false, "", "", "Hold fire.|Open fire."},
		"another address":      {false, "bob@ukr.example", "eve@ukr.example", "Hold fire.|Open fire."},
		"not known before":     {false, "", "bob@ukr.example", "Hold fire.|Open fire."},
		"one person all along": {false, "bob@ukr.example", "bob@ukr.example", "Open fire."},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, nil)
			d.run()
			d.enter(watch)
			say := func(element []byte, address, name string, at time.Time) {
				d.server.change(func() { d.server.inside[watch] = []chat.Occupant{{Nick: "Bob", Address: address}} })
				m := d.inRoom("Bob", element)
				if tt.isLate {
					m = late(m, name, at)
				}
				d.server.handler.Message(m)
			}
			say(first, tt.before, "a1", start.Add(-time.Hour))
			d.said(watch, "Hold fire.")
			say(second, tt.after, "a2", start.Add(-time.Minute))
			d.until("it came", func() bool { return d.texts(watch) != "Hold fire." })
			if got := d.texts(watch); got != tt.want {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestJoinThatFailsLeavesThePerson: a person's conversation becomes a room's only when the room is entered; receipts count until then.
func TestJoinThatFailsLeavesThePerson(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	must(t, d.box.Said(t.Context(), chat.Said{ID: "01A", Account: "own", To: olha, At: start, Body: "Mine", Label: labelOf("RESTRICTED")}))
	d.server.refuses = &chat.Refusal{Condition: "item-not-found"}
	if _, err := d.box.Join(t.Context(), "", olha, "", ""); !errors.As(err, new(*chat.Refusal)) {
		t.Fatal(err)
	}
	if c := d.find(olha); c.Kind != chat.Person || c.Wanted || c.Problem != "" {
		t.Errorf("%+v", c)
	}
	d.says(olha, raw("chat", "x", "", "", `<received xmlns="urn:xmpp:receipts" id="01A"/>`))
	d.until("receipt", func() bool { return d.messages(olha)[0].Delivered })
	d.server.refuses = nil
	_, err := d.box.Join(t.Context(), "", olha, "", "")
	must(t, err)
	if c := d.find(olha); c.Kind != chat.Room || !c.Wanted {
		t.Errorf("%+v", c)
	}
}
