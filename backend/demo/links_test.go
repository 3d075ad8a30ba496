package demo_test

import (
	"strings"
	"testing"

	"caveat/backend/demo"
)

func TestSidesOfTheLinksAgree(t *testing.T) {
	if got := demo.SidesDiffer(); len(got) > 0 {
		t.Error(got)
	}
}

// Each server judges by itself what its peer hands in, as if that one had checked nothing.
func TestEachServerJudges(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	mission := "Context=MROD"
	for _, x := range []struct {
		name, from, at, to string
		class              string
		tags               []string
		want               string // refusals as server:rule, in order; none: delivered
	}{
		{"within the link", "GBR", "UKR", demo.UKRCleared, "SECRET", []string{mission}, ""},
		{"within the link of DEU", "GBR", "DEU", demo.DEUCleared, "RESTRICTED", []string{mission}, ""},
		{"to GBR", "UKR", "GBR", demo.GBRCleared, "SECRET", []string{mission, "Only=GBR"}, ""},
		{"above the link, the recipient being cleared", "GBR", "DEU", demo.DEUCleared, "CONFIDENTIAL", []string{mission}, "DEU:link"},
		{"UK ONLY to one who wrongly holds GBR", "GBR", "AUS", demo.AUSWrongGBR, "SECRET", []string{mission, "Only=GBR"}, "AUS:link"},
		{"UK ONLY to UKR", "GBR", "UKR", demo.UKRCleared, "SECRET", []string{mission, "Only=GBR"}, "UKR:link UKR:recipient"},
		{"UKRAINE ONLY to GBR", "UKR", "GBR", demo.GBRCleared, "SECRET", []string{mission, "Only=UKR"}, "GBR:link GBR:recipient"},
		{"CONFIDENTIAL from DEU", "DEU", "GBR", demo.GBRCleared, "CONFIDENTIAL", []string{mission}, "GBR:link"},
		{"no clearance", "GBR", "UKR", demo.UKRNone, "RESTRICTED", []string{mission}, "UKR:recipient"},
		{"member without a clearance", "GBR", "AUS", demo.Address("AUS", demo.ListOneBad), "RESTRICTED", []string{mission}, "AUS:recipient"},
		{"invalid label", "GBR", "UKR", demo.UKRCleared, "SECRET", nil, "UKR:label"},
		{"unknown address", "GBR", "UKR", "nobody@ukr.example", "SECRET", []string{mission}, "UKR:unknown-address"},
		{"of another nation", "GBR", "UKR", demo.AUSCleared, "SECRET", []string{mission}, "UKR:unknown-address"},
		{"of another nation at GBR", "UKR", "GBR", demo.AUSCleared, "SECRET", []string{mission}, "GBR:unknown-address"},
	} {
		t.Run(x.name, func(t *testing.T) {
			earlier, before := len(rules(f)), len(deliveries(t, f, x.at))
			code, line := asPeer(t, f, dir, x.from, x.at).send(text(t, []string{x.to}, x.class, x.tags...), x.to)
			if got := strings.TrimSpace(rules(f)[earlier:]); got != x.want {
				t.Errorf("refusals %s, want %s (%s)", got, x.want, line)
			}
			want, enhanced, n := 250, "2.0.0", 1
			if x.want != "" {
				want, enhanced, n = 550, "5.7.1", 0
			}
			if strings.HasSuffix(x.want, demo.RuleUnknown) {
				enhanced = "5.1.1"
			}
			if code != want || !strings.Contains(line, enhanced) {
				t.Errorf("reply %s", line)
			}
			if d := len(deliveries(t, f, x.at)) - before; d != n {
				t.Errorf("%d deliveries, want %d", d, n)
			}
		})
	}
}

// Who is not a peer gets no message in, whether it shows no secret, another one's, or the user's password.
func TestNotAPeer(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	body := text(t, []string{demo.UKRCleared}, "SECRET", "Context=MROD")
	c := dial(t, f, dir, "UKR")
	for user, password := range map[string]string{"GBR": f.PeerSecret("GBR", "AUS"), "AUS": f.PeerSecret("AUS", "GBR"), "UKR": ""} {
		if code, line := c.auth(user, password); code != 535 {
			t.Errorf("%s: %s", user, line)
		}
	}
	if code, line := c.login(dir); code != 535 {
		t.Errorf("the user at UKR: %s", line)
	}
	if code, line := c.send(body, demo.UKRCleared); code != 550 || !strings.Contains(line, "5.7.1") {
		t.Error(line)
	}
	if got := rules(f); got != "UKR:submission" {
		t.Error(got)
	}
	c = dial(t, f, dir, "GBR")
	if code, line := c.auth("UKR", f.PeerSecret("GBR", "UKR")); code != 535 {
		t.Errorf("the secret of the other direction: %s", line)
	}
	if code, line := c.send(body, demo.UKRCleared); code != 530 {
		t.Error(line)
	}
	counts(t, f, "GBR 0 UKR 0 AUS 0 DEU 0")
}
