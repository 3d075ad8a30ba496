package siolabel_test

import (
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/ess"
	"caveat/backend/label/siolabel"
)

// secret is a label as Caveat makes them.
func secret() label.Label {
	return label.Label{
		Kind: label.Originator,
		Information: label.Information{
			Policy: label.PolicyID{Name: "MISSION", URI: "urn:oid:1.3.6.1.4.1.32473.1.1"}, Classification: "SECRET",
			Categories: []label.Category{{TagName: "Releasable To", Type: label.Permissive, Values: []string{"GBR", "AUS"}}},
		},
		OriginatorID: "duty@gbr.example", OriginatorIDType: "rfc822Name",
		Created: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Review: time.Date(2036, 3, 1, 0, 0, 0, 0, time.UTC),
	}
}

// object is a binding data object of the label and what contains it.
func object() binding.Object {
	l := secret()
	return binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
		Metadata: []binding.Metadata{{Label: &l}}, Data: []binding.Data{{Reference: &binding.Reference{URI: ""}}},
	}}}}}
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// RFC 7444 §4, the examples as printed there, unfolded.
func TestRFC7444(t *testing.T) {
	three := 3
	numbers := &ess.Label{Policy: "1.1", Classification: &three}
	for name, tt := range map[string]struct {
		value, typ string
		ess        *ess.Label
		err        error
	}{
		":ess":     {`marking="EXAMPLE CONFIDENTIAL"; fgcolor=black; bgcolor=red; type=":ess"; label="MQYGASkCAQM="`, ":ess", numbers, nil},
		":x411":    {`marking="EXAMPLE CONFIDENTIAL"; fgcolor=black; bgcolor=red; type=":x411"; label="MQYGASkCAQM="`, ":x411", numbers, nil},
		"extended": {`marking*=us-ascii'en'EXAMPLE%20CONFIDENTIAL; fgcolor = black ; bgcolor = red ; type=":ess"; label*0="MQYG"; label*1="ASkCAQM="`, ":ess", numbers, nil},
		":xml of another namespace": {`marking="EXAMPLE CONFIDENTIAL"; fgcolor=black; bgcolor=red; type=":xml"; label*0="PFNlY0xhYmVsIHhtbG5zPSJodHRwOi8vZXhhbX"; ` +
			`label*1="BsZS5jb20vc2VjLWxhYmVsLzAiPjxQb2xpY3lJ"; label*2="ZGVudGlmaWVyIFVSST0idXJuOm9pZDoxLjEiLz"; label*3="48Q2xhc3NpZmljYXRpb24+MzwvQ2xhc3NpZmlj"; ` +
			`label*4="YXRpb24+PC9TZWNMYWJlbD4=";`, ":xml", nil, siolabel.ErrType},
		"marking only": {`marking="EXAMPLE CONFIDENTIAL"; fgcolor=black; bgcolor=red`, "", nil, nil},
	} {
		got, err := siolabel.Parse(tt.value)
		want := siolabel.Value{Marking: "EXAMPLE CONFIDENTIAL", Foreground: "black", Background: "red", Type: tt.typ, ESS: tt.ess}
		if !errors.Is(err, tt.err) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// A label is what its root element says, under ":xml" and under any URI.
func TestParseXML(t *testing.T) {
	bare, bound := b64(string(secret().Marshal())), b64(string(object().Marshal()))
	for _, typ := range []string{":xml", "urn:nato:stanag:4774", "urn:nato:stanag:4778:bindinginformation:1:0", "http://example.com/x"} {
		v, err := siolabel.Parse(`type="` + typ + `"; label="` + bare + `"`)
		if err != nil || v.Label == nil || v.Label.Classification != "SECRET" || v.Binding != nil || v.Type != typ {
			t.Errorf("%s: %+v, %v", typ, v, err)
		}
		v, err = siolabel.Parse(`type="` + typ + `"; label="` + bound + `"`)
		if err != nil || v.Binding == nil || v.Label != nil {
			t.Fatalf("%s: %+v, %v", typ, v, err)
		}
		if b, err := v.Binding.Bound(""); err != nil || b.Labels[0].Classification != "SECRET" {
			t.Errorf("%s: %+v, %v", typ, b, err)
		}
	}
}

// Forms that other programs write.
func TestParseAccepts(t *testing.T) {
	encoded := b64(string(secret().Marshal()))
	half := len(encoded) / 2
	for name, value := range map[string]string{
		"pieces in another order": `label*1="` + encoded[half:] + `"; TYPE=":xml"; Label*0="` + encoded[:half] + `";`,
		"quoted string folded":    `type=":xml"; label="` + encoded[:half] + " \t" + encoded[half:] + `"`,
		"unknown parameter":       `type=":xml"; label="` + encoded + `"; x-new*0=1; bgcolor=mauve; marking="UP TO \"SECRET\""`,
		"label with percent":      `type=":xml"; label*=us-ascii''` + strings.NewReplacer("=", "%3D", "/", "%2F").Replace(encoded),
	} {
		got, err := siolabel.Parse(value)
		if err != nil || got.Label == nil || got.Label.Classification != "SECRET" || got.Background != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	got, err := siolabel.Parse(`marking*0*=iso-8859-1'fr'Communicable%20%E0; marking*1=" ISAF"`)
	if err != nil || got.Marking != "Communicable \u00e0 ISAF" {
		t.Errorf("%q, %v", got.Marking, err)
	}
}

// One fault per case.
func TestParseRefuses(t *testing.T) {
	good := `type=":xml"; label="` + b64(string(secret().Marshal())) + `"`
	xml := func(document string) string { return `type=":xml"; label="` + b64(document) + `"` }
	for _, tt := range []struct {
		name, value string
		want        error
	}{
		{"gap", `type=":xml"; label*0="PHg="; label*2="x"`, siolabel.ErrContinuation},
		{"starts with 1", `type=":xml"; label*1="PHg="`, siolabel.ErrContinuation},
		{"number twice", `type=":xml"; label*0="PHg="; label*0="x"`, siolabel.ErrContinuation},
		{"number with zero", `type=":xml"; label*0="PHg="; label*01="x"`, siolabel.ErrContinuation},
		{"number too large", `type=":xml"; label*0="PHg="; label*99999999999999999999="x"`, siolabel.ErrContinuation},
		{"numbered and whole", `type=":xml"; label*0="PHg="; label="x"`, siolabel.ErrSyntax},
		{"label twice", good + "; LABEL=x", siolabel.ErrSyntax},
		{"type twice", good + `; type=":ess"`, siolabel.ErrSyntax},
		{"type twice, once extended", good + "; type*=us-ascii'':ess", siolabel.ErrSyntax},
		{"type without label", `marking=x; type=":xml"`, siolabel.ErrSyntax},
		{"label without type", `marking=x; label="PHg="`, siolabel.ErrSyntax},
		{"nothing", "fgcolor=red", siolabel.ErrSyntax},
		{"empty", "", siolabel.ErrSyntax},
		{"too long", "marking=" + strings.Repeat("x", siolabel.MaxSize), siolabel.ErrSyntax},
		{"quoted string does not end", `marking="x`, siolabel.ErrSyntax},
		{"no equals sign", "marking", siolabel.ErrSyntax},
		{"no semicolon", `marking="x" type=":xml"`, siolabel.ErrSyntax},
		{"value with a character that is none of a token", "marking=a@b", siolabel.ErrSyntax},
		{"no character set", "marking*=x", siolabel.ErrSyntax},
		{"unknown character set", "marking*=utf-7''x", siolabel.ErrSyntax},
		{"half a percent sign", "marking*=utf-8''%4", siolabel.ErrSyntax},
		{"percent sign without number", "marking*=utf-8''%zz", siolabel.ErrSyntax},
		{"not UTF-8", "marking*=utf-8''%FF", siolabel.ErrSyntax},
		{"line end in the marking", "marking*=utf-8''a%0D%0ASubject:%20x", siolabel.ErrSyntax},
		{"not base64", `type=":xml"; label="a*b="`, siolabel.ErrBase64},
		{"base64 cut off", `type=":xml"; label="PHg"`, siolabel.ErrBase64},
		{"base64 with bits left over", `type=":ess"; label="MQYGASkCAQN="`, siolabel.ErrBase64},
		{"not XML", xml("secret"), siolabel.ErrLabel},
		{"no document", xml(""), siolabel.ErrLabel},
		{"cut off", xml(string(secret().Marshal()[:200])), siolabel.ErrLabel},
		{"other element of the label's namespace", xml(`<x xmlns="` + label.Namespace + `"/>`), siolabel.ErrLabel},
		{"binding that binds nothing", xml(`<BindingInformation xmlns="` + binding.Namespace + `"/>`), siolabel.ErrLabel},
		{"binding of a draft", xml(`<BindingInformation xmlns="urn:nato:stanag:4778:metadatabindingmechanism:1:0"/>`), binding.ErrDraft},
		{"ASN.1 that is none", `type=":ess"; label="PHg="`, siolabel.ErrLabel},
		{"ASN.1 cut off", `type=":x411"; label="MQYGASkC"`, siolabel.ErrLabel},
		{"ASN.1 with a category that is not known", `type=":ess"; label="` + b64("\x31\x0c\x31\x0a\x30\x08\x80\x02\x2a\x03\xa1\x02\x05\x00") + `"`, ess.ErrCategory},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := siolabel.Parse(tt.value)
			if !errors.Is(err, tt.want) {
				t.Fatalf("%v; want %v", err, tt.want)
			}
			if !reflect.DeepEqual(got, siolabel.Value{}) {
				t.Errorf("a value came with the error: %+v", got)
			}
		})
	}
	// The marking must be shown even so.
	for name, value := range map[string]string{
		"type that is no URI":  `marking=M; type="xml"; label="` + b64(string(secret().Marshal())) + `"`,
		"type of our own kind": `marking=M; type=":asn"; label="` + b64(string(secret().Marshal())) + `"`,
		"clearance namespace":  `marking=M; ` + xml(`<x xmlns="`+label.ClearanceNamespace+`"/>`),
	} {
		got, err := siolabel.Parse(value)
		if !errors.Is(err, siolabel.ErrType) || got.Marking != "M" || got.Label != nil || got.Binding != nil || got.ESS != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// What is written is read back, whatever the marking, and each word is short enough for a folded line.
func TestRoundTrip(t *testing.T) {
	for _, marking := range []string{
		"", "S", `a "quoted" \ marking; x=1`, strings.Repeat(`"\`, 200), strings.Repeat("MISSION SECRET ", 40), "NATO SANS CLASSIFICATION Communicable \u00e0 ISAF",
		strings.Repeat("\u00c9TROIT \u2603 \U0001F512 ", 30), "=?utf-8?q?x?=", "100% '; label*0=\"x\"", "tab\there",
	} {
		roundTrip(t, secret(), marking, "white", "#FF0000")
	}
}

func roundTrip(t *testing.T, l label.Label, marking, foreground, background string) {
	t.Helper()
	words, err := siolabel.Parameters(l, marking, foreground, background)
	if err != nil {
		t.Fatalf("%.60q: %v", marking, err)
	}
	for i, w := range words {
		if len(w) > 77 || strings.ContainsAny(w, "\r\n") || strings.HasSuffix(w, ";") != (i < len(words)-1) {
			t.Errorf("word %q", w)
		}
	}
	got, err := siolabel.Parse(strings.Join(words, " "))
	if err != nil || got.Label == nil || string(got.Label.Marshal()) != string(l.Marshal()) || got.Marking != marking || got.Type != ":xml" {
		t.Fatalf("%.60q: %+v, %v", marking, got, err)
	}
	if marking == "" {
		foreground, background = "", "" // RFC 7444 §4: no colours without a marking
	}
	if got.Foreground != foreground || got.Background != background {
		t.Errorf("colours %q, %q", got.Foreground, got.Background)
	}
}

func TestParametersRefuses(t *testing.T) {
	for name, v := range map[string][3]string{
		"marking with CRLF":     {"a\r\nb", "", ""},
		"marking not UTF-8":     {"\xff", "", ""},
		"colour that is a list": {"a", "red; type=x", ""},
		"colour with sign":      {"a", "", "#+12345"},
		"colour too short":      {"a", "", "#12345"},
	} {
		if words, err := siolabel.Parameters(secret(), v[0], v[1], v[2]); !errors.Is(err, siolabel.ErrInvalid) || words != nil {
			t.Errorf("%s: %q, %v", name, words, err)
		}
	}
}

// With an error comes the zero value, but for an unknown type; a label that is read is written and read again as the same;
// what is read of the other kinds can be written by their packages.
func FuzzParse(f *testing.F) {
	words, err := siolabel.Parameters(secret(), "MISSION SECRET", "white", "red")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		strings.Join(words, " "), `marking="a\"b"`, `type=":ess"; label*0="MQYG"; label*1="ASkCAQM="`, "marking*0*=iso-8859-1'fr'%E0; marking*1=x",
		`type="urn:x"; label="` + b64(string(object().Marshal())) + `"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		v, err := siolabel.Parse(value)
		if err != nil {
			if v.Label != nil || v.Binding != nil || v.ESS != nil || !errors.Is(err, siolabel.ErrType) && !reflect.DeepEqual(v, siolabel.Value{}) {
				t.Fatalf("%+v came with %v", v, err)
			}
			return
		}
		switch {
		case v.Label != nil:
			roundTrip(t, *v.Label, v.Marking, v.Foreground, v.Background)
		case v.Binding != nil:
			if again, err := binding.Parse(v.Binding.Marshal()); err != nil || !reflect.DeepEqual(again, *v.Binding) {
				t.Fatalf("%+v, %v", again, err)
			}
		case v.ESS != nil:
			if _, err := v.ESS.Marshal(); err != nil {
				t.Fatal(err)
			}
		case v.Marking == "":
			t.Fatal("nothing was read, and no error")
		}
	})
}
