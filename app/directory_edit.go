package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"caveat/backend/api"
)

type directoryRemoveCommand struct {
	Name string `arg:"" help:"Name of the directory."`
}

func (cmd directoryRemoveCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat directory remove")
	if err != nil {
		return err
	}
	defer w.Close()
	c.warnOfDemo(w.dir)
	done, err := w.service.RemoveDirectory(ctx, cmd.Name)
	if err != nil {
		return err
	}
	return c.answer(done, func(out io.Writer) {
		fmt.Fprintf(out, "%s is no longer in %s, and the book has forgotten what it read there.\n", done.Directory, done.Path)
		if len(done.Secrets) > 0 {
			fmt.Fprintf(out, "Deleted with it: the secrets %s.\n", strings.Join(done.Secrets, ", "))
		}
	})
}

type directoryConfirmCommand struct {
	Name string `arg:"" help:"Name of the directory."`
}

func (cmd directoryConfirmCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat directory confirm")
	if err != nil {
		return err
	}
	defer w.Close()
	return w.sync(ctx, c, api.SyncRequest{Directory: cmd.Name, Confirm: true}, false)
}

type directoryStopCommand struct {
	Name string `arg:"" help:"Name of the directory."`
}

func (cmd directoryStopCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat directory stop")
	if err != nil {
		return err
	}
	defer w.Close()
	done, err := w.service.StopSync(ctx, cmd.Name)
	if err != nil {
		return err
	}
	return c.answer(done, func(out io.Writer) {
		if done.Stopping {
			fmt.Fprintf(out, "%s: the read ends; what it brought so far stays.\n", done.Directory)
		} else {
			fmt.Fprintf(out, "%s: nothing is being read.\n", done.Directory)
		}
	})
}
