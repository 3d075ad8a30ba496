//go:build linux && integration

package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

const (
	members   = 5000
	nested    = 1000 // of them stand in a list inside the list
	everybody = "everybody-list@ukr.example"
)

// TestIntegrationRule07FiveThousandMembers: a list of 5,000 in a real directory, a fifth of it behind a list inside that names the
// first again, is read into the book and checked to the last member, over HTTP and by the command: while drafting from the book alone,
// without a question to the directory, and at Send from the directory, without a question for each member.
func TestIntegrationRule07FiveThousandMembers(t *testing.T) {
	w, slapds := realWorld(t, installation.CheckFile{SendingAge: installation.Duration{Duration: time.Millisecond}}, func(nation string, c *ldaptest.SlapdConfig) {
		if nation == "UKR" {
			c.Entries = append(c.Entries, fiveThousand(t)...)
			c.Global = "database monitor\naccess to * by * read\n" // counts what it is asked
		}
	})
	each := members / 4
	want := map[presend.Outcome]int{presend.Cleared: each, presend.NotCleared: each, presend.Unknown: each, presend.Error: each}
	file := draftFor(t, "SECRET", mrod, everybody)
	asked := searches(t, slapds["UKR"])

	r := caveat(t, "", "check", "--data", w.data, "--draft", file, "--json")
	if r.status != 3 {
		t.Fatalf("status %d: %s", r.status, r.stderr)
	}
	var command presend.Report
	r.decode(t, &command)
	holdEverybody(t, "the command", command, want)
	if now := searches(t, slapds["UKR"]); now != asked {
		t.Errorf("while drafting the directory was asked %d times: the book has it all", now-asked)
	}

	operation, body := checkedByServe(t, w.data, file)
	holdEverybody(t, "HTTP", operation, want)
	if a, b := readAt.ReplaceAllString(compact(t, r.stdout), "READ"), readAt.ReplaceAllString(compact(t, body), "READ"); a != b {
		t.Error("the command and HTTP say something else")
	}

	asked = searches(t, slapds["UKR"])
	r = caveat(t, "", "send", "--data", w.data, "--draft", file, "--json")
	var sending struct{ Report presend.Report }
	r.decode(t, &sending)
	if r.status != 3 {
		t.Errorf("send: status %d: %s", r.status, r.stderr)
	}
	holdEverybody(t, "at Send", sending.Report, want)
	if n := searches(t, slapds["UKR"]) - asked; n == 0 || n > members/20 {
		t.Errorf("at Send the directory was asked %d times for %d members", n, members)
	}

	slapds["UKR"].Kill() // what was cleared when it was last read is then stale, and the rest stays what it was (RULES 13)
	r = caveat(t, "", "send", "--data", w.data, "--draft", file, "--json")
	want[presend.Stale] = each
	delete(want, presend.Cleared)
	sending.Report = presend.Report{}
	r.decode(t, &sending)
	holdEverybody(t, "at Send, without the directory", sending.Report, want)
}

// fiveThousand are the people, in turn cleared, cleared for less, without a clearance and with one that cannot be read, and the lists.
func fiveThousand(t *testing.T) []ldaptest.Entry {
	own := map[string][]string{"Context": {"MROD"}, "Only": {"UKR"}}
	texts := []string{clearanceXML(t, "SECRET", own), clearanceXML(t, "RESTRICTED", own), "", "<clearance"}
	var out []ldaptest.Entry
	var all []string
	for i := range members {
		e := person("UKR", fmt.Sprintf("m%04d", i), fmt.Sprintf("Member M%04d", i), texts[i%len(texts)])
		out, all = append(out, e), append(all, e.DN)
	}
	list := func(uid string, members ...string) ldaptest.Entry {
		return ldaptest.Entry{DN: listDN(uid), Attrs: []ldaptest.Attr{
			{Name: "objectClass", Values: []string{"top", "groupOfNames", "extensibleObject"}}, {Name: "cn", Values: []string{uid}},
			{Name: "mail", Values: []string{uid + "@ukr.example"}}, {Name: "member", Values: members},
		}}
	}
	outer := append(slices.Clone(all[:members-nested]), listDN("inner-list"))
	inner := append(slices.Clone(all[members-nested:]), listDN("everybody-list"))
	return append(out, list("everybody-list", outer...), list("inner-list", inner...))
}

func listDN(uid string) string { return "cn=" + uid + ",ou=people,dc=ukr,dc=example" }

// holdEverybody counts the people behind the list by outcome, each once.
func holdEverybody(t *testing.T, what string, r presend.Report, want map[presend.Outcome]int) {
	t.Helper()
	if len(r.Recipients) != 1 || r.Sendable {
		t.Fatalf("%s: %d rows, sendable %v", what, len(r.Recipients), r.Sendable)
	}
	row, got, depth := r.Recipients[0], map[presend.Outcome]int{}, map[string]int{}
	seen := map[string]bool{}
	var count func(list string, all []presend.Recipient)
	count = func(list string, all []presend.Recipient) {
		for _, m := range all {
			if m.Kind == presend.List {
				count(m.Address, m.Members)
				continue
			}
			if seen[m.Address] {
				t.Errorf("%s: %s is counted twice", what, m.Address)
			}
			seen[m.Address] = true
			got[m.Verdict.Outcome]++
			depth[list]++
		}
	}
	count(row.Address, row.Members)
	if !maps.Equal(got, want) || row.Verdict.Outcome != presend.NotCleared {
		t.Errorf("%s: %v, want %v; the list itself is %s", what, got, want, row.Verdict.Outcome)
	}
	if depth[everybody] != members-nested || depth["inner-list@ukr.example"] != nested {
		t.Errorf("%s: by list %v", what, depth)
	}
}

// checkedByServe asks a running program over HTTP.
func checkedByServe(t *testing.T, data, file string) (presend.Report, string) {
	t.Helper()
	p := start(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	defer p.stop()
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	c := &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
	status, body, _ := c.do("POST", "/api/check", string(document), nil)
	var r presend.Report
	if err := json.Unmarshal([]byte(body), &r); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v", status, err)
	}
	return r, body
}

// searches is how many searches a server has answered; asking is one of them, which is left out.
func searches(t *testing.T, s *ldaptest.Slapd) int {
	t.Helper()
	c, err := ldap.DialURL(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Bind(s.BindDN, s.Password); err != nil {
		t.Fatal(err)
	}
	r, err := c.Search(ldap.NewSearchRequest("cn=Search,cn=Operations,cn=Monitor", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"monitorOpInitiated"}, nil))
	if err != nil || len(r.Entries) != 1 {
		t.Fatalf("%v, %+v", err, r)
	}
	n, err := strconv.Atoi(r.Entries[0].GetAttributeValue("monitorOpInitiated"))
	if err != nil {
		t.Fatal(err)
	}
	counted[s]++
	return n - counted[s]
}

// counted is how often searches asked each server.
var counted = map[*ldaptest.Slapd]int{}
