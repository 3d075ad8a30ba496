package draftbox_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/label"
)

const full = `{"channel":"mail","from":"a@atl.example","action":["b@atl.example"],"info":["c@bor.example"],"subject":"s","body":"text",
	"parts":[{"text":"p","label":{"policy":"P","classification":"OPEN"}}],"sendAt":"2026-01-01T02:00:00+02:00","sic":["ABC"],
	"label":{"policy":"P","classification":"SECRET","categories":{"Context":["MROD"]}},"typing":{"action":"kov","info":"sm"}}`

func parse(t *testing.T, document string) draftbox.Content {
	t.Helper()
	c, err := draftbox.Parse([]byte(document))
	if err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	return c
}

func TestParse(t *testing.T) {
	c := parse(t, full)
	if c.Channel != draft.Mail || c.From != "a@atl.example" || len(c.Parts) != 1 || c.SendAt == nil || c.Typing != (draftbox.Typing{Action: "kov", Info: "sm"}) {
		t.Errorf("%+v", c)
	}
	want := &label.Selection{Policy: "P", Classification: "SECRET", Categories: []label.SelectedTag{{TagSet: "Context", Values: []label.SelectedValue{{Name: "MROD"}}}}}
	if !reflect.DeepEqual(c.Label.Selection, want) {
		t.Errorf("%+v", c.Label.Selection)
	}
}

// Everything may be missing or empty: it is not a message yet.
func TestParseTakesWhatIsNotFinished(t *testing.T) {
	for _, document := range []string{
		`{}`, `{"channel":""}`, `{"label":null}`, `{"label":""}`, `{"action":[]}`, `{"action":null,"label":null}`, `{"action":[""]}`, `{"typing":{}}`,
		`{"subject":"a\tb"}`, `{"label":{"policy":"P","classification":""}}`, `{"channel":"chat","typing":{"info":"x"}}`,
	} {
		c := parse(t, document)
		if c.Action == nil {
			t.Errorf("%s: action is no list", document)
		}
		roundTrip(t, c)
	}
	if c := parse(t, `{"label":null}`); !c.Label.IsZero() || !strings.Contains(string(c.Canonical()), `"label":null`) {
		t.Errorf("%s", c.Canonical())
	}
}

func TestParseIsStrict(t *testing.T) {
	for name, tt := range map[string]struct {
		document string
		want     error
	}{
		"unknown key":            {`{"subjekt":"s"}`, draft.ErrSyntax},
		"unknown key in typing":  {`{"typing":{"exempted":"x"}}`, draft.ErrSyntax},
		"key twice":              {`{"subject":"s","Subject":"t"}`, draft.ErrSyntax},
		"key twice in typing":    {`{"typing":{"action":"s","action":"t"}}`, draft.ErrSyntax},
		"text after it":          {`{}x`, draft.ErrSyntax},
		"a second one":           {`{}{}`, draft.ErrSyntax},
		"null":                   {` null `, draft.ErrSyntax},
		"a list":                 {`[]`, draft.ErrSyntax},
		"nothing":                {``, draft.ErrSyntax},
		"no UTF-8":               {"{\"subject\":\"\xff\"}", draft.ErrSyntax},
		"a subject that is none": {`{"subject":1}`, draft.ErrSyntax},
		"typing that is none":    {`{"typing":"kov"}`, draft.ErrSyntax},
		"a label that is none":   {`{"label":1}`, draft.ErrSyntax},
		"the draft as a value":   {`{"Draft":{}}`, draft.ErrSyntax},
		"too deep":               {strings.Repeat(`{"typing":`, 1000), draft.ErrSyntax},
		"too long":               {`{"body":"` + strings.Repeat("a", draft.MaxSize) + `"}`, draft.ErrSyntax},
		"an unknown channel":     {`{"channel":"fax"}`, draft.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := draftbox.Parse([]byte(tt.document))
			if !errors.Is(err, tt.want) || !reflect.DeepEqual(c, draftbox.Content{}) {
				t.Errorf("%v, %+v", err, c)
			}
		})
	}
}

func TestCanonicalRoundTrip(t *testing.T) {
	roundTrip(t, parse(t, full))
	roundTrip(t, parse(t, `{"label":"<a>&amp;</a>","body":"a < b & c > d"}`))
	if c := parse(t, `{"body":"a < b"}`); !strings.Contains(string(c.Canonical()), "a < b") {
		t.Errorf("%s", c.Canonical())
	}
}

func roundTrip(t *testing.T, c draftbox.Content) {
	t.Helper()
	again, err := draftbox.Parse(c.Canonical())
	if err != nil {
		t.Fatalf("%v in %s", err, c.Canonical())
	}
	if !bytes.Equal(again.Canonical(), c.Canonical()) || again.Typing != c.Typing {
		t.Errorf("%s\nbecame\n%s", c.Canonical(), again.Canonical())
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{full, `{}`, `null`, `{"typing":{"action":"a"}}`, `{"label":"<a/>","channel":"chat"}`, `[[[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		c, err := draftbox.Parse(document)
		if err != nil {
			if !reflect.DeepEqual(c, draftbox.Content{}) {
				t.Fatalf("content came with %v", err)
			}
			return
		}
		roundTrip(t, c)
	})
}
