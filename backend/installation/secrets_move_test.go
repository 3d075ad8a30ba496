package installation_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/zalando/go-keyring"

	"caveat/backend/installation"
)

// What is stored while another process moves the secrets is at the new place afterwards, and nowhere else.
func TestStoredWhileTheyAreMoved(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	keyring.MockInit()
	for _, way := range [][2]string{{installation.SecretsInFile, installation.SecretsInKeychain}, {installation.SecretsInKeychain, installation.SecretsInFile}} {
		for i := range 60 {
			dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
			must(t, vault(t, dir, way[0]).SetSecret("a", "1"))
			other := vault(t, dir, "")
			var wg sync.WaitGroup
			wg.Go(func() {
				if _, err := installation.OpenSecrets(dir, way[1]); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if err := other.SetSecret("b", "2"); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if got, err := other.Secret("a"); got != "1" {
					t.Errorf("read meanwhile: %q, %v", got, err)
				}
			})
			wg.Wait()
			holds(t, vault(t, dir, ""), way[1], map[string]string{"a": "1", "b": "2"})
		}
	}
	if got, err := keyring.Get("caveat ", "b"); err == nil {
		t.Errorf("one lies in the keychain under nobody's name: %q", got)
	}
}

// A process that ends in the middle of a move leaves the secrets where the place file says that they are. Whoever opens them next removes
// what lies at the other place: nothing that was removed since comes back from there.
func TestMoveThatWasKilled(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	keyring.MockInit()
	begun := t.TempDir()
	must(t, vault(t, begun, installation.SecretsInFile).SetSecret("old", "leaked"))

	dir := filepath.Join(t.TempDir(), "before it was said that they are there")
	must(t, os.CopyFS(dir, os.DirFS(begun)))
	write(t, dir, "secrets.place", `{"place":"file","left":{"place":"keychain","id":"HALF","names":["new","old"]}}`)
	must(t, keyring.Set("caveat HALF", "old", "leaked"))
	holds(t, vault(t, dir, ""), installation.SecretsInFile, map[string]string{"old": "leaked"})
	if _, err := keyring.Get("caveat HALF", "old"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("it is in the keychain still: %v", err)
	}
	if text := onDisk(t, dir); strings.Contains(text, "left") {
		t.Errorf("it is not done: %s", text)
	}

	for what, left := range map[string]string{"after": `,"left":{"place":"file"}`, "of an earlier version": ""} {
		dir := filepath.Join(t.TempDir(), what)
		must(t, os.CopyFS(dir, os.DirFS(begun)))
		write(t, dir, "secrets.place", `{"place":"keychain","id":"`+what+`","names":["old"]`+left+`}`)
		must(t, keyring.Set("caveat "+what, "old", "leaked"))
		v := vault(t, dir, "")
		for _, name := range []string{"secrets.age", "secrets.key"} {
			if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %s is still there: %v", what, name, err)
			}
		}
		must(t, v.SetSecret("old", ""))
		holds(t, vault(t, dir, installation.SecretsInFile), installation.SecretsInFile, map[string]string{"old": ""})
	}
}

// A move that fails has said where it wanted to go to before it put anything there, and leaves the secrets where they are.
func TestMoveThatFails(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	keyring.MockInit()
	dir := t.TempDir()
	must(t, vault(t, dir, installation.SecretsInKeychain).SetSecret("ldap", "one"))
	inTheWay := filepath.Join(dir, "secrets.key")
	must(t, os.MkdirAll(filepath.Join(inTheWay, "x"), 0o700))
	if _, err := installation.OpenSecrets(dir, installation.SecretsInFile); !errors.Is(err, installation.ErrSecret) {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "secrets.place"))
	must(t, err)
	if !strings.Contains(string(text), `"left":{"place":"file"}`) {
		t.Errorf("it did not say where it went: %s", text)
	}
	holds(t, vault(t, dir, ""), installation.SecretsInKeychain, map[string]string{"ldap": "one"})
	must(t, os.RemoveAll(inTheWay))
	holds(t, vault(t, dir, installation.SecretsInFile), installation.SecretsInFile, map[string]string{"ldap": "one"})
}
