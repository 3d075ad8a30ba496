package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"caveat/backend/api"
)

type bookSyncCommand struct {
	Directory string `arg:"" optional:"" help:"Name of one directory; all mirrored ones when left out."`
	Full      bool   `help:"Read everything, not only what changed."`
	Progress  bool   `help:"Say on standard error how far it is, also where that is no terminal."`
}

func (cmd bookSyncCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat book sync")
	if err != nil {
		return err
	}
	defer w.Close()
	return w.sync(ctx, c, api.SyncRequest{Directory: cmd.Directory, Full: cmd.Full}, cmd.Progress)
}

// sync has directories read, says how far that is, and prints what it brought.
func (w *workspace) sync(ctx context.Context, c *console, r api.SyncRequest, always bool) error {
	quiet := func() {}
	switch {
	case isTerminal(c.err):
		quiet = w.watch(ctx, c.err, 500*time.Millisecond, "\r\x1b[K", "")
	case always:
		quiet = w.watch(ctx, c.err, 2*time.Second, "caveat: ", "\n")
	}
	done, err := w.service.SyncAnywhere(ctx, r)
	quiet()
	if err != nil {
		return err
	}
	failed := false
	for _, d := range done {
		if !d.OK {
			failed = true
			fmt.Fprintf(c.err, "caveat: %s: %s\n", d.Directory, oneLine(fault(d)))
		}
	}
	err = c.answer(map[string]any{"directories": done}, func(out io.Writer) {
		for _, d := range done {
			if d.OK {
				fmt.Fprintf(out, "%s: %d read, %d new, %d changed, %d gone, %.1f s\n", d.Directory, d.Read, d.Added, d.Changed, d.Removed, d.Seconds)
			}
		}
	})
	if err == nil && failed {
		return exitStatus(exitError)
	}
	return err
}

// fault says why a read did not bring everything, and what to do.
func fault(d api.SyncDocument) string {
	text := orText(d.Error, "only a part could be read")
	if d.Held > 0 {
		text += fmt.Sprintf(" (they are kept; when they are really gone: caveat directory confirm %s)", d.Directory)
	}
	return text
}

// isTerminal reports whether somebody watches what is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// watch says again and again how far the reads are, whichever process does them, until the function that it returns is called.
func (w *workspace) watch(ctx context.Context, out io.Writer, every time.Duration, before, after string) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		said := false
		for {
			select {
			case <-ctx.Done():
				if said && after == "" {
					fmt.Fprint(out, before) // the line is for what comes
				}
				return
			case <-tick.C:
				runs, err := w.service.Runs(ctx)
				if text := progress(runs); err == nil && text != "" {
					fmt.Fprint(out, before, text, after)
					said = true
				}
			}
		}
	}()
	return func() { stop(); <-ended }
}

// progress is one line about all reads that go on; "" when there are none.
func progress(runs map[string]api.RunDocument) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(runs)) {
		r := runs[name]
		text := fmt.Sprintf("%s %d", name, r.Read)
		if r.Expected > 0 {
			text += fmt.Sprintf(" of %d", r.Expected)
		}
		if r.PerSecond > 0 {
			text += fmt.Sprintf(", %.0f/s", r.PerSecond)
		}
		if r.Left != nil {
			text += fmt.Sprintf(", %s left", time.Duration(*r.Left)*time.Second)
		}
		parts = append(parts, text)
	}
	return oneLine(strings.Join(parts, " · "))
}

type bookStatusCommand struct{}

func (bookStatusCommand) Run(ctx context.Context, c *console) error {
	return c.listDirectories(ctx, "caveat book status", func(out io.Writer, all []api.DirectoryDocument) {
		printTable(out, "DIRECTORY\tSTATE\tENTRIES\tPERSONS\tROLES\tLISTS\tROOMS\tLAST READ\tLAST ATTEMPT\tTOOK\tBYTES\tSTRATEGY\tLAST FULL\tNEXT\tHELD\tINCOMPLETE\tPROBLEM",
			all, func(d api.DirectoryDocument) []any {
				return []any{d.Name, state(d), d.Entries, d.ByKind["person"], d.ByKind["role"], d.ByKind["list"], d.ByKind["room"], when(d.LastRead), when(d.LastAttempt),
					fmt.Sprintf("%.1f s", d.Seconds), d.Bytes, d.Strategy, when(d.LastFull), next(d), d.Held, yes(d.Incomplete), oneLine(d.Error)}
			})
	})
}
