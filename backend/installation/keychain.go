package installation

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"
)

// keychain keeps secrets in the system's: the Secret Service of the desktop by D-Bus, the Credential Manager of Windows, the Keychain
// of macOS. Each data directory has a service of its own there, by a name that is made once and kept with the directory, so that a
// directory that is moved takes its secrets along. What is stored there is listed in the place file: a keychain cannot be asked for that.
type keychain struct{ place *placeFile }

// How long the keychain may take: one that is locked asks its user first.
const (
	keychainTime = 60 * time.Second
	probeTime    = 10 * time.Second
)

// Secret gives one secret.
func (k *keychain) Secret(name string) (string, error) {
	p, err := k.now()
	if err != nil {
		return "", err
	}
	var value string
	err = within(keychainTime, func() (err error) {
		value, err = keyring.Get(p.service(), name)
		return err
	})
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return "", notStored(name)
	case err != nil:
		return "", fmt.Errorf("%w %q cannot be read from the system's keychain: %w", ErrSecret, name, err)
	}
	return value, nil
}

// SetSecret stores or removes one secret.
func (k *keychain) SetSecret(name, value string) error {
	return k.place.locked(func() error { return k.set(name, value) })
}

// now is the place file, as long as the keychain is where the secrets are.
func (k *keychain) now() (placeOf, error) {
	p, err := k.place.read()
	if err == nil && (p.Place != SecretsInKeychain || p.ID == "") {
		err = fmt.Errorf("%w: they are not in the keychain any more", ErrSecret)
	}
	return p, err
}

// set needs the lock. The name is listed first and struck off last: what is in the keychain is always listed.
func (k *keychain) set(name, value string) error {
	p, err := k.now()
	if err != nil {
		return err
	}
	if value != "" {
		if err := k.place.write(p.with(name)); err != nil {
			return err
		}
		err := within(keychainTime, func() error { return keyring.Set(p.service(), name, value) })
		if err != nil {
			return fmt.Errorf("%w %q cannot be stored in the system's keychain: %w", ErrSecret, name, err)
		}
		return nil
	}
	err = within(keychainTime, func() error { return keyring.Delete(p.service(), name) })
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return fmt.Errorf("%w %q cannot be removed from the system's keychain: %w", ErrSecret, name, err)
	}
	return k.place.write(p.without(name))
}

// errNoKeychain: the system has none, or it does not work.
var errNoKeychain = errors.New("no keychain")

// probeKeychain stores something, reads it and removes it: that a keychain is there does not say that it works. nil: it does.
func probeKeychain() error {
	if !mayHaveKeychain() {
		return fmt.Errorf("%w: there is no D-Bus session", errNoKeychain)
	}
	service, value := "caveat probe "+rand.Text(), rand.Text()
	err := within(probeTime, func() error {
		if err := keyring.Set(service, "probe", value); err != nil {
			return err
		}
		got, err := keyring.Get(service, "probe")
		if err := errors.Join(err, keyring.Delete(service, "probe")); err != nil {
			return err
		}
		if got != value {
			return errors.New("it gave another value than was stored")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errNoKeychain, err)
	}
	return nil
}

// mayHaveKeychain keeps the probe from starting a D-Bus session where there is none: it would stay behind.
func mayHaveKeychain() bool {
	if runtime.GOOS != "linux" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil
}

// asking is held by whoever asks the keychain: one thing at a time, since not every system's is made for more.
var asking = make(chan struct{}, 1)

// within waits so long for the keychain. What was asked goes on: nothing can end it.
func within(most time.Duration, ask func() error) error {
	done := make(chan error, 1)
	go func() {
		asking <- struct{}{}
		defer func() { <-asking }()
		done <- ask()
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(most):
		return fmt.Errorf("it did not answer in %s: unlock it, or keep the secrets in a file (--secrets file)", most)
	}
}

// moved stores a secret in the keychain under a place that nobody reads yet, and makes sure that it can be read.
func moved(p placeOf, name, value string) error {
	err := within(keychainTime, func() error {
		if err := keyring.Set(p.service(), name, value); err != nil {
			return err
		}
		got, err := keyring.Get(p.service(), name)
		if err == nil && got != value {
			err = errors.New("it gave another value than was stored")
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%w %q cannot be moved to the system's keychain, and stays in the file: %w", ErrSecret, name, err)
	}
	return nil
}

// forget removes what a place has in the keychain.
func forget(p placeOf) error {
	for _, name := range p.Names {
		err := within(keychainTime, func() error { return keyring.Delete(p.service(), name) })
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return fmt.Errorf("%w %q is in the file now, and in the system's keychain still: %w", ErrSecret, name, err)
		}
	}
	return nil
}
