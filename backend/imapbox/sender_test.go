package imapbox_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/backend/outbox"
)

// TestSenderTakesOnlyWhatIsCleared: nothing is looked up, and nobody is dialled, for what is not.
func TestSenderTakesOnlyWhatIsCleared(t *testing.T) {
	s := imapbox.New(func(context.Context, string) (imapbox.Account, error) {
		t.Error("looked up")
		return imapbox.Account{}, nil
	}, nil)
	if _, err := s.Send(t.Context(), outbox.Cleared{}, func() error { return nil }); !errors.Is(err, outbox.ErrNotCleared) {
		t.Error(err)
	}
}

// TestReceipts: what the server says is an answer for the copy, also when it says no after it was handed everything.
func TestReceipts(t *testing.T) {
	const to = "mailbox:duty/sent"
	found := answers("EXAMINE", examined, "UID SEARCH", "* SEARCH 3 5\r\n"+done)
	early := func(say string) []mailtest.Step {
		return answers("EXAMINE", examined, "UID SEARCH", "* SEARCH\r\n"+done, "APPEND", say)
	}
	late := func(say string) []mailtest.Step {
		steps := appending()
		steps[4].Say = say
		return steps
	}
	for name, test := range map[string]struct {
		steps    []mailtest.Step
		want     outbox.Receipt
		bodySent int
	}{
		"kept":                                 {appending(), outbox.Receipt{Recipient: to, State: outbox.Accepted, Text: "kept in Sent"}, 1},
		"there already":                        {found, outbox.Receipt{Recipient: to, State: outbox.Accepted, Text: "was in Sent already"}, 0},
		"over quota, at the end":               {late("T3 NO [OVERQUOTA] full\r\n"), outbox.Receipt{Recipient: to, State: outbox.Deferred, Text: "NO [OVERQUOTA] full"}, 1},
		"not allowed, at the start":            {early("T3 NO [NOPERM] not yours\r\n"), outbox.Receipt{Recipient: to, State: outbox.Refused, Text: "NO [NOPERM] not yours"}, 0},
		"without a reason, and with odd words": {early("T3 NO no \u202esuch\x07\r\n"), outbox.Receipt{Recipient: to, State: outbox.Deferred, Text: "NO no such"}, 0},
		"no words at all":                      {early("T3 NO\r\n"), outbox.Receipt{Recipient: to, State: outbox.Deferred, Text: "NO"}, 0},
		"too big":                              {late("T3 NO [TOOBIG] too big\r\n"), outbox.Receipt{Recipient: to, State: outbox.Refused, Text: "NO [TOOBIG] too big"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			c := copyOf(imapbox.Sent, "<a@gbr.example>", append(message("<a@gbr.example>"), ".\r\n"...))
			c.BodySent = func() error { sent++; return nil }
			got, err := imapbox.Keep(begin(t), plain(script(t, test.steps).Addr()), []string{to}, c)
			if err != nil || !reflect.DeepEqual(got, []outbox.Receipt{test.want}) || sent != test.bodySent {
				t.Errorf("%+v, %v, bodySent %d; want %+v, %d", got, err, sent, test.want, test.bodySent)
			}
			noneLeft(t)
		})
	}
}
