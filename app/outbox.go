package app

import (
	"context"
	"fmt"
	"io"
	"time"
)

// outboxCommand is where the user decides about what is held or uncertain (RULES 24, 25).
type outboxCommand struct {
	List   outboxListCommand   `cmd:"" help:"Messages, newest first."`
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
	messages, err := w.service.Outbox().List(ctx, cmd.Limit)
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"messages": messages}, func(out io.Writer) {
		for _, m := range messages {
			printMessage(out, m)
		}
	})
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
	sent, err := w.service.Resend(ctx, cmd.ID, cmd.Override)
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
	if err := w.service.Outbox().Drop(ctx, cmd.ID); err != nil {
		return err
	}
	return c.answer(map[string]string{"dropped": cmd.ID}, func(out io.Writer) { fmt.Fprintf(out, "%s will not be sent.\n", cmd.ID) })
}
