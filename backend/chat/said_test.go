package chat_test

import (
	"context"
	"testing"

	"caveat/backend/chat"
	"caveat/backend/message"
)

// What is sent from here stands in its conversation with its state, once, whether the room or we are faster; receipts are claims of the person that it went to.
func TestSaid(t *testing.T) {
	state := chat.Outgoing{State: "queued"}
	d := newDesk(t, func(c *chat.Config) {
		c.Sent = func(_ context.Context, id string) (chat.Outgoing, error) { return state, nil }
	})
	d.run()
	d.enter(watch)
	said := chat.Said{ID: "01A", Account: "own", To: watch, Room: true, At: start, Body: "mine", Label: labelOf("RESTRICTED")}
	must(t, d.box.Said(t.Context(), said))
	d.server.handler.Message(d.inRoom("Duty", raw("groupchat", "01A", "RESTRICTED", "mine", "")))
	d.server.handler.Message(d.inRoom("Duty", raw("groupchat", "01B", "RESTRICTED", "faster", "")))
	d.said(watch, "mine|faster")
	said.ID, said.Body = "01B", "faster"
	must(t, d.box.Said(t.Context(), said))
	// The history of the room tells it again, under a nick that anybody may have had; so does somebody who uses our id.
	history := d.inRoom("Duty", raw("groupchat", "01A", "RESTRICTED", "mine", ""))
	history.Delay = &message.Delay{From: watch, At: start}
	d.server.handler.Message(history)
	d.server.handler.Message(d.inRoom("Eve", raw("groupchat", "01A", "RESTRICTED", "not mine", "")))
	d.said(watch, "mine|faster|not mine")
	list := d.messages(watch)
	for i, m := range list[:2] {
		if l, ok := m.Head.Label(); !m.Mine || m.Outgoing.State != "queued" || m.Unread || !ok || l.Classification != "RESTRICTED" || m.Outbox == "" {
			t.Errorf("%d: %+v", i, m)
		}
	}
	if m := list[2]; m.Mine || m.Outbox != "" {
		t.Errorf("%+v", m)
	}
	said.ID, said.To, said.Room = "01C", olha, false
	must(t, d.box.Said(t.Context(), said))
	receipt := raw("chat", "x", "", "", `<received xmlns="urn:xmpp:receipts" id="01C"/>`)
	d.says("eve@ukr.example", receipt)
	d.says(olha, []byte(`<message xmlns="jabber:client" type="error" id="01C"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>`))
	d.says(olha, []byte(`<message xmlns="jabber:client" type="error" id="01Z"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>`))
	d.said(olha, "faster|service-unavailable")
	if d.messages(olha)[0].Delivered {
		t.Error("somebody else's receipt counts")
	}
	d.says(olha, receipt)
	d.until("receipt", func() bool { return d.messages(olha)[0].Delivered })
	if m := d.messages(olha)[1]; m.Kind != chat.KindRefusal || m.Flagged != "" || !m.Head.Sensitivity.IsUnlabelled() {
		t.Errorf("%+v", m)
	}
}

// A correction of our own is shown by itself until the server has it, and then in the place of what it corrects, also when it is corrected
// again; one of something that is not here any more stays by itself.
func TestOwnCorrection(t *testing.T) {
	states := map[string]string{"01A": "accepted", "01B": "queued", "01C": "queued", "01D": "accepted"}
	d := newDesk(t, func(c *chat.Config) {
		c.Sent = func(_ context.Context, id string) (chat.Outgoing, error) {
			return chat.Outgoing{State: states[id]}, nil
		}
	})
	d.run()
	d.enter(watch)
	say := func(id, body, replaces string) {
		must(t, d.box.Said(t.Context(), chat.Said{ID: id, Account: "own", To: watch, Room: true, At: start, Body: body, Label: labelOf("RESTRICTED"), Replaces: replaces}))
	}
	say("01A", "at nin", "")
	say("01B", "at nine", "01A")
	d.said(watch, "at nin|at nine")
	d.server.handler.Message(d.inRoom("Duty", raw("groupchat", "01B", "RESTRICTED", "at nine", `<replace xmlns="urn:xmpp:message-correct:0" id="01A"/>`)))
	d.said(watch, "at nin|at nine") // it is the queue that says when it has left
	states["01B"] = "accepted"
	d.said(watch, "at nine")
	say("01C", "at ten", "01A")
	d.said(watch, "at nine|at ten")
	states["01C"] = "refused"
	d.said(watch, "at nine|at ten")
	states["01C"] = "accepted"
	d.said(watch, "at ten")
	if m := d.messages(watch)[0]; !m.Corrected || m.Outbox != "01A" {
		t.Errorf("%+v", m)
	}
	say("01D", "of something gone", "01Z")
	d.said(watch, "at ten|of something gone")
}
