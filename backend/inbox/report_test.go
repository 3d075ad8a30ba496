package inbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"caveat/backend/inbox"
	"caveat/backend/message"
)

// A disposition notification is a claim of who read; its time is never later than when it came; read again after a renumbering it is not
// counted twice.
func TestReadReceipt(t *testing.T) {
	o := newOffice(t, func(c *inbox.Config) {
		c.Sent = func(_ context.Context, r message.Report) (inbox.Sent, bool, error) {
			return inbox.Sent{ID: "01OURS", Subject: "Fuel", Recipients: []string{"Olha@ukr.example"}}, r.MessageID == "<01OURS@gbr.example>", nil
		}
	})
	o.server.deliver("From: Olha <olha@ukr.example>\r\nTo: me@gbr.example\r\nSubject: Read\r\nDate: Sun, 01 Mar 2099 10:00:00 +0000\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nRead.\r\n--b\r\n" +
		"Content-Type: message/disposition-notification\r\n\r\nReporting-UA: mail.ukr.example; reader\r\nOriginal-Recipient: rfc822;olha@ukr.example\r\n" +
		"Final-Recipient: rfc822;olha@ukr.example\r\nOriginal-Message-ID: <01OURS@gbr.example>\r\n" +
		"Disposition: manual-action/MDN-sent-manually; displayed\r\n--b--\r\n")
	o.run()
	m := o.settled(1)[0]
	if m.Report == nil || m.Report.Message != "01OURS" || m.Report.Kind != message.DispositionReport || m.Report.Warning != "" {
		t.Errorf("%+v", m.Report)
	}
	o.server.change(func() {
		o.server.validity, o.server.mails[0].uid, o.server.next = 9, 50, 60
		o.server.mails[0].data = append(o.server.mails[0].data, "\r\n"...)
	})
	o.until("read again", func(s inbox.Status, list []inbox.Message) bool {
		return s.Online && len(list) == 1 && list[0].ID != m.ID && list[0].Report != nil
	})
	claims, err := o.box.Claims(t.Context(), []string{"01OURS", "other"})
	must(t, err)
	list := claims["01OURS"]
	if len(claims) != 1 || len(list) != 1 || list[0].Kind != "read" || list[0].Recipient != "Olha@ukr.example" || !strings.Contains(list[0].Reporter, "mail.ukr.example") || list[0].From != "olha@ukr.example" {
		t.Fatalf("%+v", claims)
	}
	if at := list[0].At; !at.Equal(m.Received) || at.After(start.Add(24*time.Hour)) {
		t.Errorf("at %s, received %s", at, m.Received)
	}
}

// What was answered is found by the identifier, with the references of the message.
func TestReferencesAndAnswered(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, sio(t, "", "RESTRICTED")+"References: <x@a.example>\r\n <y@a.example>\r\n", "One"))
	o.server.deliver(letter(2, sio(t, "", "SECRET")+"References: <z@a.example>\r\n", "Two"))
	o.run()
	o.settled(2)
	list, err := o.box.References(t.Context(), inbox.Answered{MessageID: "<m1@ukr.example>"})
	if err != nil || strings.Join(list, " ") != "<x@a.example> <y@a.example>" {
		t.Errorf("%q, %v", list, err)
	}
	if list, err := o.box.References(t.Context(), inbox.Answered{MessageID: "<m2@ukr.example>"}); err == nil {
		t.Errorf("of one that is withheld: %q", list)
	}
	must(t, o.box.MarkAnswered(t.Context(), inbox.Answered{MessageID: "<m1@ukr.example>"}))
	must(t, o.box.MarkAnswered(t.Context(), inbox.Answered{MessageID: "<nobody@ukr.example>"}))
	o.until("told", func(inbox.Status, []inbox.Message) bool {
		o.server.mu.Lock()
		defer o.server.mu.Unlock()
		return o.server.mails[0].flags.Answered
	})
}
