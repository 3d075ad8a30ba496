package message_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"caveat/backend/message"
)

// isHarmless: no character that moves a cursor or turns the order of letters.
func isHarmless(s string, allowed string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune(allowed, r) && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
	})
}

// FuzzReadMail: an error gives nothing, a fault no label; what is shown is bounded and harmless; and the label of ReadLabel is the
// one that is gone by.
func FuzzReadMail(f *testing.F) {
	site := testland(f)
	d, s, files := everything()
	var whole bytes.Buffer
	if err := message.Write(&whole, d, s, files.open); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add([]byte("Content-Type: text/html\r\n\r\n<p>a<a href=x>b</a><pre> c<svg><body>d"))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>b\r\n--b--\r\n"))
	f.Add([]byte("SIO-Label: marking=\"TESTLAND OPEN\"; type=\":ess\"; label=\"MQ8GCisGAQQBgf1ZCQECAQE=\"\r\nMMHS-Message-Type: 0; identifier=\"x\"\r\n\r\nx"))
	f.Add([]byte("SIO-Label-History: change=add; new-marking=x; changed-by=a; changed-at=\"18 Feb 2013 9:24 PDT\"\r\n\r\nx"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := message.ReadMail(bytes.NewReader(raw), site, when)
		if err != nil {
			if !reflect.DeepEqual(m, message.Mail{}) {
				t.Fatalf("a message came with %v", err)
			}
			return
		}
		if l := m.Sensitivity; (l.Label != nil) != (l.Fault == message.FaultNone) {
			t.Fatalf("fault %q with %+v", l.Fault, l.Label)
		}
		if len(m.Text) > message.MaxText+400 || !isHarmless(m.Text, "\n\t\u200e\u200f\u061c") || !isHarmless(m.Subject+m.Sensitivity.Marking+m.Sensitivity.Detail+m.Damage, "") {
			t.Fatalf("%d bytes of text, %q", len(m.Text), m.Subject)
		}
		for _, x := range m.Files {
			if !isHarmless(x.Name+x.Type, "") || x.Size < 0 {
				t.Fatalf("%+v", x)
			}
		}
		r, err := message.ReadLabel(bytes.NewReader(raw))
		if err == nil && m.Sensitivity.Label != nil && !m.Sensitivity.IsSuccessor && !reflect.DeepEqual(*m.Sensitivity.Label, r.Label.Information) {
			t.Fatalf("%+v, and ReadLabel: %+v", *m.Sensitivity.Label, r.Label.Information)
		}
	})
}

// FuzzReadReport: an error gives nothing; what is read is bounded and harmless.
func FuzzReadReport(f *testing.F) {
	f.Add([]byte(report("delivery-status", forPeople, status+"Original-Envelope-Id: a\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n", returned)))
	f.Add([]byte(report("disposition-notification", forPeople, "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;a@b.example\nDisposition: manual-action/MDN-sent-manually; displayed\n")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := message.ReadReport(bytes.NewReader(raw))
		if err != nil {
			if !reflect.DeepEqual(r, message.Report{}) || !errors.Is(err, message.ErrNoReport) && !errors.Is(err, message.ErrSyntax) {
				t.Fatalf("%+v came with %v", r, err)
			}
			return
		}
		if n := len(r.Recipients); n == 0 || n > message.MaxReported || !isHarmless(r.Text, "\n\t\u200e\u200f\u061c") || !isHarmless(r.EnvelopeID+r.MessageID+r.Reporter, "") {
			t.Fatalf("%+v", r)
		}
		for _, x := range r.Recipients {
			if all := x.Original + x.Final + x.Action + x.Status + x.Diagnostic + x.Server; len(all) > 5000 || !isHarmless(all, "") {
				t.Fatalf("%+v", x)
			}
		}
	})
}

// FuzzAddress: an address in a draft makes one recipient in one field, which is read back as that; else nothing is written. What
// CheckAddress accepts can stand in a command.
func FuzzAddress(f *testing.F) {
	for _, a := range append([]string{"j\u00fcrgen@m\u00fcller.example", "\u5c71\u7530@xn--mller-kva.example", "a@M\u00dcLLER.example", "\u05d3\u05d5\u05d3@\u05d0\u05d1.example"}, hostile...) {
		f.Add(a, a, "ops@gbr.example")
	}
	f.Fuzz(func(t *testing.T, from, to, exempted string) {
		for _, a := range []string{from, to, exempted} {
			if wire := message.OnWire(a); message.CheckAddress(a) == nil && (strings.ContainsAny(wire, " \t\r\n\x00<>,;:\"\\()") || message.CheckAddress(wire) != nil || message.OnWire(wire) != wire) {
				t.Fatalf("%q is written %q", a, wire)
			}
		}
		d, s, files := everything()
		d.From, d.Action, d.Exempted = "", []string{to}, []string{exempted}
		s.From.Address, s.To[0].Address, s.ReceiptTo = from, to, message.Address{Address: from}
		var out bytes.Buffer
		if err := message.Write(&out, d, s, files.open); err != nil {
			return
		}
		if err := honest(out.Bytes(), d, s); err != nil {
			t.Fatal(err)
		}
		m, err := message.ReadMail(bytes.NewReader(out.Bytes()), nil, when)
		if err != nil || len(m.From) != 1 || m.From[0].Address != message.OnWire(from) || len(m.To) != 1 || m.To[0].Address != message.OnWire(to) || len(m.Cc) != 1 || m.Damage != "" {
			t.Fatalf("%+v, %v", m, err)
		}
	})
}

// FuzzCompose: what is written is what the draft says, no more, and is read back; else nothing is.
func FuzzCompose(f *testing.F) {
	f.Add("Fuel state", "All is well.\n", "Ops", "MISSION SECRET", "X-Mission-Marking", "The annex was taken out.", "<a@b.example>", "plan.pdf")
	f.Add("a\r\nBcc: b", "\n.\r\n", `"a" <b@c>`, "\u202e", "Bcc", "\x00", "a@b>\r\nc", "../x")
	f.Fuzz(func(t *testing.T, subject, body, name, mark, field, reason, reference, file string) {
		d, s, files := everything()
		d.Subject, d.Body, d.Attachments[0].File = subject, body, file
		s.To[0].Name, s.Marking, s.Marks.FirstLine, s.Marks.Subject, s.Marks.Header, s.Marks.HeaderName = name, mark, mark, mark, mark, field
		s.History[0].Comment, s.References = reason, []string{reference}
		var out bytes.Buffer
		if err := message.Write(&out, d, s, files.open); err != nil {
			return
		}
		if err := honest(out.Bytes(), d, s); err != nil {
			t.Fatal(err)
		}
		r, err := message.ReadLabel(bytes.NewReader(out.Bytes()))
		if err != nil || r.Marking != mark || !bytes.Equal(r.Label.Marshal(), s.Label.Marshal()) {
			t.Fatalf("%+v, %v", r, err)
		}
		m, err := message.ReadMail(bytes.NewReader(out.Bytes()), nil, when)
		if err != nil || m.Damage != "" || len(m.Files) != len(d.Attachments)+1 || m.Sensitivity.HistoryUnread != 0 || len(m.Sensitivity.History) != 1 {
			t.Fatalf("%+v, %v", m, err)
		}
	})
}
