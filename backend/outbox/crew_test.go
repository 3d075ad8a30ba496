package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/outbox"
)

// queueFor clears a draft for an account.
func (o *office) queueFor(account, primary, copied string) string {
	o.t.Helper()
	d := message("OPEN", ann)
	d.PrimaryPrecedence, d.CopyPrecedence = primary, copied
	r, err := o.checkAtSend(o.t.Context(), d)
	must(o.t, err)
	c, err := o.box.Clear(o.t.Context(), outbox.Request{Result: r, Account: account})
	must(o.t, err)
	return c.ID()
}

func (s *sender) order() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sent {
		ids = append(ids, x.id)
	}
	return ids
}

// What is more urgent leaves first, whenever it was written; of what is equally urgent the older one.
func TestOrderIsThatOfPrecedence(t *testing.T) {
	for name, c := range map[string]struct {
		queued []string // precedence for action, "/", for information
		want   []int
	}{
		"all of them":             {[]string{"deferred/", "routine/", "priority/", "immediate/", "flash/", "override/"}, []int{5, 4, 3, 2, 1, 0}},
		"by time":                 {[]string{"flash/", "flash/", "flash/"}, []int{0, 1, 2}},
		"none is routine":         {[]string{"deferred/", "/", "routine/", "priority/"}, []int{3, 1, 2, 0}},
		"that of copies counts":   {[]string{"/", "routine/immediate", "priority/routine", "/flash"}, []int{3, 1, 2, 0}},
		"the higher of both":      {[]string{"immediate/", "flash/routine"}, []int{1, 0}},
		"in the order of writing": {[]string{"flash/", "routine/"}, []int{0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			var ids, want []string
			for _, q := range c.queued {
				primary, copied, _ := strings.Cut(q, "/")
				ids = append(ids, o.queueFor("atl", primary, copied))
				o.sleep(time.Second)
			}
			for _, i := range c.want {
				want = append(want, ids[i])
			}
			o.sendDue()
			if got := o.sender.order(); !slices.Equal(got, want) {
				t.Errorf("left as %v, want %v", got, want)
			}
		})
	}
}

// What comes while others leave takes its place before those that are less urgent.
func TestFlashGoesBeforeWhatWaitsAlready(t *testing.T) {
	o := newOffice(t)
	var flash string
	o.sender.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		flash = o.queueFor("atl", "flash", "")
		return accept(ctx, c, bodySent)
	}, accept}
	first := o.queueFor("atl", "routine", "")
	o.sleep(time.Second)
	second := o.queueFor("atl", "routine", "")
	o.sendDue()
	if got := o.sender.order(); !slices.Equal(got, []string{first, flash, second}) {
		t.Errorf("left as %v, want %s, %s, %s", got, first, flash, second)
	}
}

// A row whose draft is no JSON any more is held; it does not stop the others.
func TestDraftThatIsNoJSONStopsNothing(t *testing.T) {
	o := newOffice(t)
	bad, good := o.queueFor("atl", "flash", ""), o.queueFor("atl", "", "")
	o.exec(`UPDATE message SET draft = '{' WHERE id = ?`, bad)
	o.sendDue()
	o.state(good, outbox.Accepted, outbox.Accepted)
	o.state(bad, outbox.Held, outbox.Held)
}

// halls is a sender with a server for each account; those that are shut answer when they are opened, or the program ends.
type halls struct {
	mu      sync.Mutex
	shut    map[string]chan struct{}
	inside  map[string]int // how many attempts are there
	most    int            // the most that were there at once, in all
	crowded bool           // two were in one at once
	entered chan string
	left    chan string
}

func newHalls(shut ...string) *halls {
	h := &halls{shut: map[string]chan struct{}{}, inside: map[string]int{}, entered: make(chan string, 100), left: make(chan string, 100)}
	for _, a := range shut {
		h.shut[a] = make(chan struct{})
	}
	return h
}

func (h *halls) count(account string, by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inside[account] += by
	h.crowded = h.crowded || h.inside[account] > 1
	all := 0
	for _, n := range h.inside {
		all += n
	}
	h.most = max(h.most, all)
}

func (h *halls) Send(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	h.count(c.Account(), 1)
	defer h.count(c.Account(), -1)
	h.entered <- c.Account()
	if shut := h.shut[c.Account()]; shut != nil {
		select {
		case <-shut:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	receipts, err := accept(ctx, c, bodySent)
	h.left <- c.ID()
	return receipts, err
}

// await takes from a channel what must come.
func await[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case x := <-from:
		return x
	case <-time.After(patience):
		t.Fatal(what)
		panic("not reached")
	}
}

// runWith runs the outbox on a sender until end is called, which gives what Run said.
func (o *office) runWith(h *halls) (end func()) {
	o.box = outbox.New(o.store, o.config(h))
	ctx, cancel := context.WithCancel(o.t.Context())
	ran := make(chan error, 1)
	go func() { ran <- o.box.Run(ctx) }()
	return func() {
		o.t.Helper()
		cancel()
		select {
		case err := <-ran:
			must(o.t, err)
		case <-time.After(patience):
			o.t.Fatal("Run does not end")
		}
	}
}

// While one account's server hangs, messages of others leave, also those that are written meanwhile; those of the account itself wait,
// and are queued when the program ends.
func TestAccountsDoNotWaitForOneAnother(t *testing.T) {
	o := newOffice(t)
	h := newHalls("silent")
	hung, behind := o.queueFor("silent", "flash", ""), o.queueFor("silent", "flash", "")
	before := o.queueFor("atl", "routine", "")
	end := o.runWith(h)
	if got := await(t, h.left, "the message of the other account waits"); got != before {
		t.Fatalf("%s left, want %s", got, before)
	}
	meanwhile := o.queueFor("third", "", "")
	if got := await(t, h.left, "what was written meanwhile waits"); got != meanwhile {
		t.Fatalf("%s left, want %s", got, meanwhile)
	}
	must(t, o.box.Drop(t.Context(), behind, "tester")) // one may be cancelled that waits behind it
	end()
	o.state(before, outbox.Accepted, outbox.Accepted)
	o.state(meanwhile, outbox.Accepted, outbox.Accepted)
	o.state(hung, outbox.Queued, outbox.Queued)
	if m := o.show(behind); m.State != outbox.Dropped {
		t.Errorf("dropped one is %s", m.State)
	}
	o.log()
}

// Many accounts whose servers hang take no more than their share: the next one's turn comes when a worker is free.
func TestWorkersAreBounded(t *testing.T) {
	const accounts, bound = 11, 8
	var names []string
	for i := range accounts {
		names = append(names, fmt.Sprint("a", i))
	}
	o, h := newOffice(t), newHalls(names...)
	var ids []string
	for _, a := range names {
		ids = append(ids, o.queueFor(a, "", ""), o.queueFor(a, "", ""))
		o.sleep(time.Second)
	}
	end := o.runWith(h)
	var inside []string
	for range bound {
		inside = append(inside, await(t, h.entered, "fewer than the bound are worked for"))
	}
	slices.Sort(inside)
	if want := slices.Sorted(slices.Values(names[:bound])); !slices.Equal(inside, want) {
		t.Errorf("worked for %v, want the first ones: %v", inside, want)
	}
	for _, a := range names {
		close(h.shut[a])
	}
	for range ids {
		await(t, h.left, "a message is left behind")
	}
	for _, id := range ids {
		for o.show(id).State != outbox.Accepted && t.Context().Err() == nil { // its answer is written down after the sender has ended
			time.Sleep(time.Millisecond)
		}
	}
	end()
	for _, id := range ids {
		o.state(id, outbox.Accepted, outbox.Accepted)
	}
	if h.most != bound || h.crowded {
		t.Errorf("at most %d at once, want %d; two of one account at once: %t", h.most, bound, h.crowded)
	}
}
