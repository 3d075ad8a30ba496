package installation

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pelletier/go-toml/v2"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// MaxSize is the longest installation file that is read, in bytes.
const MaxSize = 32 << 20

// FileName is the name of the user's own file in the data directory.
const FileName = "installation.toml"

// MachineFile is where the machine-wide file lies.
const MachineFile = "/etc/caveat/installation.toml"

// Installation is a loaded file with everything it refers to.
type Installation struct {
	File    File
	Path    string
	Managed bool // it is the machine-wide file
	Site    *spif.Site

	PolicySigners []*x509.Certificate // who signed the policies of the Site, in their order; nil: no signature was asked for

	SystemHigh  label.Clearance
	Directories []Directory
	Routes      []Route
	Accounts    []Account

	DefaultLabels []DefaultLabel
	Warnings      []string

	cas map[string]*x509.CertPool
}

// Find loads the machine-wide file if there is one, else the user's own in dir; ErrNone when there is neither.
func Find(dir string) (*Installation, error) { return FindIn(MachineFile, dir) }

// FindIn is Find with another machine-wide file. That file is the administrator's: one that others may write is refused.
func FindIn(machine, dir string) (*Installation, error) {
	info, err := os.Stat(machine)
	if errors.Is(err, fs.ErrNotExist) {
		return Load(filepath.Join(dir, FileName))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%w: %s has the mode %v: others than its owner may write it, so it is not the administrator's", ErrInvalid, machine, info.Mode().Perm())
	}
	in, err := Load(machine)
	if err != nil {
		return nil, err
	}
	in.Managed = true
	return in, nil
}

// Load reads one installation file and everything it names but secrets.
func Load(path string) (*Installation, error) {
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s: make one with `caveat installation new`, import one with `caveat installation import FILE`, or try `caveat demo`", ErrNone, path)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	f, err := ParseFile(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	in, err := build(f, filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	in.Path = path
	return in, nil
}

// ParseFile reads the TOML; a key that is not known is ErrSyntax and is named with its line.
func ParseFile(data []byte) (File, error) {
	var f File
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	err := dec.Decode(&f)
	var unknown *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		first := unknown.Errors[0]
		line, _ := first.Position()
		return File{}, fmt.Errorf("%w: line %d: key %q is not known", ErrSyntax, line, joinKey(first.Key()))
	case errors.As(err, &bad):
		line, column := bad.Position()
		return File{}, fmt.Errorf("%w: line %d, column %d: %s", ErrSyntax, line, column, bad.Error())
	case err != nil:
		return File{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	case f.Format != 1:
		return File{}, fmt.Errorf("%w: format = %d: this program reads format 1", ErrInvalid, f.Format)
	}
	return f, nil
}

func joinKey(key []string) string {
	out := ""
	for i, k := range key {
		if i > 0 {
			out += "."
		}
		out += k
	}
	return out
}

// readFile reads a file of at most MaxSize bytes.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1)) // what a file says of its size need not be so
	if err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%s: longer than %d bytes", path, MaxSize)
	}
	return data, nil
}
