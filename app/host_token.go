package app

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"caveat/backend/installation"
)

// tokenFile holds the token that other programs of the same user send.
const tokenFile = "api-token"

// shortestToken is as long as those that are made here: 130 random bits.
const shortestToken = 26

// keptToken reads the token, so that it stays over a restart. A new one is made where there is none, and where the one that lies there
// is no secret: it is too short, or others could read it.
func keptToken(dir string) (string, error) {
	path := filepath.Join(dir, tokenFile)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newToken(path)
	case err != nil:
		return "", err
	case !info.Mode().IsRegular(): // a link leads to a file whose readers nobody here can know
		if err := os.Remove(path); err != nil {
			return "", err
		}
	case runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0:
		data, err := os.ReadFile(path)
		if token := strings.TrimSpace(string(data)); err != nil || len(token) >= shortestToken {
			return token, err
		}
	}
	slog.Warn("the token in the data directory was short, or others could read it: there is a new one", "file", tokenFile)
	return newToken(path)
}

func newToken(path string) (string, error) {
	token := rand.Text()
	return token, installation.WriteFile(path, []byte(token+"\n")) // in place of the old file, mode 0600
}
