package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"caveat/backend/installation"
	"caveat/backend/store"
	"caveat/ldapbook"
)

type bookResetCommand struct{}

// Run deletes the book. Only the holder of the data directory may: whoever else works on it would have the file taken from under it.
func (bookResetCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	if _, err := installation.Find(dir); err != nil {
		return err
	}
	s, err := store.Open(ctx, dir, "caveat book reset")
	if err != nil {
		return err
	}
	defer s.Close()
	if !s.IsHolder() {
		return errBusy(s)
	}
	// Recorded first: with the book goes the memory of who was withdrawn before a check met him (RULES 8).
	if err := recordSettings(ctx, s, "the address book was deleted"); err != nil {
		return err
	}
	path := filepath.Join(dir, "book.db")
	if err := ldapbook.Remove(path); err != nil {
		return err
	}
	return c.answer(map[string]string{"deleted": path}, func(out io.Writer) {
		fmt.Fprintf(out, "%s is deleted: everything that was read from the directories, and who was withdrawn from them. Drafts, messages, settings and the log are in another file and stay.\n", path)
		fmt.Fprintln(out, "Until the directories are read again, nobody is known: caveat book sync, or start the program.")
	})
}
