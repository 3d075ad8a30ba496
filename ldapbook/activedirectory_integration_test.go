//go:build integration

package ldapbook_test

import (
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationActiveDirectorySchema: the preset and the assistant on a real server that has Active Directory's classes.
func TestIntegrationActiveDirectorySchema(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, Schema: ldaptest.ActiveDirectorySchema, Entries: activeDirectory(3200)})
	src := ldapbook.Source{Name: "Norland", Nation: "NOR", URLs: []string{s.TLSURL}, Security: ldapbook.TransportLDAPS,
		RootCAs: s.CA.Pool(), BaseDN: suffix, PageSize: 7}
	checkActiveDirectory(t, src, 3200)
	proposeActiveDirectory(t, src)
}
