//go:build linux

package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/demo"
	"caveat/backend/installation"
)

// TestRule24WhatIsScheduledIsCheckedAgain: a message that was cleared when it was scheduled is held at its time when somebody's
// clearance, or the policy, is another one by then; it says why, nothing is delivered, and the audit log knows of the second check.
func TestRule24WhatIsScheduledIsCheckedAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, e *embedded, p *program) *program
		says   []string
	}{
		{"nothing changed", func(_ *testing.T, _ *embedded, p *program) *program { return p }, nil},
		{"a clearance was lowered", func(t *testing.T, e *embedded, p *program) *program {
			lowered := clearanceXML(t, "RESTRICTED", map[string][]string{"Context": {"MROD"}, "Only": {"UKR"}})
			if err := e.directories["UKR"].Replace("uid=officer,ou=people,dc=ukr,dc=example", "confidentialityClearance", lowered); err != nil {
				t.Fatal(err)
			}
			return p
		}, []string{"it is no longer cleared", "officer@ukr.example"}},
		{"a clearance was withdrawn", func(t *testing.T, e *embedded, p *program) *program {
			if err := e.directories["UKR"].Delete("uid=officer,ou=people,dc=ukr,dc=example"); err != nil {
				t.Fatal(err)
			}
			return p
		}, []string{"it is no longer cleared", "officer@ukr.example"}},
		{"another edition of the policy", func(t *testing.T, e *embedded, p *program) *program {
			p.stop()
			e.publish(t, `name="SECRET" lacv="4"`, `name="SECRET" obsolete="true" lacv="4"`)
			return start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
		}, []string{"it is no longer cleared", "label"}},
		{"the policy marks it otherwise", func(t *testing.T, e *embedded, p *program) *program {
			p.stop()
			e.publish(t, `<spif:markingData xml:lang="en" phrase="SECRET">`, `<spif:markingData xml:lang="en" phrase="MOST SECRET">`)
			return start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
		}, []string{"The policy has changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // it mostly waits
			e := embeddedWorld(t, func(f *installation.File) { f.Check.SendingAge.Duration = time.Millisecond })
			if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
				t.Fatal(r.stderr)
			}
			p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
			id, at := e.schedule(t, p)
			p = c.change(t, e, p)
			if left := time.Until(at); left <= 0 {
				t.Fatalf("the change took until %s after the time of sending: this machine is too slow for this test", -left)
			}
			m := e.comesToRest(t, id)
			if c.says == nil {
				if m.State != "accepted" || e.deliveries(id) != 1 {
					t.Errorf("%+v, delivered %d times", m, e.deliveries(id))
				}
				return
			}
			if m.State != "held" || e.deliveries(id) != 0 {
				t.Errorf("%+v, delivered %d times", m, e.deliveries(id))
			}
			for _, words := range c.says {
				if !strings.Contains(m.Note, words) {
					t.Errorf("it says %q, which does not tell of %q", m.Note, words)
				}
			}
			p.stop()
			e.knowsOfTheSecondCheck(t, id)
		})
	}
}

// ahead is how long before its time a message is scheduled: long enough to publish another policy meanwhile on a busy machine.
const ahead = 12 * time.Second

// schedule sends a draft that leaves some seconds later.
func (e *embedded) schedule(t *testing.T, p *program) (id string, at time.Time) {
	t.Helper()
	document, err := os.ReadFile(draftFor(t, "SECRET", mrod, "officer@gbr.example", "officer@ukr.example"))
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	at = time.Now().Add(ahead)
	d["sendAt"] = at.UTC()
	body, err := json.Marshal(map[string]any{"draft": d})
	if err != nil {
		t.Fatal(err)
	}
	status, text, _ := e.client(t, p).do("POST", "/api/send", string(body), nil)
	var sent struct{ Message string }
	if err := json.Unmarshal([]byte(text), &sent); err != nil || status != http.StatusAccepted || sent.Message == "" {
		t.Fatalf("send: %d %v %s", status, err, text)
	}
	return sent.Message, at
}

// publish takes another edition of the policy into use, as an administrator does.
func (e *embedded) publish(t *testing.T, from, to string) {
	t.Helper()
	if !strings.Contains(string(demo.PolicyXML), from) {
		t.Fatalf("the policy has no %s", from)
	}
	f := e.file
	f.Policies = slices.Clone(f.Policies)
	f.Policies[0].SPIF = strings.ReplaceAll(string(demo.PolicyXML), from, to)
	text, err := installation.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if r := caveat(t, "", "installation", "import", "--data", e.data, write(t, "installation.toml", string(text))); r.status != 0 {
		t.Fatalf("import: %s%s", r.stdout, r.stderr)
	}
}

func (e *embedded) client(t *testing.T, p *program) *client {
	t.Helper()
	token, err := os.ReadFile(filepath.Join(e.data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	return &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
}

type restingMessage struct{ ID, State, Note string }

// comesToRest waits until a message waits no longer for its time, an answer or another attempt.
func (e *embedded) comesToRest(t *testing.T, id string) (m restingMessage) {
	t.Helper()
	for range 2400 {
		r := caveat(t, "", "outbox", "list", "--data", e.data, "--json")
		var d struct{ Messages []restingMessage }
		r.decode(t, &d)
		i := slices.IndexFunc(d.Messages, func(m restingMessage) bool { return m.ID == id })
		if i < 0 {
			t.Fatalf("the message was lost: %s", r.stdout)
		}
		if m = d.Messages[i]; !slices.Contains([]string{"queued", "sending", "body-sent", "deferred"}, m.State) {
			return m
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("it did not come to rest: %+v", m)
	return m
}

func (e *embedded) knowsOfTheSecondCheck(t *testing.T, id string) {
	t.Helper()
	r := caveat(t, "", "audit", "export", "--data", e.data)
	if r.status != 0 {
		t.Fatal(r.stderr)
	}
	if !slices.ContainsFunc(strings.Split(r.stdout, "\n"), func(line string) bool {
		return strings.Contains(line, audit.TypeDecision) && strings.Contains(line, "checked-again") && strings.Contains(line, fmt.Sprintf("%q", id))
	}) {
		t.Errorf("the audit log has no second check of %s: %s", id, r.stdout)
	}
}
