package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"caveat/backend/store"
)

// folder is where bodies are kept, in the data directory.
const folder = "inbox"

func (b *Box) dir() string { return filepath.Join(b.store.Dir(), folder) }

func newReader(data []byte) io.Reader { return bytes.NewReader(data) }

// keep writes a body durably, and runs row, which gives it its row. Nobody removes it in between.
func (b *Box) keep(sum string, data []byte, row func() error) error {
	b.files.Lock()
	defer b.files.Unlock()
	if err := os.MkdirAll(b.dir(), 0o700); err != nil {
		return err
	}
	if err := store.WriteFile(filepath.Join(b.dir(), sum), data); err != nil {
		return err
	}
	return row()
}

// body reads a body, and holds it to its hash.
func (b *Box) body(sum string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(b.dir(), sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: its file is missing", ErrNotHere)
	}
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if hashOf(data) != sum {
		return nil, ErrTampered
	}
	return data, nil
}

// collect removes the files that no row names, and what a crash left half written.
func (b *Box) collect(ctx context.Context) error {
	b.files.Lock()
	defer b.files.Unlock()
	list, err := os.ReadDir(b.dir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	named, err := store.Column[string](ctx, b.store.Reader(), `SELECT DISTINCT body FROM inbox_message WHERE body <> ''`)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, sum := range named {
		used[sum] = true
	}
	var failed error
	for _, f := range list {
		if !used[f.Name()] && f.Type().IsRegular() {
			failed = errors.Join(failed, os.Remove(filepath.Join(b.dir(), f.Name())))
		}
	}
	return failed
}
