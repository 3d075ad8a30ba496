package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
)

func TestLabelOverHTTP(t *testing.T) {
	w := newWorld(t, "")
	ask := func(body string) api.LabelDocument {
		t.Helper()
		return answered[api.LabelDocument](w, http.StatusOK, "POST", "/api/label", body)
	}
	d := ask(`{"selection":` + secret + `}`)
	if !d.Valid || !d.Permitted || d.Marking != "NATO/MROD SECRET" || d.Problems == nil || d.Refusals == nil {
		t.Errorf("%+v", d)
	}
	if got := refusedChoices(d); !slices.Equal(got, []string{"Special Category Designators=BOHEMIA", "TOP SECRET"}) {
		t.Errorf("%q", got)
	}
	if d := ask(`{"selection":{"policy":"NATO","classification":"","categories":{"Only":[{"type":"permissive","name":"GBR"}]}},"lang":"fr"}`); d.Valid || d.Marking != "" || !d.Permitted {
		t.Errorf("%+v", d)
	}
	for body, code := range map[string]string{
		`{"selection":{"policy":"NATO","classification":"X"}}`:                               "user-label",
		`{"selection":{"policy":"X","classification":""}}`:                                   "user-label",
		`{"selection":{"policy":"NATO","classification":"SECRET","categories":{"Only":[]}}}`: "user-label",
		`{"selection":null}`:   "user-request",
		`{"selection":"<x/>"}`: "user-request",
		`{}`:                   "user-request",
		`{"selection":{"policy":"NATO","classification":"SECRET","colour":1}}`:                                        "user-request",
		`{"selection":{"policy":"NATO","classification":"SECRET","classification":"OPEN"}}`:                           "user-request",
		`{"selection":{"policy":"NATO","classification":""},"selection":{"policy":"NATO","classification":"SECRET"}}`: "user-request",
	} {
		w.refused(http.StatusUnprocessableEntity, code, "POST", "/api/label", body)
	}
}

func TestPolicies(t *testing.T) {
	w := newWorld(t, "")
	all := get[[]api.PolicyDocument](w, "/api/policies")
	if len(all) != 1 || !slices.Equal(all[0].Required, []string{"Context"}) || all[0].Mode != "membership" || all[0].NotAfter != nil {
		t.Fatalf("%+v", all)
	}
	top := all[0].Classifications[len(all[0].Classifications)-1]
	if want := (api.ClassDocument{Name: "TOP SECRET", Phrase: "TOP SECRET", Hierarchy: 50, Foreground: "black", Background: "#ff8c00"}); top != want {
		t.Errorf("%+v", top)
	}
}

func TestInstallation(t *testing.T) {
	w := newWorld(t, "[[identity]]\nuser = \"tester\"\ndirectory = \"GBR\"\ndn = \"uid=other,o=gbr\"\nmail = \"other@gbr.example\"\n[[identity]]\nuser = \"somebody\"\ndirectory = \"GBR\"\ndn = \"uid=ann,o=gbr\"\nmail = \"ann@gbr.example\"\n")
	d := get[api.InstallationDocument](w, "/api/installation")
	if want := (api.MarkingDocument{Marking: "NATO/MROD SECRET ATOMAL", Foreground: "black", Background: "red"}); d.SystemHigh != want {
		t.Errorf("%+v", d.SystemHigh)
	}
	if d.User != "tester" || d.CheckAges != (api.AgesDocument{Drafting: 12 * 3600, Sending: 300}) {
		t.Errorf("%q, %+v", d.User, d.CheckAges)
	}
	want := []api.IdentityDocument{
		{Mail: me, DN: "UID=me, o=gbr", Name: "Major Me", Nation: "GBR"},
		{Mail: "other@gbr.example", DN: "uid=other,o=gbr"}, // bound, and not in the book
	}
	if !slices.Equal(d.Identities, want) {
		t.Errorf("%+v", d.Identities)
	}
	if d := get[api.InstallationDocument](w, "/api/installation?lang=fr"); d.SystemHigh.Marking != "NATO/MROD SECRET ATOMAL" {
		t.Errorf("%+v", d.SystemHigh)
	}
}

func TestCheckMarksInALanguage(t *testing.T) {
	w := newWorld(t, "")
	text := content(strings.Replace(secret, "SECRET", "CONFIDENTIAL", 1), ann)
	for lang, want := range map[string]string{"": "NATO/MROD CONFIDENTIAL", "?lang=en": "NATO/MROD CONFIDENTIAL", "?lang=fr": "NATO/MROD CONFIDENTIEL"} {
		d := answered[struct {
			Sendable bool
			Label    struct{ Marking string }
		}](w, http.StatusOK, "POST", "/api/check"+lang, text)
		if d.Label.Marking != want || !d.Sendable {
			t.Errorf("%q: %+v", lang, d)
		}
	}
}

// The names that the page's types are made from.
func TestNamesOfTheSchema(t *testing.T) {
	raw, err := api.OpenAPI("test")
	must(t, err)
	var d struct {
		Components struct {
			Schemas map[string]json.RawMessage
		}
		Paths map[string]map[string]json.RawMessage
	}
	must(t, json.Unmarshal(raw, &d))
	for _, name := range []string{
		"Draft", "DraftContent", "DraftRef", "DraftSummary", "StoredDraft", "SavedDraft", "SaveDraftInput", "SendInput",
		"LabelSelection", "LabelValue", "LabelQuestion", "LabelDocument", "MarkingDocument", "ChoicesDocument", "ChoiceDocument",
		"TagSetChoices", "TagChoices", "LookupInput", "LookupHit", "EvidenceDocument", "AgesDocument", "Report", "Message",
	} {
		if d.Components.Schemas[name] == nil {
			t.Errorf("no schema %s", name)
		}
	}
	for path, methods := range map[string][]string{
		"/api/drafts": {"get"}, "/api/drafts/{id}": {"get", "put", "delete"}, "/api/label": {"post"}, "/api/book/lookup": {"post"},
		"/api/messages/{id}/evidence": {"get"}, "/api/messages/{id}/wire": {"get"},
	} {
		for _, method := range methods {
			if d.Paths[path][method] == nil {
				t.Errorf("no %s %s", method, path)
			}
			if strings.Contains(path, "{id}") && !strings.Contains(string(d.Paths[path][method]), `"in":"path"`) {
				t.Errorf("%s %s has no id", method, path)
			}
		}
	}
	// A list that there is nothing in is an empty one, never null.
	if strings.Contains(string(raw), `["array","null"]`) {
		t.Error("a list may be null")
	}
	if s := string(d.Components.Schemas["DraftContent"]); !strings.Contains(s, `#/components/schemas/LabelSelection`) || strings.Contains(s, `"required":["channel"`) {
		t.Error(s)
	}
}
