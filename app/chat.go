package app

import (
	"context"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/xmppsend"
)

// chats looks chat accounts up, with their passwords and keys as they are now.
func chats(in *installation.Installation, secrets installation.Secrets) func(context.Context, string) (xmppsend.Account, error) {
	return func(_ context.Context, name string) (xmppsend.Account, error) {
		a, err := accountOf(in, name, installation.KindXMPP)
		if err != nil {
			return xmppsend.Account{}, err
		}
		return chatAccount(a, secrets)
	}
}

func chatAccount(a installation.Account, secrets installation.Secrets) (xmppsend.Account, error) {
	out := xmppsend.Account{
		Name: a.Name, JID: a.JID, Address: a.Address, ServerName: a.ServerName, Security: xmppsend.Security(a.Security),
		RootCAs: a.Roots, Pins: a.Pins, Auth: xmppsend.Method(a.Auth), Resource: a.Resource, Timeout: a.Timeout.Duration,
	}
	var err error
	if out.Password, out.Certificate, err = credentials(a, secrets); err != nil {
		return xmppsend.Account{}, err
	}
	return out, nil
}

// chatControls says what goes over the way to a chat domain, as the administrator wrote it.
func chatControls(in *installation.Installation) func(domain string) xmppsend.Controls {
	return func(domain string) xmppsend.Controls {
		c := in.ChatControls(draft.Domain("x@" + domain)) // as the installation spells it
		return xmppsend.Controls{
			Receipts: c.Receipts, FirstLine: c.FirstLine, NoChat: c.IsRefused(installation.RefuseMessages),
			NoRooms: c.IsRefused(installation.RefuseRooms), NoQueries: c.IsRefused(installation.RefuseQueries),
		}
	}
}
