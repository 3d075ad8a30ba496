package presend_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

func vectorDuration(t *testing.T, text string) time.Duration {
	t.Helper()
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// world builds what the vector describes.
func (v vector) world(t *testing.T) (*world, draft.Draft) {
	t.Helper()
	w := newWorld(t)
	for name, p := range v.People {
		w.put(p.entry(t, w, v, name))
	}
	for name := range v.People { // other addresses last: they stand for the same entries
		p := w.people[v.address(name)]
		for _, a := range p.Entries[0].Addresses {
			w.people[a] = p
		}
	}
	if v.Originator != nil {
		w.origin.Entries = []presend.Entry{v.Originator.entry(t, w, v, "me")}
	}
	for nation, text := range v.Links {
		w.routes[strings.ToLower(nation)+".example"] = []presend.Link{{Name: "to " + nation, Clearance: clearance(w.policy, text)}}
	}
	if v.SystemHigh != "" {
		w.rules.SystemHigh = clearance(w.policy, v.SystemHigh)
	}
	for i, r := range v.Relax {
		w.rules.Relaxations = append(w.rules.Relaxations, presend.Relaxation{Name: fmt.Sprintf("rule %d", i+1), Outcome: presend.Outcome(r.Outcome), Nation: r.Nation,
			Channel: draft.Channel(r.Channel), Classification: r.Classification, Trial: r.Trial})
	}
	for _, x := range v.Thresholds {
		w.rules.Thresholds = append(w.rules.Thresholds, presend.ThresholdRule{Name: x.Name, Classification: x.Classification, Limit: x.Limit, Action: presend.Action(x.Action)})
	}
	for of, list := range v.Alternative {
		for _, x := range list {
			w.offer(v.address(of), x[0], x[1], v.People[x[1]].Nation)
		}
	}
	if v.Rooms != nil {
		s := services{}
		for room, x := range v.Rooms {
			var known []presend.Occupant
			for _, name := range x.Known {
				known = append(known, presend.Occupant{Address: v.address(name), Nick: name})
			}
			s[v.address(room)] = inside{known: known, complete: x.Complete}
		}
		w.occupants = s
	}
	for name, p := range v.People {
		if p.NoAddress {
			ref := at(p.Nation, name)
			mute := w.behind[ref]
			mute.Address = ""
			w.behind[ref] = mute
		}
	}
	w.sending = v.Sending
	return w, v.draft(t, w)
}

// address is the usual one of somebody in the vector; what holds an "@" is one already.
func (v vector) address(name string) string {
	if p, ok := v.People[name]; ok {
		return addr(name, p.Nation)
	}
	return name
}

func (v vector) draft(t *testing.T, w *world) draft.Draft {
	t.Helper()
	d := w.draft(v.Label)
	if v.Channel != "" {
		d.Channel = draft.Channel(v.Channel)
	}
	for _, name := range v.To {
		d.Action = append(d.Action, v.address(name))
	}
	for _, name := range v.Exempted {
		d.Exempted = append(d.Exempted, v.address(name))
	}
	for _, text := range v.Parts {
		p := draft.Part{Text: "text"}
		if text != "" {
			p.Label = chosen("NATO", text)
		}
		d.Parts = append(d.Parts, p)
	}
	for _, f := range v.Files {
		a := draft.Attachment{File: f.Name, Size: f.Size}
		if f.Label != "" {
			l := chosen("NATO", f.Label)
			a.Label = &l
		}
		if f.XML != "" {
			a.Label = &draft.Label{XML: f.XML}
		}
		d.Attachments = append(d.Attachments, a)
	}
	if v.Inherited != "" {
		l := chosen("NATO", v.Inherited)
		d.Inherited = &l
	}
	if v.SendAt != "" {
		at := now.Add(vectorDuration(t, v.SendAt))
		d.SendAt = &at
	}
	d.PrimaryPrecedence = v.Precedence
	return d
}

func (p personForm) entry(t *testing.T, w *world, v vector, name string) presend.Entry {
	t.Helper()
	kind := presend.Person
	if p.Kind != "" {
		kind = presend.Kind(p.Kind)
	}
	e := w.entry(name, p.Nation, kind, p.Clearance)
	if p.Unreadable {
		e.Clearances = append(e.Clearances, "<unreadable")
	}
	if p.Age != "" {
		e.ReadAt = now.Add(-vectorDuration(t, p.Age))
	}
	if p.Ends != "" {
		e.ExpiresAt = now.Add(vectorDuration(t, p.Ends))
	}
	e.Withdrawn, e.Disabled, e.Unit, e.Addresses = p.Withdrawn, p.Disabled, p.Unit, p.Addresses
	e.ByMembers = p.ByMembers
	e.Filtered, e.Nodes, e.NodesUnlisted = p.Filtered, p.Nodes, p.Unlisted
	if p.Plain {
		e.Untrusted, e.Transport = true, "plain"
	}
	if p.Ceiling != "" {
		c := clearance(w.policy, p.Ceiling)
		e.Ceiling = &c
	}
	for _, m := range p.Members {
		nation := p.Nation
		if x, ok := v.People[m]; ok {
			nation = x.Nation
		}
		e.Parts = append(e.Parts, at(nation, m))
	}
	if p.Partial {
		e.Partial = "the server gave only a part."
	}
	e.Capabilities = presend.Capabilities{MaxSize: p.MaxSize, NoAttachments: p.NoFiles, EmCon: p.EmCon, Labels: presend.Answer(p.Labels), MMHS: presend.Answer(p.MMHS)}
	return e
}
