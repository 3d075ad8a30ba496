package ldaptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// Special is a certificate that differs from what Issue makes.
type Special struct {
	CommonName string
	Names      []string // DNS names; none: localhost and the loopback addresses
	// NotBefore and NotAfter; zero: an hour ago, in an hour.
	NotBefore, NotAfter time.Time
	SelfSigned          bool          // not by the CA
	Key                 crypto.Signer // nil: a new one
}

// Special makes a certificate, with the CA's own behind it where that is an intermediate one.
func (ca *CA) Special(s Special) (tls.Certificate, error) {
	key := s.Key
	if key == nil {
		var err error
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return tls.Certificate{}, err
		}
	}
	template := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: s.CommonName},
		NotBefore: s.NotBefore, NotAfter: s.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature, DNSNames: s.Names,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if template.NotBefore.IsZero() {
		template.NotBefore = time.Now().Add(-time.Hour)
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	if len(s.Names) == 0 {
		template.DNSNames = []string{"localhost"}
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	parent, signer := ca.cert, crypto.Signer(ca.key)
	if s.SelfSigned {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	chain := [][]byte{der}
	if ca.intermediate {
		chain = append(chain, ca.cert.Raw)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: leaf}, err
}

// Intermediate makes a CA below this one.
func (ca *CA) Intermediate(commonName string) (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: commonName},
		NotBefore: ca.cert.NotBefore, NotAfter: ca.cert.NotAfter, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, &key.PublicKey, ca.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &CA{cert: cert, key: key, intermediate: true}, err
}

// Certificate509 returns the CA's own certificate.
func (ca *CA) Certificate509() *x509.Certificate { return ca.cert }

// Serial returns the number of the CA's own certificate.
func (ca *CA) Serial() *big.Int { return ca.cert.SerialNumber }

// CRL is what a revocation list says.
type CRL struct {
	Revoked []*big.Int // serial numbers
	// ThisUpdate and NextUpdate; zero: a minute ago, in an hour.
	ThisUpdate, NextUpdate time.Time
	Extensions             []pkix.Extension
}

// CRL makes a revocation list of the CA, DER.
func (ca *CA) CRL(c CRL) ([]byte, error) {
	if c.ThisUpdate.IsZero() {
		c.ThisUpdate = time.Now().Add(-time.Minute)
	}
	if c.NextUpdate.IsZero() {
		c.NextUpdate = time.Now().Add(time.Hour)
	}
	list := &x509.RevocationList{Number: serial(), ThisUpdate: c.ThisUpdate, NextUpdate: c.NextUpdate, ExtraExtensions: c.Extensions}
	for _, n := range c.Revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: n, RevocationTime: c.ThisUpdate.Add(-time.Minute), ReasonCode: 1})
	}
	return x509.CreateRevocationList(rand.Reader, list, ca.cert, ca.key)
}

// PEMPair returns a certificate, with what stands behind it, and its key.
func PEMPair(cert tls.Certificate) (certPEM, keyPEM []byte, err error) {
	for _, der := range cert.Certificate {
		certPEM = append(certPEM, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	return certPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}
