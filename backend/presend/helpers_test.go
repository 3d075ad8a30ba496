package presend_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// now is the fixed clock of these tests, inside the demonstration policy's life.
var now = time.Date(2026, 6, 1, 14, 5, 0, 0, time.UTC)

const (
	me     = "me@gbr.example"
	secret = "SECRET; Context=MROD"
	atomal = "SECRET; Context=MROD; Special Category Designators=ATOMAL"
	ukOnly = "SECRET; Context=MROD; Only=GBR"
)

// policyText is the demonstration policy, with replacements of old by new.
func policyText(t testing.TB, oldnew ...string) []byte {
	t.Helper()
	data, err := os.ReadFile("../demo/policy.spif.xml")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(oldnew); i += 2 {
		if !bytes.Contains(data, []byte(oldnew[i])) {
			t.Fatalf("the policy has no %q", oldnew[i])
		}
	}
	return []byte(strings.NewReplacer(oldnew...).Replace(string(data)))
}

func site(t testing.TB, documents ...[]byte) *spif.Site {
	t.Helper()
	var all []*spif.Policy
	for _, d := range documents {
		p, err := spif.Parse(bytes.NewReader(d))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	s, err := spif.NewSite(all...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// values reads "Context=MROD; Only=GBR,DEU" as categories of the policy.
func values(p *spif.Policy, text string) []label.Category {
	var out []label.Category
	for _, part := range strings.Split(text, "; ") {
		set, list, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		s := p.TagSet(set)
		out = append(out, label.Category{TagName: set, Type: s.Tags()[0].Type(), URI: "urn:oid:" + s.ID(), Values: strings.Split(list, ",")})
	}
	return out
}

// clearance reads "SECRET; Context=MROD" as a clearance for everything up to SECRET; "=SECRET; …" for that class alone.
func clearance(p *spif.Policy, text string) label.Clearance {
	c := label.Clearance{Policy: p.PolicyID()}
	class, rest, _ := strings.Cut(text, "; ")
	if only, ok := strings.CutPrefix(class, "="); ok {
		c.Classifications = []string{only}
	} else {
		for _, k := range p.Classes() {
			if k.Hierarchy() <= p.Class(class).Hierarchy() {
				c.Classifications = append(c.Classifications, k.Name())
			}
		}
	}
	c.Categories = values(p, rest)
	return c
}

// chosen reads the same form as a draft's label.
func chosen(policy, text string) draft.Label {
	parts := strings.Split(text, "; ")
	sel := &label.Selection{Policy: policy, Classification: parts[0]}
	for _, part := range parts[1:] {
		set, list, _ := strings.Cut(part, "=")
		tag := label.SelectedTag{TagSet: set}
		for _, v := range strings.Split(list, ",") {
			tag.Values = append(tag.Values, label.SelectedValue{Name: v})
		}
		sel.Categories = append(sel.Categories, tag)
	}
	return draft.Label{Selection: sel}
}

// world is what the directories and routes say: data that tests change.
type world struct {
	t       testing.TB
	site    *spif.Site
	policy  *spif.Policy
	people  map[string]presend.Party // by folded address
	behind  map[presend.Ref]presend.Party
	origin  presend.Party
	unbound bool
	routes  map[string][]presend.Link // by domain
	rules   presend.Rules
	short   bool // the directory answers for one address fewer than it was asked for

	message      presend.Message
	before       *presend.Report
	occupants    presend.Occupants
	servers      presend.Servers
	alternatives presend.Alternatives

	sending, showHeld bool
	fresh             []presend.Freshness // as asked for
}

func newWorld(t testing.TB, documents ...[]byte) *world {
	t.Helper()
	if len(documents) == 0 {
		documents = [][]byte{policyText(t)}
	}
	s := site(t, documents...)
	w := &world{t: t, site: s, policy: s.Policies()[0], people: map[string]presend.Party{}, behind: map[presend.Ref]presend.Party{}, routes: map[string][]presend.Link{}}
	top := "TOP SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=GBR,UKR,AUS,DEU; Releasable To=GBR,UKR,AUS,DEU"
	w.rules = presend.Rules{
		Drafting: presend.DefaultDrafting, Sending: presend.DefaultSending, ReviewAfter: presend.DefaultReviewAfter, Protected: []string{"Only"},
		SystemHigh: clearance(w.policy, top), RequireTagSets: map[string][]string{w.policy.ID(): {"Context"}},
	}
	for _, n := range []string{"GBR", "UKR", "AUS", "DEU"} {
		c := clearance(w.policy, strings.ReplaceAll(top, "GBR,UKR,AUS,DEU", n))
		w.routes[strings.ToLower(n)+".example"] = []presend.Link{{Name: "to " + n, Clearance: c}}
	}
	w.origin = presend.Party{Address: me, Nation: "GBR", Entries: []presend.Entry{w.entry("me", "GBR", presend.Person, top)}}
	return w
}

// entry makes an entry that was read a minute ago over TLS; an empty clearance is none.
func (w *world) entry(name, nation string, kind presend.Kind, clearances ...string) presend.Entry {
	e := presend.Entry{Name: name, Nation: nation, Kind: kind, Directory: nation, DN: "cn=" + name, UUID: name, Self: at(nation, name), ReadAt: now.Add(-time.Minute), Transport: "starttls"}
	for _, c := range clearances {
		if c != "" {
			e.Clearances = append(e.Clearances, string(clearance(w.policy, c).Marshal()))
		}
	}
	return e
}

func at(nation, name string) presend.Ref { return presend.Ref{Directory: nation, DN: "cn=" + name} }

func addr(name, nation string) string { return name + "@" + strings.ToLower(nation) + ".example" }

// put publishes an entry under its usual address, for drafts and as a member. It gives the reference to it.
func (w *world) put(e presend.Entry) presend.Ref {
	p := presend.Party{Address: addr(e.Name, e.Nation), Nation: e.Nation, Looked: e.Directory, Entries: []presend.Entry{e}}
	w.people[p.Address] = p
	w.behind[e.Self] = p
	return e.Self
}

func (w *world) person(name, nation, clearance string) presend.Ref {
	return w.put(w.entry(name, nation, presend.Person, clearance))
}

// group publishes a list, role or room with whoever stands behind it.
func (w *world) group(kind presend.Kind, name, nation, clearance string, parts ...presend.Ref) presend.Ref {
	e := w.entry(name, nation, kind, clearance)
	e.Parts = parts
	return w.put(e)
}

// change edits the first entry of a party, for drafts and as a member.
func (w *world) change(name, nation string, edit func(*presend.Entry)) {
	e := w.people[addr(name, nation)].Entries[0]
	edit(&e)
	w.put(e)
}

func (w *world) Resolve(_ context.Context, _ draft.Channel, addresses []string, f presend.Freshness) ([]presend.Party, error) {
	w.fresh = append(w.fresh, f)
	var out []presend.Party
	for _, a := range addresses {
		p, ok := w.people[draft.FoldAddress(a)]
		if !ok {
			p = presend.Party{Looked: "none"}
		}
		p.Address = a
		out = append(out, p)
	}
	if w.short {
		out = out[1:]
	}
	return out, nil
}

func (w *world) Open(_ context.Context, _ draft.Channel, refs []presend.Ref, f presend.Freshness) (map[presend.Ref]presend.Party, error) {
	w.fresh = append(w.fresh, f)
	out := map[presend.Ref]presend.Party{}
	for _, r := range refs {
		if p, ok := w.behind[r]; ok {
			out[r] = p
		}
	}
	return out, nil
}

func (w *world) Originator(_ context.Context, _ draft.Channel, from string, f presend.Freshness) (presend.Party, bool, error) {
	w.fresh = append(w.fresh, f)
	if w.unbound {
		return presend.Party{Address: from, Looked: "the installation's identities"}, false, nil
	}
	return w.origin, true, nil
}

func (w *world) Route(_ draft.Channel, address string) (presend.Route, bool) {
	links, ok := w.routes[draft.Domain(address)]
	return presend.Route{Links: links}, ok
}

func (w *world) draft(text string, to ...string) draft.Draft {
	return draft.Draft{Channel: draft.Mail, Action: to, Label: chosen(w.policy.Name(), text)}
}

func (w *world) run(d draft.Draft) (*presend.Result, error) {
	return presend.Check(context.Background(), presend.Input{Draft: d, Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: now, Sending: w.sending, ShowHeld: w.showHeld,
		Message: w.message, Before: w.before, Occupants: w.occupants, Servers: w.servers, Alternatives: w.alternatives})
}

// check is the report of a draft with that label to these addresses.
func (w *world) check(text string, to ...string) presend.Report {
	w.t.Helper()
	r, err := w.run(w.draft(text, to...))
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Report()
}

// report is the report of a draft that can be checked.
func (w *world) report(d draft.Draft) presend.Report {
	w.t.Helper()
	r, err := w.run(d)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Report()
}

// one is the row of a draft to one address.
func (w *world) one(text, to string) presend.Recipient {
	w.t.Helper()
	return w.check(text, to).Recipients[0]
}

// want holds a verdict to "outcome action rule…"; of the rules, those named must be among its reasons, in any order.
func want(t testing.TB, what string, v presend.Verdict, text string) {
	t.Helper()
	words := strings.Fields(text)
	if got := fmt.Sprintf("%s %s", v.Outcome, v.Action); got != strings.Join(words[:2], " ") {
		t.Errorf("%s: got %s %+v, want %s", what, got, v.Reasons, text)
		return
	}
	have := " "
	for _, r := range v.Reasons {
		have += r.Rule + " "
	}
	for _, rule := range words[2:] {
		if !strings.Contains(have, " "+rule+" ") {
			t.Errorf("%s: reasons%s, want %s", what, have, rule)
		}
	}
	if v.Outcome == presend.Cleared && len(v.Reasons) > 0 || v.Outcome != presend.Cleared && len(v.Reasons) == 0 {
		t.Errorf("%s: %s with the reasons %+v", what, v.Outcome, v.Reasons)
	}
}
