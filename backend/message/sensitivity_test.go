package message_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/spif"
)

// testland is the site of the tests: TESTLAND governs.
func testland(t testing.TB) *spif.Site {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "spif", "testdata", "testland.spif.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := spif.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	site, err := spif.NewSite(p)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// TestSIOLabelVectors: what a header says, and what that is worth under a policy. A fault leaves no label to go by.
func TestSIOLabelVectors(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "siolabel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Notes string
		Tests []struct {
			TcID            int
			Comment, Clause string
			Header          []string
			Expect          struct {
				Fault, How, Marking, PolicyMarking string
				Successor                          bool
			}
		}
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&vectors); err != nil || len(vectors.Tests) < 55 {
		t.Fatalf("%d vectors, %v", len(vectors.Tests), err)
	}
	site, seen := testland(t), map[string]bool{}
	for _, v := range vectors.Tests {
		t.Run(v.Comment, func(t *testing.T) {
			m, err := message.ReadMail(strings.NewReader(strings.Join(v.Header, "\r\n")+"\r\n\r\nbody\r\n"), site, when)
			if err != nil {
				t.Fatal(err)
			}
			s := m.Sensitivity
			if string(s.Fault) != v.Expect.Fault || s.How != v.Expect.How || s.Marking != v.Expect.Marking || s.PolicyMarking != v.Expect.PolicyMarking || s.IsSuccessor != v.Expect.Successor {
				t.Errorf("fault %q, how %q, marking %q, under the policy %q, successor %v: %s", s.Fault, s.How, s.Marking, s.PolicyMarking, s.IsSuccessor, s.Detail)
			}
			if (s.Label != nil) != (s.Fault == message.FaultNone) {
				t.Errorf("fault %q with the label %+v", s.Fault, s.Label)
			}
			if s.IsUnlabelled() != (s.Fault == message.FaultNoLabel) {
				t.Error("IsUnlabelled")
			}
		})
		seen[v.Expect.Fault] = true
	}
	for _, f := range []message.Fault{message.FaultNone, message.FaultNoLabel, message.FaultMarkingOnly, message.FaultTwoLabels, message.FaultContinuation, message.FaultBase64,
		message.FaultType, message.FaultMalformed, message.FaultNotBound, message.FaultContradiction, message.FaultPolicy, message.FaultNumbers, message.FaultInvalid, message.FaultDisagrees} {
		if !seen[string(f)] {
			t.Errorf("no vector has the fault %q", f)
		}
	}
}

// TestTrustAlternatives: an alternative label under the governing policy is gone by only where the reader says so.
func TestTrustAlternatives(t *testing.T) {
	theirs := label.Label{Kind: label.Originator, Information: label.Information{Policy: label.PolicyID{Name: "NOLAND", URI: "urn:oid:1.3.6.1.4.1.32473.99"}, Classification: "HUSH"}, Created: when, Review: when}
	ours := label.Label{Kind: label.Alternative, Information: label.Information{Policy: label.PolicyID{Name: "TESTLAND", URI: "urn:oid:1.3.6.1.4.1.32473.9.1"}, Classification: "OPEN"}, Created: when, Review: when}
	mail := "Message-ID: <1@a.example>\r\n" + string(boundField(t, "NOLAND HUSH", theirs, ours)) + "\r\nbody\r\n"
	for trust, want := range map[bool]message.Fault{false: message.FaultPolicy, true: message.FaultNone} {
		m, err := message.Reader{Site: testland(t), At: when, TrustAlternatives: trust}.Read(strings.NewReader(mail))
		if err != nil || m.Sensitivity.Fault != want || len(m.Sensitivity.Received) != 2 {
			t.Fatalf("%v: %+v, %v", trust, m.Sensitivity, err)
		}
		if trust && (m.Sensitivity.Label.Classification != "OPEN" || m.Sensitivity.PolicyMarking != "TESTLAND OPEN" || m.Sensitivity.Marking != "NOLAND HUSH") {
			t.Errorf("%+v", m.Sensitivity)
		}
	}
}

// TestNoSite: who knows no policy goes by no label.
func TestNoSite(t *testing.T) {
	raw := compose(t, mailDraft(), seal())
	m, err := message.ReadMail(strings.NewReader(string(raw)), nil, when)
	s := m.Sensitivity
	if err != nil || s.Fault != message.FaultPolicy || s.Label != nil || len(s.Received) != 1 || s.Marking != seal().Marking || s.Background != "red" || s.How != message.HowLabel {
		t.Errorf("%+v, %v", s, err)
	}
	if !reflect.DeepEqual(s.Received[0].Categories, secret().Categories) {
		t.Errorf("%+v", s.Received)
	}
}
