package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// succeeding is a label in XML, as a JSON string, that another class replaces after some time; "" none.
func succeeding(class string, after time.Duration, next string) string {
	l := nato(class)
	l.Policy.URI, l.Created = "urn:oid:1.3.6.1.4.1.32473.4774.1", time.Now().Add(-time.Hour)
	if next != "" {
		n := nato(next)
		n.Policy = l.Policy
		l.Succession = &label.Successor{At: time.Now().Add(after).Truncate(time.Second), Label: n.Information, Created: l.Created}
	}
	text, _ := json.Marshal(string(l.Marshal()))
	return string(text)
}

func inheriting(labelText, inherited string) string {
	return strings.Replace(content(labelText, ann), `"subject"`, `"inherited":`+inherited+`,"subject"`, 1)
}

// TestRule01InheritedLabelNeverChanges: neither to a more restrictive one, nor to one that says the same until it is replaced.
func TestRule01InheritedLabelNeverChanges(t *testing.T) {
	w := newWorld(t, "")
	w.save(one, 0, inheriting(secret, classed("CONFIDENTIAL")))
	for name, other := range map[string]string{
		"more restrictive": secret, "the same in XML": succeeding("CONFIDENTIAL", 0, ""), "with a successor": succeeding("CONFIDENTIAL", time.Hour, "RESTRICTED"),
	} {
		body := `{"version":1,"content":` + inheriting(secret, other) + `}`
		if p := w.denied("user-inherited-label", http.MethodPut, "/api/drafts/"+one, body); p.Field != "inherited" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	w.save(one, 1, inheriting(secret, classed("CONFIDENTIAL")))
}

// TestRule01SuccessorNeedsAReason: a label that will be replaced by a less restrictive one is a less restrictive one, whether it takes the
// place of another or is there from the start. One that came with the message that is answered is its originator's word.
func TestRule01SuccessorNeedsAReason(t *testing.T) {
	w := newWorld(t, "")
	falling, rising := succeeding("SECRET", time.Hour, "RESTRICTED"), succeeding("RESTRICTED", time.Hour, "SECRET")
	w.save(one, 0, content(secret, ann))
	w.denied("user-relabel-reason", http.MethodPut, "/api/drafts/"+one, `{"version":1,"content":`+content(falling, ann)+`}`)
	p := w.denied("user-relabel-reason", http.MethodPost, "/api/check", content(falling, ann))
	if p.Field != "relabelled" || !strings.Contains(p.Detail, "successor") {
		t.Errorf("%+v", p)
	}
	w.denied("user-relabel-reason", http.MethodPost, "/api/send", `{"draft":`+content(falling, ann)+`}`)
	for name, body := range map[string]string{"it becomes more restrictive": content(rising, ann), "inherited with it": inheriting(falling, falling)} {
		if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", body); !r.Sendable {
			t.Errorf("%s: %+v", name, r)
		}
	}
	_, to, _ := strings.Cut(p.Detail, `"to" `)
	entry, err := json.Marshal(to)
	must(t, err)
	with := func(reason string) string {
		return strings.Replace(content(falling, ann), `"subject"`, fmt.Sprintf(`"relabelled":[{"from":%s,"to":%s,"reason":%q}],"subject"`, falling, entry, reason), 1)
	}
	w.denied("user-relabel-reason", http.MethodPost, "/api/check", with(" - "))
	if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", with("The raid is over by then.")); !r.Sendable {
		t.Errorf("%+v", r)
	}
}

// TestRule01FileLabelIsHeldToItsSuccessor: the label of an attachment that would undo itself does not cover what the file bears.
func TestRule01FileLabelIsHeldToItsSuccessor(t *testing.T) {
	w := newWorld(t, "")
	k := w.kept("old.eml", bearing("CONFIDENTIAL"))
	w.denied("user-attachment-label", http.MethodPost, "/api/check", withFile(k, `,"label":`+succeeding("CONFIDENTIAL", time.Hour, "RESTRICTED")))
	w.denied("user-attachment-label", http.MethodPost, "/api/check", withFile(k, `,"label":`+succeeding("SECRET", time.Hour, "RESTRICTED")))
}

// TestRule01SidecarSaysNoLessThanTheDraft: whoever gets both the drafter's word and a sidecar goes by the sidecar.
func TestRule01SidecarSaysNoLessThanTheDraft(t *testing.T) {
	w := newWorld(t, "")
	k := w.kept("plan.pdf", "the plan")
	low, same := w.kept("plan.pdf.bdo", bindings(map[string]string{"plan.pdf": "UNCLASSIFIED"})), w.kept("plan.pdf.bdo", bindings(map[string]string{"plan.pdf": "SECRET"}))
	own := `,"label":` + secret
	for _, body := range []string{beside(withFile(k, own), low), strings.Replace(beside(withFile(k, own), low), "plan.pdf.bdo", "PLAN.PDF.BDO", 1)} {
		p := w.denied("user-attachment-label", http.MethodPost, "/api/check", body)
		for _, part := range []string{"NATO/MROD SECRET", "UNCLASSIFIED", "take the sidecar out"} {
			if !strings.Contains(p.Detail, part) {
				t.Errorf("%q is not said: %s", part, p.Detail)
			}
		}
		w.denied("user-attachment-label", http.MethodPost, "/api/send", `{"draft":`+body+`}`)
	}
	w.save(one, 0, beside(withFile(k, own), low)) // what was written is not lost
	if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(k, own)); !r.Sendable {
		t.Errorf("without it: %+v", r.Label.Problems)
	}
	if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", beside(withFile(k, own), same)); !r.Sendable {
		t.Errorf("one that says the same: %+v", r.Label.Problems)
	}
}

// TestRule02SidecarInsideAMessageCounts: it is read as the label of the part beside it, and one that cannot be read is an error.
func TestRule02SidecarInsideAMessageCounts(t *testing.T) {
	w := newWorld(t, "")
	eml := func(sidecar string) string {
		return "From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nThe plan.\r\n" +
			"--b\r\nContent-Disposition: attachment; filename=plan.pdf.bdo\r\n\r\n" + sidecar + "\r\n--b--\r\n"
	}
	if k := w.kept("x.eml", eml(bindings(map[string]string{"plan.pdf": "CONFIDENTIAL"}))); k.Marking != "NATO/MROD CONFIDENTIAL" || k.LabelProblem != "" {
		t.Errorf("%+v", k)
	}
	for name, sidecar := range map[string]string{"of another file": bindings(map[string]string{"other.pdf": "SECRET"}), "none": "garbage"} {
		if k := w.kept("x.eml", eml(sidecar)); k.Marking != "" || !strings.Contains(k.LabelProblem, `the sidecar "plan.pdf.bdo" inside the file`) {
			t.Errorf("%s: %+v", name, k)
		}
	}
}

// TestRule19NothingIsToldOfALabelAboveTheAsker: not while drafting, not when the sending is stopped; and the log has the whole.
func TestRule19NothingIsToldOfALabelAboveTheAsker(t *testing.T) {
	const above = `{"policy":"NATO","classification":"SECRET","categories":{"Context":["MROD"],"Special Category Designators":["ATOMAL"]}}`
	isTold := func(r presend.Report) bool {
		return len(r.Fixes) > 0 || r.Recipients[0].Verdict.Reasons[0].Rule != presend.RuleAsker || r.Recipients[0].Verdict.Outcome != presend.Unknown
	}
	w := newWorld(t, "")
	if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", content(above, ann, ron)); r.Outcome != presend.NotCleared || isTold(r) || !strings.Contains(fmt.Sprint(r.Originator.Reasons), "ATOMAL") {
		t.Errorf("%+v", r)
	}
	_, text, _ := w.ask(http.MethodPost, "/api/send", `{"draft":`+content(above, ann, ron)+`}`)
	var stopped struct{ Report presend.Report }
	decode(t, []byte(text), &stopped)
	if len(stopped.Report.Recipients) != 2 || isTold(stopped.Report) {
		t.Errorf("%s", text)
	}
	log, err := json.Marshal(w.audited(audit.TypeDecision))
	must(t, err)
	if !strings.Contains(string(log), `"restrictive"`) || strings.Contains(string(log), presend.RuleAsker) {
		t.Errorf("%s", log)
	}
	for _, name := range []string{"administrator", "auditor"} {
		if r := answered[presend.Report](newWorld(t, role(name)), http.StatusOK, http.MethodPost, "/api/check", content(above, ann, ron)); isTold(r) == false {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestLongListsAreRefusedAtOnce: each with the key that is too long, also when only saved.
func TestLongListsAreRefusedAtOnce(t *testing.T) {
	w := newWorld(t, "")
	many := func(entry func(i int) string) string {
		var list []string
		for i := range 1001 {
			list = append(list, entry(i))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	for field, list := range map[string]string{
		"attachments": many(func(i int) string { return fmt.Sprintf(`{"file":"a%d.txt"}`, i) }),
		"parts":       many(func(int) string { return `{"text":"x","label":` + secret + `}` }),
		"relabelled": many(func(i int) string {
			return fmt.Sprintf(`{"from":%s,"to":%s,"reason":"r%d"}`, secret, classed("RESTRICTED"), i)
		}),
	} {
		body := strings.Replace(content(secret, ann), `"subject"`, fmt.Sprintf(`%q:%s,"subject"`, field, list), 1)
		for path, text := range map[string]string{"POST /api/check": body, "POST /api/send": `{"draft":` + body + `}`, "PUT /api/drafts/" + one: `{"version":0,"content":` + body + `}`} {
			method, at, _ := strings.Cut(path, " ")
			if status, answer, _ := w.ask(method, at, text); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "expected array length <= 1000") || !strings.Contains(answer, "."+field+`"`) {
				t.Errorf("%s %s: %.300s", field, path, answer)
			}
		}
	}
}
