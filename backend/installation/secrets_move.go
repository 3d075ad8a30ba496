package installation

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A move of secrets says first where they go to, then puts them there, then says that they are there, and removes them where they were.
// The place file names the other place all the while (placeOf.Left): whenever the process ends, the secrets are where it says that they
// are, whole, and what lies at the other place is removed by whoever opens them next.

// isLeft reports that a move did not come to its end.
func (f *placeFile) isLeft(p placeOf) bool {
	if p.Left != nil {
		return true
	}
	_, err := os.Lstat(filepath.Join(f.dir, "secrets.age"))
	return p.Place == SecretsInKeychain && err == nil
}

// finish removes what a move has left at the other place. Where that cannot be done yet, as with a keychain that is locked, it stays
// noted, and the secrets are in use all the same.
func (f *placeFile) finish() (now placeOf, err error) {
	err = f.locked(func() error {
		if now, err = f.read(); err == nil && f.isLeft(now) {
			if done, failed := f.cleared(now); failed == nil {
				now = done
			}
		}
		return err
	})
	return now, err
}

// cleared removes what lies at the other place, and strikes it off.
func (f *placeFile) cleared(now placeOf) (placeOf, error) {
	if now.Left == nil {
		now.Left = &placeOf{Place: SecretsInFile}
	}
	if err := f.empty(*now.Left); err != nil {
		return now, err
	}
	now.Left = nil
	return now, f.write(now)
}

func (f *placeFile) empty(left placeOf) error {
	if left.Place == SecretsInKeychain {
		return forget(left)
	}
	for _, name := range []string{"secrets.age", "secrets.key"} {
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: they are in the keychain now, and in the file still: remove it: %w", ErrSecret, err)
		}
	}
	return nil
}

// move takes all secrets to another place. They are removed from the old one only when all can be read at the new one.
func (f *placeFile) move(to string) error {
	if to == SecretsInKeychain {
		if err := probeKeychain(); err != nil {
			return fmt.Errorf("%w: they stay in the file: %w", ErrSecret, err)
		}
	}
	return f.locked(func() error {
		now, err := f.read()
		if err == nil && f.isLeft(now) {
			now, err = f.cleared(now)
		}
		if err != nil || now.Place == to {
			return err
		}
		all, err := f.all(now)
		if err != nil {
			return err
		}
		next := placeOf{Place: to}
		if to == SecretsInKeychain {
			next.ID = rand.Text()
			for name := range all {
				next.Names = append(next.Names, name)
			}
			slices.Sort(next.Names)
		}
		return f.transfer(now, next, all)
	})
}

func (f *placeFile) transfer(now, next placeOf, all map[string]string) error {
	old := now
	now.Left = &next
	if err := f.write(now); err != nil {
		return err
	}
	if next.Place == SecretsInFile {
		if err := NewAgeFile(f.dir).write(all); err != nil {
			return err
		}
	}
	for _, name := range next.Names {
		if err := moved(next, name, all[name]); err != nil {
			return err
		}
	}
	next.Left = &old
	if err := f.write(next); err != nil {
		return err
	}
	_, err := f.cleared(next)
	return err
}

// all gives the secrets of a place.
func (f *placeFile) all(now placeOf) (map[string]string, error) {
	if now.Place == SecretsInFile {
		return NewAgeFile(f.dir).read()
	}
	chain, all := &keychain{f}, map[string]string{}
	for _, name := range now.Names {
		value, err := chain.Secret(name)
		if errors.Is(err, ErrNotStored) { // listed, and the process ended before it was stored
			continue
		}
		if err != nil {
			return nil, err
		}
		all[name] = value
	}
	return all, nil
}
