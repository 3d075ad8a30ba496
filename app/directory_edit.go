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
	done, err := w.service.RemoveDirectory(ctx, cmd.Name, "")
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

type directoryPauseCommand struct {
	Name string `arg:"" help:"Name of the directory."`
}

func (cmd directoryPauseCommand) Run(ctx context.Context, c *console) error {
	return c.changeDirectory(ctx, "caveat directory pause", func(s *api.Service) (api.ChangedDocument, error) {
		return s.PauseDirectory(ctx, cmd.Name, "")
	}, "neither read nor asked from now on: what was read decides, as old as it is")
}

type directoryResumeCommand struct {
	Name string `arg:"" help:"Name of the directory."`
}

func (cmd directoryResumeCommand) Run(ctx context.Context, c *console) error {
	return c.changeDirectory(ctx, "caveat directory resume", func(s *api.Service) (api.ChangedDocument, error) {
		return s.ResumeDirectory(ctx, cmd.Name, "")
	}, "read and asked again")
}

// changeDirectory changes one directory, and says what became of it.
func (c *console) changeDirectory(ctx context.Context, command string, change func(*api.Service) (api.ChangedDocument, error), done string) error {
	w, err := c.open(ctx, command)
	if err != nil {
		return err
	}
	defer w.Close()
	c.warnOfDemo(w.dir)
	doc, err := change(w.service)
	if err != nil {
		return err
	}
	for _, text := range doc.Warnings {
		c.warn("%s", text)
	}
	return c.answer(doc, func(out io.Writer) { fmt.Fprintf(out, "%s: %s.\n", doc.Name, done) })
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
