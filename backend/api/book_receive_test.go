package api_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
)

const withRole = "\n[[identity]]\nuser = \"tester\"\ndirectory = \"GBR\"\ndn = \"uid=ann,o=gbr\"\nmail = \"ann@gbr.example\"\nroles = [%s]\n"

// role is an identity that makes the tester something besides a drafter.
func role(names ...string) string { return fmt.Sprintf(withRole, `"`+strings.Join(names, `", "`)+`"`) }

func TestWhoMayReceiveByNationAndUnit(t *testing.T) {
	w := newWorld(t, "")
	d := answered[api.ReceiveDocument](w, http.StatusOK, "POST", "/api/book/receive", map[string]any{"label": labelled("SECRET")})
	want := map[string]api.ReceiveCounts{
		"GBR": {People: 2, May: 2, Cleared: 2}, "UKR": {People: 2, May: 1, Cleared: 1, NotCleared: 1},
	}
	for _, n := range d.Nations {
		if n.Counts != want[n.Nation] {
			t.Errorf("%s: %+v", n.Nation, n.Counts)
		}
		// RULES 6: the guest, whom GBR publishes under an address of UKR's, is shown and not counted.
		if (n.Nation == "GBR") != (n.Foreign == 1) {
			t.Errorf("%s: %d foreign", n.Nation, n.Foreign)
		}
	}
	if d.People != (api.ReceiveCounts{People: 4, May: 3, Cleared: 3, NotCleared: 1}) || d.Groups.Lists != 1 || d.Incomplete || d.Marking == "" || len(d.Units) != 0 {
		t.Errorf("%+v", d)
	}
	// RULES 11: clearance and route are told apart: a label for GBR only is not carried to UKR, whatever people hold.
	d = answered[api.ReceiveDocument](w, http.StatusOK, "POST", "/api/book/receive", map[string]any{"label": labelled("RESTRICTED"), "nation": "UKR"})
	if len(d.Nations) != 1 || d.Nations[0].Routes[0].Outcome != "cleared" || d.Nations[0].Counts.May != 2 || len(d.Units) != 1 || d.Units[0].Counts.May != 2 {
		t.Errorf("%+v", d)
	}
}

// The link to UKR carries up to RESTRICTED here: who is cleared to SECRET gets none by it.
func TestRule11WhoMayReceiveSaysClearanceAndRouteSeparately(t *testing.T) {
	w := newWorldOf(t, people(), func(file string) string {
		i := strings.Index(file, "[[route.link]]")
		return file[:i] + strings.Replace(file[i:], `up_to = "SECRET"`, `up_to = "RESTRICTED"`, 1)
	})
	d := answered[api.ReceiveDocument](w, http.StatusOK, "POST", "/api/book/receive", map[string]any{"label": labelled("SECRET"), "nation": "UKR"})
	n := d.Nations[0]
	if n.Counts.Cleared != 1 || n.Counts.May != 0 || n.Counts.NoRoute != 1 || n.Routes[0].Outcome != "not-cleared" || len(n.Routes[0].Reasons) == 0 {
		t.Errorf("%+v", n)
	}
	if got := namesOf(w.search("receive", secretText, "nation", "UKR").Hits); got != "" {
		t.Errorf("%q may receive it by that route", got)
	}
	why := answered[api.WhyDocument](w, http.StatusOK, "POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": olha})
	if why.May || why.Verdict.Outcome != "cleared" || why.Route.Outcome != "not-cleared" {
		t.Errorf("%+v", why)
	}
}

func TestRule19WhyTellsWhatIsMissingOnly(t *testing.T) {
	w := newWorld(t, "")
	h := w.search("text", "ron").Hits[0]
	why := answered[api.WhyDocument](w, http.StatusOK, "POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": h.ID})
	if why.May || why.Verdict.Outcome != "not-cleared" || strings.Join(why.Verdict.Reasons, " ") != "Needs SECRET." || why.Name != "Ron" || why.Route.Outcome != "cleared" {
		t.Errorf("%+v", why)
	}
	_, text, _ := w.ask("POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": h.ID})
	if strings.Contains(text, "RESTRICTED") {
		t.Errorf("it tells what he holds: %s", text)
	}
	list := answered[api.WhyDocument](w, http.StatusOK, "POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": "all@gbr.example"})
	if list.May || list.Kind != "list" || len(list.Members) == 0 { // uid=nobody is in no book
		t.Errorf("%+v", list)
	}
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": "GBR:none"})
}

// RULES 19 and 10: only for labels that the asker's own clearance, and the installation's, permit.
func TestRule19WhoMayReceiveOnlyForLabelsThatTheAskerMayReceive(t *testing.T) {
	w := newWorld(t, role("administrator"))
	for _, tt := range []struct {
		label  map[string]any
		status int
		code   string
	}{
		{labelled("SECRET", "Special Category Designators", "ATOMAL"), http.StatusForbidden, "user-own-clearance"},
		{labelled("SECRET", "Special Category Designators", "BOHEMIA"), http.StatusUnprocessableEntity, "user-system-high"},
		{map[string]any{"policy": "NATO", "classification": "SECRET"}, http.StatusUnprocessableEntity, "user-label"}, // RULES 4: no Context
		{map[string]any{"policy": "OTHER", "classification": "SECRET"}, http.StatusUnprocessableEntity, "user-draft"},
	} {
		w.refused(tt.status, tt.code, "POST", "/api/book/receive", map[string]any{"label": tt.label})
		w.refused(tt.status, tt.code, "POST", "/api/book/receive/why", map[string]any{"label": tt.label, "id": ann})
		w.refused(tt.status, tt.code, "POST", "/api/book/receive/export", map[string]any{"label": tt.label})
	}
	// Who has no identity here may ask about nothing, where roles are given and where they are not.
	nobody := newWorldOf(t, people(), func(f string) string { return strings.Replace(f, `user = "tester"`, `user = "somebody"`, 1) })
	nobody.refused(http.StatusForbidden, "user-role", "POST", "/api/book/receive", map[string]any{"label": labelled("UNCLASSIFIED")})
	nobody = newWorldOf(t, people(), func(f string) string {
		return strings.Replace(strings.Replace(f, `user = "tester"`, `user = "somebody"`, 1), `roles = ["drafter"]`, "", 1)
	})
	nobody.refused(http.StatusForbidden, "user-own-clearance", "POST", "/api/book/receive", map[string]any{"label": labelled("UNCLASSIFIED")})
}

// A nation that has no directory here is an error that names those there are: nobody of it would be no answer.
func TestWhoMayReceiveOfNoNation(t *testing.T) {
	w := newWorld(t, role("administrator"))
	for _, path := range []string{"/api/book/receive", "/api/book/receive/export"} {
		question := map[string]any{"label": labelled("SECRET"), "nation": "ZZZ"}
		w.refused(http.StatusNotFound, "user-not-found", "POST", path, question)
		if _, text, _ := w.ask("POST", path, question); !strings.Contains(text, "GBR, UKR") {
			t.Errorf("%s: %s", path, text)
		}
	}
}

// What the counts may lack stands in the table too.
func TestExportSaysWhatItMayLack(t *testing.T) {
	w := newWorld(t, role("administrator"))
	w.nations["UKR"].SizeLimit(1)
	must(t, w.nations["UKR"].Add(person("uid=n1,o=ukr", "N One", "n1@ukr.example", "SECRET"), person("uid=n2,o=ukr", "N Two", "n2@ukr.example", "SECRET")))
	_, _ = w.service.Sync(t.Context(), "UKR", nil) // only a part
	_, text, _ := w.ask("POST", "/api/book/receive/export", map[string]any{"label": labelled("SECRET")})
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(t, err)
	for _, l := range lines[1:] {
		if lacks := l[len(l)-1]; (l[2] == "UKR") != strings.HasPrefix(lacks, "UKR: ") {
			t.Errorf("%q", l)
		}
	}
	if d := answered[api.ReceiveDocument](w, http.StatusOK, "POST", "/api/book/receive", map[string]any{"label": labelled("SECRET")}); !d.Incomplete {
		t.Errorf("%+v", d.Directories)
	}
}

func TestRule19HeldValuesAndExportsNeedARole(t *testing.T) {
	drafter, auditor, admin := newWorld(t, ""), newWorld(t, role("auditor")), newWorld(t, role("administrator"))
	question := map[string]any{"label": labelled("SECRET")}
	id := drafter.search("text", "ron").Hits[0].ID
	drafter.refused(http.StatusForbidden, "user-role", "GET", "/api/book/entry/clearance?id="+id, nil)
	drafter.refused(http.StatusForbidden, "user-role", "POST", "/api/book/receive/export", question)
	for _, w := range []*world{auditor, admin} {
		c := get[api.ClearanceDocument](w, "/api/book/entry/clearance?id="+id)
		if len(c.Clearances) != 1 || !c.Clearances[0].Known || strings.Join(c.Clearances[0].Classifications, " ") != "UNCLASSIFIED RESTRICTED" ||
			!strings.Contains(c.Clearances[0].XML, "<") || c.Clearances[0].Categories[0].TagSet != "Context" {
			t.Errorf("%+v", c)
		}
	}
	if got := get[api.InstallationDocument](admin, "/api/installation").Roles; strings.Join(got, " ") != "drafter administrator" {
		t.Errorf("%q", got)
	}
	if status, text, _ := auditor.ask("POST", "/api/book/receive/export", question); status != http.StatusOK {
		t.Errorf("an auditor exports: %d %s", status, text)
	}
	status, text, header := admin.ask("POST", "/api/book/receive/export", question)
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || status != http.StatusOK || len(lines) != 5 || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") || !strings.Contains(header.Get("Content-Disposition"), "who-may-receive.csv") {
		t.Fatalf("%d %v %s", status, err, text)
	}
	if got := strings.Join(lines[1][1:7], " "); got != "mail GBR  2 2 2" {
		t.Errorf("%q", got)
	}
	d := answered[api.ReceiveDocument](admin, http.StatusOK, "POST", "/api/book/receive/export?format=json", question)
	if d.People.May != 3 || len(d.Units) != 2 {
		t.Errorf("%+v", d)
	}
	// What everybody reads of an entry never holds a clearance.
	for _, path := range []string{"/api/book/entry?what=" + ron, "/api/book/search?text=ron", "/api/book/entry/live?id=" + id} {
		if _, text, _ := admin.ask("GET", path, nil); strings.Contains(text, "RESTRICTED") || strings.Contains(text, "Classification") {
			t.Errorf("%s: %s", path, text)
		}
	}
}
