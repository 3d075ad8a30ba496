package ldaptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// lifetime of the CA and of what it issues.
const lifetime = 365 * 24 * time.Hour

// CA is a certificate authority for tests and the demo. It is safe for concurrent use. Its key is a secret like any
// other: who stores what Marshal returns gives the file mode 0600.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey

	intermediate bool // its certificate goes with those that it issues
}

// NewCA makes a CA with a fresh P-256 key. It panics when the system has no random numbers.
func NewCA(commonName string) *CA {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err))
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: commonName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(lifetime),
		IsCA: true, BasicConstraintsValid: true, MaxPathLen: 1,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err))
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err))
	}
	return &CA{cert: cert, key: key}
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err))
	}
	return n.Add(n, big.NewInt(1))
}

// Issue makes a server certificate for 127.0.0.1, ::1, localhost, this host's name (which some clients put in place of
// localhost), and the names given. It is valid as a client's certificate too.
func (ca *CA) Issue(commonName string, names ...string) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	hosts := append([]string{"localhost"}, names...)
	if host, err := os.Hostname(); err == nil {
		hosts = append(hosts, host)
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: commonName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(lifetime),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    hosts, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, &key.PublicKey, ca.key)
	if err != nil {
		return nil, nil, err
	}
	keyPEM, err = marshalKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), keyPEM, nil
}

// Certificate is Issue for a server in this process.
func (ca *CA) Certificate(commonName string, names ...string) (tls.Certificate, error) {
	certPEM, keyPEM, err := ca.Issue(commonName, names...)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}

// ServerTLS is a server's configuration with a certificate of its own. It panics when none can be made.
func (ca *CA) ServerTLS() *tls.Config {
	cert, err := ca.Certificate("localhost")
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err))
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
}

// Pool returns a pool that holds this CA only.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return pool
}

// PEM returns the CA's certificate.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
}

func marshalKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Marshal returns the CA's certificate and private key, PEM.
func (ca *CA) Marshal() (certPEM, keyPEM []byte, err error) {
	keyPEM, err = marshalKey(ca.key)
	return ca.PEM(), keyPEM, err
}

// ErrCA: what LoadCA got is not a CA that Marshal returned.
var ErrCA = errors.New("ldaptest: not a CA")

// LoadCA reads what Marshal returned. ErrCA also when the certificate has expired.
func LoadCA(certPEM, keyPEM []byte) (*CA, error) {
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCA, err)
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCA, err)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !cert.IsCA || time.Now().After(cert.NotAfter) {
		return nil, ErrCA
	}
	return &CA{cert: cert, key: key}, nil
}
