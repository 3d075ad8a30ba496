package outbox_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

const (
	team  = "team@bor.example"  // a list whose members are written to one by one
	staff = "staff@atl.example" // another
)

// list publishes a list whose members are written to one by one, or that is addressed.
func (o *office) list(address string, byMembers bool, members ...string) {
	o.t.Helper()
	p := o.party(address, o.clearance("OPEN", "SECRET"), o.Now())
	e := &p.Entries[0]
	e.Kind, e.ByMembers, e.Name = presend.List, byMembers, "List"
	for _, m := range members {
		e.Parts = append(e.Parts, presend.Ref{Directory: "book", DN: "mail=" + m})
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.parties[address] = p
}

// envelopeLine is what the log says about to whom a message goes.
type envelopeLine struct {
	Message, Result string
	Envelope        []struct {
		Address, By, UUID string
		Outcome           presend.Outcome
		Link              struct{ Outcome presend.Outcome }
	}
	Recipients []struct{ Address string }
}

// decisions are the lines of the log about checks.
func (o *office) decisions() (out []envelopeLine) {
	o.t.Helper()
	var text bytes.Buffer
	must(o.t, audit.Export(o.t.Context(), o.store, &text))
	for line := range strings.Lines(text.String()) {
		var e struct {
			Type string
			Data envelopeLine
		}
		must(o.t, json.Unmarshal([]byte(line), &e))
		if e.Type == audit.TypeDecision {
			out = append(out, e.Data)
		}
	}
	return out
}

func addressed(m outbox.Message) (out []string) {
	for _, r := range m.Recipients {
		out = append(out, strings.TrimSuffix(r.Address+" of "+r.By, " of "))
	}
	return out
}

// TestRule07MembersAreWrittenTo: the envelope, the queue's rows and the log name each member, with the list for which he stands; the
// header names the list.
func TestRule07MembersAreWrittenTo(t *testing.T) {
	o := newOffice(t)
	o.list(team, true, bob, ann)
	id := o.queue(message("SECRET", ann, team))
	if got := addressed(o.show(id)); !slices.Equal(got, []string{ann, bob + " of " + team}) {
		t.Errorf("queued for %q", got)
	}
	d := o.decisions()[0]
	if len(d.Envelope) != 2 || len(d.Recipients) != 2 || d.Recipients[1].Address != team {
		t.Fatalf("logged %+v", d)
	}
	for i, x := range d.Envelope {
		if x.Address != []string{ann, bob}[i] || x.By != []string{"", team}[i] || x.UUID != "uuid of "+x.Address || x.Outcome != presend.Cleared || x.Link.Outcome != presend.Cleared {
			t.Errorf("logged %+v", x)
		}
	}
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted)
	s := o.sender.sent[0]
	if !slices.Equal(s.to, []string{ann, bob}) {
		t.Errorf("sent to %q", s.to)
	}
	header, _, _ := strings.Cut(s.wire, "\r\n\r\n")
	if !strings.Contains(header, "<"+team+">") || strings.Contains(header, bob) {
		t.Errorf("the header does not name the list alone:\n%s", header)
	}
	if e := o.last(audit.TypeReceipt).Data.Receipts; len(e) != 2 || e[1].Recipient != bob || e[1].State != outbox.Accepted {
		t.Errorf("receipts %+v", e)
	}
}

// A list that is addressed is one recipient, and the log is what it was.
func TestRule07AListThatIsAddressedIsOneRecipient(t *testing.T) {
	o := newOffice(t)
	o.list(team, false, bob, ann)
	id := o.queue(message("SECRET", team))
	o.sendDue()
	if d := o.decisions()[0]; d.Envelope != nil || !slices.Equal(o.sender.sent[0].to, []string{team}) || !slices.Equal(addressed(o.show(id)), []string{team}) {
		t.Errorf("%+v, sent to %q", d, o.sender.sent[0].to)
	}
}

// TestRule07NothingGoesWhereOneMemberIsNotCleared: nor where a list has nobody to write to, whatever the rules allow.
func TestRule07NothingGoesWhereOneMemberIsNotCleared(t *testing.T) {
	for name, tt := range map[string]struct {
		members []string
		relax   []presend.Outcome
	}{
		"not cleared":              {[]string{ann, lou}, nil},
		"in no book":               {[]string{ann, gone}, nil},
		"the way does not carry":   {[]string{ann, far}, []presend.Outcome{presend.NotCleared}},
		"nobody to write to":       {nil, []presend.Outcome{presend.Unknown}},
		"no way to him, overruled": {[]string{ann, "x@nowhere.example"}, []presend.Outcome{presend.Unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.relax(tt.relax...)
			o.list(team, true, tt.members...)
			if _, err := o.clear(message("SECRET", team), map[string]string{team: "They must know."}); err == nil {
				t.Error("it was queued")
			}
			if d := o.decisions(); len(d) != 1 || d[0].Result != "blocked" {
				t.Errorf("logged %+v", d)
			}
		})
	}
}

// TestRule07OverriddenListGoesToItsMembers: what the rules allow to be overridden is overridden for the list.
func TestRule07OverriddenListGoesToItsMembers(t *testing.T) {
	o := newOffice(t)
	o.relax(presend.Stale)
	o.list(team, true, bob, old)
	if _, err := o.clear(message("SECRET", team), map[string]string{team: "They must know."}); err != nil {
		t.Fatal(err)
	}
	if d := o.decisions()[0]; len(d.Envelope) != 2 || d.Envelope[1].Outcome != presend.Stale {
		t.Errorf("%+v", d)
	}
}

// TestRule24WaitingMembersAreHeldToANewCheck: whom a new check does not name any more, or does not clear, gets nothing.
func TestRule24WaitingMembersAreHeldToANewCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*office)
		note   string // "": it is sent
	}{
		"nothing changed":           {func(*office) {}, ""},
		"somebody joined the list":  {func(o *office) { o.list(team, true, bob, ann, op) }, ""},
		"in another order":          {func(o *office) { o.list(team, true, ann, bob) }, ""},
		"a member left the list":    {func(o *office) { o.list(team, true, ann) }, bob + ", a member of " + team},
		"a member is lowered":       {func(o *office) { o.set(bob, "OPEN") }, "no longer cleared"},
		"one who joined is too low": {func(o *office) { o.list(team, true, bob, ann, lou) }, "no longer cleared"},
		"the way is lowered":        {func(o *office) { o.links["bor.example"] = o.clearance("OPEN") }, "no longer cleared"},
		"the list is addressed now": {func(o *office) { o.list(team, false, bob, ann) }, bob + ", a member of " + team},
		"the list is empty now":     {func(o *office) { o.list(team, true) }, "no longer cleared"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.list(team, true, bob, ann)
			id := o.queue(message("SECRET", team))
			o.restart()
			tt.change(o)
			o.sendDue()
			if tt.note == "" {
				o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted)
				if !slices.Equal(o.sender.sent[0].to, []string{bob, ann}) {
					t.Errorf("sent to %q", o.sender.sent[0].to)
				}
				return
			}
			o.state(id, outbox.Held, outbox.Held, outbox.Held)
			if m := o.show(id); !strings.Contains(m.Note, tt.note) || o.sender.attempts() != 0 {
				t.Errorf("%d attempts, %q does not say %q", o.sender.attempts(), m.Note, tt.note)
			}
		})
	}
}

// A list that is addressed while it waits, and whose members are to be written to when it leaves, is not what was cleared then.
func TestRule24AListThatWasAddressedIsHeldWhenItsMembersAreNow(t *testing.T) {
	o := newOffice(t)
	o.list(team, false, bob, ann)
	id := o.queue(message("SECRET", team))
	o.restart()
	o.list(team, true, bob, ann)
	o.sendDue()
	o.state(id, outbox.Held, outbox.Held)
	if m := o.show(id); !strings.Contains(m.Note, team) {
		t.Error(m.Note)
	}
}

// TestRule24MembersWhoHaveItAreNotAskedAbout: nor written to again, by the queue or by the user's new draft.
func TestRule24MembersWhoHaveItAreNotAskedAbout(t *testing.T) {
	o := newOffice(t)
	o.list(team, true, bob, ann)
	o.list(staff, true, op)
	o.sender.steps = []step{answer(map[string]outbox.State{bob: outbox.Deferred, op: outbox.Refused}), failAfter(errNet)}
	id := o.queue(message("SECRET", team, staff))
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred, outbox.Accepted, outbox.Refused)
	o.set(ann, "OPEN") // has it already
	o.restart()
	o.sleep(1 << 40)
	o.sendDue()
	o.state(id, outbox.PerhapsDelivered, outbox.PerhapsDelivered, outbox.Accepted, outbox.Refused)
	if got := o.sender.sent[1].to; !slices.Equal(got, []string{bob}) {
		t.Errorf("the second attempt went to %q", got)
	}
	anew, err := o.box.Draft(t.Context(), id)
	must(t, err)
	if !slices.Equal(anew.Action, []string{team}) || !slices.Equal(anew.Exempted, []string{ann, op}) {
		t.Fatalf("sent anew to %q without %q", anew.Action, anew.Exempted)
	}
	r, err := o.checkAtSend(t.Context(), anew)
	must(t, err)
	if e := r.Envelope(); len(e) != 1 || e[0].Address != bob || !r.Report().Sendable {
		t.Errorf("sent anew to %+v", e)
	}
}

// TestRule24RowsOfMembersAreHeldToTheLog: whoever alters the queue sends to nobody.
func TestRule24RowsOfMembersAreHeldToTheLog(t *testing.T) {
	for name, statement := range map[string]string{
		"another member":    `UPDATE message_recipient SET address = 'lou@bor.example' WHERE position = 1`,
		"the list instead":  `UPDATE message_recipient SET address = 'team@bor.example', by_list = '' WHERE position = 0`,
		"of another list":   `UPDATE message_recipient SET by_list = 'staff@atl.example' WHERE position = 0`,
		"of no list":        `UPDATE message_recipient SET by_list = ''`,
		"one fewer":         `DELETE FROM message_recipient WHERE position = 1`,
		"one more":          `INSERT INTO message_recipient (message, position, address, by_list, state, changed) SELECT id, 2, 'lou@bor.example', 'team@bor.example', 'queued', 0 FROM message`,
		"the whole list as": `UPDATE message SET draft = replace(draft, 'team@', 'crew@')`,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.list(team, true, bob, ann)
			id := o.queue(message("SECRET", team))
			o.exec(statement)
			o.sendDue()
			if m := o.show(id); m.State != outbox.Held || o.sender.attempts() != 0 {
				t.Errorf("%s, %d attempts", m.State, o.sender.attempts())
			}
		})
	}
}
