package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
	"caveat/backend/draft"
)

type bookReceiveCommand struct {
	Label   string `required:"" placeholder:"FILE" help:"Label: names as in a draft (JSON), or a STANAG 4774 label (XML); - for standard input."`
	Channel string `enum:"mail,chat" default:"mail" help:"mail or chat." placeholder:"C"`
	Nation  string `placeholder:"N" help:"One nation, and its units."`
	Why     string `placeholder:"ADDRESS" help:"Why this one may receive it, or not."`
	Export  string `placeholder:"FILE" help:"Write the counts by nation and unit to FILE, .csv or .json; for administrators."`
}

func (cmd bookReceiveCommand) Run(ctx context.Context, c *console) error {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(cmd.Export)), ".")
	switch {
	case cmd.Why != "" && (cmd.Export != "" || cmd.Nation != ""):
		return usageError{"--why is about one recipient: neither --nation nor --export goes with it"}
	case cmd.Export != "" && format != "csv" && format != "json":
		return usageError{"--export writes a .csv or .json file"}
	}
	l, err := c.readLabelFile(cmd.Label)
	if err != nil {
		return err
	}
	w, err := c.open(ctx, "caveat book receive")
	if err != nil {
		return err
	}
	defer w.Close()
	r := api.ReceiveRequest{Label: l, Channel: draft.Channel(cmd.Channel), Nation: cmd.Nation}
	switch {
	case cmd.Why != "":
		return cmd.why(ctx, c, w.service, r)
	case cmd.Export != "":
		return cmd.export(ctx, c, w, r, format)
	}
	d, err := w.service.Receive(ctx, r)
	if err != nil {
		return err
	}
	c.warnOfDirectories(d.Directories)
	if d.Unseen > 0 {
		c.warn("more may receive it than are counted: %d of an old copy, or with an end, are too many to be looked at one by one, and count as stale", d.Unseen)
	}
	return c.answer(d, func(out io.Writer) { printReceive(out, d) })
}

func (cmd bookReceiveCommand) export(ctx context.Context, c *console, w *workspace, r api.ReceiveRequest, format string) error {
	data, err := w.service.ExportReceive(ctx, r, format)
	if err != nil {
		return err
	}
	var names []string
	for _, d := range w.service.Installation().Directories {
		if r.Nation == "" || strings.EqualFold(r.Nation, d.Nation) {
			names = append(names, d.Name)
		}
	}
	if err := c.warnOfParts(ctx, w, names); err != nil {
		return err
	}
	if err := os.WriteFile(cmd.Export, data, 0o600); err != nil {
		return err
	}
	return c.answer(map[string]any{"file": cmd.Export, "bytes": len(data)}, func(out io.Writer) {
		fmt.Fprintf(out, "%s: %d bytes\n", cmd.Export, len(data))
	})
}

// why ends with the status of a denial where that one may not receive it.
func (cmd bookReceiveCommand) why(ctx context.Context, c *console, s *api.Service, r api.ReceiveRequest) error {
	d, err := s.Why(ctx, r, cmd.Why)
	if err != nil {
		return err
	}
	err = c.answer(d, func(out io.Writer) {
		verdict := "may receive it"
		if !d.May {
			verdict = "may not receive it"
		}
		fmt.Fprintf(out, "%s\n%s %s\n", d.Marking, orText(strings.TrimSpace(d.Nation+" "+d.Name), d.Address), verdict)
		for _, text := range append(append([]string{}, d.Verdict.Reasons...), d.Route.Reasons...) {
			fmt.Fprintf(out, "  %s\n", text)
		}
		for _, m := range d.Members {
			fmt.Fprintf(out, "  %s: %s %s\n", m.Name, m.Outcome, strings.Join(m.Reasons, " "))
		}
	})
	if err == nil && !d.May {
		return exitStatus(exitDenied)
	}
	return err
}

func printReceive(out io.Writer, d api.ReceiveDocument) {
	fmt.Fprintf(out, "%s\n", d.Marking)
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tmay\tof\tcleared\tstale\tnot cleared\twithdrawn\tunknown\terror\tno route\t")
	line := func(name string, c api.ReceiveCounts) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, c.May, c.People, c.Cleared, c.Stale, c.NotCleared, c.Withdrawn, c.Unknown, c.Error, c.NoRoute)
	}
	for _, n := range d.Nations {
		line(n.Nation, n.Counts)
	}
	for _, u := range d.Units {
		line(orText(u.Unit, "(no unit)"), u.Counts)
	}
	line("all", d.People)
	t.Flush()
	if g := d.Groups; g.Lists+g.Roles+g.Rooms > 0 {
		fmt.Fprintf(out, "Besides %d lists, %d roles and %d rooms, of which each needs whoever is behind it.\n", g.Lists, g.Roles, g.Rooms)
	}
	for _, n := range d.Nations {
		for _, r := range n.Routes {
			if r.Outcome != "cleared" {
				fmt.Fprintf(out, "%s: %s\n", r.Domain, strings.Join(r.Reasons, " "))
			}
		}
	}
}
