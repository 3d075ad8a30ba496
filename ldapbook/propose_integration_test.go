//go:build integration

package ldapbook_test

import (
	"slices"
	"testing"

	"caveat/ldapbook"
)

func TestIntegrationProposeInetOrgPerson(t *testing.T) {
	proposeInetOrgPerson(t, startSlapd)
	w := startSlapd(t, startOptions{entries: crowd(3)})
	p := propose(t, w.ldap)
	if !p.SchemaRead || p.Strategy != ldapbook.StrategySyncrepl || !slices.Contains(p.NamingContexts, suffix) ||
		!slices.Contains(p.Extensions, "1.3.6.1.4.1.1466.20037") || evidenceFor(p, "strategy", "supportedControl").Text == "" {
		t.Errorf("%+v", p)
	}
}
