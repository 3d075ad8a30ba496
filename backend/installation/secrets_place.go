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
	s, err := v.now()
	if err != nil {
		return "", err
	}
	return s.Secret(name)
}

// SetSecret implements Secrets.
func (v *Vault) SetSecret(name, value string) error {
	if err := v.file.begin(v.choice); err != nil {
		return err
	}
	s, err := v.now()
	if err != nil {
		return err
	}
	return s.SetSecret(name, value)
}

func (v *Vault) now() (Secrets, error) {
	p, err := v.file.read()
	if err != nil || p.Place != SecretsInKeychain {
		return v.age, err
	}
	return v.chain, nil
}

// placeFile is DATA/secrets.place: where the secrets are kept, and the names of those in the keychain. None of that is secret.
type placeFile struct{ dir string }

// placeOf is what it says.
type placeOf struct {
	Place string   `json:"place"`
	ID    string   `json:"id,omitempty"`    // of the data directory in the keychain
	Names []string `json:"names,omitempty"` // in the keychain, sorted
}

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

// begin chooses where the secrets of a directory that has none yet will be. Only the keychain is written down: the file shows itself.
func (f *placeFile) begin(choice string) error {
	if now, err := f.read(); err != nil || now.Place != "" || choice == SecretsInFile {
		return err
	}
	switch err := probeKeychain(); {
	case err != nil && choice == SecretsInKeychain:
		return fmt.Errorf("%w: the keychain is where they belong: %w", ErrSecret, err)
	case err != nil:
		return nil
	}
	return f.locked(func() error {
		now, err := f.read()
		if err != nil || now.Place != "" { // another process was first
			return err
		}
		return f.write(placeOf{Place: SecretsInKeychain, ID: rand.Text()})
	})
}

// move takes all secrets to another place. They are removed from the old one only when all can be read at the new one, and that is
// written down: a process that ends in the middle leaves them where they were, at most twice.
func (f *placeFile) move(to string) error {
	if to == SecretsInKeychain {
		if err := probeKeychain(); err != nil {
			return fmt.Errorf("%w: they stay in the file: %w", ErrSecret, err)
		}
	}
	return f.locked(func() error {
		now, err := f.read()
		if err != nil || now.Place == to {
			return err
		}
		if to == SecretsInKeychain {
			return f.toKeychain()
		}
		return f.toFile(now)
	})
}

func (f *placeFile) toKeychain() error {
	age := NewAgeFile(f.dir)
	all, err := age.read()
	if err != nil {
		return err
	}
	p := placeOf{Place: SecretsInKeychain, ID: rand.Text()}
	for name, value := range all {
		if err := moved(p, name, value); err != nil {
			return err
		}
		p = p.with(name)
	}
	if err := f.write(p); err != nil {
		return err
	}
	for _, name := range []string{"secrets.age", "secrets.key"} {
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: they are in the keychain now, and in the file still: remove it: %w", ErrSecret, err)
		}
	}
	return nil
}

func (f *placeFile) toFile(now placeOf) error {
	age, chain := NewAgeFile(f.dir), &keychain{f}
	all, err := age.read() // of a move that did not come to its end
	if err != nil {
		return err
	}
	for _, name := range now.Names {
		value, err := chain.Secret(name)
		if errors.Is(err, errNotStored) { // listed, and the process ended before it was stored
			continue
		}
		if err != nil {
			return err
		}
		all[name] = value
	}
	if err := age.write(all); err != nil {
		return err
	}
	if err := f.write(placeOf{Place: SecretsInFile}); err != nil {
		return err
	}
	return forget(now)
}
