package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/ldapbook/ldaptest"
)

// search asks for rows.
func (w *world) search(parameters ...string) api.SearchDocument {
	w.t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		q.Set(parameters[i], parameters[i+1])
	}
	return get[api.SearchDocument](w, "/api/book/search?"+q.Encode())
}

func namesOf(hits []api.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Name)
	}
	return strings.Join(out, ", ")
}

// stateOf is what a strip says of a directory.
func stateOf(list []api.SearchDirectory, name string) string {
	for _, d := range list {
		if d.Name == name {
			return d.State
		}
	}
	return "none"
}

func labelled(class string, sets ...string) map[string]any {
	categories := map[string]any{"Context": []string{"MROD"}}
	for i := 0; i+1 < len(sets); i += 2 {
		categories[sets[i]] = strings.Split(sets[i+1], ",")
	}
	return map[string]any{"policy": "NATO", "classification": class, "categories": categories}
}

const secretText = `{"policy":"NATO","classification":"SECRET","categories":{"Context":["MROD"]}}`

// lookUp makes UKR's directory one of which no copy is kept.
func lookUp(file string) string {
	i := strings.Index(file, "[[directory]]\nname = \"UKR\"")
	return file[:i] + strings.Replace(file[i:], `mode = "mirror"`, `mode = "look-up"`, 1)
}

func TestRule06OneRowPerAddressShownAsTheAuthoritativeDirectoryHasIt(t *testing.T) {
	w := newWorld(t, "")
	for _, text := range []string{"kovalchuk", "guest", "olha@ukr"} {
		d := w.search("text", text)
		if len(d.Hits) != 1 {
			t.Fatalf("%s: %+v", text, d.Hits)
		}
		h := d.Hits[0]
		if h.Name != "Olha Kovalchuk" || h.Directory != "UKR" || !h.Decides || len(h.Also) != 1 || h.Also[0].Name != "A Guest" || h.Also[0].Decides {
			t.Errorf("%s: %+v", text, h)
		}
	}
	// Of one nation only: what it publishes is shown, and said not to decide.
	d := w.search("text", "guest", "nation", "GBR")
	if len(d.Hits) != 1 || d.Hits[0].Name != "A Guest" || d.Hits[0].Decides || len(d.Hits[0].Also) != 1 || !d.Hits[0].Also[0].Decides {
		t.Errorf("%+v", d.Hits)
	}
}

func TestSearchFilters(t *testing.T) {
	people := people()
	with := func(e ldaptest.Entry, more ...ldaptest.Attr) ldaptest.Entry {
		e.Attrs = append(e.Attrs, more...)
		return e
	}
	people["UKR"] = append(people["UKR"], with(person("uid=taras,o=ukr", "Taras", "taras@ukr.example", "SECRET"), attr("ou", "2 Brigade"), attr("jid", "taras@chat.ukr.example")))
	w := newWorldOf(t, people, func(f string) string { return f })
	for _, tt := range []struct{ what, want string }{
		{"kind=list", "All"}, {"nation=ukr&kind=person", "Olha Kovalchuk, Ron, Taras"}, {"organisation=2+BRIGADE", "Taras"}, {"channel=chat", "Taras"},
		{"kind=organisation", ""}, {"text=zzz", ""}, {"text=%2A", ""},
	} {
		got := get[api.SearchDocument](w, "/api/book/search?"+tt.what)
		if namesOf(got.Hits) != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, namesOf(got.Hits), tt.want)
		}
	}
	if h := w.search("channel", "chat").Hits; h[0].Address != "taras@chat.ukr.example" {
		t.Errorf("on chat a row is shown by its JID: %+v", h)
	}
	var all []string
	offset, more := 0, true
	for pages := 0; more; pages++ {
		d := get[api.SearchDocument](w, "/api/book/search?kind=person&limit=2&offset="+strconv.Itoa(offset))
		if pages > 10 || d.Next <= offset && d.More {
			t.Fatalf("no end: %+v", d)
		}
		for _, h := range d.Hits {
			if !slices.Contains(all, h.ID) {
				all = append(all, h.ID)
			}
		}
		offset, more = d.Next, d.More
	}
	if len(all) != 5 {
		t.Errorf("%d distinct persons page by page, want 5: %q", len(all), all)
	}
	w.refused(http.StatusUnprocessableEntity, "user-request", "GET", "/api/book/search?scope=world", nil)
}

// RULES 22: typing asks the cache and the own nation; partners that keep no copy here are asked on Enter.
func TestRule22WhoIsAskedInWhichScope(t *testing.T) {
	w := newWorldOf(t, people(), lookUp)
	for _, tt := range []struct{ scope, gbr, ukr, found string }{
		{"cache", "cached", "not-asked", ""}, {"typing", "live", "not-asked", ""}, {"enter", "live", "live", "Ron"}, {"cache", "cached", "not-asked", "Ron"},
	} {
		d := w.search("text", "ron", "scope", tt.scope)
		if stateOf(d.Directories, "GBR") != tt.gbr || stateOf(d.Directories, "UKR") != tt.ukr || namesOf(d.Hits) != tt.found {
			t.Errorf("%+v: %s, %+v", tt, namesOf(d.Hits), d.Directories)
		}
		if d.Incomplete != (tt.ukr == "not-asked") {
			t.Errorf("%+v: incomplete %v", tt, d.Incomplete)
		}
		for _, h := range d.Hits {
			if h.Live != (tt.scope == "enter") {
				t.Errorf("%+v: live %v", tt, h.Live)
			}
		}
	}
}

// What was shown keeps its place when live hits come in, and is brought up to date.
func TestLiveHitsComeBelow(t *testing.T) {
	w := newWorld(t, "")
	before := w.search("kind", "person")
	must(t, w.nations["GBR"].Add(person("uid=aaa,o=gbr", "Aaron Aardvark", "aaron@gbr.example", "SECRET")))
	must(t, w.nations["GBR"].Replace("uid=ann,o=gbr", "cn", "Ann Baker"))
	d := w.search("kind", "person", "scope", "typing")
	if len(d.Hits) != len(before.Hits)+1 {
		t.Fatalf("%q, before %q", namesOf(d.Hits), namesOf(before.Hits))
	}
	for i, h := range before.Hits {
		if d.Hits[i].ID != h.ID || d.Hits[i].Live {
			t.Errorf("row %d was %s and is %s (live %v)", i, h.Name, d.Hits[i].Name, d.Hits[i].Live)
		}
	}
	if last := d.Hits[len(d.Hits)-1]; last.Name != "Aaron Aardvark" || !last.Live {
		t.Errorf("%+v", last)
	}
	if !strings.Contains(namesOf(d.Hits), "Ann Baker") {
		t.Errorf("what is newer is shown: %q", namesOf(d.Hits))
	}
	if d := w.search("text", "aaron"); len(d.Hits) != 1 || d.Hits[0].Live {
		t.Errorf("what was found live is kept: %+v", d.Hits)
	}
}

// RULES 16: what partners cannot answer delays and hides nothing of the own nation.
func TestRule16ADirectoryThatIsDownSaysSo(t *testing.T) {
	w := newWorldOf(t, people(), lookUp)
	w.nations["UKR"].Close()
	d := w.search("text", "a", "scope", "enter")
	if stateOf(d.Directories, "UKR") != "down" || stateOf(d.Directories, "GBR") != "live" || !d.Incomplete || !strings.Contains(namesOf(d.Hits), "Ann Able") {
		t.Errorf("%+v %s", d.Directories, namesOf(d.Hits))
	}
	for _, x := range d.Directories {
		if (x.State == "down") != (x.Why != "") {
			t.Errorf("%+v", x)
		}
	}
	if d := w.search("text", "ann", "scope", "enter", "nation", "GBR"); d.Incomplete || len(d.Directories) != 1 {
		t.Errorf("of a search in one nation only that nation speaks: %+v", d.Directories)
	}
}

func TestLookalikes(t *testing.T) {
	people := people()
	with := func(e ldaptest.Entry, unit string) ldaptest.Entry {
		e.Attrs = append(e.Attrs, attr("ou", unit))
		return e
	}
	people["GBR"] = append(people["GBR"], with(person("uid=k1,o=gbr", "Olena Kovalenko", "olena@gbr.example", "SECRET"), "Staff"))
	people["UKR"] = append(people["UKR"],
		with(person("uid=k2,o=ukr", "Олена Коваленко", "o.k@ukr.example", "SECRET"), "2 Brigade"),
		// At the beginning of a word as passports have it: the table is the search's own.
		with(person("uid=k5,o=ukr", "Yuliia Yaremenko", "yy@ukr.example", "SECRET"), "1 Brigade"),
		with(person("uid=k6,o=ukr", "Юлія Яременко", "six@ukr.example", "SECRET"), "9 Brigade"),
		with(person("uid=k3,o=ukr", "Olena Kovalenka", "x.y@ukr.example", "SECRET"), "3 Brigade"),
		with(person("uid=k4,o=ukr", "Taras Kovalenko", "olena@ukr.example", "SECRET"), "3 Brigade"))
	w := newWorldOf(t, people, func(f string) string { return f })
	d := w.search("kind", "person", "limit", "50")
	for _, h := range d.Hits {
		looks := h.Address == "olena@gbr.example" || h.Address == "o.k@ukr.example" || h.Address == "x.y@ukr.example" ||
			h.Address == "yy@ukr.example" || h.Address == "six@ukr.example"
		if looks != (h.Lookalike != "") {
			t.Errorf("%s: %q", h.Name, h.Lookalike)
		}
		if h.Address == "o.k@ukr.example" && !strings.HasPrefix(h.Lookalike, "Another Olena Kovalenko: Staff, GBR, and one more") {
			t.Errorf("%q", h.Lookalike)
		}
	}
	found := answered[[]api.LookupHit](w, http.StatusOK, "POST", "/api/book/lookup", map[string]any{"addresses": []string{"olena@gbr.example", "olena@ukr.example", ann}})
	if len(found) != 3 || !strings.Contains(found[0].Lookalike, "Olena Kovalenka") || !strings.Contains(found[1].Lookalike, "Olena Kovalenko") || found[2].Lookalike != "" {
		t.Errorf("%+v", found)
	}
}

// RULES 19: the filter is refused, and hints are left out, for a label that the asker's own clearance does not permit.
func TestRule19FilterAndReasonsOnlyForLabelsThatTheAskerMayReceive(t *testing.T) {
	w := newWorld(t, "")
	if got := namesOf(w.search("receive", secretText, "kind", "person").Hits); got != "Ann Able, Major Me, Olha Kovalchuk" {
		t.Errorf("%q may receive SECRET", got)
	}
	hints := map[string]string{}
	for _, h := range w.search("reasons", secretText).Hits {
		if h.Receive == nil {
			t.Fatalf("%+v", h)
		}
		hints[h.Name] = h.Receive.Outcome + " " + h.Receive.Route
		if h.Name == "Ron" && strings.Join(h.Receive.Reasons, " ") != "Needs SECRET." {
			t.Errorf("%+v", h.Receive)
		}
		if h.Receive.Members != (h.Kind == "list") {
			t.Errorf("%+v", h)
		}
	}
	if hints["Ron"] != "not-cleared cleared" || hints["Ann Able"] != "cleared cleared" || hints["All"] != "cleared cleared" {
		t.Errorf("%v", hints)
	}
	above := `{"policy":"NATO","classification":"SECRET","categories":{"Context":["MROD"],"Special Category Designators":["ATOMAL"]}}`
	for _, h := range w.search("reasons", above).Hits {
		if h.Receive != nil {
			t.Errorf("told of a label above the asker: %+v", h)
		}
	}
	w.refused(http.StatusForbidden, "user-own-clearance", "GET", "/api/book/search?receive="+url.QueryEscape(above), nil)
	bohemia := strings.Replace(above, "ATOMAL", "BOHEMIA", 1)
	w.refused(http.StatusUnprocessableEntity, "user-system-high", "GET", "/api/book/search?receive="+url.QueryEscape(bohemia), nil)
	w.refused(http.StatusBadRequest, "user-draft-syntax", "GET", "/api/book/search?receive=%7B", nil)
	w.refused(http.StatusUnprocessableEntity, "user-draft", "GET", "/api/book/search?receive="+url.QueryEscape(`{"policy":"NATO","classification":"SILLY"}`), nil)
}

// What rows, the filter, the counts and "why not?" say of each is what the check says, also of those whose clearance is gone
// (RULES 8) and of those who are not in use (RULES 23).
func TestRowsSayOfEachWhatTheCheckSays(t *testing.T) {
	end := func(in time.Duration) ldaptest.Attr {
		return attr("endDate", time.Now().Add(in).UTC().Format("20060102150405Z"))
	}
	entry := func(name string, more ...ldaptest.Attr) ldaptest.Entry {
		e := person("uid="+name+",o=ukr", name, name+"@ukr.example", "SECRET")
		e.Attrs = append(e.Attrs, more...)
		return e
	}
	list := func(name string, more ...ldaptest.Attr) ldaptest.Entry {
		return ldaptest.Entry{DN: "cn=" + name + ",o=ukr", Attrs: append(more, attr("objectClass", "groupOfNames"), attr("cn", name),
			attr("mail", name+"@ukr.example"), attr("member", "uid=olha,o=ukr"))}
	}
	all := people()
	all["UKR"] = append(all["UKR"], entry("gone"), entry("disabled", attr("active", "FALSE")), entry("ended", end(-time.Hour)), entry("later", end(time.Hour)),
		list("used"), list("unused", attr("active", "FALSE")))
	w := newWorldOf(t, all, func(file string) string {
		return strings.ReplaceAll(file, "mode = \"mirror\"\n", "mode = \"mirror\"\n[directory.mapping]\nexpires = [\"endDate\"]\n")
	})
	must(t, w.nations["UKR"].Replace("uid=gone,o=ukr", "confidentialityClearance"))
	if _, err := w.service.Sync(t.Context(), "UKR", nil); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Olha Kovalchuk": "cleared", "Ron": "not-cleared", "gone": "not-cleared", "disabled": "not-cleared", "ended": "not-cleared",
		"later": "cleared", "used": "cleared", "unused": "not-cleared",
	}
	counts := answered[api.ReceiveDocument](w, http.StatusOK, "POST", "/api/book/receive", map[string]any{"label": labelled("SECRET"), "nation": "UKR"})
	if got := (api.ReceiveCounts{People: 6, May: 2, Cleared: 2, NotCleared: 4, Withdrawn: 1}); counts.People != got {
		t.Errorf("\n got %+v\nwant %+v", counts.People, got)
	}
	hits := w.search("reasons", secretText, "nation", "UKR").Hits
	if len(hits) != len(want) {
		t.Errorf("%s", namesOf(hits))
	}
	for _, h := range hits {
		why := answered[api.WhyDocument](w, http.StatusOK, "POST", "/api/book/receive/why", map[string]any{"label": labelled("SECRET"), "id": h.ID})
		if h.Receive == nil || h.Receive.Outcome != want[h.Name] || h.Receive.Outcome != why.Verdict.Outcome || !slices.Equal(h.Receive.Reasons, why.Verdict.Reasons) {
			t.Errorf("%s: %+v, want %s; the check says %+v", h.Name, h.Receive, want[h.Name], why.Verdict)
		}
	}
	if got := namesOf(w.search("receive", secretText, "nation", "UKR").Hits); got != "Olha Kovalchuk, later" && got != "later, Olha Kovalchuk" {
		t.Errorf("the filter shows %q", got)
	}
}
