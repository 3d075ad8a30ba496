package draft_test

import (
	"slices"
	"strings"
	"testing"

	"caveat/backend/draft"
)

// Whatever is changed, the digest changes: a report for one draft must not clear another.
func TestDigestDiffersForEveryChange(t *testing.T) {
	seen := map[string]string{parse(t, full).Digest(): "unchanged"}
	for _, tt := range [][2]string{
		{`"channel":"mail"`, `"channel":"chat"`}, {`"from":"a@nor.example"`, `"from":"A@nor.example"`}, {`"from":"a@nor.example",`, ``},
		{`"account":"nor"`, `"account":"nor2"`}, {`["b@atl.example"]`, `["b@atl.example","e@x"]`}, {`["b@atl.example"]`, `["e@x","b@atl.example"]`},
		{`"info":["c@bor.example"]`, `"info":["d@bor.example"]`}, {`"exempted":["d@bor.example"]`, `"exempted":["e@bor.example"]`},
		{`"info":["c@bor.example"],"exempted":["d@bor.example"]`, `"info":["d@bor.example"],"exempted":["c@bor.example"]`},
		{`"subject":"s"`, `"subject":"s "`}, {`more"`, `More"`}, {`text\r\nmore`, `text\nmore`}, {`"text":"p"`, `"text":"q"`},
		{`"classification":"OPEN"`, `"classification":"SHUT"`}, {`"file":"report.pdf"`, `"file":"report2.pdf"`},
		{`"policy":"P","classification":"SECRET"`, `"policy":"P","classification":"OPEN"`}, {`{"file":"plain.txt"}`, `{"file":"plain.txt","label":"<a/>"}`},
		{`,{"file":"plain.txt"}`, ``}, {`"<1@x>"`, `"<2@x>"`}, {`2026-01-01`, `2026-01-02`}, {`"sendAt":"2026-01-01T00:00:00Z",`, ``},
		{`"routine"`, `"flash"`}, {`"deferred"`, `"routine"`}, {`["ABC"]`, `["ABC","DEF"]`}, {`"exercise"`, `"drill"`}, {`"REF"`, `"REF2"`},
		{`["H"]`, `["I"]`}, {`"NATO"`, `"PATO"`}, {`"classification":"SECRET","categories"`, `"classification":"OPEN","categories"`},
		{`["MROD"]`, `["MROD","KFOR"]`}, {`"Context"`, `"Kontext"`}, {`"permissive"`, `"restrictive"`}, {`{"type":"permissive","name":"GBR"}`, `"GBR"`},
		{`"PM"`, `"AM"`}, {`2030-01-01`, `2031-01-01`}, {`,"reviewDate":"2030-01-01T00:00:00Z"`, ``},
		{`"Context":["MROD"],"Only":[{"type":"permissive","name":"GBR"}]`, `"Only":[{"type":"permissive","name":"GBR"}],"Context":["MROD"]`},
	} {
		d := parse(t, change(t, tt[0], tt[1]))
		name := tt[0] + " → " + tt[1]
		if other, dup := seen[d.Digest()]; dup {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[d.Digest()] = name
	}
}

// Reports name drafts by this digest, and so do audit logs of released versions: it must never change for the same draft.
func TestDigestIsStable(t *testing.T) {
	const want = "sha256:"
	d := parse(t, full)
	first := d.Digest()
	if !strings.HasPrefix(first, want) || len(first) != len(want)+64 || strings.ToLower(first) != first {
		t.Fatalf("%q", first)
	}
	for range 20 {
		if got := parse(t, full).Digest(); got != first {
			t.Fatalf("%q, then %q", first, got)
		}
	}
	spaced := strings.NewReplacer(`":`, `" : `, `,"`, " ,\n\t\"").Replace(full)
	if got := parse(t, spaced).Digest(); got != first {
		t.Error("white space in the document changes the digest")
	}
	offset := strings.Replace(full, `"sendAt":"2026-01-01T00:00:00Z"`, `"sendAt":"2026-01-01T01:00:00+01:00"`, 1)
	if got := parse(t, offset).Digest(); got != first {
		t.Error("the spelling of a time changes the digest")
	}
	const golden = `{"channel":"chat","action":["a@b"],"body":"","label":null}`
	if got := string(parse(t, `{"channel":"chat","action":["a@b"]}`).Canonical()); got != golden {
		t.Errorf("canonical form %s", got)
	}
}

func TestRecipients(t *testing.T) {
	d := draft.Draft{Action: []string{"B@x", "a@x"}, Info: []string{" b@X", "c@x", "A@X"}, Exempted: []string{"z@x"}}
	if got := d.Recipients(); !slices.Equal(got, []string{"B@x", "a@x", "c@x"}) { // once each, in order, as first spelled
		t.Errorf("%q", got)
	}
	rest := d.Without([]string{"b@x ", "C@X"})
	if !slices.Equal(rest.Action, []string{"a@x"}) || !slices.Equal(rest.Info, []string{"A@X"}) {
		t.Errorf("%+v", rest)
	}
	if len(d.Action) != 2 || len(d.Info) != 3 { // the draft is a value
		t.Errorf("the first draft was changed: %+v", d)
	}
}

func TestDomain(t *testing.T) {
	for address, want := range map[string]string{
		"a@Nor.Example": "nor.example", "a@b@c": "c", "room@muc.x/nick": "muc.x", "room@muc.x/a@b": "muc.x", "a/b@c": "c",
		"a@x/": "x", "": "", "nobody": "", "@x": "x", " a@x ": "x",
	} {
		if got := draft.Domain(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
