package outbox_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// logged is the newest decision as it stands in the log.
func (o *office) logged() (line string, d struct {
	Actor, MessageID, Classification string
	Reach                            struct {
		Persons int
		Others  bool
	}
	Exceeded   []string
	Recipients []struct {
		Nation  string
		Kind    presend.Kind
		Grounds []presend.Ground
	}
}) {
	o.t.Helper()
	must(o.t, o.store.Reader().QueryRow(`SELECT CAST(line AS TEXT) FROM audit WHERE CAST(line AS TEXT) LIKE '%"type":"decision"%' ORDER BY seq DESC LIMIT 1`).Scan(&line))
	var whole struct{ Data json.RawMessage }
	must(o.t, json.Unmarshal([]byte(line), &whole))
	must(o.t, json.Unmarshal(whole.Data, &d))
	return line, d
}

// A decision says who asked for it, which message it is, and what rules would have asked about; text and subject are not in it.
func TestRule14DecisionSaysWhatRulesAskAbout(t *testing.T) {
	o := newOffice(t)
	o.rules.Thresholds = []presend.ThresholdRule{{Name: "two at most", Limit: 2, Action: presend.Block}}
	d := message("SECRET", ann, lou, gone)
	d.Subject, d.Body = "Rising tide", "At the seventh hour"
	r, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	if _, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Actor: "smith"}); err == nil {
		t.Fatal("not blocked")
	}
	line, e := o.logged()
	if e.Actor != "smith" || e.MessageID != "" || e.Classification != "SECRET" || e.Reach.Persons != 3 || len(e.Exceeded) != 1 || e.Exceeded[0] != "two at most" {
		t.Errorf("blocked: %s", line)
	}
	if x := e.Recipients; len(x) != 3 || x[0].Nation != "atl" || x[0].Kind != presend.Person || x[0].Grounds != nil ||
		x[1].Grounds[0].Outcome != presend.NotCleared || x[1].Grounds[0].Fixed || x[2].Kind != presend.Unlisted || x[2].Grounds[0].Outcome != presend.Unknown {
		t.Errorf("recipients: %s", line)
	}
	o.rules.Thresholds = nil
	d.Action = []string{ann}
	if r, err = o.checkAtSend(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Actor: "smith"})
	must(t, err)
	cleared, e := o.logged()
	if e.Actor != "smith" || e.MessageID != "<"+c.ID()+"@atl.example>" || e.Reach.Persons != 1 || strings.Contains(cleared, "grounds") {
		t.Errorf("cleared: %s", cleared)
	}
	for _, secret := range []string{d.Subject, d.Body} {
		if strings.Contains(line+cleared, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

// A line of before these were kept is read and held to its message as it was: the message is sent.
func TestDecisionOfAnEarlierVersionIsRead(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	line, _ := o.logged()
	for _, member := range []string{`"messageId":"[^"]*",`, `"actor":"[^"]*",`, `"classification":"[^"]*",`, `"reach":{[^}]*},`, `"nation":"[^"]*",`, `"kind":"[^"]*",`} {
		old := regexp.MustCompile(member).FindString(line)
		if old == "" && !strings.Contains(member, "actor") {
			t.Fatalf("%s is not in the line: %s", member, line)
		}
		if old != "" {
			o.forge(o.decided(id), true, old, "")
		}
	}
	if now, _ := o.logged(); strings.Contains(now, "messageId") || strings.Contains(now, "reach") || !strings.Contains(now, id) {
		t.Fatalf("%s", now)
	}
	o.restart()
	must(t, o.box.Recover(t.Context()))
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	if e := o.last(audit.TypeReceipt).Data; e.Message != id {
		t.Errorf("%+v", e)
	}
}
