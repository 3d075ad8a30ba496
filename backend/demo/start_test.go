package demo_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/backend/label"
)

func TestInstallationLoads(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	in, err := installation.Load(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Directories) != 4 || len(in.Routes) != 12 || len(in.Warnings) != 0 || in.Managed {
		t.Errorf("%d directories, %d routes, warnings %v", len(in.Directories), len(in.Routes), in.Warnings)
	}
	for _, d := range in.Directories {
		if d.Mode != "mirror" || d.Security != "starttls" || d.Roots == nil {
			t.Errorf("%s: %s, %s", d.Name, d.Mode, d.Security)
		}
		if _, err := installation.NewAgeFile(dir).Secret(d.Secret); err != nil {
			t.Error(err)
		}
	}
	dn, err := f.DN("GBR", f.User())
	if id := in.File.Identities; err != nil || len(id) != 1 || id[0].DN != dn || id[0].Mail != f.User() || id[0].User != "*" {
		t.Errorf("identities %+v", id)
	}
	for _, name := range []string{"installation.toml", "secrets.age", "secrets.key", "demo/ca.key"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// The table is the demonstration's contract, written out.
func TestPeerClearances(t *testing.T) {
	in, err := installation.Load(startDemo(t, demo.Config{People: few}).InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	four := []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}
	both := []string{"ATOMAL", "BOHEMIA"}
	want := map[string]struct {
		classes, designators, nations []string
	}{
		"GBR": {four, both, []string{"GBR", "UKR", "AUS", "DEU"}},
		"UKR": {four, both, []string{"UKR"}},
		"AUS": {four, both, []string{"AUS"}},
		"DEU": {four[:2], nil, []string{"DEU"}},
	}
	values := func(c label.Clearance, set string) []string {
		for _, x := range c.Categories {
			if x.TagName == set {
				return x.Values
			}
		}
		return nil
	}
	for _, r := range in.Routes {
		if len(r.Clearances) != 1 || r.Own != (r.Nation == "GBR") {
			t.Fatalf("%s: %d links, own %v", r.Domain, len(r.Clearances), r.Own)
		}
		c, w := r.Clearances[0], want[r.Nation]
		got := [][]string{c.Classifications, values(c, "Context"), values(c, "Special Category Designators"), values(c, "Only"), values(c, "Releasable To")}
		if expect := [][]string{w.classes, {"MROD"}, w.designators, w.nations, w.nations}; !reflect.DeepEqual(got, expect) {
			t.Errorf("%s %s: got %v, want %v", r.Channel, r.Domain, got, expect)
		}
	}
}

func TestRestart(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few, Seed: 7})
	if _, err := demo.Start(context.Background(), demo.Config{Dir: dir}); !errors.Is(err, demo.ErrRunning) {
		t.Errorf("a second one beside it: %v", err)
	}
	read := func(name string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	ca, people, before := read("demo/ca.pem"), read("demo/people.json"), entries(t, f, dir, "UKR")
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	body := text(t, []string{demo.UKRCleared}, "SECRET", "Context=MROD")
	if code, line := c.send(body, demo.UKRCleared); code != 250 {
		t.Fatal(line)
	}
	began := time.Now()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("Close took %v", took)
	}
	f = startDemo(t, demo.Config{Dir: dir})
	if read("demo/ca.pem") != ca || read("demo/people.json") != people {
		t.Error("CA or people.json changed")
	}
	if !reflect.DeepEqual(before, entries(t, f, dir, "UKR")) {
		t.Error("the people changed")
	}
	c = dial(t, f, dir, "GBR")
	c.login(dir)
	for _, again := range [][]byte{body, text(t, []string{demo.UKRCleared}, "SECRET", "Context=MROD")} { // the first is there already
		if code, line := c.send(again, demo.UKRCleared); code != 250 {
			t.Fatal(line)
		}
	}
	if d := deliveries(t, f, "UKR"); len(d) != 2 || d["000002.eml"] == "" {
		t.Errorf("deliveries %v", d)
	}
}

func TestRefusesARealInstallation(t *testing.T) {
	for name, file := range map[string]string{"installation file": "installation.toml", "database": "caveat.db", "installation file beside a folder demo": "installation.toml"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, file), []byte("format = 1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			want := 1
			if strings.Contains(name, "folder") {
				want++
				if err := os.Mkdir(filepath.Join(dir, "demo"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := demo.Start(context.Background(), demo.Config{Dir: dir}); !errors.Is(err, demo.ErrNotDemo) {
				t.Errorf("%v", err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != want {
				t.Errorf("changed: %v, %v", left, err)
			}
		})
	}
	if _, err := demo.Start(context.Background(), demo.Config{Dir: t.TempDir(), People: 3}); !errors.Is(err, demo.ErrPeople) {
		t.Errorf("three people: %v", err)
	}
}

func TestSpecials(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	all := map[string][]string{}
	for _, code := range demo.Codes {
		for _, e := range entries(t, f, dir, code) {
			all[e.Address()] = e.Clearance
		}
	}
	for _, s := range demo.Specials() {
		if _, ok := all[s.Address]; !ok {
			t.Errorf("%s is missing", s.Address)
		}
	}
	for _, address := range []string{
		demo.UserAddress, demo.GBRCleared, demo.GBRRestricted, demo.GBRNone, demo.GBRUnreadable, demo.GBROtherPolicy, demo.GBRTwoValues,
		demo.UKRCleared, demo.UKRNoATOMAL, demo.UKRNoContext, demo.UKRMission, demo.UKRRestricted, demo.UKRNone, demo.UKRUnreadable, demo.UKROtherPolicy, demo.UKRTwoValues,
		demo.AUSCleared, demo.AUSWrongGBR, demo.AUSRestricted, demo.AUSNone, demo.AUSUnreadable, demo.AUSOtherPolicy, demo.AUSTwoValues,
		demo.DEUCleared, demo.DEURestricted, demo.DEUNone, demo.DEUUnreadable, demo.DEUOtherPolicy, demo.DEUTwoValues,
	} {
		held, ok := all[address]
		if !ok || !slices.ContainsFunc(demo.Specials(), func(s demo.Special) bool { return s.Address == address }) {
			t.Errorf("%s is missing", address)
			continue
		}
		values := 1
		switch address {
		case demo.GBRNone, demo.UKRNone, demo.AUSNone, demo.DEUNone:
			values = 0
		case demo.GBRTwoValues, demo.UKRTwoValues, demo.AUSTwoValues, demo.DEUTwoValues:
			values = 2
		}
		if len(held) != values {
			t.Errorf("%s publishes %d clearances, want %d", address, len(held), values)
		}
		for _, h := range held {
			_, err := label.ParseClearance([]byte(h))
			if unreadable := strings.Contains("gareth.penrose yuliia.savchuk dimitri.papadakis kaethe.moellers", strings.Split(address, "@")[0]); (err != nil) != unreadable {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}
