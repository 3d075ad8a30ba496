package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
	"caveat/backend/installation"
)

type bookTreeCommand struct {
	Directory string `arg:"" optional:"" help:"Name of one directory; all when left out."`
	Depth     int    `default:"4" help:"So many levels, 4 when left out." placeholder:"N"`
}

// treeNode is a node with those below it.
type treeNode struct {
	api.NodeDocument
	Below []treeNode `json:"below,omitempty"`
}

func (cmd bookTreeCommand) Run(ctx context.Context, c *console) error {
	if cmd.Depth < 1 {
		return usageError{"--depth must be 1 at least"}
	}
	w, err := c.open(ctx, "caveat book tree")
	if err != nil {
		return err
	}
	defer w.Close()
	names := []string{cmd.Directory}
	if cmd.Directory == "" {
		names = nil
		for _, d := range w.service.Installation().Directories {
			names = append(names, d.Name)
		}
	}
	tree := map[string][]treeNode{}
	for _, name := range names {
		if tree[name], err = nodesBelow(ctx, w.service, name, 0, cmd.Depth); err != nil {
			return err
		}
	}
	if err := c.warnOfParts(ctx, w, names); err != nil {
		return err
	}
	return c.answer(map[string]any{"directories": tree}, func(out io.Writer) {
		for _, name := range names {
			fmt.Fprintln(out, name)
			printTree(out, tree[name], "  ")
		}
	})
}

// warnOfParts says of which directories the book has only a part, or nothing.
func (c *console) warnOfParts(ctx context.Context, w *workspace, names []string) error {
	all, err := w.service.ListDirectories(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		switch {
		case !slices.Contains(names, d.Name):
		case d.Mode == installation.ModeLookUp && !d.Incomplete && d.Error == "":
			c.warn("there may be more in %s: only what was found or used is kept here", d.Name)
		case d.Incomplete || d.State != "ok":
			c.warn("there may be more in %s: %s", d.Name, orText(oneLine(d.Error), state(d)))
		}
	}
	return nil
}

func nodesBelow(ctx context.Context, s *api.Service, directory string, node int64, depth int) ([]treeNode, error) {
	found, err := s.Tree(ctx, directory, node)
	if err != nil {
		return nil, err
	}
	out := []treeNode{}
	for _, n := range found {
		x := treeNode{NodeDocument: n}
		if n.Nodes > 0 && depth > 1 {
			if x.Below, err = nodesBelow(ctx, s, directory, n.ID, depth-1); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}

func printTree(out io.Writer, nodes []treeNode, indent string) {
	for _, n := range nodes {
		more := ""
		if n.Nodes > len(n.Below) {
			more = ", more below"
		}
		fmt.Fprintf(out, "%s%s (%d%s)\n", indent, n.Name, n.Total, more)
		printTree(out, n.Below, indent+"  ")
	}
}

type bookVCardCommand struct {
	What []string `arg:"" help:"Ids as search gives them, or addresses."`
}

func (cmd bookVCardCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat book vcard")
	if err != nil {
		return err
	}
	defer w.Close()
	var ids []string
	for _, what := range cmd.What {
		found, err := w.service.Show(ctx, what)
		if err != nil {
			return err
		}
		for _, e := range found {
			if e.Decides || len(found) == 1 { // of an address that several publish, as the directory has it that decides
				ids = append(ids, e.ID)
			}
		}
	}
	data, err := w.service.VCards(ctx, ids)
	if err != nil {
		return err
	}
	if c.json {
		return c.answer(map[string]any{"vcards": string(data)}, nil)
	}
	_, err = c.out.Write(data)
	return err
}

// directoryOf is the directory of an entry's id. Who is not in the book may be in a directory that was read only in part.
func directoryOf(id string) string {
	name, _, _ := strings.Cut(id, ":")
	return name
}

type bookGroupsCommand struct{}

func (bookGroupsCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat book groups")
	if err != nil {
		return err
	}
	defer w.Close()
	groups, err := w.service.OwnGroups(ctx)
	if err != nil {
		return err
	}
	var gone []string
	for _, g := range groups {
		for _, m := range g.Members {
			if m.Hit == nil {
				gone = append(gone, directoryOf(m.ID))
			}
		}
	}
	if err := c.warnOfParts(ctx, w, gone); err != nil {
		return err
	}
	return c.answer(map[string]any{"groups": groups}, func(out io.Writer) {
		for _, g := range groups {
			fmt.Fprintf(out, "%s (%d)\n", g.Name, len(g.Members))
			for _, m := range g.Members {
				note := ""
				if m.State != "known" {
					note = " (" + m.State + ")"
				}
				fmt.Fprintf(out, "  %s <%s>%s\n", m.Name, m.Address, note)
			}
		}
	})
}

type bookFavouritesCommand struct {
	Add    []string `help:"Make this one a favourite: id or address." placeholder:"WHO"`
	Remove []string `help:"No longer a favourite: id or address." placeholder:"WHO"`
}

func (cmd bookFavouritesCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat book favourites")
	if err != nil {
		return err
	}
	defer w.Close()
	for on, list := range map[bool][]string{true: cmd.Add, false: cmd.Remove} {
		for _, what := range list {
			if err := setFavourite(ctx, w.service, what, on); err != nil {
				return err
			}
		}
	}
	list, err := w.service.Favourites(ctx)
	if err != nil {
		return err
	}
	var gone []string
	for _, f := range list {
		if f.Hit == nil {
			gone = append(gone, directoryOf(f.ID))
		}
	}
	if err := c.warnOfParts(ctx, w, gone); err != nil {
		return err
	}
	return c.answer(map[string]any{"favourites": list}, func(out io.Writer) {
		t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		for _, f := range list {
			address := "(not in the book)"
			if f.Hit != nil {
				address = f.Hit.Address
			}
			fmt.Fprintf(t, "%s\t%s\t%s\n", f.Name, address, f.ID)
		}
		t.Flush()
	})
}

func setFavourite(ctx context.Context, s *api.Service, what string, on bool) error {
	if strings.Contains(what, "@") {
		found, err := s.Show(ctx, what)
		if err != nil {
			return err
		}
		for _, e := range found {
			if what = found[0].ID; e.Decides {
				what = e.ID
				break
			}
		}
	}
	return s.SetFavourite(ctx, what, on)
}
