package presend_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

func (w *world) screen(text string, memory *presend.Memory) *presend.Screen {
	w.t.Helper()
	s, err := presend.NewScreen(w.t.Context(), presend.Input{Draft: draft.Draft{Channel: draft.Mail, Label: chosen(w.policy.Name(), text)},
		Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: now}, memory)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// A screen says of an entry what the check says of a draft to it, with a memory, without one, and with one that others used before.
func TestScreenSaysWhatTheCheckSays(t *testing.T) {
	w := newWorld(t)
	for name, held := range map[string]string{"s": secret, "r": "RESTRICTED; Context=MROD", "a": atomal, "u": ukOnly, "n": ""} {
		w.person(name, "GBR", held)
	}
	w.person("twice", "UKR", secret)
	w.change("twice", "UKR", func(e *presend.Entry) { e.Clearances = append(e.Clearances, e.Clearances[0]) })
	w.person("broken", "UKR", secret)
	w.change("broken", "UKR", func(e *presend.Entry) { e.Clearances = []string{"<x/>"} })
	// One text that holds another two must not pass for them.
	w.person("joined", "UKR", secret)
	w.change("joined", "UKR", func(e *presend.Entry) {
		e.Clearances = []string{strings.Join([]string{e.Clearances[0], e.Clearances[0]}, "\x00")}
	})
	w.person("old", "UKR", secret)
	w.change("old", "UKR", func(e *presend.Entry) { e.ReadAt = now.Add(-25 * time.Hour) })
	w.person("plain", "UKR", secret)
	w.change("plain", "UKR", func(e *presend.Entry) { e.Untrusted = true })
	w.person("ceiling", "UKR", secret)
	low := clearance(w.policy, "RESTRICTED; Context=MROD")
	w.change("ceiling", "UKR", func(e *presend.Entry) { e.Untrusted, e.Ceiling = true, &low })
	w.person("gone", "UKR", "")
	w.change("gone", "UKR", func(e *presend.Entry) { e.Withdrawn = true })
	delete(w.routes, "aus.example")
	w.person("far", "AUS", secret)
	memory := &presend.Memory{}
	outcomes := map[presend.Outcome]bool{}
	for _, text := range []string{secret, atomal, ukOnly, "RESTRICTED; Context=MROD", secret} {
		for address, p := range w.people {
			x := w.one(text, address)
			for _, m := range []*presend.Memory{nil, memory} {
				s := w.screen(text, m)
				v, link := s.Entry(p.Entries[0]), s.Link(address)
				if v.Outcome != x.Verdict.Outcome || !reflect.DeepEqual(v.Reasons, x.Verdict.Reasons) || link.Outcome != x.Link.Outcome || !reflect.DeepEqual(link.Reasons, x.Link.Reasons) {
					t.Errorf("%s to %s: %s %v, link %s; the check says %s %v, link %s", text, address, v.Outcome, v.Reasons, link.Outcome, x.Verdict.Outcome, x.Verdict.Reasons, x.Link.Outcome)
				}
				if o := s.Outcome(p.Entries[0]); o != x.Verdict.Outcome {
					t.Errorf("%s to %s: counted as %s, the check says %s", text, address, o, x.Verdict.Outcome)
				}
			}
			outcomes[x.Verdict.Outcome] = true
		}
	}
	if len(outcomes) != 5 {
		t.Errorf("only the outcomes %v were met", outcomes)
	}
}

// RULES 19: no verdict of a screen tells what is held.
func TestRule19ScreenTellsNothingHeld(t *testing.T) {
	w := newWorld(t)
	w.person("r", "GBR", "RESTRICTED; Context=MROD")
	w.origin.Entries[0] = w.entry("me", "GBR", presend.Person, "RESTRICTED; Context=MROD")
	s := w.screen(secret, nil)
	for _, v := range []presend.Verdict{s.Entry(w.people[addr("r", "GBR")].Entries[0]), s.Originator()} {
		if v.Outcome != presend.NotCleared || len(v.Reasons) == 0 {
			t.Errorf("%+v", v)
		}
		for _, r := range v.Reasons {
			if len(r.Held) > 0 {
				t.Errorf("%+v", r)
			}
		}
	}
}

func TestScreenRefusesWhatIsNoQuestion(t *testing.T) {
	w := newWorld(t)
	in := presend.Input{Draft: draft.Draft{Channel: draft.Mail}, Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: now}
	if s, err := presend.NewScreen(t.Context(), in, nil); !errors.Is(err, presend.ErrDraft) || s != nil {
		t.Errorf("no label: %v", err)
	}
	in.Draft = draft.Draft{Channel: "pigeon", Label: chosen(w.policy.Name(), secret)}
	if s, err := presend.NewScreen(t.Context(), in, nil); !errors.Is(err, presend.ErrDraft) || s != nil {
		t.Errorf("no channel: %v", err)
	}
	w.unbound = true
	if v := w.screen(secret, nil).Originator(); v.Outcome != presend.NotCleared {
		t.Errorf("whoever has no identity: %+v", v)
	}
}
