//go:build integration && linux

package app

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/chat"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/store"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// TestIntegrationChatSource: conversations over real servers. A room of another nation with its history and subject, who comes and goes;
// what is above the user is withheld, in the room and from a person; what was said while nobody was there comes from the archive, once.
func TestIntegrationChatSource(t *testing.T) {
	password := xmpptest.Secret()
	all := xmpptest.StartProsody(t, xmpptest.NewCA(),
		xmpptest.Config{Domain: "gbr.example", Users: map[string]string{"duty": password, "watch": xmpptest.Secret()}},
		xmpptest.Config{Domain: "aus.example", Users: map[string]string{"ops": xmpptest.Secret(), "low": xmpptest.Secret()}, RealJIDs: true})
	gbr, aus := all[0], all[1]
	account := xmppsend.Account{JID: "duty@gbr.example", Address: gbr.Addr(), Security: xmppsend.StartTLS, RootCAs: gbr.CA().Pool(), Password: password, Timeout: 20 * time.Second}
	s := chatStore(t)
	site := demoSite(t)

	room := "watch@" + aus.Rooms()
	ops := aus.Join(t, "ops", "desk")
	ops.Enter(t, room, "Ops")
	ops.Send(t, labelledMessage(room, "groupchat", "h1", "RESTRICTED", "<body>Said before</body>"))
	ops.Await(t, "Said before")

	box, stop := chatOver(t, s, site, account)
	id, err := box.Join(t.Context(), "", room, "Duty", "")
	for deadline := time.Now().Add(30 * time.Second); errors.Is(err, chat.ErrOffline) && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		id, err = box.Join(t.Context(), "", room, "Duty", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	shows(t, box, id, "Said before")
	ops.Send(t, labelledMessage(room, "groupchat", "m1", "SECRET", "<body>TopicalRoom</body>"))
	ops.Send(t, `<message to="`+room+`" type="groupchat" id="m2"><body>Without</body></message>`)
	list := shows(t, box, id, "Said before|-|Without")
	if l, ok := list[0].Head.Label(); !ok || l.Classification != "RESTRICTED" || !list[0].Late || list[1].Address != "ops@aus.example" || list[2].Flagged == "" {
		t.Errorf("%+v", list)
	}
	ops.Send(t, labelledMessage(room, "groupchat", "s1", "SECRET", "<subject>The watch</subject>"))
	list = shows(t, box, id, "Said before|-|Without|The watch") // Prosody takes the label off a subject
	if m := list[3]; m.Kind != chat.KindSubject || m.Flagged == "" || m.Head.Sensitivity.Fault != message.FaultNoLabel {
		t.Errorf("%+v", m)
	}

	cleared := func(want int) {
		t.Helper()
		comesAbout(t, func() bool {
			c, err := box.Show(t.Context(), id)
			return err == nil && c.Joined && c.NotCleared == want
		})
	}
	cleared(0)
	before, err := s.NewestChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	low := aus.Join(t, "low", "desk")
	low.Enter(t, room, "Low")
	cleared(1)
	comesAbout(t, func() bool {
		changes, _, _, err := s.Changes(t.Context(), before)
		return err == nil && slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == chat.RoomKind && c.ID == id })
	})
	low.Leave()
	cleared(0)

	ops.Send(t, labelledMessage("duty@gbr.example", "chat", "p1", "RESTRICTED", "<body>To you</body>"))
	var person string
	comesAbout(t, func() bool { person = conversationWith(t, box, "ops@aus.example"); return person != "" })
	shows(t, box, person, "To you")
	if _, err := box.Join(t.Context(), "", "nowhere@"+aus.Rooms(), "", ""); refusalOf(err) != "item-not-found" {
		t.Errorf("a room that does not exist: %v", err)
	}
	services, err := box.Services(t.Context())
	if err != nil || !slices.ContainsFunc(services, func(x chat.Service) bool { return x.Address == gbr.Rooms() && x.Problem == "" }) {
		t.Errorf("%v %+v", err, services)
	}
	if err := box.Bookmark(t.Context(), id, true); err != nil {
		t.Errorf("bookmark: %v", err)
	}

	stop()
	ops.Send(t, labelledMessage("duty@gbr.example", "chat", "p2", "RESTRICTED", "<body>While away</body>"))
	ops.Send(t, labelledMessage("duty@gbr.example", "chat", "p3", "SECRET", "<body>TopicalAway</body>"))
	ops.Send(t, labelledMessage(room, "groupchat", "m4", "RESTRICTED", "<body>Also away</body>"))
	ops.Await(t, "Also away")
	box, stop = chatOver(t, s, site, account)
	shows(t, box, person, "To you|While away|-")
	shows(t, box, id, "Said before|-|Without|The watch|Also away")
	stop()
	for _, name := range []string{"caveat.db", "caveat.db-wal"} {
		data, err := os.ReadFile(s.Dir() + "/" + name)
		if err == nil && strings.Contains(string(data), "Topical") {
			t.Errorf("%s holds what is withheld", name)
		}
	}
}

// chatOver runs conversations on an account until stop is called.
func chatOver(t *testing.T, s *store.Store, site *spif.Site, account xmppsend.Account) (*chat.Box, func()) {
	t.Helper()
	source := &chatSource{}
	sender := xmppsend.New(func(context.Context, string) (xmppsend.Account, error) { return account, nil }, source, xmppsend.Options{
		Reader: func() message.Reader { return message.Reader{Site: site, At: time.Now()} },
	})
	source.setSender(sender, nil)
	box := chat.New(s, chat.Config{
		Accounts: []chat.Account{{Name: "own", JID: account.JID}}, Source: source, Site: site, User: "tester",
		Judge: func(_ context.Context, _ string, l label.Label) (chat.Verdict, error) {
			return chat.Verdict{MayRead: l.Classification == "RESTRICTED"}, nil
		},
		Decide: func(_ context.Context, _ string, _ label.Label, list []string) (map[string]presend.Verdict, error) {
			out := map[string]presend.Verdict{}
			for _, a := range list {
				if out[a] = (presend.Verdict{Outcome: presend.Cleared}); strings.HasPrefix(a, "low@") {
					out[a] = presend.Verdict{Outcome: presend.NotCleared}
				}
			}
			return out, nil
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- box.Run(ctx) }()
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return box, stop
}

func chatStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func demoSite(t *testing.T) *spif.Site {
	t.Helper()
	f, err := os.Open("../backend/demo/policy.spif.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := spif.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	site, err := spif.NewSite(p)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// labelledMessage is what a client of another make sends.
func labelledMessage(to, kind, id, class, payload string) string {
	l := label.Label{Kind: label.Originator, Information: label.Information{
		Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}, Classification: class,
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}}
	return `<message to="` + to + `" type="` + kind + `" id="` + id + `">` + payload + `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>` +
		string(l.Marshal()) + `</label></securitylabel></message>`
}

// shows waits until a conversation has these texts, "-" for each that is withheld.
func shows(t *testing.T, box *chat.Box, id, want string) (list []chat.Message) {
	t.Helper()
	got := ""
	for deadline := time.Now().Add(30 * time.Second); got != want && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		p, err := box.Messages(t.Context(), id, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, m := range p.Messages {
			if !m.Verdict.MayRead {
				m.Body = "-"
			}
			texts = append(texts, m.Body)
		}
		list, got = p.Messages, strings.Join(texts, "|")
	}
	if got != want {
		t.Fatalf("%q, want %q", got, want)
	}
	return list
}

func comesAbout(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come about")
		}
	}
}

func conversationWith(t *testing.T, box *chat.Box, address string) string {
	t.Helper()
	list, err := box.Conversations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Address == address {
			return c.ID
		}
	}
	return ""
}

func refusalOf(err error) string {
	if r, ok := errors.AsType[*chat.Refusal](err); ok {
		return r.Condition
	}
	return ""
}
