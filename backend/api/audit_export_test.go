package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
)

// An export is the whole log, or what came since: both behind each other are the whole log.
func TestAuditExport(t *testing.T) {
	w := auditWorld(t, &taker{}, "")
	w.sent(ann)
	status, first, header := w.ask("GET", "/api/audit/export", nil)
	if status != http.StatusOK || header.Get("Content-Type") != "application/jsonl" || !strings.Contains(header.Get("Content-Disposition"), ".jsonl") {
		t.Fatalf("%d %v", status, header)
	}
	sum, err := audit.Verify(strings.NewReader(first), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.sent(olha)
	_, since, _ := w.ask("GET", fmt.Sprintf("/api/audit/export?after=%d", sum.Lines), nil)
	if strings.Contains(since, `"seq":1,`) {
		t.Error("what came since begins at the beginning")
	}
	if _, err := audit.Verify(strings.NewReader(first+since), []byte(first)); err != nil {
		t.Error(err)
	}
	if got := w.lines("type=export").Lines; len(got) != 2 || got[0].Actor != "tester" || got[0].What != "the audit log" {
		t.Errorf("who exported: %+v", got)
	}
	w.refused(http.StatusNotFound, "user-not-found", "GET", "/api/audit/export?after=100000", nil)
	other := newWorld(t, "")
	for range 2 {
		other.refused(http.StatusForbidden, "user-role", "GET", "/api/audit/export", nil)
	}
	if n := other.logged(`"operation":"audit-export"`); n != 1 {
		t.Errorf("%d lines about the refusal, want 1", n)
	}
}

// What a run does is in the log: who, which message, which bytes, on what evidence; no text, no subject.
func TestAuditIsComplete(t *testing.T) {
	const relaxed = "[[rule]]\nname = \"lists\"\noutcome = \"unknown\"\naction = \"warn\"\n"
	w := auditWorld(t, &taker{refuses: olha}, relaxed)
	says := func(to ...string) string {
		return strings.NewReplacer(`"Bridge"`, `"Zebrasubject"`, "The bridge", "Zebratext").Replace(content(secret, to...))
	}
	send := func(want int, draft, more string) api.Sent {
		return answered[api.Sent](w, want, "POST", "/api/send", fmt.Sprintf(`{"draft":%s%s}`, draft, more))
	}
	w.save(one, 0, says(ann))
	send(http.StatusAccepted, says(ann, olha), "")
	must(t, w.service.Outbox().SendDue(t.Context()))
	w.ask("POST", "/api/check", says(ann))
	w.ask("POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, says(ron)))
	over := send(http.StatusAccepted, says("nobody@gbr.example"), `,"overrides":{"nobody@gbr.example":"known by telephone"}`)
	answered[struct{}](w, http.StatusOK, "POST", "/api/messages/"+over.Message+"/drop", nil)

	var log bytes.Buffer
	must(t, w.service.ExportAudit(t.Context(), 0, &log))
	if _, err := audit.Verify(bytes.NewReader(log.Bytes()), nil); err != nil {
		t.Error(err)
	}
	if strings.Contains(strings.ToLower(log.String()), "zebra") {
		t.Errorf("the subject or the text is in the log:\n%s", log.String())
	}
	type line struct {
		Type string
		Data struct {
			Result, Message, MessageID, Actor, Wire, State, By string
			Policy                                             struct{ SHA256 string }
			Recipients                                         []struct {
				Address, Directory, DN, Transport string
				ReadAt                            *string
				Override                          *struct{ Reason string }
			}
			Receipts []struct{ Recipient, State string }
		}
	}
	found := map[string]int{}
	for text := range strings.Lines(log.String()) {
		var l line
		must(t, json.Unmarshal([]byte(text), &l))
		d := l.Data
		switch l.Type {
		case audit.TypeDecision:
			found[d.Result]++
			if d.Actor != "tester" || d.Policy.SHA256 == "" {
				t.Errorf("a decision without actor or policy: %s", text)
			}
			if d.Result == "cleared" && (d.MessageID != "<"+d.Message+"@gbr.example>" || len(d.Wire) != 64) {
				t.Errorf("a send without Message-ID or hash: %s", text)
			}
			for _, r := range d.Recipients {
				if r.Address != "nobody@gbr.example" && (r.Directory == "" || r.DN == "" || r.ReadAt == nil || r.Transport == "") {
					t.Errorf("%s without evidence: %s", r.Address, text)
				}
				if r.Override != nil && r.Override.Reason == "known by telephone" {
					found["override"]++
				}
			}
		case audit.TypeReceipt:
			found["receipt"] += len(d.Receipts)
		case audit.TypeState:
			if found[d.State]++; d.State == "dropped" && d.Actor != "tester" {
				t.Errorf("dropped by nobody: %s", text)
			}
		default:
			found[l.Type]++
		}
	}
	for what, n := range map[string]int{"cleared": 2, "blocked": 1, "override": 1, "receipt": 2, "dropped": 1, "export": 1} {
		if found[what] != n {
			t.Errorf("%s: %d in the log, want %d: %v", what, found[what], n, found)
		}
	}
}

// logged counts the lines of the log that hold a text.
func (w *world) logged(text string) (n int) {
	w.t.Helper()
	var log bytes.Buffer
	must(w.t, audit.Export(w.t.Context(), w.store, &log))
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}
