package installation_test

import (
	"strings"
	"testing"

	"caveat/backend/installation"
)

// TestRule19RolesOf: one user has all roles until the file gives roles; then it says all of it.
func TestRule19RolesOf(t *testing.T) {
	id := func(user string, roles ...string) installation.IdentityFile {
		return installation.IdentityFile{User: user, Roles: roles}
	}
	for name, tt := range map[string]struct {
		identities []installation.IdentityFile
		want       string
	}{
		"a new installation":                {nil, "drafter administrator auditor"},
		"no roles are given":                {[]installation.IdentityFile{id("sarah"), id("*")}, "drafter administrator auditor"},
		"nor to whoever is bound to none":   {[]installation.IdentityFile{id("tom")}, "drafter administrator auditor"},
		"an auditor is a drafter too":       {[]installation.IdentityFile{id("sarah", "auditor")}, "drafter auditor"},
		"of all identities":                 {[]installation.IdentityFile{id("sarah", "auditor"), id("*", "administrator")}, "drafter administrator auditor"},
		"only a drafter":                    {[]installation.IdentityFile{id("sarah", "drafter")}, "drafter"},
		"roles are given to another":        {[]installation.IdentityFile{id("sarah"), id("tom", "administrator")}, "drafter"},
		"roles are given, he is none there": {[]installation.IdentityFile{id("tom", "administrator")}, ""},
	} {
		f := installation.File{Identities: tt.identities}
		if got := f.RolesOf("sarah"); strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", name, got, tt.want)
		}
	}
}
