package installation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"caveat/backend/store"
)

// ErrManaged: the installation is centrally managed: only its administrator changes it, in the machine-wide file (RULES 27).
var ErrManaged = errors.New("installation: centrally managed")

// With gives the installation as it would be with a change; nothing is written. The change may alter its copy of the file as it
// likes. Errors: that of the change, ErrInvalid.
func (in *Installation) With(change func(*File) error) (*Installation, error) {
	f := in.File
	f.CAs, f.Directories = slices.Clone(f.CAs), slices.Clone(f.Directories)
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

// rewrite gives the text of a file that was changed: the old text with sections added or taken out or other active sets in it, or,
// where that would not come to the same, the whole file anew.
func rewrite(old []byte, before, after File) ([]byte, error) {
	whole, err := Marshal(after)
	if err != nil {
		return nil, err
	}
	want, err := ParseFile(whole)
	if err != nil {
		return nil, err
	}
	for _, text := range [][]byte{appended(old, before, after), without(old, before, after), switched(old, after)} {
		if have, err := ParseFile(text); err == nil && reflect.DeepEqual(have, want) {
			return text, nil
		}
	}
	return whole, nil
}

// appended is the old text with the new CAs and directories at its end.
func appended(old []byte, before, after File) []byte {
	var more struct {
		CAs         []CAFile        `toml:"ca,omitempty"`
		Directories []DirectoryFile `toml:"directory,omitempty"`
	}
	if len(after.CAs) > len(before.CAs) {
		more.CAs = after.CAs[len(before.CAs):]
	}
	if len(after.Directories) > len(before.Directories) {
		more.Directories = after.Directories[len(before.Directories):]
	}
	section, err := toml.Marshal(more)
	if err != nil {
		return nil
	}
	return slices.Concat(bytes.TrimRight(old, "\n"), []byte("\n\n"), section)
}

var (
	aSection        = regexp.MustCompile(`(?m)^[ \t]*\[.*$`)
	aDirectory      = regexp.MustCompile(`^[ \t]*\[\[[ \t]*directory[ \t]*\]\]`)
	ofThatDirectory = regexp.MustCompile(`^[ \t]*\[\[?[ \t]*directory[ \t]*\.`)
)

// without is the old text without the one directory that is gone.
func without(old []byte, before, after File) []byte {
	gone := slices.IndexFunc(before.Directories, func(d DirectoryFile) bool {
		return !slices.ContainsFunc(after.Directories, func(o DirectoryFile) bool { return o.Name == d.Name })
	})
	n, from := 0, -1
	for _, at := range aSection.FindAllIndex(old, -1) {
		line := old[at[0]:at[1]]
		switch {
		case from >= 0 && !ofThatDirectory.Match(line):
			return slices.Concat(old[:from], old[at[0]:])
		case from < 0 && aDirectory.Match(line):
			if n == gone {
				from = at[0]
			}
			n++
		}
	}
	if from < 0 {
		return nil
	}
	return old[:from]
}

// Section writes one directory as it stands in the installation file.
func (f DirectoryFile) Section() (string, error) {
	text, err := toml.Marshal(struct {
		D []DirectoryFile `toml:"directory"`
	}{[]DirectoryFile{f}})
	return string(text), err
}
