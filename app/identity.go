package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
)

type identityCommand struct {
	List   identityListCommand   `cmd:"" help:"Who may send as whom on this machine, and with which roles."`
	Add    identityAddCommand    `cmd:"" help:"Bind an entry of the own nation's directory to a user."`
	Remove identityRemoveCommand `cmd:"" help:"Take an identity away."`
}

type identityListCommand struct{}

func (identityListCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat identity list")
	if err != nil {
		return err
	}
	defer w.Close()
	all, err := w.service.ListIdentities(ctx)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"identities": all}, func(out io.Writer) {
		t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tUSER\tENTRY\tMAIL\tJID\tACCOUNT\tMAILBOX\tCHAT\tROLES")
		for _, x := range all {
			s := x.Settings
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.ID, harmless(s.User), harmless(s.DN), harmless(s.Mail), harmless(s.JID), s.Account, s.Mailbox, s.Chat, strings.Join(s.Roles, ", "))
		}
		t.Flush()
	})
}

type identityAddCommand struct {
	User      string   `required:"" help:"Login name; * for whoever runs the program." placeholder:"NAME"`
	Directory string   `required:"" help:"Of the own nation." placeholder:"NAME"`
	DN        string   `name:"dn" required:"" help:"Of the entry." placeholder:"DN"`
	Mail      string   `help:"Its mail address." placeholder:"ADDR"`
	JID       string   `name:"jid" help:"Its address in chat." placeholder:"JID"`
	Account   string   `help:"Of kind smtp." placeholder:"NAME"`
	Mailbox   string   `help:"Of kind imap." placeholder:"NAME"`
	Chat      string   `help:"Of kind xmpp, of this very jid." placeholder:"NAME"`
	Role      []string `help:"drafter, administrator or auditor." placeholder:"ROLE"`
}

func (cmd identityAddCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat identity add")
	if err != nil {
		return err
	}
	defer w.Close()
	c.warnOfDemo(w.dir)
	done, err := w.service.AddIdentity(ctx, api.IdentityInput{
		User: cmd.User, Directory: cmd.Directory, DN: cmd.DN, Mail: cmd.Mail, JID: cmd.JID, Account: cmd.Account, Mailbox: cmd.Mailbox, Chat: cmd.Chat, Roles: cmd.Role,
	})
	if err != nil {
		return err
	}
	return c.answer(done, func(out io.Writer) {
		fmt.Fprintf(out, "%s is bound to %s now.\n", harmless(cmd.DN), harmless(cmd.User))
	})
}

type identityRemoveCommand struct {
	ID string `arg:"" help:"As identity list names it."`
}

func (cmd identityRemoveCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat identity remove")
	if err != nil {
		return err
	}
	defer w.Close()
	c.warnOfDemo(w.dir)
	done, err := w.service.RemoveIdentity(ctx, cmd.ID)
	if err != nil {
		return err
	}
	return c.answer(done, func(out io.Writer) {
		fmt.Fprintf(out, "%s is no longer bound to %s.\n", harmless(done.Settings.DN), harmless(done.Settings.User))
	})
}
