package message_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"caveat/backend/label/binding"
	"caveat/backend/message"
)

func parted(kind, header, body string) string {
	return "From: a@b\r\nContent-Type: " + kind + "; boundary=b\r\n\r\n--b\r\n" + header + "\r\n" + body + "\r\n--b--\r\n"
}

func utf16Text(order string, s string) string {
	var out []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
		if order == "le" {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return string(out)
}

func base64Text(s string) string {
	text := base64.StdEncoding.EncodeToString([]byte(s))
	var lines []string
	for ; len(text) > 76; text = text[76:] {
		lines = append(lines, text[:76])
	}
	return strings.Join(append(lines, text), "\r\n")
}

// TestRule02LabelledMessageInEveryShape: whatever it is wrapped in or called, its label is read, or stands there as one that cannot be.
func TestRule02LabelledMessageInEveryShape(t *testing.T) {
	eml := string(compose(t, mailDraft(), seal()))
	field := eml[strings.Index(eml, "SIO-Label:"):]
	inside := "Content-Type: message/rfc822\r\n"
	encoded := "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
	const read, refused = true, false
	for name, c := range map[string]struct {
		file string
		want bool
	}{
		"a text called x.eml":           {parted("multipart/mixed", "Content-Type: text/plain; name=x.eml\r\nContent-Disposition: inline; filename=x.eml\r\n", eml), read},
		"headers only":                  {parted("multipart/report", "Content-Type: text/rfc822-headers\r\n", eml), read},
		"in a digest":                   {parted("multipart/digest", "", eml), read},
		"in base64":                     {parted("multipart/mixed", encoded, base64Text(eml)), read},
		"one part in base64":            {"From: a@b\r\n" + encoded + "\r\n" + base64Text(eml), read},
		"UTF-16, little-endian":         {utf16Text("le", eml), read},
		"UTF-16, big-endian":            {utf16Text("be", parted("multipart/mixed", encoded, base64Text(eml))), read},
		"first of a mailbox":            {"From a@b Sat\r\n" + eml, read},
		"second of a mailbox":           {"From a@b Sat\r\nFrom: x\r\n\r\nhello\r\n\r\nFrom a@b Sat\r\n" + eml, read},
		"third of a mailbox, in base64": {"From a Sat\nA: x\n\nhello\n\nFrom b Sat\nA: x\n\nFrom\n\nFrom c Sat\n" + strings.ReplaceAll(parted("multipart/mixed", encoded, base64Text(eml)), "\r\n", "\n"), read},

		"a comment before the type":        {parted("(c) multipart/mixed", inside, eml), refused},
		"a comment, in base64":             {parted("(c) multipart/mixed", encoded, base64Text(eml)), refused},
		"a comment in a part":              {parted("multipart/mixed", "Content-Type: (c) message/rfc822\r\n", eml), refused},
		"two types":                        {"Content-Type: text/plain\r\n" + parted("multipart/mixed", inside, eml), refused},
		"two types, in base64":             {"Content-Type: text/plain\r\n" + parted("multipart/mixed", encoded, base64Text(eml)), refused},
		"no boundary":                      {"Content-Type: multipart/mixed\r\n\r\n--\r\n" + inside + "\r\n" + eml + "\r\n----\r\n", refused},
		"an encoding that is not known":    {parted("multipart/mixed", "Content-Transfer-Encoding: x-uuencode\r\n", "begin 644 a"), refused},
		"before the first part":            {strings.Replace(parted("multipart/mixed", "", "x"), "\r\n\r\n--b", "\r\n\r\n"+field+"\r\n--b", 1), refused},
		"behind the last part":             {parted("multipart/mixed", "", "x") + field, refused},
		"behind a first paragraph":         {"Minutes.\r\n\r\n" + eml, refused},
		"in quoted-printable, deep down":   {parted("multipart/mixed", "Content-Transfer-Encoding: quoted-printable\r\n", "One.\r\n\r\nSIO=\r\n-Label: x"), refused},
		"far behind":                       {"%PDF-1.7\n" + strings.Repeat("x", 3<<20) + "\nsio-LABEL \t: x\n", refused},
		"at the start of a UTF-16 line":    {utf16Text("le", "Minutes\n\nSIO-Label: x"), refused},
		"a label in XML":                   {"<?xml version='1.0'?><doc>" + element(t) + "</doc>", refused},
		"a label in XML, in UTF-16":        {utf16Text("be", element(t)), refused},
		"a binding that holds its data":    {holding(t, bound(t, "./x.txt")), refused},
		"a binding of what contains it":    {strings.Replace(bound(t, "./x.txt"), `URI="./x.txt"`, `URI=""`, 1), refused},
		"a label in a part in base64":      {parted("multipart/mixed", encoded, base64Text("see "+element(t))), refused},
		"a sidecar inside that is no good": {parted("multipart/mixed", "Content-Disposition: attachment; filename=x.txt.BDO\r\n", "garbage"), refused},
	} {
		all, err := message.ReadFileLabels(strings.NewReader(c.file))
		if err != nil || len(all) == 0 {
			t.Errorf("%s: no label: %v", name, err)
			continue
		}
		isRefused := false
		for _, l := range all {
			isRefused = isRefused || l.Err != nil
			if c.want == read && l.Label.Classification != "SECRET" {
				t.Errorf("%s: %+v", name, l)
			}
		}
		if isRefused != (c.want == refused) {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

// TestRule02WhatIsNoLabelIsLeftAlone: a text that quotes a labelled message, or only speaks of labels, is sent as it is.
func TestRule02WhatIsNoLabelIsLeftAlone(t *testing.T) {
	for name, file := range map[string]string{
		"quoted in an answer":     "On Monday you wrote:\r\n> From: a@b\r\n> SIO-Label: marking=\"SECRET\"\r\n",
		"in the middle of a line": "The field SIO-Label: is defined in RFC 7444.\nSIO-Labels: none. SIO-Label\n",
		"a schema":                `<xs:schema><xs:element name="originatorConfidentialityLabel" type="x"/></xs:schema>`,
		"escaped":                 "<p>&lt;slab:originatorConfidentialityLabel&gt;</p>",
		"a clearance":             "<slab:ConfidentialityClearance></slab:ConfidentialityClearance>",
		"a sidecar":               bound(t, "./plan.txt"),
		"a page of an answer":     "Content-Type: text/html\r\n\r\n<p>hello</p>",
		"a mailbox":               "From a Sat\nFrom: x\n\nhello\n\nFrom b Sat\nFrom: x\n\nhello\n",
		"a mail with a picture":   parted("multipart/mixed", "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n", base64Text(strings.Repeat("\x89PNG", 5000))),
		"nothing":                 "",
	} {
		if all, err := message.ReadFileLabels(strings.NewReader(file)); err != nil || len(all) > 0 {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}

// TestRule02SidecarInsideAMessageIsRead: as the binding of the part beside it.
func TestRule02SidecarInsideAMessageIsRead(t *testing.T) {
	for name, part := range map[string]string{
		"as it is":  "Content-Disposition: attachment; filename=plan.txt.bdo\r\n\r\n" + bound(t, "./plan.txt"),
		"in base64": "Content-Type: application/xml; name=\"plan.txt.bdo\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Text(bound(t, "./plan.txt")),
	} {
		file := parted("multipart/mixed", "Content-Disposition: attachment; filename=plan.txt\r\n", "The plan.\r\n--b\r\n"+part)
		all, err := message.ReadFileLabels(strings.NewReader(file))
		if err != nil || len(all) != 1 || !errors.Is(all[0].Err, message.ErrType) || all[0].Binding == nil || all[0].Sidecar != "plan.txt.bdo" {
			t.Errorf("%s: %+v, %v", name, all, err)
			continue
		}
		if b, err := all[0].Binding.Bound(all[0].Reference); err != nil || len(b.Labels) != 1 || b.Labels[0].Classification != "SECRET" {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

// TestRule02MoreLookalikesThanAreKept: what they say is not held, and beyond a number the file is refused whatever they say.
func TestRule02MoreLookalikesThanAreKept(t *testing.T) {
	line := []byte(strings.Repeat("x", 70) + "<b>\nSIO-Label: " + strings.Repeat("y", 20) + "\n")
	count := int64(20 << 20 / len(line))
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "%PDF\n\n")
		for i := range count {
			fmt.Fprintf(w, "%s %d\n", line, i)
		}
		w.Close()
	}()
	all, err := message.ReadFileLabels(r)
	if err != nil || len(all) != 1 || !errors.Is(all[0].Err, message.ErrLookalike) {
		t.Errorf("%+v, %v", all, err)
	}
}

func element(t *testing.T) string {
	t.Helper()
	return string(seal().Label.Marshal())
}

// holding is a binding whose data stands in it.
func holding(t *testing.T, document string) string {
	t.Helper()
	o, err := binding.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	o.XML = nil
	o.Containers[0].Bindings[0].Data = []binding.Data{{XML: "text"}}
	return string(o.Marshal())
}

func bound(t *testing.T, uri string) string {
	t.Helper()
	l := seal().Label
	o := binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
		Metadata: []binding.Metadata{{Label: &l}}, Data: []binding.Data{{Reference: &binding.Reference{URI: uri}}},
	}}}}}
	return string(o.Marshal())
}
