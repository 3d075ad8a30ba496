package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
	"caveat/ldapbook"
)

type bookCommand struct {
	Sync   bookSyncCommand   `cmd:"" help:"Read the directories now."`
	Search bookSearchCommand `cmd:"" help:"Find people, roles, lists and rooms of all nations."`
	Show   bookShowCommand   `cmd:"" help:"One entry, by id or address."`
	Status bookStatusCommand `cmd:"" help:"What the book holds of each directory, and how fresh it is."`
	Reset  bookResetCommand  `cmd:"" help:"Delete the book: the directories fill it again."`
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

type bookSearchCommand struct {
	Text   []string `arg:"" optional:"" help:"Beginnings of words, in any order; none lists the book from its beginning."`
	Nation string   `help:"Three-letter code of one nation." placeholder:"N"`
	Kind   string   `enum:"person,role,list,room," default:"" help:"person, role, list or room." placeholder:"K"`
	Limit  int      `default:"20" help:"At most so many, 20 when left out." placeholder:"N"`
	Live   bool     `help:"Ask the directories, not the cache."`
}

func (cmd bookSearchCommand) Run(ctx context.Context, c *console) error {
	if cmd.Limit < 1 || cmd.Limit > ldapbook.MaxLimit {
		return usageError{fmt.Sprintf("--limit must lie between 1 and %d", ldapbook.MaxLimit)}
	}
	w, err := c.open(ctx, "caveat book search")
	if err != nil {
		return err
	}
	defer w.Close()
	d, err := w.service.Search(ctx, api.SearchRequest{Text: strings.Join(cmd.Text, " "), Nation: cmd.Nation, Kind: cmd.Kind, Limit: cmd.Limit, Live: cmd.Live})
	if err != nil {
		return err
	}
	for _, s := range d.Directories {
		if s.State != "ok" {
			c.warn("there may be more in %s: %s", s.Name, oneLine(orText(s.Error, strings.ReplaceAll(s.State, "-", " "))))
		}
	}
	if d.More && !c.json {
		fmt.Fprintf(c.err, "caveat: the first %d are shown, there are more: give more letters, or --limit N\n", len(d.Hits))
	}
	return c.answer(d, func(out io.Writer) {
		t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		for _, h := range d.Hits {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", h.Nation, h.Kind, strings.TrimSpace(h.Rank+" "+h.Name), h.Unit, h.Address)
		}
		t.Flush()
	})
}

type bookShowCommand struct {
	What string `arg:"" help:"Id as search gives it, or address."`
}

func (cmd bookShowCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat book show")
	if err != nil {
		return err
	}
	defer w.Close()
	entries, err := w.service.Show(ctx, cmd.What)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"entries": entries}, func(out io.Writer) {
		for i, e := range entries {
			if i > 0 {
				fmt.Fprintln(out)
			}
			printEntry(out, e)
		}
	})
}

func printEntry(out io.Writer, e api.EntryDocument) {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, row := range [][2]string{
		{"Name", strings.TrimSpace(e.Rank + " " + e.Name)}, {"Kind", e.Kind}, {"Nation", e.Nation}, {"Appointment", e.Title}, {"Unit", e.Unit},
		{"Mail", strings.Join(e.Mail, ", ")}, {"Chat", strings.Join(e.JID, ", ")}, {"Phone", strings.Join(e.Phone, ", ")},
		{"Clearances", fmt.Sprintf("%d published", e.Clearances)}, {"Members", strings.Join(e.Members, "; ")},
		{"Directory", e.Directory + ", " + e.Transport}, {"DN", e.DN}, {"Read", when(&e.ReadAt)}, {"Id", e.ID},
	} {
		if row[1] != "" {
			fmt.Fprintf(t, "%s\t%s\n", row[0], row[1])
		}
	}
	t.Flush()
}
