package inbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/inbox"
	"caveat/backend/label"
	"caveat/backend/label/siolabel"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// server is a mailbox that the test holds in its hands. It is every connection to itself.
type server struct {
	mu       sync.Mutex
	validity uint32
	next     uint32
	mails    []mail
	away     error
	bodies   []uint32 // that were asked for
	refused  uint32   // the body of this one ends the connection
	marked   []uint32
	told     chan struct{}
	dials    int
}

type mail struct {
	uid      uint32
	data     []byte
	received time.Time
	flags    inbox.Flags
}

func newServer() *server { return &server{validity: 7, next: 1, told: make(chan struct{}, 1)} }

// deliver puts a message into the mailbox, an hour after the one before.
func (s *server) deliver(data string) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	uid := s.next
	s.next++
	s.mails = append(s.mails, mail{uid: uid, data: []byte(data), received: start.Add(time.Duration(uid) * time.Hour)})
	s.tell()
	return uid
}

func (s *server) tell() {
	select {
	case s.told <- struct{}{}:
	default:
	}
}

func (s *server) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.tell()
}

func (s *server) asked() []uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

func (s *server) connect(context.Context, string) (inbox.Source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials++
	return s, s.away
}

func (s *server) find(uid uint32) (mail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return mail{}, s.away
	}
	for _, m := range s.mails {
		if m.uid == uid {
			return m, nil
		}
	}
	return mail{}, inbox.ErrGone
}

func (s *server) Changes(_ context.Context, since inbox.State, known []uint32) (inbox.Changes, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return inbox.Changes{}, s.away
	}
	c := inbox.Changes{State: inbox.State{Validity: s.validity, NextUID: s.next}, Reset: since.Validity != s.validity}
	there := map[uint32]bool{}
	for _, m := range s.mails {
		there[m.uid] = true
		if c.Reset || m.uid >= since.NextUID {
			c.New = append(c.New, inbox.Listed{UID: m.uid, Size: int64(len(m.data)), Received: m.received, Flags: m.flags})
		} else {
			c.Flags = append(c.Flags, inbox.Flagged{UID: m.uid, Flags: m.flags})
		}
	}
	for _, u := range known {
		if !c.Reset && !there[u] {
			c.Vanished = append(c.Vanished, u)
		}
	}
	return c, nil
}

func (s *server) Header(_ context.Context, uid uint32) ([]byte, error) {
	m, err := s.find(uid)
	head, _, _ := strings.Cut(string(m.data), "\r\n\r\n")
	return []byte(head + "\r\n\r\n"), err
}

func (s *server) Body(_ context.Context, uid uint32, limit int64, w io.Writer) (int64, error) {
	m, err := s.find(uid)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	s.bodies = append(s.bodies, uid)
	refused := s.refused == uid
	s.mu.Unlock()
	if refused {
		return 0, errors.New("the connection broke")
	}
	if int64(len(m.data)) > limit {
		return 0, inbox.ErrTooLarge
	}
	n, err := w.Write(m.data)
	return int64(n), err
}

func (s *server) Mark(_ context.Context, uid uint32, seen, answered bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.mails {
		if s.mails[i].uid == uid {
			s.mails[i].flags.Seen = s.mails[i].flags.Seen || seen
			s.mails[i].flags.Answered = s.mails[i].flags.Answered || answered
			s.marked = append(s.marked, uid)
		}
	}
	return nil
}

func (s *server) Wait(ctx context.Context) error {
	select {
	case <-s.told:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.away
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *server) Close() {}

var start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// office is a Box that reads a server.
type office struct {
	t      *testing.T
	dir    string
	store  *store.Store
	box    *inbox.Box
	server *server
	config inbox.Config

	mu      sync.Mutex
	highest string // what the user holds
}

var order = []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}

// newOffice makes one whose user holds CONFIDENTIAL; change may change the Config. It does not run.
func newOffice(t *testing.T, change func(*inbox.Config)) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), server: newServer(), highest: "CONFIDENTIAL"}
	policy, err := os.Open("../demo/policy.spif.xml")
	must(t, err)
	defer policy.Close()
	p, err := spif.Parse(policy)
	must(t, err)
	site, err := spif.NewSite(p)
	must(t, err)
	o.store, err = store.Open(t.Context(), o.dir, "test")
	must(t, err)
	t.Cleanup(func() { must(t, o.store.Close()) })
	o.config = inbox.Config{
		Mailboxes: []inbox.Mailbox{{Name: "own", Address: "me@gbr.example", Place: "host user"}}, Connect: o.server.connect, Site: site, Judge: o.judge,
		User: "tester", Retry: func(int) time.Duration { return 10 * time.Millisecond },
	}
	if change != nil {
		change(&o.config)
	}
	o.box = inbox.New(o.store, o.config)
	return o
}

// judge permits what is at most what the user holds; what is of another policy nobody may read.
func (o *office) judge(_ context.Context, _ string, l label.Label) (inbox.Verdict, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if l.Policy.Name != "NATO" {
		return inbox.Verdict{Reasons: []presend.Reason{{Rule: inbox.RuleUnreadable, Text: "policy " + l.Policy.Name}}}, nil
	}
	if at := slices.Index(order, l.Classification); at < 0 || at > slices.Index(order, o.highest) {
		return inbox.Verdict{Reasons: []presend.Reason{{Rule: "classification", Text: "needs " + l.Classification, Held: []string{o.highest}}}}, nil
	}
	return inbox.Verdict{MayRead: true}, nil
}

func (o *office) holds(class string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.highest = class
}

// run lets the Box work until the returned function is called.
func (o *office) run() (stop func()) {
	o.t.Helper()
	ctx, cancel := context.WithCancel(o.t.Context())
	done := make(chan error, 1)
	go func() { done <- o.box.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil && ctx.Err() == nil {
				o.t.Error(err)
			}
		})
	}
	o.t.Cleanup(stop)
	return stop
}

// until waits until the list fulfils a condition.
func (o *office) until(what string, is func(inbox.Status, []inbox.Message) bool) []inbox.Message {
	o.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		list, st := o.list(), o.status()
		if is(st, list) {
			return list
		}
		if time.Now().After(deadline) {
			o.t.Fatalf("%s: %+v, %+v", what, st, list)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// settled waits until so many messages are there, each read, and the mailbox was read to its end.
func (o *office) settled(count int) []inbox.Message {
	o.t.Helper()
	return o.until(fmt.Sprintf("%d messages", count), func(s inbox.Status, list []inbox.Message) bool {
		return s.Online && len(list) == count && !slices.ContainsFunc(list, func(m inbox.Message) bool { return m.Pending })
	})
}

func (o *office) list() []inbox.Message {
	o.t.Helper()
	p, err := o.box.List(o.t.Context(), inbox.Query{Mailbox: "own", Limit: 100})
	must(o.t, err)
	return p.Messages
}

func (o *office) status() inbox.Status {
	o.t.Helper()
	s, err := o.box.Status(o.t.Context(), "own")
	must(o.t, err)
	return s
}

// files are the names in DATA/inbox.
func (o *office) files() (out []string) {
	o.t.Helper()
	list, err := os.ReadDir(filepath.Join(o.dir, "inbox"))
	if err != nil && !os.IsNotExist(err) {
		o.t.Fatal(err)
	}
	for _, f := range list {
		out = append(out, f.Name())
	}
	return out
}

// holdsNowhere fails when a text stands anywhere in the data directory.
func (o *office) holdsNowhere(texts ...string) {
	o.t.Helper()
	must(o.t, filepath.WalkDir(o.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, text := range texts {
			if strings.Contains(string(data), text) {
				o.t.Errorf("%s holds %q", filepath.Base(path), text)
			}
		}
		return err
	}))
}

// withheldLines counts what the audit log says was withheld.
func (o *office) withheldLines() (count int) {
	o.t.Helper()
	err := o.store.Reader().QueryRowContext(o.t.Context(), `SELECT count(*) FROM audit WHERE instr(line, '"type":"withheld"') > 0`).Scan(&count)
	if errors.Is(err, sql.ErrNoRows) {
		return 0
	}
	must(o.t, err)
	return count
}

// sio is a SIO-Label field.
func sio(t *testing.T, policy, class string) string {
	t.Helper()
	l := label.Label{Kind: label.Originator, Created: start, OriginatorID: "a@b.example", OriginatorIDType: "rfc822Name", Information: label.Information{
		Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}}
	if policy != "" {
		l.Policy = label.PolicyID{Name: policy, URI: "urn:oid:1.3.6.1.4.1.32473.99"}
	}
	parameters, err := siolabel.Parameters(l, "", "", "")
	must(t, err)
	return "SIO-Label: " + strings.Join(parameters, ";\r\n ") + "\r\n"
}

// letter is a message with these fields in front.
func letter(number int, fields, text string) string {
	return fmt.Sprintf("%sFrom: Olha <olha@ukr.example>\r\nTo: me@gbr.example\r\nSubject: Subject%d\r\nMessage-ID: <m%d@ukr.example>\r\n"+
		"Date: Sun, 01 Mar 2026 10:00:00 +0000\r\n\r\n%s\r\n", fields, number, number, text)
}

// withFile is a message with one file.
func withFile(number int, fields, file string) string {
	return fmt.Sprintf("%sFrom: Olha <olha@ukr.example>\r\nTo: me@gbr.example\r\nSubject: Subject%d\r\nMessage-ID: <m%d@ukr.example>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBodyText%d\r\n--b\r\nContent-Type: message/rfc822\r\n"+
		"Content-Disposition: attachment; filename=Inside%d.eml\r\n\r\n%s\r\n--b--\r\n", fields, number, number, number, number, file)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
