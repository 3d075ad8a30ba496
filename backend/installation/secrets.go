package installation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"filippo.io/age"

	"caveat/backend/store"
)

// Secrets holds passwords by name. Implementations are safe for concurrent use.
type Secrets interface {
	// Secret gives a secret; ErrSecret when there is none of that name or it cannot be read.
	Secret(name string) (string, error)
	// SetSecret stores a secret; an empty value removes it.
	SetSecret(name, value string) error
}

// AgeFile keeps secrets in DATA/secrets.age, encrypted to the X25519 identity in DATA/secrets.key, both mode 0600. Who can
// read both can read the secrets: the split protects copies and backups of the one without the other, no more.
type AgeFile struct {
	dir string
	mu  sync.Mutex
}

// NewAgeFile uses the files in the data directory dir; they are made when the first secret is stored.
func NewAgeFile(dir string) *AgeFile { return &AgeFile{dir: dir} }

// Secret gives one secret.
func (a *AgeFile) Secret(name string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all, err := a.read()
	if err != nil {
		return "", err
	}
	v, ok := all[name]
	if !ok {
		return "", notStored(name)
	}
	return v, nil
}

// ErrNotStored goes with ErrSecret where the place of the secrets can be read, and there is no secret of that name.
var ErrNotStored = errors.New("is not stored")

func notStored(name string) error {
	return fmt.Errorf("%w %q %w: set it with `caveat installation secret %s`", ErrSecret, name, ErrNotStored, name)
}

// SetSecret stores or removes one secret.
func (a *AgeFile) SetSecret(name, value string) error {
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return store.Exclusive(filepath.Join(a.dir, "secrets.lock"), func() error { // two commands at once: both are stored
		return a.set(name, value)
	})
}

// set needs the lock.
func (a *AgeFile) set(name, value string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	all, err := a.read()
	if err != nil {
		return err
	}
	if all[name] = value; value == "" {
		delete(all, name)
	}
	return a.write(all)
}

func (a *AgeFile) read() (map[string]string, error) {
	out := map[string]string{}
	data, err := os.ReadFile(filepath.Join(a.dir, "secrets.age"))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	id, err := a.identity()
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(data), id)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSecret, filepath.Join(a.dir, "secrets.age"), err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return out, nil
}

// write replaces the secrets. read came before it: the key is made only where there is nothing that an old one could open.
func (a *AgeFile) write(all map[string]string) error {
	id, err := a.identity()
	if errors.Is(err, fs.ErrNotExist) {
		id, err = a.newIdentity()
	}
	if err != nil {
		return err
	}
	plain, err := json.Marshal(all)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, id.Recipient())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSecret, err)
	}
	if _, err := w.Write(plain); err != nil {
		return fmt.Errorf("%w: %w", ErrSecret, err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return WriteFile(filepath.Join(a.dir, "secrets.age"), out.Bytes())
}

func (a *AgeFile) keyPath() string { return filepath.Join(a.dir, "secrets.key") }

func (a *AgeFile) identity() (*age.X25519Identity, error) {
	data, err := os.ReadFile(a.keyPath())
	if err != nil {
		return nil, fmt.Errorf("%w: the key of secrets.age: %w", ErrSecret, err)
	}
	id, err := age.ParseX25519Identity(string(bytes.TrimSpace(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSecret, a.keyPath(), err)
	}
	return id, nil
}

func (a *AgeFile) newIdentity() (*age.X25519Identity, error) {
	id, err := age.GenerateX25519Identity()
	if err == nil {
		err = WriteFile(a.keyPath(), []byte(id.String()+"\n"))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return id, nil
}

// WriteFile writes a file of mode 0600 as store.WriteFile does, and makes its folder, mode 0700, when there is none.
func WriteFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return store.WriteFile(path, data)
}
