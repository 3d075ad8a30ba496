package message_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
)

// TestMoment: only what JSON can write is a time.
func TestMoment(t *testing.T) {
	for _, tt := range []struct {
		name, at string
		is       bool
	}{
		{"today", "2026-03-01T10:00:00Z", true},
		{"the first year", "0001-01-01T00:00:01Z", true},
		{"the last moment", "9999-12-31T23:59:59Z", true},
		{"behind it in UTC", "9999-12-31T23:59:59-12:00", false},
		{"the year 0", "0000-06-01T00:00:00Z", false},
		{"before it in UTC", "0000-01-01T00:00:00+12:00", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			got := message.Moment(at)
			if got.IsZero() == tt.is || tt.is && (!got.Equal(at) || got.Location() != time.UTC) {
				t.Errorf("%s", got)
			}
			if _, err := got.MarshalJSON(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTimesBeyondJSON: wherever a message says a time, one that cannot be written counts as none.
func TestTimesBeyondJSON(t *testing.T) {
	const date = "Sat, 01 Jan 0000 00:00:00 +1200"
	m := readMail(t, "Date: "+date+"\nMMHS-Extended-Authorisation-Info: "+date+"\nSIO-Label-History: change=add; new-marking=x; changed-by=a; changed-at=\""+date+"\"\n\nx\n")
	if !m.Date.IsZero() || !m.Military.Authorised.IsZero() {
		t.Errorf("%s, %s", m.Date, m.Military.Authorised)
	}
	if h := m.Sensitivity.History; len(h) != 1 || !h[0].At.IsZero() {
		t.Errorf("history: %+v", h)
	}
	raw := report("delivery-status", forPeople, status+"Arrival-Date: "+date+"\n\nFinal-Recipient: rfc822; a@b.example\nAction: delayed\nWill-Retry-Until: "+date+"\nLast-Attempt-Date: "+date+"\n")
	r, err := message.ReadReport(strings.NewReader(raw))
	if err != nil || !r.Arrived.IsZero() || !r.Recipients[0].WillRetry.IsZero() || !r.Recipients[0].LastTry.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
}
