package installation

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"caveat/backend/spif"
	"caveat/backend/store"
)

// ErrExists: there is an installation file already.
var ErrExists = errors.New("installation: there is one already")

// header is what a new file tells whoever opens it in an editor.
const header = "# The installation; docs/installation.md describes each key. A key that is not known is an error.\n\n"

// New gives the installation that a file would be at path; nothing is written. Errors: ErrInvalid.
func New(f File, path string) (*Installation, error) {
	f, err := f.copied()
	if err != nil {
		return nil, err
	}
	in, err := build(f, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	in.Path = path
	return in, nil
}

// Create writes a new installation to its path, where there must be none yet: it takes nothing's place. Errors: ErrExists, those of
// writing a file.
func (in *Installation) Create() error {
	text, err := Marshal(in.File)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(in.Path), 0o700); err != nil {
		return err
	}
	return store.Exclusive(in.Path+".lock", func() error {
		if _, err := os.Lstat(in.Path); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %s", ErrExists, in.Path)
		}
		return WriteFile(in.Path, append([]byte(header), text...))
	})
}

// contextual are the policies that are delivered with the rule that a label needs a Context (RULES 4), by id: the NATO policy's and the
// demonstration's. A bare SECRET has no permissive tag: a forgotten Context would give the widest audience.
var contextual = []string{"1.3.26.1.3.1", "1.3.6.1.4.1.32473.4774.1"}

// RequiredTagSets are the tag sets that labels of a policy must have as delivered (RULES 4).
func RequiredTagSets(p *spif.Policy) []string {
	if slices.Contains(contextual, p.ID()) && p.TagSet("Context") != nil {
		return []string{"Context"}
	}
	return nil
}
