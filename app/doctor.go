package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"caveat/backend/installation"
	"caveat/backend/plain"
)

type doctorCommand struct {
	Local bool `help:"Ask no directory: look at this machine only."`
}

// States of a finding.
const (
	foundOK      = "ok"
	foundWarning = "warning" // it works, and will not for long, or not as well as it could
	foundBroken  = "broken"  // it does not work
	foundBlocks  = "blocks"  // and as long as it does not, nothing is sent
)

// finding is one thing that the doctor looked at.
type finding struct {
	Area  string `json:"area"`  // data, disk, database, log, spool, queue, settings, sender, secrets, policies, directories, clock
	About string `json:"about"` // which one, where there are several
	State string `json:"state"`
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"` // what to do
}

// doctor collects findings. It changes nothing: it keeps no lock, migrates nothing and writes to no log, so that it can be asked before
// anything else is done.
type doctor struct {
	dir   string
	now   time.Time
	in    *installation.Installation // nil: there is none
	found []finding
}

func (d *doctor) add(area, about, state, do, text string, args ...any) {
	d.found = append(d.found, finding{Area: area, About: about, State: state, Do: do, Text: oneLine(fmt.Sprintf(text, args...))})
}

// Run looks at everything, and says what is well, what is not and what to do. Status 0: all is well, or will be for a while; 1:
// something is broken; 3: something is broken without which nothing can be sent.
func (cmd doctorCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	d := &doctor{dir: dir, now: now()}
	d.lookAtData()
	d.lookAtDisk()
	d.lookAtSettings()
	d.lookAtDatabase(ctx)
	d.lookAtSender()
	d.lookAtDrop()
	d.lookAtSecrets()
	d.lookAtPolicies()
	d.lookAtClock()
	if !cmd.Local {
		d.lookAtDirectories(ctx)
	}
	worst := d.worst()
	doc := map[string]any{"data": dir, "state": worst, "findings": d.found}
	if err := c.answer(doc, d.print); err != nil {
		return err
	}
	switch worst {
	case foundBlocks:
		return exitStatus(exitDenied)
	case foundBroken:
		return exitStatus(exitError)
	}
	return nil
}

func (d *doctor) worst() string {
	rank := map[string]int{foundOK: 0, foundWarning: 1, foundBroken: 2, foundBlocks: 3}
	worst := foundOK
	for _, f := range d.found {
		if rank[f.State] > rank[worst] {
			worst = f.State
		}
	}
	return worst
}

// words are how a state is said at the end.
var doctorWords = map[string]string{
	foundOK: "All is well.", foundWarning: "It works; see the warnings.", foundBroken: "Something is broken.",
	foundBlocks: "Nothing can be sent until what blocks is mended.",
}

func (d *doctor) print(out io.Writer) {
	fmt.Fprintf(out, "%s\n", d.dir)
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, f := range d.found {
		mark := map[string]string{foundOK: "ok", foundWarning: "warning", foundBroken: "BROKEN", foundBlocks: "BLOCKS"}[f.State]
		fmt.Fprintf(t, "  %s\t%s\t%s\n", mark, strings.TrimSpace(f.Area+" "+f.About), f.Text)
		if f.Do != "" {
			fmt.Fprintf(t, "\t\t%s\n", f.Do)
		}
	}
	t.Flush()
	fmt.Fprintln(out, doctorWords[d.worst()])
}

// said is an error as people read it.
func said(err error) string { return oneLine(plain.Text(err)) }
