package app_test

import (
	"slices"
	"strings"
	"testing"

	"caveat/backend/label"
)

// askJSON runs a command with --json and gives its answer.
func askJSON(t *testing.T, w policyFiles, line string, want int) map[string]any {
	t.Helper()
	status, out, diagnostics := ask(t, "", w.args("--json "+line)...)
	if status != want {
		t.Fatalf("%s: status %d, %s", line, status, diagnostics)
	}
	return oneDocument(t, out)
}

func TestPolicyValidJSON(t *testing.T) {
	w := newPolicyFiles(t)
	d := askJSON(t, w, "policy valid --spif @testland --label @obsolete", 0)
	if d["valid"] != true || d["policy"] != "TESTLAND" || d["marking"] != "TESTLAND GUARDED" {
		t.Errorf("%v", d)
	}
	if problems, ok := d["problems"].([]any); !ok || len(problems) != 0 { // never null
		t.Errorf("problems %v", d["problems"])
	}
	if warnings, ok := d["warnings"].([]any); !ok || len(warnings) != 1 {
		t.Errorf("warnings %v", d["warnings"])
	}
	d = askJSON(t, w, "policy valid --spif @testland --label @bare-secret", 3)
	problem := d["problems"].([]any)[0].(map[string]any)
	if d["valid"] != false || problem["rule"] != "required-category" || problem["tagSet"] != "Releasable To" || problem["text"] == "" {
		t.Errorf("%v", d)
	}
	d = askJSON(t, w, "policy valid --spif @testland --label @unknown-value", 3)
	if _, has := d["marking"]; has { // a name that is not known cannot be marked
		t.Errorf("%v", d)
	}
}

func TestPolicyDecideJSON(t *testing.T) {
	w := newPolicyFiles(t)
	const both = "policy decide --spif @testland --spif @otherland "
	tests := []struct {
		name, line string
		status     int
		via, rule  string
	}{
		{"permit", both + "--label @secret --clearance @for-secret", 0, "", ""},
		{"deny", both + "--label @secret --clearance @for-open", 3, "", "classification"},
		{"invalid", both + "--label @bare-secret --clearance @for-secret", 3, "", "label-invalid"},
		{"sender's policy", both + "--label @secret --clearance @for-high", 0, "sender-policy", ""},
		{"recipient's policy", both + "--label @foreign --clearance @for-secret", 0, "recipient-policy", ""},
		{"mapped and invalid", both + "--label @foreign-bare --clearance @for-secret", 3, "recipient-policy", "label-invalid"},
		{"no mapping", both + "--label @staff --clearance @for-low", 3, "", "policy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := askJSON(t, w, tt.line, tt.status)
			decision := map[int]string{0: "permit", 3: "deny"}[tt.status]
			if d["decision"] != decision || d["marking"] == "" {
				t.Errorf("%v", d)
			}
			if via, has := d["via"]; has != (tt.via != "") || has && via != tt.via {
				t.Errorf("via %v", via)
			}
			reasons, ok := d["reasons"].([]any)
			if !ok || (len(reasons) == 0) != (tt.rule == "") {
				t.Fatalf("reasons %v", d["reasons"])
			}
			if tt.rule != "" && reasons[0].(map[string]any)["rule"] != tt.rule {
				t.Errorf("reasons %v", reasons)
			}
		})
	}
}

func TestPolicyDecideText(t *testing.T) {
	w := newPolicyFiles(t)
	status, out, diagnostics := ask(t, "", w.args("policy decide --spif @testland --label @secret --clearance @for-open")...)
	if status != 3 || out != "deny\n" || diagnostics != "" {
		t.Errorf("status %d, %q, %q", status, out, diagnostics)
	}
	_, out, _ = ask(t, "", w.args("policy decide --explain --spif @testland --label @secret --clearance @for-open")...)
	for _, want := range []string{"deny\n", "TESTLAND SECRET MEDIC", "classification: ", "restrictive: "} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %q", want, out)
		}
	}
}

// A translation is an alternative label: it keeps who and when, and never claims to be the originator's.
func TestPolicyTranslate(t *testing.T) {
	w := newPolicyFiles(t)
	w.write(t, "succeeded", strings.Replace(w.read(t, "secret"), "</slab:CreationDateTime>", `</slab:CreationDateTime><slab:SuccessionHandling>
		<slab:SuccessionDateTime>2030-01-01T00:00:00Z</slab:SuccessionDateTime><slab:SuccessorConfidentialityLabel><slab:ConfidentialityInformation>
		<slab:PolicyIdentifier>TESTLAND</slab:PolicyIdentifier><slab:Classification>OPEN</slab:Classification></slab:ConfidentialityInformation>
		</slab:SuccessorConfidentialityLabel></slab:SuccessionHandling>`, 1))
	for _, name := range []string{"@secret", "@succeeded"} {
		status, out, _ := ask(t, "", w.args("policy translate --spif @testland --spif @otherland --to otherland --label "+name)...)
		if status != 0 || strings.Count(out, "\n") != 1 {
			t.Fatalf("status %d, %q", status, out)
		}
		l, err := label.ParseLabel([]byte(out))
		if err != nil {
			t.Fatal(err)
		}
		if l.Kind != label.Alternative || l.Policy.Name != "OTHERLAND" || l.Policy.OID() != "1.3.6.1.4.1.32473.8.1" || l.Classification != "HIGH" ||
			len(l.Categories) != 1 || !slices.Equal(l.Categories[0].Values, []string{"ONE"}) || l.Created.Year() != 2026 {
			t.Errorf("%+v", l)
		}
		if l.Succession != nil { // it would be a label of the first policy inside one of the second
			t.Errorf("succession %+v", l.Succession)
		}
		if name == "@succeeded" && l.Review.Year() != 2030 {
			t.Errorf("review %v", l.Review)
		}
	}
	d := askJSON(t, w, "policy translate --spif @testland --spif @otherland --to TESTLAND --label @foreign", 0)
	if d["via"] != "recipient-policy" || !strings.Contains(d["label"].(string), "MEDIC") {
		t.Errorf("%v", d)
	}
}

// Reasons come in the language asked for, and several clearances are those of one person: the one under the label's policy decides.
func TestPolicyInFrenchAndWithSeveralClearances(t *testing.T) {
	w := newPolicyFiles(t)
	const both = "policy decide --spif @testland --spif @otherland --label @secret "
	d := askJSON(t, w, both+"--clearance @for-high --clearance @for-open --lang fr-CA", 3)
	if text := d["reasons"].([]any)[0].(map[string]any)["text"]; text != "Exige SECRET." {
		t.Errorf("%v", d)
	}
	askJSON(t, w, both+"--clearance @for-high --clearance @for-secret", 0)
	d = askJSON(t, w, both+"--clearance @for-secret --clearance @for-open", 3)
	if rule := d["reasons"].([]any)[0].(map[string]any)["rule"]; rule != "directory-error" {
		t.Errorf("two under one policy: %v", d)
	}
	d = askJSON(t, w, "policy valid --spif @testland --label @bare-secret --lang fr", 3)
	if text := d["problems"].([]any)[0].(map[string]any)["text"].(string); !strings.Contains(text, "exige") {
		t.Errorf("%v", d)
	}
}

// What has no translation says so as a document too, in the language asked for; what comes of an invalid label says what is wrong.
func TestPolicyTranslateSaysWhyNot(t *testing.T) {
	w := newPolicyFiles(t)
	const both = "policy translate --spif @testland --spif @otherland "
	for line, want := range map[string]string{
		both + "--label @staff --to OTHERLAND":                 "translation-value",
		both + "--label @bare-secret --to OTHERLAND":           "required-category",
		both + "--label @foreign-bare --to TESTLAND":           "required-category",
		both + "--label @foreign-bare --to TESTLAND --lang fr": "required-category",
	} {
		d := askJSON(t, w, line, 3)
		problems, ok := d["problems"].([]any)
		if !ok || len(problems) != 1 || problems[0].(map[string]any)["rule"] != want || problems[0].(map[string]any)["text"] == "" {
			t.Errorf("%s: %v", line, d)
		}
		if status, out, diagnostics := ask(t, "", w.args(line)...); status != 3 || out != "" || !strings.Contains(diagnostics, want) {
			t.Errorf("%s: %d, %q, %q", line, status, out, diagnostics)
		}
	}
	d := askJSON(t, w, both+"--label @staff --to OTHERLAND --lang fr", 3)
	if text := d["problems"].([]any)[0].(map[string]any)["text"].(string); !strings.Contains(text, "équivalent") {
		t.Errorf("%s", text)
	}
}
