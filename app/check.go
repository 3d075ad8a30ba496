package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"caveat/backend/api"
	"caveat/backend/draft"
	"caveat/backend/presend"
)

type checkCommand struct {
	Draft string `required:"" placeholder:"FILE" help:"Draft (JSON), - for standard input."`
}

func (cmd checkCommand) Run(ctx context.Context, c *console) error {
	d, err := c.readDraft(cmd.Draft)
	if err != nil {
		return err
	}
	w, err := c.open(ctx, "caveat check")
	if err != nil {
		return err
	}
	defer w.Close()
	if d, err = keepFiles(ctx, w.service, cmd.Draft, d); err != nil {
		return err
	}
	r, err := w.service.Check(ctx, d)
	if err != nil {
		return err
	}
	if err := c.answer(r, func(out io.Writer) { printReport(out, r) }); err != nil {
		return err
	}
	if !r.Sendable {
		return exitStatus(exitDenied)
	}
	return nil
}

func (c *console) readDraft(path string) (draft.Draft, error) {
	data, err := c.readFile(path, draft.MaxSize)
	if err != nil {
		return draft.Draft{}, err
	}
	d, err := draft.Parse(data)
	if err != nil {
		return draft.Draft{}, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// keepFiles keeps the content of the files that a draft names, each relative to the draft's own file, and completes their entries;
// one with a hash is kept already. A sidecar (NAME.bdo) that lies beside a file gives it its label, and does not go with the message
// unless the draft names it.
func keepFiles(ctx context.Context, s *api.Service, path string, d draft.Draft) (draft.Draft, error) {
	folder := "."
	if path != "-" {
		folder = filepath.Dir(path)
	}
	d.Attachments = slices.Clone(d.Attachments)
	for i := range d.Attachments {
		a := &d.Attachments[i]
		if a.SHA256 != "" {
			continue
		}
		file := a.File
		if !filepath.IsAbs(file) {
			file = filepath.Join(folder, file)
		}
		kept, err := keepFile(ctx, s, file)
		if err != nil {
			return draft.Draft{}, fmt.Errorf("%s: attachment: %w", path, err)
		}
		a.File, a.SHA256, a.Size = kept.File, kept.SHA256, kept.Size
		if a.Type == "" {
			a.Type = kept.Type
		}
		if err := bindBeside(ctx, s, file, *a); err != nil {
			return draft.Draft{}, fmt.Errorf("%s: attachment: %w", path, err)
		}
	}
	return d, nil
}

func keepFile(ctx context.Context, s *api.Service, path string) (api.KeptAttachment, error) {
	info, err := os.Stat(path) // before it is opened: a pipe would wait for somebody to write
	if err != nil {
		return api.KeptAttachment{}, err
	}
	if !info.Mode().IsRegular() {
		return api.KeptAttachment{}, fmt.Errorf("%s is no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return api.KeptAttachment{}, err
	}
	defer f.Close()
	return s.KeepAttachment(ctx, filepath.Base(path), f, info.Size())
}

// bindBeside reads the sidecars that lie beside a file, if there are any; in which case their names are written says nothing.
func bindBeside(ctx context.Context, s *api.Service, path string, a draft.Attachment) error {
	folder := filepath.Dir(path)
	beside, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("whether a sidecar lies beside it: %w", err)
	}
	for _, f := range beside {
		if !strings.EqualFold(f.Name(), filepath.Base(path)+draft.SidecarSuffix) {
			continue
		}
		sidecar, err := keepFile(ctx, s, filepath.Join(folder, f.Name()))
		if err != nil {
			return err
		}
		if err := s.BindSidecar(ctx, a, draft.Attachment{File: sidecar.File, SHA256: sidecar.SHA256, Size: sidecar.Size}); err != nil {
			return err
		}
	}
	return nil
}

// printReport writes a report for people: the answer in words first, then whoever may not get it, then ways forward.
func printReport(out io.Writer, r presend.Report) {
	fmt.Fprintln(out, r.Label.Marking)
	fmt.Fprintln(out, summary(r))
	for _, p := range r.Label.Problems {
		fmt.Fprintf(out, "  label: %s\n", p.Text)
	}
	if !r.Label.Valid {
		return // whoever it is addressed to, it says the same
	}
	if r.Originator.Action != presend.Pass {
		printVerdict(out, "  ", "you", r.Originator)
	}
	for _, x := range r.Recipients {
		printRecipient(out, "  ", x)
	}
	for i, x := range r.Warnings {
		if i == 0 {
			fmt.Fprintln(out, "Worth knowing:")
		}
		fmt.Fprintf(out, "  %s\n", x.Text)
	}
	if len(r.Fixes) > 0 {
		fmt.Fprintln(out, "Ways forward:")
	}
	for _, f := range r.Fixes {
		fmt.Fprintf(out, "  %s: %s\n", f.Kind, f.Text)
	}
}

func summary(r presend.Report) string {
	stopped := 0
	for _, x := range r.Recipients {
		if x.Verdict.Action != presend.Pass || x.Link.Action != presend.Pass {
			stopped++
		}
	}
	switch {
	case !r.Label.Valid:
		return "This label cannot be used."
	case r.Originator.Action != presend.Pass:
		return "You may not send this."
	case stopped == 0 && len(r.Recipients) == 1:
		return "The one recipient may get this."
	case stopped == 1 && len(r.Recipients) == 1:
		return "The one recipient may not get this."
	case stopped == 0:
		return fmt.Sprintf("All %d may get this.", len(r.Recipients))
	}
	return fmt.Sprintf("%d of %d may not get this.", stopped, len(r.Recipients))
}

// printRecipient writes a recipient under the worse of its verdict and its link: only who gets the message looks like yes.
func printRecipient(out io.Writer, indent string, x presend.Recipient) {
	worst := x.Verdict
	worst.Outcome = presend.Worse(x.Verdict.Outcome, x.Link.Outcome)
	if x.Link.Action == presend.Block {
		worst.Action = presend.Block
	}
	worst.Reasons = append(append([]presend.Reason{}, x.Verdict.Reasons...), x.Link.Reasons...)
	printVerdict(out, indent, strings.Join(strings.Fields(fmt.Sprintf("%s %s <%s>", x.Nation, x.Name, x.Address)), " "), worst)
	for _, m := range x.Members {
		if m.Verdict.Outcome != presend.Cleared || m.Link.Outcome != presend.Cleared {
			printRecipient(out, indent+"    ", m)
		}
	}
}

func printVerdict(out io.Writer, indent, who string, v presend.Verdict) {
	fmt.Fprintf(out, "%s%-11s %s", indent, v.Outcome, who)
	if v.Action == presend.Warn {
		fmt.Fprint(out, " (may be sent with a reason)")
	}
	fmt.Fprintln(out)
	if v.Outcome == presend.Cleared {
		return
	}
	said := map[string]bool{"": true}
	say := func(text string) {
		if !said[text] {
			said[text] = true
			fmt.Fprintf(out, "%s            %s\n", indent, text)
		}
	}
	for _, r := range v.Reasons {
		say(r.Text)
	}
	say(v.Evidence.Note)
	if v.Evidence.DN == "" && v.Evidence.Directory != "" {
		say("Looked in: " + v.Evidence.Directory + ".")
	}
}
