//go:build linux

package app_test

import (
	"net"
	"strings"
	"testing"

	"caveat/ldapbook/ldaptest"
)

// TestBrokenDirectoriesDoNotHinderTheOthers: one nation at a time is broken; the answer names it in one line with status 1,
// and the other nations go on working.
func TestBrokenDirectoriesDoNotHinderTheOthers(t *testing.T) {
	for _, c := range []struct {
		name string
		how  func(*embedded)
		says string
	}{
		{"refuses the bind", func(e *embedded) { e.directories["UKR"].RefuseBind(true) }, "refused name or password"},
		{"is not there", func(e *embedded) { e.directories["UKR"].Close() }, "cannot be reached"},
		{"presents a wrong certificate", func(e *embedded) { e.replaceByStranger("UKR") }, "no trusted TLS connection"},
		{"answers only part", func(e *embedded) { e.directories["UKR"].SizeLimit(1) }, "size limit"},
		{"hangs", func(e *embedded) { e.directories["UKR"].Hang(true) }, "did not answer in time"},
		{"hangs in the middle", func(e *embedded) { e.directories["UKR"].HangAfter(1) }, "did not answer in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := embeddedWorld(t)
			c.how(e)
			r := caveat(t, "", "book", "sync", "--data", e.data, "--json")
			if r.status != 1 || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "UKR") || !strings.Contains(r.stderr, c.says) {
				t.Errorf("sync: status %d, diagnostics %q", r.status, r.stderr)
			}
			var found struct {
				Hits       []struct{ Nation string }
				Incomplete bool
			}
			s := caveat(t, "", "book", "search", "--data", e.data, "officer", "--json")
			s.decode(t, &found)
			got := map[string]bool{}
			for _, h := range found.Hits {
				got[h.Nation] = true
			}
			if s.status != 0 || !found.Incomplete || !got["GBR"] || !got["AUS"] || !got["DEU"] || !strings.Contains(s.stderr, "UKR") {
				t.Errorf("search: status %d, %+v, diagnostics %q", s.status, found, s.stderr)
			}
			status, report := check(t, e.data, draftFor(t, "RESTRICTED", mrod, "officer@gbr.example", "nobody@ukr.example"))
			if status != 3 || report.Recipients[0].Verdict.Outcome != "cleared" || report.Recipients[1].Verdict.Outcome == "cleared" {
				t.Errorf("check: status %d, %+v", status, report)
			}
			if x := report.Recipients[1].Verdict; len(x.Reasons) == 0 || x.Evidence.Directory != "UKR" {
				t.Errorf("the unreachable nation's recipient: %+v", x)
			}
			if out := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "RESTRICTED", mrod, "officer@gbr.example", "officer@aus.example")); out.status != 0 {
				t.Errorf("the other nations: status %d: %s%s", out.status, out.stdout, out.stderr)
			}
		})
	}
}

// replaceByStranger puts a server with a certificate of another CA in a directory's place.
func (e *embedded) replaceByStranger(nation string) {
	suffix := "dc=" + strings.ToLower(nation) + ",dc=example"
	addr := e.listeners[nation].Addr().String()
	e.directories[nation].Close()
	stranger := ldaptest.New(ldaptest.Config{Suffix: suffix, TLS: ldaptest.NewCA("Stranger").ServerTLS()})
	l, err := net.Listen("tcp", addr)
	if err != nil {
		panic(err)
	}
	e.directories[nation] = stranger
	go stranger.Serve(l)
}

// TestRule16OwnNationWorksWithoutPartners: with all partner directories hanging, own-nation mail is searched, checked and
// sent without a warning, and no partner is even asked.
func TestRule16OwnNationWorksWithoutPartners(t *testing.T) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	before := map[string]int64{}
	for _, n := range nations[1:] {
		e.directories[n].Hang(true)
		before[n] = e.listeners[n].count.Load()
	}
	draft := draftFor(t, "SECRET", mrod, "officer@gbr.example")
	for _, args := range [][]string{{"book", "search", "officer", "--nation", "GBR"}, {"check", "--draft", draft}, {"send", "--draft", draft}} {
		r := caveat(t, "", append(args, "--data", e.data)...)
		if r.status != 0 || r.stderr != "" {
			t.Errorf("%v: status %d, diagnostics %q", args, r.status, r.stderr)
		}
	}
	for _, n := range nations[1:] {
		if asked := e.listeners[n].count.Load() - before[n]; asked != 0 {
			t.Errorf("%s was asked %d times", n, asked)
		}
	}
}

// TestBadInputIsOneLine: bad input ends with status 1 and one line, and leaves nothing behind.
func TestBadInputIsOneLine(t *testing.T) {
	e := embeddedWorld(t)
	for name, draft := range map[string]string{
		"no JSON":           `{`,
		"an unknown key":    `{"channel": "mail", "action": ["a@gbr.example"], "body": "", "color": "red", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"an unknown policy": `{"channel": "mail", "action": ["a@gbr.example"], "body": "", "label": {"policy": "OTHER", "classification": "SECRET"}}`,
		"an unknown class":  `{"channel": "mail", "action": ["a@gbr.example"], "body": "", "label": {"policy": "NATO", "classification": "COSMIC"}}`,
		"no recipient":      `{"channel": "mail", "action": [], "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"no label":          `{"channel": "mail", "action": ["a@gbr.example"], "body": ""}`,
		"CR in the subject": `{"channel": "mail", "action": ["a@gbr.example"], "subject": "a\rBcc: x@gbr.example", "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"LF in an address":  `{"channel": "mail", "action": ["a@gbr.example\nb"], "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
		"NUL in a SIC":      `{"channel": "mail", "action": ["a@gbr.example"], "sic": ["AB\u0000"], "body": "", "label": {"policy": "NATO", "classification": "SECRET"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "draft.json", draft)
			for _, command := range []string{"check", "send"} {
				r := caveat(t, "", command, "--data", e.data, "--draft", file)
				if r.status != 1 || strings.Count(r.stderr, "\n") != 1 || r.stdout != "" {
					t.Errorf("%s: status %d, %q, %q", command, r.status, r.stdout, r.stderr)
				}
			}
		})
	}
	if m := e.newest(t); m.ID != "" {
		t.Errorf("something was queued: %+v", m)
	}
}
