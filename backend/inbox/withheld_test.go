package inbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"caveat/backend/inbox"
	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/siolabel"
	"caveat/backend/message"
)

func natoLabel(class string) label.Label {
	return label.Label{Kind: label.Originator, Created: start, OriginatorID: "a@b.example", OriginatorIDType: "rfc822Name", Information: label.Information{
		Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}}
}

// bindingField is a SIO-Label with a binding data object about the message of a reference.
func bindingField(t *testing.T, class, reference string) string {
	t.Helper()
	l := natoLabel(class)
	o := binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
		Metadata: []binding.Metadata{{Label: &l}},
		Data:     []binding.Data{{Reference: &binding.Reference{URI: reference, Content: binding.Content{ContentType: "message/rfc822"}}}},
	}}}}}
	words, err := siolabel.Value{Binding: &o}.Parameters()
	must(t, err)
	return "SIO-Label: " + strings.Join(words, "\r\n ") + "\r\n"
}

// withPart is a message with one part that has this header.
func withPart(fields, header, part string) string {
	return fields + "From: Olha <olha@ukr.example>\r\nTo: me@gbr.example\r\nSubject: Subject1\r\nMessage-ID: <m1@ukr.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBodyText1\r\n--b\r\n" + header + "\r\n\r\n" + part + "\r\n--b--\r\n"
}

func textFile(name string) string {
	return "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=" + name
}

// TestRule20WhatCannotBeReadIsWithheld: a SECRET label stands in each of these, where the label of the message is lower, and the reader holds
// CONFIDENTIAL; that somebody could read it is enough.
func TestRule20WhatCannotBeReadIsWithheld(t *testing.T) {
	low, secret := sio(t, "", "RESTRICTED"), letter(9, sio(t, "", "SECRET"), "x")
	nested := secret
	for i := range 9 {
		nested = fmt.Sprintf("Subject: n%d\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n%s", i, nested)
	}
	many := strings.Repeat("--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n", 205)
	elsewhere := bindingField(t, "SECRET", "mid:old@gateway.example")
	for name, data := range map[string]string{
		"object of another Message-ID":                letter(1, elsewhere, "BodyText1"),
		"two labels, the second an object":            letter(1, low+bindingField(t, "SECRET", "mid:m1@ukr.example"), "BodyText1"),
		"two labels, the second not about it":         letter(1, low+elsewhere, "BodyText1"),
		"two labels, the second of an unknown type":   letter(1, low+"SIO-Label: type=\":other\"; label=\"QUJD\"\r\n", "BodyText1"),
		"attached, with two labels":                   withFile(1, low, letter(9, sio(t, "", "UNCLASSIFIED")+sio(t, "", "SECRET"), "x")),
		"attached, behind a malformed line":           withFile(1, low, "no colon here\r\n"+secret),
		"attached, before a malformed line":           withFile(1, low, sio(t, "", "SECRET")+"no colon here\r\nSubject: x\r\n\r\nx"),
		"attached, nine messages deep":                withFile(1, low, nested),
		"attached, behind 205 files":                  strings.Replace(withFile(1, low, secret), "--b\r\nContent-Type: message/rfc822", many+"--b\r\nContent-Type: message/rfc822", 1),
		"in the header of a part":                     withPart(low, strings.TrimSuffix(sio(t, "", "SECRET"), "\r\n")+"\r\nContent-Type: text/plain", "BodySecret"),
		"a message behind a line in a text file":      withPart(low, textFile("x.txt"), "\r\n.\r\n\r\n"+secret),
		"attached, with an object of another message": withFile(1, low, letter(9, elsewhere, "x")),
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			o.server.deliver(data)
			stop := o.run()
			m := o.until("withheld", func(s inbox.Status, list []inbox.Message) bool {
				return s.Online && len(list) == 1 && (!list[0].Verdict.MayRead || list[0].Subject != "" || list[0].Problem != "" && !strings.Contains(list[0].Problem, "not read"))
			})[0]
			if m.Verdict.MayRead || m.Verdict.Unsure || m.Subject != "" || len(m.Verdict.Reasons) == 0 {
				t.Errorf("%+v", m)
			}
			if _, body, err := o.box.Open(t.Context(), m.ID); !errors.Is(err, inbox.ErrWithheld) || body != nil {
				t.Errorf("opened: %q, %v", body, err)
			}
			stop()
			if o.withheldLines() != 1 || len(o.files()) > 0 {
				t.Errorf("%d lines in the log, files %q", o.withheldLines(), o.files())
			}
			o.holdsNowhere("Subject1", "BodyText1", "BodySecret")
		})
	}
}

// Ordinary mail is not withheld: what bears no label, and nothing that looks like one, stays readable whatever else is odd about it.
func TestOrdinaryMailIsNotWithheld(t *testing.T) {
	low := sio(t, "", "RESTRICTED")
	for name, data := range map[string]string{
		"a PDF":                           withPart(low, "Content-Type: application/pdf; name=plan.pdf\r\nContent-Transfer-Encoding: base64", "JVBERi0xLjQKJcOkw7zDtsOf"),
		"a PDF with brackets, not quoted": withPart(low, "Content-Type: application/pdf; name=plan (final).pdf\r\nContent-Disposition: attachment", "%PDF-1.4"),
		"a message without a label":       withFile(1, low, letter(9, "", "x")),
		"a message that may be read":      withFile(1, low, letter(9, sio(t, "", "CONFIDENTIAL"), "x")),
		"a text that speaks of SECRET":    withPart(low, textFile("x.txt"), "The SIO-Label of it was SECRET.\r\nSECRET\r\n> SIO-Label: marking=SECRET\r\n"),
		"XML of another kind":             withPart(low, "Content-Type: application/xml", "<Plan><Label>SECRET</Label></Plan>"),
		"an empty part":                   withPart(low, "Content-Type: application/octet-stream", ""),
		"a report with a header alone": "From: mailer@gbr.example\r\nTo: me@gbr.example\r\nSubject: Subject1\r\nMessage-ID: <m1@gbr.example>\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n" +
			"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.gbr.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n--b\r\n" +
			"Content-Type: text/rfc822-headers\r\n\r\n" + low + "Subject: y\r\nContent-Type: multipart/mixed; boundary=other\r\n\r\n--b--\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			o.server.deliver(data)
			o.run()
			m := o.settled(1)[0]
			if _, _, err := o.box.Open(t.Context(), m.ID); !m.Verdict.MayRead || m.Subject != "Subject1" || err != nil {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

// TestRule20WithheldTellsNoFileName: what is wrong with a label names nothing of the message, neither in the row nor in the answer.
func TestRule20WithheldTellsNoFileName(t *testing.T) {
	for name, header := range map[string]string{
		"a type that cannot be read": "Content-Type: message/zitadelle (final); name=Zitadelle (final).pdf",
		"two types":                  "Content-Type: application/pdf; name=Zitadelle.pdf\r\nContent-Type: application/zitadelle",
		"an encoding":                "Content-Type: application/pdf\r\nContent-Transfer-Encoding: zitadelle",
		"a sidecar":                  "Content-Type: application/xml\r\nContent-Disposition: attachment; filename=Zitadelle.pdf.bdo",
		"a header that is none":      "Zitadelle Zitadelle\r\nContent-Type: text/plain",
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			o.server.deliver(strings.Replace(withFile(1, sio(t, "", "RESTRICTED"), letter(9, sio(t, "", "SECRET"), "x")), "\r\n--b--", "\r\n--b\r\n"+header+"\r\n\r\nx\r\n--b--", 1))
			stop := o.run()
			m := o.until("read", func(s inbox.Status, list []inbox.Message) bool { return s.Online && len(list) == 1 })[0]
			if m.Verdict.MayRead && m.Problem == "" || m.Subject != "" || len(m.Head.Inner) > 0 && !m.Verdict.MayRead {
				t.Errorf("%+v", m)
			}
			if text := strings.ToLower(fmt.Sprintf("%+v", m)); strings.Contains(text, "zitadelle") {
				t.Error(text)
			}
			stop()
			o.holdsNowhere("zitadelle", "Zitadelle")
		})
	}
}

// What cannot be read at all, or not to its end, tells no subject: the labels of what goes with it were never read.
func TestFailedTellsNothing(t *testing.T) {
	for name, change := range map[string]func(*inbox.Config){
		"too large": func(c *inbox.Config) { c.MaxSize = 2000 },
		"no room":   func(c *inbox.Config) { c.MaxBytes = 100 },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, change)
			o.server.deliver(withFile(1, sio(t, "", "RESTRICTED"), letter(9, sio(t, "", "SECRET"), "x")))
			stop := o.run()
			m := o.settled(1)[0]
			if m.Subject != "" || m.Problem == "" || len(m.Head.From) != 1 {
				t.Errorf("%+v", m)
			}
			stop()
			o.holdsNowhere("Subject1")
		})
	}
}

// TestManyLabelsAreBounded: of one message no more labels are read, kept and judged than message.MaxLabels; with more it is withheld. Equal ones
// count once.
func TestManyLabelsAreBounded(t *testing.T) {
	mbox := func(count int, class string) string {
		var b strings.Builder
		for range count {
			b.WriteString("From x Sun Mar  1 10:00:00 2026\r\n" + sio(t, "", class) + "\r\nx\r\n\r\n")
		}
		return b.String()
	}
	for name, test := range map[string]struct {
		files, each, most int
		mayRead           bool
	}{
		"few":           {3, 5, 2 * 3, true},
		"in many files": {50, 30, message.MaxLabels + 2*50, false},
		"in one file":   {1, 1000, message.MaxLabels + 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			part := textFile("a.mbox") + "\r\n\r\n" + mbox(test.each, "RESTRICTED")
			o.server.deliver(withPart(sio(t, "", "RESTRICTED"), strings.Repeat(part+"\r\n--b\r\n", test.files-1)+textFile("a.mbox"), mbox(test.each, "RESTRICTED")))
			stop := o.run()
			m := o.settled(1)[0]
			stop()
			if m.Verdict.MayRead != test.mayRead {
				t.Errorf("%+v", m.Verdict)
			}
			var inner string
			must(t, o.store.Reader().QueryRowContext(t.Context(), `SELECT inner FROM inbox_message`).Scan(&inner))
			if n := strings.Count(inner, `"file"`); n == 0 || n > test.most {
				t.Errorf("%d labels are kept of one message, at most %d may be", n, test.most)
			}
		})
	}
}
