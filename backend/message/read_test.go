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

// TestOtherKinds: what takes more than the message to get a label from is ErrType, with the marking and what was read.
func TestOtherKinds(t *testing.T) {
	got, err := read("From: a@b\nSIO-Label: marking=\"EXAMPLE CONFIDENTIAL\";\n    fgcolor=black; bgcolor=red;\n    type=\":ess\"; label=\"MQYGASkCAQM=\"\nSubject: x\n\nbody\n")
	if !errors.Is(err, message.ErrType) || got.Marking != "EXAMPLE CONFIDENTIAL" || got.Background != "red" || got.Type != ":ess" ||
		got.ESS == nil || got.ESS.Policy != "1.1" || *got.ESS.Classification != 3 || !reflect.DeepEqual(got.Label, label.Label{}) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = read(`SIO-Label: marking=M; type=":xml"; label="` + b64(`<SecLabel xmlns="http://example.com/sec-label/0"/>`) + "\"\n")
	if !errors.Is(err, message.ErrType) || !reflect.DeepEqual(got, message.Reading{Marking: "M", Type: ":xml"}) {
		t.Errorf("%+v, %v", got, err)
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
	got, err = message.ReadLabel(bytes.NewReader(binding))
	if !errors.Is(err, message.ErrType) || got.Marking == "" || got.Binding == nil {
		t.Fatalf("a binding: %+v, %v", got, err)
	}
	if b, err := got.Binding.Bound("mid:m1.20250301@atlantia.example"); err != nil || b.Labels[0].Classification != "SECRET" {
		t.Errorf("%+v, %v", b, err)
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
		{"label without type", `SIO-Label: marking=x; label="PHg="` + "\n", message.ErrSyntax},
		{"line end in the marking", "SIO-Label: marking*=utf-8''a%0D%0ASubject:%20x\n", message.ErrSyntax},
		{"no header", "no colon here\n", message.ErrSyntax},
		{"endless header", "X: " + strings.Repeat("x", message.MaxHeader) + "\n", message.ErrSyntax},
		{"not base64", `SIO-Label: type=":xml"; label="a*b="` + "\n", message.ErrBase64},
		{"cut off", `SIO-Label: type=":xml"; label="` + b64(string(secret().Marshal()[:200])) + "\"\n", message.ErrLabel},
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

// TestReadFolded: a header may be folded in the middle of a quoted string.
func TestReadFolded(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString(secret().Marshal())
	half := len(encoded) / 2
	got, err := read("SIO-Label: type=\":xml\"; label=\"" + encoded[:half] + "\n " + encoded[half:] + "\"\n\n")
	if err != nil || got.Label.Classification != "SECRET" {
		t.Errorf("%+v, %v", got, err)
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
