package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/api"
	"caveat/backend/imapbox"
	"caveat/backend/installation"
	"caveat/backend/message"
	"caveat/backend/smtpsend"
	"caveat/backend/xmppsend"
)

// lookAtAccount looks at the server of an account of any kind: api.Config.LookAt.
func lookAtAccount(ctx context.Context, a installation.Account, secrets installation.Secrets) (api.AccountLook, error) {
	switch a.Kind {
	case installation.KindSMTP:
		x, err := account(a, secrets)
		if err != nil {
			return api.AccountLook{Step: api.AccountSetup}, err
		}
		return inItsWords(lookAtSubmission(ctx, x))
	case installation.KindIMAP:
		x, err := mailbox(a, secrets)
		if err != nil {
			return api.AccountLook{Step: api.AccountSetup}, err
		}
		return inItsWords(lookAtMailbox(ctx, x))
	}
	x, err := chatAccount(a, secrets)
	if err != nil {
		return api.AccountLook{Step: api.AccountSetup}, err
	}
	return inItsWords(lookAtChat(ctx, x))
}

// inItsWords adds what the server itself said about what failed.
func inItsWords(l api.AccountLook, err error) (api.AccountLook, error) {
	var reply *smtpsend.Reply
	var refusal *imapbox.Refusal
	var stanza *message.StanzaError
	switch {
	case errors.As(err, &reply):
		l.Said = reply.Error()
	case errors.As(err, &refusal):
		l.Said = refusal.Error()
	case errors.As(err, &stanza):
		l.Said = strings.TrimSpace(stanza.Condition + " " + stanza.Text)
	}
	return l, err
}

func lookAtSubmission(ctx context.Context, a smtpsend.Account) (api.AccountLook, error) {
	l, err := smtpsend.LookAt(ctx, a)
	out := look(string(l.Step), l.Chain, l.Version)
	out.Greeting, out.Login = l.Greeting, loggedIn(l.Mechanism, a.User)
	if err != nil {
		return out, err
	}
	offers := func(keyword string) bool { _, ok := l.Offers[keyword]; return ok }
	size, sized := l.Offers["SIZE"]
	out.Can = []api.AccountAbility{
		{Name: "size", OK: sized, Text: size},
		{Name: "smtputf8", OK: offers("SMTPUTF8")}, {Name: "8bitmime", OK: offers("8BITMIME")}, {Name: "chunking", OK: offers("CHUNKING")},
		{Name: "dsn", OK: offers("DSN")}, {Name: "deliverby", OK: offers("DELIVERBY")}, {Name: "mt-priority", OK: offers("MT-PRIORITY"), Text: l.Offers["MT-PRIORITY"]},
		{Name: "requiretls", OK: offers("REQUIRETLS")},
	}
	return out, nil
}

func lookAtMailbox(ctx context.Context, a imapbox.Account) (api.AccountLook, error) {
	l, err := imapbox.LookAt(ctx, a)
	out := look(string(l.Step), l.Chain, l.Version)
	out.Greeting, out.Login = l.Greeting, loggedIn(l.Mechanism, a.User)
	if err != nil {
		return out, err
	}
	can := func(name string) bool {
		return slices.ContainsFunc(l.Can, func(c string) bool { return strings.EqualFold(c, name) })
	}
	size := ""
	if l.MaxAppend > 0 {
		size = fmt.Sprint(l.MaxAppend)
	}
	out.Can = []api.AccountAbility{
		{Name: "messages", OK: true, Text: fmt.Sprint(l.Messages)}, {Name: "folders", OK: len(l.Folders) > 0, Text: strings.Join(l.Folders, ", ")},
		{Name: "append-limit", OK: l.MaxAppend > 0, Text: size}, {Name: "idle", OK: can("IDLE")}, {Name: "condstore", OK: can("CONDSTORE")}, {Name: "uidplus", OK: can("UIDPLUS")},
		{Name: "special-use", OK: can("SPECIAL-USE")},
	}
	return out, nil
}

func lookAtChat(ctx context.Context, a xmppsend.Account) (api.AccountLook, error) {
	l, err := xmppsend.LookAt(ctx, a)
	out := look(string(l.Step), l.Chain, l.Version)
	out.Login = l.JID
	if err != nil {
		return out, err
	}
	out.Can = []api.AccountAbility{
		{Name: "labels", OK: slices.Contains(l.Can, xmppsend.LabelFeature)}, {Name: "catalogue", OK: slices.Contains(l.Can, xmppsend.CatalogueFeature)},
		{Name: "archive", OK: l.HasArchive}, {Name: "rooms", OK: len(l.Rooms) > 0, Text: strings.Join(l.Rooms, ", ")},
	}
	return out, nil
}

func look(step string, chain []*x509.Certificate, version uint16) api.AccountLook {
	out := api.AccountLook{Step: api.AccountStep(step), Chain: chain}
	if version != 0 {
		out.Transport = tls.VersionName(version)
	}
	return out
}

// loggedIn says in words how a login went; empty where there was none.
func loggedIn(mechanism, user string) string {
	if mechanism == "" || user == "" {
		return mechanism
	}
	return mechanism + ", " + user
}
