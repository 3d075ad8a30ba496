package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"caveat/backend/installation"
)

// ErrNotRunning: no demonstration runs on this data directory.
var ErrNotRunning = errors.New("demo: no demonstration runs on this data directory")

// JoinAs makes ready what the user of another nation than GBR needs to join the demonstration that runs on a data directory: an
// installation of its own, with the address of that nation's chat server, and her secrets. It gives the data directory to open, which
// lies within the first one, and her chat address. She has a chat account and no mail, and these roles, all where
// roles is nil. ErrUnknown for a nation that has no such user;
// ErrNotRunning.
func JoinAs(dir, nation string, roles []string) (home, jid string, err error) {
	code := strings.ToUpper(nation)
	if code == Own || !slices.Contains(Codes, code) {
		return "", "", fmt.Errorf("%w: nation %q: choose one of %s", ErrUnknown, nation, strings.ToLower(strings.Join(Codes[1:], ", ")))
	}
	if err := running(dir); err != nil {
		return "", "", err
	}
	home = filepath.Join(folder(dir), "as-"+strings.ToLower(code))
	if err := os.MkdirAll(folder(home), 0o700); err != nil {
		return "", "", err
	}
	if err := copySecrets(dir, home, code); err != nil {
		return "", "", err
	}
	for _, name := range []string{"ca.pem", "policy.spif.xml"} {
		data, err := os.ReadFile(filepath.Join(folder(dir), name))
		if err != nil {
			return "", "", err
		}
		if err := writeFile(filepath.Join(folder(home), name), data); err != nil {
			return "", "", err
		}
	}
	return home, chatAddress(chatUsers[code]), writeInstallationOf(dir, home, code, roles)
}

// running says whether a demonstration holds a data directory. It writes nothing.
func running(dir string) error {
	l, err := os.OpenFile(filepath.Join(folder(dir), "lock"), os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(lockFile(l), l.Close())
	}
	switch {
	case errors.Is(err, ErrRunning):
		return nil
	case err == nil || errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: %s: start `caveat demo` there first", ErrNotRunning, dir)
	}
	return err
}

// copySecrets takes over what the second user must know: how the directories are read, and her own password.
func copySecrets(dir, home, code string) error {
	all, own := installation.NewAgeFile(dir), installation.NewAgeFile(home)
	for _, of := range Codes {
		s, err := all.Secret(directorySecret(of))
		if err != nil {
			return err
		}
		if err := setSecret(own, directorySecret(of), s); err != nil {
			return err
		}
	}
	s, err := all.Secret(chatSecret)
	if err != nil {
		return err
	}
	return setSecret(own, chatSecret, chatPassword(s, code))
}

func setSecret(all installation.Secrets, name, value string) error {
	if old, err := all.Secret(name); err == nil && old == value {
		return nil
	}
	return all.SetSecret(name, value)
}

func writeInstallationOf(dir, home, code string, roles []string) error {
	policy, err := Policy()
	if err != nil {
		return err
	}
	w := whereabouts{own: code, policy: policy.Name(), userDN: secondDN(code), ports: portsFile{}}
	if err := readJSON(filepath.Join(folder(dir), "ports.json"), &w.ports); err != nil {
		return err
	}
	file := w.file()
	file.Identities[0].Roles = roles
	data, err := toml.Marshal(file)
	if err != nil {
		return fmt.Errorf("demo: installation file: %w", err)
	}
	text := fmt.Sprintf(header, "Everything in it is fictitious.") + string(data)
	return writeFile(filepath.Join(home, installation.FileName), []byte(text))
}

// secondDN is the entry of a nation's chat user: it depends neither on the number of people nor on the seed.
func secondDN(code string) string {
	c := cultures[code]
	for _, s := range specialPeople[code] {
		if Address(code, s.local(c, s.account)) == chatUsers[code] {
			return "uid=" + s.local(c, s.account) + "," + newTree(c, MinPeople).hq.branch(s.branch).dn
		}
	}
	return ""
}
