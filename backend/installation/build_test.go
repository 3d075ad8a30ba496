package installation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
)

func TestValidInstallation(t *testing.T) {
	in := mustLoad(t, valid(t))
	if len(in.Warnings) != 0 || in.Managed {
		t.Errorf("warnings %v, managed %v", in.Warnings, in.Managed)
	}
	if d := in.Directories[0]; d.Roots == nil || d.Ceiling != nil || d.Timeout.Duration != 8*time.Second {
		t.Errorf("directory %+v", d.DirectoryFile)
	}
	if d := in.Directories[1]; d.Roots != nil || d.Ceiling == nil || strings.Join(d.Ceiling.Classifications, ",") != "OPEN" {
		t.Errorf("directory %+v, ceiling %+v", d.DirectoryFile, d.Ceiling)
	}
	own, other := in.Routes[0], in.Routes[1]
	if len(own.Links) != 1 || len(own.Clearances) != 1 || strings.Join(own.Clearances[0].Classifications, ",") != strings.Join(in.SystemHigh.Classifications, ",") {
		t.Errorf("the own route: %+v", own)
	}
	if other.Domain != "bor.example" || len(other.Clearances) != 1 {
		t.Errorf("the other route: %+v", other)
	}
	if in.Accounts[0].Roots == nil || strings.Join(in.Secrets(), " ") != "ldap-atl smtp-atl" {
		t.Errorf("account %+v, secrets %v", in.Accounts[0], in.Secrets())
	}
	var out strings.Builder
	in.Describe(&out)
	for _, want := range []string{"HQ (ATL), not centrally managed", "policy TESTLAND version 7", "directory BOR of BOR", "account atl: smtp mail.atl.example:587"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the description lacks %q:\n%s", want, out.String())
		}
	}
}

// Every slip of an administrator is an error: none may silently become a rule that is missing or a grant that is none.
func TestInvalidInstallations(t *testing.T) {
	type file = installation.File
	for name, change := range map[string]func(*file){
		"no policy":                    func(f *file) { f.Policies = nil },
		"policy neither file nor spif": func(f *file) { f.Policies[0].SPIF = "" },
		"policy file and spif":         func(f *file) { f.Policies[0].File = "x.xml" },
		"policy file missing":          func(f *file) { f.Policies[0].SPIF, f.Policies[0].File = "", "missing.xml" },
		"policy malformed":             func(f *file) { f.Policies[0].SPIF = "<x/>" },
		"policy of another edition":    func(f *file) { f.Policies[0].SHA256 = strings.Repeat("0", 64) },
		"policy twice":                 func(f *file) { f.Policies = append(f.Policies, f.Policies[0]) },
		"required tag set unknown":     func(f *file) { f.Policies[0].RequireTagSets = []string{"Releasable"} },
		"system without name":          func(f *file) { f.System.Name = "" },
		"system without nation":        func(f *file) { f.System.Nation = "" },
		"system without clearance":     func(f *file) { f.System.Clearance = installation.Clearance{} },
		"drafting age negative":        func(f *file) { f.Check.DraftingAge.Duration = -1 },
		"sending age negative":         func(f *file) { f.Check.SendingAge.Duration = -1 },
		"deadline negative":            func(f *file) { f.Check.Deadline.Duration = -1 },
		"review negative":              func(f *file) { f.Check.ReviewAfter.Duration = -1 },
		"protected tag set unknown":    func(f *file) { f.Check.ProtectedTagSets = []string{"Olny"} },
		"ca without name":              func(f *file) { f.CAs[0].Name = "" },
		"ca twice":                     func(f *file) { f.CAs = append(f.CAs, f.CAs[0]) },
		"ca without certificate":       func(f *file) { f.CAs[0].PEM = "no PEM" },
		"ca neither file nor pem":      func(f *file) { f.CAs[0].PEM = "" },
		"ca file and pem":              func(f *file) { f.CAs[0].File = "ca.pem" },
		"ca file missing":              func(f *file) { f.CAs[0].PEM, f.CAs[0].File = "", "missing.pem" },
		"directory without name":       func(f *file) { f.Directories[1].Name = "" },
		"directory twice":              func(f *file) { f.Directories[1].Name = "ATL" },
		"directory without nation":     func(f *file) { f.Directories[1].Nation = "" },
		"directory without base":       func(f *file) { f.Directories[1].BaseDN = "" },
		"directory without url":        func(f *file) { f.Directories[1].URLs = nil },
		"directory's security":         func(f *file) { f.Directories[1].Security = "tls" },
		"directory's mode":             func(f *file) { f.Directories[1].Mode = "lookup" },
		"directory's ca unknown":       func(f *file) { f.Directories[0].CA = "other" },
		"directory without ca":         func(f *file) { f.Directories[0].CA = "" },
		"ldaps with an ldap url":       func(f *file) { f.Directories[0].Security = "ldaps" },
		"plain with an ldaps url":      func(f *file) { f.Directories[1].URLs = []string{"ldaps://ldap.bor.example"} },
		"url of another kind":          func(f *file) { f.Directories[1].URLs = []string{"http://ldap.bor.example"} },
		"url without a host":           func(f *file) { f.Directories[1].URLs = []string{"ldap:///dc=bor"} },
		"url malformed":                func(f *file) { f.Directories[1].URLs = []string{"ldap://%zz"} },
		"two directories, one domain":  func(f *file) { f.Directories[1].MailDomains = []string{"ATL.example"} },
		"domain twice":                 func(f *file) { f.Directories[1].ChatDomains = []string{"a.example", "A.example"} },
		"empty domain":                 func(f *file) { f.Directories[1].MailDomains = []string{""} },
		"address for a domain":         func(f *file) { f.Directories[1].ChatDomains = []string{"x@bor.example"} },
		"directory's timeout":          func(f *file) { f.Directories[1].Timeout.Duration = -time.Second },
		"directory's page size":        func(f *file) { f.Directories[1].PageSize = -1 },
		"ceiling of unknown class":     func(f *file) { f.Directories[1].PlainCeiling.UpTo = "OPNE" },
		"route without domain":         func(f *file) { f.Routes[0].Domain = "" },
		"route without nation":         func(f *file) { f.Routes[1].Nation = "" },
		"route's channel":              func(f *file) { f.Routes[0].Channel = "fax" },
		"route twice":                  func(f *file) { f.Routes[0].Domain = "bor.EXAMPLE" },
		"route to no domain":           func(f *file) { f.Routes[1].Domain = "b\u043er.example" }, // a Cyrillic letter
		"directory of no domain":       func(f *file) { f.Directories[1].MailDomains = []string{"\u2603.example"} },
		"two directories, one domain in letters and in ASCII": func(f *file) {
			f.Directories[0].MailDomains, f.Directories[1].MailDomains = []string{"m\u00fcller.example"}, []string{"XN--MLLER-KVA.example"}
		},
		"route twice, in letters and in ASCII": func(f *file) {
			f.Routes[0].Domain, f.Routes[1].Domain = "xn--mller-kva.example", "mu\u0308ller.example"
		},
		"route without links":         func(f *file) { f.Routes[1].Links = nil },
		"own route with links":        func(f *file) { f.Routes[1].Own = true },
		"own route of another nation": func(f *file) { f.Routes[0].Nation = "BOR" },
		"link's clearance unknown":    func(f *file) { f.Routes[1].Links[0].Clearance.Categories["Releasable To"][0] = "ALT" },
		"account without name":        func(f *file) { f.Accounts[0].Name = "" },
		"account twice":               func(f *file) { f.Accounts = append(f.Accounts, f.Accounts[0]) },
		"account's kind":              func(f *file) { f.Accounts[0].Kind = "imap" },
		"account without port":        func(f *file) { f.Accounts[0].Address = "mail.atl.example" },
		"account without host":        func(f *file) { f.Accounts[0].Address = ":587" },
		"account's security":          func(f *file) { f.Accounts[0].Security = "ldaps" },
		"account's ca unknown":        func(f *file) { f.Accounts[0].CA = "other" },
		"account's timeout":           func(f *file) { f.Accounts[0].Timeout.Duration = -1 },
		"identity without user":       func(f *file) { f.Identities[0].User = "" },
		"identity without dn":         func(f *file) { f.Identities[0].DN = "" },
		"identity without address":    func(f *file) { f.Identities[0].Mail = "" },
		"identity's directory":        func(f *file) { f.Identities[0].Directory = "DEU" },
		"identity of another nation":  func(f *file) { f.Identities[0].Directory = "BOR" },
		"identity's role":             func(f *file) { f.Identities[0].Roles = []string{"admin"} },
		"identity's empty roles":      func(f *file) { f.Identities[0].Roles = []string{} },
		"identity's account":          func(f *file) { f.Identities[0].Account = "deu" },
		"rule without name":           func(f *file) { f.Rules[0].Name = "" },
		"rule's outcome":              func(f *file) { f.Rules[0].Outcome = "cleared" },
		"rule's channel":              func(f *file) { f.Rules[0].Channel = "fax" },
		"rule's classification":       func(f *file) { f.Rules[0].Classification = "OPNE" },
		"rule ends before it begins":  func(f *file) { f.Rules[0].From = f.Rules[0].Until.Add(time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			f := valid(t)
			change(&f)
			in, err := load(t, f)
			if !errors.Is(err, installation.ErrInvalid) || in != nil {
				t.Errorf("%v, %v", in, err)
			}
		})
	}
}

// Warn is the only relaxation: there is no ignoring.
func TestRule14ActionsOfRules(t *testing.T) {
	for _, action := range []string{"", "ignore", "pass", "block", "WARN"} {
		f := valid(t)
		f.Rules[0].Action = action
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("action %q: %v", action, err)
		}
	}
}

func TestRule14RuleSets(t *testing.T) {
	f := valid(t)
	f.Rules = append(f.Rules, f.Rules[0], f.Rules[0])
	f.Rules[1].Set, f.Rules[2].Set = "phase 1", "phase 2"
	in := mustLoad(t, f)
	if len(in.ActiveRules()) != 1 || len(in.Warnings) != 0 {
		t.Errorf("without an active set: %d rules, warnings %v", len(in.ActiveRules()), in.Warnings)
	}
	f.Check.ActiveRuleSets = []string{"phase 2"}
	in = mustLoad(t, f)
	if got := in.ActiveRules(); len(got) != 2 || got[1].Set != "phase 2" || len(in.Warnings) != 0 {
		t.Errorf("with one: %+v, warnings %v", got, in.Warnings)
	}
	f.Check.ActiveRuleSets = []string{"phase 3"}
	if in = mustLoad(t, f); len(in.ActiveRules()) != 1 || len(in.Warnings) != 1 {
		t.Errorf("with one that has no rule: %d rules, warnings %v", len(in.ActiveRules()), in.Warnings)
	}
}

// A policy that nobody is known to have signed needs somebody's word.
func TestRule17AcceptUnsigned(t *testing.T) {
	for _, word := range []string{"", " \n"} {
		f := valid(t)
		f.Policies[0].AcceptUnsigned = word
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("accept_unsigned = %q: %v", word, err)
		}
	}
}

func TestRule17PolicyWarnings(t *testing.T) {
	in := mustLoad(t, valid(t))
	end := time.Date(2039, 12, 31, 23, 59, 59, 0, time.UTC)
	for name, c := range map[string]struct {
		now  time.Time
		want string
	}{
		"long before": {end.AddDate(0, 0, -31), ""},
		"30 days":     {end.AddDate(0, 0, -30).Add(time.Second), "Policy TESTLAND ends on 31 Dec 2039."},
		"its end":     {end, "Policy TESTLAND ends on 31 Dec 2039."},
		"after":       {end.Add(time.Second), "Policy TESTLAND ended on 31 Dec 2039: nothing can be cleared under it."},
	} {
		if got := strings.Join(in.PolicyWarnings(c.now), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	f := valid(t)
	f.Policies[0].SPIF = strings.Replace(f.Policies[0].SPIF, `notAfter="2039-12-31T23:59:59Z"`, "", 1)
	if got := mustLoad(t, f).PolicyWarnings(end.AddDate(100, 0, 0)); len(got) != 0 {
		t.Errorf("a policy without an end: %v", got)
	}
}
