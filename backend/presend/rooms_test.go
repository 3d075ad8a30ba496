package presend_test

import (
	"context"
	"errors"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// inside is what the service of a room tells.
type inside struct {
	known    []presend.Occupant
	complete bool
	err      error
}

type services map[string]inside

func (s services) Occupants(_ context.Context, room string) ([]presend.Occupant, bool, error) {
	x, ok := s[room]
	if !ok {
		return nil, false, errors.New("there is no such room")
	}
	return x.known, x.complete, x.err
}

func known(addresses ...string) []presend.Occupant {
	var out []presend.Occupant
	for _, a := range addresses {
		out = append(out, presend.Occupant{Address: a, Nick: "nick of " + a})
	}
	return out
}

// chat checks a message to one room.
func (w *world) chat(text, room string) presend.Recipient {
	d := w.draft(text, room)
	d.Channel = draft.Chat
	return w.report(d).Recipients[0]
}

func TestRule07RoomAndItsOccupants(t *testing.T) {
	w := newWorld(t)
	good, low := w.person("good", "GBR", secret), w.person("low", "GBR", restricted)
	room := addr("room", "GBR")
	for name, tt := range map[string]struct {
		own     string
		members []presend.Ref
		service services
		want    string
		rows    int
	}{
		"all known":             {secret, nil, services{room: {known(addr("good", "GBR")), true, nil}}, "cleared pass", 1},
		"empty":                 {secret, nil, services{room: {nil, true, nil}}, "cleared pass", 0},
		"a member who is there": {secret, []presend.Ref{good}, services{room: {known("GOOD@gbr.example"), true, nil}}, "cleared pass", 1},
		"one twice":             {secret, nil, services{room: {known(addr("good", "GBR"), "Good@gbr.example"), true, nil}}, "cleared pass", 1},
		"without own":           {"", nil, services{room: {known(addr("good", "GBR")), true, nil}}, "unknown block no-clearance", 1},
		"own too low":           {restricted, nil, services{room: {known(addr("good", "GBR")), true, nil}}, "not-cleared block classification", 1},
		"occupant low":          {secret, nil, services{room: {known(addr("good", "GBR"), addr("low", "GBR")), true, nil}}, "not-cleared block member", 2},
		"member low":            {secret, []presend.Ref{low}, services{room: {known(addr("good", "GBR")), true, nil}}, "not-cleared block member", 2},
		"occupant in no book":   {secret, nil, services{room: {known("x@gbr.example"), true, nil}}, "unknown block member", 1},
		"occupant without way":  {secret, nil, services{room: {known("x@nowhere.example"), true, nil}}, "unknown block member", 1},
		"not all":               {secret, nil, services{room: {known(addr("good", "GBR")), false, nil}}, "unknown block membership-unknown", 1},
		"one without name":      {secret, nil, services{room: {[]presend.Occupant{{Nick: "x"}}, true, nil}}, "unknown block membership-unknown", 0},
		"ambiguous address":     {secret, nil, services{room: {known("evil.example/good@gbr.example"), true, nil}}, "unknown block membership-unknown", 0},
		"cannot be asked":       {secret, nil, services{}, "unknown block membership-unknown", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w.group(presend.Room, "room", "GBR", tt.own, tt.members...)
			w.occupants = tt.service
			x := w.chat(secret, room)
			want(t, "room", x.Verdict, tt.want)
			if len(x.Members) != tt.rows {
				t.Errorf("%d rows: %+v", len(x.Members), x.Members)
			}
		})
	}
}

func TestRule07RoomsThatFilter(t *testing.T) {
	w := newWorld(t)
	w.person("low", "GBR", restricted)
	w.group(presend.Room, "room", "GBR", secret)
	room := addr("room", "GBR")
	filters := func() { w.change("room", "GBR", func(e *presend.Entry) { e.Filtered = true }) }
	want(t, "delivered", w.chat(secret, room).Verdict, "unknown block membership-unknown")
	filters()
	want(t, "recorded of the entry", w.chat(secret, room).Verdict, "cleared pass")
	w.group(presend.Room, "room", "GBR", secret)
	for _, list := range [][]string{{"ROOM@gbr.example"}, {"gbr.example"}} {
		w.rules.FilteredRooms = list
		want(t, list[0], w.chat(secret, room).Verdict, "cleared pass")
	}
	w.rules.FilteredRooms = []string{"", "other.example", "oom@gbr.example", "example"}
	want(t, "of others", w.chat(secret, room).Verdict, "unknown block membership-unknown")
	filters()
	// Only for those who cannot be identified.
	w.group(presend.Room, "bare", "GBR", "")
	w.change("bare", "GBR", func(e *presend.Entry) { e.Filtered = true })
	want(t, "without own", w.chat(secret, addr("bare", "GBR")).Verdict, "unknown block no-clearance")
	w.occupants = services{room: {known(addr("low", "GBR")), false, nil}}
	want(t, "a known occupant", w.chat(secret, room).Verdict, "not-cleared block member")
}

func TestRule07NodesOfAFederatedRoom(t *testing.T) {
	w := newWorld(t)
	w.group(presend.Room, "room", "GBR", "SECRET; Context=MROD; Only=GBR")
	w.routes["low.example"] = []presend.Link{{Name: "low", Clearance: clearance(w.policy, restricted)}}
	for name, tt := range map[string]struct {
		nodes    []string
		unlisted bool
		want     string
	}{
		"no nodes":         {nil, false, "cleared pass"},
		"its own":          {[]string{"gbr.example"}, false, "cleared pass"},
		"two":              {[]string{"ukr.example", "aus.example"}, false, "cleared pass"},
		"one too low":      {[]string{"ukr.example", "low.example"}, false, "not-cleared block classification"},
		"one without way":  {[]string{"nowhere.example"}, false, "unknown block no-route"},
		"and not all":      {[]string{"ukr.example"}, true, "unknown block nodes-unlisted"},
		"none, not all":    {nil, true, "unknown block nodes-unlisted"},
		"low, and not all": {[]string{"low.example"}, true, "not-cleared block classification nodes-unlisted"},
	} {
		w.rules.Relaxations = []presend.Relaxation{{Name: "all"}} // a way is never a warning
		w.change("room", "GBR", func(e *presend.Entry) { e.Filtered, e.Nodes, e.NodesUnlisted = true, tt.nodes, tt.unlisted })
		x := w.chat(secret, addr("room", "GBR"))
		want(t, name, x.Link, tt.want)
		want(t, name, x.Verdict, "cleared pass")
	}
	// What is for the United Kingdom alone does not go to a node elsewhere.
	w.change("room", "GBR", func(e *presend.Entry) { e.Nodes, e.NodesUnlisted = []string{"aus.example"}, false })
	want(t, "only", w.chat(ukOnly, addr("room", "GBR")).Link, "not-cleared block permissive")
	w.group(presend.List, "list", "GBR", "", at("GBR", "room"))
	want(t, "in a list", w.chat(ukOnly, addr("list", "GBR")).Verdict, "not-cleared block member")
}
