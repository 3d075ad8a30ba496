package xmppsend

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/servercert"
)

// Security is how the connection to the server is protected. There is no way without.
type Security string

// The two ways. The zero value is neither and is refused.
const (
	TLS      Security = "tls"      // from the first byte (XEP-0368)
	StartTLS Security = "starttls" // a server that does not offer it is ErrNoStartTLS
)

// Method is how an account logs in.
type Method string

// The methods. The zero value is Auto.
const (
	Auto     Method = "auto"     // SCRAM; EXTERNAL for an account without a password but with a certificate
	Scram    Method = "scram"    // SCRAM alone: SHA-256 before SHA-1, bound to the connection where the server offers that
	External Method = "external" // EXTERNAL: the client certificate says who it is
	Plain    Method = "plain"    // PLAIN, inside TLS: only where the account says so
)

// Times when the account does not say.
const (
	DefaultTimeout = 30 * time.Second
	DefaultPing    = time.Minute
)

// Account is one way to chat.
type Account struct {
	Name       string
	JID        string // bare: user@domain
	Address    string // host:port
	ServerName string // name in the server's certificate; empty: the JID's domain, as RFC 6120 §13.7.2 says
	Security   Security
	RootCAs    *x509.CertPool // the only CAs that are trusted; nil trusts nobody (the system's are never used)
	Pins       []string       // the only keys that the server may have, as servercert.Pin writes them; empty: any

	Auth        Method
	Password    string           // Never log it
	Certificate *tls.Certificate // shown to the server when it asks; with XmppAddr for EXTERNAL
	Resource    string           // empty: the server makes one

	Timeout time.Duration // for one answer, and for logging in; zero: DefaultTimeout
	Ping    time.Duration // how often a quiet connection is asked whether it lives; zero: DefaultPing
}

func (a Account) method() Method {
	switch {
	case a.Auth != "" && a.Auth != Auto:
		return a.Auth
	case a.Password == "" && a.Certificate != nil:
		return External
	}
	return Scram
}

// check refuses an account that cannot be used, and gives its address.
func (a Account) check() (jid.JID, error) {
	me, jidErr := jid.Parse(a.JID)
	host, port, err := net.SplitHostPort(a.Address)
	m := a.method()
	switch {
	case jidErr != nil || me.Localpart() == "" || me.Resourcepart() != "":
		return jid.JID{}, fmt.Errorf("%w: %q: %q is not user@domain", ErrAccount, a.Name, a.JID)
	case err != nil || host == "" || port == "":
		return jid.JID{}, fmt.Errorf("%w: %q: its address is not host:port", ErrAccount, a.Name)
	case a.Security != TLS && a.Security != StartTLS:
		return jid.JID{}, fmt.Errorf("%w: %q: security %q: tls or starttls", ErrAccount, a.Name, a.Security)
	case a.RootCAs == nil:
		return jid.JID{}, fmt.Errorf("%w: %q: no CA to trust", ErrAccount, a.Name)
	case m != Scram && m != External && m != Plain:
		return jid.JID{}, fmt.Errorf("%w: %q: method %q: auto, scram, external or plain", ErrAccount, a.Name, a.Auth)
	case m == External && a.Certificate == nil:
		return jid.JID{}, fmt.Errorf("%w: %q: external needs a client certificate", ErrAccount, a.Name)
	case m != External && (a.Password == "" || strings.Contains(a.Password, "\x00")):
		return jid.JID{}, fmt.Errorf("%w: %q: %s needs a password without NUL", ErrAccount, a.Name, m)
	case a.Timeout < 0 || a.Ping < 0:
		return jid.JID{}, fmt.Errorf("%w: %q: a time is negative", ErrAccount, a.Name)
	}
	if a.Resource != "" {
		if me, err = me.WithResource(a.Resource); err != nil {
			return jid.JID{}, fmt.Errorf("%w: %q: resource: %w", ErrAccount, a.Name, err)
		}
	}
	return me, nil
}

func (a Account) timeout() time.Duration { return orDefault(a.Timeout, DefaultTimeout) }
func (a Account) ping() time.Duration    { return orDefault(a.Ping, DefaultPing) }

func orDefault(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

func (a Account) tlsConfig(me jid.JID) *tls.Config {
	name := a.ServerName
	if name == "" {
		name = me.Domainpart()
	}
	c := &tls.Config{ServerName: name, RootCAs: a.RootCAs, MinVersion: tls.VersionTLS12, VerifyConnection: servercert.Check(a.Pins)}
	if a.Security == TLS {
		c.NextProtos = []string{"xmpp-client"}
	}
	if a.Certificate != nil {
		c.Certificates = []tls.Certificate{*a.Certificate}
	}
	return c
}
