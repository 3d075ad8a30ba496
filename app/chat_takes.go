package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/backend/xmppsend"
)

// How long the servers on the way are waited for, and how long their answer counts while drafting. At Send the catalogue is asked anew, and
// so is what a server understands where its word is older than the sending age.
const (
	takesDrafting = 2 * time.Second
	takesSending  = 8 * time.Second
	takesCounts   = 30 * time.Second
	takesUnheard  = 3 * time.Second // that nobody answered once: who was slow is soon asked again; each further time it counts twice as long
	maxTakes      = 1000            // answers that are kept
)

// heard is what servers answered.
type heard struct {
	at    time.Time
	taken presend.Taken
	err   error
	times int // how often in turn there was an error
}

// counts is how long it is gone by while drafting.
func (h heard) counts() time.Duration {
	if h.err == nil {
		return takesCounts
	}
	return min(takesCounts, takesUnheard<<min(h.times-1, 8))
}

// Takes implements api.ChatLink.
func (l *chatLink) Takes(ctx context.Context, account, address string, isRoom, live bool) (presend.Taken, error) {
	key := account + "\x00" + draft.FoldAddress(address)
	l.mu.Lock()
	before, ok := l.heard[key]
	l.mu.Unlock()
	wait := takesSending
	if !live {
		wait = takesDrafting
		isKnown := ok && (!isRoom || !l.TakesLabelsOff(account, address)) // a room may have been seen to since
		if age := now().Sub(before.at); isKnown && age >= 0 && age < before.counts() {
			return before.taken, before.err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	x := heard{}
	x.taken, x.err = l.takes(ctx, account, address, isRoom, live)
	if x.at = now(); x.err != nil {
		x.times = before.times + 1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(x.err, xmppsend.ErrOffline) || len(l.heard) >= maxTakes {
		clear(l.heard) // what is known was another session's, or too much
		return x.taken, x.err
	}
	if l.heard == nil {
		l.heard = map[string]heard{}
	}
	l.heard[key] = x
	return x.taken, x.err
}

func (l *chatLink) takes(ctx context.Context, account, address string, isRoom, live bool) (out presend.Taken, err error) {
	if !l.isRunning() {
		return presend.Taken{}, errElsewhere
	}
	if live {
		if err := l.awaitSession(ctx, account); err != nil {
			return presend.Taken{}, err
		}
	}
	why, err := l.noLabels(ctx, account, address, isRoom)
	switch {
	case err != nil:
		return presend.Taken{}, err
	case why != "" && l.firstLine(draft.Domain(address)):
		out.IsMarked = true
	case why != "":
		out.NoLabels = why + " " + helps
	}
	c, err := l.Sender.Catalogue(ctx, account, address)
	switch {
	case errors.Is(err, xmppsend.ErrNoCatalogue):
		return out, nil
	case err != nil:
		return presend.Taken{}, err
	}
	out.IsRestricted, out.Catalogue = c.IsRestricted, c.Name
	for _, i := range c.Items {
		if i.Sensitivity.Label != nil {
			out.Labels = append(out.Labels, *i.Sensitivity.Label)
		}
	}
	return out, nil
}

// noLabels says why a message would arrive without its label; "": it would not.
func (l *chatLink) noLabels(ctx context.Context, account, address string, isRoom bool) (string, error) {
	err := l.Sender.Understands(ctx, account, address, isRoom)
	switch domain := draft.Domain(address); {
	case errors.Is(err, xmppsend.ErrNoLabels) && isRoom && l.TakesLabelsOff(account, address):
		return fmt.Sprintf("The room %s has shown a message of yours without its label, or with another one: whatever its server promises, others do not see the label.", address), nil
	case errors.Is(err, xmppsend.ErrNoLabels):
		return fmt.Sprintf("%s does not understand labels (XEP-0258): a message would arrive without its label.", domain), nil
	case errors.Is(err, xmppsend.ErrNotAllowed):
		return fmt.Sprintf("Whether %s understands labels cannot be asked: the link there carries no questions.", domain), nil
	}
	return "", err
}

const helps = "An administrator may allow the marking in the first line of the text in its place (first_line)."

func (l *chatLink) isRunning() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}
