//go:build integration && linux

package xmppsend_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// book is what the directories and routes of a test say.
type book struct {
	policy *spif.Policy
	at     time.Time
	people map[string]presend.Party
}

// clearance is one up to a class, for everything that the label of the test needs.
func (b book) clearance(class string) label.Clearance {
	c := label.Clearance{Policy: b.policy.PolicyID()}
	for _, k := range b.policy.Classes() {
		if k.Hierarchy() <= b.policy.Class(class).Hierarchy() {
			c.Classifications = append(c.Classifications, k.Name())
		}
	}
	set := b.policy.TagSet("Context")
	c.Categories = []label.Category{{TagName: "Context", Type: set.Tags()[0].Type(), URI: "urn:oid:" + set.ID(), Values: []string{"MROD"}}}
	return c
}

func (b book) publish(address, class string, kind presend.Kind) {
	e := presend.Entry{Name: address, Kind: kind, Directory: "test", DN: "cn=" + address, UUID: address, Self: presend.Ref{Directory: "test", DN: "cn=" + address},
		ReadAt: b.at, Transport: "starttls", Clearances: []string{string(b.clearance(class).Marshal())}}
	b.people[address] = presend.Party{Address: address, Looked: "test", Entries: []presend.Entry{e}}
}

func (b book) Resolve(_ context.Context, _ draft.Channel, addresses []string, _ presend.Freshness) (out []presend.Party, _ error) {
	for _, a := range addresses {
		p, ok := b.people[draft.FoldAddress(a)]
		if !ok {
			p = presend.Party{Looked: "none"}
		}
		p.Address = a
		out = append(out, p)
	}
	return out, nil
}

func (b book) Open(context.Context, draft.Channel, []presend.Ref, presend.Freshness) (map[presend.Ref]presend.Party, error) {
	return nil, nil
}

func (b book) Originator(context.Context, draft.Channel, string, presend.Freshness) (presend.Party, bool, error) {
	return b.people["duty@gbr.example"], true, nil
}

func (b book) Route(_ draft.Channel, address string) (presend.Route, bool) {
	return presend.Route{Links: []presend.Link{{Name: "to " + draft.Domain(address), Clearance: b.clearance("SECRET")}}}, strings.HasSuffix(address, ".example")
}

// TestIntegrationVerdictFollowsTheRoom: three people of different clearances come into a federated room, are there at once, and go; the check
// of one draft turns with each, and judges each by himself.
func TestIntegrationVerdictFollowsTheRoom(t *testing.T) {
	gbr, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	room := "watch@" + aus.Rooms()
	b, site := bookOfPolicy(t)
	b.publish("duty@gbr.example", "SECRET", presend.Person)
	b.publish("ops@aus.example", "SECRET", presend.Person)
	b.publish("watch@gbr.example", "RESTRICTED", presend.Person)
	b.publish(room, "SECRET", presend.Room)
	verdict := func() presend.Outcome {
		t.Helper()
		return b.check(t, site, room, s).Recipients[0].Verdict.Outcome
	}
	ops := aus.Join(t, "ops", "desk")
	ops.Enter(t, room, "Ops")
	if got := verdict(); got != presend.Unknown {
		t.Errorf("before we are in: %s", got)
	}
	if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := verdict(); got != presend.Cleared {
		t.Errorf("with one who is cleared: %s", got)
	}
	comers := []struct {
		server     *xmpptest.Prosody
		user, nick string
		come, gone presend.Outcome // the room's, with those who are there then
		peer       *xmpptest.Peer
	}{{gbr, "watch", "Watch", presend.NotCleared, presend.Unknown, nil}, {aus, "j6", "J6", presend.NotCleared, presend.Cleared, nil}}
	for i, x := range comers {
		peer := x.server.Join(t, x.user, "desk")
		peer.Enter(t, room, x.nick)
		h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Joined && e.Occupant.Nick == x.nick })
		if got := verdict(); got != x.come {
			t.Errorf("when %s has come: %s, want %s", x.nick, got, x.come)
		}
		comers[i].peer = peer
	}
	each := map[string]presend.Outcome{"ops@aus.example": presend.Cleared, "watch@gbr.example": presend.NotCleared, "j6@aus.example": presend.Unknown}
	members := b.check(t, site, room, s).Recipients[0].Members
	for _, m := range members {
		if m.Verdict.Outcome != each[m.Address] {
			t.Errorf("%s: %s", m.Address, m.Verdict.Outcome)
		}
	}
	if len(members) != len(each) {
		t.Errorf("%+v", members)
	}
	for _, x := range comers {
		x.peer.Leave()
		h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Left && e.Occupant.Nick == x.nick })
		if got := verdict(); got != x.gone {
			t.Errorf("when %s has gone: %s, want %s", x.nick, got, x.gone)
		}
	}
}
