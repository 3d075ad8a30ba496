package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/inbox"
	"caveat/backend/label"
)

// TestRule16NoAnswerLosesNothing: that nobody can say, once, whether a message may be read hides it, and neither removes it nor says in the
// audit log that the clearance does not permit it; what came meanwhile is read when somebody can say (RULES 16, 20).
func TestRule16NoAnswerLosesNothing(t *testing.T) {
	for name, answer := range map[string]func() (inbox.Verdict, error){
		"an error":   func() (inbox.Verdict, error) { return inbox.Verdict{}, errors.New("the book is busy") },
		"no verdict": func() (inbox.Verdict, error) { return inbox.Verdict{Unsure: true}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			var broken atomic.Bool
			o := newOffice(t, func(c *inbox.Config) {
				judge := c.Judge
				c.Judge = func(ctx context.Context, m string, l label.Label) (inbox.Verdict, error) {
					if broken.Load() {
						return answer()
					}
					return judge(ctx, m, l)
				}
			})
			o.server.deliver(letter(1, sio(t, "", "RESTRICTED"), "Hello"))
			o.run()
			id := o.settled(1)[0].ID
			broken.Store(true)
			must(t, o.box.Recheck(t.Context()))
			m := o.list()[0]
			if _, body, err := o.box.Open(t.Context(), id); !errors.Is(err, inbox.ErrWithheld) || body != nil || m.Subject != "" || len(m.Verdict.Reasons) == 0 || !m.Verdict.Unsure {
				t.Errorf("shown: %+v, %v", m, err)
			}
			o.server.deliver(letter(2, sio(t, "", "RESTRICTED"), "Meanwhile"))
			o.until("the second is hidden", func(s inbox.Status, list []inbox.Message) bool {
				return s.Online && len(list) == 2 && list[0].Verdict.Unsure
			})
			if got := o.server.asked(); len(got) != 1 {
				t.Errorf("bodies %v were asked for", got)
			}
			broken.Store(false)
			must(t, o.box.Recheck(t.Context()))
			o.until("both are there", func(_ inbox.Status, list []inbox.Message) bool {
				return len(list) == 2 && list[0].Subject == "Subject2" && list[1].Subject == "Subject1"
			})
			if _, _, err := o.box.Open(t.Context(), id); err != nil || o.withheldLines() != 0 || len(o.server.asked()) != 2 {
				t.Errorf("%v, %d lines about what was withheld, bodies %v", err, o.withheldLines(), o.server.asked())
			}
		})
	}
}

// Two messages with one header and size, of which one is gone and another came, are read anew after a renumbering: neither shows the other's text.
func TestRenumberedMixesNoBodies(t *testing.T) {
	for name, mails := range map[string][]mail{
		"another time": {{uid: 9, data: []byte(letter(1, "", "CCCC")), received: start.Add(99 * time.Hour)}},
		"two alike": {
			{uid: 9, data: []byte(letter(1, "", "CCCC")), received: start.Add(time.Hour)}, {uid: 8, data: []byte(letter(1, "", "DDDD")), received: start.Add(time.Hour)},
		},
		"two were alike": {{uid: 9, data: []byte(letter(1, "", "CCCC")), received: start.Add(2 * time.Hour)}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			o.server.deliver(letter(1, "", "AAAA"))
			before := 1
			if name == "two were alike" {
				o.server.deliver(letter(1, "", "BBBB"))
				before = 2
			}
			o.run()
			o.settled(before)
			o.server.change(func() { o.server.validity, o.server.mails, o.server.next = 8, mails, 10 })
			o.until("all is read anew", func(s inbox.Status, _ []inbox.Message) bool {
				return s.Online && len(o.server.asked()) == before+len(mails)
			})
			got := map[string]bool{}
			for _, m := range o.settled(len(mails)) {
				_, b, err := o.box.Open(t.Context(), m.ID)
				must(t, err)
				got[string(b[len(b)-6:len(b)-2])] = true
			}
			for _, m := range mails {
				if want := string(m.data[len(m.data)-6 : len(m.data)-2]); !got[want] {
					t.Errorf("%q is never shown: %v", want, got)
				}
			}
		})
	}
}

// TestLongEnvelopeIsNotKept: what a list reads of each message is bounded, whatever its sender puts there.
func TestLongEnvelopeIsNotKept(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("\"Olha Olha\" <olha@ukr.example>,\r\n ", 3000), ",\r\n ")
	for name, data := range map[string]string{
		"From":    "From: " + many + "\r\nSubject: s\r\nMessage-ID: <a@b>\r\n\r\nx\r\n",
		"fields":  strings.Repeat("From: olha@ukr.example\r\n", 4000) + "Subject: s\r\nMessage-ID: <a@b>\r\n\r\nx\r\n",
		"labels":  letter(1, strings.Repeat("SIO-Label: marking=x\r\n", 15000), "x"),
		"a label": letter(1, "SIO-Label: type=\":xml\"; label=\""+strings.Repeat("\r\n "+strings.Repeat("A", 900), 400)+"\"\r\n", "x"),
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			o.server.deliver(data)
			o.run()
			m := o.settled(1)[0]
			if m.Problem == "" || m.Subject != "" || len(o.server.asked()) > 0 {
				t.Errorf("%+v", m)
			}
			var size int
			must(t, o.store.Reader().QueryRowContext(t.Context(), `SELECT length(envelope) + length(inner) + length(facts) FROM inbox_message`).Scan(&size))
			if size > 0 {
				t.Errorf("%d octets are kept", size)
			}
		})
	}
}

// TestSizeIsWhatCame: room is counted by what came, whatever the mailbox says.
func TestSizeIsWhatCame(t *testing.T) {
	o := newOffice(t, func(c *inbox.Config) { c.MaxBytes = 250 << 10 })
	o.config.Connect = func(context.Context, string) (inbox.Source, error) { return &liar{o.server}, nil }
	o.box = inbox.New(o.store, o.config)
	for i := range 10 {
		o.server.deliver(letter(i, "", strings.Repeat(fmt.Sprint(i), 100<<10)))
	}
	o.run()
	o.settled(10)
	if n := len(o.files()); n != 2 {
		t.Errorf("%d files of 100 kB each are kept, where 250 kB may be", n)
	}
}

// liar says of each message that it has nothing.
type liar struct{ *server }

func (l *liar) Changes(ctx context.Context, s inbox.State, known []uint32) (inbox.Changes, error) {
	c, err := l.server.Changes(ctx, s, known)
	for i := range c.New {
		c.New[i].Size = 0
	}
	return c, err
}
