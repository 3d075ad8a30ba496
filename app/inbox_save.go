package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"caveat/backend/inbox"
	"caveat/backend/plain"
)

// inboxFileCommand never replaces a file; of a message that is withheld nothing is saved.
type inboxFileCommand struct {
	ID     string `arg:"" help:"Id of the message."`
	N      int    `arg:"" help:"Number of the file, as show gives it."`
	Output string `short:"o" required:"" placeholder:"FILE" help:"Where it is written; there must be no such file yet."`
}

func (cmd inboxFileCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat inbox file")
	if err != nil {
		return err
	}
	defer w.Close()
	f, err := w.service.InboxFile(ctx, cmd.ID, cmd.N)
	if err != nil {
		return c.withheld(err)
	}
	return c.saveNew(cmd.Output, f)
}

type inboxSaveCommand struct {
	ID     string `arg:"" help:"Id of the message."`
	Output string `short:"o" required:"" placeholder:"FILE" help:"Where it is written; there must be no such file yet."`
}

func (cmd inboxSaveCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat inbox save")
	if err != nil {
		return err
	}
	defer w.Close()
	_, body, err := w.service.ReceivedMail().Open(ctx, cmd.ID)
	if err != nil {
		return c.withheld(err)
	}
	return c.saveNew(cmd.Output, bytes.NewReader(body))
}

// withheld ends a command that was asked for what is withheld as show ends.
func (c *console) withheld(err error) error {
	if errors.Is(err, inbox.ErrWithheld) {
		c.warn("%s", oneLine(plain.Text(err)))
		return exitStatus(exitDenied)
	}
	return err
}

// saveNew writes a file that was not there, for nobody but the user to read; half of one is not left.
func (c *console) saveNew(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, from)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return c.answer(map[string]any{"file": path, "size": n}, func(out io.Writer) { fmt.Fprintf(out, "%s: %d bytes\n", path, n) })
}
