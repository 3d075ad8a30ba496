package demo_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// everywhere is a message for three nations, and who gets it.
func everywhere(t *testing.T) (body []byte, to []string) {
	to = []string{demo.GBRCleared, demo.UKRCleared, demo.AUSCleared}
	return text(t, to, "SECRET", "Context=MROD"), to
}

// submit hands a message in as the user does.
func submit(t *testing.T, f *demo.Federation, dir string, body []byte, to ...string) (int, string) {
	t.Helper()
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	return c.send(body, to...)
}

func counts(t *testing.T, f *demo.Federation, want string) {
	t.Helper()
	got := ""
	for _, code := range demo.Codes {
		got += fmt.Sprintf("%s %d ", code, len(deliveries(t, f, code)))
	}
	if strings.TrimSpace(got) != want {
		t.Errorf("deliveries %s, want %s", got, want)
	}
}

func rules(f *demo.Federation) string {
	var out []string
	for _, r := range f.Refusals() {
		out = append(out, r.Server+":"+r.Rule)
	}
	return strings.Join(out, " ")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A partner that is down: nobody gets the message; when it is up again, everybody does, once.
func TestPartnerDown(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	body, to := everywhere(t)
	must(t, f.StopMail("AUS"))
	code, line := submit(t, f, dir, body, to...)
	if code != 451 || !strings.Contains(line, "4.4.1") || !strings.Contains(line, "AUS") {
		t.Error(line)
	}
	counts(t, f, "GBR 0 UKR 0 AUS 0 DEU 0")
	must(t, f.StartMail("AUS"))
	for range 2 { // the second as if the reply had been lost
		if code, line := submit(t, f, dir, body, to...); code != 250 {
			t.Error(line)
		}
	}
	counts(t, f, "GBR 1 UKR 1 AUS 1 DEU 0")
	if got := rules(f); got != "" {
		t.Error(got)
	}
}

// A partner that fails when another has taken the message already: after a restart of everything that other one still knows.
func TestRetryDeliversOnce(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	body, to := everywhere(t)
	must(t, os.Remove(f.MailDir("AUS")))
	must(t, os.WriteFile(f.MailDir("AUS"), nil, 0o600)) // so that nothing can be stored there
	code, line := submit(t, f, dir, body, to...)
	if code != 451 || !strings.Contains(line, "AUS does not take it now, after UKR had taken") {
		t.Error(line)
	}
	must(t, os.Remove(f.MailDir("AUS")))
	must(t, os.Mkdir(f.MailDir("AUS"), 0o700))
	counts(t, f, "GBR 0 UKR 1 AUS 0 DEU 0")
	must(t, f.Close())
	f = startDemo(t, demo.Config{Dir: dir})
	to = append(to, demo.UKRNoATOMAL) // who did not get it the first time
	if code, line := submit(t, f, dir, body, to...); code != 250 {
		t.Error(line)
	}
	counts(t, f, "GBR 1 UKR 2 AUS 1 DEU 0")
	if got := deliveries(t, f, "UKR")["000002.eml"]; strings.Contains(got, "Delivered-To: "+demo.UKRCleared) || !strings.Contains(got, "Delivered-To: "+demo.UKRNoATOMAL) {
		t.Error(got)
	}
	// Another message under the same name is another message.
	if code, line := submit(t, f, dir, append(body, "P.S.\r\n"...), to...); code != 250 {
		t.Error(line)
	}
	counts(t, f, "GBR 2 UKR 3 AUS 2 DEU 0")
	if got := rules(f); got != "" {
		t.Error(got)
	}
}

// A clearance that is withdrawn after the program checked: the nation's own server sees it.
func TestPartnerRefuses(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	body, to := everywhere(t)
	must(t, f.ReplaceClearance("AUS", demo.AUSCleared))
	code, line := submit(t, f, dir, body, to...)
	if code != 550 || !strings.Contains(line, "5.7.1 The mail server of AUS refused, after UKR had taken the message: 550 5.7.1 "+demo.AUSCleared) {
		t.Error(line)
	}
	counts(t, f, "GBR 0 UKR 1 AUS 0 DEU 0")
	must(t, f.ReplaceClearance("UKR", demo.UKRCleared))
	body, to = everywhere(t)
	code, line = submit(t, f, dir, body, to...)
	if code != 550 || !strings.Contains(line, "UKR refused: 550 5.7.1 "+demo.UKRCleared) {
		t.Error(line)
	}
	counts(t, f, "GBR 0 UKR 1 AUS 0 DEU 0")
	must(t, f.Remove("AUS", demo.AUSCleared))
	body, to = everywhere(t)
	code, line = submit(t, f, dir, body, to...)
	if code != 550 || !strings.Contains(line, "AUS refused: 550 5.1.1 "+demo.AUSCleared) {
		t.Error(line)
	}
	counts(t, f, "GBR 0 UKR 1 AUS 0 DEU 0")
	if got := rules(f); got != "AUS:recipient UKR:recipient AUS:unknown-address" {
		t.Error(got)
	}
	if written, err := os.ReadFile(filepath.Join(dir, "demo", "refused.jsonl")); err != nil || strings.Count(string(written), "\n") != 3 {
		t.Errorf("%s, %v", written, err)
	}
}

// instead listens where a nation's server was.
func instead(t *testing.T, f *demo.Federation, nation string) net.Listener {
	t.Helper()
	must(t, f.StopMail(nation))
	l, err := net.Listen("tcp", nationAt(t, f, nation).SMTP)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// Somebody else in a partner's place gets nothing, and one who says nothing does not hold the relay up for long.
func TestPartnerIsAnother(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	f.SetPatience(2 * time.Second)
	body, to := everywhere(t)
	tried := false
	s := mailtest.Start(instead(t, f, "UKR"), mailtest.Config{
		TLS:  ldaptest.NewCA("Another CA").ServerTLS(),
		Auth: func(string, string) bool { tried = true; return true },
	})
	t.Cleanup(func() { s.Close() })
	if code, line := submit(t, f, dir, body, to...); code != 451 || !strings.Contains(line, "UKR does not answer") {
		t.Error(line)
	}
	must(t, s.Close())
	if tried {
		t.Error("the secret was given to a server with a certificate of another CA")
	}
	instead(t, f, "AUS")
	must(t, f.StartMail("UKR"))
	began := time.Now()
	if code, line := submit(t, f, dir, body, to...); code != 451 || !strings.Contains(line, "AUS does not answer") {
		t.Error(line)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("took %v", took)
	}
	counts(t, f, "GBR 0 UKR 0 AUS 0 DEU 0")
	if got := rules(f); got != "" {
		t.Error(got)
	}
}

// Close ends a relay that waits for a partner.
func TestCloseEndsARelay(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	f.SetPatience(10 * time.Minute)
	l := instead(t, f, "UKR")
	body, to := everywhere(t)
	c := dial(t, f, dir, "GBR")
	c.login(dir)
	c.say("MAIL FROM:<" + demo.UserAddress + ">")
	c.say("RCPT TO:<" + to[1] + ">")
	c.say("DATA")
	if _, err := fmt.Fprintf(c.conn, "%s.\r\n", strings.ReplaceAll(string(body), "\r\n.", "\r\n..")); err != nil {
		t.Fatal(err)
	}
	must(t, l.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute)))
	conn, err := l.Accept()
	must(t, err)
	defer conn.Close()
	began := time.Now()
	must(t, f.Close())
	if took := time.Since(began); took > time.Minute {
		t.Errorf("took %v", took)
	}
	counts(t, f, "GBR 0 UKR 0 AUS 0 DEU 0")
}
