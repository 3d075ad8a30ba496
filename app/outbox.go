package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"caveat/backend/api"
	"caveat/backend/outbox"
)

// outboxCommand is where the user decides about what is held or uncertain (RULES 24, 25).
type outboxCommand struct {
	List   outboxListCommand   `cmd:"" help:"Messages, newest first."`
	Show   outboxShowCommand   `cmd:"" help:"One message: what became of it, of each recipient and of its copy."`
	Resend outboxResendCommand `cmd:"" help:"Check a held or perhaps-delivered message again and send it anew."`
	Drop   outboxDropCommand   `cmd:"" help:"Do not send a message (again)."`
}

type outboxListCommand struct {
	Limit int `default:"50" help:"At most so many."`
}

func (cmd outboxListCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat outbox list")
	if err != nil {
		return err
	}
	defer w.Close()
	messages, err := w.service.Messages(ctx, cmd.Limit)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"messages": messages}, func(out io.Writer) {
		printMessages(out, messages)
	})
}

// printMessages prints a line for each message under one heading, and what became of it, and of each recipient, below.
func printMessages(out io.Writer, messages []api.SentMessage) {
	if len(messages) == 0 {
		fmt.Fprintln(out, "Nothing was sent from here yet.")
		return
	}
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTATE\tQUEUED\tLAST TRIED\tNEXT TRY\tSUBJECT")
	for _, m := range messages {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", m.ID, m.State, when(&m.Created), tried(m.Message), nextTry(m.Message), orText(oneLine(m.Subject), "(no subject)"))
	}
	t.Flush()
	heading, rows, _ := strings.Cut(table.String(), "\n")
	fmt.Fprintln(out, heading)
	for i, row := range strings.Split(strings.TrimSuffix(rows, "\n"), "\n") {
		fmt.Fprintln(out, row)
		printFate(out, messages[i])
	}
}

// printFate tells what became of a message, of each recipient and of the copy.
func printFate(out io.Writer, m api.SentMessage) {
	fmt.Fprintf(out, "  %s\n", oneLine(m.Marking))
	if m.Note != "" {
		fmt.Fprintf(out, "  %s\n", oneLine(m.Note))
	}
	printRecipients(out, m)
	if c := m.Copy; c != nil {
		fmt.Fprintf(out, "  copy in the mailbox %s: %s", c.Mailbox, copyWords[c.State])
		if c.Note != "" {
			fmt.Fprintf(out, "  %s", oneLine(c.Note))
		}
		fmt.Fprintln(out)
	}
}

// copyWords say what a state means for a copy.
var copyWords = map[outbox.State]string{
	outbox.Queued: "waits", outbox.Sending: "is being kept", outbox.BodySent: "is being kept", outbox.Deferred: "put off", outbox.Accepted: "kept",
	outbox.Refused: "not kept", outbox.Dropped: "not kept", outbox.Removing: "is being taken out", outbox.Removed: "taken out", outbox.Left: "could not be taken out",
}

type outboxShowCommand struct {
	ID string `arg:"" help:"Id of the message."`
}

func (cmd outboxShowCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat outbox show")
	if err != nil {
		return err
	}
	defer w.Close()
	m, err := w.service.Message(ctx, cmd.ID)
	if err != nil {
		return err
	}
	return c.answer(m, func(out io.Writer) {
		printMessages(out, []api.SentMessage{m.SentMessage})
		for _, o := range m.Overrides {
			fmt.Fprintf(out, "  sent all the same: %s: %s\n", oneLine(o.Address), oneLine(o.Reason))
		}
		for _, a := range m.Attachments {
			fmt.Fprintf(out, "  attachment: %q, %s, %d bytes  %s\n", a.File, a.Type, a.Size, oneLine(a.Marking))
		}
	})
}

func tried(m outbox.Message) string {
	switch {
	case m.LastTry != nil:
		return when(m.LastTry)
	case m.Attempts > 0:
		return "not known"
	}
	return "never"
}

// nextTry is when a message is tried by itself.
func nextTry(m outbox.Message) string {
	if m.State != outbox.Queued && m.State != outbox.Deferred {
		return "-"
	}
	return when(&m.NextTry)
}

type outboxResendCommand struct {
	ID       string            `arg:"" help:"Id of the message."`
	Override map[string]string `mapsep:"none" placeholder:"ADDRESS=REASON" help:"As for send."`
	Wait     time.Duration     `default:"30s" help:"How long to wait for the server's answer."`
}

func (cmd outboxResendCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat outbox resend")
	if err != nil {
		return err
	}
	defer w.Close()
	m, err := w.service.Outbox().Show(ctx, cmd.ID)
	if err != nil {
		return err
	}
	stop, err := w.beginChat(ctx, m.Channel)
	if err != nil {
		return err
	}
	defer stop()
	sent, err := w.service.Resend(ctx, cmd.ID, api.Overrides{Reasons: cmd.Override})
	return c.finishSend(ctx, w, sent, err, cmd.Wait)
}

type outboxDropCommand struct {
	ID string `arg:"" help:"Id of the message."`
}

func (cmd outboxDropCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat outbox drop")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.service.Drop(ctx, cmd.ID); err != nil {
		return err
	}
	return c.answer(map[string]string{"dropped": cmd.ID}, func(out io.Writer) { fmt.Fprintf(out, "%s will not be sent.\n", cmd.ID) })
}
