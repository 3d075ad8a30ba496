package imapbox

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
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
	StartTLS Security = "starttls" // a server that does not offer it is ErrNoStartTLS
	Plain    Security = "plain"    // none: only where the account says so, and never with a password
)

// DefaultTimeout is how long a server may be silent, or take for a stretch of 16 KiB, when the account does not say.
const DefaultTimeout = 2 * time.Minute

// How often Wait begins anew when the account does not say: servers end a connection after 30 minutes without a command.
//
// std: RFC2177 §3
const (
	DefaultIdle = 24 * time.Minute
	maxIdle     = 29 * time.Minute
	DefaultPoll = time.Minute
)

// Account is one mailbox.
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

	SentFolder, DraftsFolder string // empty: by special use, else "Sent" and "Drafts"

	Timeout time.Duration // zero: DefaultTimeout
	Idle    time.Duration // how long one IDLE may last, at most 29 minutes; zero: DefaultIdle
	Poll    time.Duration // how often to ask a server without IDLE; zero: DefaultPoll
}

func (a Account) credentials() saslclient.Credentials {
	host, port, _ := net.SplitHostPort(a.Address)
	number, _ := strconv.Atoi(port)
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
		return fmt.Errorf("%w: %q: logging in needs TLS", ErrAccount, a.Name)
	case a.Security != Plain && a.RootCAs == nil:
		return fmt.Errorf("%w: %q: no CA to trust", ErrAccount, a.Name)
	case loginErr != nil:
		return fmt.Errorf("%w: %q: %w", ErrAccount, a.Name, loginErr)
	case a.Idle < 0 || a.Idle > maxIdle || a.Poll < 0 || a.Timeout < 0:
		return fmt.Errorf("%w: %q: a time is negative, or IDLE longer than %v", ErrAccount, a.Name, maxIdle)
	}
	for _, folder := range []string{a.SentFolder, a.DraftsFolder} {
		if err := checkFolder(folder); folder != "" && err != nil {
			return fmt.Errorf("%w: %q: %w", ErrAccount, a.Name, err)
		}
	}
	return nil
}

var errFolder = errors.New("a folder's name has 1 to 255 octets and no control characters, wildcards or empty levels")

// checkFolder refuses names that could be taken for something else than a name, by the server or by a reader.
func checkFolder(name string) error {
	if name == "" || len(name) > 255 || strings.ContainsAny(name, "%*") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") ||
		strings.Contains(name, "//") || clean(name) != name || strings.EqualFold(name, "INBOX") {
		return fmt.Errorf("%w: %q", errFolder, name)
	}
	return nil
}

func (a Account) timeout() time.Duration { return orDefault(a.Timeout, DefaultTimeout) }
func (a Account) idle() time.Duration    { return orDefault(a.Idle, DefaultIdle) }
func (a Account) poll() time.Duration    { return orDefault(a.Poll, DefaultPoll) }

func orDefault(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
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
