//go:build !race

package ldapbook_test

import (
	"testing"

	"caveat/ldapbook/ldaptest"
)

// What is killed is the test's own binary, so that under the race detector most of it would die while it starts.

// Killed at random moments during a sync: the book opens, is consistent, and the next sync completes it.
func TestKilled(t *testing.T) {
	s := ldaptest.New(ldaptest.Config{Suffix: suffix})
	must(t, s.Add(crowd(killSize)...))
	t.Cleanup(s.Close)
	s.SyncFaults(ldaptest.SyncFaults{CookieEvery: 700})
	ln := listen(t)
	go s.Serve(ln)
	killAgain(t, s, "ldap://"+ln.Addr().String(), killMoments())
}
