package outbox_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/store"
)

// office is a world with an outbox on a data directory of its own.
type office struct {
	*world
	t      testing.TB
	dir    string
	store  *store.Store
	sender *sender
	box    *outbox.Box
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{world: newWorld(t), t: t, dir: t.TempDir(), sender: &sender{}}
	o.restart()
	return o
}

// restart ends the program, as far as there is one, and starts it again.
func (o *office) restart() {
	o.t.Helper()
	if o.store != nil {
		must(o.t, o.store.Close())
	}
	o.store = openStore(o.t, o.dir)
	o.box = outbox.New(o.store, o.config(o.sender))
}

// clear checks a draft as Send does and clears it.
func (o *office) clear(d draft.Draft, overrides map[string]string) (outbox.Cleared, error) {
	o.t.Helper()
	r, err := o.checkAtSend(o.t.Context(), d)
	must(o.t, err)
	return o.box.Clear(o.t.Context(), outbox.Request{Result: r, Account: "atl", Overrides: overrides})
}

// queue clears a draft that must be allowed.
func (o *office) queue(d draft.Draft) string {
	o.t.Helper()
	c, err := o.clear(d, nil)
	must(o.t, err)
	return c.ID()
}

func (o *office) sendDue() {
	o.t.Helper()
	must(o.t, o.box.SendDue(o.t.Context()))
}

func (o *office) show(id string) outbox.Message {
	o.t.Helper()
	m, err := o.box.Show(o.t.Context(), id)
	must(o.t, err)
	return m
}

// state holds a message and its recipients, in their order, to what they must be.
func (o *office) state(id string, want outbox.State, recipients ...outbox.State) {
	o.t.Helper()
	m := o.show(id)
	var have []outbox.State
	for _, r := range m.Recipients {
		have = append(have, r.State)
	}
	if m.State != want || !slices.Equal(have, recipients) {
		o.t.Errorf("message %s %v, want %s %v (note: %s)", m.State, have, want, recipients, m.Note)
	}
}

func (o *office) exec(statement string, args ...any) {
	o.t.Helper()
	must(o.t, o.store.Write(o.t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	}))
}

// entry is what the tests read of a line of the log.
type entry struct {
	Type string
	Data struct {
		Message, Result, Replaces, Note, Wire, SplitFrom string
		State                                            outbox.State
		Originator                                       struct {
			UUID     string
			Override *overridden
		}
		Recipients []struct {
			Address  string
			UUID     string
			Outcome  presend.Outcome
			Override *overridden
		}
		Receipts []outbox.Receipt
	}
}

type overridden struct {
	Reason  string
	Outcome presend.Outcome
	Reasons []presend.Reason
	Marking string
	Policy  string
}

// log exports the audit log, verifies it and gives its lines but header and checkpoints.
func (o *office) log() (out []entry) {
	o.t.Helper()
	var text bytes.Buffer
	must(o.t, audit.Export(o.t.Context(), o.store, &text))
	if _, err := audit.Verify(bytes.NewReader(text.Bytes()), nil); err != nil {
		o.t.Error(err)
	}
	for line := range strings.Lines(text.String()) {
		var e entry
		must(o.t, json.Unmarshal([]byte(line), &e))
		if e.Type != audit.TypeHeader && e.Type != audit.TypeCheckpoint {
			out = append(out, e)
		}
	}
	return out
}

// last is the newest line of a type.
func (o *office) last(typ string) entry {
	o.t.Helper()
	all := o.log()
	for _, e := range slices.Backward(all) {
		if e.Type == typ {
			return e
		}
	}
	o.t.Fatalf("no %s among %d lines of the log", typ, len(all))
	return entry{}
}

// spooled lists the files of the spool.
func (o *office) spooled() (names []string) {
	o.t.Helper()
	entries, err := os.ReadDir(filepath.Join(o.dir, "spool"))
	if !errors.Is(err, os.ErrNotExist) {
		must(o.t, err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// sent is one attempt as a sender saw it.
type sent struct {
	id, account, from string
	to                []string
	wire              string
	folder            outbox.Folder
	messageID         string
}

// step is what a server does with one attempt.
type step func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error)

// sender is a server that does step after step, the last one for ever; without steps it accepts.
type sender struct {
	mu    sync.Mutex
	steps []step
	sent  []sent

	removes []removal // what is said to Remove, one by one, the last one for ever; none: it is removed
	removed []string  // Message-IDs, each time
}

// removal is what a mailbox says when a copy is to be taken out.
type removal struct {
	receipt outbox.Receipt
	err     error
}

func (s *sender) Remove(_ context.Context, c outbox.Cleared) (outbox.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed = append(s.removed, c.MessageID())
	say := removal{receipt: outbox.Receipt{State: outbox.Accepted, Text: "It was removed from Drafts."}}
	if len(s.removes) > 0 {
		say = s.removes[0]
	}
	if len(s.removes) > 1 {
		s.removes = s.removes[1:]
	}
	return say.receipt, say.err
}

func (s *sender) Send(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	body, err := c.Open()
	if err != nil {
		return nil, err
	}
	wire, err := io.ReadAll(body)
	body.Close()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.sent = append(s.sent, sent{c.ID(), c.Account(), c.Sender(), c.Recipients(), string(wire), c.Folder(), c.MessageID()})
	do := step(accept)
	if len(s.steps) > 0 {
		do = s.steps[0]
	}
	if len(s.steps) > 1 {
		s.steps = s.steps[1:]
	}
	s.mu.Unlock()
	return do(ctx, c, bodySent)
}

func (s *sender) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

func accept(_ context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	if err := bodySent(); err != nil {
		return nil, err
	}
	return answers(c, nil), nil
}

// answers accepts everybody but those who are named.
func answers(c outbox.Cleared, others map[string]outbox.State) (out []outbox.Receipt) {
	for _, a := range c.Recipients() {
		switch s := others[a]; s {
		case "":
			out = append(out, outbox.Receipt{Recipient: a, State: outbox.Accepted, Code: 250, Text: "2.0.0 taken"})
		case outbox.Refused:
			out = append(out, outbox.Receipt{Recipient: a, State: s, Code: 550, Text: "5.1.1 nobody"})
		case outbox.Deferred:
			out = append(out, outbox.Receipt{Recipient: a, State: s, Code: 451, Text: "4.3.0 later"})
		}
	}
	return out
}

// answer takes the message over and answers for everybody as told; a state that is no answer leaves that one out.
func answer(others map[string]outbox.State) step {
	return func(_ context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		if err := bodySent(); err != nil {
			return nil, err
		}
		return answers(c, others), nil
	}
}

func failBefore(err error) step {
	return func(context.Context, outbox.Cleared, func() error) ([]outbox.Receipt, error) { return nil, err }
}

func failAfter(err error) step {
	return func(_ context.Context, _ outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		return nil, errors.Join(bodySent(), err)
	}
}
