package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
	"caveat/backend/installation"
)

type directoryAddCommand struct {
	Name           string `arg:"" help:"Name of the directory in this installation."`
	directoryFlags `embed:""`
	Unasked        bool `help:"Do not ask the server: write what the flags say."`
	Yes            bool `short:"y" help:"Write it without asking you."`
}

func (cmd directoryAddCommand) Run(ctx context.Context, c *console) error {
	if err := cmd.missing(cmd.Unasked || cmd.LDIF != ""); err != nil {
		return err
	}
	if cmd.PasswordFile == "-" && !cmd.Yes {
		return usageError{"--password-file - takes standard input, on which you would have to answer: add --yes"}
	}
	w, err := c.open(ctx, "caveat directory add")
	if err != nil {
		return err
	}
	defer w.Close()
	if in := w.service.Installation(); in.Managed { // before a server is asked
		return fmt.Errorf("%w: %s overrides everything on this machine: its administrator changes it there", installation.ErrManaged, in.Path)
	}
	in, err := cmd.input(c, cmd.Name)
	if err != nil {
		return err
	}
	c.warnOfDemo(w.dir)
	var proposal *api.ProposalDocument
	if !cmd.Unasked && cmd.LDIF == "" {
		p, err := w.service.ProposeDirectory(ctx, in)
		if err != nil {
			return err
		}
		if !p.OK {
			return fmt.Errorf("%s: nothing is written; with --unasked it is added all the same", p.Error)
		}
		in.Adopt(p)
		proposal = &p
	}
	section, err := w.service.DirectorySection(in)
	if err != nil {
		return err
	}
	if !cmd.Yes {
		if proposal != nil {
			printProposal(c.err, *proposal)
		}
		fmt.Fprintf(c.err, "\n%s\nWrite this into %s? [y/N] ", harmless(section), w.service.Installation().Path)
		if !c.agrees() {
			return errors.New("nothing is written")
		}
	}
	done, err := w.service.AddDirectory(ctx, in)
	if err != nil {
		return err
	}
	for _, text := range done.Warnings {
		c.warn("%s", text)
	}
	doc := struct {
		api.AddedDocument
		Proposal *api.ProposalDocument `json:"proposal"`
	}{done, proposal}
	return c.answer(doc, func(out io.Writer) {
		fmt.Fprintf(out, "%s is in %s now. Try it: caveat directory test %s\n", done.Directory, done.Path, done.Directory)
	})
}

// agrees reads one line of standard input: only y or yes is consent, its end is not.
func (c *console) agrees() bool {
	line, _ := bufio.NewReader(io.LimitReader(c.in, 100)).ReadString('\n')
	line = strings.ToLower(strings.TrimSpace(line))
	return line == "y" || line == "yes"
}

type directoryProposeCommand struct {
	Name           string `arg:"" help:"Name of a directory of this installation, or, with --url, of a new one."`
	directoryFlags `embed:""`
}

func (cmd directoryProposeCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat directory propose")
	if err != nil {
		return err
	}
	defer w.Close()
	var p api.ProposalDocument
	if len(cmd.URL) == 0 && cmd.LDIF == "" {
		p, err = w.service.ProposeAgain(ctx, cmd.Name)
	} else {
		var in api.DirectoryInput
		if in, err = cmd.input(c, cmd.Name); err == nil {
			p, err = w.service.ProposeDirectory(ctx, in)
		}
	}
	if err != nil {
		return err
	}
	if !p.OK {
		fmt.Fprintf(c.err, "caveat: %s: %s\n", cmd.Name, oneLine(p.Error))
	}
	err = c.answer(p, func(out io.Writer) {
		if p.OK {
			printProposal(out, p)
			fmt.Fprintf(out, "\n%s", p.TOML)
		}
	})
	if err == nil && !p.OK {
		return exitStatus(exitError)
	}
	return err
}

// printProposal prints what a look at a server suggests, and why.
func printProposal(to io.Writer, p api.ProposalDocument) {
	out := &screen{to: to}
	fmt.Fprintf(out, "%s: %s\n", p.URL, orText(p.Vendor, "vendor not told"))
	if c := p.Certificate; c != nil {
		fmt.Fprintf(out, "certificate: %s, by %s, until %s\n             %s\n", c.Subject, c.Issuer, c.NotAfter.Format("2 Jan 2006"), c.Pin)
	}
	fmt.Fprintf(out, "holds: %s\nschema: %s, below %s\nkept up to date by: %s\n", strings.Join(p.NamingContexts, "; "), p.Schema, p.BaseDN, p.Strategy)
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "FIELD\tATTRIBUTE\tIN\tEXAMPLE")
	for _, e := range p.Evidence {
		fmt.Fprintf(t, "%s\t%s\t%d of %d\t%s\n", e.Field, e.Attribute, e.Have, e.Of, shortened(e.Example))
	}
	t.Flush()
	for _, text := range p.Problems {
		fmt.Fprintf(out, "problem: %s\n", text)
	}
}

// shortened is text for one cell of a table.
func shortened(s string) string {
	r := []rune(oneLine(s))
	if len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return string(r)
}
