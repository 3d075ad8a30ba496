package demo_test

import (
	"regexp"
	"strings"
	"testing"

	"caveat/backend/demo"
)

func TestMail(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	c := dial(t, f, dir, "GBR")
	if code, line := c.say("MAIL FROM:<" + demo.UserAddress + ">"); code != 530 {
		t.Fatalf("before AUTH: %s", line)
	}
	if code, line := c.login(dir); code != 235 {
		t.Fatal(line)
	}
	mission := "Context=MROD"
	own := func(nation, local string) string { return demo.Address(nation, local) }
	for _, x := range []struct {
		name  string
		to    []string
		class string
		tags  []string
		// refusals as server:rule, in order; none: delivered.
		want []string
	}{
		{"own nation", []string{demo.GBRCleared}, "SECRET", []string{mission}, nil},
		{"case of an address", []string{"Olena.Kovalchuk@UKR.example"}, "SECRET", []string{mission}, nil},
		{"two nations", []string{demo.UKRCleared, demo.AUSCleared}, "SECRET", []string{mission, "Special Category Designators=ATOMAL"}, nil},
		{"role", []string{own("AUS", demo.RoleWatchKeeper), own("UKR", demo.RoleG2)}, "SECRET", []string{mission}, nil},
		{"lists", []string{own("UKR", demo.ListCleared), own("AUS", demo.ListNested), own("GBR", demo.ListCycle)}, "SECRET", []string{mission}, nil},
		{"list with a clearance of its own, within it", []string{own("UKR", demo.ListOwn)}, "RESTRICTED", []string{mission}, nil},
		{"DEU below its ceiling", []string{demo.DEUCleared}, "RESTRICTED", []string{mission}, nil},
		{"released to the destination", []string{demo.AUSCleared}, "SECRET", []string{mission, "Releasable To=GBR,AUS"}, nil},

		{"no clearance", []string{demo.UKRNone}, "RESTRICTED", []string{mission}, []string{"UKR:recipient"}},
		{"unreadable clearance", []string{demo.AUSUnreadable}, "RESTRICTED", []string{mission}, []string{"AUS:recipient"}},
		{"other policy", []string{demo.GBROtherPolicy}, "UNCLASSIFIED", []string{mission}, []string{"GBR:recipient"}},
		{"two values", []string{demo.UKRTwoValues}, "RESTRICTED", []string{mission}, []string{"UKR:recipient"}},
		{"without ATOMAL", []string{demo.UKRNoATOMAL}, "SECRET", []string{mission, "Special Category Designators=ATOMAL"}, []string{"UKR:recipient"}},
		{"without the mission", []string{demo.UKRNoContext}, "RESTRICTED", []string{mission}, []string{"UKR:recipient"}},
		{"one of two", []string{demo.UKRCleared, demo.UKRRestricted}, "SECRET", []string{mission}, []string{"UKR:recipient"}},
		{"above the link", []string{demo.DEUCleared}, "CONFIDENTIAL", []string{mission}, []string{"GBR:link"}},
		{"UK ONLY to one who wrongly holds GBR", []string{demo.AUSWrongGBR}, "SECRET", []string{mission, "Only=GBR"}, []string{"GBR:link"}},
		{"UK ONLY to AUS", []string{demo.AUSCleared}, "SECRET", []string{mission, "Only=GBR"}, []string{"GBR:link"}},
		{"UKRAINE ONLY by a GBR officer", []string{demo.UKRCleared}, "SECRET", []string{mission, "Only=UKR"}, []string{"GBR:originator"}},
		{"above the sender", []string{demo.GBRCleared}, "TOP SECRET", []string{mission}, []string{"GBR:originator", "GBR:link", "GBR:recipient"}},
		{"role without a clearance", []string{own("GBR", demo.RoleNoClearance)}, "RESTRICTED", []string{mission}, []string{"GBR:recipient"}},
		{"occupant without a clearance", []string{own("UKR", demo.RoleBadOccupant)}, "RESTRICTED", []string{mission}, []string{"UKR:recipient"}},
		{"member without a clearance", []string{own("AUS", demo.ListOneBad)}, "RESTRICTED", []string{mission}, []string{"AUS:recipient"}},
		{"third level", []string{own("UKR", demo.ListNestedBad)}, "SECRET", []string{mission}, []string{"UKR:recipient"}},
		{"missing member", []string{own("UKR", demo.ListDangling)}, "RESTRICTED", []string{mission}, []string{"UKR:recipient"}},
		{"list above its own clearance", []string{own("UKR", demo.ListOwn)}, "SECRET", []string{mission}, []string{"UKR:recipient"}},
		{"invalid label", []string{demo.GBRCleared}, "SECRET", nil, []string{"GBR:label"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			before := len(f.Refusals())
			count := map[string]int{}
			for _, code := range demo.Codes {
				count[code] = len(deliveries(t, f, code))
			}
			body := text(t, x.to, x.class, x.tags...)
			code, line := c.send(body, x.to...)
			var got []string
			for _, r := range f.Refusals()[before:] {
				got = append(got, r.Server+":"+r.Rule)
			}
			if strings.Join(got, " ") != strings.Join(x.want, " ") {
				t.Errorf("refusals %v, want %v (%s)", got, x.want, line)
			}
			if (code == 250) != (len(x.want) == 0) {
				t.Errorf("reply %s", line)
			}
			for _, nation := range demo.Codes {
				n := 0
				for _, a := range x.to {
					if len(x.want) == 0 && strings.HasSuffix(strings.ToLower(a), strings.ToLower(nation)+".example") {
						n = 1
					}
				}
				if d := len(deliveries(t, f, nation)) - count[nation]; d != n {
					t.Errorf("%s: %d deliveries, want %d", nation, d, n)
				}
			}
		})
	}
}

func TestDeliveredBytes(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	to := []string{demo.UKRCleared, demo.UKRNoATOMAL, demo.AUSCleared}
	body := text(t, to, "SECRET", "Context=MROD")
	if code, line := c.send(body, to...); code != 250 {
		t.Fatal(line)
	}
	want := "Return-Path: <" + demo.UserAddress + ">\r\nDelivered-To: " + demo.UKRCleared + "\r\nDelivered-To: " + demo.UKRNoATOMAL + "\r\n" +
		"Received: from mail.gbr.example by mail.ukr.example with ESMTPSA;\r\n\t*\r\n" +
		"Received: from localhost by mail.gbr.example with ESMTPSA;\r\n\t*\r\n" + string(body)
	got := regexp.MustCompile(`ESMTPSA;\r\n\t.*\r\n`).ReplaceAllString(deliveries(t, f, "UKR")["000001.eml"], "ESMTPSA;\r\n\t*\r\n")
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := deliveries(t, f, "AUS"); len(got) != 1 || !strings.Contains(got["000001.eml"], "Delivered-To: "+demo.AUSCleared+"\r\n") {
		t.Errorf("AUS: %q", got)
	}
}

func TestMailRefusedBeforeTheMessage(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	body := text(t, []string{demo.UKRCleared}, "SECRET", "Context=MROD")
	for to, enhanced := range map[string]string{
		"nobody@ukr.example": "5.1.1", "someone@fra.example": "5.1.2",
		demo.RoomJID("GBR", demo.RoomOperations): "5.1.2", // a room has no mail address
	} {
		if code, line := c.send(body, to); code != 550 || !strings.Contains(line, enhanced) {
			t.Errorf("%s: %s", to, line)
		}
	}
	unlabelled := []byte("From: " + demo.UserAddress + "\r\nSubject: x\r\n\r\ntext\r\n")
	if code, line := c.send(unlabelled, demo.GBRCleared); code != 550 || !strings.Contains(line, "5.7.1") {
		t.Errorf("unlabelled: %s", line)
	}
	// Going around the own nation's server is refused, and seen.
	before := len(f.Refusals())
	if code, line := dial(t, f, dir, "AUS").send(body, demo.AUSCleared); code != 550 {
		t.Errorf("at AUS: %s", line)
	}
	if r := f.Refusals()[before:]; len(r) != 1 || r[0].Rule != demo.RuleSubmission || r[0].Server != "AUS" {
		t.Errorf("%v", r)
	}
}

func TestMailFaults(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	send := func(to string) int {
		c := dial(t, f, dir, "GBR")
		c.login(dir)
		code, _ := c.send(text(t, []string{to}, "SECRET", "Context=MROD"), to)
		return code
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.StopMail("UKR"))
	if got := send(demo.UKRCleared); got != 451 {
		t.Errorf("while the server of UKR is down: %d", got)
	}
	must(f.StartMail("UKR"))
	must(f.StopMail("GBR"))
	must(f.StartMail("GBR"))
	if got := send(demo.UKRCleared); got != 250 {
		t.Errorf("after the restart: %d", got)
	}
	must(f.ReplaceClearance("UKR", demo.UKRCleared))
	if got := send(demo.UKRCleared); got != 550 {
		t.Errorf("after the clearance was withdrawn: %d", got)
	}
	dn, err := f.DN("UKR", demo.UKRNoATOMAL)
	must(err)
	must(f.Remove("UKR", dn))
	if got := send(demo.UKRNoATOMAL); got != 550 {
		t.Errorf("after the entry was removed: %d", got)
	}
}
