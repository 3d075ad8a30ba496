package xmppsend_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// queryID is the name of a question to an archive.
func queryID(said string) string {
	_, rest, _ := strings.Cut(said, `queryid="`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// TestHostileArchive: an archive without end is bounded and named, and nothing counts that another gives in its name.
func TestHostileArchive(t *testing.T) {
	const own = "duty@gbr.example"
	result := func(said, from, body string) string {
		if from != "" {
			from = ` from='` + from + `'`
		}
		return `<message` + from + `><result xmlns='urn:xmpp:mam:2' queryid='` + queryID(said) + `' id='r'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-03-01T10:00:00Z'/>` +
			`<message xmlns='jabber:client' from='ops@aus.example/x' to='` + own + `' type='chat'><body>` + body + `</body></message></forwarded></result></message>`
	}
	fin := func(said, from, more string) string {
		return `<iq type='result' id='` + xmpptest.ID(said) + `'` + from + `><fin xmlns='urn:xmpp:mam:2'` + more + `</fin></iq>`
	}
	const last = ` complete='true'>`
	for name, c := range map[string]struct {
		answer func(n int, said string) string
		want   error
		bodies string
	}{
		"in order": {func(_ int, said string) string {
			return result(said, "", "a") + result(said, own, "b") + fin(said, "", last)
		}, nil, "ab"},
		"pages without end": {func(n int, said string) string {
			return result(said, "", "") + fin(said, "", fmt.Sprintf(`><set xmlns='http://jabber.org/protocol/rsm'><last>%d</last></set>`, n))
		}, xmppsend.ErrTooMuch, ""},
		"the same page again and again": {func(_ int, said string) string {
			return result(said, "", "a") + fin(said, "", `><set xmlns='http://jabber.org/protocol/rsm'><last>x</last></set>`)
		}, xmppsend.ErrProtocol, "aa"},
		"a page without end": {func(_ int, said string) string {
			return strings.Repeat(result(said, "", "a"), 1002) + fin(said, "", last)
		}, xmppsend.ErrTooMuch, ""},
		"results of a stranger": {func(_ int, said string) string {
			return result(said, "evil@evil.example", "x") + result(said, "gbr.example", "y") + fin(said, "", last)
		}, nil, ""},
		"the answer of a stranger": {func(_ int, said string) string { return fin(said, " from='evil@evil.example'", last) }, xmppsend.ErrTimeout, ""},
		"an answer to another":     {func(_ int, said string) string { return strings.Replace(fin(said, "", last), "id='", "id='x", 1) }, xmppsend.ErrTimeout, ""},
		"no end":                   {func(_ int, said string) string { return `<iq type='result' id='` + xmpptest.ID(said) + `'/>` }, xmppsend.ErrProtocol, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if strings.Contains(said, "urn:xmpp:mam:2") {
					n++
					return c.answer(n, said), xmpptest.Continue
				}
				return xmpptest.Understands(said, xmppsend.LabelFeature, xmppsend.ArchiveFeature), xmpptest.Continue
			}))
			if errors.Is(c.want, xmppsend.ErrTimeout) {
				a.Timeout = 500 * time.Millisecond
			}
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			var got strings.Builder
			err := s.Archive(t.Context(), "duty", "ops@aus.example", time.Time{}, func(m xmppsend.Incoming) error {
				got.WriteString(m.Body)
				return nil
			})
			if !errors.Is(err, c.want) || got.String() != c.bodies {
				t.Errorf("%q, %v", got.String(), err)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			if len(h.messages) > 0 {
				t.Errorf("shown as if it came now: %+v", h.messages)
			}
		})
	}
}

// TestCatalogueOfAServer: what may be chosen is what it says, and only that where it says so.
func TestCatalogueOfAServer(t *testing.T) {
	l := secret()
	item := func(more string) string {
		return `<item` + more + `><securitylabel xmlns='urn:xmpp:sec-label:0'><displaymarking>M</displaymarking><label>` + string(l.Marshal()) + `</label></securitylabel></item>`
	}
	for name, c := range map[string]struct {
		catalogue  string
		want       error
		items      int
		restricted bool
		none       bool
	}{
		"restricted":        {` restrict='true'>` + item(` selector='A|B' default='true'`) + item(""), nil, 2, true, false},
		"restricted by one": {` restrict='1'>` + item(""), nil, 1, true, false},
		"open":              {`>` + item("") + `<item selector='none'/>`, nil, 1, false, true},
		"nothing in it":     {` restrict='true'>`, nil, 0, true, false},
		"two defaults":      {`>` + item(` default='true'`) + item(` default='1'`), xmppsend.ErrProtocol, 0, false, false},
		"two labels in one": {`>` + strings.Replace(item(""), "</item>", "<securitylabel xmlns='urn:xmpp:sec-label:0'/></item>", 1), xmppsend.ErrProtocol, 0, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if strings.Contains(said, "<catalog ") {
					return `<iq type='result' id='` + xmpptest.ID(said) + `' from='gbr.example'><catalog xmlns='urn:xmpp:sec-label:catalog:2'` + c.catalogue + `</catalog></iq>`, xmpptest.Continue
				}
				return xmpptest.Understands(said, xmppsend.LabelFeature, xmppsend.CatalogueFeature), xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			got, err := s.Catalogue(t.Context(), "duty", "ops@aus.example")
			if !errors.Is(err, c.want) || len(got.Items) != c.items || got.IsRestricted != c.restricted || got.HasNone != c.none {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// TestArchiveSpeaksForItself: of a room's archive only what was said in that room counts, of the account's own nothing that plays a room.
func TestArchiveSpeaksForItself(t *testing.T) {
	const trap, own = "trap@rooms.evil.example", "duty@gbr.example"
	for name, c := range map[string]struct{ with, message, want string }{
		"said in it":                     {trap, `<message xmlns='jabber:client' from='` + trap + `/Ops' type='groupchat'><body>x</body></message>`, "trap@rooms.evil.example Ops x"},
		"said in another room":           {trap, `<message xmlns='jabber:client' from='` + room + `/General' type='groupchat'><body>x</body></message>`, ""},
		"said by a person":               {trap, `<message xmlns='jabber:client' from='ops@aus.example/x' type='chat'><body>x</body></message>`, ""},
		"said by us to it":               {trap, `<message xmlns='jabber:client' from='` + own + `/desk' to='` + trap + `' type='chat'><body>x</body></message>`, ""},
		"nothing":                        {trap, ``, "trap@rooms.evil.example  damaged"},
		"one's own: a person":            {"", `<message xmlns='jabber:client' from='ops@aus.example/x' to='` + own + `' type='chat'><body>x</body></message>`, "ops@aus.example  x"},
		"one's own: who plays a room":    {"", `<message xmlns='jabber:client' from='evil@evil.example/General' to='` + own + `' type='groupchat'><body>x</body></message>`, ""},
		"one's own: a private in a room": {"", `<message xmlns='jabber:client' from='` + room + `/Ops' to='` + own + `' type='chat'><body>x</body></message>`, room + " Ops x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				switch {
				case strings.HasPrefix(said, "<presence to="):
					to, _, _ := strings.Cut(xmpptest.To(said), "/")
					return strings.ReplaceAll(selfEnter, room, to), xmpptest.Continue
				case strings.Contains(said, "urn:xmpp:mam:2"):
					from := ""
					if c.with != "" {
						from = ` from='` + c.with + `'`
					}
					return `<message` + from + `><result xmlns='urn:xmpp:mam:2' queryid='` + queryID(said) + `' id='r'><forwarded xmlns='urn:xmpp:forward:0'>` + c.message + `</forwarded></result></message>` +
						`<iq type='result' id='` + xmpptest.ID(said) + `'` + from + `><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>`, xmpptest.Continue
				}
				return xmpptest.Understands(said, xmppsend.LabelFeature, xmppsend.ArchiveFeature), xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			for _, r := range []string{room, trap} {
				if err := s.Join(t.Context(), "duty", r, "Duty", xmppsend.JoinOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			got := ""
			err := s.Archive(t.Context(), "duty", c.with, time.Time{}, func(m xmppsend.Incoming) error {
				if got += m.Peer + " " + m.Nick + " " + m.Body; m.Damage != "" {
					got += "damaged"
				}
				return nil
			})
			if err != nil || got != c.want {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
