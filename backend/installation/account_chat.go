package installation

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// chat holds the keys of a chat account to sense.
func (b *builder) chat(section string, f AccountFile) {
	if f.Kind != KindXMPP {
		return
	}
	switch {
	case !isBareJID(f.JID):
		b.fail(section, "jid %q: user@domain, without a resource", f.JID)
	case f.User != "":
		b.fail(section, "user has no effect with kind = %q: the server knows who logs in by jid", f.Kind)
	case f.Security == "plain":
		b.fail(section, "security %q: chat needs TLS: tls or starttls", f.Security)
	case f.Auth == loginNone || f.Auth == loginBearer:
		b.fail(section, "auth %q: auto, scram, plain or external with kind = %q", f.Auth, f.Kind)
	case f.IsOnToken() && f.Auth != authExternal && f.Auth != "":
		b.fail(section, "a client_key on a token needs auth = \"external\"")
	case len(f.Resource) > 255 || strings.ContainsFunc(f.Resource, isNoSign):
		b.fail(section, "resource %q: at most 255 octets, without spaces", f.Resource)
	}
	for i, r := range f.Rooms {
		if !isDomain(r) || slices.ContainsFunc(f.Rooms[:i], func(x string) bool { return strings.EqualFold(x, r) }) {
			b.fail(section, "rooms %q: each the domain of a room service, and once", r)
		}
	}
}

// isBareJID takes user@domain.
func isBareJID(jid string) bool {
	user, domain, ok := strings.Cut(jid, "@")
	return ok && user != "" && isDomain(domain) && !strings.ContainsAny(user, "\"&'/:<>") && !strings.ContainsFunc(user, isNoSign)
}

func isNoSign(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// chatAs holds an identity to its chat account: what leaves by that is from the account's JID, whatever anybody wrote, so that nobody else
// may be the one who was checked (RULES 10).
func (b *builder) chatAs(section string, f IdentityFile) {
	if f.Chat == "" {
		return
	}
	if a, ok := b.in.Account(f.Chat); ok && !strings.EqualFold(a.JID, f.JID) {
		b.fail(section, "chat %q is the account of %q, and jid is %q: they must be the same", f.Chat, a.JID, f.JID)
	}
}

// The kinds of stanzas that a link may refuse.
const (
	RefuseMessages = "messages" // to people
	RefuseRooms    = "rooms"    // neither joined nor written to
	RefuseQueries  = "queries"  // nothing is asked there: then nothing with a label can be sent there either
)

// chatRoute holds the keys of chat to routes of chat.
func (b *builder) chatRoute(section string, f RouteFile) {
	isChat := f.Channel == "chat"
	switch {
	case f.FirstLine && !isChat:
		b.fail(section, "first_line has no effect with channel = %q", f.Channel)
	case f.Receipts && !(isChat && f.Own):
		b.fail(section, "receipts is for chat in the own nation; else each [[route.link]] says it: chat = { receipts = true }")
	}
	for _, l := range f.Links {
		at := section + ", link " + l.Name
		if !isChat && (l.Chat.Receipts || len(l.Chat.Refuse) > 0) {
			b.fail(at, "chat has no effect with channel = %q", f.Channel)
		}
		for i, kind := range l.Chat.Refuse {
			if kind != RefuseMessages && kind != RefuseRooms && kind != RefuseQueries || slices.Contains(l.Chat.Refuse[:i], kind) {
				b.fail(at, "chat: refuse %q: each of messages, rooms and queries at most once", kind)
			}
		}
	}
}

// ChatControls is what goes over the whole way to a chat domain. The zero value: nothing is told, nothing refused.
type ChatControls struct {
	Receipts  bool // every link tells them
	FirstLine bool // markings stand in the first line of the text, in place of labels (RULES 26)
	Refuses   []string
}

// IsRefused reports a kind of stanza that a link on the way does not carry.
func (c ChatControls) IsRefused(kind string) bool { return slices.Contains(c.Refuses, kind) }

// ChatControls finds what goes over the way to a domain; nothing but messages where there is no route.
func (in *Installation) ChatControls(domain string) ChatControls {
	i := slices.IndexFunc(in.Routes, func(r Route) bool { return r.Channel == "chat" && strings.EqualFold(r.Domain, domain) })
	if i < 0 {
		return ChatControls{}
	}
	r := in.Routes[i]
	out := ChatControls{FirstLine: r.FirstLine, Receipts: r.Receipts || !r.Own}
	for _, l := range r.Links {
		out.Receipts = out.Receipts && (r.Own || l.Chat.Receipts)
		out.Refuses = append(out.Refuses, l.Chat.Refuse...)
	}
	return out
}

func withChat(name string) string {
	if name == "" {
		return ""
	}
	return ", with the chat account " + name
}

// as says in words who a chat account is; empty for what is none.
func (a Account) as() string {
	if a.Kind != KindXMPP {
		return ""
	}
	return fmt.Sprintf(", as %s", a.JID)
}
