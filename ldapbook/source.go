package ldapbook

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
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

	BindDN   string // empty: anonymous
	Password string // never logged; not empty where BindDN isn't

	BaseDN   string
	PageSize int // entries; 0: DefaultPageSize
	// Timeout limits connecting to one URL, each small operation, and the silence within a long one. 0: DefaultTimeout.
	Timeout time.Duration
	Mapping Mapping // fields left nil are those of DefaultMapping
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
	s.Mapping = s.Mapping.withDefaults()
	return &s, nil
}

func (s Source) validate() error {
	switch {
	case s.Name == "":
		return fmt.Errorf("it has no name")
	case len(s.URLs) == 0:
		return fmt.Errorf("it has no URL")
	case s.Security != TransportLDAPS && s.Security != TransportStartTLS && s.Security != TransportPlain:
		return fmt.Errorf("security %q is none of ldaps, starttls, plain", s.Security)
	case s.Security != TransportPlain && s.RootCAs == nil:
		return fmt.Errorf("it has no CA")
	case s.BindDN != "" && s.Password == "":
		// A simple bind with a name and no password succeeds as nobody (RFC 4513 section 5.1.2).
		return fmt.Errorf("it has a bind DN, but no password")
	case s.BindDN == "" && s.Password != "":
		return fmt.Errorf("it has a password, but no bind DN")
	}
	for _, u := range s.URLs {
		if _, _, err := s.endpoint(u); err != nil {
			return err
		}
	}
	return nil
}

// endpoint returns the address to dial ("host:port") and the host.
func (s Source) endpoint(raw string) (address, host string, err error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", "", fmt.Errorf("URL %q: %w", raw, err)
	}
	scheme, port := "ldap", "389"
	if s.Security == TransportLDAPS {
		scheme, port = "ldaps", "636"
	}
	if u.Scheme != scheme || u.Hostname() == "" {
		return "", "", fmt.Errorf("URL %q: %s wants %s://host[:port]", raw, s.Security, scheme)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port), u.Hostname(), nil
}

func (s Source) tlsConfig(host string) *tls.Config {
	if s.ServerName != "" {
		host = s.ServerName
	}
	return &tls.Config{RootCAs: s.RootCAs, ServerName: host, MinVersion: tls.VersionTLS12}
}
