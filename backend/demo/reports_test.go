package demo_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"caveat/backend/demo"
	"caveat/backend/imapbox"
	"caveat/backend/message"
)

// asking hands a message in as the user does, and asks for reports.
func asking(t *testing.T, f *demo.Federation, dir, id, notify string, body []byte, to ...string) {
	t.Helper()
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	say := func(line string) {
		t.Helper()
		if code, reply := c.say(line); code != 250 {
			t.Fatal(reply)
		}
	}
	say("MAIL FROM:<" + demo.UserAddress + "> ENVID=" + id)
	for _, a := range to {
		say("RCPT TO:<" + a + ">" + notify + " ORCPT=rfc822;" + strings.ToUpper(a))
	}
	if code, reply := c.say("DATA"); code != 354 {
		t.Fatal(reply)
	}
	say(strings.ReplaceAll("\r\n"+string(body), "\r\n.", "\r\n..")[2:] + ".")
}

// Reports come for what was asked: by whom it was, about which message and recipient, and what became of it. A failure is told where
// nothing was asked too; with NEVER nothing is.
func TestReports(t *testing.T) {
	for name, c := range map[string]struct {
		notify string
		want   []string
	}{
		"success": {" NOTIFY=SUCCESS", []string{
			"mail.aus.example delivered 2.0.0 " + demo.AUSCleared, "mail.gbr.example delivered 2.0.0 " + demo.GBRCleared,
		}},
		"failure":          {" NOTIFY=FAILURE,DELAY", []string{"mail.ukr.example failed 5.2.2 " + demo.UKRCleared}},
		"nothing was said": {"", []string{"mail.ukr.example failed 5.2.2 " + demo.UKRCleared}},
		"never":            {" NOTIFY=NEVER", nil},
		"both": {" NOTIFY=SUCCESS,FAILURE", []string{
			"mail.aus.example delivered 2.0.0 " + demo.AUSCleared, "mail.gbr.example delivered 2.0.0 " + demo.GBRCleared,
			"mail.ukr.example delivered 2.0.0 " + demo.UKRNoATOMAL, "mail.ukr.example failed 5.2.2 " + demo.UKRCleared,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			f := startDemo(t, demo.Config{Dir: dir, People: few})
			must(t, f.FillMailbox("UKR", demo.UKRCleared))
			to := []string{demo.GBRCleared, demo.UKRCleared, demo.AUSCleared}
			if name == "both" {
				to = append(to, demo.UKRNoATOMAL)
			}
			body := text(t, to, "SECRET", "Context=MROD")
			asking(t, f, dir, "ABC123", c.notify, body, to...)
			m := openBox(t, mailboxAccount(t, f, dir))
			got := map[string]bool{}
			for _, x := range listed(t, m, imapbox.State{}).New[9:] {
				data := fetched(t, m, x.UID)
				if bytes.Contains(data, []byte("Fuel state")) || bytes.Contains(data, []byte("SIO-Label")) {
					t.Errorf("the report repeats what was labelled:\n%s", data)
				}
				r, err := message.ReadReport(bytes.NewReader(data))
				must(t, err)
				if r.EnvelopeID != "ABC123" || !strings.Contains(string(body), "Message-ID: "+r.MessageID+"\r\n") {
					t.Errorf("%+v", r)
				}
				for _, x := range r.Recipients {
					if !strings.EqualFold(x.Original, x.Final) {
						t.Errorf("%+v", x)
					}
					got[fmt.Sprint(r.Reporter, " ", x.Action, " ", x.Status, " ", x.Final)] = true
				}
			}
			for _, w := range c.want {
				if !got[w] {
					t.Errorf("no report %q in %v", w, got)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			for _, mail := range deliveries(t, f, "UKR") {
				if strings.Contains(mail, "Delivered-To: "+demo.UKRCleared) {
					t.Error("delivered into a mailbox that is full")
				}
			}
		})
	}
}
