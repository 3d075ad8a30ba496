//go:build integration && linux

package xmppsend_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// TestIntegrationFederatedRoom: a room of two nodes (XEP-0289), by the stand-in: it works as a room does, its nodes are hidden, who
// enters at the other node turns the verdict here, and the nodes that its entry lists each add the way there (RULES 7).
func TestIntegrationFederatedRoom(t *testing.T) {
	ca := xmpptest.NewCA()
	here, there := xmpptest.StartNodes(t, ca, "duty@gbr.example", "ops@aus.example")
	account := func(n *xmpptest.Node, jid string) xmppsend.Account {
		return xmppsend.Account{JID: jid, Address: n.Addr(), Security: xmppsend.TLS, RootCAs: ca.Pool(), Auth: xmppsend.Plain, Password: xmpptest.Secret(), Timeout: patience}
	}
	s, h := run(t, account(here, "duty@gbr.example"), xmppsend.Options{})
	h.state(t, isOnline)
	far, farHeard := run(t, account(there, "ops@aus.example"), xmppsend.Options{})
	farHeard.state(t, isOnline)
	if err := far.Join(t.Context(), "duty", there.Room, "Ops", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	awaitForwarded(t, here, "Ops")
	if err := s.Join(t.Context(), "duty", here.Room, "Ops", xmppsend.JoinOptions{}); !xmppsend.IsNickTaken(err) {
		t.Errorf("a nick that is taken at the other node: %v", err)
	}
	if err := s.Join(t.Context(), "duty", here.Room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	b, site := bookOfPolicy(t)
	b.publish("duty@gbr.example", "SECRET", presend.Person)
	b.publish("ops@aus.example", "SECRET", presend.Person)
	b.publish("low@aus.example", "RESTRICTED", presend.Person)
	b.publish(here.Room, "SECRET", presend.Room)
	list := func(nodes []string, unlisted bool) {
		b.people[here.Room].Entries[0].Nodes, b.people[here.Room].Entries[0].NodesUnlisted = nodes, unlisted
	}
	verdict := func(want, wantLink presend.Outcome) {
		t.Helper()
		r := b.check(t, site, here.Room, s).Recipients[0]
		if r.Verdict.Outcome != want || r.Link.Outcome != wantLink {
			t.Errorf("%s, the way %s; want %s, %s", r.Verdict.Outcome, r.Link.Outcome, want, wantLink)
		}
	}
	verdict(presend.Cleared, presend.Cleared)
	list([]string{"gbr.example", "aus.example"}, false)
	verdict(presend.Cleared, presend.Cleared)
	list([]string{"aus.example", "nowhere.invalid"}, false)
	verdict(presend.Cleared, presend.Unknown)
	list([]string{"aus.example"}, true)
	verdict(presend.Cleared, presend.Unknown)
	list(nil, false)

	got, asked, err := send(t, s, "f1", wire(t, "f1", "To both nodes.", message.Stanza{Room: true}), here.Room)
	if err != nil || asked != 1 || got[0].State != outbox.Accepted || got[0].Text != "the room has shown it" {
		t.Fatalf("%+v, %v", got, err)
	}
	m := farHeard.message(t, func(m xmppsend.Incoming) bool { return m.Body == "To both nodes." })
	if m.Nick != "Duty" || m.Peer != there.Room || len(m.Sensitivity.Received) != 1 {
		t.Errorf("%+v", m)
	}
	isLabelled(t, strings.Replace(string(m.Raw), ` xmlns="jabber:client"`, "", 1))
	l := secret()
	there.Say("Ops", "f2", `<body>From the other node.</body><securitylabel xmlns='urn:xmpp:sec-label:0'><label>`+string(l.Marshal())+`</label></securitylabel>`)
	if m := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "From the other node." }); m.Nick != "Ops" || m.Peer != here.Room || len(m.Sensitivity.Received) != 1 {
		t.Errorf("%+v", m)
	}
	there.Enter("Low", "low@aus.example")
	h.room(t, func(e xmppsend.RoomEvent) bool {
		return e.Kind == xmppsend.Joined && e.Occupant.Address == "low@aus.example"
	})
	verdict(presend.NotCleared, presend.Cleared)
	there.Leave("Low")
	h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Left && e.Occupant.Nick == "Low" })
	verdict(presend.Cleared, presend.Cleared)
	h.mu.Lock()
	heard := slices.Clone(h.messages)
	h.mu.Unlock()
	for _, m := range heard {
		if strings.Contains(string(m.Raw), "fmuc") || strings.Contains(string(m.Raw), there.Room) {
			t.Errorf("the node shows: %s", m.Raw)
		}
	}
	here.Cut()
	h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Left && e.Occupant.Nick == "Ops" })
	if got, _, err := send(t, s, "f3", wire(t, "f3", "Alone.", message.Stanza{Room: true}), here.Room); err != nil || got[0].State != outbox.Accepted {
		t.Errorf("with the other node away: %+v, %v", got, err)
	}
	if _, _, err := far.Occupants(t.Context(), here.Room); !errors.Is(err, xmppsend.ErrNotJoined) {
		t.Errorf("the other node's room is another: %v", err)
	}
}

func awaitForwarded(t *testing.T, n *xmpptest.Node, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !strings.Contains(strings.Join(n.Forwarded(), ""), text); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the other node does not tell of %s", text)
		}
	}
}

// bookOfPolicy is an empty book under the policy of the demo.
func bookOfPolicy(t *testing.T) (book, *spif.Site) {
	t.Helper()
	f, err := os.Open("../demo/policy.spif.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	policy, err := spif.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	site, err := spif.NewSite(policy)
	if err != nil {
		t.Fatal(err)
	}
	return book{policy, time.Date(2026, 6, 1, 14, 5, 0, 0, time.UTC), map[string]presend.Party{}}, site
}

// check is that of a SECRET draft to a room.
func (b book) check(t *testing.T, site *spif.Site, room string, inside presend.Occupants) presend.Report {
	t.Helper()
	d := draft.Draft{Channel: draft.Chat, Action: []string{room}, Body: "All is well.", Label: draft.Label{Selection: &label.Selection{Policy: b.policy.Name(),
		Classification: "SECRET", Categories: []label.SelectedTag{{TagSet: "Context", Values: []label.SelectedValue{{Name: "MROD"}}}}}}}
	r, err := presend.Check(t.Context(), presend.Input{Draft: d, Site: site, Directory: b, Routes: b, Now: b.at, Occupants: inside,
		Rules: presend.Rules{Drafting: presend.DefaultDrafting, Sending: presend.DefaultSending, ReviewAfter: presend.DefaultReviewAfter, SystemHigh: b.clearance("SECRET")}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Report()
}
