package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"caveat/backend/api"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/ldapbook"
)

type bookSearchCommand struct {
	Text         []string `arg:"" optional:"" help:"Beginnings of words, in any order; none lists the book from its beginning."`
	Nation       string   `help:"Three-letter code of one nation." placeholder:"N"`
	Kind         string   `enum:"person,role,list,room,organisation," default:"" help:"person, role, list, room or organisation." placeholder:"K"`
	Organisation string   `help:"Name of an organisation or unit." placeholder:"O"`
	Channel      string   `enum:"mail,chat," default:"" help:"mail or chat: only those who have an address on it." placeholder:"C"`
	Receive      string   `help:"Only those who may receive this label (JSON, or XML), - for standard input." placeholder:"FILE"`
	Limit        int      `default:"20" help:"At most so many, 20 when left out." placeholder:"N"`
	Scope        string   `enum:"cache,typing,enter,all" default:"cache" help:"cache; typing: and the own nation; enter: and partners of which no copy is kept; all: every directory." placeholder:"S"`
	Live         bool     `help:"Ask the directories, not the cache."`
}

func (cmd bookSearchCommand) Run(ctx context.Context, c *console) error {
	if cmd.Limit < 1 || cmd.Limit > ldapbook.MaxLimit {
		return usageError{fmt.Sprintf("--limit must lie between 1 and %d", ldapbook.MaxLimit)}
	}
	r := api.SearchRequest{
		Text: strings.Join(cmd.Text, " "), Nation: cmd.Nation, Kind: cmd.Kind, Organisation: cmd.Organisation, Channel: cmd.Channel,
		Scope: cmd.Scope, Limit: cmd.Limit, Live: cmd.Live,
	}
	if cmd.Receive != "" {
		var err error
		if r.Receive, err = c.readLabelFile(cmd.Receive); err != nil {
			return err
		}
	}
	w, err := c.open(ctx, "caveat book search")
	if err != nil {
		return err
	}
	defer w.Close()
	d, err := w.service.Search(ctx, r)
	if err != nil {
		return err
	}
	c.warnOfDirectories(d.Directories)
	if d.More && !c.json {
		fmt.Fprintf(c.err, "caveat: the first %d are shown, there are more: give more letters, or --limit N\n", len(d.Hits))
	}
	return c.answer(d, func(out io.Writer) { printHits(out, d.Hits) })
}

// warnOfDirectories says which directories an answer could not rely on.
func (c *console) warnOfDirectories(list []api.SearchDirectory) {
	for _, s := range list {
		if s.State != "live" && s.State != "cached" {
			c.warn("there may be more in %s: %s", s.Name, orText(s.Why, strings.ReplaceAll(s.State, "-", " ")))
		}
	}
}

func printHits(out io.Writer, hits []api.Hit) {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, h := range hits {
		note := h.Lookalike
		if !h.Decides {
			note = strings.TrimSpace("(another directory decides for it) " + note)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", h.Nation, h.Kind, strings.TrimSpace(h.Rank+" "+h.Name), h.Unit, h.Address, note)
	}
	t.Flush()
}

// readLabelFile reads a label: chosen names as in a draft (JSON), or a STANAG 4774 label.
func (c *console) readLabelFile(path string) (draft.Label, error) {
	data, err := c.readFile(path, label.MaxSize)
	if err != nil {
		return draft.Label{}, err
	}
	text := strings.TrimSpace(string(data))
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, `"`) {
		return draft.Label{XML: string(data)}, nil
	}
	var l draft.Label
	if err := l.UnmarshalJSON([]byte(text)); err != nil {
		return draft.Label{}, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}
