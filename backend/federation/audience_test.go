package federation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// oneByOne is what the check while drafting says of each person of the book alone, counted as an audience is.
type oneByOne struct {
	counts map[string]federation.Counts       // by nation
	units  map[string]federation.Counts       // by nation and unit
	alone  map[ldapbook.Ref]federation.Counts // of those who share their address with nobody
}

// everyPerson lists the persons of the book.
func (w *world) everyPerson() []ldapbook.Entry {
	w.t.Helper()
	var all []ldapbook.Entry
	for offset := 0; ; offset += ldapbook.MaxLimit {
		found, err := w.book.Search(w.t.Context(), ldapbook.Query{Kind: ldapbook.KindPerson, Offset: offset, Limit: ldapbook.MaxLimit})
		must(w.t, err)
		all = append(all, found...)
		if len(found) < ldapbook.MaxLimit {
			return all
		}
	}
}

func (w *world) checkEach(channel draft.Channel, l draft.Label) oneByOne {
	w.t.Helper()
	out := oneByOne{map[string]federation.Counts{}, map[string]federation.Counts{}, map[ldapbook.Ref]federation.Counts{}}
	for _, e := range w.everyPerson() {
		list := e.Mail
		if channel == draft.Chat {
			list = e.JID
		}
		if len(list) == 0 {
			continue
		}
		parties, err := w.fed.Resolve(w.t.Context(), channel, list[:1], presend.Freshness{})
		must(w.t, err)
		is := func(x presend.Entry) bool { return x.Directory == e.Directory && x.UUID == e.UUID }
		if !slices.ContainsFunc(parties[0].Entries, is) {
			continue // its directory doesn't decide for the address
		}
		r, err := presend.Check(w.t.Context(), presend.Input{
			Draft: draft.Draft{Channel: channel, Action: list[:1], Label: l}, Site: w.in.Site, Rules: w.fed.Rules(),
			Directory: w.fed, Routes: w.fed, Now: w.now(),
		})
		must(w.t, err)
		x := r.Report().Recipients[0]
		one := count(x.Verdict.Outcome, x.Link.Outcome)
		if len(parties[0].Entries) > 1 {
			one.Shared = 1
		} else {
			out.alone[ldapbook.Ref{Directory: e.Directory, UUID: e.UUID}] = one
		}
		if slices.ContainsFunc(parties[0].Entries, func(x presend.Entry) bool { return x.Withdrawn }) {
			one.Withdrawn = 1
		}
		add := func(m map[string]federation.Counts, k string) {
			c := m[k]
			c.Add(one)
			m[k] = c
		}
		add(out.counts, e.Nation)
		add(out.units, e.Nation+" "+strings.ToLower(e.Unit))
	}
	return out
}

func count(o, link presend.Outcome) federation.Counts {
	c := federation.Counts{People: 1}
	switch o {
	case presend.Cleared:
		c.Cleared = 1
	case presend.Stale:
		c.Stale = 1
	case presend.NotCleared:
		c.NotCleared = 1
	case presend.Unknown:
		c.Unknown = 1
	case presend.Error:
		c.Error = 1
	}
	if c.Cleared+c.Stale > 0 && link != presend.Cleared {
		c.NoRoute = 1
	}
	if o == presend.Cleared && link == presend.Cleared {
		c.May = 1
	}
	return c
}

// sameAsOneByOne holds the counts by class to the check of each person.
func (w *world) sameAsOneByOne(what string, channel draft.Channel, l draft.Label) (may int) {
	w.t.Helper()
	s, err := w.fed.NewScreen(w.t.Context(), channel, "", l)
	must(w.t, err)
	if !s.Label().Valid {
		w.t.Fatalf("%s: %+v", what, s.Label().Problems)
	}
	want := w.checkEach(channel, l)
	w.sameRows(what, s, want)
	all, err := s.Audience(w.t.Context(), "")
	must(w.t, err)
	for _, a := range all {
		if a.Counts != want.counts[a.Directory.Nation] {
			w.t.Errorf("%s, %s:\n got %+v\nwant %+v", what, a.Directory.Nation, a.Counts, want.counts[a.Directory.Nation])
		}
		if a.Units != nil {
			w.t.Errorf("%s: units were not asked for", what)
		}
		may += a.May
		sum := federation.Counts{}
		one, err := s.Audience(w.t.Context(), strings.ToLower(a.Directory.Nation))
		must(w.t, err)
		if len(one) != 1 || one[0].Counts != a.Counts {
			w.t.Fatalf("%s, %s alone: %+v", what, a.Directory.Nation, one)
		}
		for _, u := range one[0].Units {
			if k := a.Directory.Nation + " " + strings.ToLower(u.Unit); u.Counts != want.units[k] {
				w.t.Errorf("%s, unit %q:\n got %+v\nwant %+v", what, k, u.Counts, want.units[k])
			}
			sum.Add(u.Counts)
		}
		if sum != a.Counts {
			w.t.Errorf("%s, %s: the units come to %+v, the nation to %+v", what, a.Directory.Nation, sum, a.Counts)
		}
	}
	return may
}

// sameRows holds what is said of single entries to the check of each, and that the filter by class leaves out nobody who may.
func (w *world) sameRows(what string, s *federation.Screen, want oneByOne) {
	w.t.Helper()
	classes, err := s.Classes(w.t.Context())
	must(w.t, err)
	filtered := map[ldapbook.Ref]bool{}
	for offset, more := 0, true; more; offset += ldapbook.MaxLimit {
		found, err := w.book.Search(w.t.Context(), ldapbook.Query{Classes: classes, Offset: offset, Limit: ldapbook.MaxLimit})
		must(w.t, err)
		for _, e := range found {
			filtered[ldapbook.Ref{Directory: e.Directory, UUID: e.UUID}] = true
			if e.Disabled {
				w.t.Errorf("%s: the filter by class has %s, who is not in use", what, e.DN)
			}
		}
		more = len(found) == ldapbook.MaxLimit
	}
	for _, e := range w.everyPerson() {
		ref := ldapbook.Ref{Directory: e.Directory, UUID: e.UUID}
		one, ok := want.alone[ref]
		if !ok {
			continue
		}
		got := count(s.Judge(e).Outcome, presend.Cleared)
		one.NoRoute, one.May, one.Withdrawn = 0, one.Cleared, 0
		if got != one {
			w.t.Errorf("%s, %s:\n got %+v\nwant %+v", what, e.DN, got, one)
		}
		if want.alone[ref].May > 0 && !filtered[ref] {
			w.t.Errorf("%s: the filter by class leaves out %s, who may receive it", what, e.DN)
		}
	}
}

// drawPeople fills a world at random.
func drawPeople(w *world, rnd *rand.Rand, perNation int) {
	w.t.Helper()
	classes := []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}
	for _, code := range codes {
		var entries []ldaptest.Entry
		for i := range perNation {
			uid := fmt.Sprintf("p%d", i)
			held := classes[rnd.IntN(4)] + "; Context=MROD"
			if rnd.IntN(3) == 0 {
				held += "; Special Category Designators=ATOMAL"
			}
			if rnd.IntN(3) == 0 {
				held += "; Only=" + codes[rnd.IntN(3)]
			}
			more := []ldaptest.Attr{attr("ou", []string{"1 Brigade", "1 BRIGADE", "Staff"}[rnd.IntN(3)])}
			if rnd.IntN(2) == 0 {
				more = append(more, attr("jid", uid+"@xmpp."+strings.ToLower(code)+".example"))
			}
			switch rnd.IntN(10) {
			case 0:
				held = ""
			case 1:
				more = append(more, attr("mail", "shared"+fmt.Sprint(rnd.IntN(2))+"@"+strings.ToLower(code)+".example", mail(uid, code)))
			case 2:
				more = append(more, attr("mail", mail(uid, codes[rnd.IntN(3)])))
			case 3:
				more = append(more, attr("mail", uid+"@nowhere.example"))
			}
			more = append(more, drawActivity(w, rnd)...)
			p := person(code, uid, held, more...)
			switch rnd.IntN(12) {
			case 0:
				p.Attrs = append(p.Attrs, attr("confidentialityClearance", "<broken/>"))
			case 1:
				p.Attrs = append(p.Attrs, attr("confidentialityClearance", clearance(restricted)))
			}
			entries = append(entries, p)
		}
		entries = append(entries,
			list(code, "everybody", dn("p0", code), dn("p1", code)),
			entry("groupOfNames", "shared-list", code, "", attr("member", dn("p0", code)), attr("mail", "shared0@"+strings.ToLower(code)+".example")),
			entry("organizationalRole", "duty", code, secret, attr("roleOccupant", dn("p2", code))), entry("room", "ops", code, secret))
		w.add(code, entries...)
	}
}

// drawActivity draws whether somebody is in use: disabled, ended, ending later, or nothing of it.
func drawActivity(w *world, rnd *rand.Rand) []ldaptest.Attr {
	end := func(in time.Duration) ldaptest.Attr {
		return attr("endDate", w.now().Add(in).UTC().Format("20060102150405Z"))
	}
	switch rnd.IntN(8) {
	case 0:
		return []ldaptest.Attr{attr("active", "FALSE")}
	case 1:
		return []ldaptest.Attr{end(-time.Hour)}
	case 2:
		return []ldaptest.Attr{end(30 * 24 * time.Hour)}
	case 3:
		return []ldaptest.Attr{attr("active", "TRUE"), end(time.Hour)}
	case 4:
		return []ldaptest.Attr{attr("active", "FALSE"), end(-time.Hour)}
	}
	return nil
}

// RULES 13: of a copy that is too old a cleared is stale, but for those who were read singly since.
func TestRule13WhoMayReceiveFromAnOldCopy(t *testing.T) {
	w := start(t, setup{check: `drafting_age = "12h"`})
	drawPeople(w, rand.New(rand.NewPCG(7, 7)), 20)
	w.sync()
	w.ahead.Store(int64(13 * time.Hour))
	w.sync("GBR") // the entries are read now, by a clock that goes right: thirteen hours ago for the program
	if n := w.sameAsOneByOne("all old", draft.Mail, chosen(restricted)); n != 0 {
		t.Errorf("%d may receive from copies that are too old", n)
	}
	w.ahead.Store(0)
	w.age(13 * time.Hour)
	w.sync("GBR")
	refs := []ldapbook.Ref{}
	for _, e := range w.everyPerson() {
		if e.Nation == "UKR" && len(refs) < 5 {
			refs = append(refs, ldapbook.Ref{Directory: e.Directory, UUID: e.UUID})
		}
	}
	_, faults, err := w.fed.Reread(t.Context(), refs, 0)
	must(t, err)
	if faults["UKR"] != "" {
		t.Fatal(faults)
	}
	if n := w.sameAsOneByOne("some fresh", draft.Mail, chosen("UNCLASSIFIED; Context=MROD")); n == 0 {
		t.Error("those who were read singly don't count")
	}
}

// RULES 8: who had a clearance and has none any more may not receive it, and is counted so; who never had one is unknown. What the
// book forgot, caveat.db remembers of those whom a check met.
func TestRule08WhoMayReceiveCountsTheWithdrawn(t *testing.T) {
	w := start(t, setup{})
	shared := attr("mail", "both@ukr.example", mail("other", "UKR"))
	w.add("UKR", person("UKR", "kept", secret), person("UKR", "lost", secret), person("UKR", "lost2", secret), person("UKR", "never", none),
		person("UKR", "one", secret, shared), person("UKR", "two", secret, shared))
	w.sync()
	w.sameAsOneByOne("before", draft.Mail, chosen(secret)) // a check meets them all
	for _, uid := range []string{"lost", "lost2", "one"} {
		gone["clearance"](w, "UKR", uid)
	}
	w.sync()
	counts := func() federation.Counts {
		s, err := w.fed.NewScreen(t.Context(), draft.Mail, "", chosen(secret))
		must(t, err)
		all, err := s.Audience(t.Context(), "UKR")
		must(t, err)
		return all[0].Counts
	}
	w.sameAsOneByOne("withdrawn", draft.Mail, chosen(secret))
	want := federation.Counts{People: 6, May: 1, Cleared: 1, NotCleared: 4, Withdrawn: 4, Unknown: 1, Shared: 2}
	if got := counts(); got != want {
		t.Errorf("by tombstones:\n got %+v\nwant %+v", got, want)
	}
	w.deleteBook()
	w.sync()
	w.sameAsOneByOne("remembered", draft.Mail, chosen(secret))
	if got := counts(); got != want {
		t.Errorf("by what checks met:\n got %+v\nwant %+v", got, want)
	}
	must(t, w.nations["UKR"].Replace(dn("lost", "UKR"), "confidentialityClearance", clearance(secret)))
	w.sync()
	if got := counts(); got.Withdrawn != 3 || got.May != 2 {
		t.Errorf("one is back: %+v", got)
	}
}

// Too many to be looked at one by one: they count as stale, and it is said of how many that is so.
func TestRule13AnOldCopyWithTooManySaysSo(t *testing.T) {
	most := federation.SetMaxSingle(3)
	t.Cleanup(func() { federation.SetMaxSingle(most) })
	w := start(t, setup{check: `drafting_age = "12h"`})
	for i := range 5 {
		w.add("UKR", person("UKR", fmt.Sprint("p", i), secret))
	}
	w.add("AUS", person("AUS", "p", secret))
	w.sync()
	w.age(13 * time.Hour)
	s, err := w.fed.NewScreen(t.Context(), draft.Mail, "", chosen(restricted))
	must(t, err)
	all, err := s.Audience(t.Context(), "")
	must(t, err)
	for _, a := range all {
		if a.Directory.Name == "UKR" && (a.Unseen != 5 || a.Stale != 5) || a.Directory.Name == "AUS" && a.Unseen != 0 {
			t.Errorf("%s: %d unseen of %+v", a.Directory.Name, a.Unseen, a.Counts)
		}
	}
}

// RULES 23: who is disabled or has ended may not receive it, and who ends later may until then: none is counted by what he holds alone.
func TestRule23WhoMayReceiveLeavesOutWhoIsNotInUse(t *testing.T) {
	end := func(in time.Duration) ldaptest.Attr {
		return attr("endDate", time.Now().Add(in).UTC().Format("20060102150405Z"))
	}
	w := start(t, setup{})
	w.add("UKR", person("UKR", "used", secret), person("UKR", "disabled", secret, attr("active", "FALSE")), person("UKR", "ended", secret, end(-time.Hour)),
		person("UKR", "later", secret, end(time.Hour)), person("UKR", "nothing", none, end(-time.Hour)), person("UKR", "low", restricted, end(time.Hour)), person("UKR", "gone", secret, end(time.Hour)))
	w.sync()
	gone["clearance"](w, "UKR", "gone") // of the class of nothing, and corrected once
	w.sync()
	audience := func() federation.Audience {
		s, err := w.fed.NewScreen(t.Context(), draft.Mail, "", chosen(secret))
		must(t, err)
		all, err := s.Audience(t.Context(), "UKR")
		must(t, err)
		if len(all[0].Units) != 1 || all[0].Units[0].Counts != all[0].Counts {
			t.Errorf("by unit %+v, in all %+v", all[0].Units, all[0].Counts)
		}
		return all[0]
	}
	want := func(name string, want federation.Counts, unseen int) {
		t.Helper()
		if got := audience(); got.Counts != want || got.Unseen != unseen {
			t.Errorf("%s: %d unseen\n got %+v\nwant %+v", name, got.Unseen, got.Counts, want)
		}
	}
	want("now", federation.Counts{People: 7, May: 2, Cleared: 2, NotCleared: 5, Withdrawn: 1}, 0)
	w.sameAsOneByOne("now", draft.Mail, chosen(secret))
	w.ahead.Store(int64(2 * time.Hour))
	want("when one more has ended", federation.Counts{People: 7, May: 1, Cleared: 1, NotCleared: 6, Withdrawn: 1}, 0)
	w.sameAsOneByOne("two hours later", draft.Mail, chosen(secret))
	w.ahead.Store(0)
	most := federation.SetMaxSingle(2)
	t.Cleanup(func() { federation.SetMaxSingle(most) })
	// Too many to be looked at: none of those who have an end may, and it is said of how many that is so.
	want("too many", federation.Counts{People: 7, May: 1, Cleared: 1, Stale: 2, NotCleared: 3, Withdrawn: 1, Unknown: 1}, 2)
}

func TestRule10AnInvalidLabelIsNoQuestion(t *testing.T) {
	w := start(t, setup{})
	w.sync()
	for name, l := range map[string]draft.Label{"above system high": chosen("SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=GBR"), "no context": {Selection: &label.Selection{Policy: "NATO", Classification: "SECRET"}}} {
		s, err := w.fed.NewScreen(t.Context(), draft.Mail, "", l)
		must(t, err)
		valid := name == "above system high" // this installation holds it all
		if s.Label().Valid != valid {
			t.Errorf("%s: %+v", name, s.Label())
		}
	}
	if _, err := w.fed.NewScreen(t.Context(), draft.Mail, "", draft.Label{}); err == nil {
		t.Error("no label at all is judged")
	}
	if _, err := w.fed.NewScreen(t.Context(), "pigeon", "", chosen(secret)); err == nil {
		t.Error("a channel that is none is judged")
	}
}
