package installation

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"

	"github.com/pelletier/go-toml/v2"

	"caveat/backend/store"
)

// ErrManaged: the installation is centrally managed: only its administrator changes it, in the machine-wide file (RULES 27).
var ErrManaged = errors.New("installation: centrally managed")

// With gives the installation as it would be with a change; nothing is written. The change may alter its copy of the file as it
// likes. Errors: that of the change, ErrInvalid.
func (in *Installation) With(change func(*File) error) (*Installation, error) {
	f, err := in.File.copied()
	if err != nil {
		return nil, err
	}
	if err := change(&f); err != nil {
		return nil, err
	}
	out, err := build(f, filepath.Dir(in.Path))
	if err != nil {
		return nil, err
	}
	out.Path, out.Managed = in.Path, in.Managed
	return out, nil
}

// Edit changes the installation file on disk: what is there now, not what was loaded, so that nobody's work is lost. The new file
// is there whole and makes sense, or the old one stays. What the change does not touch keeps its comments, where that can be done.
// Errors: that of the change, ErrManaged, ErrSyntax, ErrInvalid.
func (in *Installation) Edit(change func(*File) error) (*Installation, error) {
	return in.EditRecorded(change, func(_, _ File) error { return nil })
}

// EditRecorded is Edit that has a change which makes sense written down before it is made. Errors: that of record, too; then nothing is
// changed.
func (in *Installation) EditRecorded(change func(*File) error, record func(before, after File) error) (*Installation, error) {
	if in.Managed {
		return nil, fmt.Errorf("%w: %s overrides everything on this machine: its administrator changes it there", ErrManaged, in.Path)
	}
	var out *Installation
	err := in.Locked(func() error {
		now, err := Load(in.Path)
		if err != nil {
			return err
		}
		if out, err = now.With(change); err != nil {
			return err
		}
		old, err := readFile(in.Path)
		if err != nil {
			return err
		}
		text, err := rewrite(old, now.File, out.File)
		if err != nil {
			return err
		}
		is, err := out.File.copied() // as who reads it finds it
		if err != nil {
			return err
		}
		if err := record(now.File, is); err != nil {
			return err
		}
		return WriteFile(in.Path, text)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Locked runs f while nobody edits the installation file by Edit, in this process or another. The machine-wide file is never edited
// so, and is not locked: its folder is the administrator's. f must not call Edit or Locked. Errors: that of f, store.ErrBusy.
func (in *Installation) Locked(f func() error) error {
	if in.Managed {
		return f()
	}
	return store.Exclusive(in.Path+".lock", f)
}

// OnDisk reads the installation file as it is now, and its SHA-256 in hexadecimal digits. What it refers to is not read, and whether
// it makes sense is not asked. Errors: ErrSyntax, ErrInvalid, those of reading a file.
func (in *Installation) OnDisk() (f File, digest string, err error) {
	data, err := readFile(in.Path)
	if err != nil {
		return File{}, "", err
	}
	if f, err = ParseFile(data); err != nil {
		return File{}, "", fmt.Errorf("%s: %w", in.Path, err)
	}
	sum := sha256.Sum256(data)
	return f, hex.EncodeToString(sum[:]), nil
}

// rewrite gives the text of a file that was changed: the old text with other active sets or sections in it, or, where that would not
// come to the same, the whole file anew.
func rewrite(old []byte, before, after File) ([]byte, error) {
	whole, err := Marshal(after)
	if err != nil {
		return nil, err
	}
	want, err := ParseFile(whole)
	if err != nil {
		return nil, err
	}
	for _, text := range [][]byte{switched(old, after), sectioned(old, before, after)} {
		if have, err := ParseFile(text); err == nil && reflect.DeepEqual(have, want) {
			return text, nil
		}
	}
	return whole, nil
}

// copied is a file that shares nothing with f.
func (f File) copied() (File, error) {
	text, err := Marshal(f)
	if err != nil {
		return File{}, err
	}
	return ParseFile(text)
}

// Section writes one directory as it stands in the installation file.
func (f DirectoryFile) Section() (string, error) {
	text, err := toml.Marshal(struct {
		D []DirectoryFile `toml:"directory"`
	}{[]DirectoryFile{f}})
	return string(text), err
}
