//go:build linux

package app_test

import (
	"strings"

	"caveat/backend/demo"
	"caveat/backend/installation"
)

// testInstallation is the installation file of a GBR headquarters in a federation of four; the directories' URLs and secrets
// are the caller's.
func testInstallation(caPEM, smtp string) installation.File {
	all := []string{"GBR", "UKR", "AUS", "DEU"}
	f := installation.File{
		Format: 1,
		System: installation.SystemFile{Name: "Test headquarters", Nation: "GBR", Clearance: installation.Clearance{
			Policy: "NATO", UpTo: "SECRET", Categories: map[string][]string{
				"Context": {"MROD"}, "Special Category Designators": {"ATOMAL", "BOHEMIA"}, "Only": all, "Releasable To": all,
			},
		}},
		Policies:   []installation.PolicyFile{{SPIF: string(demo.PolicyXML), AcceptUnsigned: "accepted for the test", RequireTagSets: []string{"Context"}}},
		CAs:        []installation.CAFile{{Name: "test", PEM: caPEM}},
		Accounts:   []installation.AccountFile{{Name: "gbr", Kind: "smtp", Address: smtp, Security: "starttls", CA: "test", User: "drafter", Secret: "smtp"}},
		Identities: []installation.IdentityFile{{User: "*", Directory: "GBR", DN: "uid=drafter,ou=people,dc=gbr,dc=example", Mail: "drafter@gbr.example", Account: "gbr"}},
	}
	for _, n := range all {
		lower := strings.ToLower(n)
		f.Directories = append(f.Directories, installation.DirectoryFile{
			Name: n, Nation: n, Security: "starttls", CA: "test", BaseDN: "dc=" + lower + ",dc=example", MailDomains: []string{lower + ".example"}, Mode: "mirror",
		})
		r := installation.RouteFile{Domain: lower + ".example", Channel: "mail", Nation: n, Own: n == "GBR"}
		if !r.Own {
			upTo := "SECRET"
			if n == "DEU" {
				upTo = "RESTRICTED"
			}
			r.Links = []installation.LinkFile{{Name: "GBR-" + n, Clearance: installation.Clearance{
				Policy: "NATO", UpTo: upTo, Categories: map[string][]string{
					"Context": {"MROD"}, "Special Category Designators": {"ATOMAL", "BOHEMIA"}, "Only": {n}, "Releasable To": {n},
				},
			}}}
		}
		f.Routes = append(f.Routes, r)
	}
	return f
}
