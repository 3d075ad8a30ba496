//go:build linux

package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"caveat/backend/demo"
)

// ukrByMembers starts the demonstration's servers, with an installation in which lists of UKR are written to member by member.
func ukrByMembers(t *testing.T) (*demo.Federation, string) {
	t.Helper()
	data := t.TempDir()
	f, err := demo.Start(t.Context(), demo.Config{Dir: data, People: 300})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	text, err := os.ReadFile(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`(?m)^name = ['"]UKR['"]$`)
	if n := len(section.FindAll(text, -1)); n != 1 {
		t.Fatalf("%d directories of UKR in the installation file", n)
	}
	if err := os.WriteFile(f.InstallationPath(), section.ReplaceAll(text, []byte("$0\nlists = 'members'")), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := caveat(t, "", "book", "sync", "--data", data); r.status != 0 {
		t.Fatalf("sync: %s", r.stderr)
	}
	return f, data
}

// deliveredTo lists to whom the messages in a nation's folder were delivered, of each message all.
func deliveredTo(t *testing.T, f *demo.Federation, nation string) (out [][]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(f.MailDir(nation), "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(text, []byte("\r\n\r\n"))
		var to []string
		for line := range strings.Lines(string(head)) {
			if address, ok := strings.CutPrefix(strings.TrimSpace(line), "Delivered-To: "); ok {
				to = append(to, address)
			}
		}
		slices.Sort(to)
		out = append(out, to)
	}
	return out
}

type memberDoc struct {
	Address string      `json:"address"`
	Kind    string      `json:"kind"`
	Members []memberDoc `json:"members"`
}

// persons are the addresses of everybody behind a row, to the last level.
func (m memberDoc) persons() (out []string) {
	for _, x := range m.Members {
		if x.Kind == "person" {
			out = append(out, x.Address)
		}
		out = append(out, x.persons()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestRule07ListOfUKRGoesToItsMembers: the main job with lists whose members are written to: a message reaches each checked member by his
// own address; when one member's clearance is lowered, nobody gets it.
func TestRule07ListOfUKRGoesToItsMembers(t *testing.T) {
	f, data := ukrByMembers(t)
	ukr, aus := demo.Address("UKR", demo.ListNested), demo.Address("AUS", demo.ListCleared)
	file := draftFor(t, "SECRET", mrod, ukr, aus)
	var report struct {
		Sendable   bool
		Recipients []memberDoc
	}
	caveat(t, "", "check", "--data", data, "--draft", file, "--json").decode(t, &report)
	if !report.Sendable || len(report.Recipients) != 2 {
		t.Fatalf("%+v", report)
	}
	members := report.Recipients[0].persons()
	if len(members) < 5 {
		t.Fatalf("the list has the members %q", members)
	}
	send := func() (result, []string) {
		r := caveat(t, "", "send", "--data", data, "--draft", file, "--json")
		var doc struct {
			Sent    bool
			Message struct {
				Recipients []struct{ Address, By, State string }
			}
		}
		r.decode(t, &doc)
		var rows []string
		for _, x := range doc.Message.Recipients {
			rows = append(rows, x.Address+" "+x.By+" "+x.State)
		}
		return r, rows
	}
	r, rows := send()
	if r.status != 0 || len(rows) != len(members)+1 || !slices.Contains(rows, members[0]+" "+ukr+" accepted") || !slices.Contains(rows, aus+"  accepted") {
		t.Fatalf("status %d: %q %s", r.status, rows, r.stderr)
	}
	if got := deliveredTo(t, f, "UKR"); len(got) != 1 || !slices.Equal(got[0], members) {
		t.Errorf("UKR delivered to %q, want %q", got, members)
	}
	if got := deliveredTo(t, f, "AUS"); len(got) != 1 || !slices.Equal(got[0], []string{aus}) {
		t.Errorf("AUS, whose lists are addressed, delivered to %q", got)
	}
	if r := caveat(t, "", "outbox", "list", "--data", data); !strings.Contains(r.stdout, members[0]+"  (member of "+ukr+")") {
		t.Errorf("the outbox does not say for which list: %s %s", r.stdout, r.stderr)
	}

	if err := f.ReplaceClearance("UKR", members[0], clearanceXML(t, "RESTRICTED", map[string][]string{"Context": {"MROD"}})); err != nil {
		t.Fatal(err)
	}
	if r := caveat(t, "", "book", "sync", "--data", data); r.status != 0 {
		t.Fatalf("sync: %s", r.stderr)
	}
	if r, _ := send(); r.status != 3 {
		t.Errorf("with one member lowered: status %d: %s", r.status, r.stdout)
	}
	if got := deliveredTo(t, f, "UKR"); len(got) != 1 {
		t.Errorf("with one member lowered it was delivered to %q", got[1:])
	}
}
