package smtpsend

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"caveat/backend/saslclient"
	"caveat/backend/servercert"
)

// Security is how the connection to the server is protected.
type Security string

// The three ways. The zero value is none of them and is refused.
const (
	TLS      Security = "tls"      // from the first byte
	StartTLS Security = "starttls" // RFC 3207; a server that does not offer it is ErrNoStartTLS
	Plain    Security = "plain"    // none: only where the account says so, and never with a password
)

// DefaultTimeout is how long one reply may take when the account does not say.
const DefaultTimeout = 2 * time.Minute

// finalPatience is how many times the timeout the reply to the end of the message may take: giving up there leaves open
// whether the message was delivered.
//
// std: RFC5321 §4.5.3.2.6
const finalPatience = 5

// Account is one way to submit mail.
type Account struct {
	Name       string
	Address    string // host:port
	ServerName string // name in the server's certificate; empty: the host of Address
	Security   Security
	RootCAs    *x509.CertPool // the only CAs that are trusted; nil trusts nobody (the system's are never used)
	Pins       []string       // the only keys that the server may have, as servercert.Pin writes them; empty: any

	Auth           saslclient.Method // empty: auto
	User, Password string            // Never log Password. With oauthbearer it is the token
	Certificate    *tls.Certificate  // shown to the server when it asks

	Options

	HeloName string        // empty: the address literal of the connection's own end
	Timeout  time.Duration // how long one reply, or one stretch of writing, may take; zero: DefaultTimeout
}

func (a Account) credentials() saslclient.Credentials {
	host, port, _ := net.SplitHostPort(a.Address)
	number, _ := strconv.Atoi(port) // 0 where the port has a name: a hint of OAUTHBEARER alone
	return saslclient.Credentials{
		Method: a.Auth, User: a.User, Password: a.Password, HasCertificate: a.Certificate != nil && a.Security != Plain,
		Host: host, Port: number,
	}
}

// check refuses an account that cannot be used, or that would give a password away.
func (a Account) check() error {
	host, port, err := net.SplitHostPort(a.Address)
	c := a.credentials()
	loginErr := c.Check()
	switch {
	case err != nil || host == "" || port == "":
		return fmt.Errorf("%w: %q: its address is not host:port", ErrAccount, a.Name)
	case a.Security != TLS && a.Security != StartTLS && a.Security != Plain:
		return fmt.Errorf("%w: %q: security %q: tls, starttls or plain", ErrAccount, a.Name, a.Security)
	case a.Security == Plain && (a.User != "" || a.Password != "" || c.NeedsLogin()):
		return fmt.Errorf("%w: %q: authentication needs TLS", ErrAccount, a.Name)
	case a.Security == Plain && a.RequireTLS:
		return fmt.Errorf("%w: %q: TLS is required onward, and not used here", ErrAccount, a.Name)
	case a.Security != Plain && a.RootCAs == nil:
		return fmt.Errorf("%w: %q: no CA to trust", ErrAccount, a.Name)
	case loginErr != nil:
		return fmt.Errorf("%w: %q: %w", ErrAccount, a.Name, loginErr)
	case strings.ContainsFunc(a.HeloName, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return fmt.Errorf("%w: %q: HELO name %q", ErrAccount, a.Name, a.HeloName)
	}
	if err := a.Options.Check(); err != nil {
		return fmt.Errorf("%w: %q: %w", ErrAccount, a.Name, err)
	}
	return nil
}

// connectsAs reports that a connection made for b serves a: nothing has changed that TLS, login or greeting depended on.
func (a Account) connectsAs(b Account) bool {
	return a.Address == b.Address && a.ServerName == b.ServerName && a.Security == b.Security && a.HeloName == b.HeloName &&
		sameRoots(a.RootCAs, b.RootCAs) && slices.Equal(a.Pins, b.Pins) && a.Auth == b.Auth && a.User == b.User && a.Password == b.Password &&
		sameCertificate(a.Certificate, b.Certificate)
}

func sameRoots(a, b *x509.CertPool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(b)
}

func sameCertificate(a, b *tls.Certificate) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.EqualFunc(a.Certificate, b.Certificate, bytes.Equal)
}

func (a Account) timeout() time.Duration {
	if a.Timeout <= 0 {
		return DefaultTimeout
	}
	return a.Timeout
}

func (a Account) tlsConfig() *tls.Config {
	name := a.ServerName
	if name == "" {
		name, _, _ = net.SplitHostPort(a.Address)
	}
	c := &tls.Config{ServerName: name, RootCAs: a.RootCAs, MinVersion: tls.VersionTLS12, VerifyConnection: servercert.Check(a.Pins)}
	if a.Certificate != nil {
		c.Certificates = []tls.Certificate{*a.Certificate}
	}
	return c
}
