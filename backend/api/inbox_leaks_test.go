package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/label"
	"caveat/backend/label/ess"
	"caveat/backend/label/siolabel"
)

// TestRule20NumbersAreJudged: labels in numbers (RFC 2634) that the policy understands and does not allow are held to the reader's clearance, which
// is RESTRICTED, as any other.
func TestRule20NumbersAreJudged(t *testing.T) {
	for class := 3; class <= 5; class++ { // CONFIDENTIAL, SECRET, TOP SECRET
		c := class
		data, err := (ess.Label{Policy: "1.3.6.1.4.1.32473.4774.1", Classification: &c}).Marshal()
		must(t, err)
		plain := "SIO-Label: type=\":ess\"; label=\"" + base64.StdEncoding.EncodeToString(data) + "\"\r\n"
		marked := strings.Replace(plain, "type=", "marking=\"UNCLASSIFIED\"; type=", 1)
		t.Run(fmt.Sprint(class), func(t *testing.T) {
			w := inboxWorld(t, received1("olha@ukr.example", marked, plainBody), received1("olha@ukr.example", plain, plainBody),
				received1("olha@ukr.example", sioField(t, "RESTRICTED")+plain, plainBody))
			for i, r := range w.rows() {
				if !r.Withheld || r.Subject != "" {
					t.Errorf("mail %d: subject %q, faults %v", i, r.Subject, r.Label.Faults)
				}
			}
		})
	}
}

// TestRule20SuccessorInside: a label that is RESTRICTED until a date which has passed, then CONFIDENTIAL, is held to the clearance by both, in the
// message and in what goes with it.
func TestRule20SuccessorInside(t *testing.T) {
	in := func(class string) label.Information {
		return label.Information{Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
			Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}}}
	}
	l := label.Label{Kind: label.Originator, Information: in("RESTRICTED"), Created: received}
	l.Succession = &label.Successor{At: received.Add(time.Hour), Label: in("CONFIDENTIAL"), Created: received}
	p, err := siolabel.Parameters(l, "", "", "")
	must(t, err)
	field := "SIO-Label: " + strings.Join(p, ";\r\n ") + "\r\n"
	w := inboxWorld(t, received1("olha@ukr.example", field, plainBody),
		received1("olha@ukr.example", field+sioField(t, "RESTRICTED"), plainBody),
		received1("olha@ukr.example", sioField(t, "RESTRICTED"), "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"+received1("x@ukr.example", field, plainBody)+"\r\n--b--\r\n"))
	for i, r := range w.rows() {
		if !r.Withheld {
			t.Errorf("%d: shown: %+v", i, r.Label)
		}
	}
}

// TestRule20WithheldFaultsTellNoName: the answer for a withheld message says nothing of what is in it, such as a file's name.
func TestRule20WithheldFaultsTellNoName(t *testing.T) {
	w := inboxWorld(t)
	w.deliver(received1("olha@ukr.example", sioField(t, "RESTRICTED"), "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"+
		received1("x@ukr.example", sioField(t, "CONFIDENTIAL"), plainBody)+"\r\n--b\r\nContent-Type: message/zitadelle (final); name=Zitadelle (final).pdf\r\n\r\nx\r\n--b--\r\n"))
	r := w.rows()[0]
	if !r.Withheld || len(r.Label.Faults) > 0 {
		t.Errorf("%+v", r)
	}
	for _, path := range []string{"/api/inbox", "/api/inbox/" + r.ID} {
		if _, text, _ := w.ask(http.MethodGet, path, nil); strings.Contains(strings.ToLower(text), "zitadelle") {
			t.Errorf("%s: %s", path, text)
		}
	}
}

// A label with a fault has no colours: the sender's could hide the words, or make them look like a marking of the policy.
func TestFaultyLabelHasNoColours(t *testing.T) {
	w := inboxWorld(t, received1("olha@ukr.example", "SIO-Label: marking=\"NATO RESTRICTED\"; fgcolor=white; bgcolor=white; type=\":xml\"; label=\"%%\"\r\n", plainBody),
		received1("olha@ukr.example", "SIO-Label: marking=\"NATO RESTRICTED\"; fgcolor=white; bgcolor=white\r\n", plainBody))
	for i, r := range w.rows() {
		if l := r.Label; l.State != "faulty" || l.Foreground != "" || l.Background != "" || l.Said == "" {
			t.Errorf("%d: %+v", i, l)
		}
	}
}

// TestRule1ReplyToSeveralLabels: an answer to a message with two labels begins without one, and may not get one that is less restrictive than either.
func TestRule1ReplyToSeveralLabels(t *testing.T) {
	w := inboxWorld(t, received1("olha@ukr.example", sioField(t, "UNCLASSIFIED")+sioField(t, "RESTRICTED"), plainBody))
	row := w.rows()[0]
	for _, path := range []string{"/reply", "/forward"} {
		b := answered[api.BegunInInbox](w, http.StatusCreated, http.MethodPost, "/api/inbox/"+row.ID+path, map[string]any{})
		d := get[api.StoredDraft](w, "/api/drafts/"+b.Draft)
		if !d.Content.Label.IsZero() || d.Content.Inherited == nil || d.Content.Inherited.Selection == nil || d.Content.Inherited.Selection.Classification != "RESTRICTED" {
			t.Fatalf("%s: label %+v, inherited %+v", path, d.Content.Label, d.Content.Inherited)
		}
		if !strings.Contains(strings.Join(b.Notes, " "), "begins without a label") {
			t.Errorf("%q", b.Notes)
		}
		for class, want := range map[string]bool{"UNCLASSIFIED": false, "RESTRICTED": true} {
			next := d.Content.Draft
			l := *next.Inherited.Selection
			l.Classification = class
			next.Label.Selection, next.Action, next.Info, next.Attachments = &l, []string{olha}, nil, nil
			report := answered[struct {
				Sendable bool `json:"sendable"`
			}](w, http.StatusOK, http.MethodPost, "/api/check", next)
			if report.Sendable != want {
				t.Errorf("%s: %s can be sent: %v", path, class, report.Sendable)
			}
		}
	}
}

// TestRule16OwnEntryIsAway: while the own entry is in no book, such as one that is made anew with the directory away, nothing is shown, and nothing
// written down as refused; when it is read, the message is there (RULES 16, 20).
func TestRule16OwnEntryIsAway(t *testing.T) {
	w := inboxWorldOf(t, "", received1("olha@ukr.example", sioField(t, "RESTRICTED"), plainBody))
	if r := w.rows()[0]; !r.Withheld || r.Subject != "" || len(r.WithheldWhy) == 0 {
		t.Errorf("shown: %+v", r)
	}
	if lines := w.audited("withheld"); len(lines) > 0 {
		t.Errorf("%v", lines)
	}
	must(t, w.nations["GBR"].Add(person("uid=me,o=gbr", "Major Me", me, "RESTRICTED")))
	_, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	must(t, w.service.ReceivedMail().Recheck(t.Context()))
	for deadline := time.Now().Add(time.Minute); w.rows()[0].Subject == ""; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%+v", w.rows())
		}
	}
	if lines := w.audited("withheld"); len(lines) > 0 {
		t.Errorf("%v", lines)
	}
}
