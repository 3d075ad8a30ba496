//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNewcomersSlips: each is answered with what is wrong and what to do, by one line without a word of how the program is made.
func TestNewcomersSlips(t *testing.T) {
	e := embeddedWorld(t)
	if r := e.run(t, "", "book", "sync"); r.status != 0 {
		t.Fatal(r.stderr)
	}
	picture := write(t, "picture.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01")
	empty := write(t, "empty", "")
	settings := write(t, "settings.json", `{"theme": "dark"}`)
	log := e.run(t, "", "audit", "export").stdout
	server := []string{"--url", "ldap://127.0.0.1:1"}
	label := `"label": {"policy": "NATO", "classification": "SECRET", "categories": {"Context": ["MROD"]}}`
	drafted := func(more string) string {
		return `{"channel": "mail", "action": ["officer@gbr.example"], "body": "", ` + more + label + `}`
	}
	tests := []struct {
		name, stdin string
		args        []string
		status      int
		says        string // on standard error
	}{
		{"a nation that no directory has", "", []string{"book", "search", "--nation", "XXX"}, 1, "there are AUS, DEU, GBR, UKR"},
		{"a nation in small letters that there is", "", []string{"book", "search", "officer", "--nation", "gbr"}, 0, ""},
		{"a secret that nothing refers to", "x\n", []string{"installation", "secret", "smpt"}, 1, "ldap-GBR, ldap-UKR, ldap-AUS, ldap-DEU, smtp"},
		{"one that something refers to", "x\n", []string{"installation", "secret", "smtp"}, 0, ""},
		{"no nation", "", append([]string{"directory", "add", "FRA", "--ca", "test"}, server...), 2, "--nation is missing"},
		{"no server", "", []string{"directory", "add", "FRA", "--nation", "FRA"}, 2, "--url is missing"},
		{"no CA", "", append([]string{"directory", "add", "FRA", "--nation", "FRA"}, server...), 2, "--ca is missing"},
		{"no base", "", append([]string{"directory", "add", "FRA", "--nation", "FRA", "--ca", "test", "--unasked"}, server...), 2, "--base-dn is missing"},
		{"no such CA", "", append([]string{"directory", "add", "FRA", "--nation", "FRA", "--ca", "tset", "--unasked", "--base-dn", "o=x"}, server...), 1, `ca "tset" is none of the [[ca]]`},
		{"a nation in words", "", append([]string{"directory", "add", "FRA", "--nation", "FRANCE", "--ca", "test"}, server...), 1, "three capital letters"},
		{"a picture as a log", "", []string{"audit", "verify", picture}, 1, "picture.jpg: this is no audit log"},
		{"an empty log", "", []string{"audit", "verify", empty}, 1, "this is no audit log"},
		{"another document as a log", "", []string{"audit", "verify", settings}, 1, "this is no audit log"},
		{"a log without its end", log[:len(log)/2], []string{"audit", "verify", "-"}, 3, "the log was altered"},
		{"a time that is past", drafted(`"sendAt": "2020-01-01T00:00:00Z", `), []string{"check", "--draft", "-"}, 1, "sendAt 2020-01-01T00:00:00Z is past"},
		{"to be sent in the past", drafted(`"sendAt": "2020-01-01T00:00:00Z", `), []string{"send", "--draft", "-"}, 1, "sendAt 2020-01-01T00:00:00Z is past"},
		{"a SIC in small letters", drafted(`"sic": ["abc"], `), []string{"check", "--draft", "-"}, 1, `sic "abc": 3 to 8 characters, capital letters A to Z and digits`},
		{"a subject without end", drafted(`"subject": "` + strings.Repeat("a", 1001) + `", `), []string{"check", "--draft", "-"}, 1, "subject: it has 1001 characters, and may have at most 1000"},
		{"exempted and addressed", drafted(`"exempted": ["Officer@gbr.example"], `), []string{"check", "--draft", "-"}, 1, "is also a recipient"},
		{"no channel", `{"action": ["a@b"]}`, []string{"check", "--draft", "-"}, 1, "caveat: -: invalid: channel"},
		{"an unknown key", `{"chanel": "mail"}`, []string{"check", "--draft", "-"}, 1, `unknown field "chanel"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := e.run(t, tt.stdin, tt.args...)
			if r.status != tt.status || !strings.Contains(r.stderr, tt.says) || tt.status != 0 && strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("%d, want %d and %q: %s", r.status, tt.status, tt.says, r.stderr)
			}
			for _, name := range []string{"api: ", "draft: ", "message: ", "audit: ", "installation: "} {
				if strings.Contains(r.stderr, name) {
					t.Errorf("%q stands in %q", name, r.stderr)
				}
			}
		})
	}
}

// TestCheckSaysWhatIsWorthKnowing: what is no address, and what exempting somebody does.
func TestCheckSaysWhatIsWorthKnowing(t *testing.T) {
	e := embeddedWorld(t)
	if r := e.run(t, "", "book", "sync"); r.status != 0 {
		t.Fatal(r.stderr)
	}
	draft := `{"channel": "mail", "action": ["officer@gbr.example", "a@@b"], "exempted": ["x@gbr.example"], "body": "",
		"label": {"policy": "NATO", "classification": "SECRET", "categories": {"Context": ["MROD"]}}}`
	r := e.run(t, draft, "check", "--draft", "-")
	for _, want := range []string{"unknown     <a@@b>", "This is no address", "Worth knowing:", "exempting them has no effect: x@gbr.example"} {
		if r.status != 3 || !strings.Contains(r.stdout, want) {
			t.Errorf("%d, without %q:\n%s%s", r.status, want, r.stdout, r.stderr)
		}
	}
}

// TestOutboxListTellsEverything: what, when, to whom, and what became of it.
func TestOutboxListTellsEverything(t *testing.T) {
	e := embeddedWorld(t)
	if r := e.run(t, "", "outbox", "list"); r.status != 0 || r.stdout != "Nothing was sent from here yet.\n" {
		t.Errorf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := e.run(t, "", "book", "sync"); r.status != 0 {
		t.Fatal(r.stderr)
	}
	draft := `{"channel": "mail", "subject": "Bridge reconnaissance", "action": ["officer@gbr.example", "Officer@gbr.example"], "info": ["OFFICER@gbr.example", "officer@ukr.example"],
		"body": "", %s "label": {"policy": "NATO", "classification": "SECRET", "categories": {"Context": ["MROD"]}}}`
	if r := e.run(t, strings.Replace(draft, "%s", "", 1), "send", "--draft", "-"); r.status != 0 {
		t.Fatalf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := e.run(t, strings.Replace(draft, "%s", `"sendAt": "2040-01-01T00:00:00Z",`, 1), "send", "--draft", "-"); r.status != 0 {
		t.Fatalf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	r := e.run(t, "", "outbox", "list")
	lines := strings.Split(r.stdout, "\n")
	if r.status != 0 || len(lines) != 10 || !strings.HasPrefix(lines[0], "ID ") {
		t.Fatalf("%d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, row := range []string{lines[1], lines[5]} { // below their headings
		for _, x := range [][2]string{{"SUBJECT", "Bridge reconnaissance"}} {
			if strings.Index(lines[0], x[0]) != strings.Index(row, x[1]) {
				t.Errorf("%s\n%s", lines[0], row)
			}
		}
	}
	if !strings.Contains(lines[1], "never") || !strings.Contains(lines[1], "1 Jan 2040, 00:00:00Z") || strings.Contains(lines[5], "never") {
		t.Errorf("times:\n%s", r.stdout)
	}
	if !strings.HasPrefix(lines[7], "  accepted  officer@gbr.example") || !strings.HasPrefix(lines[8], "  accepted  officer@ukr.example") {
		t.Errorf("recipients, each once:\n%s", r.stdout)
	}
	var doc struct {
		Messages []struct {
			Subject, State   string
			Created, NextTry string
			LastTry, SendAt  *string
			Recipients       []struct{ Address, State string }
		}
	}
	e.run(t, "", "outbox", "list", "--json").decode(t, &doc)
	if len(doc.Messages) != 2 || doc.Messages[0].LastTry != nil || doc.Messages[1].LastTry == nil || doc.Messages[1].Subject != "Bridge reconnaissance" || len(doc.Messages[1].Recipients) != 2 {
		t.Errorf("%+v", doc)
	}
}

// TestDemoIsMadeAnew: a change to the demonstration's installation says that it does not last.
func TestDemoIsMadeAnew(t *testing.T) {
	e := embeddedWorld(t)
	if err := os.Mkdir(filepath.Join(e.data, "demo"), 0o700); err != nil {
		t.Fatal(err)
	}
	add := []string{"directory", "add", "FRA", "--nation", "FRA", "--url", "ldap://127.0.0.1:1", "--ca", "test", "--base-dn", "o=x", "--unasked", "--yes"}
	for _, args := range [][]string{add, {"directory", "remove", "FRA"}} {
		if r := e.run(t, "", args...); r.status != 0 || !strings.Contains(r.stderr, "belongs to the demonstration") || !strings.Contains(r.stderr, "gone then") {
			t.Errorf("%v: %d %s", args, r.status, r.stderr)
		}
	}
}
