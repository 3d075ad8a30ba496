package api_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/spif"
)

// A label goes in the peer's policy besides, where a link there is cleared by that policy and the translation says exactly as much; else
// it goes alone.
func TestEquivalentLabelsOfThePeersPolicy(t *testing.T) {
	var lands []*spif.Policy
	for _, name := range []string{"testland", "otherland"} {
		f, err := os.Open("../spif/testdata/" + name + ".spif.xml")
		must(t, err)
		p, err := spif.Parse(f)
		must(t, f.Close())
		must(t, err)
		lands = append(lands, p)
	}
	site, err := spif.NewSite(lands...)
	must(t, err)
	route := func(domain string, of *spif.Policy) installation.Route {
		return installation.Route{RouteFile: installation.RouteFile{Domain: domain, Channel: "chat"}, Clearances: []label.Clearance{{Policy: of.PolicyID()}}}
	}
	in := &installation.Installation{Site: site, Routes: []installation.Route{route("own.example", lands[0]), route("other.example", lands[1])}}
	releasable := []label.SelectedTag{{TagSet: "Releasable To", Values: []label.SelectedValue{{Name: "ATL"}}}}
	for name, c := range map[string]struct {
		domain, class string
		categories    []label.SelectedTag
		want          string // classification in the peer's policy; "": none
	}{
		"exact":                        {"Other.Example", "OPEN", nil, "LOW"},
		"two of them":                  {"other.example", "GUARDED", nil, ""},
		"it does not come back":        {"other.example", "TOP SECRET", releasable, ""},
		"a peer of our policy":         {"own.example", "OPEN", nil, ""},
		"a peer that is not on record": {"else.example", "OPEN", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			info, err := site.Build(label.Selection{Policy: "TESTLAND", Classification: c.class, Categories: c.categories})
			must(t, err)
			at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
			l := label.Label{Kind: label.Originator, Information: info, Created: at}
			list, err := api.EquivalentsTo(in, at, l, c.domain)
			must(t, err)
			d := draft.Draft{Channel: draft.Chat, Action: []string{"x@" + c.domain}, Body: "x", Label: draft.Label{XML: string(l.Marshal())}}
			wire, err := message.ComposeStanza(d, message.Seal{ID: "a", Label: l, Date: at}, message.Stanza{Equivalents: list})
			must(t, err)
			if n := strings.Count(string(wire), "<equivalentlabel>"); n != len(list) || n > 1 || (n == 1) != (c.want != "") {
				t.Fatalf("%d of %d: %s", n, len(list), wire)
			}
			if c.want != "" && (list[0].Classification != c.want || list[0].Policy.Name != "OTHERLAND" || list[0].Kind != label.Alternative) {
				t.Errorf("%+v", list[0])
			}
		})
	}
}
