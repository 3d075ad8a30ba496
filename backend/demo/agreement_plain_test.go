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
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/backend/store"
	"caveat/ldapbook"
)

// The program's check, which knows the nations by LDAP only, and the mail servers, which look at their own data, must agree
// about every special address: a check that lets something pass would show as a refusal.
func TestServersAgreeWithTheCheck(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	fed := joined(t, f, dir)
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	cleared, refused := 0, 0
	for _, tags := range []string{
		"UNCLASSIFIED;Context=MROD", "RESTRICTED;Context=MROD", "SECRET;Context=MROD", "SECRET;Context=MROD;Special Category Designators=ATOMAL",
		"SECRET;Context=MROD;Only=GBR", "RESTRICTED;Context=MROD;Releasable To=GBR,UKR,DEU",
	} {
		parts := strings.Split(tags, ";")
		sel := selection(parts[0], parts[1:]...)
		d := draft.Draft{Channel: draft.Mail, Subject: "x", Body: "x", Label: draft.Label{Selection: &sel}}
		for _, s := range demo.Specials() {
			if s.Kind != "room" {
				d.Action = append(d.Action, s.Address)
			}
		}
		result, err := presend.Check(context.Background(), presend.Input{
			Draft: d, Site: fed.Installation().Site, Rules: fed.Rules(), Directory: fed, Routes: fed, Now: time.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
		report := result.Report()
		for i, address := range d.Action {
			row := report.Recipients[i]
			sendable := report.Originator.Outcome == presend.Cleared && row.Verdict.Outcome == presend.Cleared && row.Link.Outcome == presend.Cleared
			code, line := c.send(text(t, []string{address}, parts[0], parts[1:]...), address)
			if sendable != (code == 250) || row.Address != address {
				t.Errorf("%s to %s: the check says %s, by link %s; the server %s", tags, address, row.Verdict.Outcome, row.Link.Outcome, line)
			}
			if code == 250 {
				cleared++
			} else {
				refused++
			}
		}
	}
	if cleared < 50 || refused < 100 {
		t.Errorf("%d cleared, %d refused: the world is not mixed as it should be", cleared, refused)
	}
}

// joined is the program's view of the demonstration, after a first sync.
func joined(t *testing.T, f *demo.Federation, dir string) *federation.Federation {
	t.Helper()
	ctx := context.Background()
	in, err := installation.Load(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	book := openBook(t)
	fed := federation.New(federation.Config{Installation: in, Secrets: installation.NewAgeFile(dir), Book: book, Store: s, User: "somebody"})
	t.Cleanup(func() {
		fed.Close()
		s.Close()
	})
	for _, d := range in.Directories {
		src, err := fed.Source(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := book.Sync(ctx, src, func(ldapbook.SyncProgress) {}); err != nil {
			t.Fatal(err)
		}
	}
	return fed
}

// Another address of the same person is a way forward that the mail server of that nation takes, too.
func TestRule06LinkedByDNIsAWayForward(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	fed := joined(t, f, dir)
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	sel := selection("SECRET", "Context=MROD")
	d := draft.Draft{Channel: draft.Mail, Subject: "x", Body: "x", Action: []string{demo.UKRNoContext, demo.UKRCleared}, Label: draft.Label{Selection: &sel}}
	check := func(d draft.Draft) presend.Report {
		t.Helper()
		r, err := presend.Check(context.Background(), presend.Input{
			Draft: d, Site: fed.Installation().Site, Rules: fed.Rules(), Directory: fed, Routes: fed, Alternatives: fed, Now: time.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
		return r.Report()
	}
	before := check(d)
	i := slices.IndexFunc(before.Fixes, func(x presend.Fix) bool { return x.Kind == presend.FixAddress })
	if before.Sendable || i < 0 {
		t.Fatalf("no other address is proposed: %+v", before.Fixes)
	}
	applied, err := presend.Apply(d, before.Fixes[i])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(applied.Action, []string{demo.UKRMission, demo.UKRCleared}) || !check(applied).Sendable {
		t.Errorf("applied: %v", applied.Action)
	}
	if code, line := c.send(text(t, applied.Action, "SECRET", "Context=MROD"), applied.Action...); code != 250 {
		t.Errorf("the server: %s", line)
	}
}
