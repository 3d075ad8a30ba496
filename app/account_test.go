//go:build linux && integration

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/mailtest"
)

// TestIntegrationAccountByCertificate: an account of the installation file that logs in to Exim by its certificate, wants a report
// of success, and sends to nobody when somebody is refused; all through the program.
func TestIntegrationAccountByCertificate(t *testing.T) {
	e := embeddedWorld(t)
	cert, key, err := e.ca.Issue("drafter")
	if err != nil {
		t.Fatal(err)
	}
	serverCert, serverKey, err := e.ca.Issue("mail")
	if err != nil {
		t.Fatal(err)
	}
	exim := mailtest.StartExim(t, mailtest.EximConfig{
		Domains: []string{"gbr.example", "ukr.example"}, External: true, Chunking: true, Certificate: serverCert, Key: serverKey, CA: e.ca.PEM(),
	})
	for name, content := range map[string][]byte{"mail.pem": cert, "mail.key": key} {
		if err := os.WriteFile(filepath.Join(e.data, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(e.data, "installation.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, account, found := strings.Cut(string(text), "[[account]]")
	account, rest, _ := strings.Cut(account, "\n[[")
	if !found || !strings.Contains(account, "secret = 'smtp'\n") {
		t.Fatalf("another form than this test knows: %s", account)
	}
	account = strings.Replace(account, "secret = 'smtp'\n", "auth = 'external'\nclient_certificate = 'mail.pem'\nclient_key = 'mail.key'\npartial = 'nobody'\nnotify = ['success', 'failure']\n", 1)
	var lines []string
	for _, l := range strings.Split(account, "\n") {
		if strings.HasPrefix(l, "address = ") {
			l = "address = '" + exim.Addr() + "'"
		}
		lines = append(lines, l)
	}
	if err := os.WriteFile(file, []byte(head+"[[account]]"+strings.Join(lines, "\n")+"\n[["+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	r := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example", "officer@ukr.example"))
	if r.status != 0 {
		t.Fatalf("%d: %s%s", r.status, r.stdout, r.stderr)
	}
	for _, who := range []string{"officer@gbr.example", "officer@ukr.example"} {
		if n := len(exim.Mails(t, who)); n != 1 {
			t.Errorf("%s got %d", who, n)
		}
	}
	// Exim does not take mail for this domain: nobody gets it.
	r = caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example", "officer@aus.example"))
	if r.status != 1 || !strings.Contains(r.stdout+r.stderr, "not sent, because officer@aus.example was refused") {
		t.Errorf("partial: %d: %s%s", r.status, r.stdout, r.stderr)
	}
	if n := len(exim.Mails(t, "officer@gbr.example")); n != 1 {
		t.Errorf("delivered %d times", n)
	}
}
