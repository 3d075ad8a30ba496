//go:build integration && !race

package ldapbook_test

import (
	"testing"

	"caveat/ldapbook/ldaptest"
)

// Killed while it reads a real server.
func TestIntegrationKilledClient(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, Entries: crowd(killSize)})
	killAgain(t, s, s.URL, killMoments()/2)
}
