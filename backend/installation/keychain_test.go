package installation_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/zalando/go-keyring"

	"caveat/backend/installation"
)

// vault opens the secrets of a directory.
func vault(t *testing.T, dir, choice string) *installation.Vault {
	t.Helper()
	v, err := installation.OpenSecrets(dir, choice)
	must(t, err)
	return v
}

// holds makes sure of where the secrets are, and of their values; "": there is none.
func holds(t *testing.T, v *installation.Vault, place string, want map[string]string) {
	t.Helper()
	if got, err := v.Place(); got != place || err != nil {
		t.Errorf("they are in %q, %v, want %q", got, err, place)
	}
	for name, value := range want {
		got, err := v.Secret(name)
		if got != value || (err != nil) != (value == "") || err != nil && !errors.Is(err, installation.ErrSecret) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// onDisk is all that the files of a directory hold.
func onDisk(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	for _, f := range files {
		data, err := os.ReadFile(f)
		must(t, err)
		all.Write(data)
	}
	return all.String()
}

// inKeychain is what holds of any keychain that works: go-keyring's own for tests, and a real one in keychain_integration_test.go.
func inKeychain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	v := vault(t, dir, "")
	holds(t, v, "", map[string]string{"ldap": ""})
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("asking made %s: %v", dir, err)
	}
	must(t, v.SetSecret("ldap", "pässwörd \"x\"\n"))
	must(t, v.SetSecret("smtp", "two"))
	must(t, vault(t, dir, "").SetSecret("smtp", "three")) // another process
	all := map[string]string{"ldap": "pässwörd \"x\"\n", "smtp": "three", "xmpp": ""}
	holds(t, v, installation.SecretsInKeychain, all)
	if text := onDisk(t, dir); strings.Contains(text, "ssw") || strings.Contains(text, "three") {
		t.Errorf("the disk holds %s", text)
	}
	holds(t, vault(t, t.TempDir(), ""), "", map[string]string{"ldap": ""}) // another directory has its own

	// To the file: a process that has them open goes on; nothing stays in the keychain.
	moved := filepath.Join(t.TempDir(), "moved")
	must(t, os.CopyFS(moved, os.DirFS(dir)))
	holds(t, vault(t, dir, installation.SecretsInFile), installation.SecretsInFile, all)
	holds(t, v, installation.SecretsInFile, all)
	holds(t, vault(t, moved, ""), installation.SecretsInKeychain, map[string]string{"ldap": "", "smtp": ""})
	must(t, v.SetSecret("xmpp", "four"))

	// And back: nothing stays in the file.
	all["xmpp"] = "four"
	holds(t, vault(t, dir, installation.SecretsInKeychain), installation.SecretsInKeychain, all)
	for _, name := range []string{"secrets.age", "secrets.key"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
	must(t, v.SetSecret("ldap", ""))
	must(t, v.SetSecret("never-there", ""))
	holds(t, v, installation.SecretsInKeychain, map[string]string{"ldap": "", "smtp": "three"})
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			if err := vault(t, dir, "").SetSecret(name, "of "+name); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	holds(t, vault(t, dir, installation.SecretsInFile), installation.SecretsInFile, map[string]string{"a": "of a", "b": "of b", "c": "of c", "d": "of d"})
}

func TestKeychain(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere") // or it is not even asked
	keyring.MockInit()
	inKeychain(t)
}

// Without a keychain the first secret goes into the file, and stays there when one comes; what is in a keychain that is gone is an error
// that says so, and nothing is begun anew beside it.
func TestNoKeychain(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	dir, before := t.TempDir(), t.TempDir()
	keyring.MockInit()
	must(t, vault(t, before, "").SetSecret("ldap", "old"))
	keyring.MockInitWithError(errors.New("it is locked"))
	must(t, vault(t, dir, "").SetSecret("ldap", "one"))
	holds(t, vault(t, dir, ""), installation.SecretsInFile, map[string]string{"ldap": "one"})
	for what, try := range map[string]func() error{
		"a first one": func() error {
			return vault(t, filepath.Join(dir, "new"), installation.SecretsInKeychain).SetSecret("x", "y")
		},
		"a move":    func() error { _, err := installation.OpenSecrets(dir, installation.SecretsInKeychain); return err },
		"a read":    func() error { _, err := vault(t, before, "").Secret("ldap"); return err },
		"a change":  func() error { return vault(t, before, "").SetSecret("ldap", "new") },
		"a retreat": func() error { _, err := installation.OpenSecrets(before, installation.SecretsInFile); return err },
	} {
		if err := try(); !errors.Is(err, installation.ErrSecret) || !strings.Contains(err.Error(), "it is locked") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, d := range []string{before, filepath.Join(dir, "new")} {
		if _, err := os.Stat(filepath.Join(d, "secrets.age")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a file was begun in %s: %v", d, err)
		}
	}
	holds(t, vault(t, dir, ""), installation.SecretsInFile, map[string]string{"ldap": "one"})
	keyring.MockInit()
	must(t, vault(t, dir, "").SetSecret("ldap", "two"))
	holds(t, vault(t, dir, ""), installation.SecretsInFile, map[string]string{"ldap": "two"})
}

// A machine without a D-Bus session is not given one.
func TestNoSessionIsBegun(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	keyring.MockInit()
	dir := t.TempDir()
	must(t, vault(t, dir, "").SetSecret("ldap", "one"))
	holds(t, vault(t, dir, ""), installation.SecretsInFile, map[string]string{"ldap": "one"})
	if _, err := installation.OpenSecrets(dir, "cellar"); !errors.Is(err, installation.ErrSecret) {
		t.Errorf("another place: %v", err)
	}
}

// What does not say where the secrets are is an error, not a reason to begin anew.
func TestPlaceThatCannotBeRead(t *testing.T) {
	for _, text := range []string{"", "{}", `{"place":"keychain"}`, `{"place":"cellar","id":"x"}`} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "secrets.place"), []byte(text), 0o600))
		if _, err := installation.OpenSecrets(dir, ""); !errors.Is(err, installation.ErrSecret) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
