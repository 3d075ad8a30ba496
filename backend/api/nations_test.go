package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
)

func (w *adminWorld) nation(code string) api.NationDocument {
	w.t.Helper()
	all := answered[[]api.NationDocument](w.world, http.StatusOK, "GET", "/api/nations", nil)
	i := slices.IndexFunc(all, func(n api.NationDocument) bool { return n.Nation == code })
	if i < 0 {
		w.t.Fatalf("no %s in %+v", code, all)
	}
	return all[i]
}

// A nation shows what is missing; a route is made, changed and taken away, and the other sections stay as they are written.
func TestRoutesOfANation(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	in, _ := w.added()
	answered[api.AddedDocument](w.world, http.StatusOK, "POST", "/api/directories", in)
	w.renew()
	n := w.nation("AUS")
	if len(n.Domains) != 1 || n.Domains[0].Directory != "AUS" || n.Domains[0].Route != nil || len(n.Warnings) != 1 || !strings.Contains(n.Warnings[0], "No route leads to aus.example by mail") {
		t.Fatalf("%+v", n)
	}
	route := api.RouteInput{Nation: "AUS", Links: []api.LinkInput{{Name: "AUS gateway", Clearance: api.CeilingInput{Policy: "NATO", UpTo: "SECRET", Categories: map[string][]string{"Context": {"MROD"}}}}}}
	answered[api.ChangedDocument](w.world, http.StatusOK, "PUT", "/api/routes/mail/aus.example", route)
	w.renew()
	n = w.nation("AUS")
	if len(n.Warnings) != 0 || n.Domains[0].Route == nil || len(n.Domains[0].Route.Links) != 1 || n.Domains[0].Route.Links[0].Clearance.UpTo != "SECRET" {
		t.Fatalf("%+v", n)
	}
	route.Links[0].Clearance.UpTo = "RESTRICTED"
	// What was made for another route than the one that is there does not overwrite it.
	w.refused(http.StatusConflict, "user-route-changed", "PUT", "/api/routes/mail/AUS.example", route)
	first := n.Domains[0].Route.Revision
	route.Revision = first
	answered[api.ChangedDocument](w.world, http.StatusOK, "PUT", "/api/routes/mail/AUS.example", route)
	w.renew()
	if n = w.nation("AUS"); len(n.Domains) != 1 || n.Domains[0].Route.Links[0].Clearance.UpTo != "RESTRICTED" || strings.Count(w.file(), "aus.example") != 2 {
		t.Fatalf("%+v", n)
	}
	if !strings.Contains(w.file(), "# Kept by the signal office") {
		t.Error("the comment is gone")
	}
	w.refused(http.StatusConflict, "user-route-changed", "PUT", "/api/routes/mail/aus.example", route)
	w.refused(http.StatusConflict, "user-route-changed", "DELETE", "/api/routes/mail/aus.example?revision="+first, nil)
	answered[api.ChangedDocument](w.world, http.StatusOK, "DELETE", "/api/routes/mail/aus.example?revision="+n.Domains[0].Route.Revision, nil)
	w.renew()
	if n = w.nation("AUS"); n.Domains[0].Route != nil {
		t.Errorf("%+v", n)
	}
	w.refused(http.StatusNotFound, "user-not-found", "DELETE", "/api/routes/mail/aus.example?revision="+first, nil)
	if all := answered[[]api.NationDocument](w.world, http.StatusOK, "GET", "/api/nations", nil); !all[0].Own || all[0].Nation != "GBR" {
		t.Errorf("the own nation is not the first: %+v", all)
	}
}

// RULES 11: a link never holds what is for another nation only, and another nation's domain is never behind the installation's own
// clearance alone. What makes no sense is refused, and nothing is written.
func TestRule11RoutesAreHeldToTheRules(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	before := w.file()
	link := func(c api.CeilingInput) api.RouteInput {
		return api.RouteInput{Nation: "UKR", Links: []api.LinkInput{{Name: "gateway", Clearance: c}}}
	}
	says := map[string]string{
		"what is for another nation only": "take it out", "what is releasable to another nation": "take it out", "no such class": "VERY SECRET",
		"no such tag set": "Nope", "a clearance of nothing": "must be given", "neither own nor a link": "at least one link",
		"own, of another nation": "own nation's domains only", "no nation's code": "three capital letters", "chat's settings on mail": "first_line",
	}
	for name, x := range map[string]api.RouteInput{
		"what is for another nation only":      link(api.CeilingInput{Policy: "NATO", UpTo: "SECRET", Categories: map[string][]string{"Only": {"GBR"}}}),
		"what is releasable to another nation": link(api.CeilingInput{Policy: "NATO", UpTo: "SECRET", Categories: map[string][]string{"Releasable To": {"AUS"}}}),
		"no such class":                        link(api.CeilingInput{Policy: "NATO", UpTo: "VERY SECRET"}),
		"no such tag set":                      link(api.CeilingInput{Policy: "NATO", UpTo: "SECRET", Categories: map[string][]string{"Nope": {"x"}}}),
		"a clearance of nothing":               link(api.CeilingInput{Policy: "NATO"}),
		"neither own nor a link":               {Nation: "UKR"},
		"own, of another nation":               {Nation: "UKR", Own: true},
		"no nation's code":                     {Nation: "Ukraine", Links: link(api.CeilingInput{Policy: "NATO", UpTo: "SECRET"}).Links},
		"chat's settings on mail":              {Nation: "UKR", FirstLine: true, Links: link(api.CeilingInput{Policy: "NATO", UpTo: "SECRET"}).Links},
	} {
		w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/routes/mail/new.example", x)
		if _, text, _ := w.ask("PUT", "/api/routes/mail/new.example", x); !strings.Contains(text, says[name]) || says[name] == "" {
			t.Errorf("%s: %s", name, text)
		}
		if w.file() != before {
			t.Fatalf("%s: the file was changed", name)
		}
	}
	w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/routes/mail/no%20domain", link(api.CeilingInput{Policy: "NATO", UpTo: "SECRET"}))
	answered[api.ChangedDocument](w.world, http.StatusOK, "PUT", "/api/routes/mail/new.example", link(api.CeilingInput{Policy: "NATO", UpTo: "SECRET", Categories: map[string][]string{"Releasable To": {"UKR"}}}))
}
