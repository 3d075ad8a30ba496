package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"caveat/backend/api"
	"caveat/backend/presend"
)

type auditWhoCommand struct {
	Message string `arg:"" help:"Id of the message, or its Message-ID."`
}

func (cmd auditWhoCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat audit who")
	if err != nil {
		return err
	}
	defer w.Close()
	id, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(cmd.Message), "<>"), "@") // a Message-ID made here begins with the id
	m, err := w.service.AuditMessage(ctx, id)
	if err != nil {
		return err
	}
	return c.answer(m, func(out io.Writer) { printWhoGot(out, m) })
}

// gotWords say what the log knows of whether somebody has a message.
var gotWords = map[string]string{"yes": "got it", "perhaps": "perhaps got it", "no": "did not get it", "unknown": "not known"}

func printWhoGot(out io.Writer, m api.AuditMessage) {
	fmt.Fprintf(out, "%s  %s\n", orText(oneLine(m.MessageID), m.ID), oneLine(m.Marking))
	fmt.Fprintf(out, "Let leave %s by line %d, from %s, by %s\n", when(&m.Time), m.Line, oneLine(m.Sender), orText(oneLine(m.Actor), "whom an earlier version did not record"))
	fmt.Fprintf(out, "SHA-256 of what was handed over: %s\nPolicy: %s version %d, %s\n", m.SHA256, oneLine(m.Policy.Name), m.Policy.Version, m.Policy.SHA256)
	if m.IsAltered {
		fmt.Fprintln(out, "What is kept does not match the audit log, or the log was altered. What follows is as it stands there.")
	}
	if m.Problem != "" {
		fmt.Fprintf(out, "%s\n", oneLine(m.Problem))
	}
	for _, r := range m.Recipients {
		fmt.Fprintf(out, "\n%s  %s", gotWords[r.Got], oneLine(r.Address))
		printParty(out, r)
	}
	fmt.Fprintf(out, "\nsender  %s", oneLine(m.Originator.Address))
	printParty(out, m.Originator)
	for _, t := range m.Thresholds {
		fmt.Fprintf(out, "\nlimit %s of %d, reached by %d: %s\n", oneLine(t.Name), t.Limit, t.Reached, oneLine(t.Reason))
	}
}

// printParty ends the line with an address, and tells below it what was found and what became of it.
func printParty(out io.Writer, r api.AuditRecipient) {
	for _, x := range []string{r.Name, r.Nation} {
		if x != "" {
			fmt.Fprintf(out, "  %s", oneLine(x))
		}
	}
	if r.By != "" {
		fmt.Fprintf(out, "  by the list %s", oneLine(r.By))
	}
	e := r.Evidence
	fmt.Fprintf(out, "\n  %s by %s", r.Outcome, oneLine(e.Directory))
	if e.DN != "" {
		fmt.Fprintf(out, ", %s", oneLine(e.DN))
	}
	if e.ReadAt != nil {
		fmt.Fprintf(out, ", read %s by %s", when(e.ReadAt), orText(e.Transport, "a way that was not recorded"))
	}
	fmt.Fprintln(out)
	if r.Override != "" {
		fmt.Fprintf(out, "  sent all the same: %s\n", oneLine(r.Override))
	}
	if r.At != nil {
		fmt.Fprintf(out, "  %s %s by line %d: %d %s\n", r.State, when(r.At), r.Receipt, r.Code, oneLine(r.Reply))
	} else if r.State != "" {
		fmt.Fprintf(out, "  %s\n", r.State)
	}
}

type auditRefusedCommand struct {
	Since string `placeholder:"DATE" help:"Only what was sent since then: 2026-11-01, or 2026-11-01T08:00:00Z. Left out: ever."`
}

func (cmd auditRefusedCommand) Run(ctx context.Context, c *console) error {
	since, err := dateOf(cmd.Since)
	if err != nil {
		return err
	}
	w, err := c.open(ctx, "caveat audit refused")
	if err != nil {
		return err
	}
	defer w.Close()
	all := api.RefusedPage{Messages: []api.RefusedMessage{}}
	for q := (api.RefusedQuery{From: since}); ; q.Before = all.Next {
		p, err := w.service.AuditRefused(ctx, q)
		if err != nil {
			return err
		}
		all.At, all.Newest, all.Next = p.At, p.Newest, p.Next
		all.Messages, all.Examined = append(all.Messages, p.Messages...), all.Examined+p.Examined
		if p.Next == 0 {
			break
		}
	}
	if err := c.answer(all, func(out io.Writer) { printRefused(out, all) }); err != nil {
		return err
	}
	if len(all.Messages) > 0 {
		return exitStatus(exitDenied)
	}
	return nil
}

// dateOf reads a day, which begins at midnight UTC, or a time; the zero Time of nothing.
func dateOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(form, s); err == nil {
			return at, nil
		}
	}
	return time.Time{}, usageError{fmt.Sprintf("--since=%q is no date: write 2026-11-01, or 2026-11-01T08:00:00Z", s)}
}

func printRefused(out io.Writer, p api.RefusedPage) {
	for _, m := range p.Messages {
		fmt.Fprintf(out, "line %d", m.Message.Seq)
		if m.Message.Time != nil {
			fmt.Fprintf(out, "  %s  %s  %s", when(m.Message.Time), orText(oneLine(m.Message.MessageID), m.Message.Message), oneLine(m.Message.Marking))
		}
		fmt.Fprintln(out)
		if m.Undecided != "" {
			fmt.Fprintf(out, "  cannot be decided: %s\n", oneLine(m.Undecided))
		}
		if len(m.Label) > 0 {
			fmt.Fprintf(out, "  the label would be refused: %s\n", oneLine(strings.Join(m.Label, " ")))
		}
		if m.Originator != nil {
			printFinding(out, *m.Originator, "the sender")
		}
		for _, r := range m.Recipients {
			printFinding(out, r, gotWords[r.Got])
		}
	}
	fmt.Fprintf(out, "Messages decided anew: %d. Those that would not leave as they did, or of which that cannot be said: %d.\n", p.Examined, len(p.Messages))
}

var findingWords = map[string]string{"refused": "refused", "reason": "only with a reason", "undecided": "cannot be decided"}

func printFinding(out io.Writer, r api.RefusedFor, who string) {
	fmt.Fprintf(out, "  %s: %s (%s): %s", findingWords[r.Finding], oneLine(r.Address), who, oneLine(strings.Join(r.Reasons, " ")))
	if len(r.Reasons) == 0 || r.Outcome != presend.NotCleared {
		fmt.Fprintf(out, " [%s]", r.Outcome)
	}
	fmt.Fprintln(out)
}
