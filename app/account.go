package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"

	"caveat/backend/imapbox"
	"caveat/backend/installation"
	"caveat/backend/saslclient"
	"caveat/backend/smtpsend"
	"caveat/ldapbook"
)

// accounts looks accounts up for the sender of mail, with their passwords and keys as they are now.
func accounts(in *installation.Installation, secrets installation.Secrets) func(context.Context, string) (smtpsend.Account, error) {
	return func(_ context.Context, name string) (smtpsend.Account, error) {
		a, err := accountOf(in, name, installation.KindSMTP)
		if err != nil {
			return smtpsend.Account{}, err
		}
		return account(a, secrets)
	}
}

// mailboxes looks mailboxes up, for the inbox and for the sender of copies, with their passwords and keys as they are now.
func mailboxes(in *installation.Installation, secrets installation.Secrets) func(context.Context, string) (imapbox.Account, error) {
	return func(_ context.Context, name string) (imapbox.Account, error) {
		a, err := accountOf(in, name, installation.KindIMAP)
		if err != nil {
			return imapbox.Account{}, err
		}
		return mailbox(a, secrets)
	}
}

func accountOf(in *installation.Installation, name, kind string) (installation.Account, error) {
	a, ok := in.Account(name)
	if !ok || a.Kind != kind {
		return installation.Account{}, fmt.Errorf("account %q of kind %s is not set up in %s", name, kind, in.Path)
	}
	return a, nil
}

func account(a installation.Account, secrets installation.Secrets) (smtpsend.Account, error) {
	out := smtpsend.Account{
		Name: a.Name, Address: a.Address, ServerName: a.ServerName, Security: smtpsend.Security(a.Security),
		RootCAs: a.Roots, Pins: a.Pins, Auth: saslclient.Method(a.Auth), User: a.User, Timeout: a.Timeout.Duration,
		Options: smtpsend.Options{
			RequireTLS: a.RequireTLS, DeliverBy: a.DeliverBy.Duration, Chunking: smtpsend.Chunking(a.Chunking),
			Partial: smtpsend.Partial(a.Partial), MaxSize: a.MaxSize,
		},
	}
	for _, e := range a.Notify {
		out.Notify = append(out.Notify, smtpsend.Event(e))
	}
	var err error
	if out.Password, out.Certificate, err = credentials(a, secrets); err != nil {
		return smtpsend.Account{}, err
	}
	return out, nil
}

func mailbox(a installation.Account, secrets installation.Secrets) (imapbox.Account, error) {
	out := imapbox.Account{
		Name: a.Name, Address: a.Address, ServerName: a.ServerName, Security: imapbox.Security(a.Security),
		RootCAs: a.Roots, Pins: a.Pins, Auth: saslclient.Method(a.Auth), User: a.User, Timeout: a.Timeout.Duration,
		SentFolder: a.SentFolder, DraftsFolder: a.DraftsFolder,
	}
	var err error
	if out.Password, out.Certificate, err = credentials(a, secrets); err != nil {
		return imapbox.Account{}, err
	}
	return out, nil
}

// credentials gives what an account logs in with; both are empty where it does not.
func credentials(a installation.Account, secrets installation.Secrets) (password string, c *tls.Certificate, err error) {
	secret := ""
	if a.Secret != "" {
		if secret, err = secrets.Secret(a.Secret); err != nil {
			return "", nil, err
		}
	}
	if c, err = accountCertificate(a, secret, secrets); err != nil {
		return "", nil, err
	}
	if !a.IsOnToken() {
		password = secret
	}
	return password, c, nil
}

// accountCertificate joins certificate and key; nil: none is shown.
func accountCertificate(a installation.Account, pin string, secrets installation.Secrets) (*tls.Certificate, error) {
	var key []byte
	switch {
	case a.ClientKey == "":
		return nil, nil
	case a.IsOnToken():
		return ldapbook.OpenPKCS11(a.ClientKey, pin)
	case a.KeySecret() != "":
		text, err := secrets.Secret(a.KeySecret())
		if err != nil {
			return nil, err
		}
		key = []byte(text)
	default:
		var err error
		if key, err = os.ReadFile(a.ClientKey); err != nil {
			return nil, fmt.Errorf("account %q: client_key: %w", a.Name, err)
		}
	}
	c, err := tls.X509KeyPair(a.ClientPEM, key)
	if err != nil {
		return nil, fmt.Errorf("account %q: client_certificate and client_key: %w", a.Name, err)
	}
	return &c, nil
}
