package ldapbook

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"caveat/ldapbook/internal/wire"
)

// tlsConfig is what a handshake with a server of the source wants. Go's own verification (chain to RootCAs, host, validity)
// runs first; Trust adds to it, and never takes its place.
func (s *Source) tlsConfig(host string) *tls.Config {
	if s.ServerName != "" {
		host = s.ServerName
	}
	config := &tls.Config{RootCAs: s.RootCAs, ServerName: host, MinVersion: tls.VersionTLS12,
		VerifyConnection: s.Trust.verify}
	if s.Auth.Certificate != nil {
		// Not by Certificates: there Go offers none where the server's list of CAs doesn't hold the issuer, and the bind
		// would fail without a word about the reason.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return s.Auth.Certificate, nil
		}
	}
	return config
}

// verify checks pins and revocation of a connection whose chains are verified already.
func (t *Trust) verify(state tls.ConnectionState) error {
	if err := t.accepts(state); err != nil {
		return &refusedError{error: err, shown: state.PeerCertificates}
	}
	return nil
}

func (t *Trust) accepts(state tls.ConnectionState) error {
	if len(state.VerifiedChains) == 0 {
		return errors.New("no verified chain of certificates")
	}
	if len(t.Pins) > 0 {
		pin := sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)
		if !slices.Contains(t.Pins, pin) {
			return fmt.Errorf("%w: it is sha256:%x", ErrPin, pin)
		}
	}
	return t.notRevoked(state.VerifiedChains, time.Now())
}

// isTLS tells whether an error is one of TLS, or of a certificate.
func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var op *net.OpError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &invalid) || errors.As(err, &host) || errors.As(err, &authority) ||
		errors.Is(err, wire.ErrInjected) || errors.Is(err, ErrPin) || errors.Is(err, ErrRevoked) ||
		errors.Is(err, ErrRevocationList) ||
		// In TLS 1.3 a server refuses a client's certificate after the handshake: crypto/tls reports its alert so.
		errors.As(err, &op) && op.Op == "remote error"
}
