package installation_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"caveat/backend/installation"
)

var _ installation.Secrets = (*installation.AgeFile)(nil)

func TestAgeFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	a := installation.NewAgeFile(dir)
	if _, err := a.Secret("ldap-gbr"); !errors.Is(err, installation.ErrSecret) || !strings.Contains(err.Error(), "caveat installation secret ldap-gbr") {
		t.Errorf("one that is missing: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("asking made %s: %v", dir, err)
	}
	must(t, a.SetSecret("ldap-gbr", "pässwörd \"x\"\n"))
	must(t, a.SetSecret("smtp-gbr", "two"))
	must(t, installation.NewAgeFile(dir).SetSecret("smtp-gbr", "three")) // another process
	for name, want := range map[string]string{"ldap-gbr": "pässwörd \"x\"\n", "smtp-gbr": "three"} {
		if got, err := a.Secret(name); got != want || err != nil {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "secrets.age"))
	if must(t, err); strings.Contains(string(data), "ssw") || strings.Contains(string(data), "gbr") {
		t.Error("it is not encrypted")
	}
	must(t, a.SetSecret("smtp-gbr", ""))
	must(t, a.SetSecret("never-there", ""))
	if _, err := a.Secret("smtp-gbr"); !errors.Is(err, installation.ErrSecret) {
		t.Errorf("one that was removed: %v", err)
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 || strings.HasPrefix(e.Name(), ".new-") {
			t.Errorf("%s %o", e.Name(), info.Mode().Perm())
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
}

// What cannot be opened is an error, and is left as it is: nothing is stored over it, and no key is made for it.
func TestAgeFileThatCannotBeOpened(t *testing.T) {
	other := t.TempDir()
	must(t, installation.NewAgeFile(other).SetSecret("x", "y"))
	otherKey, err := os.ReadFile(filepath.Join(other, "secrets.key"))
	must(t, err)
	for name, damage := range map[string]func(age, key string) error{
		"wrong key":     func(_, key string) error { return os.WriteFile(key, otherKey, 0o600) },
		"key malformed": func(_, key string) error { return os.WriteFile(key, []byte("AGE-SECRET-KEY-1\n"), 0o600) },
		"key lost":      func(_, key string) error { return os.Remove(key) },
		"empty":         func(age, _ string) error { return os.Truncate(age, 0) },
		"cut off": func(age, _ string) error {
			info, err := os.Stat(age)
			must(t, err)
			return os.Truncate(age, info.Size()-1)
		},
		"a folder": func(age, _ string) error { return errors.Join(os.Remove(age), os.Mkdir(age, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a := installation.NewAgeFile(dir)
			must(t, a.SetSecret("ldap", "secret"))
			age, key := filepath.Join(dir, "secrets.age"), filepath.Join(dir, "secrets.key")
			must(t, damage(age, key))
			ageBefore, _ := os.ReadFile(age)
			keyBefore, _ := os.ReadFile(key)
			if got, err := a.Secret("ldap"); !errors.Is(err, installation.ErrSecret) || got != "" {
				t.Errorf("Secret: %q, %v", got, err)
			}
			if err := a.SetSecret("smtp", "more"); !errors.Is(err, installation.ErrSecret) {
				t.Errorf("SetSecret: %v", err)
			}
			ageAfter, _ := os.ReadFile(age)
			keyAfter, _ := os.ReadFile(key)
			if string(ageAfter) != string(ageBefore) || string(keyAfter) != string(keyBefore) {
				t.Error("it was written to")
			}
		})
	}
}

// Every byte of the encrypted file counts.
func TestAgeFileIsTamperedWith(t *testing.T) {
	dir := t.TempDir()
	a := installation.NewAgeFile(dir)
	must(t, a.SetSecret("ldap", "secret"))
	path := filepath.Join(dir, "secrets.age")
	data, err := os.ReadFile(path)
	must(t, err)
	for i := range data {
		altered := append([]byte(nil), data...)
		altered[i] ^= 1
		must(t, os.WriteFile(path, altered, 0o600))
		if got, err := a.Secret("ldap"); !errors.Is(err, installation.ErrSecret) {
			t.Fatalf("byte %d altered: %q, %v", i, got, err)
		}
	}
}

// Commands that store secrets at the same time: all are kept, under one key.
func TestAgeFileStoresAtTheSameTime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	const n = 12
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := installation.NewAgeFile(dir).SetSecret(fmt.Sprint(i), fmt.Sprint("secret ", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	a := installation.NewAgeFile(dir)
	for i := range n {
		if got, err := a.Secret(fmt.Sprint(i)); got != fmt.Sprint("secret ", i) || err != nil {
			t.Errorf("%d: %q, %v", i, got, err)
		}
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b")
	must(t, installation.WriteFile(path, []byte("one")))
	must(t, installation.WriteFile(path, []byte("two")))
	if data, err := os.ReadFile(path); string(data) != "two" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	for _, bad := range []string{filepath.Join(path, "below a file"), filepath.Join(dir, "folder")} {
		if err := installation.WriteFile(bad, []byte("x")); err == nil {
			t.Errorf("written over %s", bad)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
