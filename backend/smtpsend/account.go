package smtpsend

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"time"
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

	User, Password string // AUTH PLAIN when User is not empty. Never log Password.
	External       bool   // AUTH EXTERNAL with Certificate, as User (empty: whom the certificate names)
	Certificate    *tls.Certificate

	HeloName string        // empty: the address literal of the connection's own end
	Timeout  time.Duration // how long one reply, or one stretch of writing, may take; zero: DefaultTimeout
}

// check refuses an account that cannot be used, or that would give a password away.
func (a Account) check() error {
	host, port, err := net.SplitHostPort(a.Address)
	switch {
	case err != nil || host == "" || port == "":
		return fmt.Errorf("%w: %q: address %q is not host:port", ErrAccount, a.Name, a.Address)
	case a.Security != TLS && a.Security != StartTLS && a.Security != Plain:
		return fmt.Errorf("%w: %q: security %q: tls, starttls or plain", ErrAccount, a.Name, a.Security)
	case a.Security == Plain && (a.User != "" || a.Password != "" || a.External):
		return fmt.Errorf("%w: %q: authentication needs TLS", ErrAccount, a.Name)
	case a.Security != Plain && a.RootCAs == nil:
		return fmt.Errorf("%w: %q: no CA to trust", ErrAccount, a.Name)
	case a.External && a.Certificate == nil:
		return fmt.Errorf("%w: %q: EXTERNAL needs a certificate", ErrAccount, a.Name)
	case strings.ContainsFunc(a.HeloName, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return fmt.Errorf("%w: %q: HELO name %q", ErrAccount, a.Name, a.HeloName)
	}
	return nil
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
	c := &tls.Config{ServerName: name, RootCAs: a.RootCAs, MinVersion: tls.VersionTLS12}
	if a.Certificate != nil {
		c.Certificates = []tls.Certificate{*a.Certificate}
	}
	return c
}
