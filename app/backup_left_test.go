package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What lies beside a backup while it is made bears its name, so that the next one to the same file finds what a killed one has left.
func TestBackupThatWasKilled(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "caveat.backup")
	var during []string
	if err := writeNew(file, func(io.Writer) error { during = leftBeside(file); return errors.New("no room") }); err == nil {
		t.Fatal("it did not fail")
	}
	if len(during) != 1 || !strings.Contains(filepath.Base(during[0]), "caveat.backup") {
		t.Errorf("while it is made: %v", during)
	}
	if left := leftBeside(file); len(left) > 0 {
		t.Errorf("what fails leaves %v", left)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), ".new-other.backup-1"), nil, 0o600); err != nil || len(leftBeside(file)) > 0 {
		t.Errorf("another's: %v, %v", leftBeside(file), err)
	}
}
