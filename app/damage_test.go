//go:build linux

package app_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDamageIsOneLine: a corrupt database, a data directory that cannot be written to and a full disk each give one line that says how to
// go on, and lose nothing that was there.
func TestDamageIsOneLine(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	if r := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example")); r.status != 0 {
		t.Fatal(r.stderr)
	}
	draft := draftFor(t, "SECRET", mrod, "officer@gbr.example")
	commands := [][]string{{"outbox", "list"}, {"send", "--draft", draft}, {"audit", "export"}, {"serve", "--listen", "127.0.0.1:0"}, {"backup", filepath.Join(t.TempDir(), "b")}}
	t.Run("corrupt database", func(t *testing.T) {
		for _, how := range []func([]byte) []byte{
			func(db []byte) []byte {
				return append([]byte("this is no database, and longer than its header"), db[47:]...)
			},
			func(db []byte) []byte { return db[:len(db)/3/4096*4096] },
		} {
			data := copyData(t, e.data)
			path := filepath.Join(data, "caveat.db")
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spoilt := how(whole)
			if err := os.WriteFile(path, spoilt, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, c := range commands {
				r := caveat(t, "", append(c, "--data", data)...)
				if r.status != 1 || !isOneLine(r.stderr) || !strings.Contains(r.stderr, "damaged") || !strings.Contains(r.stderr, "backup") || c[0] != "backup" && !strings.Contains(r.stderr, "caveat restore") {
					t.Errorf("%v: %d: %q", c, r.status, r.stderr)
				}
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(spoilt) {
				t.Errorf("what was left of it is changed: %v", err)
			}
		}
	})
	t.Run("read-only directory", func(t *testing.T) {
		data := copyData(t, e.data)
		before := digestOf(t, data)
		lock(t, data)
		for _, c := range append(commands, []string{"installation", "secret", "smtp"}, []string{"directory", "remove", "DEU"}) {
			if c[0] == "backup" {
				continue // that is possible
			}
			status, said := withoutPrivilege(t, append(c, "--data", data)...)
			if status != 1 || !isOneLine(said) || !strings.Contains(said, "cannot be written to") {
				t.Errorf("%v: %d: %q", c, status, said)
			}
		}
		if status, said := withoutPrivilege(t, "doctor", "--local", "--data", data); status != 3 || !strings.Contains(said, "cannot be written to") || !strings.Contains(said, "sound, schema") {
			t.Errorf("doctor: %d: %s", status, said)
		}
		unlock(t, data)
		if digestOf(t, data) != before {
			t.Error("something was changed")
		}
		if r := caveat(t, "", "send", "--data", data, "--draft", draft); r.status != 0 {
			t.Errorf("once it can be written to again: %d: %s", r.status, r.stderr)
		}
	})
	t.Run("full disk", func(t *testing.T) {
		data := copyData(t, e.data)
		settings := filepath.Join(data, "installation.toml")
		before, err := os.ReadFile(settings)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range [][]string{{"directory", "remove", "DEU"}, {"installation", "import", write(t, "other.toml", string(before)+"\n# another one\n")}, {"backup", filepath.Join(t.TempDir(), "b")}} {
			status, said := onFullDisk(t, 4, append(c, "--data", data)...)
			if status != 1 || !strings.Contains(said, "make room") {
				t.Errorf("%v: %d: %q", c, status, said)
			}
			if after, err := os.ReadFile(settings); err != nil || string(after) != string(before) {
				t.Errorf("%v: the settings are others: %v", c, err)
			}
			if c[0] == "backup" {
				if _, err := os.Stat(c[1]); err == nil {
					t.Error("half a backup is there")
				}
			}
		}
		if d := diagnose(t, "--local", "--data", data); d.status != 0 {
			t.Errorf("afterwards: %+v", d)
		}
	})
}

func isOneLine(s string) bool { return strings.Count(s, "\n") == 1 && strings.HasPrefix(s, "caveat: ") }

// digestOf writes down every file of a data directory but those that locks and SQLite's shared memory are.
func digestOf(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "lock" || strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, "-wal") {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&out, "%s %d %q\n", path, len(data), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func lock(t *testing.T, dir string)   { allow(t, dir, 0o500, 0o400) }
func unlock(t *testing.T, dir string) { allow(t, dir, 0o700, 0o600) }

func allow(t *testing.T, dir string, folder, file os.FileMode) {
	t.Helper()
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			err = os.Chmod(path, file)
		}
		return err
	})
	if err == nil {
		err = os.Chmod(dir, folder)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// withoutPrivilege runs a command as somebody to whom modes of files mean something: root is not held to them.
func withoutPrivilege(t *testing.T, args ...string) (status int, said string) {
	t.Helper()
	if os.Getuid() != 0 {
		return around(t, nil, args...)
	}
	return around(t, []string{"setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--"}, args...)
}

// onFullDisk runs a command where no file may become larger than so many KiB.
func onFullDisk(t *testing.T, kibibytes int64, args ...string) (status int, said string) {
	t.Helper()
	return around(t, []string{"bash", "-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, kibibytes)}, args...)
}

// around runs the program by another one, and gives what it wrote.
func around(t *testing.T, by []string, args ...string) (status int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := command(t, ctx, args...)
	if len(by) > 0 {
		path, err := exec.LookPath(by[0])
		if err != nil {
			t.Fatal(err)
		}
		cmd.Args = append(append(append([]string{}, by...), cmd.Path), args...)
		cmd.Path = path
	}
	cmd.Stdin = strings.NewReader("secret")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}
