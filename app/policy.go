package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"caveat/backend/api"
	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

type policyCommand struct {
	Lint      policyLintCommand      `cmd:"" help:"What is wrong with a policy file, or worth knowing."`
	Valid     policyValidCommand     `cmd:"" help:"Is a label valid under its policy?"`
	Mark      policyMarkCommand      `cmd:"" help:"The marking of a label."`
	Translate policyTranslateCommand `cmd:"" help:"The label of another policy that says the same."`
	Decide    policyDecideCommand    `cmd:"" help:"Does a clearance permit a label?"`

	Load     policyLoadCommand     `cmd:"" help:"Keep a policy as a version; nothing is put in force by that."`
	Versions policyVersionsCommand `cmd:"" help:"The policies that were loaded, and those in force."`
	Show     policyShowCommand     `cmd:"" help:"A version drawn so that a person can read it."`
	Impact   policyImpactCommand   `cmd:"" help:"What would change if a version were put in force."`
	Use      policyUseCommand      `cmd:"" help:"Put a version in force, also one that was before."`
	Withdraw policyWithdrawCommand `cmd:"" help:"Take a policy that stands beside the governing one out of force."`
}

// policyInput is what all policy commands read.
type policyInput struct {
	SPIF          []string `name:"spif" required:"" sep:"none" placeholder:"FILE" help:"Policy file; repeat for several."`
	Label         string   `required:"" placeholder:"FILE" help:"STANAG 4774 label, - for standard input."`
	RequireTagSet []string `sep:"none" placeholder:"NAME" help:"A tag set that the label must have a value of; repeat for several."`
	Lang          string   `default:"en" help:"Language of markings and reasons, such as en, fr or fr-CA."`
}

func (in policyInput) read(c *console) (api.Judge, label.Label, error) {
	site, err := readSite(in.SPIF)
	if err != nil {
		return api.Judge{}, label.Label{}, err
	}
	data, err := c.readFile(in.Label, label.MaxSize)
	if err != nil {
		return api.Judge{}, label.Label{}, err
	}
	l, err := label.ParseLabel(data)
	if err != nil {
		return api.Judge{}, label.Label{}, fmt.Errorf("%s: %w", in.Label, err)
	}
	return api.Judge{Site: site, RequireTagSets: func(*spif.Policy) []string { return in.RequireTagSet }, Now: time.Now(), Lang: in.Lang}, l, nil
}

func readSite(paths []string) (*spif.Site, error) {
	var policies []*spif.Policy
	for _, path := range paths {
		p, err := readPolicy(path)
		if err != nil {
			return nil, err
		}
		policies = append(policies, p)
	}
	return spif.NewSite(policies...)
}

func readPolicy(path string) (*spif.Policy, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := spif.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

type policyValidCommand struct{ policyInput }

func (cmd policyValidCommand) Run(c *console) error {
	j, l, err := cmd.read(c)
	if err != nil {
		return err
	}
	d, err := j.Valid(l)
	if err != nil {
		return err
	}
	if err := c.answer(d, func(w io.Writer) { printValid(w, d) }); err != nil {
		return err
	}
	if !d.Valid {
		return exitStatus(exitDenied)
	}
	return nil
}

func printValid(w io.Writer, d api.ValidDocument) {
	if d.Valid {
		fmt.Fprintf(w, "valid: %s\n", d.Marking)
	} else {
		fmt.Fprintln(w, "invalid")
	}
	for _, r := range d.Problems {
		fmt.Fprintf(w, "  %s: %s\n", r.Rule, r.Text)
	}
	for _, r := range d.Warnings {
		fmt.Fprintf(w, "  warning, %s: %s\n", r.Rule, r.Text)
	}
}

type policyMarkCommand struct {
	policyInput
	At string `default:"pageBottom" help:"Where the marking stands: a marking code of the SPIF."`
}

func (cmd policyMarkCommand) Run(c *console) error {
	if !spif.IsPlacement(cmd.At) {
		return usageError{fmt.Sprintf("--at %q is no place for a marking: pageTop, pageBottom, portionMarking, …", cmd.At)}
	}
	j, l, err := cmd.read(c)
	if err != nil {
		return err
	}
	marking, problems, err := j.Mark(l, spif.Placement(cmd.At))
	if errors.Is(err, api.ErrLabel) {
		return fmt.Errorf("%s: %w", cmd.Label, err)
	}
	if err != nil {
		return err
	}
	for _, p := range problems {
		if p.Warning {
			c.warn("%s", p.Words(cmd.Lang))
		} else {
			c.warn("%s", cmbac.InvalidReasons([]spif.Problem{p})[0].Words(cmd.Lang))
		}
	}
	return c.answer(map[string]string{"marking": marking}, func(w io.Writer) { fmt.Fprintln(w, marking) })
}

type policyTranslateCommand struct {
	policyInput
	To string `required:"" placeholder:"POLICY" help:"Name of the policy to translate to; its SPIF must be given too."`
}

func (cmd policyTranslateCommand) Run(c *console) error {
	j, l, err := cmd.read(c)
	if err != nil {
		return err
	}
	out, via, err := j.Translate(l, cmd.To)
	if problems := untranslated(err, cmd.Lang); problems != nil {
		if err := c.answer(map[string]any{"problems": problems}, func(io.Writer) {
			for _, p := range problems {
				fmt.Fprintf(c.err, "caveat: %s: %s\n", p.Rule, oneLine(p.Text))
			}
		}); err != nil {
			return err
		}
		return exitStatus(exitDenied)
	}
	if err != nil {
		return err
	}
	xml := referenced(string(out.Marshal()))
	return c.answer(map[string]string{"label": xml, "via": via}, func(w io.Writer) { fmt.Fprintln(w, xml) })
}

// referenced writes the characters that a terminal must not get as references: the document stays the same.
func referenced(xml string) string {
	var b strings.Builder
	for _, r := range xml {
		if harmless(string(r)) != string(r) {
			fmt.Fprintf(&b, "&#x%X;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// untranslated says why a label has no translation; nothing for other errors.
func untranslated(err error, lang string) []cmbac.Reason {
	var problems []spif.Problem
	var cannot *spif.Untranslatable
	var invalid *api.NotValid
	switch {
	case errors.As(err, &cannot):
		problems = []spif.Problem{cannot.Problem}
	case errors.As(err, &invalid):
		problems = invalid.Problems
	}
	var out []cmbac.Reason
	for _, p := range problems {
		if !p.Warning {
			out = append(out, cmbac.Told(p, lang))
		}
	}
	return out
}

type policyDecideCommand struct {
	policyInput
	Clearance    []string `required:"" sep:"none" placeholder:"FILE" help:"STANAG 4774 clearance, - for standard input; repeat for the clearances of one person under several policies."`
	Hierarchical bool     `help:"The highest classification held counts, not membership of the list."`
	Explain      bool     `help:"Say every reason."`
}

func (cmd policyDecideCommand) Run(c *console) error {
	j, l, err := cmd.read(c)
	if err != nil {
		return err
	}
	clearances, err := cmd.clearances(c)
	if err != nil {
		return err
	}
	j.Hierarchical = cmd.Hierarchical
	d, err := j.Decide(l, clearances...)
	if err != nil {
		return err
	}
	if err := c.answer(d, func(w io.Writer) { printDecision(w, d, cmd.Explain) }); err != nil {
		return err
	}
	if d.Decision != cmbac.Permit.String() {
		return exitStatus(exitDenied)
	}
	return nil
}

func (cmd policyDecideCommand) clearances(c *console) ([]label.Clearance, error) {
	var out []label.Clearance
	for _, path := range cmd.Clearance {
		data, err := c.readFile(path, label.MaxSize)
		if err != nil {
			return nil, err
		}
		clearance, err := label.ParseClearance(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, clearance)
	}
	return out, nil
}

func printDecision(w io.Writer, d api.DecideDocument, explain bool) {
	fmt.Fprintln(w, d.Decision)
	if !explain {
		return
	}
	fmt.Fprintf(w, "  marking: %s\n", d.Marking)
	if d.Via != "" {
		fmt.Fprintf(w, "  translated by the %s\n", d.Via)
	}
	for _, r := range d.Reasons {
		fmt.Fprintf(w, "  %s: %s\n", r.Rule, r.Text)
	}
}
