package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"

	"caveat/backend/installation"
	"caveat/backend/saslclient"
	"caveat/backend/smtpsend"
	"caveat/ldapbook"
)

// accounts looks accounts up for the sender, with their passwords and keys as they are now.
func accounts(in *installation.Installation, secrets installation.Secrets) func(context.Context, string) (smtpsend.Account, error) {
	return func(_ context.Context, name string) (smtpsend.Account, error) {
		for _, a := range in.Accounts {
			if a.Name == name {
				return account(a, secrets)
			}
		}
		return smtpsend.Account{}, fmt.Errorf("account %q is not set up in %s", name, in.Path)
	}
}

func account(a installation.Account, secrets installation.Secrets) (smtpsend.Account, error) {
	out := smtpsend.Account{
		Name: a.Name, Address: a.Address, ServerName: a.ServerName, Security: smtpsend.Security(a.Security),
		RootCAs: a.Roots, Auth: saslclient.Method(a.Auth), User: a.User, Timeout: a.Timeout.Duration,
		Options: smtpsend.Options{
			RequireTLS: a.RequireTLS, DeliverBy: a.DeliverBy.Duration, Chunking: smtpsend.Chunking(a.Chunking),
			Partial: smtpsend.Partial(a.Partial), MaxSize: a.MaxSize,
		},
	}
	for _, e := range a.Notify {
		out.Notify = append(out.Notify, smtpsend.Event(e))
	}
	secret := ""
	if a.Secret != "" {
		var err error
		if secret, err = secrets.Secret(a.Secret); err != nil {
			return smtpsend.Account{}, err
		}
	}
	if !a.IsOnToken() {
		out.Password = secret
	}
	var err error
	if out.Certificate, err = accountCertificate(a, secret, secrets); err != nil {
		return smtpsend.Account{}, err
	}
	return out, nil
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
