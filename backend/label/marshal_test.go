package label_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
)

func TestReceivedLabelIsReEmittedByteForByte(t *testing.T) {
	for _, document := range []string{goodLabel, "\ufeff" + goodLabel + "\n\n", `<?xml version="1.0"?>` + goodLabel} {
		input := []byte(document)
		l, err := label.ParseLabel(input)
		if err != nil {
			t.Fatal(err)
		}
		input[len(input)/2] = '!' // the caller's buffer is the caller's
		out := l.Marshal()
		if string(out) != document {
			t.Errorf("got %q", out)
		}
		out[0] = '!' // and what was handed out is no window into the label
		if string(l.Marshal()) != document {
			t.Error("Marshal handed out its own bytes")
		}
	}
}

func TestMarshalRoundTrip(t *testing.T) {
	parsed, err := label.ParseLabel([]byte(goodLabel))
	if err != nil {
		t.Fatal(err)
	}
	parsed.XML = nil
	awkward := label.Label{
		Kind: label.Metadata,
		Information: label.Information{
			Policy: label.PolicyID{Name: `A & "B" <C>`}, Classification: "É'>", PrivacyMark: " kept \r\n\t as is ",
			Categories: []label.Category{{TagName: `"<&'>`, Type: label.Informative, Values: []string{"]]>", "a=b"}}, {TagName: "X", Type: label.Permissive}},
		},
		OriginatorID: " x ", OriginatorIDType: "jID", Created: time.Date(2025, 1, 1, 0, 0, 0, 1, time.UTC),
	}
	bare := label.Label{Kind: label.Originator, Information: label.Information{Policy: label.PolicyID{Name: "P"}, Classification: "C"}}
	for name, l := range map[string]label.Label{"parsed": parsed, "awkward characters": awkward, "bare": bare} {
		t.Run(name, func(t *testing.T) { roundTripLabel(t, l) })
	}
}

func roundTripLabel(t *testing.T, l label.Label) {
	t.Helper()
	l.XML = nil
	document := l.Marshal()
	back, err := label.ParseLabel(document)
	if err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	back.XML = nil
	if !reflect.DeepEqual(back, l) {
		t.Errorf("got  %+v\nwant %+v\nfrom %s", back, l, document)
	}
	if again := back.Marshal(); string(again) != string(document) {
		t.Errorf("written again it differs:\n%s\n%s", document, again)
	}
}

func TestMarshalDefaultsToAnOriginatorLabel(t *testing.T) {
	l := label.Label{Information: label.Information{Policy: label.PolicyID{Name: "P"}, Classification: "C"}}
	if out := l.Marshal(); !bytes.HasPrefix(out, []byte("<slab:originatorConfidentialityLabel ")) {
		t.Errorf("%s", out)
	}
}

func TestMarshalIsOneLineWithoutProlog(t *testing.T) {
	l, err := label.ParseLabel([]byte(goodLabel))
	if err != nil {
		t.Fatal(err)
	}
	l.XML = nil
	if out := string(l.Marshal()); strings.ContainsAny(out, "\r\n") || strings.HasPrefix(out, "<?") {
		t.Errorf("%s", out)
	}
}

func TestClearanceRoundTrip(t *testing.T) {
	c, err := label.ParseClearance([]byte(goodClearance))
	if err != nil {
		t.Fatal(err)
	}
	c.Categories = append(c.Categories, label.Category{TagName: "<&>", Type: label.Permissive, Values: []string{`"'`}})
	back, err := label.ParseClearance(c.Marshal())
	if err != nil || !reflect.DeepEqual(back, c) {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestTypesAndNames(t *testing.T) {
	for _, typ := range []label.Type{label.Restrictive, label.Permissive, label.Informative} {
		if back, ok := label.ParseType(strings.ToLower(typ.String())); !ok || back != typ {
			t.Errorf("%v reads back as %v", typ, back)
		}
	}
	if _, ok := label.ParseType("UNKNOWN"); ok { // what the zero Type prints must not read as a type
		t.Error("UNKNOWN is a type")
	}
	if label.Type(0).String() != "UNKNOWN" {
		t.Error("the zero Type has a name")
	}
	if label.Fold("  Top\n SECRET ") != label.Fold("TOP secret") {
		t.Error("blanks and case count")
	}
	if label.Fold("TOPSECRET") == label.Fold("TOP SECRET") { // an inner blank is not nothing
		t.Error("inner blanks do not count")
	}
	if oid := (label.PolicyID{URI: "urn:oid:1.2.3"}).OID(); oid != "1.2.3" {
		t.Errorf("OID %q", oid)
	}
}

// What we write is a label by the official schema, not only by our own parser.
func TestMarshalIsSchemaValid(t *testing.T) {
	read := func(document string) label.Label {
		l, err := label.ParseLabel([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		l.XML = nil
		return l
	}
	clearance := func(document string) []byte {
		c, err := label.ParseClearance([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		return c.Marshal()
	}
	full := read(fullLabel)
	full.Succession.Succession.Created = full.Created // the schema demands it, and we take a label without
	for _, tt := range []struct {
		name, schema string
		document     []byte
	}{
		{"label", "nl-cl.xsd", read(goodLabel).Marshal()}, {"full label", "nl-cl.xsd", full.Marshal()},
		{"clearance", "clearance.xsd", clearance(goodClearance)}, {"full clearance", "clearance.xsd", clearance(fullClearance)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join("..", "..", "..", "shared", "standards", "schema", tt.schema)
			if _, err := os.Stat(path); err != nil {
				missing(t, "the schema", err)
				return
			}
			if _, err := exec.LookPath("xmllint"); err != nil {
				t.Logf("not checked against the schema: %v", err)
				return
			}
			cmd := exec.Command("xmllint", "--nonet", "--noout", "--schema", path, "-")
			cmd.Stdin = bytes.NewReader(tt.document)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s\n%s", err, out, tt.document)
			}
		})
	}
}

// missing fails where everything must be there, and says what was not checked elsewhere.
func missing(t *testing.T, what string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: %v", what, err)
	}
	t.Logf("not checked, %s is not here: %v", what, err)
}

func TestMarshalIsWellFormedForAnyText(t *testing.T) {
	l := label.Label{Information: label.Information{Policy: label.PolicyID{Name: "a\x00b\xff\ufffe"}, Classification: "\x1b"}}
	d := xml.NewDecoder(bytes.NewReader(l.Marshal()))
	for {
		tok, err := d.Token()
		if tok == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
