package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/ldapbook/ldaptest"
)

func (w *world) idOf(text string) string {
	w.t.Helper()
	d := w.search("text", text)
	if len(d.Hits) != 1 {
		w.t.Fatalf("%q finds %q", text, namesOf(d.Hits))
	}
	return d.Hits[0].ID
}

func TestWhomTheUserWritesToComesFirst(t *testing.T) {
	w := newWorld(t, "")
	first := func() string { return w.search("kind", "person").Hits[0].Name }
	if first() == "Ron" {
		t.Fatal("Ron comes first anyhow")
	}
	w.none("POST", "/api/book/used", map[string]any{"ids": []string{w.idOf("ron"), "GBR:nobody", "x"}})
	if h := w.search("kind", "person").Hits[0]; h.Name != "Ron" || h.Used != 1 {
		t.Errorf("%+v", h)
	}
	w.none("PUT", "/api/book/favourites/"+url.PathEscape(w.idOf("olha")), nil)
	d := w.search("kind", "person")
	if d.Hits[0].Name != "Olha Kovalchuk" || !d.Hits[0].Favourite || d.Hits[1].Name != "Ron" {
		t.Errorf("a favourite comes before whom one writes to: %q", namesOf(d.Hits))
	}
	recent := get[[]api.UsedHit](w, "/api/book/recent")
	if len(recent) != 1 || recent[0].Name != "Ron" || recent[0].Hit == nil || recent[0].Last == nil {
		t.Errorf("%+v", recent)
	}
	favourites := get[[]api.UsedHit](w, "/api/book/favourites")
	if len(favourites) != 1 || favourites[0].Name != "Olha Kovalchuk" || favourites[0].Last != nil {
		t.Errorf("%+v", favourites)
	}
	w.none("DELETE", "/api/book/favourites/"+url.PathEscape(favourites[0].ID), nil)
	if first() != "Ron" {
		t.Error(first())
	}
	w.refused(http.StatusNotFound, "user-not-found", "PUT", "/api/book/favourites/GBR:nobody", nil)
}

// Whoever a message was queued for counts as written to.
func TestRecipientsOfSentMessagesCount(t *testing.T) {
	w := newWorld(t, "")
	draft := map[string]any{"channel": "mail", "action": []string{ann}, "info": []string{olha}, "subject": "s", "body": "b", "label": labelled("RESTRICTED")}
	answered[api.Sent](w, http.StatusAccepted, "POST", "/api/send", map[string]any{"draft": draft})
	d := w.search("kind", "person")
	if d.Hits[0].Used != 1 || d.Hits[1].Used != 1 || d.Hits[2].Used != 0 {
		t.Errorf("%+v", d.Hits)
	}
	draft["label"] = labelled("SECRET")
	draft["action"] = []string{ron}
	if status, _, _ := w.ask("POST", "/api/send", map[string]any{"draft": draft}); status != http.StatusConflict {
		t.Fatal(status)
	}
	if h := w.search("text", "ron").Hits[0]; h.Used != 0 {
		t.Errorf("a blocked draft went to nobody: %+v", h)
	}
}

func TestOwnGroups(t *testing.T) {
	w := newWorld(t, "")
	members := func(ids ...string) []map[string]string {
		out := []map[string]string{}
		for _, id := range ids {
			out = append(out, map[string]string{"id": id})
		}
		return out
	}
	annID, ronID := w.idOf("ann"), w.idOf("ron")
	g := answered[api.OwnGroup](w, http.StatusOK, "POST", "/api/book/groups", map[string]any{"name": " Bridge  team ", "members": members(annID, ronID, annID)})
	if g.Name != "Bridge team" || len(g.Members) != 2 || g.Members[1].Address != ron || g.Members[1].State != "known" || g.ID == "" {
		t.Fatalf("%+v", g)
	}
	w.refused(http.StatusUnprocessableEntity, "user-name", "POST", "/api/book/groups", map[string]any{"name": "BRIDGE team", "members": members()})
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/book/groups", map[string]any{"name": "x", "members": members("GBR:nobody")})
	// As a recipient it stands for its members.
	if d := w.search("text", "tea bri"); len(d.Groups) != 1 || strings.Join(d.Groups[0].Addresses, " ") != ann+" "+ron {
		t.Errorf("%+v", d.Groups)
	}
	// A member whose entry is gone stays, and is said to be gone; one whose address changed too.
	must(t, w.nations["UKR"].Delete("uid=ron,o=ukr"))
	must(t, w.nations["GBR"].Replace("uid=ann,o=gbr", "mail", "ann.able@gbr.example"))
	_, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	g = get[[]api.OwnGroup](w, "/api/book/groups")[0]
	if g.Members[0].State != "moved" || g.Members[1].State != "gone" || g.Members[1].Name != "Ron" || g.Members[1].Hit != nil {
		t.Errorf("%+v", g.Members)
	}
	g = answered[api.OwnGroup](w, http.StatusOK, "PUT", "/api/book/groups/"+g.ID, map[string]any{"name": "Bridge", "members": members(ronID)})
	if g.Name != "Bridge" || len(g.Members) != 1 || g.Members[0].Address != ron {
		t.Errorf("%+v", g)
	}
	w.refused(http.StatusNotFound, "user-not-found", "PUT", "/api/book/groups/none", map[string]any{"name": "x", "members": members()})
	w.none("DELETE", "/api/book/groups/"+g.ID, nil)
	w.refused(http.StatusNotFound, "user-not-found", "DELETE", "/api/book/groups/"+g.ID, nil)
	if all := get[[]api.OwnGroup](w, "/api/book/groups"); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// none asks for what answers nothing.
func (w *world) none(method, path string, body any) {
	w.t.Helper()
	if status, text, _ := w.ask(method, path, body); status != http.StatusNoContent || text != "" {
		w.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
}

func TestMembersOpenedWithCyclesCut(t *testing.T) {
	people := people()
	list := func(dn, name string, members ...string) ldaptest.Entry {
		return ldaptest.Entry{DN: dn, Attrs: []ldaptest.Attr{attr("objectClass", "groupOfNames"), attr("cn", name), attr("member", members...)}}
	}
	people["GBR"] = append(people["GBR"],
		list("cn=top,o=gbr", "Top", "cn=inner,o=gbr", "uid=ann,o=gbr", "uid=olha,o=ukr"),
		list("cn=inner,o=gbr", "Inner", "cn=top,o=gbr", "uid=me,o=gbr", "uid=gone,o=gbr", "uid=ann,o=gbr", "cn=deep,o=gbr"),
		list("cn=deep,o=gbr", "Deep", "uid=guest,o=gbr"))
	w := newWorldOf(t, people, func(f string) string { return f })
	id := w.idOf("top")
	d := get[api.MembersDocument](w, "/api/book/members?id="+id)
	rows := map[string]string{}
	for _, r := range d.Rows {
		name := r.DN
		if r.Hit != nil {
			name = r.Hit.Name
		}
		rows[name] += strings.Repeat(">", r.Depth) + r.State + " "
	}
	for name, want := range map[string]string{
		"Inner": ">shown ", "Ann Able": ">shown >>again ", "Olha Kovalchuk": ">shown ", "Top": ">>again ", "Major Me": ">>shown ",
		"uid=gone,o=gbr": ">>unknown ", "Deep": ">>shown ", "A Guest": ">>>shown ",
	} {
		alt := ">>again >shown " // the rows of a branch come before the next one of the level above
		if rows[name] != want && !(name == "Ann Able" && rows[name] == alt) {
			t.Errorf("%s: %q, want %q", name, rows[name], want)
		}
	}
	if d.People != 4 || d.Unknown != 1 || d.Complete || len(d.Cut) != 0 {
		t.Errorf("%+v", d)
	}
	d = get[api.MembersDocument](w, "/api/book/members?depth=2&id="+id)
	if len(d.Cut) != 1 || !strings.Contains(d.Cut[0], "Deep") || d.Complete || d.People != 3 {
		t.Errorf("%+v", d)
	}
}

func TestTreeAndDetail(t *testing.T) {
	w := newWorld(t, "")
	nodes := get[[]api.NodeDocument](w, "/api/book/tree?directory=GBR")
	if len(nodes) != 1 || nodes[0].Total != 4 {
		t.Fatalf("%+v", nodes)
	}
	in := get[api.NodeEntriesDocument](w, "/api/book/tree/entries?limit=3&node="+itoa(nodes[0].ID))
	rest := get[api.NodeEntriesDocument](w, "/api/book/tree/entries?offset=3&limit=3&node="+itoa(nodes[0].ID))
	if len(in.Hits) != 3 || !in.More || len(rest.Hits) != 1 || rest.More {
		t.Errorf("%q %v, %q %v", namesOf(in.Hits), in.More, namesOf(rest.Hits), rest.More)
	}
	w.refused(http.StatusNotFound, "user-not-found", "GET", "/api/book/tree?directory=FRA", nil)
	e := get[[]api.EntryDocument](w, "/api/book/entry?what="+ann)[0]
	if namesOf(e.Groups) != "All" || len(e.Path) != 1 || e.Freshness.State != "fresh" || e.Capabilities != nil || !e.Decides {
		t.Errorf("%+v", e)
	}
	guest := get[[]api.EntryDocument](w, "/api/book/entry?what="+w.search("text", "guest", "nation", "GBR").Hits[0].ID)[0]
	if guest.Name != "A Guest" || guest.Decides || len(guest.Also) != 1 {
		t.Errorf("%+v", guest)
	}
	if got := get[[]string](w, "/api/book/organisations?text=zz"); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// Of a clearance the re-read tells that it changed, and no value (RULES 19).
func TestRule19RereadTellsWhatChangedWithoutHeldValues(t *testing.T) {
	w := newWorld(t, "")
	annID, ronID, meID, olhaID := w.idOf("ann"), w.idOf("ron"), w.idOf("major"), w.idOf("olha")
	must(t, w.nations["GBR"].Replace("uid=ann,o=gbr", "confidentialityClearance", "<x/>"))
	must(t, w.nations["GBR"].Replace("uid=ann,o=gbr", "mail", "ann.new@gbr.example"))
	must(t, w.nations["UKR"].Delete("uid=ron,o=ukr"))
	ask := map[string]any{"ids": []string{annID, ronID, "GBR:none", meID}}
	d := answered[api.RereadDocument](w, http.StatusOK, "POST", "/api/book/reread", ask)
	states := ""
	for _, e := range d.Entries {
		states += e.State + " "
	}
	if states != "changed gone unknown same " || d.Changed != 1 || d.Gone != 1 || d.NotRead != 0 || len(d.Directories) != 2 {
		t.Fatalf("%s %+v", states, d)
	}
	fields := map[string]api.FieldChange{}
	for _, c := range d.Entries[0].Changes {
		fields[c.Field] = c
	}
	if c := fields["mail"]; strings.Join(c.Old, "") != ann || strings.Join(c.New, "") != "ann.new@gbr.example" {
		t.Errorf("%+v", c)
	}
	if c, ok := fields["clearance"]; !ok || len(c.Old)+len(c.New) != 0 || c.Text != "The clearance changed." {
		t.Errorf("%+v", c)
	}
	if x := w.search("text", "ron"); len(x.Hits) != 0 {
		t.Errorf("who is gone leaves the book: %+v", x.Hits)
	}
	live := get[api.LiveDocument](w, "/api/book/entry/live?id="+olhaID)
	if live.State != "same" || live.Entry == nil || live.Entry.Name != "Olha Kovalchuk" || live.Certificates == nil || live.Changes == nil {
		t.Errorf("%+v", live)
	}
	must(t, w.nations["GBR"].Delete("uid=ann,o=gbr"))
	if live := get[api.LiveDocument](w, "/api/book/entry/live?id="+annID); live.State != "gone" || live.Entry != nil {
		t.Errorf("%+v", live)
	}
	w.nations["UKR"].Close()
	d = answered[api.RereadDocument](w, http.StatusOK, "POST", "/api/book/reread", map[string]any{"ids": []string{olhaID, meID}, "seconds": 2})
	if d.Entries[0].State != "not-read" || d.Entries[0].Why == "" || d.Entries[1].State != "same" || d.NotRead != 1 || stateOf(d.Directories, "UKR") != "down" {
		t.Errorf("%+v", d)
	}
	if live := get[api.LiveDocument](w, "/api/book/entry/live?id="+olhaID); live.State != "down" || live.Why == "" || live.Entry != nil {
		t.Errorf("%+v", live)
	}
}

// RULES 13: a nation that hangs is waited for no longer than its deadline, and the others answer.
func TestRule13RereadHasADeadlinePerNation(t *testing.T) {
	w := newWorld(t, "")
	olhaID, meID := w.idOf("olha"), w.idOf("major")
	w.nations["UKR"].Hang(true)
	done := make(chan api.RereadDocument, 1)
	go func() {
		d, _ := w.service.Reread(t.Context(), []string{olhaID, meID}, 3*time.Second)
		done <- d
	}()
	select {
	case d := <-done:
		if len(d.Entries) != 2 || d.Entries[0].State != "not-read" || !strings.Contains(d.Entries[0].Why, "no answer in 3s") || d.Entries[1].State != "same" {
			t.Errorf("%+v", d)
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits for ever")
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// A memberOf list that the directory cuts short is said to be so.
func TestLiveSaysThatGroupsAreCutShort(t *testing.T) {
	w := newWorld(t, "")
	id := w.idOf("ann")
	var groups []string
	for i := range 9 {
		groups = append(groups, fmt.Sprintf("cn=g%d,o=gbr", i))
	}
	must(t, w.nations["GBR"].Replace("uid=ann,o=gbr", "memberOf", groups...))
	if live := get[api.LiveDocument](w, "/api/book/entry/live?id="+id); len(live.MemberOf) != 9 || live.MemberOfIncomplete {
		t.Errorf("%q %v", live.MemberOf, live.MemberOfIncomplete)
	}
	w.nations["GBR"].Ranges(4, ldaptest.RangeStops)
	if live := get[api.LiveDocument](w, "/api/book/entry/live?id="+id); len(live.MemberOf) == 0 || !live.MemberOfIncomplete {
		t.Errorf("%q %v, %s", live.MemberOf, live.MemberOfIncomplete, live.Why)
	}
}

// A group of hundreds is read with one question; each member keeps its place, the same entry under two addresses too.
func TestOwnGroupsOfManyAreReadAtOnce(t *testing.T) {
	many := people()
	for i := range 400 {
		uid := fmt.Sprintf("m%d", i)
		many["GBR"] = append(many["GBR"], person("uid="+uid+",o=gbr", "Member "+uid, uid+"@gbr.example", "SECRET"))
	}
	w := newWorldOf(t, many, func(file string) string { return file })
	var members []map[string]string
	for i := range 400 {
		e := get[[]api.EntryDocument](w, fmt.Sprintf("/api/book/entry?what=m%d@gbr.example", i))
		members = append(members, map[string]string{"id": e[0].ID})
	}
	for _, name := range []string{"one", "two"} {
		answered[api.OwnGroup](w, http.StatusOK, "POST", "/api/book/groups", map[string]any{"name": name, "members": members})
	}
	for _, g := range get[[]api.OwnGroup](w, "/api/book/groups") {
		for i, m := range g.Members {
			if m.State != "known" || m.Address != fmt.Sprintf("m%d@gbr.example", i) || m.Hit == nil || m.Hit.Address != m.Address {
				t.Fatalf("%s, %d: %+v", g.Name, i, m)
			}
		}
	}
}
