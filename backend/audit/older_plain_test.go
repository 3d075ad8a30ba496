//go:build !race

package audit_test

import (
	"encoding/json"
	"testing"

	"caveat/backend/audit"
)

// Of a database that was there before the tree was, all lines are in it.
func TestTreeOfAnOlderLog(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	addMany(t, s, 12_000, func(n int) any { return n }) // more than are taken in at a time
	l := signed(s)
	p, err := l.Prove(t.Context(), 6001)
	must(t, err)
	text, err := json.Marshal(p)
	must(t, err)
	if got, err := audit.VerifyProof(text, audit.Keys{}); err != nil || got.Lines != 12_002 {
		t.Errorf("%+v, %v", got, err)
	}
}
