package message_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"reflect"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
)

// everything is a draft and a seal in which every field is set that goes into a message.
func everything() (draft.Draft, message.Seal, contents) {
	files := contents{}
	d := mailDraft()
	d.InReplyTo, d.Exempted = "<0@gbr.example>", []string{"spy@x.example"}
	d.PrimaryPrecedence, d.CopyPrecedence, d.SIC, d.MessageType = "flash", "routine", []string{"ABC", "DEF"}, `exercise; identifier="TRIAL 25"`
	d.OriginatorReference, d.Handling = "3/25", []string{"one", "two"}
	d.Parts = []draft.Part{{Text: "A paragraph.", Label: d.Label}}
	d.Attachments = []draft.Attachment{files.add("plan.pdf", []byte("plan")), files.add("notes.txt", []byte("notes"))}
	d.Attachments[0].Type = "application/pdf"
	s := seal()
	s.To, s.Cc = []message.Address{{Name: "Ops", Address: "ops@aus.example"}}, []message.Address{{Name: "Watch", Address: "watch@gbr.example"}}
	s.Marks, s.History, s.ReceiptTo, s.References = marks(), []message.Change{changed(when)}, s.From, []string{"<a@b.example>"}
	s.Portions, s.Sidecars = []string{"MS"}, map[int]label.Label{1: secret()}
	return d, s, files
}

// hostile are texts that have ended a field, a header, an address, a quoted string, a parameter, a part or a message somewhere.
var hostile = []string{
	"\r\nBcc: spy@x.example", "\nBcc: spy@x.example", "\rBcc: spy@x.example", "\r\n\r\nbody", "\n.\r\nMAIL FROM:<a@b>", "\r\n.\r\n", "\x00", "\u2028Bcc: x", "\u0085Bcc: x", "\x0bBcc: x", "\x1b[2J",
	"a@b.example, spy@x.example", "<spy@x.example>", `"<spy@x.example>"`, "a@b.example>,<spy@x.example", `\`, `"`, `a"b; label="x`, "; label=x; type=\":ess\"", "%0D%0ABcc: x", "=?utf-8?q?a=0D=0ABcc:_x?=",
	"=?utf-8?b?DQpCY2M6IHg=?=", "(comment", ")", "--b", "\r\n--=_", "\u202espy", "\xff\xfe", strings.Repeat("a", 5000), strings.Repeat("\u00e9 ", 800), strings.Repeat(" ", 1200) + "x", "../../x", "Bcc", "SIO-Label", "X-A\r\nBcc",
	"\u010a\u010dBcc: x", "\uff1a\uff02", "\ud7ff\U0010ffff", "\t", " ", "",
	"\u00fc", "\u00fc@m\u00fcller.example", "\u00fc@b.example,\u00e4@b.example", "\u00fc@b.example\r\nBcc: spy@x.example", "\u00fc\uff20b.example", "\u00fc\uff0cspy@x.example", "\u00fc@b\u3002example", "\u00fc\u200b@b.example", "\u00fc\u2028Bcc: x",
	"<\u00fc@b.example>", "\u00fc;label=x", "\u212a", "p\u0430ul", "u\u0308", "\xc3", "\xc3\r\nBcc: x", "\u560d\u560aBcc: spy@x.example",
}

// fields of addresses: they alone may hold octets beyond ASCII, where an address needs it.
var addressed = []string{"From:", "To:", "Cc:", "Disposition-Notification-To:", "MMHS-Exempted-Address:"}

// needsUTF8 reports that a message can only be written with octets beyond ASCII: somebody's local part is.
func needsUTF8(d draft.Draft, s message.Seal) bool {
	return slices.ContainsFunc(slices.Concat(d.Action, d.Info, d.Exempted, []string{s.From.Address, s.ReceiptTo.Address}), func(a string) bool {
		local, _, _ := strings.Cut(a, "@")
		return strings.ContainsFunc(local, func(r rune) bool { return r >= 0x80 })
	})
}

// isAllowed reports a line that may hold an address beyond ASCII.
func isAllowed(field, line string, utf8 bool) bool {
	return !strings.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) || utf8 && slices.Contains(addressed, field)
}

// known are the fields that a message may have, each once but for the trace.
var known = []string{"From", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To", "References", "Disposition-Notification-To", "Mime-Version", "Content-Type",
	"Content-Transfer-Encoding", "Sio-Label", "Sio-Label-History", "X-Mission-Marking", "Mmhs-Exempted-Address", "Mmhs-Subject-Indicator-Codes", "Mmhs-Handling-Instructions",
	"Mmhs-Originator-Reference", "Mmhs-Primary-Precedence", "Mmhs-Copy-Precedence", "Mmhs-Message-Type", "Mmhs-Extended-Authorisation-Info", "Mt-Priority"}

// texts finds every text in a value that can be set.
func texts(v any) []reflect.Value {
	var out []reflect.Value
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if v.CanSet() {
				out = append(out, v)
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(v))
	return out
}

// honest says what a message has that its draft did not ask for.
func honest(raw []byte, d draft.Draft, s message.Seal) error {
	field, inBody, utf8 := "", false, needsUTF8(d, s)
	for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		if inBody = inBody || line == ""; inBody {
			field = ""
		} else if line[0] != ' ' {
			field, _, _ = strings.Cut(line, " ")
		}
		if strings.ContainsAny(line, "\r\n\x00") || len(line) > 998 || !isAllowed(field, line, utf8) {
			return fmt.Errorf("line %.60q", line)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for name, values := range m.Header {
		if !slices.Contains(known, name) && !strings.EqualFold(name, s.Marks.HeaderName) || len(values) > 1 && name != "Sio-Label-History" || len(values) > len(s.History) && name == "Sio-Label-History" {
			return fmt.Errorf("field %s: %q", name, values)
		}
	}
	for name, want := range map[string][]string{"From": {s.From.Address}, "To": d.Action, "Cc": d.Info, "Mmhs-Exempted-Address": d.Exempted, "Disposition-Notification-To": {s.ReceiptTo.Address}} {
		list, err := m.Header.AddressList(name)
		if errors.Is(err, mail.ErrHeaderNotPresent) {
			list, err = nil, nil
		}
		var have []string
		for _, a := range list {
			have = append(have, draft.FoldAddress(a.Address))
		}
		wanted := []string{}
		for _, a := range want {
			if a != "" {
				wanted = append(wanted, draft.FoldAddress(a))
			}
		}
		if err != nil || !slices.Equal(have, wanted) && len(have)+len(wanted) > 0 {
			return fmt.Errorf("%s: %q, wanted %q, %v", name, have, wanted, err)
		}
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return fmt.Errorf("content type: %v", err)
	}
	return wholeParts(multipart.NewReader(m.Body, params["boundary"]), d)
}

// wholeParts holds the parts to the draft: its text, each attachment, and the one sidecar.
func wholeParts(r *multipart.Reader, d draft.Draft) error {
	var names []string
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if n := len(p.Header); n > 3 {
			return fmt.Errorf("a part with %d fields: %v", n, p.Header)
		}
		names = append(names, p.FileName())
		var content io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			content = base64.NewDecoder(base64.StdEncoding, p)
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return err
		}
	}
	if len(names) != 2+len(d.Attachments) || names[0] != "" {
		return fmt.Errorf("parts %q", names)
	}
	return nil
}
