package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
)

// inboxCommand reads what came in, as far as it is known here; who holds the data directory reads it from the mailbox.
type inboxCommand struct {
	List inboxListCommand `cmd:"" help:"Messages that came in, newest first."`
	Show inboxShowCommand `cmd:"" help:"One message that came in, to be read."`
	File inboxFileCommand `cmd:"" help:"Save a file that came with a message."`
	Save inboxSaveCommand `cmd:"" help:"Save a message as it came (.eml)."`
}

type inboxListCommand struct {
	Mailbox string `placeholder:"NAME" help:"Name of the mailbox's account; left out: the first of the user's."`
	Limit   int    `default:"50" help:"At most so many, 1 to 500."`
	Before  string `placeholder:"PLACE" help:"What the list before said where it goes on."`
	Unread  bool   `help:"Only what was not seen yet."`
	Lang    string `default:"en" help:"Language of the markings, such as en or fr."`
}

func (cmd inboxListCommand) Run(ctx context.Context, c *console) error {
	if cmd.Limit < 1 || cmd.Limit > 500 {
		return usageError{fmt.Sprintf("--limit %d: 1 to 500", cmd.Limit)}
	}
	w, err := c.open(ctx, "caveat inbox list")
	if err != nil {
		return err
	}
	defer w.Close()
	d, err := w.service.Inbox(ctx, api.InboxQuery{Mailbox: cmd.Mailbox, Before: cmd.Before, Limit: cmd.Limit, Unread: cmd.Unread, Lang: cmd.Lang})
	if err != nil {
		return err
	}
	return c.answer(d, func(out io.Writer) { printInbox(out, d) })
}

// printInbox says how far the mailbox is known, then a line for each message and what it is called below.
func printInbox(out io.Writer, d api.InboxDocument) {
	switch d.State {
	case "none":
		fmt.Fprintln(out, "No mailbox is set up for you: the administrator names one in [[identity]].")
		return
	case "new":
		fmt.Fprintf(out, "%s was not read to its end yet.\n", d.Mailbox)
	case "online":
		fmt.Fprintf(out, "%s: %d messages, %d not seen.\n", d.Mailbox, d.Total, d.Unread)
	default:
		fmt.Fprintf(out, "%s, as of %s: %d messages, %d not seen.\n", d.Mailbox, when(d.AsOf), d.Total, d.Unread)
	}
	if d.Problem != "" {
		fmt.Fprintln(out, oneLine(d.Problem))
	}
	if len(d.Messages) == 0 {
		return
	}
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tRECEIVED\tSEEN\tFROM\tSUBJECT")
	for _, m := range d.Messages {
		seen := "no"
		if m.Seen {
			seen = "yes"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", m.ID, when(&m.Received), seen, sender(m.From), subjectOf(m))
	}
	t.Flush()
	heading, rows, _ := strings.Cut(table.String(), "\n")
	fmt.Fprintln(out, heading)
	for i, row := range strings.Split(strings.TrimSuffix(rows, "\n"), "\n") {
		fmt.Fprintln(out, row)
		printInboxLabel(out, d.Messages[i])
	}
	if d.Next != "" {
		fmt.Fprintf(out, "Older ones: --before %s\n", d.Next)
	}
}

func sender(f api.InboxSender) string {
	text := oneLine(orText(f.Address, orText(f.Name, "(not said)")))
	if f.Nation != "" {
		text += " (" + f.Nation + ")"
	}
	return text
}

func subjectOf(m api.InboxRow) string {
	switch {
	case m.Withheld:
		return "(withheld)"
	case m.Subject == "" && m.Problem != "":
		return "(not here)"
	}
	return orText(oneLine(m.Subject), "(no subject)")
}

// printInboxLabel says what a message is called, what that is worth, and why it is withheld.
func printInboxLabel(out io.Writer, m api.InboxRow) {
	line := func(text string) {
		if text != "" {
			fmt.Fprintf(out, "  %s\n", oneLine(text))
		}
	}
	switch m.Label.State {
	case "assumed":
		line(m.Label.Marking + " (assumed)")
	case "unlabelled":
		line("(no label)")
	case "faulty":
		line("Label not reliable")
		if m.Label.Marking != "" {
			line("marked: " + m.Label.Marking)
		}
	default:
		line(orText(m.Label.Marking, "(no marking)"))
	}
	line(m.Label.Why)
	for _, f := range m.Label.Faults {
		line(f.Text)
	}
	for _, r := range m.WithheldWhy {
		line(r.Text)
	}
	line(m.Problem)
	if r := m.Report; r != nil {
		line(strings.TrimSpace("Report on " + orText(r.Message, "an unknown message") + ". " + r.Warning))
	}
}

type inboxShowCommand struct {
	ID   string `arg:"" help:"Id of the message."`
	Lang string `default:"en" help:"Language of the marking, such as en or fr."`
}

// Run ends with 3 when the message is withheld, and when its label is faulty, as mail show does.
func (cmd inboxShowCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat inbox show")
	if err != nil {
		return err
	}
	defer w.Close()
	d, err := w.service.InboxMessage(ctx, cmd.ID, cmd.Lang)
	if err != nil {
		return err
	}
	if err := c.answer(d, func(out io.Writer) { printInboxMessage(out, d) }); err != nil {
		return err
	}
	if d.Withheld || d.Label.State == "faulty" {
		return exitStatus(exitDenied)
	}
	return nil
}

func printInboxMessage(out io.Writer, d api.InboxMessage) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(out, "%-12s %s\n", name+":", oneLine(value))
		}
	}
	line("From", strings.TrimSpace(d.From.Name+" "+sender(d.From)))
	line("To", listed(d.To))
	line("Cc", listed(d.Cc))
	line("Received", when(&d.Received))
	line("Subject", subjectOf(d.InboxRow))
	line("Precedence", d.Precedence)
	printInboxLabel(out, d.InboxRow)
	if d.Withheld {
		return
	}
	for _, f := range d.Files {
		line(fmt.Sprintf("File %d", f.N), fileWords(f))
	}
	for _, r := range d.Reports {
		line(r.Report.Kind, joined(" ", r.Address, r.Report.Status, r.Report.Text)+", says "+orText(r.Report.Reporter, "nobody who is named"))
	}
	line("Damaged", d.Damage)
	if d.WasHTML {
		line("Note", fmt.Sprintf("The text is made of HTML; of %d things in it that lie elsewhere none was fetched.", d.Remote))
	}
	fmt.Fprintf(out, "\n%s\n", strings.TrimRight(d.Text, "\n"))
	if d.Cut {
		fmt.Fprintln(out, "(The text is longer than what is shown.)")
	}
}

// fileWords describe a file: its name, where it has one, what it is, and what is known of its label.
func fileWords(f api.InboxFile) string {
	name := "without a name"
	if f.Name != "" {
		name = fmt.Sprintf("%q", f.Name)
	}
	return joined("  ", fmt.Sprintf("%s, %s, %d bytes", name, f.Type, f.Size), f.Label.Marking, f.Problem)
}

// joined joins those words that are there.
func joined(between string, words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), between)
}

func listed(list []api.InboxAddress) string {
	var out []string
	for _, a := range list {
		out = append(out, strings.TrimSpace(a.Name+" "+a.Address))
	}
	return strings.Join(out, ", ")
}
