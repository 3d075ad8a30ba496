package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
)

type bookShowCommand struct {
	What    string `arg:"" help:"Id as search gives it, or address."`
	Members bool   `help:"Open a list or role to the last level."`
	Groups  bool   `help:"The lists and roles that it belongs to."`
}

// shownEntry is an entry with what was asked for besides.
type shownEntry struct {
	api.EntryDocument
	Opened *api.MembersDocument `json:"opened,omitempty"`
}

// openDepth is how deep a list is opened on the command line.
const openDepth = 32

func (cmd bookShowCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat book show")
	if err != nil {
		return err
	}
	defer w.Close()
	found, err := w.service.Show(ctx, cmd.What)
	if err != nil {
		return err
	}
	entries := make([]shownEntry, len(found))
	var directories []string
	for i, e := range found {
		directories = append(directories, e.Directory)
		entries[i].EntryDocument = e
		if !cmd.Members {
			continue
		}
		m, err := w.service.Members(ctx, e.ID, openDepth)
		if err != nil {
			return err
		}
		entries[i].Opened = &m
	}
	if err := c.warnOfParts(ctx, w, directories); err != nil { // the groups it belongs to, its members, who else has its address
		return err
	}
	return c.answer(map[string]any{"entries": entries}, func(out io.Writer) {
		for i, e := range entries {
			if i > 0 {
				fmt.Fprintln(out)
			}
			printEntry(out, e.EntryDocument)
			if cmd.Groups {
				fmt.Fprintf(out, "Belongs to %d:\n", len(e.Groups))
				printHits(out, e.Groups)
			}
			if e.Opened != nil {
				printMembers(out, *e.Opened)
			}
		}
	})
}

func printEntry(out io.Writer, e api.EntryDocument) {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	rows := [][2]string{
		{"Name", strings.TrimSpace(e.Rank + " " + e.Name)}, {"Kind", e.Kind}, {"Nation", e.Nation}, {"Appointment", e.Title}, {"Unit", e.Unit},
		{"Mail", strings.Join(e.Mail, ", ")}, {"Chat", strings.Join(e.JID, ", ")}, {"Phone", strings.Join(e.Phone, ", ")},
		{"Clearances", fmt.Sprintf("%d published", e.Clearances)}, {"Members", strings.Join(e.Members, "; ")}, {"Look-alike", e.Lookalike},
		{"Directory", e.Directory + ", " + e.Transport}, {"DN", e.DN}, {"Read", when(&e.ReadAt)}, {"Id", e.ID},
	}
	if e.Disabled {
		rows = append(rows, [2]string{"State", "not in use, says its directory"})
	}
	if e.ExpiresAt != nil {
		rows = append(rows, [2]string{"Account ends", when(e.ExpiresAt)})
	}
	if e.MembersIncomplete {
		rows = append(rows, [2]string{"Members", "there are more: the directory gave only a part of them"})
	}
	if !e.Decides {
		rows = append(rows, [2]string{"Decides", "no: another directory decides for its address, or none"})
	}
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(t, "%s\t%s\n", row[0], row[1])
		}
	}
	t.Flush()
}

func printMembers(out io.Writer, m api.MembersDocument) {
	fmt.Fprintf(out, "Opened: %d people, %d unknown\n", m.People, m.Unknown)
	for _, r := range m.Rows {
		name := r.DN
		if r.Hit != nil {
			name = fmt.Sprintf("%s %s %s <%s>", r.Hit.Nation, r.Hit.Kind, strings.TrimSpace(r.Hit.Rank+" "+r.Hit.Name), r.Hit.Address)
		}
		if r.State != "shown" {
			name += " (" + strings.ReplaceAll(r.State, "-", " ") + ")"
		}
		fmt.Fprintf(out, "%s%s\n", strings.Repeat("  ", r.Depth), name)
	}
	for _, text := range m.Cut {
		fmt.Fprintln(out, text)
	}
}
