//go:build integration && linux

package mailtest_test

import (
	"bufio"
	"bytes"
	"net"
	"strings"
	"testing"

	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationDovecot starts the real server, and starts it again on the same mail.
func TestIntegrationDovecot(t *testing.T) {
	ca := ldaptest.NewCA("test")
	certificate, key, err := ca.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	d := mailtest.StartDovecot(t, mailtest.DovecotConfig{Users: map[string]string{"duty": mailtest.Secret()}, Certificate: certificate, Key: key, CA: ca.PEM()})
	raw := []byte("From: <ops@aus.example>\r\n\r\nhello\r\n")
	d.Deliver(t, "duty", raw)
	for range 2 {
		c, err := net.Dial("tcp", d.Addr())
		if err != nil {
			t.Fatal(err)
		}
		greeting, err := bufio.NewReader(c).ReadString('\n')
		if err != nil || !strings.HasPrefix(greeting, "* OK ") || !strings.Contains(greeting, "STARTTLS") {
			t.Errorf("%q, %v", greeting, err)
		}
		_ = c.Close()
		if got := d.Messages(t, "duty", ""); len(got) != 1 || !bytes.Equal(got[0], raw) {
			t.Errorf("%q", got)
		}
		d.Stop()
		if c, err := net.Dial("tcp", d.Addr()); err == nil {
			_ = c.Close()
			t.Error("the stopped server answers")
		}
		d.Start(t)
	}
}
