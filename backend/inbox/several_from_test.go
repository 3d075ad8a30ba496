package inbox_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/inbox"
	"caveat/backend/label"
)

// No default label for a message whose senders disagree, also where only one of them can be read.
func TestSeveralFromFields(t *testing.T) {
	def := inbox.Default{Domain: "ukr.example", Label: label.Label{Kind: label.Originator, Information: label.Information{
		Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: "UNCLASSIFIED",
	}}}
	o := newOffice(t, func(c *inbox.Config) {
		c.Default = func(a string) (inbox.Default, bool) { return def, strings.HasSuffix(a, "@ukr.example") }
	})
	for _, from := range []string{"From: olha@ukr.example\r\nFrom: mallory@evil.example\r\n", "From: olha@ukr.example\r\nFrom:\r\n", "From: olha@ukr.example\r\nFrom: olha@ukr.example\r\n"} {
		o.server.deliver(from + "Subject: s\r\nMessage-ID: <a@b>\r\n\r\nx\r\n")
	}
	o.server.deliver("From: olha@ukr.example\r\nSubject: one sender\r\nMessage-ID: <c@b>\r\n\r\nx\r\n")
	o.run()
	for _, m := range o.settled(4) {
		if isOne := m.Subject == "one sender"; (m.Head.Assumed != nil) != isOne || m.Head.Mail.SeveralFrom == isOne {
			t.Errorf("%q: assumed %v, several %v, from %+v", m.Subject, m.Head.Assumed != nil, m.Head.Mail.SeveralFrom, m.Head.From)
		}
	}
}

// A time of arrival that cannot be written is that of when the message was seen, so that it stands in the list.
func TestReceivedBeyondJSON(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, "", "x"))
	o.server.change(func() { o.server.mails[0].received = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) })
	o.run()
	if m := o.settled(1)[0]; m.Received.Year() < 2025 || m.Received.Year() > 9999 {
		t.Errorf("received %s", m.Received)
	}
}
