package installation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
)

// chatOf is the valid file with a chat account, an identity of it, and a chat route to another nation.
func chatOf(t testing.TB, change func(f *installation.File, a accountFile)) installation.File {
	t.Helper()
	f := valid(t)
	a := installation.AccountFile{Name: "talk", Kind: installation.KindXMPP, Address: "chat.atl.example:5222", Security: "starttls", CA: "ca", Secret: "xmpp-atl",
		AccountChat: installation.AccountChat{JID: "op@chat.atl.example"}}
	f.Identities[0].JID, f.Identities[0].Chat = "op@chat.atl.example", "talk"
	f.Routes = append(f.Routes,
		installation.RouteFile{Domain: "chat.atl.example", Channel: "chat", Nation: "ATL", Own: true},
		installation.RouteFile{Domain: "Chat.bor.example", Channel: "chat", Nation: "BOR", Links: []installation.LinkFile{f.Routes[1].Links[0], f.Routes[1].Links[0]}})
	change(&f, &a)
	f.Accounts = append(f.Accounts, a)
	return f
}

// Each key of a chat account, right.
func TestChatKeys(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *installation.File, a accountFile)
		check  func(installation.Account) bool
	}{
		"as it is": {func(*installation.File, accountFile) {}, func(a installation.Account) bool {
			return a.JID == "op@chat.atl.example" && a.Roots != nil && !a.HasInbox()
		}},
		"all of them": {func(_ *installation.File, a accountFile) {
			a.Security, a.ServerName, a.Timeout.Duration, a.Auth, a.Resource, a.Rooms = "tls", "chat.atl.example", time.Minute, "plain", "desk", []string{"rooms.atl.example", "rooms.bor.example"}
		}, func(a installation.Account) bool { return a.Resource == "desk" && len(a.Rooms) == 2 }},
		"a certificate, without saying external": {func(_ *installation.File, a accountFile) {
			a.Secret, a.ClientCertificatePEM, a.ClientKey = "", caPEM(), "secret:k"
		}, func(a installation.Account) bool { return string(a.ClientPEM) == caPEM() }},
		"a JID in another case": {func(f *installation.File, _ accountFile) { f.Identities[0].JID = "OP@Chat.ATL.example" },
			func(a installation.Account) bool { return a.Name == "talk" }},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustLoad(t, chatOf(t, c.change))
			if a, ok := in.Account("talk"); !ok || !c.check(a) {
				t.Errorf("%+v", a)
			}
		})
	}
}

// Each key of chat, wrong, or without an effect.
func TestWrongChatKeys(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *installation.File, a accountFile)
		says   string
	}{
		"no JID":                       {func(_ *installation.File, a accountFile) { a.JID = "" }, "user@domain"},
		"a JID with a resource":        {func(_ *installation.File, a accountFile) { a.JID = "op@chat.atl.example/x" }, "user@domain"},
		"a user besides":               {func(_ *installation.File, a accountFile) { a.User = "op" }, "user has no effect"},
		"no TLS":                       {func(_ *installation.File, a accountFile) { a.Security, a.CA, a.Secret = "plain", "", "" }, "TLS"},
		"no CA":                        {func(_ *installation.File, a accountFile) { a.CA = "" }, "ca is missing"},
		"no secret":                    {func(_ *installation.File, a accountFile) { a.Secret = "" }, "secret"},
		"no login":                     {func(_ *installation.File, a accountFile) { a.Auth, a.Secret = "none", "" }, "none"},
		"a token of oauth":             {func(_ *installation.File, a accountFile) { a.Auth = "oauthbearer" }, "auth"},
		"external without certificate": {func(_ *installation.File, a accountFile) { a.Auth, a.Secret = "external", "" }, "client_key"},
		"a space in the resource":      {func(_ *installation.File, a accountFile) { a.Resource = "a b" }, "resource"},
		"a room as service":            {func(_ *installation.File, a accountFile) { a.Rooms = []string{"ops@rooms.atl.example"} }, "rooms"},
		"a service twice":              {func(_ *installation.File, a accountFile) { a.Rooms = []string{"r.example", "R.example"} }, "once"},
		"a key of mail":                {func(_ *installation.File, a accountFile) { a.MaxSize = 1 }, `max_size has no effect with kind = "xmpp"`},
		"a key of mailboxes":           {func(_ *installation.File, a accountFile) { a.Sent = true }, "sent has no effect"},
		"jid of a mail account":        {func(f *installation.File, _ accountFile) { f.Accounts[0].JID = "a@b.example" }, "jid has no effect"},
		"another identity's account":   {func(f *installation.File, _ accountFile) { f.Identities[0].JID = "chief@chat.atl.example" }, "they must be the same"},
		"chat without a jid":           {func(f *installation.File, _ accountFile) { f.Identities[0].JID = "" }, "they must be the same"},
		"a mail account for chat":      {func(f *installation.File, _ accountFile) { f.Identities[0].Chat = "atl" }, "must be one of kind xmpp"},
		"a chat account for mail":      {func(f *installation.File, _ accountFile) { f.Identities[0].Account = "talk" }, "must be one of kind smtp"},
		"first_line of mail":           {func(f *installation.File, _ accountFile) { f.Routes[0].FirstLine = true }, "first_line has no effect"},
		"receipts of mail":             {func(f *installation.File, _ accountFile) { f.Routes[0].Receipts = true }, "receipts is for chat"},
		"receipts of another nation":   {func(f *installation.File, _ accountFile) { f.Routes[3].Receipts = true }, "receipts is for chat"},
		"chat of a link of mail":       {func(f *installation.File, _ accountFile) { f.Routes[1].Links[0].Chat.Receipts = true }, "chat has no effect"},
		"nothing that can be refused":  {func(f *installation.File, _ accountFile) { f.Routes[3].Links[0].Chat.Refuse = []string{"files"} }, "files"},
		"refused twice": {func(f *installation.File, _ accountFile) {
			f.Routes[3].Links[0].Chat.Refuse = []string{"rooms", "rooms"}
		}, "at most once"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := load(t, chatOf(t, c.change))
			if !errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), c.says) || in != nil {
				t.Fatalf("%v; want one that says %q", err, c.says)
			}
		})
	}
}

// What one link does not carry does not go there; delivered, nothing is told anywhere.
func TestChatControls(t *testing.T) {
	delivered := mustLoad(t, chatOf(t, func(*installation.File, accountFile) {}))
	for _, domain := range []string{"chat.atl.example", "chat.bor.example", "elsewhere.example", "bor.example"} {
		if c := delivered.ChatControls(domain); c.Receipts || c.FirstLine || len(c.Refuses) > 0 {
			t.Errorf("delivered: %s: %+v", domain, c)
		}
	}
	in := mustLoad(t, chatOf(t, func(f *installation.File, _ accountFile) {
		f.Routes[2].Receipts = true
		links := slices.Clone(f.Routes[3].Links)
		links[0].Chat = installation.LinkChat{Receipts: true, Refuse: []string{"rooms"}}
		links[1].Chat = installation.LinkChat{Receipts: true, Refuse: []string{"queries"}}
		f.Routes[3].Links, f.Routes[3].FirstLine = links, true
		f.Routes = append(f.Routes, installation.RouteFile{Domain: "rooms.bor.example", Channel: "chat", Nation: "BOR", Links: []installation.LinkFile{links[0], f.Routes[1].Links[0]}})
	}))
	if c := in.ChatControls("chat.ATL.example"); !c.Receipts || c.FirstLine || len(c.Refuses) > 0 {
		t.Errorf("own: %+v", c)
	}
	if c := in.ChatControls("chat.bor.example"); !c.Receipts || !c.FirstLine || !c.IsRefused("rooms") || !c.IsRefused("queries") || c.IsRefused("messages") {
		t.Errorf("both links: %+v", c)
	}
	if c := in.ChatControls("rooms.bor.example"); c.Receipts || c.FirstLine || !c.IsRefused("rooms") {
		t.Errorf("one link tells, the other does not: %+v", c)
	}
}

// What people are shown of a chat account, which secrets it has, and that it comes back out of a bundle.
func TestRule27BundleOfChat(t *testing.T) {
	in := mustLoad(t, chatOf(t, func(f *installation.File, a accountFile) {
		f.Routes[3].FirstLine, f.Routes[3].Links[0].Chat.Refuse = true, []string{"rooms"}
		f.DefaultLabels = []installation.DefaultLabelFile{{Room: "Ops@rooms.bor.example", Policy: "TESTLAND", Classification: "OPEN", Categories: releasable}}
	}))
	bundle, err := in.Bundle()
	must(t, err)
	got, err := installation.Load(write(t, t.TempDir(), "bundle.toml", string(bundle)))
	must(t, err)
	if c := got.ChatControls("chat.bor.example"); !c.FirstLine || !c.IsRefused("rooms") || !slices.Contains(got.Secrets(), "xmpp-atl") {
		t.Errorf("%+v, secrets %q", c, got.Secrets())
	}
	var out strings.Builder
	got.Describe(&out)
	for _, want := range []string{"account talk: xmpp chat.atl.example:5222, starttls, auto, as op@chat.atl.example\n", "with the chat account talk\n", "unlabelled chat in ops@rooms.bor.example is taken for "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// A room's own default label comes before its service's; neither holds for another domain, or for mail of the same name as a room.
func TestRule20DefaultLabelOfRooms(t *testing.T) {
	def := func(d installation.DefaultLabelFile, class string) installation.DefaultLabelFile {
		d.Policy, d.Classification, d.Categories = "TESTLAND", class, releasable
		return d
	}
	f := valid(t)
	f.DefaultLabels = []installation.DefaultLabelFile{def(installation.DefaultLabelFile{Domain: "rooms.bor.example"}, "OPEN"), def(installation.DefaultLabelFile{Room: "Ops@rooms.bor.example"}, "SECRET")}
	in := mustLoad(t, f)
	for address, want := range map[string]string{"ops@Rooms.bor.example": "SECRET", "other@rooms.bor.example": "OPEN", "ops@bor.example": "", "rooms.bor.example": ""} {
		if d, ok := in.DefaultLabelOf(address); ok != (want != "") || d.Label.Classification != want {
			t.Errorf("%s: %q, want %q", address, d.Label.Classification, want)
		}
	}
	for name, wrong := range map[string]installation.DefaultLabelFile{"both": {Domain: "a.example", Room: "r@a.example"}, "neither": {}, "a domain as room": {Room: "a.example"}} {
		f.DefaultLabels = []installation.DefaultLabelFile{def(wrong, "OPEN")}
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
