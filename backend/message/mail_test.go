package message_test

import (
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
)

func readMail(t *testing.T, text string) message.Mail {
	t.Helper()
	m, err := message.ReadMail(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")), nil, when)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadMailHeader(t *testing.T) {
	m := readMail(t, "From: =?utf-8?q?J=C3=BCrgen?= <j@deu.example>\nTo: ops@aus.example, group: a@b.example;, <p\u00e9@x.example>, <p\u0430ul@x.example>\nCc: this is no address\n"+
		"Subject: =?utf-8?b?4oCuYWJj?= and\n more\nDate: Sun, 01 Mar 2026 10:00:05 +0100\nMessage-ID: <1@deu.example>\nIn-Reply-To: <0@gbr.example> (yesterday)\n"+
		"References: <a@b.example> junk <bad id@x> <c@d.example>\nDisposition-Notification-To: j@deu.example\nMT-Priority: 4 (ultra)\n"+
		"MMHS-Primary-Precedence: 4 (flash)\nMMHS-Copy-Precedence: 17\nMMHS-Message-Type: 0; identifier=\"TRIAL 25\"\nMMHS-Subject-Indicator-Codes: ABC; DEF;\n"+
		"MMHS-Handling-Instructions: one\nMMHS-Handling-Instructions: two\nMMHS-Exempted-Address: spy@x.example\nMMHS-Extended-Authorisation-Info: Sun, 01 Mar 2026 10:00:05 +0100\n\nHello\n")
	four := 4
	want := message.Mail{
		From: []message.Address{{Name: "J\u00fcrgen", Address: "j@deu.example"}}, To: []message.Address{{Address: "ops@aus.example"}, {Address: "a@b.example"}, {Address: "p\u00e9@x.example"}, {Name: "<p\u0430ul@x.example>"}},
		Cc: []message.Address{{Name: "this is no address"}}, Subject: "abc and more", Date: time.Date(2026, 3, 1, 9, 0, 5, 0, time.UTC), MessageID: "<1@deu.example>",
		InReplyTo: "<0@gbr.example>", References: []string{"<a@b.example>", "<c@d.example>"}, ReceiptTo: []message.Address{{Address: "j@deu.example"}}, Priority: &four, Text: "Hello\n",
		Military: message.Military{PrimaryPrecedence: "flash", CopyPrecedence: "17", MessageType: "exercise", MessageIdentifier: "TRIAL 25", SIC: []string{"ABC", "DEF"},
			Exempted: []message.Address{{Address: "spy@x.example"}}, Authorised: time.Date(2026, 3, 1, 9, 0, 5, 0, time.UTC), Twice: []string{"MMHS-Handling-Instructions"}},
		Sensitivity: message.Sensitivity{Fault: message.FaultNoLabel},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("%+v\nwant %+v", m, want)
	}
	if m.Military.IsZero() || !(message.Military{}).IsZero() {
		t.Error("IsZero")
	}
}

const alternative = "Content-Type: multipart/alternative; boundary=b\n\n--b\n"

func TestReadMailBody(t *testing.T) {
	file := "Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''pl%C3%A4n.pdf\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(make([]byte, 1000)) + "\n"
	for _, tt := range []struct {
		name, mail string
		want       message.Mail // of it text, flags, files, and whether there is damage
	}{
		{"plain", "Subject: x\n\nA\nB\n", message.Mail{Text: "A\nB\n"}},
		{"control characters and overrides are left out", "Subject: x\n\nA\x1b[2J\u202eB\u200f\tC\n", message.Mail{Text: "A[2JB\u200f\tC\n"}},
		{"another character set", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n", message.Mail{Text: "Gr\u00fc\u00dfe\n"}},
		{"a character set that is not known", "Content-Type: text/plain; charset=x-klingon\n\nA\xff\n", message.Mail{Text: "A\ufffd\n"}},
		{"alternatives: the plain one", alternative + "Content-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>rich</p>\n--b--\n", message.Mail{Text: "plain", HasHTML: true, Differs: true}},
		{"alternatives, the other way round", alternative + "Content-Type: text/html\n\n<p>rich</p>\n--b\nContent-Type: text/plain\n\nplain\n--b--\n", message.Mail{Text: "plain", HasHTML: true, Differs: true}},
		{"alternatives that say the same", alternative + "Content-Type: text/plain\n\nplain\n text\n--b\nContent-Type: text/html\n\n<p>plain <b>text</b></p>\n--b--\n", message.Mail{Text: "plain\n text", HasHTML: true}},
		{"alternatives, two plain ones", alternative + "Content-Type: text/plain\n\nplain\n--b\nContent-Type: text/plain\n\nother\n--b--\n", message.Mail{Text: "plain", Differs: true}},
		{"alternatives, the plain one empty", alternative + "Content-Type: text/plain\n\n \n--b\nContent-Type: text/html\n\n<p>rich</p>\n--b--\n", message.Mail{Text: "rich", HasHTML: true, FromHTML: true}},
		{"HTML only", "Content-Type: text/html\n\n<p>rich</p>\n", message.Mail{Text: "rich", HasHTML: true, FromHTML: true}},
		{"all texts of a mixed message", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\n" + file + "--b\n\nsecond\n--b--\nepilogue\n",
			message.Mail{Text: "first\n\nsecond", Files: []message.File{{Name: "pl\u00e4n.pdf", Type: "application/pdf", Size: 1000}}}},
		{"a message inside", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nsecret\n--b--\n",
			message.Mail{Text: "first", Files: []message.File{{Type: "message/rfc822", Size: 24}}}},
		{"a text that is a file", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=\"../../etc/\u202epasswd\"\n\nx\n--b--\n",
			message.Mail{Files: []message.File{{Name: "../../etc/passwd", Type: "text/plain", Size: 1}}}},
		{"a picture in the text", "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src=cid:a alt=map>\n--b\nContent-Type: image/png\nContent-ID: <a>\n\nxx\n--b--\n",
			message.Mail{Text: "[map]", HasHTML: true, FromHTML: true, Files: []message.File{{Type: "image/png", Size: 2}}}},
		{"cut off", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n", message.Mail{Text: "first", Damage: "x"}},
		{"base64 that is none", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!!\n", message.Mail{Damage: "x"}},
		{"too long a text", "Subject: x\n\n" + strings.Repeat("\u00e9", message.MaxText) + "\n", message.Mail{Text: strings.Repeat("\u00e9", message.MaxText/2), Cut: true}},
		{"too long in two parts", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + strings.Repeat("a", message.MaxText) + "\n--b\n\nmore\n--b--\n",
			message.Mail{Text: strings.Repeat("a", message.MaxText), Cut: true}},
		{"too many parts", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nA\n" + strings.Repeat("--b\nContent-Type: text/plain\n\n\n", 300) + "--b--\n", message.Mail{Text: "A", Damage: "x"}},
		{"nested too deep", nested(20), message.Mail{Damage: "x"}},
		{"a part with an endless header", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nA\n--b\nX: " + strings.Repeat("x", message.MaxHeader+8192) + "\n\nB\n--b--\n", message.Mail{Text: "A", Damage: "x"}},
		{"a report", "Content-Type: multipart/report; boundary=b; report-type=delivery-status\n\n--b\n\nA\n--b--\n", message.Mail{Text: "A", IsReport: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := readMail(t, tt.mail)
			if (m.Damage != "") != (tt.want.Damage != "") && tt.name != "a character set that is not known" {
				t.Errorf("damage %q", m.Damage)
			}
			m = message.Mail{Text: m.Text, Cut: m.Cut, HasHTML: m.HasHTML, FromHTML: m.FromHTML, Differs: m.Differs, Files: m.Files, IsReport: m.IsReport}
			if tt.want.Damage = ""; !reflect.DeepEqual(m, tt.want) {
				t.Errorf("%.300q %+v\nwant %.300q %+v", m.Text, m.Files, tt.want.Text, tt.want.Files)
			}
		})
	}
}

func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		name := strings.Repeat("n", i+1)
		b.WriteString("Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n")
	}
	return b.String() + "\ndeep\n"
}

func TestReadMailRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		mail string
		most int64
		want error
	}{
		"nothing":           {"", 0, message.ErrSyntax},
		"no header":         {"\r\nbody", 0, message.ErrSyntax},
		"no colon":          {"hello\r\n\r\n", 0, message.ErrSyntax},
		"an endless header": {"X: " + strings.Repeat("x", message.MaxHeader), 0, message.ErrTooLarge},
		"too long a body":   {"X: y\r\n\r\n" + strings.Repeat("x\r\n", 1000), 1000, message.ErrTooLarge},
		"too long a file":   {"Content-Type: application/pdf\r\n\r\n" + strings.Repeat("x\r\n", 1000), 1000, message.ErrTooLarge},
	} {
		m, err := message.Reader{At: when, MaxSize: tt.most}.Read(strings.NewReader(tt.mail))
		if !errors.Is(err, tt.want) || !reflect.DeepEqual(m, message.Mail{}) {
			t.Errorf("%s: %v, %+v", name, err, m)
		}
	}
}

// TestHTML: text as a reader sees it, and nothing of what runs or is fetched.
func TestHTML(t *testing.T) {
	for html, want := range map[string]string{
		"<p>One</p><p>two\n three</p>": "One\n\ntwo three",
		"a<br>b<br/>c":                 "a\nb\nc",
		"<div>a</div><div>b</div>":     "a\nb",
		"<ul><li>a<li>b</ul>":          "- a\n- b",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>": "a b\nc",
		"<pre>a\n  b</pre>c":                               "a\n  b\nc",
		"<b>bo</b>ld <i>and</i> more":                      "bold and more",
		"a &amp; b &lt;c&gt; &eacute;":                     "a & b <c> \u00e9",
		"<script>alert(1)</script><style>p{}</style>x":     "x",
		"<head><title>T</title></head><body>x":             "x",
		"<head><title>T</title><body>x":                    "x",
		"<svg><text>yes</text></svg>x":                     "yesx",
		`<a href="https://evil.example/">bank.example</a>`: "bank.example <https://evil.example/>",
		`<a href="#top">up</a>`:                            "up",
		`<img src="https://evil.example/p.gif">x`:          "x",
		`<span style="display:none">seen</span>`:           "seen",
		"<!-- no --><![CDATA[x]]>y":                        "y",
		"a<iframe>b</iframe>c<object>d</object>":           "abcd",
		"<p>unclosed <b":                                   "unclosed",
		"&#8238;x&#27;[2J":                                 "x[2J",
		"":                                                 "",
	} {
		m := readMail(t, "Content-Type: text/html; charset=utf-8\n\n"+html+"\n")
		if m.Text != want || !m.FromHTML {
			t.Errorf("%s: %q; want %q", html, m.Text, want)
		}
	}
}
