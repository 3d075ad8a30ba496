package draft_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"caveat/backend/draft"
)

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"plan.pdf": "plan.pdf", "/etc/passwd": "passwd", `C:\users\x\plan.pdf`: "plan.pdf", "../../x": "x", "a/": "file", "": "file", "..": "file",
		"plan\r\nBcc: x.pdf": "plan Bcc_ x.pdf", "x\x00y": "xy", "gpj\u202eexe.jpg": "gpjexe.jpg", "a\u200bb\ufeff.txt": "ab.txt", "a\u2066b\u2069": "ab",
		"tab\tand  blanks .txt ": "tab and blanks .txt", "CON": "_CON", "nul.txt": "_nul.txt", "com1.log": "_com1.log", "com.txt": "com.txt",
		`a<b>c"d|e?f*g`: "a_b_c_d_e_f_g", "Grüße ☃.odt": "Grüße ☃.odt", "\xff\xfe.bin": "bin", ".profile": "profile", "end. .": "end",
	} {
		if got := draft.FileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	long := draft.FileName(strings.Repeat("ü", 300) + ".pdf")
	if len(long) > 200 || !strings.HasSuffix(long, "ü.pdf") {
		t.Errorf("%d bytes: %q", len(long), long)
	}
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"plan.pdf", "../x", "\u202e", "CON", strings.Repeat("é.", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := draft.FileName(name)
		if got == "" || len(got) > 210 || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\r\n\x00\u202e") {
			t.Errorf("%q", got)
		}
		if again := draft.FileName(got); again != got {
			t.Errorf("%q, then %q", got, again)
		}
	})
}

func TestSidecar(t *testing.T) {
	d := draft.Draft{Attachments: []draft.Attachment{{File: "a.pdf"}, {File: "A.PDF.bdo"}, {File: "b"}}}
	if d.Sidecar(0) != 1 || d.Sidecar(1) != -1 || d.Sidecar(2) != -1 {
		t.Errorf("%d %d %d", d.Sidecar(0), d.Sidecar(1), d.Sidecar(2))
	}
}
