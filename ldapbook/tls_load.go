package ldapbook

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// LoadClientCertificate reads a client's certificate, with the intermediate ones behind it, and its private key from two PEM
// files, for Auth.Certificate. Errors: ErrSource; they name the file, and never hold anything of the key.
func LoadClientCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("%w: client certificate %s with key %s: %w", ErrSource, certFile, keyFile, err)
	}
	return &cert, nil
}

// ParsePin reads a SHA-256 sum of a public key (SubjectPublicKeyInfo), "sha256:" and 64 hexadecimal digits, or "sha256//" and
// base64 as curl writes it. Errors: ErrSource.
func ParsePin(text string) ([32]byte, error) {
	var sum []byte
	var err error
	if digits, ok := strings.CutPrefix(text, "sha256:"); ok {
		sum, err = hex.DecodeString(digits)
	} else if b64, ok := strings.CutPrefix(text, "sha256//"); ok {
		sum, err = base64.StdEncoding.Strict().DecodeString(b64)
	} else {
		err = errors.New("it begins neither with sha256: nor with sha256//")
	}
	if err == nil && len(sum) != 32 {
		err = fmt.Errorf("it has %d bytes, not 32", len(sum))
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("%w: pin %.100q: %w", ErrSource, text, err)
	}
	return [32]byte(sum), nil
}

// ParseCRLs reads revocation lists, PEM (any number, nothing else in between) or DER (one), for Trust.CRLs. Whose they are
// and whether they are valid is judged at each handshake. Errors: ErrSource; also when there is no list.
func ParseCRLs(data []byte) ([]*x509.RevocationList, error) {
	var lists []*x509.RevocationList
	add := func(der []byte) error {
		list, err := x509.ParseRevocationList(der)
		if err != nil {
			return fmt.Errorf("%w: revocation list: %w", ErrSource, err)
		}
		lists = append(lists, list)
		return nil
	}
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		if err := add(data); err != nil {
			return nil, err
		}
		return lists, nil
	}
	begun := bytes.Count(data, []byte("-----BEGIN "))
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		if block.Type != "X509 CRL" {
			return nil, fmt.Errorf("%w: a revocation list's file holds a %q", ErrSource, block.Type)
		}
		if err := add(block.Bytes); err != nil {
			return nil, err
		}
		data = rest
	}
	if len(lists) != begun {
		// A list that was cut off must not vanish silently.
		return nil, fmt.Errorf("%w: a revocation list's file has a PEM block that cannot be read", ErrSource)
	}
	return lists, nil
}

// ClientCertificate joins a certificate, with the intermediate ones behind it, in a PEM file and a private key that is
// elsewhere, for Auth.Certificate. Errors: ErrSource; also when the two don't belong together.
func ClientCertificate(certFile string, key crypto.Signer) (*tls.Certificate, error) {
	data, err := os.ReadFile(certFile)
	if err != nil {
		return nil, fmt.Errorf("%w: client certificate: %w", ErrSource, err)
	}
	cert := &tls.Certificate{PrivateKey: key}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			cert.Certificate = append(cert.Certificate, block.Bytes)
		}
	}
	if len(cert.Certificate) == 0 {
		return nil, fmt.Errorf("%w: client certificate: %s holds none", ErrSource, certFile)
	}
	if cert.Leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
		return nil, fmt.Errorf("%w: client certificate: %s: %w", ErrSource, certFile, err)
	}
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(cert.Leaf.PublicKey) {
		return nil, fmt.Errorf("%w: client certificate: %s is not that of the key", ErrSource, certFile)
	}
	return cert, nil
}
