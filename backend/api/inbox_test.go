package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/draft"
	"caveat/backend/inbox"
	"caveat/backend/label"
	"caveat/backend/label/siolabel"
	"caveat/backend/outbox"
	"caveat/ldapbook/ldaptest"
)

// mailbox is a mailbox in memory; each message has the number of its place as UID.
type mailbox struct {
	mu    sync.Mutex
	mails []string
}

func (m *mailbox) connect(context.Context, string) (inbox.Source, error) { return m, nil }

func (m *mailbox) Changes(_ context.Context, since inbox.State, _ []uint32) (inbox.Changes, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := inbox.Changes{State: inbox.State{Validity: 1, NextUID: uint32(len(m.mails) + 1)}, Reset: since.Validity == 0}
	for i, x := range m.mails {
		if uid := uint32(i + 1); uid >= since.NextUID {
			c.New = append(c.New, inbox.Listed{UID: uid, Size: int64(len(x)), Received: received.Add(time.Duration(i) * time.Hour)})
		}
	}
	return c, nil
}

func (m *mailbox) of(uid uint32) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mails[uid-1]
}

func (m *mailbox) Header(_ context.Context, uid uint32) ([]byte, error) {
	head, _, _ := strings.Cut(m.of(uid), "\r\n\r\n")
	return []byte(head + "\r\n\r\n"), nil
}

func (m *mailbox) Body(_ context.Context, uid uint32, _ int64, w io.Writer) (int64, error) {
	n, err := io.WriteString(w, m.of(uid))
	return int64(n), err
}

func (m *mailbox) Mark(context.Context, uint32, bool, bool) error { return nil }
func (m *mailbox) Wait(ctx context.Context) error                 { <-ctx.Done(); return ctx.Err() }
func (m *mailbox) Close()                                         {}

var received = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// inboxWorld is a world whose user holds RESTRICTED and has a mailbox with these messages; it was read.
func inboxWorld(t *testing.T, mails ...string) *world {
	t.Helper()
	return inboxWorldOf(t, "RESTRICTED", mails...)
}

// inboxWorldOf is inboxWorld for a user who holds another class; "": who is in no directory.
func inboxWorldOf(t *testing.T, class string, mails ...string) *world {
	t.Helper()
	all := people()
	all["GBR"] = slices.DeleteFunc(all["GBR"], func(e ldaptest.Entry) bool { return e.DN == "uid=me,o=gbr" })
	if class != "" {
		all["GBR"] = append(all["GBR"], person("uid=me,o=gbr", "Major Me", me, class))
	}
	w := newWorldOf(t, all, func(file string) string {
		return strings.Replace(file, "mail = \"me@gbr.example\"\n", "mail = \"me@gbr.example\"\nmailbox = \"box\"\n", 1) + `[[account]]
name = "box"
kind = "imap"
address = "127.0.0.1:1"
security = "plain"
[[default_label]]
domain = "ukr.example"
policy = "NATO"
classification = "RESTRICTED"
categories = { Context = ["MROD"] }
`
	})
	w.mailbox.mails = mails
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.service.Work(ctx, false) }()
	w.stopWork = sync.OnceFunc(func() { cancel(); must(t, <-done) })
	t.Cleanup(w.stopWork)
	w.read(len(mails))
	return w
}

// read has the mailbox looked into, and waits until so many messages are there.
func (w *world) read(count int) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		d := get[api.InboxDocument](w, "/api/inbox")
		if d.State == "online" && len(d.Messages) == count && !slices.ContainsFunc(d.Messages, func(m api.InboxRow) bool { return m.Problem != "" }) {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%+v", d)
		}
	}
}

// rows are the messages of the inbox, oldest first.
func (w *world) rows() []api.InboxRow {
	w.t.Helper()
	d := get[api.InboxDocument](w, "/api/inbox")
	slices.Reverse(d.Messages)
	return d.Messages
}

func sioField(t *testing.T, class string) string {
	t.Helper()
	parameters, err := siolabel.Parameters(label.Label{Kind: label.Originator, Information: label.Information{
		Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}}, "", "", "")
	must(t, err)
	return "SIO-Label: " + strings.Join(parameters, ";\r\n ") + "\r\n"
}

func received1(from, fields, rest string) string {
	return fmt.Sprintf("%sFrom: %s\r\nTo: me@gbr.example, Ann <ann@gbr.example>\r\nSubject: About it\r\nMessage-ID: <a@ukr.example>\r\nMIME-Version: 1.0\r\n%s", fields, from, rest)
}

const (
	plainBody = "Content-Type: text/plain\r\n\r\nHello\r\n"
	htmlBody  = "Content-Type: text/html\r\n\r\n<p>Hello <b>there</b></p><img src=\"https://tracker.example/x.png\"><script>alert(1)</script>\r\n"
	twoParts  = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee file\r\n--b\r\nContent-Type: text/html\r\n" +
		"Content-Disposition: attachment; filename=\"../page.html\"\r\n\r\n<script>1</script>\r\n--b--\r\n"
)

// TestRule20Inbox: what came in is shown by what its label is worth; HTML as text, nothing is fetched; what is above the user's own clearance
// is withheld in every answer.
func TestRule20Inbox(t *testing.T) {
	w := inboxWorld(t,
		received1("Olha <olha@ukr.example>", sioField(t, "RESTRICTED"), plainBody),
		received1("olha@ukr.example", sioField(t, "CONFIDENTIAL"), strings.Replace(plainBody, "Hello", "TopicalBody", 1)),
		received1("olha@ukr.example", "", htmlBody),
		received1("x@elsewhere.example", "", twoParts),
		received1("olha@ukr.example", "SIO-Label: type=\":xml\"; label=\"%%\"\r\n", plainBody),
	)
	rows := w.rows()
	for i, want := range []struct {
		state, nation string
		withheld      bool
	}{{"labelled", "UKR", false}, {"labelled", "UKR", true}, {"assumed", "UKR", false}, {"unlabelled", "", false}, {"faulty", "UKR", false}} {
		r := rows[i]
		if r.Label.State != want.state || r.From.Nation != want.nation || r.Withheld != want.withheld {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if r := rows[0]; r.Label.Marking == "" || r.Label.Background == "" || r.Label.Policy != "NATO" || r.Subject != "About it" {
		t.Errorf("%+v", r)
	}
	if len(rows[4].Label.Faults) != 1 || rows[4].Label.Faults[0].Code != "base64" || rows[2].Label.Why == "" {
		t.Errorf("%+v %+v", rows[4].Label, rows[2].Label)
	}

	for _, path := range []string{"/api/inbox", "/api/inbox/" + rows[1].ID} {
		if _, text, _ := w.ask(http.MethodGet, path, nil); strings.Contains(text, "TopicalBody") || path != "/api/inbox" && strings.Contains(text, "About it") || strings.Contains(text, `"held"`) {
			t.Errorf("%s: %s", path, text)
		}
	}
	w.refused(http.StatusForbidden, "user-own-clearance", http.MethodGet, "/api/inbox/"+rows[1].ID+"/files/0", nil)
	w.refused(http.StatusForbidden, "user-own-clearance", http.MethodPost, "/api/inbox/"+rows[1].ID+"/reply", map[string]any{})
	w.refused(http.StatusForbidden, "user-own-clearance", http.MethodPost, "/api/inbox/"+rows[1].ID+"/forward", nil)
	w.refused(http.StatusNotFound, "user-not-found", http.MethodGet, "/api/inbox/aaaaaaaaaaaaaaaaaaaa", nil)

	m := get[api.InboxMessage](w, "/api/inbox/"+rows[2].ID)
	if !m.WasHTML || m.Remote != 1 || strings.Contains(m.Text, "<") || !strings.Contains(m.Text, "Hello there") || strings.Contains(m.Text, "alert") {
		t.Errorf("%+v", m)
	}

	m = get[api.InboxMessage](w, "/api/inbox/"+rows[3].ID)
	if len(m.Files) != 1 || m.Files[0].Label.State != "unlabelled" {
		t.Fatalf("%+v", m.Files)
	}
	status, text, header := w.ask(http.MethodGet, "/api/inbox/"+rows[3].ID+"/files/0", nil)
	if status != http.StatusOK || text != "<script>1</script>" || header.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(header.Get("Content-Disposition"), "attachment") || strings.Contains(header.Get("Content-Disposition"), "..") ||
		header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %q %v", status, text, header)
	}
	w.refused(http.StatusNotFound, "user-not-found", http.MethodGet, "/api/inbox/"+rows[3].ID+"/files/1", nil)
	if status, _, _ := w.ask(http.MethodPost, "/api/inbox/"+rows[0].ID+"/seen", nil); status != http.StatusNoContent {
		t.Errorf("seen: %d", status)
	}
	if d := get[api.InboxDocument](w, "/api/inbox"); d.Unread != 4 || !d.Messages[4].Seen {
		t.Errorf("%+v", d)
	}
}

// TestRule1ReplyFromInbox: an answer has the label of the message, which cannot be lowered; without one that somebody may go by it begins without.
func TestRule1ReplyFromInbox(t *testing.T) {
	w := inboxWorld(t,
		received1("Olha <olha@ukr.example>", sioField(t, "RESTRICTED"), plainBody),
		received1("olha@ukr.example", "", htmlBody),
		received1("x@elsewhere.example", "", plainBody),
		received1("olha@ukr.example", "SIO-Label: type=\":xml\"; label=\"%%\"\r\n", plainBody),
	)
	rows := w.rows()
	for i, want := range []struct {
		class, note string
	}{{"RESTRICTED", ""}, {"RESTRICTED", "assumed"}, {"", "begins without"}, {"", "begins without"}} {
		b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+rows[i].ID+"/reply", map[string]any{"all": true})
		d := get[api.StoredDraft](w, "/api/drafts/"+b.Draft).Content.Draft
		if d.InReplyTo != "<a@ukr.example>" || d.Subject != "Re: About it" || !strings.Contains(d.Body, "> Hello") || len(d.Action) != 2 || d.From != me {
			t.Errorf("%d: %+v", i, d)
		}
		if !strings.Contains(strings.Join(b.Notes, " "), want.note) {
			t.Errorf("%d: notes %q", i, b.Notes)
		}
		switch {
		case want.class == "" && (!d.Label.IsZero() || d.Inherited != nil):
			t.Errorf("%d: it has a label: %+v", i, d.Label)
		case want.class != "" && (d.Label.Selection == nil || d.Label.Selection.Classification != want.class || d.Inherited == nil):
			t.Errorf("%d: %+v, inherited %+v", i, d.Label, d.Inherited)
		}
	}
	b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+rows[0].ID+"/forward", nil)
	d := get[api.StoredDraft](w, "/api/drafts/"+b.Draft)
	if len(d.Content.Attachments) != 1 || d.Content.Attachments[0].Label == nil || d.Content.Subject != "Fwd: About it" || d.Content.Label.Selection.Classification != "RESTRICTED" {
		t.Errorf("%+v", d.Content.Draft)
	}
	lowered := d.Content
	l := *lowered.Label.Selection
	l.Classification = "UNCLASSIFIED"
	lowered.Label.Selection = &l
	w.refused(http.StatusUnprocessableEntity, "user-relabel-reason", http.MethodPut, "/api/drafts/"+b.Draft, api.SaveDraftInput{Version: d.Version, Content: lowered})
}

// While nothing reads the mailbox, what is known of it is as of the time when it was read last.
func TestInboxIsAwayWhileNobodyReadsIt(t *testing.T) {
	w := inboxWorld(t, received1("olha@ukr.example", sioField(t, "RESTRICTED"), plainBody))
	w.stopWork()
	if d := get[api.InboxDocument](w, "/api/inbox"); d.State != "away" || d.AsOf == nil || len(d.Messages) != 1 || !strings.Contains(d.Problem, "not running") {
		t.Errorf("%+v", d)
	}
}

// A message with two labels is passed on as what the check refuses in one sentence, which names the attachment and stands there once.
func TestForwardOfTwoLabelsSaysSoOnce(t *testing.T) {
	w := inboxWorld(t, received1("olha@ukr.example", sioField(t, "RESTRICTED")+sioField(t, "UNCLASSIFIED"), plainBody))
	b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+w.rows()[0].ID+"/forward", nil)
	d := get[api.StoredDraft](w, "/api/drafts/"+b.Draft).Content.Draft
	d.Action = []string{ann}
	d.Label = draft.Label{Selection: &label.Selection{Policy: "NATO", Classification: "RESTRICTED",
		Categories: []label.SelectedTag{{TagSet: "Context", Values: []label.SelectedValue{{Name: "MROD"}}}}}}
	r, err := w.service.CheckIn(t.Context(), d, "en")
	must(t, err)
	said, err := json.Marshal(r)
	must(t, err)
	const sentence = `The attachment \"About it.eml\": It bears more than one label, so that two readers could take different ones.`
	if n := strings.Count(string(said), "It bears more than one label"); n == 0 || n > 2 || !strings.Contains(string(said), sentence) { // with the part, and with the whole
		t.Errorf("%d times in %s", n, said)
	}
	for _, never := range []string{"line 1", "well-formed", "malformed"} {
		if strings.Contains(string(said), never) {
			t.Errorf("%q in %s", never, said)
		}
	}
}

// dsn is a delivery report.
func dsn(envelope, messageID, original, action string) string {
	id := ""
	if messageID != "" {
		id = "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " + messageID + "\r\n"
	}
	env := ""
	if envelope != "" {
		env = "Original-Envelope-Id: " + envelope + "\r\n"
	}
	return "From: Mailer <mailer@mail.gbr.example>\r\nTo: me@gbr.example\r\nSubject: Report\r\nMIME-Version: 1.0\r\nDate: Sun, 01 Mar 2026 09:00:00 +0000\r\n" +
		"Message-ID: <" + envelope + original + action + "@mail.gbr.example>\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt is so.\r\n--b\r\n" +
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.gbr.example\r\n" + env + "\r\nOriginal-Recipient: rfc822; " + original +
		"\r\nFinal-Recipient: rfc822; " + original + "\r\nAction: " + action + "\r\nStatus: 5.1.1\r\n" + id + "--b--\r\n"
}

// TestReportsAreClaims: a report is shown with the recipient of the message that it is about, and changes no state; one that names a recipient the
// message never had, contradicts itself, or is about nothing of ours is kept as a message with a warning.
func TestReportsAreClaims(t *testing.T) {
	w := inboxWorld(t)
	doc := answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", map[string]any{"draft": map[string]any{
		"channel": "mail", "action": []string{ann, olha}, "subject": "Fuel", "body": "x",
		"label": map[string]any{"policy": "NATO", "classification": "RESTRICTED", "categories": map[string]any{"Context": []string{"MROD"}}},
	}})
	before := get[api.MessageDocument](w, "/api/messages/"+doc.Message)
	own := "<" + doc.Message + "@gbr.example>"
	w.mailbox.mu.Lock()
	w.mailbox.mails = []string{
		dsn(doc.Message, own, ann, "delivered"),
		dsn("", own, olha, "failed"),
		dsn("", "", ann, "delayed"),                                      // names none
		dsn(doc.Message, "", "eve@evil.example", "failed"),               // never had
		dsn(doc.Message, "<other@gbr.example>", ann, "failed"),           // contradicts itself
		dsn("01AAAAAAAAAAAAAAAAAAAAAAAA", "", ann, "failed"),             // not ours
		dsn("", "<"+doc.Message+"@elsewhere.example>", ann, "delivered"), // another's identifier
	}
	w.mailbox.mu.Unlock()
	if status, _, _ := w.ask(http.MethodPost, "/api/inbox/sync", nil); status != http.StatusNoContent {
		t.Fatalf("sync: %d", status)
	}
	w.read(7)
	after := get[api.MessageDocument](w, "/api/messages/"+doc.Message)
	kinds := map[string][]string{}
	for i, r := range after.Recipients {
		if r.State != before.Recipients[i].State && r.State != outbox.Deferred {
			t.Errorf("%s: state %s, was %s", r.Address, r.State, before.Recipients[i].State)
		}
		for _, c := range r.Reports {
			kinds[r.Address] = append(kinds[r.Address], c.Kind)
			if c.Reporter != "mail.gbr.example" || c.From != "mailer@mail.gbr.example" || c.At.After(received.Add(24*time.Hour)) {
				t.Errorf("%+v", c)
			}
		}
		slices.Sort(kinds[r.Address])
	}
	if fmt.Sprint(kinds) != "map[ann@gbr.example:[delivered] olha@ukr.example:[failed]]" {
		t.Errorf("%v", kinds)
	}
	for i, r := range w.rows() {
		if r.Report == nil || (r.Report.Message == doc.Message) != (i < 2) || (r.Report.Warning == "") != (i < 2) {
			t.Errorf("%d: %+v", i, r.Report)
		}
	}
	list := get[[]api.SentMessage](w, "/api/messages")
	if len(list) != 1 || len(list[0].Recipients) != 2 || len(list[0].Recipients[0].Reports) != 1 {
		t.Errorf("%+v", list)
	}
}

// Without a mailbox the inbox says so.
func TestInboxWithoutMailbox(t *testing.T) {
	w := newWorld(t, "")
	if d := get[api.InboxDocument](w, "/api/inbox"); d.State != "none" || len(d.Mailboxes)+len(d.Messages) != 0 {
		t.Errorf("%+v", d)
	}
	w.refused(http.StatusNotFound, "user-not-found", http.MethodGet, "/api/inbox?mailbox=other", nil)
}
