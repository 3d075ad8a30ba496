package installation_test

import (
	"slices"
	"testing"

	"caveat/backend/installation"
)

func TestFieldChanges(t *testing.T) {
	type change = installation.FieldChange
	for name, c := range map[string]struct {
		before, after string
		want          []change
	}{
		"nothing": {"", "", nil},
		"a value": {
			"[[directory]]\nname = 'UKR'\nevery = '15m'\nurls = ['ldap://a', 'ldap://b']", "[[directory]]\nname = 'UKR'\nevery = '30m'\nurls = ['ldap://a']",
			[]change{
				{"directory", "UKR", "every", "changed", "15m", "30m"},
				{"directory", "UKR", "urls", "changed", "ldap://a, ldap://b", "ldap://a"},
			},
		},
		"a value that was not there, and one that is gone": {
			"[check]\nsending_age = '5m'", "[check]\nactive_rule_sets = ['phase 2']",
			[]change{{"check", "", "active_rule_sets", "added", "", "phase 2"}, {"check", "", "sending_age", "removed", "5m", ""}},
		},
		"a list that is empty now": {
			"[check]\nprotected_tag_sets = ['Only']", "[check]\nprotected_tag_sets = []",
			[]change{{"check", "", "protected_tag_sets", "changed", "Only", ""}},
		},
		"sections": {
			"[[rule]]\nname = 'a'\n[[rule]]\nname = 'b'", "[[rule]]\nname = 'c'",
			[]change{{"rule", "a", "", "removed", "", ""}, {"rule", "b", "", "removed", "", ""}, {"rule", "c", "", "added", "", ""}},
		},
		"another name": {
			"[[rule]]\nname = 'a'\noutcome = 'stale'", "[[rule]]\nname = 'b'\noutcome = 'stale'",
			[]change{{"rule", "a", "name", "changed", "a", "b"}},
		},
		"tables below": {
			"[[route]]\ndomain = 'x'\nchannel = 'mail'\n[[route.link]]\nname = 'l'\n[route.link.clearance]\nlevel = 'SECRET'",
			"[[route]]\ndomain = 'x'\nchannel = 'mail'\n[[route.link]]\nname = 'l'\n[route.link.clearance]\nlevel = 'RESTRICTED'",
			[]change{{"route", "x mail", "link.1.clearance.level", "changed", "SECRET", "RESTRICTED"}},
		},
		"no TOML": {"[", "]", nil},
	} {
		if got := installation.FieldChanges(c.before, c.after); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
