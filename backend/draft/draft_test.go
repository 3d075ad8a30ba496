package draft_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
)

// full is a draft with every key that there is.
const full = `{"channel":"mail","from":"a@nor.example","account":"nor","action":["b@atl.example"],"info":["c@bor.example"],"exempted":["d@bor.example"],
"subject":"s","body":"text\r\nmore","parts":[{"text":"p","label":{"policy":"P","classification":"OPEN"}}],
"attachments":[{"file":"report.pdf","label":{"policy":"P","classification":"SECRET"}},{"file":"plain.txt"}],
"inReplyTo":"<1@x>","sendAt":"2026-01-01T00:00:00Z","primaryPrecedence":"routine","copyPrecedence":"deferred","sic":["ABC"],
"messageType":"exercise","originatorReference":"REF","handling":["H"],
"label":{"policy":"NATO","classification":"SECRET","categories":{"Context":["MROD"],"Only":[{"type":"permissive","name":"GBR"}]},"privacyMark":"PM","reviewDate":"2030-01-01T00:00:00Z"}}`

func parse(t *testing.T, document string) draft.Draft {
	t.Helper()
	d, err := draft.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func change(t *testing.T, old, new string) string {
	t.Helper()
	if !strings.Contains(full, old) {
		t.Fatalf("the document does not hold %q", old)
	}
	return strings.Replace(full, old, new, 1)
}

func TestParseReadsEverything(t *testing.T) {
	at, review := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	want := draft.Draft{
		Channel: draft.Mail, From: "a@nor.example", Account: "nor", Action: []string{"b@atl.example"}, Info: []string{"c@bor.example"}, Exempted: []string{"d@bor.example"},
		Subject: "s", Body: "text\r\nmore", Parts: []draft.Part{{Text: "p", Label: draft.Label{Selection: &label.Selection{Policy: "P", Classification: "OPEN"}}}},
		Attachments: []draft.Attachment{{File: "report.pdf", Label: &draft.Label{Selection: &label.Selection{Policy: "P", Classification: "SECRET"}}}, {File: "plain.txt"}},
		InReplyTo:   "<1@x>", SendAt: &at, PrimaryPrecedence: "routine", CopyPrecedence: "deferred", SIC: []string{"ABC"},
		MessageType: "exercise", OriginatorReference: "REF", Handling: []string{"H"},
		Label: draft.Label{Selection: &label.Selection{Policy: "NATO", Classification: "SECRET", PrivacyMark: "PM", Review: review, Categories: []label.SelectedTag{
			{TagSet: "Context", Values: []label.SelectedValue{{Name: "MROD"}}},
			{TagSet: "Only", Values: []label.SelectedValue{{Name: "GBR", Type: label.Permissive}}},
		}}},
	}
	if got := parse(t, full); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParseReadsALabelInXML(t *testing.T) {
	d := parse(t, `{"channel":"chat","action":["r@rooms.example"],"body":"","label":"<l a=\"b\"/>"}`)
	if d.Label.XML != `<l a="b"/>` || d.Label.Selection != nil || d.Label.IsZero() {
		t.Errorf("%+v", d.Label)
	}
	for _, none := range []string{"", `,"label":null`, `,"label":""`} {
		if d := parse(t, `{"channel":"chat","action":["r@rooms.example"],"body":""`+none+"}"); !d.Label.IsZero() {
			t.Errorf("%q: %+v", none, d.Label)
		}
	}
}

// Every case would let two programs, or a person and a program, read two drafts out of one document.
func TestParseIsStrict(t *testing.T) {
	tests := []struct {
		name, old, new string
		names          string // what the error must name
	}{
		{"unknown key", `"subject"`, `"subjekt"`, "subjekt"},
		{"unknown key in a part", `"text":"p"`, `"txt":"p"`, "txt"},
		{"unknown key in an attachment", `"file":"plain.txt"`, `"fil":"plain.txt"`, "fil"},
		{"unknown key in the label", `"privacyMark"`, `"privacymarks"`, "privacymarks"},
		{"unknown key in a value", `"type":"permissive"`, `"typ":"permissive"`, "typ"},
		{"key twice", `"subject":"s"`, `"subject":"s","subject":"t"`, "subject"},
		{"key twice in different case", `"classification":"SECRET","categories"`, `"classification":"SECRET","Classification":"OPEN","categories"`, "Classification"},
		{"key twice, one with the long s", `"subject":"s"`, `"subject":"s","ſubject":"t"`, "ſubject"}, // encoding/json takes it for subject
		{"key twice, one with the Kelvin sign", `"attachments":[`, `"attachments":[],"attaChments":[`, "attaChments"},
		{"key twice inside a part", `"text":"p"`, `"text":"p","text":"q"`, "text"},
		{"key twice inside a value", `"type":"permissive"`, `"type":"permissive","type":"restrictive"`, "type"},
		{"tag set twice", `"Context":["MROD"]`, `"Context":["MROD"],"context ":["MROD"]`, "context"},
		{"text after the document", `"2030-01-01T00:00:00Z"}}`, `"2030-01-01T00:00:00Z"}}x`, ""},
		{"a second document", `"2030-01-01T00:00:00Z"}}`, `"2030-01-01T00:00:00Z"}}{}`, ""},
		{"a closing brace too many", `"2030-01-01T00:00:00Z"}}`, `"2030-01-01T00:00:00Z"}}}`, ""},
		{"a closing bracket too many", `"2030-01-01T00:00:00Z"}}`, `"2030-01-01T00:00:00Z"}}]`, ""},
		{"cut off", `"2030-01-01T00:00:00Z"}}`, `"2030-01-01T00:00:00Z"}`, ""},
		{"byte order mark", `{"channel"`, "\ufeff" + `{"channel"`, ""},
		{"invalid UTF-8", `"s"`, "\"\xff\"", ""},
		{"comment", `{"channel"`, `/* x */{"channel"`, ""},
		{"an array", `{"channel":"mail"`, `[{"channel":"mail"`, ""},
		{"subject no text", `"subject":"s"`, `"subject":1`, "subject"},
		{"action no list", `["b@atl.example"]`, `"b@atl.example"`, "action"},
		{"label a number", `"label":{"policy":"NATO"`, `"label":1,"x":{"policy":"NATO"`, ""},
		{"label a list", `"label":{"policy":"P","classification":"OPEN"}`, `"label":[]`, ""},
		{"categories a list", `"categories":{"Context":["MROD"],"Only":[{"type":"permissive","name":"GBR"}]}`, `"categories":["MROD"]`, ""},
		{"values no list", `["MROD"]`, `"MROD"`, "Context"},
		{"a value of null", `["MROD"]`, `[null]`, "Context"},
		{"a value that is a number", `["MROD"]`, `[1]`, "Context"},
		{"a type that does not exist", `"type":"permissive"`, `"type":"enumerated"`, "enumerated"},
		{"a value without type", `"type":"permissive",`, ``, "Only"},
		{"a date that is none", `"reviewDate":"2030-01-01T00:00:00Z"`, `"reviewDate":"soon"`, ""},
		{"a date that cannot be written in UTC", `"reviewDate":"2030-01-01T00:00:00Z"`, `"reviewDate":"9999-12-31T23:59:59-01:00"`, "reviewDate"},
		{"a time that cannot be written in UTC", `"sendAt":"2026-01-01T00:00:00Z"`, `"sendAt":"0000-01-01T00:00:00+01:00"`, "sendAt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := refuse(t, change(t, tt.old, tt.new), draft.ErrSyntax)
			if err != nil && !strings.Contains(err.Error(), tt.names) {
				t.Errorf("the error does not name %q: %v", tt.names, err)
			}
		})
	}
	t.Run("empty", func(t *testing.T) { refuse(t, "", draft.ErrSyntax) })
	t.Run("null", func(t *testing.T) { refuse(t, "null", draft.ErrInvalid) })
	t.Run("too long", func(t *testing.T) { refuse(t, full+strings.Repeat(" ", draft.MaxSize), draft.ErrSyntax) })
	t.Run("sixteen million brackets", func(t *testing.T) { // must not overflow the stack, which ends the program
		refuse(t, strings.Repeat("[", draft.MaxSize), draft.ErrSyntax)
	})
	t.Run("as many braces", func(t *testing.T) { refuse(t, strings.Repeat(`{"a":`, draft.MaxSize/5), draft.ErrSyntax) })
}

func refuse(t *testing.T, document string, want error) error {
	t.Helper()
	d, err := draft.Parse([]byte(document))
	if !errors.Is(err, want) {
		t.Errorf("error %v, want one that wraps %v", err, want)
	}
	if !reflect.DeepEqual(d, draft.Draft{}) {
		t.Errorf("a draft came with the error: %+v", d)
	}
	return err
}

// A line end in a header field begins another header field.
func TestParseRefusesControlCharactersInHeaderFields(t *testing.T) {
	for _, field := range []string{
		`"a@nor.example"`, `"b@atl.example"`, `"c@bor.example"`, `"d@bor.example"`, `"s"`, `"<1@x>"`, `"routine"`, `"deferred"`,
		`"ABC"`, `"exercise"`, `"REF"`, `"H"`, `"report.pdf"`, `"plain.txt"`,
	} {
		for name, c := range map[string]string{"CR": `\r`, "LF": `\n`, "NUL": `\u0000`, "DEL": `\u007f`, "NEL": `\u0085`, "LS": `\u2028`, "VT": `\u000b`} {
			t.Run(field+" "+name, func(t *testing.T) {
				for _, bad := range []string{field[:len(field)-1] + c + `"`, `"` + c + field[1:], field[:2] + c + field[2:]} {
					refuse(t, change(t, field, bad), draft.ErrInvalid)
				}
			})
		}
	}
	if d := parse(t, change(t, `"s"`, `"a\tb"`)); d.Subject != "a\tb" { // a tab folds, it does not end a line
		t.Errorf("%q", d.Subject)
	}
}

func TestParseRefusesWhatNoMessageCanBeMadeOf(t *testing.T) {
	for name, tt := range map[string][2]string{
		"unknown channel":        {`"channel":"mail"`, `"channel":"fax"`},
		"channel in other case":  {`"channel":"mail"`, `"channel":"Mail"`},
		"no channel":             {`"channel":"mail",`, ``},
		"no recipient":           {`"action":["b@atl.example"],"info":["c@bor.example"]`, `"action":[]`},
		"recipients only exempt": {`"action":["b@atl.example"],"info":["c@bor.example"],`, ``},
		"an empty address":       {`["b@atl.example"]`, `["b@atl.example"," "]`},
		"an address of null":     {`["b@atl.example"]`, `[null]`},
	} {
		t.Run(name, func(t *testing.T) { refuse(t, change(t, tt[0], tt[1]), draft.ErrInvalid) })
	}
	parse(t, change(t, `"action":["b@atl.example"]`, `"action":[]`)) // info alone is enough
}

// A draft that is addressed to nobody yet is one all the same; everything else holds for it too.
func TestParseUnsent(t *testing.T) {
	toNobody := change(t, `"action":["b@atl.example"],"info":["c@bor.example"]`, `"action":[]`)
	if d, err := draft.ParseUnsent([]byte(toNobody)); err != nil || len(d.Recipients()) != 0 || d.Validate() == nil {
		t.Errorf("%+v, %v", d, err)
	}
	for name, document := range map[string]string{
		"unknown channel":  strings.Replace(toNobody, `"mail"`, `"fax"`, 1),
		"an empty address": change(t, `["b@atl.example"]`, `["b@atl.example"," "]`),
		"an unknown key":   strings.Replace(toNobody, `"action"`, `"actions"`, 1),
	} {
		if _, err := draft.ParseUnsent([]byte(document)); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

func TestCanonicalRoundTrip(t *testing.T) {
	for name, document := range map[string]string{
		"full":                       full,
		"smallest":                   `{"channel":"chat","action":["a@b"]}`,
		"label in XML":               `{"channel":"chat","action":["a@b"],"label":"<a>&amp;</a>"}`,
		"attachment without a label": `{"channel":"mail","action":["a@b"],"attachments":[{"file":"x","label":""},{"file":"y","label":null}]}`,
		"empty selection":            `{"channel":"mail","action":["a@b"],"label":{}}`,
		"times with an offset":       strings.Replace(full, `"sendAt":"2026-01-01T00:00:00Z"`, `"sendAt":"2026-01-01T02:00:00.5+02:00"`, 1),
	} {
		t.Run(name, func(t *testing.T) { roundTrip(t, parse(t, document)) })
	}
}

func roundTrip(t *testing.T, d draft.Draft) {
	t.Helper()
	canonical := d.Canonical()
	again, err := draft.Parse(canonical)
	if err != nil {
		t.Fatalf("%v in %s", err, canonical)
	}
	if !bytes.Equal(again.Canonical(), canonical) || again.Digest() != d.Digest() {
		t.Errorf("%s\nbecame\n%s", canonical, again.Canonical())
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{full, `{"channel":"chat","action":["a@b"],"label":"<a/>"}`, `{}`, `[[[`, `{"channel":"mail","action":["a"],"label":{"categories":{"":[]}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		d, err := draft.Parse(document)
		if err != nil {
			if !reflect.DeepEqual(d, draft.Draft{}) {
				t.Fatalf("a draft came with %v", err)
			}
			return
		}
		roundTrip(t, d)
		if d.Validate() != nil || strings.ContainsAny(d.Subject+d.From+strings.Join(d.Recipients(), ""), "\r\n\x00") {
			t.Fatalf("%+v", d)
		}
	})
}

func TestIsAddress(t *testing.T) {
	for _, tt := range []struct {
		channel draft.Channel
		address string
		want    bool
	}{
		{draft.Mail, "a@x.example", true}, {draft.Mail, "é@x", true}, {draft.Mail, `"a@b"@x`, true}, {draft.Mail, "a/b@x", true},
		{draft.Mail, "", false}, {draft.Mail, "foo", false}, {draft.Mail, "a@@b", false}, {draft.Mail, "@x", false}, {draft.Mail, "a@", false},
		{draft.Mail, "a@b@c", false}, {draft.Mail, "a b@c", false}, {draft.Mail, "a@b c", false},
		{draft.Chat, "room@muc.x/nick", true}, {draft.Chat, "room@muc.x/a@b c", true}, {draft.Chat, "muc.x/a@b", false}, {draft.Chat, `"a@b"@x`, false},
	} {
		if got := draft.IsAddress(tt.channel, tt.address); got != tt.want {
			t.Errorf("%s %q: %v", tt.channel, tt.address, got)
		}
	}
}

func TestAddressed(t *testing.T) {
	d := draft.Draft{Action: []string{"A@x", "a@x", "b@x"}, Info: []string{"c@x", "a@X", "C@x"}}
	action, info := d.Addressed()
	if strings.Join(action, " ") != "A@x b@x" || strings.Join(info, " ") != "c@x" {
		t.Errorf("%q %q", action, info)
	}
}

// Only what is sent now is held to the clock: what waits in a queue was.
func TestCheckSendAt(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for after, ok := range map[time.Duration]bool{time.Hour: true, 0: true, -draft.MaxLate: true, -draft.MaxLate - time.Second: false, -24 * 365 * time.Hour: false} {
		at := now.Add(after)
		err := draft.Draft{SendAt: &at}.CheckSendAt(now)
		var field *draft.FieldError
		if (err == nil) != ok || err != nil && (!errors.Is(err, draft.ErrInvalid) || !errors.As(err, &field) || field.Field != "sendAt" || !strings.Contains(err.Error(), "is past")) {
			t.Errorf("%s: %v", after, err)
		}
	}
}
