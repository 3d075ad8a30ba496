package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// NewFilePrefix begins the name of a file that WriteFile has not finished; what a crash left of them may be removed.
const NewFilePrefix = ".new-"

// WriteFile writes a file of mode 0600 durably, so that it is there whole or not at all. The folder must exist. What is no
// regular file (a device, a link) is left as it is, with an error.
func WriteFile(path string, data []byte) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file: it is left as it is", path)
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, NewFilePrefix+"*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename it is gone
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return SyncFolder(dir)
}

// SyncFolder makes a folder's names durable. Windows does that by itself, and refuses to be asked.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
