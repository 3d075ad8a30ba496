package app

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"caveat/backend/api"
)

type directoryCommand struct {
	List directoryListCommand `cmd:"" help:"The directories of this installation and their state."`
	Test directoryTestCommand `cmd:"" help:"Connect, bind and look around."`
}

type directoryListCommand struct{}

func (directoryListCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat directory list")
	if err != nil {
		return err
	}
	defer w.Close()
	states, err := w.service.Directories(ctx)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"directories": states}, func(out io.Writer) { printDirectories(out, states) })
}

func printDirectories(out io.Writer, states []api.DirectoryState) {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "DIRECTORY\tNATION\tSTATE\tENTRIES\tLAST READ\tPROBLEM")
	for _, d := range states {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", d.Name, d.Nation, d.State, d.Entries, when(d.LastRead), oneLine(d.Error))
	}
	t.Flush()
}

// when writes a time that cannot be misread.
func when(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2 Jan 2006, 15:04:05Z")
}

type directoryTestCommand struct {
	Name string `arg:"" optional:"" help:"Name of the directory; all when left out."`
}

func (cmd directoryTestCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat directory test")
	if err != nil {
		return err
	}
	defer w.Close()
	var names []string
	for _, d := range w.service.Installation().Directories {
		if cmd.Name == "" || cmd.Name == d.Name {
			names = append(names, d.Name)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("no directory %q in %s", cmd.Name, w.service.Installation().Path)
	}
	var tests []api.TestDocument
	failed := 0
	for _, name := range names {
		d, err := w.service.TestDirectory(ctx, name)
		if err != nil {
			return err
		}
		if !d.OK {
			failed++
			fmt.Fprintf(c.err, "caveat: %s: %s\n", d.Directory, oneLine(d.Error))
		}
		tests = append(tests, d)
	}
	err = c.answer(map[string]any{"tests": tests}, func(out io.Writer) {
		for _, d := range tests {
			if d.OK {
				fmt.Fprintf(out, "%s (%s): ok, %s over %s, %s; of %d entries looked at %d have a clearance\n", d.Directory, d.Nation, d.URL, d.Transport, d.Vendor, d.Entries, d.WithClearance)
			}
		}
	})
	if err == nil && failed > 0 {
		return exitStatus(exitError)
	}
	return err
}
