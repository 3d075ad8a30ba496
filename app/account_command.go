package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
	"caveat/backend/installation"
)

type accountCommand struct {
	List   accountListCommand   `cmd:"" help:"The accounts of this installation, what uses them, and whether their passwords are stored."`
	Test   accountTestCommand   `cmd:"" help:"Connect and log in, step by step, and see what the server can do; nothing is sent."`
	Add    accountAddCommand    `cmd:"" help:"Test an account, and add it to this installation."`
	Change accountChangeCommand `cmd:"" help:"Test an account as it is to be, and change it; what no flag says stays."`
	Remove accountRemoveCommand `cmd:"" help:"Take an account, and its password, out of this installation."`
}

type accountListCommand struct{}

func (accountListCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat account list")
	if err != nil {
		return err
	}
	defer w.Close()
	all, err := w.service.ListAccounts(ctx)
	if err != nil {
		return err
	}
	return c.answer(all, func(out io.Writer) {
		t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "ACCOUNT\tKIND\tADDRESS\tSECURITY\tLOGIN\tAS\tPASSWORD\tUSED BY\tWAITING")
		for _, a := range all.Accounts {
			var uses []string
			for _, u := range a.Uses {
				uses = append(uses, u.Address)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n", a.Settings.Name, a.Settings.Kind, a.Settings.Address, a.Settings.Security, a.Login,
				harmless(a.Settings.User+a.Settings.JID), a.Password, harmless(strings.Join(uses, ", ")), a.Waiting)
		}
		t.Flush()
	})
}

type accountTestCommand struct {
	Name string `arg:"" help:"Name of the account."`
}

// Run ends with 1 when a step fails.
func (cmd accountTestCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat account test")
	if err != nil {
		return err
	}
	defer w.Close()
	d, err := w.service.TestAccount(ctx, cmd.Name)
	if err != nil {
		return err
	}
	if err := c.answer(d, func(out io.Writer) { printAccountTest(out, d) }); err != nil {
		return err
	}
	if !d.OK {
		return exitStatus(exitError)
	}
	return nil
}

// printAccountTest prints the steps, the certificates and what the server can do. All of it may be anybody's words.
func printAccountTest(to io.Writer, d api.AccountTestDocument) {
	out := &screen{to: to}
	for _, s := range d.Steps {
		mark := "ok"
		if !s.OK {
			mark = "FAILED"
		}
		fmt.Fprintf(out, "%-12s%-8s%s\n", s.Step, mark, s.Text)
		if s.Said != "" {
			fmt.Fprintf(out, "%-20sthe server: %s\n", "", s.Said)
		}
	}
	for _, x := range d.Chain {
		fmt.Fprintf(out, "shown: %s, by %s, until %s\n       %s\n       SHA-256 %s\n", x.Subject, x.Issuer, x.NotAfter.Format("2 Jan 2006"), x.Pin, x.SHA256)
	}
	for _, x := range d.Can {
		have := "no"
		if x.OK {
			have = "yes"
		}
		fmt.Fprintf(out, "%-20s%-4s%s\n", x.Name, have, x.Text)
	}
}

type accountAddCommand struct {
	Name         string `arg:"" help:"Name of the account in this installation."`
	Kind         string `required:"" enum:"smtp,imap,xmpp" help:"smtp, imap or xmpp."`
	accountFlags `embed:""`
	Untested     bool `help:"Do not ask the server."`
	Yes          bool `short:"y" help:"Write it without asking you."`
}

func (cmd accountAddCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat account add")
	if err != nil {
		return err
	}
	defer w.Close()
	in := api.AccountInput{Name: cmd.Name, Kind: cmd.Kind, Security: "tls"}
	if cmd.Kind != installation.KindIMAP {
		in.Security = "starttls"
	}
	if err := cmd.over(c, &in); err != nil {
		return err
	}
	return c.writeAccount(ctx, w, in, "", cmd.Untested, cmd.Yes, cmd.PasswordFile, func() (api.ChangedAccount, error) { return w.service.AddAccount(ctx, in) })
}

type accountChangeCommand struct {
	Name         string `arg:"" help:"Name of the account."`
	accountFlags `embed:""`
	Untested     bool `help:"Do not ask the server."`
	Yes          bool `short:"y" help:"Write it without asking you."`
}

func (cmd accountChangeCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat account change")
	if err != nil {
		return err
	}
	defer w.Close()
	all, err := w.service.ListAccounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all.Accounts {
		if a.Settings.Name != cmd.Name {
			continue
		}
		in := a.Settings
		if err := cmd.over(c, &in); err != nil {
			return err
		}
		return c.writeAccount(ctx, w, in, cmd.Name, cmd.Untested, cmd.Yes, cmd.PasswordFile, func() (api.ChangedAccount, error) { return w.service.ChangeAccount(ctx, cmd.Name, in) })
	}
	return fmt.Errorf("%w: no account %q in %s", api.ErrNotFound, cmd.Name, all.Path)
}

// writeAccount tests, asks, and writes.
func (c *console) writeAccount(ctx context.Context, w *workspace, in api.AccountInput, of string, untested, yes bool, passwordFile string, write func() (api.ChangedAccount, error)) error {
	if passwordFile == "-" && !yes {
		return usageError{"--password-file - takes standard input, on which you would have to answer: add --yes"}
	}
	if path := w.service.Installation().Path; w.service.Installation().Managed { // before a server is asked
		return fmt.Errorf("%w: %s overrides everything on this machine: its administrator changes it there", installation.ErrManaged, path)
	}
	c.warnOfDemo(w.dir)
	if !untested {
		d, err := w.service.TryAccount(ctx, in, of)
		if err != nil {
			return err
		}
		printAccountTest(c.err, d)
		if !d.OK {
			return fmt.Errorf("%s: nothing is written; with --untested it is written all the same", d.Error)
		}
	}
	if !yes {
		fmt.Fprintf(c.err, "\nWrite account %s into %s? [y/N] ", harmless(in.Name), w.service.Installation().Path)
		if !c.agrees() {
			return errors.New("nothing is written")
		}
	}
	done, err := write()
	if err != nil {
		return err
	}
	for _, text := range done.Warnings {
		c.warn("%s", text)
	}
	return c.answer(done, func(out io.Writer) {
		fmt.Fprintf(out, "%s is in %s now.\n", done.Account, done.Path)
	})
}

type accountRemoveCommand struct {
	Name   string `arg:"" help:"Name of the account."`
	Unbind bool   `help:"Identities that use it go on without it; else such an account is not removed."`
}

func (cmd accountRemoveCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat account remove")
	if err != nil {
		return err
	}
	defer w.Close()
	c.warnOfDemo(w.dir)
	done, err := w.service.RemoveAccount(ctx, cmd.Name, "", func(api.AccountUse) bool { return cmd.Unbind })
	if err != nil {
		return err
	}
	return c.answer(done, func(out io.Writer) {
		fmt.Fprintf(out, "%s is no longer in %s, and its password is deleted.\n", done.Account, done.Path)
	})
}
