//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/installation"
)

const secretLabel = `{"policy":"NATO","classification":"SECRET","categories":{"Context":["MROD"]}}`

// bookWorld is an embedded federation that was read.
func bookWorld(t *testing.T) *embedded {
	t.Helper()
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r)
	}
	return e
}

// giveRole changes the installation file.
func (e *embedded) giveRole(t *testing.T, from, to string) {
	t.Helper()
	text := strings.Replace(e.installationFile(t), from, to, 1)
	if err := os.WriteFile(filepath.Join(e.data, installation.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// book runs one book command that must end with a status.
func (e *embedded) book(t *testing.T, status int, stdin string, args ...string) result {
	t.Helper()
	r := caveat(t, stdin, append(append([]string{"book"}, args...), "--data", e.data)...)
	if r.status != status {
		t.Fatalf("book %v: status %d, want %d: %s%s", args, r.status, status, r.stdout, r.stderr)
	}
	return r
}

func TestBookSearchFilters(t *testing.T) {
	e := bookWorld(t)
	for name, args := range map[string][]string{
		"receive": {"search", "--receive", "-", "--nation", "UKR"}, "scope": {"search", "--scope", "enter", "--nation", "UKR"},
		"channel": {"search", "--channel", "mail", "--nation", "UKR", "--kind", "person"},
	} {
		if r := e.book(t, 0, secretLabel, args...); strings.Count(r.stdout, "\n") != 2 || strings.Contains(r.stdout, "GBR ") {
			t.Errorf("%s: %q", name, r.stdout)
		}
	}
	if r := e.book(t, 0, "", "search", "--organisation", "no such unit"); r.stdout != "" {
		t.Errorf("%q", r.stdout)
	}
	// RULES 10 and 19: a label that is none, and one that is not for the asker.
	for _, label := range []string{`{"policy":"NATO","classification":"SECRET"}`, strings.Replace(secretLabel, `["MROD"]`, `["MROD"],"Special Category Designators":["ATOMAL"]`, 1), "<x/>"} {
		if r := e.book(t, 1, label, "search", "--receive", "-"); r.stdout != "" || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("%s: %q %q", label, r.stdout, r.stderr)
		}
	}
}

func TestBookReceive(t *testing.T) {
	e := bookWorld(t)
	label := write(t, "label.json", secretLabel)
	var d api.ReceiveDocument
	e.book(t, 0, "", "receive", "--label", label, "--json").decode(t, &d)
	if d.People.People != 8 || len(d.Nations) != 4 || d.Incomplete {
		t.Errorf("%+v", d)
	}
	if r := e.book(t, 0, "", "receive", "--label", label, "--nation", "UKR"); !strings.Contains(r.stdout, "(no unit)") && !strings.Contains(r.stdout, "UKR") {
		t.Errorf("%s", r.stdout)
	}
	may := e.book(t, 0, "", "receive", "--label", label, "--why", "officer@gbr.example")
	if !strings.Contains(may.stdout, "may receive it") || strings.Contains(may.stdout, "not") {
		t.Errorf("%s", may.stdout)
	}
	e.book(t, 3, "", "receive", "--label", label, "--why", "nobody@gbr.example")
	e.book(t, 2, "", "receive", "--label", label, "--why", "x@gbr.example", "--nation", "GBR")
	e.book(t, 2, "", "receive", "--label", label, "--export", "x.pdf")
	// RULES 19: an export is for the administrator.
	out := filepath.Join(t.TempDir(), "counts.csv")
	e.giveRole(t, "[[identity]]\n", "[[identity]]\nroles = ['drafter']\n")
	if r := e.book(t, 1, "", "receive", "--label", label, "--export", out); !strings.Contains(r.stderr, "administrator") {
		t.Errorf("%q", r.stderr)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("it was written all the same")
	}
	e.giveRole(t, "['drafter']", "['administrator']")
	e.book(t, 0, "", "receive", "--label", label, "--export", out)
	if data, err := os.ReadFile(out); err != nil || strings.Count(string(data), "\r\n") != 1+4+4 {
		t.Errorf("%v: %s", err, data)
	}
}

func TestBookShowTreeAndCards(t *testing.T) {
	e := bookWorld(t)
	if r := e.book(t, 0, "", "show", "officer@ukr.example", "--members", "--groups"); !strings.Contains(r.stdout, "Belongs to 0") || !strings.Contains(r.stdout, "Opened: 0 people") {
		t.Errorf("%s", r.stdout)
	}
	if r := e.book(t, 0, "", "tree", "GBR"); !strings.HasPrefix(r.stdout, "GBR\n") || !strings.Contains(r.stdout, "(2") {
		t.Errorf("%s", r.stdout)
	}
	e.book(t, 1, "", "tree", "FRA")
	cards := e.book(t, 0, "", "vcard", "officer@ukr.example", "drafter@gbr.example")
	if strings.Count(cards.stdout, "BEGIN:VCARD\r\n") != 2 || !strings.Contains(cards.stdout, "FN:Chris Officer\r\n") {
		t.Errorf("%s", cards.stdout)
	}
	e.book(t, 1, "", "vcard", "nobody@ukr.example")
	if r := e.book(t, 0, "", "favourites", "--add", "officer@ukr.example"); !strings.Contains(r.stdout, "officer@ukr.example") {
		t.Errorf("%s", r.stdout)
	}
	var d api.SearchDocument
	e.book(t, 0, "", "search", "officer", "--json").decode(t, &d)
	if len(d.Hits) != 4 || d.Hits[0].Nation != "UKR" || !d.Hits[0].Favourite || !strings.HasPrefix(d.Hits[0].Lookalike, "Another Chris Officer: ") {
		t.Errorf("%+v", d.Hits)
	}
	if r := e.book(t, 0, "", "favourites", "--remove", d.Hits[0].ID); r.stdout != "" {
		t.Errorf("%s", r.stdout)
	}
	if r := e.book(t, 0, "", "groups"); r.stdout != "" {
		t.Errorf("%s", r.stdout)
	}
}
