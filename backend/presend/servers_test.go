package presend_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// answers is what servers say of addresses; of one that is not there they cannot be asked.
type answers struct {
	mu    sync.Mutex
	say   map[string]presend.Taken
	asked []string // address, "room" and "live" as asked
}

func (a *answers) Takes(_ context.Context, address string, isRoom, live bool) (presend.Taken, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for word, is := range map[string]bool{" room": isRoom, " live": live} {
		if is {
			address += word
		}
	}
	a.asked = append(a.asked, address)
	t, ok := a.say[strings.Fields(address)[0]]
	if !ok {
		return presend.Taken{}, errors.New("the account is offline")
	}
	return t, nil
}

// TestRule26Servers: what the servers on the way do not take stops a message on its way, whatever may be relaxed; while they cannot be
// asked that is a note, and the check lets nothing leave.
func TestRule26Servers(t *testing.T) {
	info := func(w *world, text string) label.Information {
		i, err := w.site.Build(*chosen("NATO", text).Selection)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	good := addr("good", "GBR")
	for name, c := range map[string]struct {
		says   func(w *world) map[string]presend.Taken
		want   string
		inText string
		gap    bool
	}{
		"whatever the policy allows": {func(*world) map[string]presend.Taken { return map[string]presend.Taken{good: {}} }, "cleared pass", "", false},
		"no labels": {func(*world) map[string]presend.Taken {
			return map[string]presend.Taken{good: {NoLabels: "x.example does not understand labels."}}
		},
			"not-cleared block " + presend.RuleServer, "x.example does", false},
		"among its labels": {func(w *world) map[string]presend.Taken {
			return map[string]presend.Taken{good: {IsRestricted: true, Labels: []label.Information{info(w, "RESTRICTED; Context=MROD"), info(w, secret)}}}
		}, "cleared pass", "", false},
		"not among its labels": {func(w *world) map[string]presend.Taken {
			return map[string]presend.Taken{good: {IsRestricted: true, Catalogue: "Ops", Labels: []label.Information{info(w, "RESTRICTED; Context=MROD")}}}
		}, "not-cleared block " + presend.RuleCatalogue, `"Ops"`, false},
		"an empty catalogue": {func(*world) map[string]presend.Taken { return map[string]presend.Taken{good: {IsRestricted: true}} }, "not-cleared block " + presend.RuleCatalogue, "SECRET", false},
		"a catalogue to choose": {func(w *world) map[string]presend.Taken {
			return map[string]presend.Taken{good: {Labels: []label.Information{info(w, "RESTRICTED; Context=MROD")}}}
		}, "cleared pass", "", false},
		"nobody can be asked": {func(*world) map[string]presend.Taken { return nil }, "cleared pass", "", true},
	} {
		for _, sending := range []bool{false, true} {
			w := newWorld(t)
			w.rules.Relaxations, w.sending = []presend.Relaxation{{Name: "all"}}, sending
			w.person("good", "GBR", atomal)
			s := &answers{say: c.says(w)}
			w.servers = s
			d := w.draft(secret, good)
			d.Channel = draft.Chat
			r, err := w.run(d)
			if err != nil {
				t.Fatal(err)
			}
			x := r.Report().Recipients[0]
			want(t, name, x.Verdict, "cleared pass")
			want(t, name, x.Link, c.want)
			if r.Report().Sendable != (c.want == "cleared pass") || (r.Unasked() != "") != c.gap || strings.Contains(x.Link.Evidence.Note, "offline") != c.gap {
				t.Errorf("%s: %q, %+v", name, r.Unasked(), x.Link)
			}
			if len(x.Link.Reasons) > 0 && !strings.Contains(x.Link.Reasons[0].Text, c.inText) {
				t.Errorf("%s: %+v", name, x.Link.Reasons)
			}
			if len(s.asked) != 1 || strings.HasSuffix(s.asked[0], " live") != sending {
				t.Errorf("%s: asked %q", name, s.asked)
			}
		}
	}
}

// TestRule26MarkedOnly: who gets a marking in place of a label is what the servers said; where they could not be asked the label goes along.
func TestRule26MarkedOnly(t *testing.T) {
	for name, c := range map[string]struct {
		say  map[string]presend.Taken
		want bool
	}{
		"they do not understand labels": {map[string]presend.Taken{addr("good", "GBR"): {IsMarked: true}}, true},
		"they do":                       {map[string]presend.Taken{addr("good", "GBR"): {}}, false},
		"nobody can be asked":           {nil, false},
	} {
		w := newWorld(t)
		w.person("good", "GBR", secret)
		w.servers = &answers{say: c.say}
		d := w.draft(secret, addr("good", "GBR"))
		d.Channel = draft.Chat
		r, err := w.run(d)
		if err != nil || r.IsMarkedOnly(addr("good", "GBR")) != c.want || !r.Report().Sendable {
			t.Errorf("%s: %v, %v, sendable %v", name, r.IsMarkedOnly(addr("good", "GBR")), err, r.Report().Sendable)
		}
	}
}

// Of a room the room is asked about, and of those who are in it nobody; mail has none of this.
func TestRule26ServersOfARoom(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	room := addr("room", "GBR")
	w.group(presend.Room, "room", "GBR", secret)
	w.occupants = services{room: {known(addr("good", "GBR")), true, nil}}
	s := &answers{say: map[string]presend.Taken{room: {NoLabels: "No."}}}
	w.servers = s
	x := w.chat(secret, room)
	want(t, "room", x.Link, "not-cleared block "+presend.RuleServer)
	if len(s.asked) != 1 || s.asked[0] != room+" room" || x.Members[0].Link.Outcome != presend.Cleared {
		t.Errorf("asked %q: %+v", s.asked, x)
	}
	if r := w.check(secret, addr("good", "GBR")); !r.Sendable || len(s.asked) != 1 {
		t.Errorf("by mail: asked %q", s.asked)
	}
}

// TestRule18AlternativeIsAskedAbout: another address is a way forward only where the servers on that way take the label.
func TestRule18AlternativeIsAskedAbout(t *testing.T) {
	good, first, second := addr("good", "GBR"), addr("p", "FRA"), addr("p", "AUS")
	for answer, fixes := range map[string]string{
		"":    "other-address p@aus for p@fra; remove p@fra; split p@fra",
		"No.": "remove p@fra; split p@fra",
	} {
		w := newWorld(t)
		w.person("good", "GBR", secret)
		w.put(w.entry("p", "FRA", presend.Person, secret)) // no route
		w.also("p", "FRA", second)
		w.servers = &answers{say: map[string]presend.Taken{good: {}, first: {}, second: {NoLabels: answer}}}
		d := w.draft(secret, good, first)
		d.Channel = draft.Chat
		wantFixes(t, answer, w, d, fixes)
	}
}
