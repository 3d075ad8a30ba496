package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/app"
)

// ask runs one command the way a script does.
func ask(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	status = app.Run(context.Background(), args, strings.NewReader(stdin), &out, &diagnostics)
	return status, out.String(), diagnostics.String()
}

// policyFiles is a directory with policies, labels and clearances to name on the command line.
type policyFiles struct{ dir string }

func newPolicyFiles(t *testing.T) policyFiles {
	t.Helper()
	w := policyFiles{t.TempDir()}
	for _, name := range []string{"testland", "otherland"} {
		data, err := os.ReadFile(filepath.Join("..", "backend", "spif", "testdata", name+".spif.xml"))
		if err != nil {
			t.Fatal(err)
		}
		w.write(t, name, string(data))
	}
	w.write(t, "renumbered", strings.Replace(w.read(t, "otherland"), `name="OTHERLAND" id="1.3.6.1.4.1.32473.8.1"`, `name="TESTLAND" id="1.3.6.1.4.1.32473.8.1"`, 1))
	w.write(t, "not-a-policy", "<html/>")
	w.write(t, "a,b", w.read(t, "testland"))
	w.write(t, "a", "<html/>")

	w.label(t, "open", "TESTLAND", "OPEN", "")
	w.label(t, "secret", "TESTLAND", "SECRET", labelCategory("Codeword", "RESTRICTIVE", "MEDIC"))
	w.label(t, "bare-secret", "TESTLAND", "SECRET", "")
	w.label(t, "twice", "TESTLAND", "SECRET", labelCategory("Codeword", "RESTRICTIVE", "MEDIC", "MEDIC"))
	w.label(t, "obsolete", "TESTLAND", "GUARDED", "")
	w.label(t, "unknown-value", "TESTLAND", "OPEN", labelCategory("Codeword", "RESTRICTIVE", "NONE"))
	w.label(t, "unknown-class", "TESTLAND", "OPENED", "")
	w.label(t, "unknown-policy", "NOLAND", "OPEN", "")
	w.label(t, "staff", "TESTLAND", "OPEN", labelCategory("Notes", "INFORMATIVE", "STAFF"))
	w.label(t, "foreign", "OTHERLAND", "HIGH", labelCategory("Word", "RESTRICTIVE", "ONE"))
	w.label(t, "foreign-bare", "OTHERLAND", "HIGH", "")
	w.write(t, "disagrees", strings.Replace(w.read(t, "open"), "<slab:PolicyIdentifier>", `<slab:PolicyIdentifier URI="urn:oid:1.3.6.1.4.1.32473.8.1">`, 1))
	w.write(t, "broken", "<slab:originator")
	w.write(t, "huge", strings.Repeat(" ", 70<<10))

	w.clearance(t, "for-open", "TESTLAND", "OPEN", "")
	w.clearance(t, "for-secret", "TESTLAND", "SECRET", labelCategory("Codeword", "RESTRICTIVE", "MEDIC"))
	w.clearance(t, "for-top", "TESTLAND", "TOP SECRET", labelCategory("Codeword", "RESTRICTIVE", "MEDIC"))
	w.clearance(t, "for-low", "OTHERLAND", "LOW", "")
	w.clearance(t, "for-high", "OTHERLAND", "HIGH", labelCategory("Word", "RESTRICTIVE", "ONE"))
	w.clearance(t, "for-nobody", "NOLAND", "OPEN", "")
	return w
}

func (w policyFiles) path(name string) string { return filepath.Join(w.dir, name) }

func (w policyFiles) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w policyFiles) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(w.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func labelCategory(tag, typ string, values ...string) string {
	out := `<slab:Category TagName="` + tag + `" Type="` + typ + `">`
	for _, v := range values {
		out += "<slab:GenericValue>" + v + "</slab:GenericValue>"
	}
	return out + "</slab:Category>"
}

const slabNamespace = `xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"`

func (w policyFiles) label(t *testing.T, name, policy, class, categories string) {
	w.write(t, name, `<slab:originatorConfidentialityLabel `+slabNamespace+`><slab:ConfidentialityInformation><slab:PolicyIdentifier>`+policy+
		`</slab:PolicyIdentifier><slab:Classification>`+class+`</slab:Classification>`+categories+
		`</slab:ConfidentialityInformation><slab:CreationDateTime>2026-01-01T00:00:00Z</slab:CreationDateTime></slab:originatorConfidentialityLabel>`)
}

func (w policyFiles) clearance(t *testing.T, name, policy, class, categories string) {
	w.write(t, name, `<sclr:ConfidentialityClearance xmlns:sclr="urn:nato:stanag:4774:confidentialityclearance:1:0" `+slabNamespace+`><slab:PolicyIdentifier>`+policy+
		`</slab:PolicyIdentifier><sclr:ClassificationList><slab:Classification>`+class+`</slab:Classification></sclr:ClassificationList>`+categories+`</sclr:ConfidentialityClearance>`)
}

// args turns "policy valid --spif @testland --label @open" into arguments; @ stands for the directory.
func (w policyFiles) args(line string) []string {
	out := strings.Fields(line)
	for i, a := range out {
		if strings.HasPrefix(a, "@") {
			out[i] = w.path(a[1:])
		}
	}
	return out
}

// The exit statuses are a contract: 0 done or permit, 1 input, 2 usage, 3 denied or invalid.
func TestPolicyExitStatus(t *testing.T) {
	w := newPolicyFiles(t)
	const both = " --spif @testland --spif @otherland "
	tests := []struct {
		name, line string
		status     int
	}{
		{"valid", "policy valid --spif @testland --label @open", 0},
		{"valid, the policy is the second", "policy valid --spif @otherland --spif @testland --label @open", 0},
		{"valid, obsolete is valid", "policy valid --spif @testland --label @obsolete", 0},
		{"invalid by a rule", "policy valid --spif @testland --label @bare-secret", 3},
		{"invalid by a value twice", "policy valid --spif @testland --label @twice", 3},
		{"invalid by an unknown value", "policy valid --spif @testland --label @unknown-value", 3},
		{"invalid by an unknown class", "policy valid --spif @testland --label @unknown-class", 3},
		{"invalid by a required tag set", "policy valid --spif @testland --label @open --require-tag-set Codeword", 3},
		{"required tag set is there", "policy valid --spif @testland --label @secret --require-tag-set codeword", 0},
		{"label of an unknown policy", "policy valid --spif @testland --label @unknown-policy", 1},
		{"label whose name and id disagree", "policy valid" + both + "--label @disagrees", 1}, // a label's URI decides
		{"label that is none", "policy valid --spif @testland --label @broken", 1},
		{"label that is a clearance", "policy valid --spif @testland --label @for-open", 1},
		{"label too long", "policy valid --spif @testland --label @huge", 1},
		{"label that is not there", "policy valid --spif @testland --label @nowhere", 1},
		{"label that is a directory", "policy valid --spif @testland --label @", 1},
		{"policy that is none", "policy valid --spif @not-a-policy --label @open", 1},
		{"policy that is not there", "policy valid --spif @nowhere --label @open", 1},
		{"the same policy twice", "policy valid --spif @testland --spif @testland --label @open", 1},
		{"two policies of one name", "policy valid --spif @testland --spif @renumbered --label @open", 1},
		{"a comma does not part paths", "policy valid --spif @a,b --label @open", 0},

		{"mark", "policy mark --spif @testland --label @open", 0},
		{"mark of an invalid label", "policy mark --spif @testland --label @bare-secret", 0},
		{"mark of a value twice", "policy mark --spif @testland --label @twice", 0}, // all names are known
		{"mark of an unknown value", "policy mark --spif @testland --label @unknown-value", 1},
		{"mark of an unknown class", "policy mark --spif @testland --label @unknown-class", 1},
		{"mark at no place", "policy mark --spif @testland --label @open --at replacePolicy", 2},

		{"permit", "policy decide --spif @testland --label @secret --clearance @for-secret", 0},
		{"deny", "policy decide --spif @testland --label @secret --clearance @for-open", 3},
		{"deny, higher is not listed", "policy decide --spif @testland --label @secret --clearance @for-top", 3},
		{"permit, hierarchical", "policy decide --spif @testland --label @secret --clearance @for-top --hierarchical", 0},
		{"deny an invalid label", "policy decide --spif @testland --label @bare-secret --clearance @for-secret", 3},
		{"deny an unknown value", "policy decide --spif @testland --label @unknown-value --clearance @for-open", 3},
		{"deny for an unknown policy of the clearance", "policy decide --spif @testland --label @open --clearance @for-nobody", 3},
		{"error for an unknown policy of the label", "policy decide --spif @testland --label @unknown-policy --clearance @for-open", 1},
		{"error for a clearance that is a label", "policy decide --spif @testland --label @open --clearance @open", 1},
		{"error for a clearance that is not there", "policy decide --spif @testland --label @open --clearance @nowhere", 1},
		{"permit by the sender's policy", "policy decide" + both + "--label @open --clearance @for-low", 0},
		{"deny by the sender's policy", "policy decide" + both + "--label @secret --clearance @for-low", 3},
		{"permit by the recipient's policy", "policy decide" + both + "--label @foreign --clearance @for-secret", 0},
		{"deny a mapped label that is invalid", "policy decide" + both + "--label @foreign-bare --clearance @for-secret", 3},
		{"deny what cannot be mapped", "policy decide" + both + "--label @staff --clearance @for-low", 3},

		{"translate", "policy translate" + both + "--label @secret --to OTHERLAND", 0},
		{"translate backwards", "policy translate" + both + "--label @foreign --to testland", 0},
		{"translate to an unknown policy", "policy translate" + both + "--label @secret --to NOLAND", 1},
		{"translate what has no counterpart", "policy translate" + both + "--label @staff --to OTHERLAND", 3},

		{"no label", "policy valid --spif @testland", 2},
		{"no policy", "policy valid --label @open", 2},
		{"no clearance", "policy decide --spif @testland --label @open", 2},
		{"no target", "policy translate --spif @testland --label @open", 2},
		{"unknown flag", "policy valid --spif @testland --label @open --fast", 2},
		{"flag of another command", "policy valid --spif @testland --label @open --at pageTop", 2},
		{"unknown command", "policy judge --spif @testland --label @open", 2},
		{"no command of policy", "policy", 2},
		{"something left over", "policy valid --spif @testland --label @open more", 2},
		{"help", "policy valid --help", 0},
		{"version", "version", 0},
	}
	for _, tt := range tests {
		for _, flag := range []string{"", " --json"} {
			t.Run(tt.name+flag, func(t *testing.T) {
				status, out, diagnostics := ask(t, "", w.args(tt.line+flag)...)
				if status != tt.status {
					t.Fatalf("status %d, want %d\n%s\n%s", status, tt.status, out, diagnostics)
				}
				if status == 1 || status == 2 {
					if out != "" || strings.Count(diagnostics, "\n") != 1 || !strings.HasSuffix(diagnostics, "\n") {
						t.Errorf("stdout %q, stderr %q: one line on stderr is due", out, diagnostics)
					}
				}
				if flag != "" && (status == 0 || status == 3) && out != "" && tt.name != "help" {
					oneDocument(t, out)
				}
			})
		}
	}
}

// oneDocument fails unless the text is exactly one JSON document.
func oneDocument(t *testing.T, text string) map[string]any {
	t.Helper()
	var document map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&document); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("more than one document: %s", text)
	}
	return document
}

func TestPolicyMarkPrintsExactlyTheMarking(t *testing.T) {
	w := newPolicyFiles(t)
	for line, want := range map[string]struct {
		out  string
		warn bool
	}{
		"@open":                             {"TESTLAND OPEN\n", false},
		"@secret --at pageTop --lang fr-CA": {"TESTLAND SECRET MEDIC\n", false},
		"@bare-secret":                      {"TESTLAND SECRET\n", true},
		"@twice":                            {"TESTLAND SECRET MEDIC\n", true},
		"@obsolete":                         {"TESTLAND GUARDED\n", true},
		"@open --require-tag-set Codeword":  {"TESTLAND OPEN\n", true},
		"@secret --require-tag-set=Codeword --at=subject": {"TESTLAND SECRET MEDIC\n", false},
	} {
		status, out, diagnostics := ask(t, "", w.args("policy mark --spif @testland --label "+line)...)
		if status != 0 || out != want.out {
			t.Errorf("%s: status %d, %q", line, status, out)
		}
		if (diagnostics != "") != want.warn || strings.Count(diagnostics, "\n") > 1 {
			t.Errorf("%s: stderr %q", line, diagnostics)
		}
	}
}

func TestPolicyReadsStandardInput(t *testing.T) {
	w := newPolicyFiles(t)
	status, out, _ := ask(t, w.read(t, "open"), w.args("policy mark --spif @testland --label -")...)
	if status != 0 || out != "TESTLAND OPEN\n" {
		t.Errorf("status %d, %q", status, out)
	}
	status, _, diagnostics := ask(t, w.read(t, "open"), w.args("policy decide --spif @testland --label - --clearance -")...)
	if status != 2 || strings.Count(diagnostics, "\n") != 1 || !strings.Contains(diagnostics, "twice") { // it can be read once
		t.Errorf("status %d, %q", status, diagnostics)
	}
}
