package policybook_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/policybook"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// A version for which there is no room leaves no file behind.
func TestLoadWithoutRoomLeavesNothing(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	err = s.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
			INSERT INTO policy_version (sha256, name, id, version, loaded, loaded_by, warnings, notes, acceptance) SELECT 'x' || i, 'x', 'x', i, 0, '', 0, 0, '' FROM n`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../demo/policy.spif.xml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := spif.Parse(strings.NewReader(string(document)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := policybook.New(s, nil).Load(t.Context(), p, document, policybook.Version{}, nil); !errors.Is(err, policybook.ErrMany) {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(s.Dir(), "policies")); len(left) != 0 {
		t.Errorf("%v stay", left)
	}
}
