package outbox_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	msg "caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// The people of the tests. Everybody may get OPEN.
const (
	op   = "op@atl.example"   // sends; cleared
	ann  = "ann@atl.example"  // cleared to SECRET
	bob  = "bob@bor.example"  // cleared to SECRET
	lou  = "lou@bor.example"  // cleared to OPEN only
	old  = "old@bor.example"  // cleared to SECRET, last read an hour ago: stale
	gone = "gone@bor.example" // in no book: unknown
	far  = "far@syl.example"  // cleared to SECRET, behind a link that carries OPEN only
)

// world holds what directories and routes say, as data, and the clock. It implements presend's interfaces.
type world struct {
	site *spif.Site

	mu      sync.Mutex
	now     time.Time
	parties map[string]presend.Party
	from    string // the user's first identity
	bound   bool
	rules   presend.Rules
	links   map[string]label.Clearance // by domain
	fail    error                      // what reading the book says

	unasked error // what asking the servers of chat says

	keeper  *sender                    // keeps copies
	boxes   map[string]presend.Mailbox // of copies, by account
	noBoxes error                      // what reading them says
}

func newWorld(t testing.TB) *world {
	t.Helper()
	f, err := os.Open("../spif/testdata/testland.spif.xml")
	must(t, err)
	defer f.Close()
	p, err := spif.Parse(f)
	must(t, err)
	site, err := spif.NewSite(p)
	must(t, err)
	w := &world{site: site, now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), bound: true, from: op, parties: map[string]presend.Party{}, keeper: &sender{}}
	w.mailbox("OPEN", "SECRET")
	for _, a := range []string{op, ann, bob, lou, old, far} {
		w.parties[a] = w.party(a, w.clearance("OPEN", "SECRET"), w.now)
	}
	w.set(lou, "OPEN")
	w.parties[old] = w.party(old, w.clearance("OPEN", "SECRET"), w.now.Add(-time.Hour))
	w.rules = presend.Rules{Drafting: 24 * time.Hour, Sending: presend.DefaultSending, SystemHigh: w.clearance("OPEN", "SECRET"), ReviewAfter: 24 * time.Hour}
	w.links = map[string]label.Clearance{"atl.example": w.clearance("OPEN", "SECRET"), "bor.example": w.clearance("OPEN", "SECRET"), "syl.example": w.clearance("OPEN")}
	return w
}

// clearance holds classes with the nation values ATL and BOR.
func (w *world) clearance(classes ...string) label.Clearance {
	rel := w.site.Policies()[0].TagSet("Releasable To")
	return label.Clearance{Policy: w.site.Policies()[0].PolicyID(), Classifications: classes,
		Categories: []label.Category{{TagName: rel.Name(), URI: "urn:oid:" + rel.ID(), Type: label.Permissive, Values: []string{"ATL", "BOR"}}}}
}

func (w *world) party(address string, c label.Clearance, read time.Time) presend.Party {
	return presend.Party{Address: address, Nation: draft.Domain(address)[:3], Entries: []presend.Entry{{
		Name: "Somebody", Kind: presend.Person, Directory: "book", DN: "mail=" + address, UUID: "uuid of " + address,
		Self: presend.Ref{Directory: "book", DN: "mail=" + address}, ReadAt: read, Transport: "ldaps", Clearances: []string{string(c.Marshal())},
	}}}
}

// set publishes another clearance for an address, read at once.
func (w *world) set(address string, classes ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parties[address] = w.party(address, w.clearance(classes...), w.now)
}

// sleep moves the clock. Each entry keeps its age, as if it were read again.
func (w *world) sleep(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
	for a, p := range w.parties {
		p.Entries = slices.Clone(p.Entries)
		p.Entries[0].ReadAt = p.Entries[0].ReadAt.Add(d)
		w.parties[a] = p
	}
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// relax makes warnings of what the test names.
func (w *world) relax(outcomes ...presend.Outcome) {
	for _, o := range outcomes {
		w.rules.Relaxations = append(w.rules.Relaxations, presend.Relaxation{Name: string(o), Outcome: o})
	}
}

func (w *world) Resolve(_ context.Context, _ draft.Channel, addresses []string, _ presend.Freshness) ([]presend.Party, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []presend.Party
	for _, a := range addresses {
		p := w.parties[draft.FoldAddress(a)]
		p.Address, p.Looked = a, "book"
		out = append(out, p)
	}
	return out, w.fail
}

func (w *world) Open(ctx context.Context, channel draft.Channel, refs []presend.Ref, f presend.Freshness) (map[presend.Ref]presend.Party, error) {
	out := map[presend.Ref]presend.Party{}
	for _, r := range refs {
		found, err := w.Resolve(ctx, channel, []string{strings.TrimPrefix(r.DN, "mail=")}, f)
		if err != nil {
			return nil, err
		}
		out[r] = found[0]
	}
	return out, nil
}

func (w *world) Originator(_ context.Context, _ draft.Channel, from string, _ presend.Freshness) (presend.Party, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if from == "" {
		from = w.from
	}
	return w.parties[from], w.bound, nil
}

func (w *world) Route(_ draft.Channel, address string) (presend.Route, bool) {
	c, ok := w.links[draft.Domain(address)]
	return presend.Route{Links: []presend.Link{{Name: "link", Clearance: c}}}, ok
}

func (w *world) check(ctx context.Context, d draft.Draft, sending bool) (*presend.Result, error) {
	in := presend.Input{Draft: d, Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: w.Now(), Sending: sending, Servers: w}
	if d.CatalogueItem != "" {
		read, err := msg.Reader{Site: w.site, At: w.Now()}.ReadItem([]byte(d.CatalogueItem))
		if in.Item = read.Label; err != nil {
			in.ItemUnread = err.Error()
		}
	}
	return presend.Check(ctx, in)
}

func (w *world) Takes(context.Context, string, bool, bool) (presend.Taken, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return presend.Taken{}, w.unasked
}

func (w *world) checkAtSend(ctx context.Context, d draft.Draft) (*presend.Result, error) {
	return w.check(ctx, d, true)
}

func (w *world) checkLabel(ctx context.Context, d draft.Draft) (*presend.Result, error) {
	return presend.CheckLabel(ctx, presend.Input{Draft: d, Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: w.Now()})
}

// duty is the mailbox of op.
const duty = "duty"

// mailbox gives op's mailbox a clearance.
func (w *world) mailbox(classes ...string) {
	c := w.clearance(classes...)
	w.boxes = map[string]presend.Mailbox{duty: {Name: duty, Clearance: &c, Identities: []string{op}}}
}

// config is that of a Box in this world.
func (w *world) config(s outbox.Sender) outbox.Config {
	return outbox.Config{
		Senders: map[draft.Channel]outbox.Sender{draft.Mail: s, outbox.MailboxChannel: w.keeper}, Recheck: w.checkAtSend, Now: w.Now,
		Mailbox: func(_ context.Context, name string) (presend.Mailbox, error) { return w.boxes[name], w.noBoxes }, CheckLabel: w.checkLabel,
	}
}

// message is a draft under a classification to some recipients.
func message(class string, to ...string) draft.Draft {
	sel := label.Selection{Policy: "TESTLAND", Classification: class}
	if class == "SECRET" {
		sel.Categories = []label.SelectedTag{{TagSet: "Releasable To", Values: []label.SelectedValue{{Name: "ATL"}, {Name: "BOR"}}}}
	}
	return draft.Draft{Channel: draft.Mail, Action: to, Subject: "Bridge", Body: "The bridge is open.", Label: draft.Label{Selection: &sel}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openStore(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir, "test")
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}
