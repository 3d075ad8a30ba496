package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"caveat/backend/api"
)

type installationRulesCommand struct {
	List installationRulesListCommand `cmd:"" default:"1" help:"Sets, which of them are active, and the rules of each."`
	Use  installationRulesUseCommand  `cmd:"" help:"Switch exactly these sets on; it is in the audit log."`
}

type installationRulesListCommand struct{}

func (installationRulesListCommand) Run(ctx context.Context, c *console) error {
	w, err := c.open(ctx, "caveat installation rules")
	if err != nil {
		return err
	}
	defer w.Close()
	doc, err := w.service.Rules(ctx)
	if err != nil {
		return err
	}
	return c.answer(doc, func(out io.Writer) { describeRules(out, doc) })
}

type installationRulesUseCommand struct {
	Sets []string `arg:"" optional:"" name:"set" help:"Names of sets."`
	None bool     `help:"Switch all sets off: only rules that belong to no set count."`
}

func (cmd installationRulesUseCommand) Run(ctx context.Context, c *console) error {
	if cmd.None == (len(cmd.Sets) > 0) {
		return usageError{"name the sets that are to be switched on, or --none"}
	}
	w, err := c.open(ctx, "caveat installation rules use")
	if err != nil {
		return err
	}
	defer w.Close()
	c.warnOfDemo(w.dir)
	doc, err := w.service.SwitchRules(ctx, cmd.Sets)
	if err != nil {
		return err
	}
	return c.answer(doc, func(out io.Writer) { describeRules(out, doc) })
}

// describeRules writes sets with what belongs to each; first what belongs to none.
func describeRules(out io.Writer, doc api.RulesDocument) {
	for _, set := range append([]api.RuleSet{{Active: true}}, doc.Sets...) {
		name, state := "no set", "always on"
		if set.Name != "" {
			name, state = set.Name, "off"
			if set.Active {
				state = "on"
			}
		}
		fmt.Fprintf(out, "%s: %s\n", oneLine(name), state)
		for _, r := range doc.Rules {
			if r.Set == set.Name {
				fmt.Fprintf(out, "  rule %s: %s\n", oneLine(r.Name), oneLine(strings.Join(wordsOfRule(r), ", ")))
			}
		}
		for _, t := range doc.Thresholds {
			if t.Set == set.Name {
				class := "every classification"
				if t.Classification != "" {
					class = t.Classification + " and above"
				}
				what := []string{fmt.Sprintf("%s at more than %d recipients, %s", t.Action, t.Limit, class)}
				what = append(what, times(t.From, t.Until)...)
				fmt.Fprintf(out, "  threshold %s: %s\n", oneLine(t.Name), oneLine(strings.Join(what, ", ")))
			}
		}
	}
}

func wordsOfRule(r api.RuleDocument) []string {
	words := []string{"warn"}
	for _, x := range []struct{ what, value string }{
		{"outcome", r.Outcome}, {"nation", r.Nation}, {"channel", r.Channel}, {"classification", r.Classification},
	} {
		if x.value != "" {
			words = append(words, x.what+" "+x.value)
		}
	}
	if r.Trial {
		words = append(words, "in trial")
	}
	return append(words, times(r.From, r.Until)...)
}

// times says when something holds.
func times(from, until *time.Time) []string {
	var out []string
	for _, x := range []struct {
		word string
		at   *time.Time
	}{{"from", from}, {"until", until}} {
		if x.at != nil {
			out = append(out, x.word+" "+x.at.UTC().Format(time.RFC3339))
		}
	}
	return out
}
