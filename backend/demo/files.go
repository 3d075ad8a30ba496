package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"caveat/backend/installation"
	"caveat/ldapbook/ldaptest"
)

// Errors of Start.
var (
	// ErrNotDemo: the data directory holds an installation that is not the demonstration's. Nothing was changed.
	ErrNotDemo = errors.New("demo: this data directory holds a real installation")
	// ErrRunning: another process runs a demonstration on this data directory.
	ErrRunning = errors.New("demo: a demonstration runs on this data directory already")
)

// SystemName is the name of the installation; it also tells the demonstration's installation file from a real one.
const SystemName = "Demonstration (fictitious)"

// folder is where what only the demonstration has lies.
func folder(dir string) string { return filepath.Join(dir, "demo") }

// CheckDir says whether a demonstration may use the data directory: ErrNotDemo for one that holds an installation, a
// database or secrets without a folder demo, or an installation file that is not the demonstration's. It changes nothing.
func CheckDir(dir string) error {
	info, err := os.Stat(folder(dir))
	isDemo := err == nil && info.IsDir()
	for _, name := range []string{installation.FileName, "caveat.db", "secrets.age"} {
		switch _, err := os.Lstat(filepath.Join(dir, name)); {
		case err == nil && !isDemo:
			return fmt.Errorf("%w: %s is there, and no folder demo: choose another with --data", ErrNotDemo, filepath.Join(dir, name))
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	path := filepath.Join(dir, installation.FileName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !bytes.Contains(data, []byte(SystemName)) {
		return fmt.Errorf("%w: %s was not written by the demonstration: choose another with --data", ErrNotDemo, path)
	}
	return err
}

// lock holds the data directory for this process until the file is closed.
func lock(dir string) (*os.File, error) {
	if err := os.MkdirAll(folder(dir), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(folder(dir), "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", err, dir), f.Close())
	}
	return f, nil
}

// peopleFile is people.json: what the people are made from.
type peopleFile struct {
	People int    `json:"people"`
	Seed   uint64 `json:"seed"`
}

// portsFile is ports.json: the last ports by nation.
type portsFile map[string]ports

type ports struct {
	LDAP int `json:"ldap"`
	SMTP int `json:"smtp"`
	IMAP int `json:"imap,omitempty"` // of the own nation
	XMPP int `json:"xmpp,omitempty"`
}

// readJSON leaves v as it is when there is no such file.
func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return fmt.Errorf("demo: %s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, append(data, '\n'))
}

// writeFile leaves a file that has this content already as it is.
func writeFile(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return installation.WriteFile(path, data)
}

// authority loads the demonstration's CA, or makes one: the first time, and when it has expired.
func authority(dir string) (*ldaptest.CA, error) {
	certPath, keyPath := filepath.Join(folder(dir), "ca.pem"), filepath.Join(folder(dir), "ca.key")
	cert, certErr := os.ReadFile(certPath)
	key, keyErr := os.ReadFile(keyPath)
	if certErr == nil && keyErr == nil {
		if ca, err := ldaptest.LoadCA(cert, key); err == nil {
			return ca, nil
		}
	}
	ca := ldaptest.NewCA("Demonstration CA (fictitious)")
	cert, key, err := ca.Marshal()
	if err != nil {
		return nil, err
	}
	if err := installation.WriteFile(keyPath, key); err != nil {
		return nil, err
	}
	return ca, installation.WriteFile(certPath, cert)
}
