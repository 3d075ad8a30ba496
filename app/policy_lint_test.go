package app_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestPolicyLintStatus(t *testing.T) {
	w := newPolicyFiles(t)
	w.write(t, "twice", strings.Replace(w.read(t, "testland"), `lacv="1" hierarchy="-20"`, `lacv="2" hierarchy="-20"`, 1))
	w.write(t, "long", strings.Repeat(" ", 8<<20+1))
	tests := []struct {
		name, line, stdin string
		status            int
	}{
		{"warnings and notes are allowed", "policy lint @testland", "", 0},
		{"an error", "policy lint @twice", "", 3},
		{"no policy at all", "policy lint @not-a-policy", "", 3},
		{"no XML at all", "policy lint @broken", "", 3},
		{"standard input", "policy lint -", w.read(t, "otherland"), 0},
		{"nothing on standard input", "policy lint -", "", 3},
		{"not there", "policy lint @nowhere", "", 1},
		{"a directory", "policy lint @", "", 1},
		{"longer than is read", "policy lint @long", "", 1},
		{"no file named", "policy lint", "", 2},
		{"two files named", "policy lint @testland @otherland", "", 2},
		{"flag of another command", "policy lint @testland --at pageTop", "", 2},
	}
	for _, tt := range tests {
		for _, flag := range []string{"", " --json"} {
			t.Run(tt.name+flag, func(t *testing.T) {
				status, out, diagnostics := ask(t, tt.stdin, w.args(tt.line+flag)...)
				if status != tt.status {
					t.Fatalf("status %d, want %d\n%s\n%s", status, tt.status, out, diagnostics)
				}
				if failed := status == 1 || status == 2; failed != (out == "") || failed != (strings.Count(diagnostics, "\n") == 1) || !failed && diagnostics != "" {
					t.Errorf("stdout %q, stderr %q", out, diagnostics)
				}
				if out != "" && flag != "" {
					oneDocument(t, out)
				}
			})
		}
	}
}

// One finding a line, in a form that editors follow, then what it comes to.
func TestPolicyLintText(t *testing.T) {
	w := newPolicyFiles(t)
	// A name from the file that would turn the order of letters on the screen.
	w.write(t, "bad", strings.Replace(w.read(t, "otherland"), `<tagCategory name="ONE" lacv="1"/>`, "<tagCategory name=\"ONE\" lacv=\"1\" requiredClass=\"A\u202eB\"/>", 1))
	status, out, _ := ask(t, "", w.args("policy lint @bad")...)
	file := w.path("bad")
	want := []string{
		file + ":3:1: note: ", file + `:14:9: error: requiredClass "A\u202eB" is no classification of this policy`,
		file + ":17:9: note: ", file + ": the policy is refused; errors 1, warnings 0, notes 2",
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if status != 3 || len(lines) != len(want) {
		t.Fatalf("status %d, %s", status, out)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, want[i]) || i < 3 && !strings.HasSuffix(line, ")") {
			t.Errorf("%s\nwant %s", line, want[i])
		}
	}
	if !strings.HasSuffix(lines[1], "[class-ref-dangling] (/SPIF/securityCategoryTagSets/securityCategoryTagSet/securityCategoryTag/tagCategory)") {
		t.Error(lines[1])
	}
	_, out, _ = ask(t, w.read(t, "testland"), "policy", "lint", "-")
	if !strings.HasPrefix(out, "-:3:1: note: ") || !strings.Contains(out, "\n-: policy TESTLAND version 7 can be used; errors 0, warnings 1, notes ") {
		t.Error(out)
	}
}

func TestPolicyLintJSON(t *testing.T) {
	w := newPolicyFiles(t)
	d := askJSON(t, w, "policy lint @testland", 0)
	policy, ok := d["policy"].(map[string]any)
	if !ok || d["usable"] != true || d["file"] != w.path("testland") || policy["name"] != "TESTLAND" || policy["id"] != "1.3.6.1.4.1.32473.9.1" ||
		policy["version"] != 7.0 || len(fmt.Sprint(policy["sha256"])) != 64 {
		t.Errorf("%v", d)
	}
	found := d["findings"].([]any)
	if d["errors"] != 0.0 || d["warnings"] != 1.0 || d["notes"] != float64(len(found)-1) {
		t.Errorf("%v", d)
	}
	second := found[1].(map[string]any)
	if second["rule"] != "equivalent-class-several" || second["severity"] != "warning" || second["line"] != 24.0 || second["column"] != 7.0 ||
		second["path"] != "/SPIF/securityClassifications/securityClassification/equivalentClassification" || second["text"] == "" {
		t.Errorf("%v", second)
	}
	d = askJSON(t, w, "policy lint @broken", 3)
	if _, has := d["policy"]; has || d["usable"] != false || d["errors"] != 1.0 || len(d["findings"].([]any)) != 1 {
		t.Errorf("%v", d)
	}
	signed := strings.Replace(w.read(t, "otherland"), `name="DUP B" lacv="5"`, `name="DUP B" lacv="6"`, 1)
	w.write(t, "signed", strings.Replace(signed, "</SPIF>", `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></SPIF>`, 1))
	if d = askJSON(t, w, "policy lint @signed", 0); len(d["findings"].([]any)) != 0 { // never null
		t.Errorf("%v", d)
	}
}
