package message_test

import (
	"bytes"
	"errors"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
)

// TestCompose: the whole message, letter by letter.
func TestCompose(t *testing.T) {
	d, s := mailDraft(), seal()
	s.To = []message.Address{{Name: "Ops, Forward", Address: "ops@aus.example"}}
	s.Cc = []message.Address{{Address: "watch@gbr.example"}}
	d.InReplyTo = "<m1.20250301@atlantia.example>"
	d.PrimaryPrecedence, d.CopyPrecedence, d.SIC = "flash", "1", []string{"ABC", "DEF"}
	d.MessageType, d.OriginatorReference, d.Handling = `exercise; identifier="TRIAL 25"`, "3/25", []string{"RXFPA ZOV MINDEF", "NO DISTRIBUTION"}
	d.Exempted = []string{"vincent@aus.example"}
	got := string(compose(t, d, s))
	head, body, _ := strings.Cut(got, "\r\n\r\n")
	want := []string{
		"From: \"Duty Officer\" <duty@gbr.example>",
		"To: \"Ops, Forward\" <ops@aus.example>",
		"Cc: watch@gbr.example",
		"Subject: Fuel state",
		"Date: Sun, 01 Mar 2026 09:00:05 +0000",
		"Message-ID: <01JABC@gbr.example>",
		"In-Reply-To: <m1.20250301@atlantia.example>",
		"References: <m1.20250301@atlantia.example>",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: 7bit",
		"SIO-Label: marking=\"MISSION SECRET Releasable to GBR, AUS\"; fgcolor=white;",
		" bgcolor=red; type=\":xml\";",
	}
	if !strings.HasPrefix(head, strings.Join(want, "\r\n")) {
		t.Errorf("got\n%s", head)
	}
	for _, line := range []string{
		"MMHS-Exempted-Address: vincent@aus.example", "MMHS-Subject-Indicator-Codes: ABC; DEF",
		"MMHS-Handling-Instructions: RXFPA ZOV MINDEF; NO DISTRIBUTION", "MMHS-Originator-Reference: 3/25",
		"MMHS-Primary-Precedence: flash", "MMHS-Copy-Precedence: 1", `MMHS-Message-Type: exercise; identifier="TRIAL 25"`,
		"MMHS-Extended-Authorisation-Info: Sun, 01 Mar 2026 09:00:05 +0000", "MT-Priority: 4",
	} {
		if strings.Count(head, "\r\n"+line) != 1 {
			t.Errorf("no line %q", line)
		}
	}
	if body != "All is well.\r\n" {
		t.Errorf("body %q", body)
	}
	if strings.Count(got, "vincent@aus.example") != 1 {
		t.Error("the exempted address stands elsewhere too")
	}
	if !bytes.Equal([]byte(got), compose(t, d, s)) {
		t.Error("not the same bytes again")
	}
	p, err := message.ReadPriority(strings.NewReader(got))
	if err != nil || p == nil || *p != 4 {
		t.Errorf("priority %v, %v", p, err)
	}
}

// TestRoundTrip: what is composed is read back to an equal label, whatever the marking.
func TestRoundTrip(t *testing.T) {
	received := label.Label{XML: secret().Marshal()}
	received, err := label.ParseLabel(received.XML)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("MISSION SECRET ", 40)
	for _, marking := range []string{
		"", "S", `a "quoted" \ marking; x=1`, strings.Repeat(`"\`, 200), long, "NATO SANS CLASSIFICATION Communicable \u00e0 ISAF",
		strings.Repeat("\u00c9TROIT \u2603 \U0001F512 ", 30), "=?utf-8?q?x?=", "100% '; label*0=\"x\"", "tab\there",
	} {
		for _, l := range []label.Label{secret(), received} {
			s := seal()
			s.Label, s.Marking, s.Background = l, marking, "#FF0000"
			got, err := message.ReadLabel(bytes.NewReader(compose(t, mailDraft(), s)))
			if err != nil || got.Marking != marking || got.Type != ":xml" {
				t.Errorf("%.40q: %v, %.60q", marking, err, got.Marking)
			}
			if wantFg, wantBg := colours(marking); got.Foreground != wantFg || got.Background != wantBg {
				t.Errorf("%.40q: colours %q, %q", marking, got.Foreground, got.Background)
			}
			if !bytes.Equal(got.Label.XML, l.Marshal()) || got.Label.Classification != "SECRET" || got.Label.Categories[0].Values[1] != "AUS" {
				t.Errorf("label %s", got.Label.XML)
			}
		}
	}
}

// RFC 7444 §4: no colours without a marking.
func colours(marking string) (fg, bg string) {
	if marking == "" {
		return "", ""
	}
	return "white", "#FF0000"
}

// TestText: subjects and names come back as they were, read by the standard library.
func TestText(t *testing.T) {
	for _, s := range []string{
		"Fuel state", "", "=?utf-8?q?Bcc:_x?=", "two  blanks", " around ", "tab\there", strings.Repeat("x", 1000), strings.Repeat("many words ", 80) + "end",
		"Gr\u00fc\u00dfe aus M\u00fcnchen", strings.Repeat("\u8b66\u544a", 300), "\U0001F512" + strings.Repeat("a", 80), `quotes " and \ back`,
	} {
		d, seal := mailDraft(), seal()
		d.Subject = s
		name := strings.TrimSpace(s)
		seal.To = []message.Address{{Name: name, Address: "ops@aus.example"}}
		seal.Cc = []message.Address{{Address: "watch@gbr.example"}}
		m := parsed(t, compose(t, d, seal))
		got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || got != s {
			t.Errorf("subject %.60q: %.60q, %v", s, got, err)
		}
		to, err := m.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Name != name || to[0].Address != "ops@aus.example" {
			t.Errorf("name %.60q: %+v, %v", name, to, err)
		}
	}
}

// TestBody: the text arrives, with CRLF and an end of line, whatever it holds.
func TestBody(t *testing.T) {
	tests := []struct{ name, body, want, encoding string }{
		{"empty", "", "", "7bit"},
		{"no end of line", "a", "a\r\n", "7bit"},
		{"all line ends", "a\nb\r\nc\rd\n", "a\r\nb\r\nc\r\nd\r\n", "7bit"},
		{"dots, blanks and From", ".\n..\nFrom me\nend  \n\n", ".\r\n..\r\nFrom me\r\nend  \r\n\r\n", "7bit"},
		{"longest line", strings.Repeat("x", 997), strings.Repeat("x", 997) + "\r\n", "7bit"},
		{"longer line", strings.Repeat("x", 5000), strings.Repeat("x", 5000) + "\r\n", "quoted-printable"},
		{"not ASCII", "Gr\u00fc\u00dfe \u2603 = 3\n", "Gr\u00fc\u00dfe \u2603 = 3\r\n", "quoted-printable"},
		{"control characters", "a\x00b\x1b", "a\x00b\x1b\r\n", "quoted-printable"},
		{"a header in it", "\nSIO-Label: marking=\"UNCLASSIFIED\"\n", "\r\nSIO-Label: marking=\"UNCLASSIFIED\"\r\n", "7bit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := mailDraft()
			d.Body = tt.body
			m := parsed(t, compose(t, d, seal()))
			if got := m.Header.Get("Content-Transfer-Encoding"); got != tt.encoding {
				t.Errorf("encoding %q", got)
			}
			if tt.encoding == "quoted-printable" {
				m.Body = quotedprintable.NewReader(m.Body)
			}
			if got := bodyOf(t, m); got != tt.want {
				t.Errorf("got %.80q", got)
			}
		})
	}
}

// TestBodyOfAnAnswer: what was left empty above the text that is answered does not leave.
func TestBodyOfAnAnswer(t *testing.T) {
	for body, want := range map[string]string{"\n\nOn Sunday A wrote:\n> a\n": "On Sunday A wrote:\r\n> a\r\n", "\nYes.\n\n> a": "Yes.\r\n\r\n> a\r\n", "\n\n": ""} {
		d := mailDraft()
		d.InReplyTo, d.Body = "<m1@atlantia.example>", body
		if got := bodyOf(t, parsed(t, compose(t, d, seal()))); got != want {
			t.Errorf("%q leaves as %q, want %q", body, got, want)
		}
	}
}

// TestRecipients: many of them, folded; without names when the seal gives none.
func TestRecipients(t *testing.T) {
	d, s := mailDraft(), seal()
	d.Info = nil
	for i := range 40 {
		a := strings.Repeat("n", i+1) + "@aus.example"
		d.Action = append(d.Action, a)
	}
	list, err := parsed(t, compose(t, d, s)).Header.AddressList("To")
	if err != nil || len(list) != 41 || list[40].Address != strings.Repeat("n", 40)+"@aus.example" {
		t.Fatalf("%d, %v", len(list), err)
	}
	if h := parsed(t, compose(t, d, s)).Header; h.Get("Cc") != "" || h.Get("Bcc") != "" {
		t.Error("a field for nobody")
	}
}

// TestRefused: what is not written, and why. Each case breaks one thing.
func TestRefused(t *testing.T) {
	type change func(d *draft.Draft, s *message.Seal)
	smuggled := "x\r\nBcc: spy@x.example"
	tests := []struct {
		name   string
		want   error
		change change
	}{
		{"chat", message.ErrUnsupported, func(d *draft.Draft, _ *message.Seal) { d.Channel = draft.Chat }},
		{"parts without portion markings", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Parts = []draft.Part{{Text: "x"}} }},
		{"attachments without content", message.ErrUnsupported, func(d *draft.Draft, _ *message.Seal) { d.Attachments = []draft.Attachment{{File: "x"}} }},
		{"no label in the draft", message.ErrNoLabel, func(d *draft.Draft, _ *message.Seal) { d.Label = draft.Label{} }},
		{"no label in the seal", message.ErrNoLabel, func(_ *draft.Draft, s *message.Seal) { s.Label = label.Label{} }},
		{"label that cannot be read", message.ErrLabel, func(_ *draft.Draft, s *message.Seal) { s.Label.XML = []byte("<x/>") }},
		{"label without classification", message.ErrLabel, func(_ *draft.Draft, s *message.Seal) { s.Label.Classification = "" }},
		{"unknown channel", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Channel = "fax" }},
		{"subject with CRLF", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Subject = smuggled }},
		{"subject with NUL", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Subject = "a\x00" }},
		{"subject with LF", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Subject = "a\n b" }},
		{"subject with line separator", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Subject = "a\u2028b" }},
		{"subject not UTF-8", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Subject = "a\xff" }},
		{"body not UTF-8", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Body = "a\xff" }},
		{"name with CRLF", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.From.Name = smuggled }},
		{"recipient's name with CR", message.ErrInvalid, func(d *draft.Draft, s *message.Seal) {
			s.To, d.Info = []message.Address{{Name: "a\rb", Address: "ops@aus.example"}}, nil
		}},
		{"address with CRLF", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Action = []string{"ops@aus.example\r\nBcc: x"} }},
		{"two addresses in one", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Action = []string{"ops@aus.example, spy@x.example"} }},
		{"no From", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.From.Address = "" }},
		{"From of somebody else", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.From.Address = "colonel@gbr.example" }},
		{"To that the draft does not name", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.To = []message.Address{{Address: "spy@x.example"}} }},
		{"Cc left out", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.To = []message.Address{{Address: "ops@aus.example"}} }},
		{"marking with CRLF", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.Marking = smuggled }},
		{"marking with NUL", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.Marking = "\x00" }},
		{"colour", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.Background = "red; type=x" }},
		{"colour with sign", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.Foreground = "#+12345" }},
		{"message id", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.MessageID = "x y@z" }},
		{"no message id", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.ID = "" }},
		{"id with CRLF", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.ID = "x\r\ny" }},
		{"no date", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) { s.Date = time.Time{} }},
		{"inReplyTo", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.InReplyTo = "<a@b> <c@d>" }},
		{"exempted recipient", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Exempted = []string{"OPS@aus.example"} }},
		{"precedence", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.PrimaryPrecedence = "urgent" }},
		{"precedence with zero", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.PrimaryPrecedence = "04" }},
		{"precedence too high", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.CopyPrecedence = "32" }},
		{"precedence below", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.CopyPrecedence = "-1" }},
		{"sic too short", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.SIC = []string{"AB"} }},
		{"sic too long", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.SIC = []string{"ABC", "ABCDEFGHI"} }},
		{"sic in small letters", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.SIC = []string{"abc"} }},
		{"sic with a blank", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.SIC = []string{"AB C"} }},
		{"sic of another script", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.SIC = []string{"АВС"} }},
		{"subject of 1,001 characters", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Subject = strings.Repeat("ü", 1001) }},
		{"to twice", message.ErrInvalid, func(_ *draft.Draft, s *message.Seal) {
			s.To = []message.Address{{Address: "ops@aus.example"}, {Address: "OPS@aus.example"}}
			s.Cc = []message.Address{{Address: "watch@gbr.example"}}
		}},
		{"sic with semicolon", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.SIC = []string{"ABC;DEF"} }},
		{"handling empty", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Handling = []string{""} }},
		{"handling too long", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Handling = []string{strings.Repeat("A", 70)} }},
		{"handling not printable", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.Handling = []string{"A*B"} }},
		{"reference", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.OriginatorReference = "\u00e9" }},
		{"message type", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.MessageType = "war" }},
		{"message type 256", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.MessageType = "256" }},
		{"message type's parameter", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.MessageType = "drill; name=x" }},
		{"message type's identifier", message.ErrInvalid, func(d *draft.Draft, _ *message.Seal) { d.MessageType = `drill; identifier="a"b"` }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, s := mailDraft(), seal()
			tt.change(&d, &s)
			if out, err := message.Compose(d, s); !errors.Is(err, tt.want) || out != nil {
				t.Fatalf("%v, %q; want %v", err, out, tt.want)
			}
		})
	}
}

// TestPriority: the STANAG4406 policy of RFC 6710, appendix A. A precedence that it does not know has no priority.
func TestPriority(t *testing.T) {
	for precedence, want := range map[string]string{
		"deferred": "-4", "Routine": "-2", "2": "0", "immediate": "2", "FLASH": "4", "override": "6", "6": "", "31": "", "": "",
	} {
		d := mailDraft()
		d.PrimaryPrecedence = precedence
		h := parsed(t, compose(t, d, seal())).Header
		if got := h.Get("MT-Priority"); got != want || h.Get("MMHS-Primary-Precedence") != precedence {
			t.Errorf("%q: %q", precedence, got)
		}
	}
	for header, want := range map[string]string{
		"MT-Priority: -3": "-3", "mt-priority: 4 (ultra)": "4", "MT-Priority: 10": "", "MT-Priority: +1": "", "MT-Priority: 1\r\nMT-Priority: 2": "", "X: y": "",
	} {
		p, err := message.ReadPriority(strings.NewReader(header + "\r\n\r\nMT-Priority: 9\r\n"))
		got := ""
		if p != nil {
			got = strconv.Itoa(*p)
		}
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", header, got, err)
		}
	}
}

// TestSampleFields: the military fields of the sample message are ones that we would write.
func TestSampleFields(t *testing.T) {
	raw := sample(t, "email-A-rfc7444-xml-4774label.eml")
	if raw == nil {
		return
	}
	d := mailDraft()
	d.PrimaryPrecedence, d.CopyPrecedence, d.MessageType = "2", "1", `exercise; identifier="TRIAL 25"`
	d.OriginatorReference, d.SIC = "3/25", []string{"ABC", "DEF"}
	ours, theirs := parsed(t, compose(t, d, seal())).Header, parsed(t, raw).Header
	for name := range theirs {
		if strings.HasPrefix(name, "Mmhs-") || name == "Mt-Priority" {
			if !slices.Equal(ours[name], theirs[name]) {
				t.Errorf("%s: %q, sample %q", name, ours[name], theirs[name])
			}
		}
	}
}

// Two spellings of one address are one recipient: a reader must not see two, and a server must not deliver twice.
func TestARecipientStandsOnceInTheHeader(t *testing.T) {
	d, s := mailDraft(), seal()
	d.Action = []string{"Ops@aus.example", "ops@aus.example", "b@aus.example"}
	d.Info = []string{"OPS@AUS.EXAMPLE", "watch@gbr.example", "Watch@gbr.example"}
	d.Exempted = []string{"x@aus.example", "X@aus.example"}
	for name, named := range map[string]bool{"by the draft": false, "by the seal": true} {
		if named {
			s.To = []message.Address{{Name: "Ops", Address: "Ops@aus.example"}, {Address: "b@aus.example"}}
			s.Cc = []message.Address{{Address: "watch@gbr.example"}}
		}
		m := parsed(t, compose(t, d, s))
		for field, want := range map[string]string{"To": "Ops@aus.example b@aus.example", "Cc": "watch@gbr.example", "MMHS-Exempted-Address": "x@aus.example"} {
			list, err := m.Header.AddressList(field)
			var got []string
			for _, a := range list {
				got = append(got, a.Address)
			}
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%s, %s: %q, %v", name, field, got, err)
			}
		}
	}
	d.Info = []string{"OPS@aus.example"}
	if m := parsed(t, compose(t, d, seal())); m.Header.Get("Cc") != "" {
		t.Errorf("Cc %q of nobody", m.Header.Get("Cc"))
	}
}

func TestSubjectOf1000Characters(t *testing.T) {
	d := mailDraft()
	d.Subject = strings.Repeat("ü", 1000)
	compose(t, d, seal())
}

// A copy of a draft may be addressed to nobody yet; an exempted address is not in it; a message may not be.
func TestUnsent(t *testing.T) {
	d, s := mailDraft(), seal()
	d.Action, d.Info, d.Exempted = nil, nil, []string{"spy@aus.example"}
	if _, err := message.Compose(d, s); !errors.Is(err, message.ErrInvalid) {
		t.Errorf("a message to nobody: %v", err)
	}
	s.Unsent = true
	out := compose(t, d, s)
	m := parsed(t, out)
	for _, name := range []string{"To", "Cc", "Bcc", "MMHS-Exempted-Address"} {
		if _, has := m.Header[name]; has {
			t.Errorf("%s: %q", name, m.Header[name])
		}
	}
	if strings.Contains(string(out), "spy@") || m.Header.Get("From") == "" || m.Header.Get("Date") == "" || m.Header.Get("SIO-Label") == "" {
		t.Errorf("%s", out)
	}
	d = mailDraft()
	if m := parsed(t, compose(t, d, s)); m.Header.Get("To") == "" || m.Header.Get("Cc") == "" {
		t.Errorf("addressed: %v", m.Header)
	}
}
