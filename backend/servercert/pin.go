package servercert

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// ErrPin: the server's key is none of the pinned ones.
var ErrPin = errors.New("servercert: the server's key is none of the pinned ones")

// Pin is how a certificate's key is pinned: "sha256:" and the SHA-256 of its SubjectPublicKeyInfo in hexadecimal digits.
func Pin(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Check gives what tls.Config.VerifyConnection is to be: beside everything else, the server's own certificate must have one of the
// pinned keys. nil where nothing is pinned: an empty list allows every key that a trusted CA stands for.
func Check(pins []string) func(tls.ConnectionState) error {
	if len(pins) == 0 {
		return nil
	}
	pins = slices.Clone(pins)
	return func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) > 0 {
			own := Pin(s.PeerCertificates[0])
			if slices.ContainsFunc(pins, func(p string) bool { return strings.EqualFold(p, own) }) {
				return nil
			}
		}
		return &pinError{s.PeerCertificates}
	}
}

// pinError is ErrPin with what was shown.
type pinError struct{ shown []*x509.Certificate }

func (e *pinError) Error() string {
	if len(e.shown) == 0 {
		return ErrPin.Error()
	}
	return ErrPin.Error() + ": it has " + Pin(e.shown[0])
}

func (e *pinError) Unwrap() error { return ErrPin }

// Shown gives the certificates that a server showed in a handshake which failed for what they are, its own first; nil: the error is of
// another kind. They are not believed: anybody may have shown them.
func Shown(err error) []*x509.Certificate {
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return untrusted.UnverifiedCertificates
	}
	var pinned *pinError
	if errors.As(err, &pinned) {
		return pinned.shown
	}
	return nil
}
