package message_test

import (
	"bytes"
	"errors"
	"mime"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/siolabel"
	"caveat/backend/message"
	"caveat/backend/spif"
)

// marks are markings at every place.
func marks() spif.Placed {
	return spif.Placed{FirstLine: "MISSION SECRET begins", LastLine: "MISSION S\u00c9CRET ends", Subject: "MISSION SECRET", Header: "MISSION S\u00c9CRET", HeaderName: "X-Mission-Marking"}
}

func header(t *testing.T, raw []byte, name string) string {
	t.Helper()
	values := parsed(t, raw).Header[name]
	if len(values) > 1 {
		t.Errorf("%s stands %d times", name, len(values))
	}
	text, err := (&mime.WordDecoder{}).DecodeHeader(strings.Join(values, ""))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMarks(t *testing.T) {
	s := seal()
	plain := compose(t, mailDraft(), s)
	s.Marks = marks()
	out := compose(t, mailDraft(), s)
	if header(t, out, "Subject") != "Fuel state (MISSION SECRET)" || header(t, out, "X-Mission-Marking") != "MISSION S\u00c9CRET" {
		t.Errorf("%s", out)
	}
	m, err := message.ReadMail(bytes.NewReader(out), nil, when)
	if err != nil || m.Text != "MISSION SECRET begins\n\nAll is well.\n\nMISSION S\u00c9CRET ends\n" {
		t.Errorf("%q, %v", m.Text, err)
	}
	if header(t, plain, "X-Mission-Marking") != "" || header(t, plain, "Subject") != "Fuel state" || !bytes.HasSuffix(plain, []byte("\r\n\r\nAll is well.\r\n")) {
		t.Errorf("without codes something is added: %s", plain)
	}
	// The marks are around the portions, and in the text part of a message with attachments.
	files := contents{}
	d := mailDraft()
	d.Body, d.Parts = "", []draft.Part{{Text: "One.", Label: d.Label}}
	d.Attachments = []draft.Attachment{files.add("a.txt", []byte("x"))}
	s.Portions = []string{"MS"}
	var b bytes.Buffer
	if err := message.Write(&b, d, s, files.open); err != nil {
		t.Fatal(err)
	}
	checkLines(t, b.Bytes())
	if m, err = message.ReadMail(&b, nil, when); err != nil || m.Text != "MISSION SECRET begins\n\n(MS) One.\n\nMISSION S\u00c9CRET ends\n" || len(m.Files) != 1 {
		t.Errorf("%q, %v", m.Text, err)
	}
}

func TestMarksOneByOne(t *testing.T) {
	for name, tt := range map[string]struct {
		marks spif.Placed
		body  string
		want  string
	}{
		"first line only": {spif.Placed{FirstLine: "M"}, "a\n\n\n", "M\n\na\n"},
		"last line only":  {spif.Placed{LastLine: "M"}, "\na", "\na\n\nM\n"},
		"no text":         {spif.Placed{FirstLine: "M", LastLine: "N"}, "", "M\n\nN\n"},
	} {
		d, s := mailDraft(), seal()
		d.Body, s.Marks = tt.body, tt.marks
		m, err := message.ReadMail(bytes.NewReader(compose(t, d, s)), nil, when)
		if err != nil || m.Text != tt.want {
			t.Errorf("%s: %q, %v", name, m.Text, err)
		}
	}
	for subject, want := range map[string]string{"": "(M)", "a": "a (M)", " a ": "a (M)", "Re: a (M)": "Re: a (M)", "(M)": "(M)", "(M) a": "(M) a (M)"} {
		if got := message.MarkedSubject(subject, "M"); got != want {
			t.Errorf("%q: %q", subject, got)
		}
	}
	for mark, want := range map[string]string{"": "a", " ": "a", "[M]": "a [M]", "(low) x": "a (low) x", "M": "a (M)"} {
		if got := message.MarkedSubject("a", mark); got != want {
			t.Errorf("mark %q: %q", mark, got)
		}
	}
}

// TestSealRefused: one fault per case.
func TestSealRefused(t *testing.T) {
	for name, change := range map[string]func(*message.Seal){
		"first line with LF":                            func(s *message.Seal) { s.Marks.FirstLine = "a\nb" },
		"last line with CR":                             func(s *message.Seal) { s.Marks.LastLine = "a\rb" },
		"subject with CRLF":                             func(s *message.Seal) { s.Marks.Subject = "a\r\nBcc: spy@x.example" },
		"header with CRLF":                              func(s *message.Seal) { s.Marks.Header = "a\r\nBcc: spy@x.example" },
		"header that is not UTF-8":                      func(s *message.Seal) { s.Marks.Header = "\xff" },
		"header called Bcc":                             func(s *message.Seal) { s.Marks.HeaderName = "Bcc" },
		"header called SIO-Label":                       func(s *message.Seal) { s.Marks.HeaderName = "SIO-Label" },
		"header's name holds a field":                   func(s *message.Seal) { s.Marks.HeaderName = "X-A: b\r\nBcc" },
		"header's name with a colon":                    func(s *message.Seal) { s.Marks.HeaderName = "X-A:b" },
		"header without name":                           func(s *message.Seal) { s.Marks.HeaderName = "" },
		"header that is only X-":                        func(s *message.Seal) { s.Marks.HeaderName = "X-" },
		"header's name with a letter that is not ASCII": func(s *message.Seal) { s.Marks.HeaderName = "X-\u0141" }, // whose low byte is a letter
		"header's name too long":                        func(s *message.Seal) { s.Marks.HeaderName = "X-" + strings.Repeat("a", 70) },
		"form":                                          func(s *message.Seal) { s.Form = "pdf" },
		"receipt to two":                                func(s *message.Seal) { s.ReceiptTo = message.Address{Address: "a@b.example, c@d.example"} },
		"receipt to a name alone":                       func(s *message.Seal) { s.ReceiptTo = message.Address{Name: "a"} },
		"reference with a blank":                        func(s *message.Seal) { s.References = []string{"<a@b> <c@d>"} },
		"reference with CRLF":                           func(s *message.Seal) { s.References = []string{"<a@b>\r\nBcc: x"} },
		"history without date":                          func(s *message.Seal) { s.History[0].At = time.Time{} },
		"history with CRLF":                             func(s *message.Seal) { s.History[0].Comment = "a\r\nBcc: x" },
		"history of an unknown action":                  func(s *message.Seal) { s.History[0].Action = "lower" },
		"history of a label that says nothing": func(s *message.Seal) {
			s.History[0].Old = message.Labelled(label.Label{}, "", "", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := mailDraft(), seal()
			d.InReplyTo = "<first@gbr.example>"
			s.Marks, s.History = marks(), []message.Change{changed(when)}
			if _, err := message.Compose(d, s); err != nil {
				t.Fatal(err)
			}
			change(&s)
			if out, err := message.Compose(d, s); out != nil || !errors.Is(err, message.ErrInvalid) && !errors.Is(err, message.ErrNoLabel) {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
}

func changed(at time.Time) message.Change {
	before := secret()
	before.Classification = "TOP SECRET"
	return message.Change{Action: siolabel.Replace, By: "duty@gbr.example", At: at, Comment: "The annex was taken out \u2013 all of it.",
		Old: message.Labelled(before, "MISSION TOP SECRET", "black", "yellow"), New: message.Labelled(secret(), "MISSION SECRET", "white", "red")}
}

func TestHistory(t *testing.T) {
	s := seal()
	s.History = []message.Change{changed(when), changed(when.Add(-time.Hour))}
	s.History[1].Comment = "Typo."
	out := compose(t, mailDraft(), s)
	head, _, _ := strings.Cut(string(out), "\r\n\r\n")
	var names []string
	for line := range strings.SplitSeq(head, "\r\n") {
		if name, _, ok := strings.Cut(line, ":"); ok && line[0] != ' ' && strings.HasPrefix(name, "SIO") {
			names = append(names, name)
		}
	}
	if strings.Join(names, " ") != "SIO-Label SIO-Label-History SIO-Label-History" { // RFC 7444 §5: right behind the label
		t.Errorf("%q", names)
	}
	m, err := message.ReadMail(bytes.NewReader(out), nil, when)
	if err != nil || len(m.Sensitivity.History) != 2 || m.Sensitivity.HistoryUnread != 0 {
		t.Fatalf("%+v, %v", m.Sensitivity, err)
	}
	for i, c := range m.Sensitivity.History {
		want := s.History[i]
		if c.Action != want.Action || c.By != want.By || !c.At.Equal(want.At) || c.Comment != want.Comment || c.Old.Marking != want.Old.Marking ||
			!bytes.Equal(c.Old.Label.Marshal(), want.Old.Label.Marshal()) || !bytes.Equal(c.New.Label.Marshal(), want.New.Label.Marshal()) {
			t.Errorf("%+v", c)
		}
	}
}

// TestBindingForm: the object refers to this message, and the label in it is the one that was sealed, byte for byte.
func TestBindingForm(t *testing.T) {
	for _, id := range []string{"01JABC@gbr.example", "<a%b/c+d=e?f#g@gbr.example>"} {
		s := seal()
		s.Form, s.MessageID = message.FormBinding, id
		out := compose(t, mailDraft(), s)
		r, err := message.ReadLabel(bytes.NewReader(out))
		if !errors.Is(err, message.ErrType) || r.Binding == nil || r.Type != "urn:nato:stanag:4778:bindinginformation:1:0" || r.Marking != s.Marking {
			t.Fatalf("%+v, %v", r, err)
		}
		b, err := r.Binding.Bound(message.MessageReference(id))
		if err != nil || len(b.Labels) != 1 || !bytes.Equal(b.Labels[0].Marshal(), s.Label.Marshal()) {
			t.Errorf("%s: %+v, %v", id, b, err)
		}
		m, err := message.ReadMail(bytes.NewReader(out), nil, when)
		if err != nil || m.Sensitivity.How != message.HowBinding || len(m.Sensitivity.Received) != 1 || m.Sensitivity.Fault != message.FaultPolicy {
			t.Errorf("%+v, %v", m.Sensitivity, err)
		}
	}
	if got := message.MessageReference("<a%b/c d@gbr.example>"); got != "mid:a%25b%2Fc%20d@gbr.example" {
		t.Error(got)
	}
}

func TestThread(t *testing.T) {
	var long []string
	for i := range 80 {
		long = append(long, "<"+strings.Repeat("r", i+1)+"@gbr.example>")
	}
	for _, tt := range []struct {
		name       string
		answered   string
		references []string
		want       []string
	}{
		{"no answer", "", []string{"<a@b.example>"}, nil},
		{"references not known", "a@b.example", nil, []string{"<a@b.example>"}},
		{"a chain", "<c@b.example>", []string{"<a@b.example>", "b@b.example"}, []string{"<a@b.example>", "<b@b.example>", "<c@b.example>"}},
		{"one that names itself, and one twice", "<c@b.example>", []string{"<a@b.example>", "<c@b.example>", "<a@b.example>"}, []string{"<a@b.example>", "<c@b.example>"}},
		{"a long one keeps its beginning and its end", "<c@b.example>", long, append(append(append([]string{}, long[0]), long[32:]...), "<c@b.example>")},
	} {
		d, s := mailDraft(), seal()
		d.InReplyTo, s.References = tt.answered, tt.references
		out := compose(t, d, s)
		if got := strings.Fields(header(t, out, "References")); len(got)+len(tt.want) > 0 && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %q", tt.name, got)
		}
		m, err := message.ReadMail(bytes.NewReader(out), nil, when)
		if err != nil || !reflect.DeepEqual(m.References, tt.want) || strings.Trim(m.InReplyTo, "<>") != strings.Trim(tt.answered, "<>") {
			t.Errorf("%s: read %q, %q, %v", tt.name, m.References, m.InReplyTo, err)
		}
	}
}

func TestReceiptTo(t *testing.T) {
	s := seal()
	if header(t, compose(t, mailDraft(), s), "Disposition-Notification-To") != "" {
		t.Error("a receipt is asked for that nobody wants")
	}
	s.ReceiptTo = s.From
	out := compose(t, mailDraft(), s)
	m, err := message.ReadMail(bytes.NewReader(out), nil, when)
	if err != nil || !reflect.DeepEqual(m.ReceiptTo, []message.Address{s.From}) {
		t.Errorf("%+v, %v", m.ReceiptTo, err)
	}
}
