//go:build !race

package demo_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// In the demonstration too, what is counted by class is what the check says of each person alone.
func TestWhoMayReceiveInTheDemonstration(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	fed := joined(t, f, dir)
	people := everyPerson(t, fed)
	total := 0
	for _, tags := range []string{"UNCLASSIFIED;Context=MROD", "SECRET;Context=MROD", "SECRET;Context=MROD;Only=GBR", "RESTRICTED;Context=MROD;Releasable To=GBR,UKR,DEU"} {
		parts := strings.Split(tags, ";")
		sel := selection(parts[0], parts[1:]...)
		l := draft.Label{Selection: &sel}
		screen, err := fed.NewScreen(t.Context(), draft.Mail, "", l)
		if err != nil {
			t.Fatal(err)
		}
		all, err := screen.Audience(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		cleared, may := checked(t, fed, people, l)
		for _, a := range all {
			if n := a.Directory.Nation; a.Cleared != cleared[n] || a.May != may[n] {
				t.Errorf("%s, %s: %d cleared, %d may; one by one %d and %d", tags, n, a.Cleared, a.May, cleared[n], may[n])
			}
			total += a.May
		}
	}
	if total < 100 {
		t.Errorf("only %d may receive anything: the test shows nothing", total)
	}
}

func everyPerson(t *testing.T, fed *federation.Federation) []ldapbook.Entry {
	t.Helper()
	var all []ldapbook.Entry
	for {
		found, err := fed.Book().Search(t.Context(), ldapbook.Query{Kind: ldapbook.KindPerson, Offset: len(all), Limit: ldapbook.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, found...); len(found) < ldapbook.MaxLimit {
			return all
		}
	}
}

// checked counts by nation whose clearance the check finds to permit, and who may receive it.
func checked(t *testing.T, fed *federation.Federation, people []ldapbook.Entry, l draft.Label) (cleared, may map[string]int) {
	t.Helper()
	cleared, may = map[string]int{}, map[string]int{}
	for _, e := range people {
		if len(e.Mail) == 0 {
			continue
		}
		parties, err := fed.Resolve(t.Context(), draft.Mail, e.Mail[:1], presend.Freshness{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(parties[0].Entries, func(x presend.Entry) bool { return x.Directory == e.Directory && x.UUID == e.UUID }) {
			continue
		}
		r, err := presend.Check(context.Background(), presend.Input{
			Draft: draft.Draft{Channel: draft.Mail, Action: e.Mail[:1], Label: l}, Site: fed.Installation().Site, Rules: fed.Rules(),
			Directory: fed, Routes: fed, Now: time.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
		x := r.Report().Recipients[0]
		if x.Verdict.Outcome == presend.Cleared {
			cleared[e.Nation]++
			if x.Link.Outcome == presend.Cleared {
				may[e.Nation]++
			}
		}
	}
	return cleared, may
}
