package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/chat"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// TestRule26Catalogue: what the server offers is held to the policy, the administrator's rules and the installation's clearance.
func TestRule26Catalogue(t *testing.T) {
	w, source := chatWorld(t)
	in := w.service.Installation()
	item := func(l label.Label) chat.CatalogueItem {
		xml := []byte(`<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` + string(l.Marshal()) + `</label></securitylabel>`)
		s, err := message.Reader{Site: in.Site, At: time.Now()}.ReadItem(xml)
		must(t, err)
		return chat.CatalogueItem{Selector: []string{"x"}, XML: xml, Sensitivity: s}
	}
	bare, foreign := chatClass("RESTRICTED"), chatClass("SECRET")
	bare.Categories = nil
	foreign.Policy = label.PolicyID{Name: "OTHER", URI: "urn:oid:1.3.6.1.4.1.32473.99"}
	source.offers = chat.Catalogue{Name: "C", IsRestricted: true, Items: []chat.CatalogueItem{item(chatClass("RESTRICTED")), item(bare), item(foreign), item(chatClass("COSMIC TOP SECRET"))}}
	opened := answered[api.ChatOpened](w, http.StatusOK, http.MethodPost, "/api/chat/open", map[string]any{"address": olhaChat})
	c := get[api.ChatCatalogue](w, "/api/chat/"+opened.ID+"/catalogue")
	if !c.Offered || !c.Restricted || len(c.Items) != 4 {
		t.Fatalf("%+v", c)
	}
	for i, usable := range []bool{true, false, false, false} {
		if x := c.Items[i]; x.Usable != usable || (x.Choice != nil) != usable || (x.Why == "") != usable {
			t.Errorf("%d: %+v", i, x)
		}
	}
}

// TestRule26CatalogueItemLeaves: what a catalogue's item says is checked, and the item itself is what is queued; a draft whose item is
// another one is not sendable, and says why.
func TestRule26CatalogueItemLeaves(t *testing.T) {
	w, source := chatWorld(t)
	xml := `<securitylabel  xmlns='urn:xmpp:sec-label:0'><label>` + string(chatClass("RESTRICTED").Marshal()) + `</label></securitylabel>`
	read, err := message.Reader{Site: w.service.Installation().Site, At: time.Now()}.ReadItem([]byte(xml))
	must(t, err)
	source.offers = chat.Catalogue{Items: []chat.CatalogueItem{{XML: []byte(xml), Sensitivity: read}, {XML: []byte(xml + strings.Repeat(" ", draft.MaxItem)), Sensitivity: read}}}
	opened := answered[api.ChatOpened](w, http.StatusOK, http.MethodPost, "/api/chat/open", map[string]any{"address": olhaChat})
	c := get[api.ChatCatalogue](w, "/api/chat/"+opened.ID+"/catalogue")
	if len(c.Items) != 2 || c.Items[0].XML != xml || c.Items[0].Choice == nil || c.Items[1].Usable || c.Items[1].XML != "" {
		t.Fatalf("%+v", c)
	}
	d := map[string]any{"channel": "chat", "action": []string{olhaChat}, "body": "x", "label": c.Items[0].Choice, "catalogueItem": c.Items[0].XML}
	if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", d); !r.Sendable {
		t.Errorf("%+v", r)
	}
	d["catalogueItem"] = strings.Replace(xml, "RESTRICTED", "CONFIDENTIAL", 1)
	r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", d)
	if r.Sendable || r.Label.Valid || r.Label.Problems[0].Rule != presend.RuleItem {
		t.Errorf("%+v", r)
	}
	d["catalogueItem"] = "SECRET"
	r = answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", d)
	if r.Sendable || r.Outcome != presend.Error || r.Label.Problems[0].Rule != presend.RuleItemUnread {
		t.Errorf("%+v", r)
	}
	d["channel"], d["action"] = "mail", []string{olha}
	w.refused(http.StatusUnprocessableEntity, "user-request", http.MethodPost, "/api/check", d)
}

// TestRule26TheFarSide: what the servers on the way do not take is told while drafting, and stops it; while they cannot be asked that is a
// note.
func TestRule26TheFarSide(t *testing.T) {
	w, source := chatWorld(t)
	d := map[string]any{"channel": "chat", "action": []string{olhaChat}, "body": "x",
		"label": map[string]any{"policy": "NATO", "classification": "RESTRICTED", "categories": map[string]any{"Context": []string{"MROD"}}}}
	for name, c := range map[string]struct {
		taken *presend.Taken
		rule  string // "": it is sendable
	}{
		"everything":   {&presend.Taken{}, ""},
		"no labels":    {&presend.Taken{NoLabels: "chat.ukr.example does not understand labels."}, presend.RuleServer},
		"this label":   {&presend.Taken{IsRestricted: true, Labels: []label.Information{chatClass("RESTRICTED").Information}}, ""},
		"another":      {&presend.Taken{IsRestricted: true, Labels: []label.Information{chatClass("SECRET").Information}}, presend.RuleCatalogue},
		"nobody knows": {nil, ""},
	} {
		source.mu.Lock()
		source.offline, source.takes = true, map[string]presend.Taken{}
		if c.taken != nil {
			source.takes[olhaChat] = *c.taken
		}
		source.mu.Unlock()
		r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", d)
		link := r.Recipients[0].Link
		if r.Sendable != (c.rule == "") || (c.rule != "") != (len(link.Reasons) == 1 && link.Reasons[0].Rule == c.rule) || (link.Evidence.Note != "") != (c.taken == nil) {
			t.Errorf("%s: %+v", name, link)
		}
	}
}

// TestRule26WhatIsShown: that a message is shown without its label is told beside it, though it was accepted.
func TestRule26WhatIsShown(t *testing.T) {
	for name, c := range map[string]struct{ says, flagged string }{
		"as it was sent":     {"the room has shown it", ""},
		"without its label":  {outbox.ShownUnlabelled, outbox.ShownUnlabelled},
		"with another label": {outbox.ShownRelabelled, outbox.ShownRelabelled},
	} {
		t.Run(name, func(t *testing.T) {
			w, source := chatWorld(t)
			source.mu.Lock()
			source.shows = c.says
			source.mu.Unlock()
			answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", map[string]any{"draft": map[string]any{"channel": "chat", "action": []string{olhaChat}, "body": "x",
				"label": map[string]any{"policy": "NATO", "classification": "RESTRICTED", "categories": map[string]any{"Context": []string{"MROD"}}}}})
			d := w.talk(olhaChat, func(d api.ChatDetail) bool {
				return len(d.Messages) == 1 && d.Messages[0].State == string(outbox.Accepted)
			})
			if m := d.Messages[0]; m.Flagged != c.flagged || m.StateWhy != "" {
				t.Errorf("%q, %q", m.Flagged, m.StateWhy)
			}
		})
	}
}

// TestRule26FirstLine: where the administrator allows a marking in the text, it stands there only where the servers do not understand labels.
func TestRule26FirstLine(t *testing.T) {
	for name, c := range map[string]struct {
		taken   presend.Taken
		allowed bool
		label   bool
	}{
		"not understood":         {presend.Taken{IsMarked: true}, true, false},
		"understood":             {presend.Taken{}, true, true},
		"understood, no setting": {presend.Taken{}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			routes := chatRoutes
			if c.allowed {
				routes = strings.Replace(routes, "nation = \"UKR\"\n", "nation = \"UKR\"\nfirst_line = true\n", 1)
			}
			w, source := chatWorldOf(t, routes)
			source.mu.Lock()
			source.shows, source.takes = "taken", map[string]presend.Taken{olhaChat: c.taken}
			source.mu.Unlock()
			answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", map[string]any{"draft": map[string]any{"channel": "chat", "action": []string{olhaChat}, "body": "x",
				"label": map[string]any{"policy": "NATO", "classification": "RESTRICTED", "categories": map[string]any{"Context": []string{"MROD"}}}}})
			w.talk(olhaChat, func(d api.ChatDetail) bool {
				return len(d.Messages) == 1 && d.Messages[0].State == string(outbox.Accepted)
			})
			source.mu.Lock()
			defer source.mu.Unlock()
			if strings.Contains(source.wire, "securitylabel") != c.label || strings.Contains(source.wire, "<body>NATO/MROD RESTRICTED") == c.label {
				t.Errorf("%s", source.wire)
			}
		})
	}
}
