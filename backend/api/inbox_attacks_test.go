package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/inbox"
)

// deliver replaces the mailbox's messages, and waits until they were read.
func (w *world) deliver(mails ...string) {
	w.t.Helper()
	w.mailbox.mu.Lock()
	w.mailbox.mails = mails
	w.mailbox.mu.Unlock()
	if status, _, _ := w.ask(http.MethodPost, "/api/inbox/sync", nil); status != http.StatusNoContent {
		w.t.Fatalf("sync: %d", status)
	}
	w.read(len(mails))
}

// sentToTwo sends a message to two people, and gives its id.
func (w *world) sentToTwo() string {
	w.t.Helper()
	return answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", map[string]any{"draft": map[string]any{
		"channel": "mail", "action": []string{ann, olha}, "subject": "Fuel", "body": "x",
		"label": map[string]any{"policy": "NATO", "classification": "RESTRICTED", "categories": map[string]any{"Context": []string{"MROD"}}},
	}}).Message
}

// A date that JSON cannot write does not end the list for every message: it counts as none.
func TestDateBeyondJSON(t *testing.T) {
	for _, date := range []string{"Fri, 31 Dec 9999 23:59:59 -1200", "Sat, 01 Jan 0000 00:00:00 +1200"} {
		t.Run(date, func(t *testing.T) {
			w := inboxWorld(t, received1("olha@ukr.example", "Date: "+date+"\r\nMMHS-Extended-Authorisation-Info: "+date+"\r\n", plainBody), received1("olha@ukr.example", "", plainBody))
			r := w.rows()[0]
			if m := get[api.InboxMessage](w, "/api/inbox/"+r.ID); r.Date != nil || m.Date != nil || m.Military != nil {
				t.Errorf("%v, %v, %+v", r.Date, m.Date, m.Military)
			}
		})
	}
}

// Nor does one in a report end the page of sent messages.
func TestReportDateBeyondJSON(t *testing.T) {
	w := inboxWorld(t)
	id := w.sentToTwo()
	w.deliver(strings.Replace(dsn(id, "", ann, "delivered"), "Action: ", "Last-Attempt-Date: Sat, 01 Jan 0000 00:00:00 +1200\r\nAction: ", 1))
	list := get[[]api.SentMessage](w, "/api/messages")
	if len(list) != 1 || len(list[0].Recipients[0].Reports) != 1 || list[0].Recipients[0].Reports[0].At.Year() != 2026 {
		t.Errorf("%+v", list)
	}
	if m := get[api.InboxMessage](w, "/api/inbox/"+w.rows()[0].ID); len(m.Reports) != 1 || m.Reports[0].Report.At.Year() != 2026 {
		t.Errorf("%+v", m.Reports)
	}
}

// A report that names no message is about none, whoever's address it knows; and beside whom a report speaks for stands whom its mail is from.
func TestForgedReports(t *testing.T) {
	w := inboxWorld(t)
	id := w.sentToTwo()
	mallory := func(mail string) string {
		return strings.ReplaceAll(mail, "Mailer <mailer@mail.gbr.example>", "mallory@evil.example")
	}
	mdn := "From: mallory@evil.example\r\nTo: me@gbr.example\r\nSubject: Read\r\nMessage-ID: <x@evil.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n" +
		"Content-Type: message/disposition-notification\r\n\r\nReporting-UA: mail.gbr.example\r\nFinal-Recipient: rfc822; " + olha + "\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
	w.deliver(mdn, mallory(dsn("", "", olha, "delivered")), mallory(dsn(id, "", ann, "failed")))
	rows := w.rows()
	for i, r := range rows {
		if r.Report == nil || (r.Report.Message == "") != (i < 2) || (r.Report.Warning != "") != (i < 2) {
			t.Errorf("%d: %+v", i, r.Report)
		}
	}
	for _, r := range get[api.MessageDocument](w, "/api/messages/"+id).Recipients {
		if r.Address != ann && len(r.Reports) > 0 {
			t.Errorf("%s: %+v", r.Address, r.Reports)
		}
		if r.Address == ann && (len(r.Reports) != 1 || r.Reports[0].Reporter != "mail.gbr.example" || r.Reports[0].From != "mallory@evil.example") {
			t.Errorf("%s: %+v", r.Address, r.Reports)
		}
	}
	if m := get[api.InboxMessage](w, "/api/inbox/"+rows[0].ID); len(m.Reports) != 1 || m.Reports[0].Report.From != "mallory@evil.example" || m.Reports[0].Known {
		t.Errorf("%+v", m.Reports)
	}
}

// Where two messages have one identifier, an answer has the references of the one that it was begun from, and marks that one; a draft that
// does not say which has those of none.
func TestSameMessageID(t *testing.T) {
	w := inboxWorld(t, received1("olha@ukr.example", sioField(t, "RESTRICTED"), plainBody),
		received1("mallory@evil.example", "References: <evil-1@evil.example> <evil-2@evil.example>\r\n"+sioField(t, "RESTRICTED"), plainBody))
	rows := w.rows()
	if list, err := w.service.ReceivedMail().References(t.Context(), inbox.Answered{MessageID: "<a@ukr.example>"}); len(list) > 0 || err == nil {
		t.Errorf("of one of two: %q %v", list, err)
	}
	for i, want := range []int{0, 2} {
		list, err := w.service.ReceivedMail().References(t.Context(), inbox.Answered{ID: rows[i].ID, MessageID: "<a@ukr.example>"})
		if err != nil || len(list) != want {
			t.Errorf("%d: %q %v", i, list, err)
		}
	}
	b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+rows[0].ID+"/reply", map[string]any{})
	d := get[api.StoredDraft](w, "/api/drafts/"+b.Draft).Content.Draft
	if d.Answers != rows[0].ID {
		t.Fatalf("it answers %q", d.Answers)
	}
	answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", map[string]any{"draft": d})
	if rows = w.rows(); !rows[0].Answered || rows[1].Answered {
		t.Errorf("answered: %v, %v", rows[0].Answered, rows[1].Answered)
	}
}

// What an answer quotes is what was shown: no control characters, and no part that was not in the text.
func TestReplyQuotesWhatWasShown(t *testing.T) {
	w := inboxWorld(t, received1("olha@ukr.example", sioField(t, "RESTRICTED"), "Content-Type: text/plain; charset=utf-8\r\n\r\nA\x1b[2J\x00B\u202eC\r\n"),
		received1("olha@ukr.example", sioField(t, "RESTRICTED"), "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/csv; name=x.csv\r\n\r\nNotShown\r\n--b\r\nContent-Type: text/plain\r\n\r\nShown\r\n--b--\r\n"),
		received1("olha@ukr.example", sioField(t, "RESTRICTED"), "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nShown\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>NotShown\r\n--b--\r\n"))
	for i, r := range w.rows() {
		m := get[api.InboxMessage](w, "/api/inbox/"+r.ID)
		b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+r.ID+"/reply", map[string]any{})
		d := get[api.StoredDraft](w, "/api/drafts/"+b.Draft).Content.Draft
		if strings.ContainsAny(d.Body, "\x1b\x00\u202e") || strings.Contains(d.Body, "NotShown") || !strings.Contains(d.Body, "> "+strings.TrimSpace(m.Text)) {
			t.Errorf("%d: %q quoted as %q", i, m.Text, d.Body)
		}
		if said := strings.Contains(strings.Join(b.Notes, " "), "in another form"); m.Differs != (i == 2) || said != m.Differs {
			t.Errorf("%d: differs %v, notes %q", i, m.Differs, b.Notes)
		}
	}
}

// An answer that goes to somebody else than the sender says so, with the nation; what is to be read shows it too.
func TestReplyElsewhereIsSaid(t *testing.T) {
	label := sioField(t, "RESTRICTED")
	w := inboxWorld(t, received1("olha@ukr.example", "Reply-To: Eve <eve@evil.example>, ann@gbr.example, Olha@ukr.example\r\n"+label, plainBody),
		received1("olha@ukr.example", "Reply-To: OLHA@ukr.example\r\n"+label, plainBody))
	for i, want := range []string{"Answers go to eve@evil.example (no nation known), ann@gbr.example (GBR), as the message asks, not to the sender, olha@ukr.example.", ""} {
		b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+w.rows()[i].ID+"/reply", map[string]any{})
		if notes := strings.Join(b.Notes, " "); notes != want {
			t.Errorf("%d: %q", i, notes)
		}
	}
	m := get[api.InboxMessage](w, "/api/inbox/"+w.rows()[0].ID)
	if len(m.ReplyTo) != 3 || m.ReplyTo[0].Nation != "" || m.ReplyTo[1].Nation != "GBR" || m.ReplyTo[2].Nation != "UKR" {
		t.Errorf("%+v", m.ReplyTo)
	}
}

// A message with several From fields has no sender to go by: no default label, no nation, and it says so, withheld or not.
func TestSeveralSenders(t *testing.T) {
	from := func(fields string) string {
		return received1("olha@ukr.example\r\nFrom: mallory@evil.example", fields, plainBody)
	}
	w := inboxWorld(t, from(""), from(sioField(t, "RESTRICTED")), from(sioField(t, "CONFIDENTIAL")), received1("olha@ukr.example\r\nFrom: ", "", plainBody))
	for i, r := range w.rows() {
		hasFault := slices.ContainsFunc(r.Label.Faults, func(f api.InboxFault) bool { return f.Code == "several-senders" })
		if !hasFault || r.From.Nation != "" || r.From.Address != "" || !strings.Contains(r.From.Name, "olha@ukr.example") ||
			r.Label.State == "assumed" || r.Withheld != (i == 2) {
			t.Errorf("%d: %+v %+v", i, r.From, r.Label)
		}
	}
	b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+w.rows()[1].ID+"/reply", map[string]any{})
	if notes := strings.Join(b.Notes, " "); !strings.Contains(notes, "olha@ukr.example, mallory@evil.example") {
		t.Errorf("%q", notes)
	}
}
