//go:build integration && linux

package xmppsend_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// TestIntegrationRoom: a federated room: who is in it, who comes and goes, and a message that the room shows is accepted and arrives
// with its label.
func TestIntegrationRoom(t *testing.T) {
	gbr, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	room := "watch@" + aus.Rooms()
	ops := aus.Join(t, "ops", "desk")
	ops.Enter(t, room, "Ops")
	if _, _, err := s.Occupants(t.Context(), room); !errors.Is(err, xmppsend.ErrNotJoined) {
		t.Errorf("a room that the account is not in: %v", err)
	}
	var none *message.StanzaError
	if err := s.Join(t.Context(), "duty", "none@"+aus.Rooms(), "Duty", xmppsend.JoinOptions{}); !errors.As(err, &none) || none.Condition != "item-not-found" {
		t.Errorf("a room that does not exist: %v", err)
	}
	if err := s.Join(t.Context(), "duty", room, "Ops", xmppsend.JoinOptions{}); !xmppsend.IsNickTaken(err) || !errors.Is(err, xmppsend.ErrRefused) {
		t.Errorf("a nick that is taken: %v", err)
	}
	l := secret()
	labelled := `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` + string(l.Marshal()) + `</label></securitylabel>`
	ops.Send(t, `<message type="groupchat" id="e1" to="`+room+`"><body>earlier</body>`+labelled+`</message>`)
	ops.Send(t, `<message type="groupchat" id="e2" to="`+room+`"><subject>The watch</subject></message>`)
	ops.Await(t, "<subject>The watch")
	if err := s.Join(t.Context(), "duty", room, "Duty Officer", xmppsend.JoinOptions{History: 5}); err != nil {
		t.Fatal(err)
	}
	earlier := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "earlier" })
	if earlier.Delay == nil || !earlier.Room || earlier.Nick != "Ops" || earlier.Own || len(earlier.Sensitivity.Received) != 1 {
		t.Errorf("history: %+v", earlier)
	}
	h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Subject && e.Subject == "The watch" })
	ops.Send(t, `<message type="chat" id="p1" to="`+room+`/Duty Officer"><body>for you</body>`+labelled+`</message>`)
	if m := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "for you" }); !m.Private || !m.Room || m.Nick != "Ops" || m.Peer != room {
		t.Errorf("a private message: %+v", m)
	}
	ops.Send(t, `<message to="`+room+`"><x xmlns="http://jabber.org/protocol/muc#user"><invite to="duty@gbr.example"><reason>come</reason></invite></x></message>`)
	if m := h.message(t, func(m xmppsend.Incoming) bool { return m.Invitation != nil }); m.Invitation.Room != room || m.Invitation.Reason != "come" || m.Sensitivity.Label != nil {
		t.Errorf("an invitation: %+v", m)
	}
	var kept []string
	if err := s.Archive(t.Context(), "duty", room, time.Time{}, func(m xmppsend.Incoming) error {
		kept = append(kept, m.Nick+": "+m.Body)
		return nil
	}); err != nil || !strings.Contains(strings.Join(kept, "|"), "Ops: earlier") {
		t.Errorf("the room's archive: %q, %v", kept, err)
	}
	known := func() string {
		t.Helper()
		list, complete, err := s.Occupants(context.Background(), room)
		if err != nil || !complete {
			t.Fatalf("%v, %v", complete, err)
		}
		var words []string
		for _, o := range list {
			words = append(words, o.Nick+"="+o.Address)
		}
		return strings.Join(words, " ")
	}
	if got := known(); got != "Ops=ops@aus.example" {
		t.Errorf("inside: %s", got)
	}
	watch := gbr.Join(t, "watch", "desk")
	watch.Enter(t, room, "Watch")
	h.room(t, func(e xmppsend.RoomEvent) bool {
		return e.Kind == xmppsend.Joined && e.Occupant.Address == "watch@gbr.example"
	})
	if got := known(); got != "Ops=ops@aus.example Watch=watch@gbr.example" {
		t.Errorf("inside: %s", got)
	}
	got, asked, err := send(t, s, "g1", wire(t, "g1", "To all.", message.Stanza{Room: true}), room)
	if err != nil || asked != 1 || got[0].State != outbox.Accepted || !strings.Contains(got[0].Text, "shown") {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, x := range []*xmpptest.Peer{ops, watch} {
		isLabelled(t, x.Await(t, "To all."))
	}
	if m := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "To all." }); !m.Own || !m.Room || m.Nick != "Duty Officer" {
		t.Errorf("%+v", m)
	}
	// Presence tells nothing but that we are there.
	for _, p := range watch.Received() {
		if strings.Contains(p, "Duty Officer") && strings.HasPrefix(p, "<presence") && (strings.Contains(p, "<status>") || strings.Contains(p, "<show") || strings.Contains(p, "<c ") || strings.Contains(p, "<priority")) {
			t.Errorf("presence tells more: %s", p)
		}
	}
	watch.Send(t, `<presence to="`+room+`/Guard"/>`)
	h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Changed && e.NewNick == "Guard" })
	watch.Leave()
	h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Left && e.Occupant.Nick == "Guard" })
	if got := known(); got != "Ops=ops@aus.example" {
		t.Errorf("inside: %s", got)
	}
	if err := s.Join(t.Context(), "duty", room, "Ops", xmppsend.JoinOptions{}); !xmppsend.IsNickTaken(err) {
		t.Errorf("another nick that is taken: %v", err)
	}
	if err := s.Join(t.Context(), "duty", room, "Watchkeeper", xmppsend.JoinOptions{}); err != nil {
		t.Errorf("another nick: %v", err)
	}
	if got, _, err := send(t, s, "g3", wire(t, "g3", "Under another nick.", message.Stanza{Room: true}), room); err != nil || got[0].State != outbox.Accepted {
		t.Errorf("under another nick: %+v, %v", got, err)
	}
	if err := s.Join(t.Context(), "duty", room, "Duty Officer", xmppsend.JoinOptions{}); err != nil {
		t.Errorf("back to the first nick: %v", err)
	}
	items, err := s.Rooms(t.Context(), "duty", aus.Rooms())
	if err != nil || len(items) != 1 || items[0].JID != room {
		t.Errorf("%+v, %v", items, err)
	}
	if services, err := s.Services(t.Context(), "duty", "gbr.example"); err != nil || len(services) != 1 || services[0].JID != gbr.Rooms() {
		t.Errorf("%+v, %v", services, err)
	}
	ops.Ask(t, "set", room, `<query xmlns="http://jabber.org/protocol/muc#admin"><item nick="Duty Officer" role="none"><reason>enough</reason></item></query>`)
	if e := h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone }); e.Reason != "enough" {
		t.Errorf("%+v", e)
	}
	if _, _, err := send(t, s, "g2", wire(t, "g2", "x", message.Stanza{Room: true}), room); !errors.Is(err, xmppsend.ErrNotJoined) {
		t.Errorf("after being put out: %v", err)
	}
}

// TestIntegrationRoomsThatAreClosed: password, members only, and a room that does not tell who is in it.
func TestIntegrationRoomsThatAreClosed(t *testing.T) {
	gbr, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	ops, watch := aus.Join(t, "ops", "desk"), gbr.Join(t, "watch", "desk")
	refusal := func(room string, o xmppsend.JoinOptions) string {
		err := s.Join(t.Context(), "duty", room, "Duty", o)
		var e *message.StanzaError
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", room, err)
		}
		return e.Condition
	}
	locked := "locked@" + aus.Rooms()
	ops.Enter(t, locked, "Ops")
	ops.Configure(t, locked, map[string]string{"muc#roomconfig_roomsecret": "open-sesame"})
	if got := refusal(locked, xmppsend.JoinOptions{}); got != "not-authorized" {
		t.Errorf("without the password: %s", got)
	}
	if err := s.Join(t.Context(), "duty", locked, "Duty", xmppsend.JoinOptions{Password: "open-sesame"}); err != nil {
		t.Errorf("with the password: %v", err)
	}
	members := "members@" + aus.Rooms()
	ops.Enter(t, members, "Ops")
	ops.Configure(t, members, map[string]string{"muc#roomconfig_membersonly": "1"})
	if got := refusal(members, xmppsend.JoinOptions{}); got != "registration-required" {
		t.Errorf("not a member: %s", got)
	}
	ops.Ask(t, "set", members, `<query xmlns="http://jabber.org/protocol/muc#admin"><item affiliation="member" jid="duty@gbr.example"/></query>`)
	if err := s.Join(t.Context(), "duty", members, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Errorf("a member: %v", err)
	}
	hall := "hall@" + aus.Rooms()
	ops.Enter(t, hall, "Ops")
	if err := s.Join(t.Context(), "duty", hall, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	ops.Ask(t, "set", hall, `<query xmlns="http://jabber.org/protocol/muc#admin"><item affiliation="outcast" jid="duty@gbr.example"/></query>`)
	h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone && e.Room == hall })
	if got := refusal(hall, xmppsend.JoinOptions{}); got != "forbidden" {
		t.Errorf("banned: %s", got)
	}
	hidden := "hidden@" + gbr.Rooms() // its service shows addresses to moderators alone
	watch.Enter(t, hidden, "Watch")
	if err := s.Join(t.Context(), "duty", hidden, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	if list, _, err := s.Occupants(t.Context(), hidden); err != nil || len(list) != 1 || list[0].Address != "" || list[0].Nick != "Watch" {
		t.Errorf("%+v, %v", list, err)
	}
	watch.Ask(t, "set", hidden, `<query xmlns="http://jabber.org/protocol/muc#owner"><destroy><reason>over</reason></destroy></query>`)
	if e := h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone && e.Room == hidden }); !e.Destroyed {
		t.Errorf("%+v", e)
	}
	if err := s.Leave(t.Context(), "duty", locked); err != nil {
		t.Error(err)
	}
	ops.Await(t, "<presence", locked+"/Duty", "unavailable")
}
