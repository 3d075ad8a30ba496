//go:build integration && linux

package xmppsend_test

import (
	"context"
	"os"
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

// TestIntegrationVerdictFollowsTheRoom: three people of different clearances come and go in a federated room, and the check of one draft
// turns with each.
func TestIntegrationVerdictFollowsTheRoom(t *testing.T) {
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
	gbr, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	room := "watch@" + aus.Rooms()
	b := book{policy, time.Date(2026, 6, 1, 14, 5, 0, 0, time.UTC), map[string]presend.Party{}}
	b.publish("duty@gbr.example", "SECRET", presend.Person)
	b.publish("ops@aus.example", "SECRET", presend.Person)
	b.publish("watch@gbr.example", "RESTRICTED", presend.Person)
	b.publish(room, "SECRET", presend.Room)
	d := draft.Draft{Channel: draft.Chat, Action: []string{room}, Body: "All is well.", Label: draft.Label{Selection: &label.Selection{Policy: policy.Name(),
		Classification: "SECRET", Categories: []label.SelectedTag{{TagSet: "Context", Values: []label.SelectedValue{{Name: "MROD"}}}}}}}
	verdict := func() presend.Outcome {
		t.Helper()
		r, err := presend.Check(t.Context(), presend.Input{Draft: d, Site: site, Directory: b, Routes: b, Now: b.at, Occupants: s,
			Rules: presend.Rules{Drafting: presend.DefaultDrafting, Sending: presend.DefaultSending, ReviewAfter: presend.DefaultReviewAfter, SystemHigh: b.clearance("SECRET")}})
		if err != nil {
			t.Fatal(err)
		}
		return r.Report().Recipients[0].Verdict.Outcome
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
	for _, x := range []struct {
		server     *xmpptest.Prosody
		user, nick string
		want       presend.Outcome
	}{{gbr, "watch", "Watch", presend.NotCleared}, {aus, "j6", "J6", presend.Unknown}} {
		peer := x.server.Join(t, x.user, "desk")
		peer.Enter(t, room, x.nick)
		h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Joined && e.Occupant.Nick == x.nick })
		if got := verdict(); got != x.want {
			t.Errorf("when %s has come: %s, want %s", x.nick, got, x.want)
		}
		peer.Leave()
		h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Left && e.Occupant.Nick == x.nick })
		if got := verdict(); got != presend.Cleared {
			t.Errorf("when %s has gone: %s", x.nick, got)
		}
	}
}
