package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"caveat/backend/api"
)

type directoryCommand struct {
	Add     directoryAddCommand     `cmd:"" help:"Ask a server how it should be set up, and add it to this installation."`
	List    directoryListCommand    `cmd:"" help:"The directories of this installation and their state."`
	Test    directoryTestCommand    `cmd:"" help:"Connect, bind and look around, step by step."`
	Propose directoryProposeCommand `cmd:"" help:"Ask a server how it should be set up; nothing is changed."`
	Confirm directoryConfirmCommand `cmd:"" help:"Let go what a directory no longer has, after a loss so large that it was held."`
	Stop    directoryStopCommand    `cmd:"" help:"Stop the read that is going on."`
	Pause   directoryPauseCommand   `cmd:"" help:"Neither read nor ask a directory; what was read goes on deciding, as old as it is."`
	Resume  directoryResumeCommand  `cmd:"" help:"Read and ask a paused directory again."`
	Remove  directoryRemoveCommand  `cmd:"" help:"Take a directory out of this installation and out of the book."`
}

type directoryListCommand struct{}

func (directoryListCommand) Run(ctx context.Context, c *console) error {
	return c.listDirectories(ctx, "caveat directory list", func(out io.Writer, all []api.DirectoryDocument) {
		printTable(out, "DIRECTORY\tNATION\tMODE\tSECURITY\tBIND\tSTATE\tSTRATEGY\tENTRIES\tLAST READ\tNEXT\tHELD\tINCOMPLETE\tPROBLEM",
			all, func(d api.DirectoryDocument) []any {
				return []any{d.Name, d.Nation, d.Mode, d.Security, d.Auth, state(d), d.Strategy, d.Entries, when(d.LastRead), next(d), d.Held, yes(d.Incomplete), oneLine(d.Error)}
			})
	})
}

// listDirectories answers with all directories; print is for people.
func (c *console) listDirectories(ctx context.Context, command string, print func(io.Writer, []api.DirectoryDocument)) error {
	w, err := c.open(ctx, command)
	if err != nil {
		return err
	}
	defer w.Close()
	all, err := w.service.ListDirectories(ctx)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"directories": all}, func(out io.Writer) { print(out, all) })
}

// printTable prints a heading and one row for each directory.
func printTable(out io.Writer, heading string, all []api.DirectoryDocument, row func(api.DirectoryDocument) []any) {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, heading)
	for _, d := range all {
		cells := row(d)
		fmt.Fprintf(t, strings.TrimSuffix(strings.Repeat("%v\t", len(cells)), "\t")+"\n", cells...)
	}
	t.Flush()
}

// state is the state of a directory and, while it is read, how far that is.
func state(d api.DirectoryDocument) string {
	if d.Running == nil {
		return d.State
	}
	return d.State + " (reading: " + progress(map[string]api.RunDocument{"": *d.Running}) + ")"
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// when writes a time that cannot be misread.
func when(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2 Jan 2006, 15:04:05Z")
}

// next is when a directory is read again. Only the process that keeps the book fresh knows that.
func next(d api.DirectoryDocument) string {
	switch {
	case d.Paused:
		return "paused"
	case d.NextRun != nil:
		return when(d.NextRun)
	case d.Every == 0:
		return "when asked"
	}
	return fmt.Sprintf("every %s, while the program runs", time.Duration(d.Every)*time.Second)
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
			printTest(out, d)
		}
	})
	if err == nil && failed > 0 {
		return exitStatus(exitError)
	}
	return err
}

func printTest(out io.Writer, d api.TestDocument) {
	if d.OK {
		fmt.Fprintf(out, "%s (%s): ok, %s over %s, %s; of %d entries looked at %d have a clearance\n", d.Directory, d.Nation, d.URL, d.Transport,
			orText(d.Vendor, "vendor not told"), d.Entries, d.WithClearance)
	} else {
		fmt.Fprintf(out, "%s (%s): failed\n", d.Directory, d.Nation)
	}
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, x := range d.Checks {
		mark := "ok"
		if !x.OK {
			mark = "NO"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", mark, x.Step, oneLine(x.Text))
	}
	t.Flush()
}
