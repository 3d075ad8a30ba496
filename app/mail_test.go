package app_test

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"
)

// mailWith is a message that carries a label of a file under a marking.
func (w policyFiles) mailWith(t *testing.T, name, marking, labelFile string) {
	t.Helper()
	field := ""
	if labelFile != "" {
		field = `SIO-Label: marking="` + marking + `"; type=":xml"; label="` + base64.StdEncoding.EncodeToString([]byte(w.read(t, labelFile))) + `"` + "\r\n"
	}
	w.write(t, name, "From: =?utf-8?q?J=C3=BCrgen?= <j@deu.example>\r\nTo: ops@aus.example\r\nSubject: Bridge\x1b[2J\r\nDate: Sun, 01 Mar 2026 10:00:05 +0100\r\nMessage-ID: <1@deu.example>\r\n"+
		"MMHS-Primary-Precedence: 4\r\nContent-Type: multipart/mixed; boundary=b\r\n"+field+"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Grid <b>follows</b>.<script>x()</script>\r\n"+
		"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nxx\r\n--b--\r\n")
}

func TestMailShow(t *testing.T) {
	w := newPolicyFiles(t)
	w.mailWith(t, "good", "TESTLAND OPEN", "open")
	w.mailWith(t, "disagrees.eml", "TESTLAND SECRET", "open")
	w.mailWith(t, "invalid", "TESTLAND SECRET", "bare-secret")
	w.mailWith(t, "foreign.eml", "OTHERLAND HIGH", "foreign-bare")
	w.mailWith(t, "bare", "", "")
	w.write(t, "twice", "SIO-Label: marking=A\r\nSIO-Label: marking=B\r\n\r\nx\r\n")
	w.write(t, "not-a-message", "hello\r\n\r\n")
	for _, tt := range []struct {
		name, line string
		status     int
		want       []string
	}{
		{"valid", "mail show @good --spif @testland", 0, []string{"From:        Jürgen <j@deu.example>", "Subject:     Bridge[2J", "Precedence:  flash", "Marking:     TESTLAND OPEN",
			"Label:       valid", "bound:     by the SIO-Label field, as XML;", `Attachment:  "plan.pdf", application/pdf, 2 bytes`, "\nGrid follows.\n"}},
		{"marking and label disagree", "mail show @disagrees.eml --spif @testland", 3, []string{"Marking:     TESTLAND SECRET", "marking and label disagree; it counts as unlabelled", "reads:     TESTLAND OPEN"}},
		{"the policy does not allow it", "mail show @invalid --spif @testland", 3, []string{"the policy does not allow it", "required-category:"}},
		{"its policy is not known", "mail show @foreign.eml --spif @testland", 3, []string{"its policy is not known here", "Marking:     OTHERLAND HIGH"}},
		{"no label is no fault", "mail show @bare --spif @testland", 0, []string{"the message has no label"}},
		{"two labels", "mail show @twice --spif @testland", 3, []string{"several labels", "Marking:     A | B"}},
		{"not a message", "mail show @not-a-message --spif @testland", 1, nil},
		{"no such file", "mail show @nowhere --spif @testland", 1, nil},
		{"no such policy", "mail show @good --spif @nowhere", 1, nil},
		{"no file", "mail show", 2, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, diagnostics := ask(t, "", w.args(tt.line)...)
			if status != tt.status || (status == 1) != strings.HasPrefix(diagnostics, "caveat: ") && status != 2 {
				t.Errorf("status %d: %s%s", status, out, diagnostics)
			}
			for _, text := range tt.want {
				if !strings.Contains(out, text) {
					t.Errorf("no %q in:\n%s", text, out)
				}
			}
			if strings.Contains(out, "x()") || strings.ContainsRune(out, '\x1b') {
				t.Errorf("it shows what it must not: %q", out)
			}
		})
	}
}

func TestMailShowJSON(t *testing.T) {
	w := newPolicyFiles(t)
	w.mailWith(t, "good", "TESTLAND OPEN", "open")
	d := askJSON(t, w, "mail show @good --spif @testland", 0)
	l := d["label"].(map[string]any)
	if d["subject"] != "Bridge[2J" || d["messageId"] != "<1@deu.example>" || d["date"] != "2026-03-01T09:00:05Z" || d["fromHtml"] != true || l["usable"] != true || l["bound"] != "label" ||
		l["policy"] != "TESTLAND" || l["classification"] != "OPEN" || l["marking"] != "TESTLAND OPEN" || d["military"].(map[string]any)["primaryPrecedence"] != "flash" {
		t.Errorf("%v", d)
	}
	for _, list := range []any{d["cc"], d["references"], d["receiptTo"], l["categories"], l["problems"], l["warnings"], l["history"]} {
		if x, ok := list.([]any); !ok || len(x) != 0 { // never null
			t.Errorf("%v", list)
		}
	}
	w.mailWith(t, "invalid", "TESTLAND SECRET", "bare-secret")
	l = askJSON(t, w, "mail show @invalid --spif @testland", 3)["label"].(map[string]any)
	if _, has := l["classification"]; has || l["usable"] != false || l["fault"] != "invalid" || len(l["problems"].([]any)) != 1 || len(l["received"].([]any)) != 1 {
		t.Errorf("%v", l)
	}
}

// Standard input is read like a file, and a report too; nothing of it is left behind.
func TestMailShowReportFromInput(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const report = "Subject: failed\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Original-Envelope-Id: 01JABC\r\n\r\nOriginal-Recipient: rfc822;ops@aus.example\r\nFinal-Recipient: rfc822;x@aus.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
	w := newPolicyFiles(t)
	status, out, diagnostics := ask(t, report, w.args("mail show - --spif @testland")...)
	if status != 0 || !strings.Contains(out, "failed:    ops@aus.example 5.1.1") {
		t.Errorf("%d: %s%s", status, out, diagnostics)
	}
	status, out, _ = ask(t, report, w.args("--json mail show - --spif @testland")...)
	r, _ := oneDocument(t, out)["report"].(map[string]any)
	if status != 0 || r["kind"] != "delivery" || r["envelopeId"] != "01JABC" || len(r["recipients"].([]any)) != 1 {
		t.Errorf("%d: %s", status, out)
	}
	status, out, _ = ask(t, strings.Replace(report, "Action", "Reaction", 1), w.args("--json mail show - --spif @testland")...)
	if d := oneDocument(t, out); status != 0 || d["report"] == nil {
		t.Errorf("a report with an unknown field: %d, %s", status, out)
	}
	status, out, _ = ask(t, strings.Replace(report, "delivery-status\r\n\r\n", "x-unknown\r\n\r\n", 1), w.args("--json mail show - --spif @testland")...)
	if d := oneDocument(t, out); status != 0 || d["report"] != nil || d["reportError"] == nil {
		t.Errorf("a report that cannot be read: %d, %s", status, out)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

// Without policies nobody can say what a label is worth.
func TestMailShowWithoutPolicy(t *testing.T) {
	w := newPolicyFiles(t)
	w.mailWith(t, "good", "TESTLAND OPEN", "open")
	status, out, diagnostics := ask(t, "", w.args("--data "+t.TempDir()+" mail show @good")...)
	if status != 3 || !strings.Contains(diagnostics, "no policy is known") || !strings.Contains(out, "its policy is not known here; it counts as unlabelled") {
		t.Errorf("%d: %s%s", status, out, diagnostics)
	}
}
