package message_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/message"
)

func read(s string) (message.Reading, error) {
	return message.ReadLabel(strings.NewReader(strings.ReplaceAll(s, "\n", "\r\n")))
}

// TestRFC7444 reads the examples of RFC 7444 §4, as printed there.
func TestRFC7444(t *testing.T) {
	const xmlExample = `SIO-Label: marking="EXAMPLE CONFIDENTIAL";
    fgcolor=black; bgcolor=red;
    type=":xml";
    label*0="PFNlY0xhYmVsIHhtbG5zPSJodHRwOi8vZXhhbX";
    label*1="BsZS5jb20vc2VjLWxhYmVsLzAiPjxQb2xpY3lJ";
    label*2="ZGVudGlmaWVyIFVSST0idXJuOm9pZDoxLjEiLz";
    label*3="48Q2xhc3NpZmljYXRpb24+MzwvQ2xhc3NpZmlj";
    label*4="YXRpb24+PC9TZWNMYWJlbD4=";
`
	tests := map[string]string{
		":ess": `SIO-Label: marking="EXAMPLE CONFIDENTIAL";
    fgcolor=black; bgcolor=red;
    type=":ess"; label="MQYGASkCAQM="
`,
		":x411": `SIO-Label: marking="EXAMPLE CONFIDENTIAL";
    fgcolor=black; bgcolor=red;
    type=":x411"; label="MQYGASkCAQM="
`,
		":xml": xmlExample,
		"extended": `SIO-Label: marking*=us-ascii'en'EXAMPLE%20CONFIDENTIAL;
    fgcolor = black ; bgcolor = red ;
    type=":ess"; label*0="MQYG";
    label*1="ASkCAQM="
`,
	}
	for name, field := range tests {
		got, err := read("From: a@b\n" + field + "Subject: x\n\nbody\n")
		typ := name
		if name == "extended" {
			typ = ":ess"
		}
		// None of them holds a STANAG 4774 label; the marking is there all the same, to be shown.
		want := message.Reading{Marking: "EXAMPLE CONFIDENTIAL", Foreground: "black", Background: "red", Type: typ}
		if !errors.Is(err, message.ErrType) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestSample reads a message that was made by somebody else.
func TestSample(t *testing.T) {
	raw := sample(t, "email-A-rfc7444-xml-4774label.eml")
	if raw == nil {
		return
	}
	got, err := message.ReadLabel(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	l := got.Label
	if got.Marking != "COALITION SECRET Releasable to Atlantia, Borduria" || got.Foreground != "white" || got.Background != "red" || got.Type != ":xml" ||
		l.Policy.Name != "COALITION" || l.Classification != "SECRET" || l.Categories[0].TagName != "Releasable To" || strings.Join(l.Categories[0].Values, " ") != "ATL BOR" {
		t.Errorf("%+v", got)
	}
	binding := sample(t, "email-B-UNVERIFIED-rfc7444-bdo.eml")
	if got, err := message.ReadLabel(bytes.NewReader(binding)); !errors.Is(err, message.ErrType) || got.Marking == "" {
		t.Errorf("a binding: %+v, %v", got, err)
	}
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// TestReadRefused: one fault per case.
func TestReadRefused(t *testing.T) {
	good := `type=":xml"; label="` + base64.StdEncoding.EncodeToString(secret().Marshal()) + `"`
	if got, err := read("SIO-Label: " + good + "\n"); err != nil || got.Label.Classification != "SECRET" {
		t.Fatalf("%+v, %v", got, err)
	}
	tests := []struct {
		name, field string
		want        error
	}{
		{"none", "Subject: x\n", message.ErrNoLabel},
		{"only in the body", "Subject: x\n\nSIO-Label: " + good + "\n", message.ErrNoLabel},
		{"marking only", "SIO-Label: marking=SECRET\n", message.ErrNoLabel},
		{"two", "SIO-Label: " + good + "\nsio-label: " + good + "\n", message.ErrTwoLabels},
		{"two, blank before the colon", "SIO-Label: " + good + "\nSIO-Label : " + good + "\n", message.ErrTwoLabels},
		{"gap", `SIO-Label: type=":xml"; label*0="PHg="; label*2="x"` + "\n", message.ErrContinuation},
		{"starts with 1", `SIO-Label: type=":xml"; label*1="PHg="` + "\n", message.ErrContinuation},
		{"number twice", `SIO-Label: type=":xml"; label*0="PHg="; label*0="x"` + "\n", message.ErrContinuation},
		{"number with zero", `SIO-Label: type=":xml"; label*0="PHg="; label*01="x"` + "\n", message.ErrContinuation},
		{"number too large", `SIO-Label: type=":xml"; label*0="PHg="; label*99999999999999999999="x"` + "\n", message.ErrContinuation},
		{"numbered and whole", `SIO-Label: type=":xml"; label*0="PHg="; label="x"` + "\n", message.ErrSyntax},
		{"label twice", "SIO-Label: " + good + "; LABEL=x\n", message.ErrSyntax},
		{"type without label", `SIO-Label: marking=x; type=":xml"` + "\n", message.ErrSyntax},
		{"label without type", `SIO-Label: marking=x; label="PHg="` + "\n", message.ErrSyntax},
		{"nothing", "SIO-Label: fgcolor=red\n", message.ErrSyntax},
		{"quoted string does not end", `SIO-Label: marking="x` + "\n", message.ErrSyntax},
		{"no equals sign", "SIO-Label: marking\n", message.ErrSyntax},
		{"no semicolon", `SIO-Label: marking="x" type=":xml"` + "\n", message.ErrSyntax},
		{"no character set", "SIO-Label: marking*=x\n", message.ErrSyntax},
		{"unknown character set", "SIO-Label: marking*=utf-7''x\n", message.ErrSyntax},
		{"half a percent sign", "SIO-Label: marking*=utf-8''%4\n", message.ErrSyntax},
		{"not UTF-8", "SIO-Label: marking*=utf-8''%FF\n", message.ErrSyntax},
		{"line end in the marking", "SIO-Label: marking*=utf-8''a%0D%0ASubject:%20x\n", message.ErrSyntax},
		{"no header", "no colon here\n", message.ErrSyntax},
		{"endless header", "X: " + strings.Repeat("x", message.MaxHeader) + "\n", message.ErrSyntax},
		{"not base64", `SIO-Label: type=":xml"; label="a*b="` + "\n", message.ErrBase64},
		{"base64 cut off", `SIO-Label: type=":xml"; label="PHg"` + "\n", message.ErrBase64},
		{"not XML", `SIO-Label: type=":xml"; label="` + b64("secret") + "\"\n", message.ErrLabel},
		{"cut off", `SIO-Label: type=":xml"; label="` + b64(string(secret().Marshal()[:200])) + "\"\n", message.ErrLabel},
		{"clearance namespace", `SIO-Label: type=":xml"; label="` + b64(`<x xmlns="`+label.ClearanceNamespace+`"/>`) + "\"\n", message.ErrType},
		{"other element", `SIO-Label: type=":xml"; label="` + b64(`<x xmlns="`+label.Namespace+`"/>`) + "\"\n", message.ErrLabel},
		{"type that is no URI", `SIO-Label: type="xml"; label="` + b64(string(secret().Marshal())) + "\"\n", message.ErrType},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(tt.field)
			if !errors.Is(err, tt.want) {
				t.Fatalf("%v; want %v", err, tt.want)
			}
			if !reflect.DeepEqual(got.Label, label.Label{}) {
				t.Error("a label came with the error")
			}
			if errors.Is(err, message.ErrLabel) && !errors.Is(err, label.ErrSyntax) {
				t.Errorf("the cause is lost: %v", err)
			}
		})
	}
}

// TestReadAccepted: forms that other programs write.
func TestReadAccepted(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString(secret().Marshal())
	half := len(encoded) / 2
	for name, field := range map[string]string{
		"type is a URI":           `SIO-Label: type="urn:nato:stanag:4774"; label="` + encoded + `"`,
		"pieces in another order": `SIO-Label: label*1="` + encoded[half:] + `"; TYPE=":xml"; Label*0="` + encoded[:half] + `";`,
		"quoted string folded":    "SIO-Label: type=\":xml\"; label=\"" + encoded[:half] + "\n " + encoded[half:] + `"`,
		"unknown parameter":       `SIO-Label: type=":xml"; label="` + encoded + `"; x-new*0=1; bgcolor=mauve; marking="UP TO \"SECRET\""`,
		"label with percent":      "SIO-Label: type=\":xml\"; label*=us-ascii''" + strings.NewReplacer("=", "%3D", "/", "%2F").Replace(encoded),
	} {
		got, err := read(field + "\n\n")
		if err != nil || got.Label.Classification != "SECRET" || got.Background != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	got, err := read("SIO-Label: marking*0*=iso-8859-1'fr'Communicable%20%E0; marking*1=\" ISAF\"\n")
	if !errors.Is(err, message.ErrNoLabel) || got.Marking != "Communicable \u00e0 ISAF" {
		t.Errorf("%q, %v", got.Marking, err)
	}
}

// FuzzReadLabel: an error gives no label; a label that is read is written and read again as the same.
func FuzzReadLabel(f *testing.F) {
	raw, err := message.Compose(mailDraft(), seal())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("SIO-Label: marking*=us-ascii'en'EXAMPLE%20CONFIDENTIAL;\r\n fgcolor = black ; type=\":ess\"; label*0=\"MQYG\"; label*1=\"ASkCAQM=\"\r\n"))
	f.Add([]byte("SIO-Label: marking=\"a\\\"b\"\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := message.ReadLabel(bytes.NewReader(raw))
		if err != nil {
			if !reflect.DeepEqual(got.Label, label.Label{}) {
				t.Fatalf("a label came with %v", err)
			}
			if !errors.Is(err, message.ErrNoLabel) && !errors.Is(err, message.ErrType) && !reflect.DeepEqual(got, message.Reading{}) {
				t.Fatalf("a reading came with %v", err)
			}
			return
		}
		s := seal()
		s.Label, s.Marking, s.Foreground, s.Background = got.Label, got.Marking, got.Foreground, got.Background
		out, err := message.Compose(mailDraft(), s)
		if err != nil {
			t.Fatalf("cannot be written again: %v", err)
		}
		again, err := message.ReadLabel(bytes.NewReader(out))
		again.Type = got.Type
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%v:\n%+v\n%+v", err, got, again)
		}
	})
}
