package presend_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/presend"
)

// being is one member of a random federation, in words of its own: the naive reading of the rules below looks at nothing else.
type being struct {
	name, nation string
	kind         presend.Kind
	class        string // highest held; "": publishes no clearance
	mission      bool
	atomal       bool
	only         []string // values of Only held
	broken       bool     // publishes text that cannot be read
	withdrawn    bool
	hours        int // age
	plain        bool
	ceiling      bool // RESTRICTED with MROD is believed over a plain connection
	mute         bool // has no address
	parts        []string
	partial      bool
}

func (b being) domain() string { return strings.ToLower(b.nation) + ".example" }

// wish is a random label.
type wish struct {
	class  string
	atomal bool
	only   []string
}

var classes = []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}

// own is the naive outcome of a being's own entry.
func (b being) own(w wish) presend.Outcome {
	switch {
	case b.withdrawn:
		return presend.NotCleared
	case b.plain && !b.ceiling:
		return presend.Unknown
	case b.broken:
		return presend.Error
	case b.class == "" && b.kind == presend.List && !b.plain:
	case b.class == "":
		return presend.Unknown
	case !permits(w, b.class, b.mission, b.atomal, b.only):
		return presend.NotCleared
	case b.plain && !permits(w, "RESTRICTED", true, false, nil):
		return presend.Unknown
	}
	if b.hours > 24 {
		return presend.Stale
	}
	return presend.Cleared
}

func permits(w wish, class string, mission, atomal bool, only []string) bool {
	meets := len(w.only) == 0 || slices.ContainsFunc(w.only, func(n string) bool { return slices.Contains(only, n) })
	return slices.Index(classes, class) >= slices.Index(classes, w.class) && mission && (atomal || !w.atomal) && meets
}

// naive is the outcome of an address by the rules as they are written: the worst of the entry, of the kind's demands, and of
// everybody behind it with the way to each.
func naive(all map[string]being, w wish, name string) presend.Outcome {
	out := presend.Cleared
	seen := map[string]bool{}
	var walk func(name string, link bool)
	walk = func(name string, link bool) {
		if seen[name] {
			return
		}
		seen[name] = true
		b, ok := all[name]
		if !ok {
			out = presend.Worse(out, presend.Unknown)
			return
		}
		out = presend.Worse(out, b.own(w))
		others := slices.ContainsFunc(b.parts, func(p string) bool { return p != name })
		vague := b.kind == presend.Room || b.kind == presend.List && (b.partial || !others) || b.kind == presend.Role && b.partial
		if vague && !b.withdrawn {
			out = presend.Worse(out, presend.Unknown)
		}
		if link && b.mute && b.kind != presend.List {
			out = presend.Worse(out, presend.Unknown)
		}
		if link && !b.mute {
			out = presend.Worse(out, way(w, b.nation))
		}
	}
	walk(name, false)
	for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
		b := all[queue[0]]
		for _, p := range b.parts {
			if !seen[p] {
				walk(p, b.kind != presend.Role)
				queue = append(queue, p)
			}
		}
	}
	return out
}

// way is the naive outcome of the link to a nation: FRA has none, DEU's carries RESTRICTED, each knows its own Only.
func way(w wish, nation string) presend.Outcome {
	switch {
	case nation == "FRA":
		return presend.Unknown
	case nation == "DEU" && !permits(w, "RESTRICTED", true, true, []string{"DEU"}), !permits(w, "SECRET", true, true, []string{nation}):
		return presend.NotCleared
	}
	return presend.Cleared
}

func (b being) entry(w *world) presend.Entry {
	e := w.entry(b.name, b.nation, b.kind)
	if b.class != "" && !b.withdrawn {
		text := b.class
		if b.mission {
			text += "; Context=MROD"
		}
		if b.atomal {
			text += "; Special Category Designators=ATOMAL"
		}
		if len(b.only) > 0 {
			text += "; Only=" + strings.Join(b.only, ",")
		}
		e.Clearances = []string{string(clearance(w.policy, text).Marshal())}
	}
	if b.broken {
		e.Clearances = append(e.Clearances, "<broken")
	}
	e.Withdrawn, e.Untrusted, e.ReadAt = b.withdrawn, b.plain, now.Add(-time.Duration(b.hours)*time.Hour)
	if b.plain {
		e.Transport = "plain"
	}
	if b.ceiling {
		c := clearance(w.policy, restricted)
		e.Ceiling = &c
	}
	if b.partial {
		e.Partial = "a part"
	}
	for _, p := range b.parts {
		e.Parts = append(e.Parts, presend.Ref{Directory: "all", DN: p})
	}
	e.Self = presend.Ref{Directory: "all", DN: b.name}
	return e
}

func randomBeing(rng *rand.Rand, i, n int) being {
	rare := func(k int) bool { return rng.IntN(k) == 0 }
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	b := being{
		name: fmt.Sprintf("b%d", i), nation: pick("GBR", "GBR", "UKR", "DEU", "FRA"), class: pick("SECRET", "SECRET", "RESTRICTED", ""),
		kind: presend.Kind(pick("person", "person", "person", "role", "list", "list", "room")), mission: !rare(8), atomal: rare(2),
		withdrawn: rare(25), plain: rare(12), ceiling: rare(2), mute: rare(12), partial: rare(15), hours: rng.IntN(26),
	}
	b.broken = rare(20) && !b.withdrawn
	for _, nation := range []string{"GBR", "UKR", "DEU"} {
		if nation == b.nation || rare(5) {
			b.only = append(b.only, nation)
		}
	}
	if b.kind == presend.Role || b.kind == presend.List {
		for range rng.IntN(4) {
			b.parts = append(b.parts, fmt.Sprintf("b%d", rng.IntN(n+1))) // one more than there are: a missing one, and cycles
		}
	}
	return b
}

// randomFederation is a world, who is in it, and a label and everybody to send it to.
func randomFederation(t testing.TB, seed uint64) (w *world, all map[string]being, x wish, text string, to []string) {
	rng := rand.New(rand.NewPCG(seed, 7))
	n := 4 + rng.IntN(14)
	w, all = newWorld(t), map[string]being{}
	w.routes["deu.example"][0].Clearance = clearance(w.policy, "RESTRICTED; Context=MROD; Special Category Designators=ATOMAL; Only=DEU")
	for i := range n {
		b := randomBeing(rng, i, n)
		all[b.name] = b
		p := presend.Party{Address: b.name + "@" + b.domain(), Nation: b.nation, Entries: []presend.Entry{b.entry(w)}}
		w.people[p.Address] = p
		to = append(to, p.Address)
		if b.mute {
			p.Address = ""
		}
		w.behind[p.Entries[0].Self] = p
	}
	x = wish{class: classes[rng.IntN(4)], atomal: rng.IntN(3) == 0}
	text = x.class + "; Context=MROD"
	if x.atomal {
		text += "; Special Category Designators=ATOMAL"
	}
	if rng.IntN(3) == 0 {
		x.only = []string{"GBR", "UKR"}[:1+rng.IntN(2)]
		text += "; Only=" + strings.Join(x.only, ",")
	}
	return w, all, x, text, to
}

// In random federations presend comes to what the rules say, read naively; nothing passes that must not.
func TestRandomFederationsAgreeWithNaiveReading(t *testing.T) {
	counts := map[presend.Outcome]int{}
	for seed := range uint64(400) {
		w, all, x, text, to := randomFederation(t, seed)
		r, sendable := w.check(text, to...), true
		for i, row := range r.Recipients {
			name := fmt.Sprintf("b%d", i)
			expect, link := naive(all, x, name), way(x, all[name].nation)
			if row.Verdict.Outcome != expect || row.Link.Outcome != link {
				t.Fatalf("seed %d, %q, %+v: %s by %s, naively %s by %s: %+v", seed, text, all[name], row.Verdict.Outcome, row.Link.Outcome, expect, link, row.Verdict.Reasons)
			}
			sendable = sendable && expect == presend.Cleared && link == presend.Cleared
			counts[expect]++
		}
		if r.Sendable != sendable {
			t.Fatalf("seed %d: sendable %v", seed, r.Sendable)
		}
	}
	for _, o := range []presend.Outcome{presend.Cleared, presend.NotCleared, presend.Unknown, presend.Stale, presend.Error} {
		if counts[o] < 20 {
			t.Errorf("only %d %s: the worlds are not random enough", counts[o], o)
		}
	}
}
