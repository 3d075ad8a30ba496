package presend

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/plain"
)

// Servers tells what the servers on the way to a chat address take. It is optional: without it nobody is asked. Safe for concurrent use.
type Servers interface {
	// Takes asks about messages to an address, by the account that they leave by; isRoom: it is a room's. live asks now, whatever was
	// answered before. An error says, in words for the user, why nobody could be asked now.
	Takes(ctx context.Context, address string, isRoom, live bool) (Taken, error)
}

// Taken is what servers take. The zero value: whatever the policy allows.
type Taken struct {
	// NoLabels says in a sentence why a message would arrive without its label, and what helps; "": it would not (RULES 26).
	NoLabels string
	// IsMarked: a message goes there with its marking in the first line of the text, and no label: the servers do not understand labels, and
	// the administrator allows that.
	IsMarked bool
	// IsRestricted: of labels, the own server's Catalogue takes Labels alone there.
	IsRestricted bool
	Catalogue    string // its name; "": it has none
	Labels       []label.Information
}

// taken is an answer, or why there is none.
type taken struct {
	Taken
	gap string
}

// maxAsked is how many addresses are asked about at once.
const maxAsked = 8

// askServers asks about the addresses of a chat draft, each once.
func (c *check) askServers(ctx context.Context, parties []Party) {
	if c.in.Servers == nil || c.in.Draft.Channel != draft.Chat {
		return
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	places := make(chan struct{}, maxAsked)
	begun := map[string]bool{}
	for key := range c.servers { // of an earlier call: from now on others write there
		begun[key] = true
	}
	for _, p := range parties {
		key := draft.FoldAddress(p.Address)
		if key == "" || begun[key] {
			continue
		}
		begun[key] = true
		isRoom := slices.ContainsFunc(p.Entries, func(e Entry) bool { return e.Kind == Room })
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			t, err := c.in.Servers.Takes(ctx, p.Address, isRoom, c.in.Sending)
			out := taken{Taken: t}
			if err != nil {
				out = taken{gap: plain.Text(err)}
			}
			mu.Lock()
			defer mu.Unlock()
			c.servers[key] = out
		})
	}
	all.Wait()
}

// atServers adds to the way to an address what the servers on it take. Where nobody could be asked that is a note, no outcome: a message
// does not leave before they were (Result.Unasked).
func (c *check) atServers(address string, v Verdict) Verdict {
	t, asked := c.servers[draft.FoldAddress(address)]
	switch {
	case !asked || !c.labelValid:
		return v
	case t.gap != "":
		v.Evidence.Note = join(v.Evidence.Note, unaskedNote+t.gap)
		return v
	}
	if t.NoLabels != "" {
		v = with(v, NotCleared, Reason{Rule: RuleServer, Text: t.NoLabels})
	}
	if t.IsRestricted && !slices.ContainsFunc(t.Labels, func(l label.Information) bool { return l.Same(c.label.Information) }) {
		v = with(v, NotCleared, Reason{Rule: RuleCatalogue, Text: fmt.Sprintf("The server's catalogue of labels%s for %s does not have %q, and nothing else may be sent there.",
			inQuotes(t.Catalogue), address, c.report.Marking)})
	}
	v.Action = c.action(v, ofLink, "")
	return v
}

func inQuotes(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" %q", name)
}

const unaskedNote = "Whether the servers on the way take this label could not be asked yet; it is asked before the message leaves: "

// unasked is why one of some addresses could not be asked about; "": all were.
func (c *check) unasked(all []addressee) string {
	for _, a := range all {
		if gap := c.servers[foldedOf(a)].gap; gap != "" {
			return unaskedNote + gap
		}
	}
	return ""
}

// IsMarkedOnly reports that a message goes to an address with its marking in the text in place of its label. Where nobody could be asked it
// does not: then its label goes with it, or it stays.
func (r *Result) IsMarkedOnly(address string) bool {
	return r.servers[draft.FoldAddress(address)].IsMarked
}

// Unasked says why the servers on the way could not be asked what they take: while it says something the check lets no message leave;
// "": they were asked, or there is nobody to ask.
func (r *Result) Unasked() string { return r.gap }
