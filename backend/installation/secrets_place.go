package installation

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"caveat/backend/store"
)

// Where secrets are kept.
const (
	SecretsInKeychain = "keychain" // of the system
	SecretsInFile     = "file"     // AgeFile
)

// Vault is the secrets of a data directory, wherever they are kept. It is safe for concurrent use, also beside a process that moves them.
type Vault struct {
	file   *placeFile
	choice string
	age    *AgeFile
	chain  *keychain
}

// OpenSecrets opens the secrets of a data directory, which are kept where choice says: SecretsInKeychain, SecretsInFile, or "" for where
// they are already. A directory that has none yet gets its first into the keychain where there is one that works, else into the file, and
// keeps to that. Another choice than before moves them all. ErrSecret.
func OpenSecrets(dir, choice string) (*Vault, error) {
	if choice != "" && choice != SecretsInKeychain && choice != SecretsInFile {
		return nil, fmt.Errorf("%w: they are kept in %q or %q, not in %q", ErrSecret, SecretsInKeychain, SecretsInFile, choice)
	}
	f := &placeFile{dir}
	v := &Vault{file: f, choice: choice, age: NewAgeFile(dir), chain: &keychain{f}}
	now, err := f.read()
	if err == nil && f.isLeft(now) {
		now, err = f.finish()
	}
	if err == nil && choice != "" && now.Place != "" && now.Place != choice {
		err = f.move(choice)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Place says where the secrets are: SecretsInKeychain, SecretsInFile, or "" as long as there are none.
func (v *Vault) Place() (string, error) {
	p, err := v.file.read()
	return p.Place, err
}

// Secret implements Secrets.
func (v *Vault) Secret(name string) (string, error) {
	p, err := v.file.read()
	for err == nil {
		var value string
		if value, err = v.at(p).Secret(name); err == nil {
			return value, nil
		}
		now, failed := v.file.read()
		if failed != nil || now.isAt(p) {
			break
		}
		p, err = now, nil // they were moved meanwhile
	}
	return "", err
}

func (v *Vault) at(p placeOf) Secrets {
	if p.Place == SecretsInKeychain {
		return v.chain
	}
	return v.age
}

// SetSecret implements Secrets. Where the secrets are is read and the secret written under one lock: one that is stored while another
// process moves them goes to where they are then.
func (v *Vault) SetSecret(name, value string) error {
	first, err := v.file.first(v.choice)
	if err != nil {
		return err
	}
	return v.file.locked(func() error {
		now, err := v.file.read()
		if err == nil && now.Place == "" && first == SecretsInKeychain {
			now = placeOf{Place: first, ID: rand.Text()}
			err = v.file.write(now)
		}
		switch {
		case err != nil:
			return err
		case now.Place == SecretsInKeychain:
			return v.chain.set(name, value)
		}
		return v.age.set(name, value)
	})
}

// placeFile is DATA/secrets.place: where the secrets are kept, and the names of those in the keychain. None of that is secret.
type placeFile struct{ dir string }

// placeOf is what it says.
type placeOf struct {
	Place string   `json:"place"`
	ID    string   `json:"id,omitempty"`    // of the data directory in the keychain
	Names []string `json:"names,omitempty"` // in the keychain, sorted
	// Left is the other place of a move that has not come to its end: what is there counts no more, or not yet, and is removed. It is
	// written before anything is put there, and struck off when nothing is there any more.
	Left *placeOf `json:"left,omitempty"`
}

func (p placeOf) isAt(other placeOf) bool { return p.Place == other.Place && p.ID == other.ID }

func (p placeOf) service() string { return "caveat " + p.ID }

func (p placeOf) with(name string) placeOf {
	p = p.without(name)
	p.Names = append(p.Names, name)
	slices.Sort(p.Names)
	return p
}

func (p placeOf) without(name string) placeOf {
	p.Names = slices.DeleteFunc(slices.Clone(p.Names), func(n string) bool { return n == name })
	return p
}

func (f *placeFile) path() string { return filepath.Join(f.dir, "secrets.place") }

// read says where the secrets are; an empty Place where there are none yet.
func (f *placeFile) read() (placeOf, error) {
	data, err := os.ReadFile(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(filepath.Join(f.dir, "secrets.age")); err == nil {
			return placeOf{Place: SecretsInFile}, nil
		}
		return placeOf{}, nil
	}
	var p placeOf
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err == nil && p.Place != SecretsInFile && (p.Place != SecretsInKeychain || p.ID == "") {
		err = errors.New("it does not say where the secrets are")
	}
	if err != nil {
		return placeOf{}, fmt.Errorf("%w: %s: %w", ErrSecret, f.path(), err)
	}
	return p, nil
}

func (f *placeFile) write(p placeOf) error {
	data, err := json.Marshal(p)
	if err == nil {
		err = WriteFile(f.path(), append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return nil
}

// locked keeps other processes from changing secrets meanwhile.
func (f *placeFile) locked(do func() error) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return store.Exclusive(filepath.Join(f.dir, "secrets.lock"), do)
}

// first says where the first secret of a directory that has none yet belongs. The keychain is asked before anything is locked: that may
// take its time.
func (f *placeFile) first(choice string) (string, error) {
	if now, err := f.read(); err != nil || now.Place != "" || choice == SecretsInFile {
		return SecretsInFile, err
	}
	switch err := probeKeychain(); {
	case err != nil && choice == SecretsInKeychain:
		return "", fmt.Errorf("%w: the keychain is where they belong: %w", ErrSecret, err)
	case err != nil:
		return SecretsInFile, nil
	}
	return SecretsInKeychain, nil
}
