package ldapbook

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Delivered values of a Source.
const (
	DefaultPageSize = 1000
	DefaultTimeout  = 8 * time.Second
)

// Source is one directory and how it is reached.
type Source struct {
	Name   string // unique in a book
	Nation string // of everything that the directory publishes, e.g. "GBR"

	// URLs are tried in order: "ldaps://host[:636]" with TransportLDAPS, "ldap://host[:389]" with the others.
	URLs     []string
	Security Transport
	// RootCAs is the endpoint's own trust; the system's CAs are never used. Required unless Security is TransportPlain.
	RootCAs    *x509.CertPool
	ServerName string // name in the server's certificate; empty: the URL's host

	// BindDN and Password are for a simple bind: both, or none. With AuthExternal and AuthGSSAPI there is no password, and BindDN
	// is who the server must take us for (RFC 4532), or empty: whoever that is.
	BindDN   string
	Password string // never logged

	BaseDN   string
	PageSize int // entries; 0: DefaultPageSize
	// Timeout limits connecting to one URL, each small operation, and the silence within a long one. 0: DefaultTimeout.
	Timeout time.Duration
	Mapping Mapping // fields left nil are those of DefaultMapping

	Auth  Auth
	Trust Trust
	// Referrals are the servers, "host:port", to which a referral or continuation reference may be followed, with the
	// source's own security, trust and credentials. Empty: none is followed, and what they hold is missing (incomplete).
	Referrals []string
	// Rate is the most entries per second that a sync reads, so that a thin link stays usable; 0: no limit.
	Rate    int
	Refresh Refresh
}

// prepare returns a copy with the defaults filled in, or ErrSource and what is wrong.
func (s Source) prepare() (*Source, error) {
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSource, s.Name, err)
	}
	if s.PageSize <= 0 {
		s.PageSize = DefaultPageSize
	}
	if s.Timeout <= 0 {
		s.Timeout = DefaultTimeout
	}
	if s.Refresh.LDIF != "" {
		s.Security = TransportLDIF
	}
	if err := s.Mapping.Validate(); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, s.Name)
	}
	s.Mapping = s.Mapping.withDefaults()
	return &s, nil
}

func (s *Source) validate() error {
	if s.Name == "" {
		return errors.New("it has no name")
	}
	if s.Refresh.LDIF != "" {
		return s.validateFile()
	}
	for _, check := range []func() error{s.validateSecurity, s.validateAuth, s.validateLimits} {
		if err := check(); err != nil {
			return err
		}
	}
	for _, u := range s.URLs {
		if _, _, err := s.endpoint(u); err != nil {
			return err
		}
	}
	return nil
}

// validateFile: a file is not a connection.
func (s *Source) validateFile() error {
	switch {
	case len(s.URLs) > 0:
		return errors.New("it has both an LDIF file and a URL")
	case s.Security != "" && s.Security != TransportLDIF:
		return fmt.Errorf("an LDIF file is not read over %s", s.Security)
	}
	return nil
}

func (s *Source) validateSecurity() error {
	plain := s.Security == TransportPlain
	switch {
	case len(s.URLs) == 0:
		return errors.New("it has no URL")
	case s.Security != TransportLDAPS && s.Security != TransportStartTLS && !plain:
		return fmt.Errorf("security %q is none of ldaps, starttls, plain", s.Security)
	case !plain && s.RootCAs == nil:
		return errors.New("it has no CA")
	case plain && s.Auth.Certificate != nil:
		return errors.New("it has a client certificate, but no TLS to show it in")
	case plain && len(s.Trust.Pins)+len(s.Trust.CRLs) > 0:
		return errors.New("it has pins or revocation lists, but no TLS to use them in")
	}
	return nil
}

func (s *Source) validateAuth() error {
	method := s.method()
	if method != AuthGSSAPI && s.Auth.Kerberos != nil {
		return fmt.Errorf("it has Kerberos settings, but binds by %s", method)
	}
	switch method {
	case AuthAnonymous:
		if s.BindDN != "" || s.Password != "" {
			return errors.New("it binds anonymously, but has a bind DN or password")
		}
	case AuthSimple:
		// A simple bind with a name and no password succeeds as nobody (RFC 4513 section 5.1.2).
		if s.BindDN == "" || s.Password == "" {
			return errors.New("it has a bind DN or a password, but not both")
		}
	case AuthExternal, AuthGSSAPI:
		return s.validateSASL()
	default:
		return fmt.Errorf("%q is no way to bind", method)
	}
	return nil
}

func (s *Source) validateSASL() error {
	k := s.Auth.Kerberos
	switch {
	case s.Security == TransportPlain:
		// No security layer of SASL is ever negotiated: nothing would protect what follows.
		return fmt.Errorf("it binds by %s, which needs TLS", s.Auth.Method)
	case s.Password != "":
		return fmt.Errorf("it binds by %s, but has a password", s.Auth.Method)
	case s.Auth.Method == AuthExternal && s.Auth.Certificate == nil:
		return errors.New("it binds by its client certificate, but has none")
	case s.Auth.Method == AuthExternal:
		return nil
	case k == nil || k.ConfigFile == "":
		return errors.New("it binds by Kerberos, but has no configuration file (krb5.conf)")
	case (k.Keytab == "") == (k.CCache == ""):
		return errors.New("it binds by Kerberos: either a keytab or a credentials cache is needed")
	case k.Keytab != "" && !isPrincipal(k.Principal):
		return fmt.Errorf("Kerberos principal %q is not user@REALM", k.Principal)
	}
	return nil
}

func isPrincipal(p string) bool {
	at := strings.LastIndexByte(p, '@')
	return at > 0 && at < len(p)-1
}

func (s *Source) validateLimits() error {
	if s.Rate < 0 || s.PageSize < 0 || s.Timeout < 0 {
		return errors.New("its rate, page size or timeout is negative")
	}
	for _, r := range s.Referrals {
		if host, port, err := net.SplitHostPort(r); err != nil || host == "" || port == "" {
			return fmt.Errorf("referrals to %q: host:port is needed", r)
		}
	}
	return nil
}

// endpoint returns the address to dial ("host:port") and the host.
func (s *Source) endpoint(raw string) (address, host string, err error) {
	u, err := url.Parse(raw)
	switch { // none is repeated: a URL may hold a password
	case err != nil:
		return "", "", errors.New("a URL of it cannot be read")
	case u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", "", errors.New("a URL of it holds more than a scheme, a host and a port")
	}
	scheme, port := "ldap", "389"
	if s.Security == TransportLDAPS {
		scheme, port = "ldaps", "636"
	}
	if u.Scheme != scheme || u.Hostname() == "" {
		return "", "", fmt.Errorf("a URL of it does not fit: %s wants %s://host[:port]", s.Security, scheme)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port), u.Hostname(), nil
}
