package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"caveat/backend/api"
	"caveat/backend/outbox"
	"caveat/backend/plain"
	"caveat/backend/presend"
	"caveat/backend/store"
)

type sendCommand struct {
	Draft    string            `required:"" placeholder:"FILE" help:"Draft (JSON), - for standard input."`
	Override map[string]string `mapsep:"none" placeholder:"ADDRESS=REASON" help:"Send to this recipient on your own responsibility, where the rules allow it; repeat for several. A threshold is overridden by threshold:NAME=REASON."`
	Wait     time.Duration     `default:"30s" help:"How long to wait for the server's answer."`
}

// sendDocument is the answer of send.
type sendDocument struct {
	Sent    bool            `json:"sent" doc:"accepted for all"`
	Blocked bool            `json:"blocked"`
	Message *outbox.Message `json:"message,omitempty"`
	Report  presend.Report  `json:"report"`
}

func (cmd sendCommand) Run(ctx context.Context, c *console) error {
	d, err := c.readDraft(cmd.Draft)
	if err != nil {
		return err
	}
	w, err := c.open(ctx, "caveat send")
	if err != nil {
		return err
	}
	defer w.Close()
	if d, err = keepFiles(ctx, w.service, cmd.Draft, d); err != nil {
		return err
	}
	stop, err := w.beginChat(ctx, d.Channel)
	if err != nil {
		return err
	}
	defer stop()
	sent, err := w.service.Send(ctx, d, api.Overrides{Reasons: cmd.Override})
	return c.finishSend(ctx, w, sent, err, cmd.Wait)
}

// finishSend tells what became of a Send: blocked, or waits for the server's answer.
func (c *console) finishSend(ctx context.Context, w *workspace, sent api.Sent, err error, wait time.Duration) error {
	var blocked *outbox.BlockedError
	if errors.As(err, &blocked) {
		doc := sendDocument{Blocked: true, Report: sent.Report}
		if err := c.answer(doc, func(out io.Writer) {
			fmt.Fprintln(out, "Blocked: nothing was sent.")
			printReport(out, sent.Report)
		}); err != nil {
			return err
		}
		return exitStatus(exitDenied)
	}
	if err != nil {
		return err
	}
	for _, x := range sent.Report.Warnings {
		c.warn("%s", x.Text)
	}
	err = c.await(ctx, w, sent.Message, wait)
	m, readErr := w.service.Outbox().Show(context.WithoutCancel(ctx), sent.Message)
	if err = errors.Join(err, readErr); err != nil {
		// The message is queued all the same: who is told only of an error would send it again.
		m.ID, m.State, m.Note = sent.Message, outbox.Queued, "It is queued; what became of it could not be read: "+plain.Text(err)
		m.Recipients = []outbox.RecipientStatus{}
	}
	doc := sendDocument{Sent: m.State == outbox.Accepted, Message: &m, Report: sent.Report}
	if err := c.answer(doc, func(out io.Writer) { printMessage(out, m) }); err != nil {
		return err
	}
	switch {
	case m.State == outbox.Held:
		return exitStatus(exitDenied)
	case waits(m):
		return nil // as the draft asked for
	case m.State != outbox.Accepted:
		return exitStatus(exitError)
	}
	return nil
}

// waits reports that a message is queued for a later time, as its draft asked for.
func waits(m outbox.Message) bool {
	return m.State == outbox.Queued && m.SendAt != nil && m.SendAt.After(now())
}

// await waits until a message is done. Whoever holds the data directory sends it; when nobody does, this process does.
func (c *console) await(ctx context.Context, w *workspace, id string, wait time.Duration) error {
	begin, named := time.Now(), false
	ctx, cancel := context.WithTimeout(ctx, wait)
	working := make(chan error, 1)
	started := false
	defer func() {
		cancel()
		if started {
			<-working // it has written down how far it came
		}
	}()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		m, err := w.service.Outbox().Show(context.WithoutCancel(ctx), id)
		if err != nil || m.IsDone() || waits(m) {
			return err
		}
		if !started {
			if started, err = w.store.TryHold(ctx); err != nil {
				return err
			}
			if started {
				go func() { working <- w.service.Work(ctx, false) }()
			}
		}
		if !started && !named && m.State == outbox.Queued && time.Since(begin) > store.HandOverTime {
			named = true
			c.warn("the message is queued, and %s, which holds the data directory, has not taken it up", w.store.Holder())
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-working:
			working <- err
			if err != nil {
				return err
			}
		case <-tick.C:
		}
		// One attempt that was put off will not come again within a command's patience.
		if m.State == outbox.Deferred && m.Attempts > 0 {
			return nil
		}
	}
}

func printMessage(out io.Writer, m outbox.Message) {
	fmt.Fprintf(out, "%s  %s  %s\n", m.ID, m.State, m.Marking)
	if m.Note != "" {
		fmt.Fprintf(out, "  %s\n", m.Note)
	}
	switch {
	case waits(m):
		fmt.Fprintf(out, "  It leaves at %s by a running program (caveat serve), when it is still cleared then.\n", when(m.SendAt))
	case m.State == outbox.Queued:
		fmt.Fprintln(out, "  It is queued, and leaves as soon as a running program (caveat serve) takes it up.")
	case m.State == outbox.Deferred:
		fmt.Fprintf(out, "  It is tried again at %s by a running program (caveat serve).\n", when(&m.NextTry))
	}
	sent := api.SentMessage{Message: m} // just now: nothing is reported yet
	for _, r := range m.Recipients {
		sent.Recipients = append(sent.Recipients, api.SentRecipient{RecipientStatus: r})
	}
	printRecipients(out, sent)
}

// printRecipients says what became of each recipient, their addresses below each other, and what was reported of each.
func printRecipients(out io.Writer, m api.SentMessage) {
	width := 0
	for _, r := range m.Recipients {
		width = max(width, len(r.State))
	}
	for _, r := range m.Recipients {
		fmt.Fprintf(out, "  %-*s  %s", width, r.State, r.Address)
		if r.By != "" {
			fmt.Fprintf(out, "  (member of %s)", r.By)
		}
		if r.Reply != "" {
			fmt.Fprintf(out, "  %d %s", r.Code, oneLine(r.Reply))
		}
		fmt.Fprintln(out)
		for _, claim := range r.Reports {
			fmt.Fprintf(out, "  %-*s    reported %s by %s at %s", width, "", claim.Kind, orText(oneLine(claim.Reporter), "nobody who is named"), when(&claim.At))
			for _, said := range []string{claim.Status, claim.Text} {
				if said != "" {
					fmt.Fprintf(out, "  %s", oneLine(said))
				}
			}
			fmt.Fprintln(out)
		}
	}
}
