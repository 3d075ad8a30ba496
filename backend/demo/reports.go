package demo

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"caveat/backend/demo/mailstore"
	"caveat/backend/mailtest"
)

// wish is what the sender wants to be told of an address; the zero one says nothing.
func (l letter) wish(address string) mailtest.Recipient {
	for _, r := range l.envelope.To {
		if strings.EqualFold(r.Address, address) {
			return r
		}
	}
	return mailtest.Recipient{Address: address}
}

// wishes passes a wish on to a partner's server.
//
// std: RFC3461 §5.2.1
func (l letter) wishes(address string) *smtp.RcptOptions {
	r := l.wish(address)
	out := &smtp.RcptOptions{}
	if r.Original != "" {
		out.OriginalRecipientType, out.OriginalRecipient = smtp.DSNAddressTypeRFC822, r.Original
	}
	for _, n := range r.Notify {
		out.Notify = append(out.Notify, smtp.DSNNotify(n))
	}
	return out
}

// FillMailbox makes an address's mailbox full: its nation's server goes on taking messages for it, and then reports to the sender that
// they could not be delivered. The change does not outlive the run. ErrUnknown.
func (f *Federation) FillMailbox(nation, address string) error {
	return f.change(nation, address, func(n *services, i int32) error {
		if n.full == nil {
			n.full = map[string]bool{}
		}
		n.full[n.nodes[i].address] = true
		return nil
	})
}

// withRoom are the recipients of a letter whose mailbox is not full.
func (f *Federation) withRoom(l letter) []string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	full := f.nations[l.server].full
	return slices.DeleteFunc(slices.Clone(l.to), func(a string) bool { return full[strings.ToLower(a)] })
}

// outcome is what a report says about one recipient.
type outcome struct {
	wish           mailtest.Recipient
	action, status string
	why            string
}

// report tells the sender what became of a letter, as far as the sender asked for it, and of failures where nothing was said. Reports
// have no label, so that they do not go by the links: they are put into the inbox from within this process, and only the user has one.
//
// std: RFC3461 §4.1, §6.2
func (f *Federation) report(l letter, all []string) {
	if !strings.EqualFold(l.from, UserAddress) {
		return
	}
	var told []outcome
	for _, a := range all {
		o := outcome{wish: l.wish(a), action: "delivered", status: "2.0.0"}
		asked := slices.Contains(o.wish.Notify, "SUCCESS")
		if !slices.Contains(l.to, a) {
			o.action, o.status, o.why = "failed", "5.2.2", "552 5.2.2 The mailbox is full."
			asked = len(o.wish.Notify) == 0 || slices.Contains(o.wish.Notify, "FAILURE")
		}
		if asked {
			told = append(told, o)
		}
	}
	if len(told) == 0 {
		return
	}
	f.collecting.Lock()
	defer f.collecting.Unlock()
	at := time.Now()
	if err := f.inbox.Deliver(f.inbox.Taken(), mailstore.Message{Data: l.reportOn(told, at), Received: at}); err != nil {
		f.log.Error("report not delivered", "nation", l.server, "error", err)
	}
}

// reportOn writes a delivery report. Of the message it gives the Message-ID alone: subject and text are what the label is about, and
// the report has none.
//
// std: RFC3464 §2
func (l letter) reportOn(told []outcome, at time.Time) []byte {
	var out bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\r\n", args...) }
	server, boundary := hostname(l.server), "report-"+rand.Text()
	line("Return-Path: <>")
	line("Delivered-To: %s", UserAddress)
	line("From: Mail server <postmaster@%s>", cultures[l.server].mailDomain())
	line("To: <%s>", UserAddress)
	line("Date: %s", at.UTC().Format(time.RFC1123Z))
	line("Subject: Delivery report")
	line("Message-ID: <%s@%s>", rand.Text(), server)
	line("Auto-Submitted: auto-replied")
	line("MIME-Version: 1.0")
	line("Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"%s\"", boundary)
	line("")
	line("--%s\r\nContent-Type: text/plain; charset=utf-8\r\n", boundary)
	for _, o := range told {
		line("%s: %s", o.wish.Address, map[string]string{"delivered": "delivered.", "failed": "not delivered: " + o.why}[o.action])
	}
	line("\r\n--%s\r\nContent-Type: message/delivery-status\r\n", boundary)
	if l.envelope.ID != "" {
		line("Original-Envelope-Id: %s", l.envelope.ID)
	}
	line("Reporting-MTA: dns; %s", server)
	line("Arrival-Date: %s", at.UTC().Format(time.RFC1123Z))
	for _, o := range told {
		line("")
		if o.wish.Original != "" {
			line("Original-Recipient: rfc822; %s", o.wish.Original)
		}
		line("Final-Recipient: rfc822; %s", o.wish.Address)
		line("Action: %s", o.action)
		line("Status: %s", o.status)
		if o.why != "" {
			line("Diagnostic-Code: smtp; %s", o.why)
		}
	}
	line("\r\n--%s\r\nContent-Type: text/rfc822-headers\r\n", boundary)
	if id := messageID(l.body); id != "" {
		line("Message-ID: <%s>", id)
	}
	line("\r\n--%s--", boundary)
	return out.Bytes()
}
