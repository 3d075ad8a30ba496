package app

import (
	"context"
	"fmt"
	"io"

	"caveat/backend/api"
	"caveat/backend/spif"
)

type policyLoadCommand struct {
	File string `arg:"" help:"Policy file, - for standard input."`
}

func (cmd policyLoadCommand) Run(ctx context.Context, c *console) error {
	data, err := c.readFile(cmd.File, spif.MaxSize)
	if err != nil {
		return err
	}
	w, err := c.open(ctx, "caveat policy load")
	if err != nil {
		return err
	}
	defer w.Close()
	v, err := w.service.LoadPolicy(ctx, data)
	if err != nil {
		return fmt.Errorf("%s: %w; `caveat policy lint` says everything", cmd.File, err)
	}
	return c.answer(v, func(out io.Writer) {
		fmt.Fprintf(out, "%s\nSee what would change with: caveat policy impact %s\n", describeVersion(v), short(v.SHA256))
	})
}

// short is as much of a SHA-256 as names a version among those that anybody has.
func short(sum string) string { return sum[:min(12, len(sum))] }

// describeVersion is one line about a version.
func describeVersion(v api.PolicyVersion) string {
	line := fmt.Sprintf("%s  %s version %d, %s", short(v.SHA256), oneLine(v.Name), v.Version, v.Standing)
	if v.Validity != "valid" {
		line += ", " + v.Validity
	}
	if v.NotAfter != nil {
		line += ", until " + v.NotAfter.Format("2 Jan 2006")
	}
	switch v.Signature.State {
	case "verified":
		line += ", signed by " + oneLine(v.Signature.Subject)
	case "unchecked":
		line += ", signed, not verified"
	case "refused":
		line += ", signature refused: " + oneLine(v.Signature.Problem)
	default:
		line += ", not signed"
	}
	if v.Used != nil {
		line += ", put in force " + v.Used.Format("2 Jan 2006, 15:04Z") + " by " + oneLine(v.UsedBy)
	}
	if v.Problem != "" {
		line += ": " + oneLine(v.Problem)
	}
	return line
}

type policyVersionsCommand struct{}

func (policyVersionsCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat policy versions")
	if err != nil {
		return err
	}
	defer w.Close()
	doc, err := w.service.PolicyVersions(ctx)
	if err != nil {
		return err
	}
	return c.answer(doc, func(out io.Writer) { describeVersions(out, doc) })
}

func describeVersions(out io.Writer, doc api.PolicyVersionsDocument) {
	for _, v := range doc.Versions {
		fmt.Fprintln(out, describeVersion(v))
	}
}

type policyShowCommand struct {
	Version string `arg:"" help:"SHA-256 of a version, or the first digits of it."`
	Lang    string `default:"en" help:"Language of the rules in words, such as en or fr."`
}

func (cmd policyShowCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat policy show")
	if err != nil {
		return err
	}
	defer w.Close()
	sum, err := w.service.FindPolicy(ctx, cmd.Version)
	if err != nil {
		return err
	}
	d, err := w.service.DrawPolicy(ctx, sum, cmd.Lang)
	if err != nil {
		return err
	}
	return c.answer(d, func(out io.Writer) { drawPolicy(out, d) })
}

// drawPolicy writes a policy as text.
func drawPolicy(out io.Writer, d api.PolicyDrawing) {
	fmt.Fprintln(out, describeVersion(d.Version))
	fmt.Fprintf(out, "issued by %s\n", orText(oneLine(d.Originator), "nobody that it names"))
	for _, c := range d.Classes {
		fmt.Fprintf(out, "%s  %s%s\n", oneLine(c.Name), colourOf(c.Background), spoken(c.Phrases, c.Rules, c.Equivalents))
	}
	for _, s := range d.TagSets {
		fmt.Fprintf(out, "%s%s\n", oneLine(s.Name), spoken(nil, nil, s.Equivalents))
		for _, t := range s.Tags {
			fmt.Fprintf(out, "  %s%s\n", t.Type, spoken(nil, t.Rules, nil))
			for _, v := range t.Values {
				fmt.Fprintf(out, "    %s%s\n", oneLine(v.Name), spoken(v.Phrases, v.Rules, v.Equivalents))
			}
		}
	}
	for _, e := range d.Equivalents {
		fmt.Fprintf(out, "can be translated to %s (%s)\n", oneLine(e.Name), oneLine(e.ID))
	}
}

func colourOf(background string) string {
	if background == "" {
		return ""
	}
	return "[" + background + "]"
}

// spoken joins what is said of a classification or value into the rest of its line.
func spoken(phrases []api.DrawnPhrase, rules, equivalents []string) string {
	line, sep := "", ": "
	say := func(text string) {
		line += sep + oneLine(text)
		sep = "; "
	}
	for _, p := range phrases {
		if p.Text != "" {
			say(fmt.Sprintf("marked %q%s", p.Text, inLanguage(p.Lang)))
		}
	}
	for _, r := range rules {
		say(r)
	}
	for _, e := range equivalents {
		say("is " + e)
	}
	return line
}

func inLanguage(lang string) string {
	if lang == "" {
		return ""
	}
	return " (" + lang + ")"
}

type policyImpactCommand struct {
	Version   string `arg:"" help:"SHA-256 of a version, or the first digits of it."`
	Governing bool   `xor:"as" help:"As the governing policy."`
	Beside    bool   `xor:"as" help:"Beside the governing policy."`
}

// standing is what a command asked for; "": where the policy stands now.
func standing(governing, beside bool) string {
	switch {
	case governing:
		return "governing"
	case beside:
		return "beside"
	}
	return ""
}

func (cmd policyImpactCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat policy impact")
	if err != nil {
		return err
	}
	defer w.Close()
	sum, err := w.service.FindPolicy(ctx, cmd.Version)
	if err != nil {
		return err
	}
	d, err := w.service.PolicyImpact(ctx, sum, standing(cmd.Governing, cmd.Beside), "en")
	if err != nil {
		return err
	}
	if err := c.answer(d, func(out io.Writer) { describeImpact(out, d) }); err != nil {
		return err
	}
	if d.Problem != "" {
		return exitStatus(exitDenied)
	}
	return nil
}

func describeImpact(out io.Writer, d api.PolicyImpact) {
	fmt.Fprintf(out, "%s version %d, %s\n", oneLine(d.Name), d.Version, d.As)
	switch {
	case d.InForce:
		fmt.Fprintln(out, "It is in force: nothing would change.")
		return
	case d.Problem != "":
		fmt.Fprintf(out, "It cannot be put in force: %s\n", oneLine(d.Problem))
		return
	}
	for _, x := range d.Differences {
		fmt.Fprintf(out, "%s %s %s\n", x.Change, x.Of, oneLine(describeDifference(x)))
	}
	fmt.Fprintf(out, "Labels in use: %d would change, %d not; decided for %d people.\n", len(d.Labels), d.Same, d.People)
	for _, l := range d.Labels {
		fmt.Fprintf(out, "  %s: %d lose it, %d gain it\n", oneLine(l.Marking), l.Lost, l.Gained)
		for _, why := range l.Invalid {
			fmt.Fprintf(out, "    not valid any more: %s\n", oneLine(why))
		}
		if l.After != l.Marking && l.After != "" {
			fmt.Fprintf(out, "    marked %s\n", oneLine(l.After))
		}
	}
	fmt.Fprintf(out, "Drafts that could not be sent any more: %d of %d\n", len(d.Drafts), d.Checked.Drafts)
	for _, x := range d.Drafts {
		fmt.Fprintf(out, "  %s %s: %s\n", x.ID, orText(oneLine(x.Subject), oneLine(x.Marking)), oneLine(x.Why))
	}
	fmt.Fprintf(out, "Queued messages that would be held: %d of %d\n", len(d.Waiting), d.Checked.Waiting)
	for _, x := range d.Waiting {
		fmt.Fprintf(out, "  %s %s: %s\n", x.ID, orText(oneLine(x.Subject), oneLine(x.Marking)), oneLine(x.Why))
	}
}

func describeDifference(x api.PolicyDifference) string {
	what := x.Name
	if x.TagSet != "" {
		what += " of " + x.TagSet
	}
	switch {
	case x.Before != "" && x.After != "":
		return fmt.Sprintf("%s: %s, was %s", what, x.After, x.Before)
	case x.After != "":
		return fmt.Sprintf("%s: %s", what, x.After)
	case x.Before != "":
		return fmt.Sprintf("%s: not any more: %s", what, x.Before)
	}
	return what
}

type policyUseCommand struct {
	Version   string `arg:"" help:"SHA-256 of a version, or the first digits of it."`
	Governing bool   `xor:"as" help:"As the governing policy."`
	Beside    bool   `xor:"as" help:"Beside the governing policy."`
	Accept    string `placeholder:"WORDS" help:"Why it is accepted though its signature is not verified; it stays in the installation file and the log."`
	Signer    string `placeholder:"NAME" help:"The [[ca]] by which its signature is verified, and those of its later versions."`
}

func (cmd policyUseCommand) Run(ctx context.Context, c *console) error {
	return c.changeVersion(ctx, "caveat policy use", cmd.Version, func(s *api.Service, sum string) (api.PolicyVersionsDocument, error) {
		return s.UsePolicy(ctx, sum, api.PolicyUse{As: standing(cmd.Governing, cmd.Beside), Accept: cmd.Accept, Signer: cmd.Signer, ChangeSigner: true})
	})
}

type policyWithdrawCommand struct {
	Version string `arg:"" help:"SHA-256 of a version, or the first digits of it."`
}

func (cmd policyWithdrawCommand) Run(ctx context.Context, c *console) error {
	return c.changeVersion(ctx, "caveat policy withdraw", cmd.Version, func(s *api.Service, sum string) (api.PolicyVersionsDocument, error) {
		return s.WithdrawPolicy(ctx, sum)
	})
}

// changeVersion does something with a version that is named by its digest or the first digits of it, and says how the versions stand then.
func (c *console) changeVersion(ctx context.Context, program, version string, change func(s *api.Service, sum string) (api.PolicyVersionsDocument, error)) error {
	w, err := c.open(ctx, program)
	if err != nil {
		return err
	}
	defer w.Close()
	c.warnOfDemo(w.dir)
	sum, err := w.service.FindPolicy(ctx, version)
	if err != nil {
		return err
	}
	doc, err := change(w.service, sum)
	if err != nil {
		return err
	}
	return c.answer(doc, func(out io.Writer) { describeVersions(out, doc) })
}
