package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"caveat/backend/installation"
)

// ErrSettingsChanged: a section of the installation file is another than the one that a change was made for.
var ErrSettingsChanged = errors.New("api: the settings have changed meanwhile")

// revisionOf names what stands in a file, such as a single section of it: as soon as anything is written otherwise there, by whomever, it
// has another revision. Of secrets only the names are in it.
func revisionOf(f installation.File) (string, error) {
	text, err := installation.Marshal(f)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), err
}

// heldTo compares a revision with what stands in a file now; changed says that it is another. Only while the file is locked, as in
// changeSettings, the answer holds until something is written.
func heldTo(revision string, now installation.File, changed error) error {
	switch is, err := revisionOf(now); {
	case err != nil:
		return err
	case is != revision:
		return changed
	}
	return nil
}

// onlyDirectory leaves out whether the directory is paused: that is switched by itself, and neither its other settings nor its removal
// overwrite or depend on it. So who pauses a directory while he changes its settings stands in nobody's way, least of all in his own.
func onlyDirectory(f installation.DirectoryFile) installation.File {
	f.Paused = false
	return installation.File{Directories: []installation.DirectoryFile{f}}
}

func onlyAccount(f installation.AccountFile) installation.File {
	return installation.File{Accounts: []installation.AccountFile{f}}
}

func onlyRoute(r installation.RouteFile) installation.File {
	return installation.File{Routes: []installation.RouteFile{r}}
}

// sectionChanged says of which section a change was refused.
func sectionChanged(kind settingsKind, name string) error {
	return fmt.Errorf("%w: %s %q: look at them as they are now", ErrSettingsChanged, kind, name)
}

// ofDirectory is heldTo for a directory; of no revision is what is to be done whatever stands there, such as by a command.
func ofDirectory(revision string, now installation.DirectoryFile) error {
	if revision == "" {
		return nil
	}
	return heldTo(revision, onlyDirectory(now), sectionChanged(kindDirectory, now.Name))
}

// ofAccount is ofDirectory for an account.
func ofAccount(revision string, now installation.AccountFile) error {
	if revision == "" {
		return nil
	}
	return heldTo(revision, onlyAccount(now), sectionChanged(kindAccount, now.Name))
}

// fileNow is the installation file as it is now: what was changed a moment ago is there, though the program takes it up a moment later,
// and what was changed by hand, though it is taken up at the next start. While the file cannot be read it is the one that is in use.
func (s *Service) fileNow() installation.File {
	if f, _, err := s.in.OnDisk(); err == nil {
		return f
	}
	return s.in.File
}
