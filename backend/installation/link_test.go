package installation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/installation"
)

// TestRule11LinkHoldsTheDestinationsNationAlone: of the nations, a link to a nation holds that one; organisations and missions beside.
func TestRule11LinkHoldsTheDestinationsNationAlone(t *testing.T) {
	for _, tt := range []struct {
		name    string
		nation  string
		set     string
		values  []string
		refused string // the value that the error names
	}{
		{"the destination's", "BOR", "Only", []string{"BOR"}, ""},
		{"none", "BOR", "Only", nil, ""},
		{"the own nation's too", "BOR", "Only", []string{"BOR", "ATL"}, "ATL"},
		{"only the own nation's", "BOR", "Only", []string{"ATL"}, "ATL"},
		{"releasable to the own nation too", "BOR", "Releasable To", []string{"ATL", "BOR"}, "ATL"},
		{"a nation that nothing else here is of", "BOR", "Only", []string{"BOR", "FRA"}, "FRA"},
		{"an organisation", "BOR", "Releasable To", []string{"BOR", "UNO"}, ""},
		{"a mission", "BOR", "Releasable To", []string{"BOR", "NORTHWATCH"}, ""},
		{"any nation's to an organisation", "UNO", "Only", []string{"BOR"}, "BOR"},
		{"a nation of which a route is", "BOR", "Only", []string{"BOR", "SYL"}, "SYL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := valid(t)
			f.Policies[0].SPIF = withNations(t)
			f.Routes = append(f.Routes, installation.RouteFile{Domain: "syl.example", Channel: "mail", Nation: "SYL",
				Links: []installation.LinkFile{{Name: "ATL-SYL", Clearance: installation.Clearance{Policy: "TESTLAND", UpTo: "OPEN"}}}})
			f.Routes[1].Nation = tt.nation
			if tt.nation != "BOR" {
				f.Directories[1].MailDomains = nil // else the domain is of BOR
			}
			f.Routes[1].Links[0].Clearance.Categories = map[string][]string{tt.set: tt.values}
			_, err := load(t, f)
			if tt.refused == "" {
				must(t, err)
				return
			}
			if !errors.Is(err, installation.ErrInvalid) {
				t.Fatal(err)
			}
			for _, part := range []string{"bor.example", "ATL-BOR", fmt.Sprintf("%q of %q", tt.refused, tt.set), "alone (" + tt.nation + ")"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v does not say %s", err, part)
				}
			}
		})
	}
}

// TestRule11TheOwnRouteHoldsTheInstallations: the own nation's route is the installation, which may hold more nations than its own.
func TestRule11TheOwnRouteHoldsTheInstallations(t *testing.T) {
	f := valid(t)
	if got := f.System.Clearance.Categories["Releasable To"]; !slices.Equal(got, []string{"ATL", "BOR"}) {
		t.Fatalf("the installation holds %v", got)
	}
	mustLoad(t, f)
}

// withNations is the test policy with a tag set Only, and values of nations, organisations and missions in both sets.
func withNations(t *testing.T) string {
	t.Helper()
	more := `<spif:tagCategory name="FRA" lacv="21"/><spif:tagCategory name="UNO" lacv="22"/><spif:tagCategory name="NORTHWATCH" lacv="23"/>`
	const first, set = `<spif:tagCategory name="SYL" lacv="3"/>`, `<spif:securityCategoryTagSet name="Mixed" `
	only := `<spif:securityCategoryTagSet name="Only" id="1.3.6.1.4.1.32473.9.2.99"><spif:securityCategoryTag name="Only" tagType="permissive">` +
		`<spif:tagCategory name="ATL" lacv="1"/><spif:tagCategory name="BOR" lacv="2"/>` + first + more + `</spif:securityCategoryTag></spif:securityCategoryTagSet>`
	return strings.NewReplacer(first, first+more, set, only+set).Replace(policyXML(t))
}

// TestRule11ADomainIsOfTheNationWhoseDirectoryDecides: a route of another nation would be held to that one's values, and an own one to no
// link at all. The domain is the same however it is written, and what only looks like it is none.
func TestRule11ADomainIsOfTheNationWhoseDirectoryDecides(t *testing.T) {
	own := func(domain string) func(*installation.File) {
		return func(f *installation.File) {
			f.Routes[1] = installation.RouteFile{Domain: domain, Channel: "mail", Nation: "ATL", Own: true}
		}
	}
	for name, tt := range map[string]struct {
		change func(*installation.File)
		says   string
	}{
		"own":                 {own("bor.example"), `the directory "BOR" of BOR decides for bor.example`},
		"own, folded":         {own("Bor.EXAMPLE"), `the directory "BOR" of BOR decides for bor.example`},
		"own, with a dot":     {own("bor.example."), "domain, and channel"},
		"own, an empty label": {own("bor..example"), "domain, and channel"},
		"of another nation": {func(f *installation.File) {
			f.Routes[1].Nation = "SYL"
			f.Routes[1].Links[0].Clearance.Categories = nil
		}, `nation = "SYL", but the directory "BOR" of BOR decides`},
		"by chat": {func(f *installation.File) {
			f.Directories[1].ChatDomains = []string{"CHAT.bor.example"}
			f.Routes[1] = installation.RouteFile{Domain: "chat.bor.example", Channel: "chat", Nation: "ATL", Own: true}
		}, "decides for chat.bor.example"},
		"a star":           {func(f *installation.File) { f.Directories[1].MailDomains = []string{"*.atl.example"} }, "is no domain"},
		"a dot at the end": {func(f *installation.File) { f.Directories[1].MailDomains = []string{"atl.example."} }, "is no domain"},
		"a line end":       {func(f *installation.File) { f.Directories[1].MailDomains = []string{"atl.example\n"} }, "is no domain"},
		"in other letters": {func(f *installation.File) { f.Directories[1].MailDomains = []string{"ATL.Example"} }, `"ATL" decides for mail atl.example already`},
		"decided by nobody": {func(f *installation.File) {
			f.Directories[1].MailDomains, f.Routes[1].Nation = nil, "SYL"
			f.Routes[1].Links[0].Clearance.Categories = nil
		}, ""},
		"not decided by mail": {func(f *installation.File) {
			f.Directories[1].MailDomains, f.Directories[1].ChatDomains = nil, []string{"bor.example"}
			own("bor.example")(f)
		}, ""},
	} {
		f := valid(t)
		tt.change(&f)
		_, err := load(t, f)
		if tt.says == "" && err != nil || tt.says != "" && (!errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%s: %v does not say %q", name, err, tt.says)
		}
	}
}
