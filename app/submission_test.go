//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/demo"
)

// TestRule11MailGoesToTheOwnSubmissionServer: whatever nation a recipient is of, the message is handed to the own nation's server, which
// hands it on; the others' servers, which note whoever comes to them directly, hear of nobody. An account that a draft makes up sends
// nothing.
func TestRule11MailGoesToTheOwnSubmissionServer(t *testing.T) {
	f, data := ukrByMembers(t)
	to := []string{demo.GBRCleared, demo.UKRCleared, demo.AUSCleared}
	file := draftFor(t, "SECRET", mrod, to...)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	madeUp := write(t, "made-up.json", strings.Replace(string(text), `{"channel"`, `{"account": "ukr.example", "channel"`, 1))
	if r := caveat(t, "", "send", "--data", data, "--draft", madeUp); r.status != 1 || !strings.Contains(r.stderr, `"ukr.example" of kind smtp is not set up`) {
		t.Errorf("by an account that is not set up: status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	for _, nation := range demo.Codes {
		if got := deliveredTo(t, f, nation); len(got) > 0 {
			t.Errorf("by an account that is not set up, %s delivered to %q", nation, got)
		}
	}
	if r := caveat(t, "", "send", "--data", data, "--draft", file); r.status != 0 {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	for i, nation := range []string{"GBR", "UKR", "AUS"} {
		if got := deliveredTo(t, f, nation); len(got) != 1 || len(got[0]) != 1 || got[0][0] != to[i] {
			t.Errorf("%s delivered to %q", nation, got)
		}
		text, err := os.ReadFile(filepath.Join(f.MailDir(nation), "000001.eml"))
		if err != nil || !strings.Contains(string(text), "by mail.gbr.example with ") {
			t.Errorf("to %s it did not go by the own nation's server: %v\n%s", nation, err, text)
		}
	}
	if got := f.Refusals(); len(got) > 0 {
		t.Errorf("refused: %+v", got)
	}
}
