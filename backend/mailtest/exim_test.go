//go:build integration && linux

package mailtest_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"caveat/backend/mailtest"
)

// TestIntegrationExim starts the real server, refuses what it is to refuse, and delivers one copy for each recipient.
func TestIntegrationExim(t *testing.T) {
	began := time.Now()
	e := mailtest.StartExim(t, mailtest.EximConfig{Domains: []string{"gbr.example", "aus.example"}})
	t.Logf("up after %v", time.Since(began))
	c := dial(t, e.Addr())
	if err := c.Mail("duty@gbr.example", nil); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]int{
		"unknown@gbr.example": 550, "later@aus.example": 451, "ops@x.example": 550, "ops@aus.example": 0, "watch@gbr.example": 0,
	} {
		if err := c.Rcpt(to, nil); code(err) != want {
			t.Errorf("%s: %v", to, err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("From: <duty@gbr.example>\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]int{"ops@aus.example": 1, "watch@gbr.example": 1, "unknown@gbr.example": 0} {
		got := e.Mails(t, to)
		if len(got) != want {
			t.Errorf("%s: %d messages", to, len(got))
		}
		for _, m := range got {
			if !bytes.HasSuffix(m, []byte("\r\n\r\nhello\r\n")) || !strings.Contains(string(m), "Return-path: <duty@gbr.example>\r\n") {
				t.Errorf("%s: %q", to, m)
			}
		}
	}
	e.Kill()
	if err := c.Noop(); err == nil {
		t.Error("the killed server answers")
	}
}
