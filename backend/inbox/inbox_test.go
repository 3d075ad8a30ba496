package inbox_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/inbox"
	"caveat/backend/label"
)

// What the user may read is listed and opened; its body lies on the disk by its hash, for nobody else to read.
func TestListAndOpen(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, sio(t, "", "RESTRICTED"), "First"))
	o.server.deliver(letter(2, sio(t, "", "CONFIDENTIAL"), "Second"))
	if s := o.status(); !s.Synced.IsZero() || s.Online {
		t.Errorf("before it was ever read: %+v", s)
	}
	o.run()
	list := o.settled(2)
	if list[0].Subject != "Subject2" || list[1].Subject != "Subject1" || list[0].Head.From[0].Address != "olha@ukr.example" || list[0].Head.Marking() == "" {
		t.Errorf("%+v", list)
	}
	m, body, err := o.box.Open(t.Context(), list[1].ID)
	must(t, err)
	if m.Subject != "Subject1" || !strings.Contains(string(body), "First") {
		t.Errorf("%+v %s", m, body)
	}
	if s := o.status(); s.Total != 2 || s.Unread != 2 || s.Synced.IsZero() {
		t.Errorf("%+v", s)
	}
	names := o.files()
	if len(names) != 2 {
		t.Fatalf("files %q", names)
	}
	for _, n := range names {
		if info, err := os.Stat(filepath.Join(o.dir, "inbox", n)); err != nil || info.Mode().Perm() != 0o600 || len(n) != 64 {
			t.Errorf("%s: %v %v", n, info.Mode(), err)
		}
	}
	if n := o.withheldLines(); n != 0 {
		t.Errorf("%d lines about what was not withheld", n)
	}
}

// TestRule20WithheldIsNeverWritten: of what the own clearance does not permit, body and subject are asked for or kept nowhere: not in the
// database, not in a file, not in the log. That it was withheld is in the log, once.
func TestRule20WithheldIsNeverWritten(t *testing.T) {
	for name, test := range map[string]struct {
		mail   func() string
		bodies int // how often the body may be asked for
		rule   string
	}{
		"by its own label":           {func() string { return letter(1, sio(t, "", "SECRET"), "BodyText1") }, 0, "classification"},
		"unknown policy":             {func() string { return letter(1, sio(t, "OTHER", "RESTRICTED"), "BodyText1") }, 0, inbox.RuleUnreadable},
		"two labels, one too high":   {func() string { return letter(1, sio(t, "", "RESTRICTED")+sio(t, "", "SECRET"), "BodyText1") }, 0, "classification"},
		"unlabelled, file too high":  {func() string { return withFile(1, "", letter(9, sio(t, "", "SECRET"), "x")) }, 1, "classification"},
		"label lower than its file":  {func() string { return withFile(1, sio(t, "", "RESTRICTED"), letter(9, sio(t, "", "SECRET"), "x")) }, 1, "classification"},
		"file of an unknown policy":  {func() string { return withFile(1, sio(t, "", "RESTRICTED"), letter(9, sio(t, "OTHER", "X"), "x")) }, 1, inbox.RuleUnreadable},
		"two labels, unknown policy": {func() string { return letter(1, sio(t, "", "RESTRICTED")+sio(t, "OTHER", "X"), "BodyText1") }, 0, inbox.RuleUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			o.server.deliver(test.mail())
			stop := o.run()
			list := o.until("withheld", func(s inbox.Status, list []inbox.Message) bool {
				return s.Online && len(list) == 1 && !list[0].Verdict.MayRead
			})
			m := list[0]
			if m.Subject != "" || m.Size != 0 || m.Files != 0 || m.Problem != "" || m.Head.From[0].Address != "olha@ukr.example" || m.Received.IsZero() {
				t.Errorf("%+v", m)
			}
			if len(m.Verdict.Reasons) == 0 || m.Verdict.Reasons[0].Rule != test.rule || m.Verdict.Reasons[0].Held != nil {
				t.Errorf("reasons %+v", m.Verdict.Reasons)
			}
			if got := o.server.asked(); len(got) != test.bodies {
				t.Errorf("bodies %v were asked for", got)
			}
			if _, body, err := o.box.Open(t.Context(), m.ID); !errors.Is(err, inbox.ErrWithheld) || body != nil {
				t.Errorf("opened: %q, %v", body, err)
			}
			must(t, o.box.Recheck(t.Context()))
			stop()
			o.box = inbox.New(o.store, o.config) // begun anew
			o.run()
			o.until("read again", func(s inbox.Status, list []inbox.Message) bool { return s.Online && len(list) == 1 })
			if n := o.withheldLines(); n != 1 {
				t.Errorf("%d lines in the log, want 1", n)
			}
			if got := o.files(); len(got) > 0 {
				t.Errorf("files %q", got)
			}
			var log strings.Builder
			must(t, audit.Export(t.Context(), o.store, &log))
			if strings.Contains(log.String(), "Subject1") || !strings.Contains(log.String(), "olha@ukr.example") {
				t.Errorf("the log: %s", log.String())
			}
			o.holdsNowhere("Subject1", "BodyText1", "Inside1")
		})
	}
}

// TestRule20DefaultLabel: mail without any label gets that of its domain, and is judged by it; with a fault it does not.
func TestRule20DefaultLabel(t *testing.T) {
	class := "RESTRICTED"
	o := newOffice(t, func(c *inbox.Config) {
		c.Default = func(address string) (inbox.Default, bool) {
			l := label.Label{Kind: label.Originator, Information: label.Information{Policy: label.PolicyID{Name: "NATO"}, Classification: class}}
			return inbox.Default{Domain: "ukr.example", Label: l}, strings.HasSuffix(address, "@ukr.example")
		}
	})
	o.server.deliver(letter(1, "", "One"))
	o.server.deliver(strings.ReplaceAll(letter(2, "", "Two"), "olha@ukr.example", "x@other.example"))
	o.server.deliver(letter(3, "SIO-Label: type=\":xml\"; label=\"%%%\"\r\n", "Three"))
	o.server.deliver(strings.ReplaceAll(letter(4, "", "Four"), "olha@ukr.example", "x@other.example, olha@ukr.example"))
	o.run()
	list := o.settled(4)
	several := list[0]
	list = list[1:]
	if several.Head.Assumed != nil || !several.Verdict.MayRead {
		t.Errorf("of several: %+v", several)
	}
	if list[2].Head.Assumed == nil || list[2].Subject != "Subject1" {
		t.Errorf("of the domain: %+v", list[2])
	}
	if list[1].Head.Assumed != nil || !list[1].Verdict.MayRead || !list[1].Head.Mail.Sensitivity.IsUnlabelled() {
		t.Errorf("of another domain: %+v", list[1])
	}
	if list[0].Head.Assumed != nil || list[0].Head.Mail.Sensitivity.Fault == "" {
		t.Errorf("with a fault: %+v", list[0])
	}
	class = "SECRET" // now the default is more than the user holds
	for i, m := range o.list() {
		// a damaged label, and one more sender, show no more than no label does
		if ofOther := i == 2; m.Verdict.MayRead != ofOther || ofOther == (m.Subject == "") {
			t.Errorf("above the clearance, %d: %+v", i, m)
		}
	}
}

// slow gives no body before the gate is opened.
type slow struct {
	*server
	gate chan struct{}
}

func (s *slow) Body(ctx context.Context, uid uint32, limit int64, w io.Writer) (int64, error) {
	select {
	case <-s.gate:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return s.server.Body(ctx, uid, limit, w)
}

// TestPendingUntilItIsFetched: until then nobody can tell how urgent a message is, or that it is a report, so nobody is to be told of it.
func TestPendingUntilItIsFetched(t *testing.T) {
	o := newOffice(t, nil)
	source := &slow{o.server, make(chan struct{})}
	o.config.Connect = func(context.Context, string) (inbox.Source, error) { return source, nil }
	o.box = inbox.New(o.store, o.config)
	o.server.deliver(letter(1, "MMHS-Primary-Precedence: 4\r\n"+sio(t, "", "RESTRICTED"), "BodyText1"))
	o.run()
	m := o.until("listed", func(_ inbox.Status, list []inbox.Message) bool { return len(list) == 1 })[0]
	if !m.Pending || m.Precedence != "" {
		t.Errorf("not fetched: %+v", m)
	}
	close(source.gate)
	if m := o.settled(1)[0]; m.Pending || m.Precedence != "flash" {
		t.Errorf("fetched: %+v", m)
	}
}

// TestRule20ClearanceChanges: what is not permitted any more is hidden at once, and its body removed; permitted again, it is read again.
func TestRule20ClearanceChanges(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, sio(t, "", "CONFIDENTIAL"), "BodyText1"))
	o.run()
	id := o.settled(1)[0].ID
	o.holds("RESTRICTED")
	if m := o.list()[0]; m.Verdict.MayRead || m.Subject != "" || m.Size != 0 {
		t.Errorf("before anything was rechecked: %+v", m)
	}
	if _, body, err := o.box.Open(t.Context(), id); !errors.Is(err, inbox.ErrWithheld) || body != nil {
		t.Errorf("opened: %v", err)
	}
	must(t, o.box.Recheck(t.Context()))
	if got := o.files(); len(got) > 0 || o.withheldLines() != 1 {
		t.Errorf("files %q, %d lines", got, o.withheldLines())
	}
	o.holds("SECRET")
	if m := o.list()[0]; !m.Verdict.MayRead || m.Problem == "" {
		t.Errorf("permitted again, not read yet: %+v", m)
	}
	must(t, o.box.Recheck(t.Context()))
	m := o.until("read again", func(_ inbox.Status, list []inbox.Message) bool {
		return len(list) == 1 && list[0].Subject == "Subject1"
	})[0]
	if m.ID != id {
		t.Errorf("it has another name: %s, %s", m.ID, id)
	}
}

// Read while the server is away: the list stays, with the time of when it was true; what the user did meanwhile is told later.
func TestServerAwayAndBack(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, sio(t, "", "RESTRICTED"), "One"))
	o.run()
	id := o.settled(1)[0].ID
	o.server.change(func() { o.server.away = errors.New("the server is away") })
	o.until("away", func(s inbox.Status, _ []inbox.Message) bool {
		return !s.Online && s.Problem != "" && !s.Synced.IsZero()
	})
	if _, body, err := o.box.Open(t.Context(), id); err != nil || len(body) == 0 {
		t.Errorf("away: %v", err)
	}
	must(t, o.box.MarkSeen(t.Context(), id))
	if m := o.list()[0]; !m.Seen || o.status().Unread != 0 {
		t.Errorf("%+v", m)
	}
	o.server.change(func() { o.server.away = nil })
	o.server.deliver(letter(2, sio(t, "", "RESTRICTED"), "Two"))
	o.until("back", func(s inbox.Status, list []inbox.Message) bool {
		o.server.mu.Lock()
		defer o.server.mu.Unlock()
		return s.Online && s.Problem == "" && len(list) == 2 && o.server.mails[0].flags.Seen
	})
	if m := o.settled(2)[1]; !m.Seen {
		t.Errorf("what the user did was lost: %+v", m)
	}
}

// Renumbered, messages keep their names and are not read again; what is gone goes, with its file.
func TestRenumberedAndVanished(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, sio(t, "", "RESTRICTED"), "One"))
	o.server.deliver(letter(2, sio(t, "", "SECRET"), "Two"))
	o.server.deliver(letter(3, sio(t, "", "RESTRICTED"), "Three"))
	o.run()
	var before []string
	for _, m := range o.settled(3) {
		before = append(before, m.ID)
	}
	o.server.change(func() {
		o.server.validity = 8
		o.server.mails = o.server.mails[:2]
		for i := range o.server.mails {
			o.server.mails[i].uid = 100 + uint32(i)
		}
		o.server.next = 200
	})
	list := o.settled(2)
	if list[0].ID != before[1] || list[1].ID != before[2] {
		t.Errorf("other names: %s %s, were %v", list[0].ID, list[1].ID, before)
	}
	if got := o.server.asked(); len(got) != 2 {
		t.Errorf("bodies %v were asked for", got)
	}
	o.until("removed", func(inbox.Status, []inbox.Message) bool { return len(o.files()) == 1 })
	if n := o.withheldLines(); n != 1 {
		t.Errorf("%d lines about one message", n)
	}
	o.server.change(func() { o.server.mails = o.server.mails[1:] })
	o.until("vanished", func(_ inbox.Status, list []inbox.Message) bool { return len(list) == 1 && len(o.files()) == 0 })
}

// The limits: what is too large, or one too many, is named and never silently missing; one message that breaks the connection does not
// stand before the others.
func TestLimits(t *testing.T) {
	o := newOffice(t, func(c *inbox.Config) { c.MaxSize, c.MaxMessages = 5000, 3 })
	o.server.deliver(letter(1, sio(t, "", "RESTRICTED"), "One"))
	o.server.deliver(letter(2, sio(t, "", "RESTRICTED"), strings.Repeat("x", 6000)))
	o.server.refused = o.server.deliver(letter(3, sio(t, "", "RESTRICTED"), "Three"))
	o.server.deliver(letter(4, sio(t, "", "SECRET"), strings.Repeat("x", 6000)))
	o.run()
	list := o.until("all", func(s inbox.Status, list []inbox.Message) bool { return s.Online && len(list) == 3 && s.LeftOut })
	if list[0].Verdict.MayRead || list[0].Problem != "" {
		t.Errorf("too large and not permitted: %+v", list[0])
	}
	if !strings.Contains(list[1].Problem, "does not give it") {
		t.Errorf("one that breaks the connection: %+v", list[1])
	}
	if list[2].Subject != "" || list[2].Head.From[0].Address != "olha@ukr.example" || !strings.Contains(list[2].Problem, "are read here") {
		t.Errorf("too large: %+v", list[2])
	}
	if _, _, err := o.box.Open(t.Context(), list[2].ID); !errors.Is(err, inbox.ErrNotHere) {
		t.Errorf("too large: %v", err)
	}
	if slices.Contains(o.server.asked(), 2) || slices.Contains(o.server.asked(), 4) {
		t.Errorf("bodies %v were asked for", o.server.asked())
	}
}

// A message on disk that somebody changed is not shown, and is read from the mailbox again.
func TestTamperedBody(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, sio(t, "", "RESTRICTED"), "One"))
	o.run()
	id := o.settled(1)[0].ID
	must(t, os.WriteFile(filepath.Join(o.dir, "inbox", o.files()[0]), []byte(letter(1, "", "Forged")), 0o600))
	if _, body, err := o.box.Open(t.Context(), id); !errors.Is(err, inbox.ErrTampered) || body != nil {
		t.Fatalf("%q, %v", body, err)
	}
	o.until("mended", func(inbox.Status, []inbox.Message) bool {
		_, body, err := o.box.Open(t.Context(), id)
		return err == nil && strings.Contains(string(body), "One")
	})
}

// Pages: the newest first, each once.
func TestPages(t *testing.T) {
	o := newOffice(t, nil)
	for i := range 5 {
		o.server.deliver(letter(i+1, sio(t, "", "RESTRICTED"), "x"))
	}
	o.run()
	o.settled(5)
	var subjects []string
	q := inbox.Query{Mailbox: "own", Limit: 2}
	for {
		p, err := o.box.List(t.Context(), q)
		must(t, err)
		for _, m := range p.Messages {
			subjects = append(subjects, m.Subject)
		}
		if q.Before = p.Next; q.Before == "" {
			break
		}
	}
	if got := strings.Join(subjects, " "); got != "Subject5 Subject4 Subject3 Subject2 Subject1" {
		t.Error(got)
	}
	if _, err := o.box.List(t.Context(), inbox.Query{Mailbox: "own", Limit: 2, Before: "x"}); !errors.Is(err, inbox.ErrUnknown) {
		t.Errorf("a made-up place: %v", err)
	}
}

// Another server or user under the same name is another mailbox: nothing of the old one is left.
func TestAnotherPlace(t *testing.T) {
	o := newOffice(t, nil)
	o.server.deliver(letter(1, sio(t, "", "RESTRICTED"), "One"))
	stop := o.run()
	o.settled(1)
	stop()
	o.server.mails, o.config.Mailboxes = nil, []inbox.Mailbox{{Name: "own", Address: "me@gbr.example", Place: "elsewhere"}}
	o.box = inbox.New(o.store, o.config)
	o.run()
	o.until("empty", func(s inbox.Status, list []inbox.Message) bool {
		return s.Online && len(list) == 0 && len(o.files()) == 0
	})
}
