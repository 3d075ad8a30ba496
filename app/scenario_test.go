//go:build linux

package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/message"
)

// world is a federation with its people, whatever servers it runs on.
type world struct {
	data, policy string
	// Addresses: officers cleared for SECRET with MROD of three nations; a UKR one cleared to RESTRICTED; an AUS one whose
	// clearance wrongly holds Only GBR.
	gbr, ukr, deu, ukrLow, ausWrong string
	// deliveries gives every message that was delivered to an address.
	deliveries func(t *testing.T, address string) [][]byte
}

// draftFor writes a draft; categories is the JSON object of tag sets.
func draftFor(t testing.TB, class, categories string, to ...string) string {
	t.Helper()
	action, err := json.Marshal(to)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "draft.json", fmt.Sprintf(`{"channel": "mail", "action": %s, "subject": "Bridge reconnaissance", "body": "Grid follows.\nEnds.",
		"label": {"policy": "NATO", "classification": %q, "categories": %s}}`, action, class, categories))
}

const mrod = `{"Context": ["MROD"]}`

// reportDoc is what the tests read of a report.
type reportDoc struct {
	Sendable   bool   `json:"sendable"`
	Outcome    string `json:"outcome"`
	Label      struct{ Marking string }
	Originator verdictDoc `json:"originator"`
	Recipients []struct {
		Address string     `json:"address"`
		Nation  string     `json:"nation"`
		Verdict verdictDoc `json:"verdict"`
		Link    verdictDoc `json:"link"`
	} `json:"recipients"`
	Fixes []struct {
		Kind      string   `json:"kind"`
		Addresses []string `json:"addresses"`
	} `json:"fixes"`
}

type verdictDoc struct {
	Outcome string `json:"outcome"`
	Action  string `json:"action"`
	Reasons []struct {
		Rule   string   `json:"rule"`
		TagSet string   `json:"tagSet"`
		Needed []string `json:"needed"`
		Held   []string `json:"held"`
		Text   string   `json:"text"`
	} `json:"reasons"`
	Evidence struct {
		Directory string  `json:"directory"`
		DN        string  `json:"dn"`
		ReadAt    *string `json:"readAt"`
		Transport string  `json:"transport"`
	} `json:"evidence"`
}

func check(t testing.TB, data, draft string) (int, reportDoc) {
	t.Helper()
	r := caveat(t, "", "check", "--data", data, "--draft", draft, "--json")
	var d reportDoc
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("check: %v: %s %s", err, r.stdout, r.stderr)
	}
	return r.status, d
}

// mainJob is the main job end to end, as the issue tells it.
func mainJob(t *testing.T, w world) {
	t.Run("a draft to three nations is judged for each", func(t *testing.T) { threeNations(t, w) })
	t.Run("a missing classification is told in words", func(t *testing.T) { lowClearance(t, w) })
	t.Run("UK ONLY is refused by the link even for a wrong clearance", func(t *testing.T) { wrongClearance(t, w) })
	t.Run("blocked: nothing leaves", func(t *testing.T) { blocked(t, w) })
	t.Run("without DEU it is delivered with its label", func(t *testing.T) { delivered(t, w) })
	t.Run("the audit log is consistent", func(t *testing.T) { audited(t, w) })
}

func threeNations(t *testing.T, w world) {
	status, r := check(t, w.data, draftFor(t, "SECRET", mrod, w.gbr, w.ukr, w.deu))
	if status != 3 || r.Sendable || r.Label.Marking != "NATO/MROD SECRET" || len(r.Recipients) != 3 {
		t.Fatalf("status %d, report %+v", status, r)
	}
	gbr, ukr, deu := r.Recipients[0], r.Recipients[1], r.Recipients[2]
	for _, x := range r.Recipients[:2] {
		if x.Verdict.Outcome != "cleared" || x.Verdict.Action != "pass" || x.Link.Outcome != "cleared" || x.Link.Action != "pass" {
			t.Errorf("%s: verdict %+v, link %+v", x.Address, x.Verdict, x.Link)
		}
		if e := x.Verdict.Evidence; e.Directory == "" || e.DN == "" || e.ReadAt == nil || e.Transport != "starttls" {
			t.Errorf("%s: evidence %+v", x.Address, e)
		}
	}
	if gbr.Nation != "GBR" || ukr.Nation != "UKR" || deu.Nation != "DEU" {
		t.Errorf("nations %s %s %s", gbr.Nation, ukr.Nation, deu.Nation)
	}
	if deu.Verdict.Outcome != "cleared" || deu.Link.Outcome != "not-cleared" || deu.Link.Action != "block" || deu.Link.Reasons[0].Rule != "classification" {
		t.Errorf("DEU: verdict %+v, link %+v", deu.Verdict, deu.Link)
	}
	if len(r.Fixes) == 0 || r.Fixes[0].Kind != "remove" || !slices.Equal(r.Fixes[0].Addresses, []string{w.deu}) {
		t.Errorf("ways forward %+v", r.Fixes)
	}
}

func lowClearance(t *testing.T, w world) {
	_, r := check(t, w.data, draftFor(t, "SECRET", mrod, w.ukrLow))
	v := r.Recipients[0].Verdict
	if v.Outcome != "not-cleared" || v.Action != "block" || len(v.Reasons) != 1 || v.Reasons[0].Text != "Needs SECRET." {
		t.Errorf("verdict %+v", v)
	}
	if len(v.Reasons) > 0 && v.Reasons[0].Held != nil {
		t.Errorf("RULES 19: a drafter is told what somebody holds: %v", v.Reasons[0].Held)
	}
}

func wrongClearance(t *testing.T, w world) {
	status, r := check(t, w.data, draftFor(t, "SECRET", `{"Context": ["MROD"], "Only": ["GBR"]}`, w.ausWrong))
	x := r.Recipients[0]
	if status != 3 || r.Label.Marking != "NATO/MROD SECRET UK ONLY" || x.Verdict.Outcome != "cleared" || x.Link.Outcome != "not-cleared" || x.Link.Action != "block" {
		t.Fatalf("status %d: %+v", status, r)
	}
	if reason := x.Link.Reasons[0]; reason.Rule != "permissive" || reason.TagSet != "Only" {
		t.Errorf("reason %+v", reason)
	}
}

func blocked(t *testing.T, w world) {
	before := len(w.deliveries(t, w.gbr))
	r := caveat(t, "", "send", "--data", w.data, "--draft", draftFor(t, "SECRET", mrod, w.gbr, w.deu), "--json")
	var d struct{ Sent, Blocked bool }
	r.decode(t, &d)
	if r.status != 3 || d.Sent || !d.Blocked {
		t.Fatalf("status %d: %s", r.status, r.stdout)
	}
	if after := len(w.deliveries(t, w.gbr)); after != before {
		t.Errorf("%d messages were delivered", after-before)
	}
}

func delivered(t *testing.T, w world) {
	r := caveat(t, "", "send", "--data", w.data, "--draft", draftFor(t, "SECRET", mrod, w.gbr, w.ukr), "--json")
	var d struct{ Sent bool }
	r.decode(t, &d)
	if r.status != 0 || !d.Sent {
		t.Fatalf("status %d: %s %s", r.status, r.stdout, r.stderr)
	}
	for _, address := range []string{w.gbr, w.ukr} {
		mails := w.deliveries(t, address)
		if len(mails) != 1 {
			t.Fatalf("%s got %d messages", address, len(mails))
		}
		if !bytes.Contains(mails[0], []byte("Subject: Bridge reconnaissance")) || !bytes.Contains(mails[0], []byte("Grid follows.")) {
			t.Errorf("%s: the message is not ours:\n%s", address, mails[0])
		}
		got, err := message.ReadLabel(bytes.NewReader(mails[0]))
		if err != nil {
			t.Fatalf("%s: SIO-Label: %v\n%s", address, err, mails[0])
		}
		if got.Marking != "NATO/MROD SECRET" || got.Background != "red" {
			t.Errorf("%s: marking %q on %q", address, got.Marking, got.Background)
		}
		if got.Label.Created.IsZero() || got.Label.Review.IsZero() || got.Label.OriginatorID == "" || got.Label.Policy.URI == "" {
			t.Errorf("RULES 3: the label is incomplete: %+v", got.Label)
		}
		decidesTheSame(t, w, got.Label)
	}
}

// decidesTheSame holds the label that arrived against a clearance that permits it and one that does not.
func decidesTheSame(t *testing.T, w world, l label.Label) {
	t.Helper()
	file := write(t, "label.xml", string(l.Marshal()))
	for class, want := range map[string]int{"SECRET": 0, "RESTRICTED": 3} {
		clearance := write(t, "clearance.xml", clearanceXML(t, class, map[string][]string{"Context": {"MROD"}}))
		r := caveat(t, "", "policy", "decide", "--spif", w.policy, "--label", file, "--clearance", clearance)
		if r.status != want {
			t.Errorf("policy decide for a clearance to %s: status %d: %s%s", class, r.status, r.stdout, r.stderr)
		}
	}
}

func audited(t *testing.T, w world) {
	log := caveat(t, "", "audit", "export", "--data", w.data)
	if log.status != 0 || strings.Count(log.stdout, "\n") < 4 {
		t.Fatalf("export: status %d: %s", log.status, log.stderr)
	}
	for _, want := range []string{`"result":"blocked"`, `"result":"cleared"`, `"type":"receipt"`, `"state":"accepted"`} {
		if !strings.Contains(log.stdout, want) {
			t.Errorf("the log does not hold %s", want)
		}
	}
	file := write(t, "audit.jsonl", log.stdout)
	if r := caveat(t, "", "audit", "verify", file); r.status != 0 {
		t.Errorf("verify: status %d: %s", r.status, r.stderr)
	}
	altered := write(t, "altered.jsonl", strings.Replace(log.stdout, `"result":"blocked"`, `"result":"cleared"`, 1))
	if r := caveat(t, "", "audit", "verify", altered); r.status != 3 {
		t.Errorf("verify of an altered log: status %d: %s", r.status, r.stdout)
	}
}

// classes is the order of the demonstration's classifications.
var classes = []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"}

// clearanceXML writes a clearance under the demonstration's policy, up to a class. Special Category Designators are
// restrictive, all else is permissive.
func clearanceXML(t testing.TB, upTo string, categories map[string][]string) string {
	t.Helper()
	c := label.Clearance{Policy: label.PolicyID{Name: "NATO"}, Classifications: classes[:slices.Index(classes, upTo)+1]}
	for set, values := range categories {
		typ := label.Permissive
		if set == "Special Category Designators" {
			typ = label.Restrictive
		}
		c.Categories = append(c.Categories, label.Category{TagName: set, Type: typ, Values: values})
	}
	return string(c.Marshal())
}
