//go:build linux && integration

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

	"caveat/backend/installation"
	"caveat/backend/outbox"
	"caveat/backend/xmpptest"
)

// talker is the running program, as a user of its HTTP interface.
func (w *chatWorld) talker() *client {
	w.t.Helper()
	p := start(w.t, "serve", "--data", w.data, "--listen", "127.0.0.1:0")
	token, err := os.ReadFile(filepath.Join(w.data, "api-token"))
	if err != nil {
		w.t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	return &client{t: w.t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
}

// eventually repeats a question until it is answered as it should be.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func secretChat(to, body string) string {
	return fmt.Sprintf(`{"channel": "chat", "action": [%q], "body": %q, "label": {"policy": "NATO", "classification": "SECRET", "categories": %s}}`, to, body, mrod)
}

// TestIntegrationChatWhileItIsDrafted: in the running program, over real servers, under the delivered sending age: the check turns when
// somebody who is not cleared enters the room, and turns back when he leaves; Send refuses while he is inside; a link that permits less
// than the person refuses; and a server that hangs in the middle of a send leaves a message that is perhaps delivered, until the archive
// says that it was.
func TestIntegrationChatWhileItIsDrafted(t *testing.T) {
	// A server that hangs would not be written to if it had to be asked for its catalogue first.
	w := newChatWorldOf(t, xmpptest.Config{LabelOnly: true}, xmpptest.Config{}, func(f *installation.File) {
		f.Check.SendingAge.Duration = 5 * time.Minute
		i := slices.IndexFunc(f.Routes, func(r installation.RouteFile) bool { return r.Channel == "chat" && r.Domain == "ukr.example" })
		slow := f.Routes[i]
		slow.Domain, slow.Links = "slow.ukr.example", slices.Clone(slow.Links)
		slow.Links[0].Clearance.UpTo = "RESTRICTED"
		f.Routes = append(f.Routes, slow)
		f.Directories[1].ChatDomains = append(f.Directories[1].ChatDomains, slow.Domain)
	})
	own := map[string][]string{"Context": {"MROD"}, "Only": {"UKR"}}
	if err := w.directories["UKR"].Add(talking(person("UKR", "liaison", "Kim Liaison", clearanceXML(t, "SECRET", own)), "liaison@slow.ukr.example")); err != nil {
		t.Fatal(err)
	}
	if r := caveat(t, "", "book", "sync", "--data", w.data); r.status != 0 {
		t.Fatalf("sync: %s%s", r.stdout, r.stderr)
	}
	room := "watch@" + w.ukr.Rooms()
	officer := w.ukr.Join(t, "officer", "desk")
	officer.Enter(t, room, "Officer")
	c := w.talker()
	eventually(t, "the room is not entered", func() bool {
		status, _, _ := c.do("POST", "/api/chat/join", fmt.Sprintf(`{"room": %q}`, room), nil)
		return status == 200
	})
	outcome := func(to string) (d reportDoc) {
		t.Helper()
		status, body, _ := c.do("POST", "/api/check", secretChat(to, "Grid follows"), nil)
		if err := json.Unmarshal([]byte(body), &d); status != 200 || err != nil {
			t.Fatalf("%d: %s", status, body)
		}
		return d
	}
	turns := func(want string) {
		t.Helper()
		var d reportDoc
		eventually(t, "the check does not turn to "+want, func() bool {
			d = outcome(room)
			return d.Recipients[0].Verdict.Outcome == want
		})
		if d.Sendable != (want == "cleared") {
			t.Errorf("%+v", d)
		}
	}
	turns("cleared")
	clerk := w.ukr.Join(t, "clerk", "desk")
	clerk.Enter(t, room, "Clerk")
	turns("not-cleared")
	post := func(to, text string, want int) string {
		t.Helper()
		status, body, _ := c.do("POST", "/api/send", `{"draft": `+secretChat(to, text)+`}`, nil)
		var d struct{ Message string }
		if err := json.Unmarshal([]byte(body), &d); err != nil || status != want || (d.Message == "") == (want == http.StatusAccepted) {
			t.Fatalf("%q: %d: %s", text, status, body)
		}
		return d.Message
	}
	post(room, "While the clerk is inside", http.StatusConflict)
	clerk.Leave()
	turns("cleared")
	id := post(room, "After he has left", http.StatusAccepted)
	w.labelled(id, officer.Await(t, "After he has left", "groupchat"))
	w.until(id, outbox.Accepted)

	if d := outcome("liaison@slow.ukr.example"); d.Sendable || d.Recipients[0].Verdict.Outcome != "cleared" || d.Recipients[0].Link.Outcome != "not-cleared" {
		t.Errorf("over the link that permits less: %+v", d.Recipients)
	}
	post("liaison@slow.ukr.example", "Over the slow link", http.StatusConflict)

	post("officer@ukr.example", "Before it hangs", http.StatusAccepted) // what its servers can do is known then
	officer.Await(t, "Before it hangs")
	w.gbr.Freeze()
	id = post("officer@ukr.example", "As it hangs", http.StatusAccepted)
	w.until(id, outbox.PerhapsDelivered)
	w.gbr.Thaw()
	w.labelled(id, officer.Await(t, "As it hangs"))
	w.until(id, outbox.Accepted)
	n := 0
	for _, x := range append(officer.Received(), clerk.Received()...) {
		if strings.Contains(x, "While the clerk is inside") || strings.Contains(x, "Over the slow link") {
			t.Errorf("it left: %s", x)
		}
		if strings.Contains(x, "As it hangs") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("delivered %d times", n)
	}
}
