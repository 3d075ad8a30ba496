package outbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// A draft that the check split becomes two messages: each is cleared by itself under its own label, has its own Message-ID and copy,
// names nobody of the other audience, and says of which it is the other half.
func TestRule18OneMessagePerAudience(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", ann, lou)
	d.Body = "For those cleared for it."
	d.Parts = []draft.Part{{Text: "For everybody.", Label: message("OPEN").Label}}
	both, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	if _, err := o.box.Clear(t.Context(), outbox.Request{Result: both, Account: "atl"}); !errors.Is(err, outbox.ErrNotCleared) {
		t.Fatalf("unsplit: %v", err)
	}
	fixes := both.Report().Fixes
	i := slices.IndexFunc(fixes, func(f presend.Fix) bool { return f.Kind == presend.FixSplit })
	if i < 0 {
		t.Fatalf("it is not split: %+v", fixes)
	}
	one, err := presend.Apply(d, fixes[i])
	must(t, err)
	two := presend.Second(d, fixes[i])
	if _, err := o.checkAtSend(t.Context(), two); err == nil {
		t.Error("the second draft is checked without a label")
	}
	two.Label = draft.Label{Selection: &label.Selection{Policy: "TESTLAND", Classification: "OPEN"}}
	first := o.queueWithCopy(one)
	r, err := o.checkAtSend(t.Context(), two)
	must(t, err)
	kept, err := presend.CheckCopy(r, o.boxes[duty])
	must(t, err)
	c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Copy: kept, SplitFrom: first})
	must(t, err)
	o.sendDue()
	o.state(first, outbox.Accepted, outbox.Accepted)
	o.state(c.ID(), outbox.Accepted, outbox.Accepted)
	a, b := o.sender.sent[0], o.sender.sent[1]
	if a.id != first {
		a, b = b, a
	}
	if a.messageID == b.messageID || !slices.Equal(a.to, []string{ann}) || !slices.Equal(b.to, []string{lou}) {
		t.Errorf("%s to %v, %s to %v", a.messageID, a.to, b.messageID, b.to)
	}
	for _, x := range []struct {
		s    sent
		none string
	}{{a, lou}, {b, ann}} {
		if strings.Contains(x.s.wire, x.none) || strings.Contains(x.s.wire, "For those") != (x.s.id == first) || !strings.Contains(x.s.wire, "For everybody.") {
			t.Errorf("%s", x.s.wire)
		}
	}
	if m := o.show(c.ID()); m.SplitFrom != first || o.show(first).SplitFrom != "" {
		t.Errorf("split from %q", m.SplitFrom)
	}
	if n := o.keeper.attempts(); n != 2 {
		t.Errorf("%d copies", n)
	}
	cleared := map[string]string{}
	for _, e := range o.log() {
		if e.Data.Result == "cleared" {
			cleared[e.Data.Message] = e.Data.SplitFrom
		}
	}
	if len(cleared) != 4 || cleared[c.ID()] != first { // two messages, two copies
		t.Errorf("logged %v", cleared)
	}
}

// What it says it was split from is a message of this queue, and no row changes it.
func TestRule18SplitFromIsHeldToTheLog(t *testing.T) {
	o := newOffice(t)
	first := o.queueWithCopy(message("OPEN", bob))
	r, err := o.checkAtSend(t.Context(), message("OPEN", ann))
	must(t, err)
	for _, from := range []string{"no such", o.copyID()} {
		if c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", SplitFrom: from}); !errors.Is(err, outbox.ErrUnknownMessage) || !c.IsZero() {
			t.Errorf("from %s: %v", from, err)
		}
	}
	c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", SplitFrom: first})
	must(t, err)
	o.exec(`UPDATE message SET split_from = '' WHERE id = ?`, c.ID())
	o.sendDue()
	o.state(c.ID(), outbox.Held, outbox.Held)
}
