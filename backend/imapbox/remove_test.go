package imapbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/backend/outbox"
)

const selected = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\nTAG OK [READ-WRITE] done\r\n"

// fetched is the answer to the question for a header's Message-ID.
func fetched(uid int, id string) string {
	header := "Message-ID: " + id + "\r\n\r\n"
	return fmt.Sprintf("* 1 FETCH (UID %d BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s)\r\n%s", uid, len(header), header, done)
}

// TestRemoveDraft: a copy is marked and expunged by its own number; what a search finds besides is left alone, and so is everything where
// the server cannot expunge single messages.
func TestRemoveDraft(t *testing.T) {
	const id = "<a@gbr.example>"
	until := func(pairs ...string) []mailtest.Step {
		return answers(append([]string{"SELECT", selected, "UID SEARCH", "* SEARCH 3\r\n" + done, "UID FETCH 3", fetched(3, id)}, pairs...)...)
	}
	without := until("UID STORE 3 +FLAGS.SILENT (\\Deleted)", done)
	without[0].Say = strings.Replace(without[0].Say, " UIDPLUS", "", 1)
	for name, test := range map[string]struct {
		steps []mailtest.Step
		want  outbox.State
		text  string
		err   error
	}{
		"removed":          {until("UID STORE 3 +FLAGS.SILENT (\\Deleted)", done, "UID EXPUNGE 3", done), outbox.Accepted, "removed from Drafts", nil},
		"not there":        {answers("SELECT", selected, "UID SEARCH", "* SEARCH\r\n"+done), outbox.Accepted, "not there", nil},
		"no such folder":   {answers("SELECT", "TAG NO [NONEXISTENT] none\r\n"), outbox.Accepted, "not there", nil},
		"perhaps a folder": {answers("SELECT", "TAG NO try again\r\n"), outbox.Deferred, "try again", nil},
		"found by mistake": {answers("SELECT", selected, "UID SEARCH", "* SEARCH 3\r\n"+done, "UID FETCH 3", fetched(3, "<b@gbr.example>")), outbox.Accepted, "not there", nil},
		"one of two": {answers("SELECT", selected, "UID SEARCH", "* SEARCH 3 5\r\n"+done, "UID FETCH 3", fetched(3, id+" <b@gbr.example>"), "UID FETCH 5", fetched(5, id),
			"UID STORE 5 +FLAGS.SILENT (\\Deleted)", done, "UID EXPUNGE 5", done), outbox.Accepted, "removed", nil},
		"far too many":     {answers("SELECT", selected, "UID SEARCH", "* SEARCH 1:17\r\n"+done), "", "", imapbox.ErrProtocol},
		"without UIDPLUS":  {without, outbox.Refused, "marked as deleted", nil},
		"may not be":       {until("UID STORE 3", "TAG NO [NOPERM] not yours\r\n"), outbox.Refused, "not yours", nil},
		"not now":          {until("UID STORE 3", done, "UID EXPUNGE 3", "TAG NO [EXPUNGEISSUED] later\r\n"), outbox.Deferred, "later", nil},
		"lost at the end":  {until("UID STORE 3", done), "", "", imapbox.ErrUnreachable},
		"lost on the way":  {answers("SELECT", selected), "", "", imapbox.ErrUnreachable},
		"another question": {answers("SELECT", selected, "UID SEARCH", "* SEARCH 3\r\n"+done, "UID FETCH 3", fetched(4, id)), outbox.Accepted, "not there", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := script(t, test.steps)
			got, err := imapbox.Remove(begin(t), plain(s.Addr()), id)
			if got.State != test.want || !strings.Contains(got.Text, test.text) || !errors.Is(err, test.err) {
				t.Errorf("%+v, %v; want %s", got, err, test.want)
			}
			for _, line := range s.Lines() {
				if verb := strings.ToUpper(line); strings.Contains(verb, " EXPUNGE") && !strings.Contains(verb, "UID EXPUNGE") || strings.HasSuffix(verb, " CLOSE") {
					t.Errorf("said %q: that expunges what others marked", line)
				}
			}
			noneLeft(t)
		})
	}
	for _, bad := range []string{"", "a@b", "<a@b\r\nT9 DELETE INBOX>", "<a@b> <c@d>", `<"a"@b>`} {
		if _, err := imapbox.Remove(begin(t), plain("127.0.0.1:1"), bad); !errors.Is(err, imapbox.ErrCopy) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestRemoveTakesOnlyWhatIsCleared: nothing is looked up for what is not.
func TestRemoveTakesOnlyWhatIsCleared(t *testing.T) {
	if _, err := imapbox.New(nil, nil).Remove(t.Context(), outbox.Cleared{}); !errors.Is(err, outbox.ErrNotCleared) {
		t.Error(err)
	}
}
