package xmppsend_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// seats has two accounts of one user enter a room, which tells each of them who is in it.
func seats(t *testing.T, tells map[string]string) *xmppsend.Sender {
	t.Helper()
	accounts := map[string]xmppsend.Account{}
	for account, words := range tells {
		_, a := scripted(t, xmpptest.LetIn(account+"@gbr.example/desk", func(_ int, said string) (string, xmpptest.Then) {
			if strings.HasPrefix(said, "<presence to=") {
				return words, xmpptest.Continue
			}
			return good(said), xmpptest.Continue
		}))
		a.JID = account + "@gbr.example"
		accounts[account] = a
	}
	h := newRecorder()
	s := xmppsend.New(func(_ context.Context, name string) (xmppsend.Account, error) { return accounts[name], nil }, h, xmppsend.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = s.Run(ctx, "duty", "low"); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	for account, nick := range map[string]string{"duty": "Duty", "low": "Low"} {
		h.state(t, func(s xmppsend.State) bool { return s.JID == account+"@gbr.example/desk" })
		if err := s.Join(t.Context(), account, room, nick, xmppsend.JoinOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestTwoAccountsInOneRoom: each hears what the other says, and is there for the check, whichever session is asked.
func TestTwoAccountsInOneRoom(t *testing.T) {
	self := func(nick, items string) string {
		return strings.Replace(person(nick, items), "</x>", "<status code='110'/></x>", 1)
	}
	duty, low, ops := `<item jid='duty@gbr.example/desk'/>`, `<item jid='low@gbr.example/desk'/>`, `<item jid='ops@aus.example/x'/>`
	const both = "Duty=duty@gbr.example Low=low@gbr.example"
	for name, c := range map[string]struct{ duty, low, want string }{
		"both told":                        {person("Low", low) + self("Duty", duty), person("Duty", duty) + self("Low", low), both},
		"nobody told":                      {person("Low", ``) + self("Duty", ``), person("Duty", ``) + self("Low", ``), both},
		"one is not shown to the other":    {self("Duty", duty), person("Duty", duty) + self("Low", low), both},
		"and another, seen by one of them": {person("Ops", ops) + self("Duty", duty), self("Low", low), both + " Ops=ops@aus.example"},
		"another, told to one of them":     {person("Ops", ops) + self("Duty", duty), person("Ops", ``) + self("Low", low), both + " Ops="},
		"another under the nick of one":    {person("Low", low) + self("Duty", duty), person("Duty", ops) + self("Low", low), "Duty= Low=low@gbr.example"},
		"several under the nick of one":    {person("Low", low+ops) + self("Duty", duty), person("Duty", duty) + self("Low", low), "Duty=duty@gbr.example Low="},
		"several hidden under it":          {person("Low", `<item/><item/>`) + self("Duty", duty), person("Duty", duty) + self("Low", low), "Duty=duty@gbr.example Low="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := seats(t, map[string]string{"duty": c.duty, "low": c.low})
			for range 20 {
				list, complete, err := s.Occupants(t.Context(), room)
				var words []string
				for _, o := range list {
					words = append(words, o.Nick+"="+o.Address)
				}
				if got := strings.Join(words, " "); err != nil || !complete || got != c.want {
					t.Fatalf("%s, %v, %v", got, complete, err)
				}
			}
		})
	}
}

// TestWhoHasOurNick: somebody whom the room tells under our nick is not us, and is there.
func TestWhoHasOurNick(t *testing.T) {
	for name, c := range map[string]struct {
		items string
		want  []string
	}{
		"nobody else":              {`<item jid='duty@gbr.example/desk'/>`, nil},
		"we with two programs":     {`<item jid='duty@gbr.example/desk'/><item jid='duty@gbr.example/x'/>`, nil},
		"not told":                 {`<item/>`, nil},
		"somebody else":            {`<item jid='low@aus.example/x'/>`, []string{"low@aus.example"}},
		"we and somebody else":     {`<item jid='duty@gbr.example/desk'/><item jid='low@aus.example/x'/>`, []string{""}},
		"we and who is not told":   {`<item jid='duty@gbr.example/desk'/><item/>`, []string{""}},
		"several who are not told": {`<item/><item/>`, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if strings.HasPrefix(said, "<presence to=") {
					return strings.Replace(person("Duty", c.items), "</x>", "<status code='110'/></x>", 1), xmpptest.Continue
				}
				return good(said), xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
				t.Fatal(err)
			}
			list, _, err := s.Occupants(t.Context(), room)
			var got []string
			for _, o := range list {
				got = append(got, o.Address)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// TestRoomThatHidesPeople: where a room counts more people than it shows, or does not answer, not everybody is known.
func TestRoomThatHidesPeople(t *testing.T) {
	count := func(n string) string {
		return `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roominfo</value></field><field var='muc#roominfo_occupants'>` + n + `</field></x>`
	}
	refusal := func(condition string) func(string) string {
		return func(said string) string {
			return `<iq type='error' id='` + xmpptest.ID(said) + `' from='` + xmpptest.To(said) + `'><error type='cancel'><` + condition + ` xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
		}
	}
	for name, c := range map[string]struct {
		form     string
		answer   func(said string) string
		complete bool
	}{
		"as many":               {form: count("<value>2</value>"), complete: true},
		"fewer":                 {form: count("<value>1</value>"), complete: true},
		"more":                  {form: count("<value>3</value>")},
		"more in a second form": {form: count("<value>2</value>") + count("<value>3</value>")},
		"no number":             {form: count("<value>many</value>")},
		"no value":              {form: count(""), complete: true},
		"no count":              {complete: true},
		"it does not answer":    {answer: func(string) string { return "" }},
		"it refuses":            {answer: refusal("forbidden"), complete: true},
		"it is not reached":     {answer: refusal("remote-server-not-found")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			isIn := false
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				switch {
				case strings.HasPrefix(said, "<presence to="):
					isIn = true
					return person("Ops", `<item jid='ops@aus.example/x'/>`) + selfEnter, xmpptest.Continue
				case strings.Contains(said, "disco#info") && xmpptest.To(said) == room && c.answer != nil && isIn:
					return c.answer(said), xmpptest.Continue
				case strings.Contains(said, "disco#info") && xmpptest.To(said) == room:
					return strings.Replace(good(said), "</query>", c.form+"</query>", 1), xmpptest.Continue
				}
				return good(said), xmpptest.Continue
			}))
			if name == "it does not answer" {
				a.Timeout = time.Second
			}
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
				t.Fatal(err)
			}
			list, complete, err := s.Occupants(t.Context(), room)
			if err != nil || complete != c.complete || len(list) != 1 {
				t.Errorf("%+v, %v, %v", list, complete, err)
			}
		})
	}
}

// TestConfigurationThatChanges: a room that may hide people from now on has what was checked before checked again.
func TestConfigurationThatChanges(t *testing.T) {
	server, s, h := inside(t, "")
	before := time.Now()
	if !s.NobodyCame("duty", []string{room}, before) {
		t.Fatal("somebody came")
	}
	server.Push(`<message type='groupchat' from='` + room + `'><x xmlns='` + mucUser + `'><status code='104'/></x></message>`)
	h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Config })
	if s.NobodyCame("duty", []string{room}, before) {
		t.Error("the check is still good")
	}
}
