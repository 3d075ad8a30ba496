package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/outbox"
)

// taker accepts everything, but from whoever is named.
type taker struct {
	refuses string
	breaks  bool // the connection ends before anything is answered
	defers  bool // nothing is taken now
}

func (x *taker) Send(_ context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	if err := bodySent(); err != nil {
		return nil, err
	}
	if x.breaks {
		return nil, errors.New("the connection was reset")
	}
	var out []outbox.Receipt
	for _, a := range c.Recipients() {
		r := outbox.Receipt{Recipient: a, State: outbox.Accepted, Code: 250, Text: "taken"}
		if a == x.refuses {
			r.State, r.Code, r.Text = outbox.Refused, 550, "no such user"
		}
		if x.defers {
			r.State, r.Code, r.Text = outbox.Deferred, 451, "later"
		}
		out = append(out, r)
	}
	return out, nil
}

// auditWorld is a world whose user is an auditor too, and whose messages are taken by a server.
func auditWorld(t testing.TB, x *taker, more string) *world {
	t.Helper()
	newChat = func(c *api.Config) { c.Senders = map[draft.Channel]outbox.Sender{draft.Mail: x} }
	defer func() { newChat = nil }()
	return newWorld(t, role("auditor")+more)
}

// sent sends a draft and has it handed over.
func (w *world) sent(to ...string) string {
	w.t.Helper()
	out := answered[api.Sent](w, http.StatusAccepted, "POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, content(secret, to...)))
	must(w.t, w.service.Outbox().SendDue(w.t.Context()))
	return out.Message
}

func (w *world) lines(query string) api.AuditPage {
	w.t.Helper()
	return get[api.AuditPage](w, "/api/audit/lines?"+query)
}

func TestAuditIsForAdministratorsAndAuditors(t *testing.T) {
	w := newWorld(t, "")
	for _, path := range []string{"/api/audit/lines", "/api/audit/lines/1", "/api/audit/lines/1/proof", "/api/audit/messages/X", "/api/audit/refused"} {
		w.refused(http.StatusForbidden, "user-role", "GET", path, nil)
	}
}

func TestAuditLines(t *testing.T) {
	w := auditWorld(t, &taker{refuses: ron}, "")
	id := w.sent(ann, olha)
	w.ask("POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, content(secret, ron))) // blocked
	all := w.lines("")
	if all.Next != 0 || len(all.Lines) != int(all.Newest) || all.Lines[0].Seq != all.Newest || all.Lines[len(all.Lines)-1].Type != audit.TypeHeader {
		t.Fatalf("%+v", all)
	}
	var types []string
	for _, l := range w.lines("message=" + id).Lines {
		types = append(types, l.Type)
	}
	if want := []string{audit.TypeReceipt, audit.TypeState, audit.TypeDecision}; !slices.Equal(types, want) {
		t.Errorf("about the message: %v, want %v", types, want)
	}
	cleared := w.lines("sent=true").Lines
	if len(cleared) != 1 {
		t.Fatalf("%+v", cleared)
	}
	l := cleared[0]
	if l.Message != id || l.MessageID != "<"+id+"@gbr.example>" || l.Actor != "tester" || l.Recipients != 2 || l.Marking != "NATO/MROD SECRET" || len(l.SHA256) != 64 {
		t.Errorf("%+v", l)
	}
	for query, want := range map[string]int{
		"message=" + url.QueryEscape("<"+id+"@gbr.example>"): 3,
		"who=RON@":                   1, // the blocked one
		"who=olha":                   2,
		"who=o%3Dukr":                2, // by DN: sent and blocked
		"type=decision":              2,
		"type=decision&type=receipt": 3,
		"actor=test&type=decision":   2,
		"actor=somebody":             0,
		"text=taken":                 1,
		"text=mrod%20secret":         2,
		"text=bridge":                0, // neither subject nor text is in the log
		"from=2001-01-01T00:00:00Z&type=decision": 2,
		"from=2101-01-01T00:00:00Z":               0,
		"to=2001-01-01T00:00:00Z":                 0,
	} {
		if got := w.lines(query).Lines; len(got) != want {
			t.Errorf("%s: %d lines, want %d: %+v", query, len(got), want, got)
		}
	}
	// In parts it is the same.
	var parts []api.AuditLine
	for before := int64(0); ; {
		p := w.lines(fmt.Sprintf("limit=2&before=%d", before))
		if parts = append(parts, p.Lines...); p.Next == 0 {
			break
		}
		before = p.Next
	}
	if fmt.Sprint(seqs(parts)) != fmt.Sprint(seqs(all.Lines)) {
		t.Errorf("in parts %v, at once %v", seqs(parts), seqs(all.Lines))
	}
}

func seqs(lines []api.AuditLine) (out []int64) {
	for _, l := range lines {
		out = append(out, l.Seq)
	}
	return out
}

func TestAuditLine(t *testing.T) {
	w := auditWorld(t, &taker{}, "")
	w.sent(ann)
	newest := w.lines("").Newest
	for seq := int64(1); seq <= newest; seq++ {
		e := get[api.AuditEntry](w, fmt.Sprintf("/api/audit/lines/%d", seq))
		if e.Seq != seq || !e.Follows || (e.Followed == nil) != (seq == newest) || e.Followed != nil && !*e.Followed || !strings.HasSuffix(e.Line, e.Hash+`"}`) {
			t.Errorf("%+v", e)
		}
	}
	w.refused(http.StatusNotFound, "user-not-found", "GET", fmt.Sprintf("/api/audit/lines/%d", newest+1), nil)
	w.refused(http.StatusNotFound, "user-not-found", "GET", fmt.Sprintf("/api/audit/lines/%d/proof", newest+1), nil)
	_, proof, _ := w.ask("GET", "/api/audit/lines/2/proof", nil)
	if p, err := audit.VerifyProof([]byte(proof), audit.Keys{}); err != nil || p.Seq != 2 || p.Type != audit.TypeDecision {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := audit.VerifyProof([]byte(strings.Replace(proof, "tester", "nobody", 1)), audit.Keys{}); err == nil {
		t.Errorf("a proof that was altered holds: %+v", p)
	}

	w.exec(`UPDATE audit SET line = CAST(replace(line, 'MROD', 'mrod') AS BLOB) WHERE seq = 2`)
	if e := get[api.AuditEntry](w, "/api/audit/lines/2"); e.Fault == "" || e.Type != "" || !strings.Contains(e.Line, "mrod") {
		t.Errorf("an altered line: %+v", e)
	}
	if e := get[api.AuditEntry](w, "/api/audit/lines/3"); e.Follows {
		t.Errorf("a line after an altered one: %+v", e)
	}
	if got := w.lines("who=nobody-at-all").Lines; len(got) != 1 || got[0].Seq != 2 || got[0].Fault == "" {
		t.Errorf("an altered line shows whatever is looked for: %+v", got)
	}
}

func TestAuditMessage(t *testing.T) {
	w := auditWorld(t, &taker{refuses: olha}, "")
	id := w.sent(ann, olha)
	m := get[api.AuditMessage](w, "/api/audit/messages/"+id)
	if m.MessageID != "<"+id+"@gbr.example>" || m.Actor != "tester" || m.Sender != me || m.Problem != "" || m.IsAltered || len(m.SHA256) != 64 || m.Policy.SHA256 == "" || len(m.Recipients) != 2 || len(m.Lines) != 3 {
		t.Fatalf("%+v", m)
	}
	if m.Background != "red" || m.Foreground != "black" {
		t.Errorf("the colours of the policy: %q on %q", m.Foreground, m.Background)
	}
	a, o := m.Recipients[0], m.Recipients[1]
	if a.Address != ann || a.Name != "Ann Able" || a.Nation != "GBR" || a.Got != "yes" || a.Code != 250 || a.Receipt != m.Lines[2].Seq || a.At == nil {
		t.Errorf("%+v", a)
	}
	if e := a.Evidence; e.Directory != "GBR" || e.DN != "uid=ann,o=gbr" || e.ReadAt == nil || e.Transport != "starttls" || e.UUID == "" {
		t.Errorf("%+v", e)
	}
	if o.Got != "no" || o.State != "refused" || o.Reply != "no such user" || o.Link == nil || o.Link.Outcome != "cleared" {
		t.Errorf("%+v", o)
	}
	if m.Originator.Evidence.DN == "" || m.Originator.Outcome != "cleared" {
		t.Errorf("%+v", m.Originator)
	}
	if _, text, _ := w.ask("GET", "/api/audit/messages/"+id, nil); strings.Contains(text, "ridge") {
		t.Errorf("the subject or the text of the message is in it: %s", text)
	}
	w.refused(http.StatusNotFound, "user-unknown-message", "GET", "/api/audit/messages/NONE", nil)

	// The log answers even when the outbox was altered or lost.
	w.exec(`UPDATE message SET report = '{}'`)
	m = get[api.AuditMessage](w, "/api/audit/messages/"+id)
	if m.Background != "" {
		t.Errorf("colours of a report that was altered: %q", m.Background)
	}
	if e := m.Recipients[0].Evidence; !m.IsAltered || m.Problem == "" || e.DN != "uid=ann,o=gbr" || e.ReadAt == nil || m.Recipients[0].Got != "yes" {
		t.Errorf("%+v", m)
	}
	w.exec(`DELETE FROM message_recipient; DELETE FROM message`)
	m = get[api.AuditMessage](w, "/api/audit/messages/"+id)
	if !m.IsAltered || m.Problem == "" || len(m.Lines) != 3 || m.Recipients[0].Got != "yes" || m.Recipients[1].Got != "unknown" {
		t.Errorf("%+v", m)
	}
}

// What was handed over is not taken back by what the user decides afterwards: perhaps it is there.
func TestAuditKeepsWhatWasPerhapsDelivered(t *testing.T) {
	x := &taker{breaks: true}
	w := auditWorld(t, x, "")
	dropped, anew := w.sent(ann, olha), w.sent(ann, olha)
	answered[struct{}](w, http.StatusOK, "POST", "/api/messages/"+dropped+"/drop", nil)
	x.breaks = false
	second := answered[api.Sent](w, http.StatusAccepted, "POST", "/api/messages/"+anew+"/resend", `{}`).Message
	for _, id := range []string{dropped, anew} {
		for _, r := range get[api.AuditMessage](w, "/api/audit/messages/"+id).Recipients {
			if r.Got != "perhaps" || r.State != string(outbox.Dropped) {
				t.Errorf("%s: %+v", id, r)
			}
		}
	}
	if m := get[api.AuditMessage](w, "/api/audit/messages/"+anew); m.ReplacedBy != second {
		t.Errorf("%+v", m)
	}
	// Of what a server said that it did not take, it is known.
	x.defers = true
	must(t, w.service.Outbox().SendDue(t.Context()))
	answered[struct{}](w, http.StatusOK, "POST", "/api/messages/"+second+"/drop", nil)
	if m := get[api.AuditMessage](w, "/api/audit/messages/"+second); m.Recipients[0].Got != "no" || m.Recipients[1].Got != "no" {
		t.Errorf("%+v", m)
	}
	must(t, w.nations["UKR"].Replace("uid=olha,o=ukr", "confidentialityClearance", person("uid=x", "", "", "RESTRICTED").Attrs[5].Values...))
	_, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	p := get[api.RefusedPage](w, "/api/audit/refused")
	if len(p.Messages) != 2 || p.Messages[0].Message.Message != anew || p.Messages[1].Message.Message != dropped {
		t.Fatalf("%+v", p)
	}
	for _, m := range p.Messages {
		if len(m.Recipients) != 1 || m.Recipients[0].Address != olha || m.Recipients[0].Got != "perhaps" || m.Recipients[0].Finding != "refused" {
			t.Errorf("%+v", m)
		}
	}
}

// A damaged line hides no message: what it said is not known, and that is what is answered.
func TestAuditDamagedLinesHideNothing(t *testing.T) {
	damage := func(w *world, kind string) {
		w.exec(`UPDATE audit SET line = CAST(replace(line, '"time":"2', '"time":"3') AS BLOB)
			WHERE seq = (SELECT max(seq) FROM audit WHERE CAST(line AS TEXT) LIKE '%"type":"` + kind + `"%')`)
	}
	w := auditWorld(t, &taker{}, "")
	id := w.sent(ann)
	damage(w, audit.TypeReceipt)
	if m := get[api.AuditMessage](w, "/api/audit/messages/"+id); !m.IsAltered || m.Recipients[0].Got == "no" {
		t.Errorf("%+v", m)
	}
	if p := get[api.RefusedPage](w, "/api/audit/refused"); !slices.ContainsFunc(p.Messages, func(m api.RefusedMessage) bool { return m.Message.Message == id && m.Undecided != "" }) {
		t.Errorf("%+v", p)
	}
	// The state before it too: nothing is left that says that it was handed over.
	damage(w, audit.TypeState)
	if m := get[api.AuditMessage](w, "/api/audit/messages/"+id); !m.IsAltered || m.Recipients[0].Got != "unknown" {
		t.Errorf("%+v", m)
	}
	p := get[api.RefusedPage](w, "/api/audit/refused")
	if i := slices.IndexFunc(p.Messages, func(m api.RefusedMessage) bool { return m.Message.Message == id }); i < 0 || p.Messages[i].Undecided == "" {
		t.Errorf("%+v", p)
	}
	// The line itself that let it leave.
	damage(w, audit.TypeDecision)
	p = get[api.RefusedPage](w, "/api/audit/refused")
	damaged := 0
	for _, m := range p.Messages {
		if m.Message.Fault != "" && m.Undecided != "" {
			damaged++
		}
	}
	if damaged != 3 || p.Examined != 0 {
		t.Errorf("%d damaged lines: %+v", damaged, p)
	}
}

// What was sent is decided anew by the clearances of now; what cannot be decided is told apart.
func TestAuditRefused(t *testing.T) {
	w := auditWorld(t, &taker{}, "")
	id := w.sent(ann, olha)
	lost := w.sent(ann)
	ask := func() api.RefusedPage { return get[api.RefusedPage](w, "/api/audit/refused") }
	if p := ask(); len(p.Messages) != 0 || p.Examined != 2 || p.Next != 0 {
		t.Fatalf("%+v", p)
	}
	must(t, w.nations["UKR"].Replace("uid=olha,o=ukr", "confidentialityClearance", person("uid=x", "", "", "RESTRICTED").Attrs[5].Values...))
	_, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	w.exec(`DELETE FROM message_recipient WHERE message = '` + lost + `'; DELETE FROM message WHERE id = '` + lost + `'`)
	p := ask()
	if len(p.Messages) != 2 || p.Messages[0].Message.Message != lost || p.Messages[0].Undecided == "" {
		t.Fatalf("%+v", p)
	}
	m := p.Messages[1]
	if m.Message.Message != id || len(m.Label) != 0 || m.Originator != nil || len(m.Recipients) != 1 {
		t.Fatalf("%+v", m)
	}
	if r := m.Recipients[0]; r.Address != olha || r.Finding != "refused" || r.Got != "yes" || r.Outcome != "not-cleared" || len(r.Reasons) == 0 || r.Directory != "UKR" {
		t.Errorf("%+v", r)
	}
	// One whose entry is gone is withdrawn: refused.
	must(t, w.nations["UKR"].Delete("uid=olha,o=ukr"))
	_, err = w.service.Sync(t.Context(), "", nil)
	must(t, err)
	if p := ask(); p.Messages[1].Recipients[0].Finding != "refused" {
		t.Errorf("%+v", p)
	}
	if p := get[api.RefusedPage](w, "/api/audit/refused?from=2101-01-01T00:00:00Z"); p.Examined != 0 || len(p.Messages) != 0 || p.Next != 0 {
		t.Errorf("%+v", p)
	}
	// Each part can be gone on from.
	if p := get[api.RefusedPage](w, fmt.Sprintf("/api/audit/refused?before=%d", p.Messages[0].Message.Seq)); p.Examined != 1 || len(p.Messages) != 1 || p.Messages[0].Message.Message != id {
		t.Errorf("%+v", p)
	}
}
