package ldapbook

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
)

// PeerCertificate is the server's own certificate, as it was accepted; nil without TLS.
func (c *Conn) PeerCertificate() *x509.Certificate {
	if all := c.PeerCertificates(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// PeerCertificates are the certificates that the server showed, its own first, as they were accepted; none without TLS.
func (c *Conn) PeerCertificates() []*x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.client.PeerCertificates())
}

// RefusedCertificates are the certificates that a server showed and that were not accepted, its own first, from an error of Dial; none
// where it showed none. They are what the server says of itself and prove nothing: nothing was sent to it after them.
func RefusedCertificates(err error) []*x509.Certificate {
	var verification *tls.CertificateVerificationError
	var refused *refusedError
	switch {
	case errors.As(err, &refused):
		return slices.Clone(refused.shown)
	case errors.As(err, &verification):
		return slices.Clone(verification.UnverifiedCertificates)
	}
	return nil
}

// refusedError is why certificates are not accepted whose chain, name and time are right.
type refusedError struct {
	error
	shown []*x509.Certificate
}

func (e *refusedError) Unwrap() error { return e.error }
