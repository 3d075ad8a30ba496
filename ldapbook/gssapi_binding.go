package ldapbook

import (
	"bytes"
	"crypto"
	"crypto/md5"
	_ "crypto/sha256" // the hashes of endpointHash
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/binary"

	"caveat/ldapbook/internal/wire"
)

// channelBinding ties a Kerberos bind to the TLS connection that it is made in, so that a server in the middle cannot pass it
// on to the one that was meant. Active Directory may insist on it. It is the sum of the server's certificate, as GSS-API
// wants it; all zero, which binds nothing, where that is not defined.
//
// std: RFC5929 §4; RFC4121 §4.1.1.2
func channelBinding(conn *wire.Client) (binding [16]byte) {
	chain := conn.PeerCertificates()
	if len(chain) == 0 {
		return binding
	}
	cert := chain[0]
	hash, ok := endpointHash(cert.SignatureAlgorithm)
	if !ok {
		return binding
	}
	h := hash.New()
	_, _ = h.Write(cert.Raw)
	data := h.Sum([]byte("tls-server-end-point:"))
	var b bytes.Buffer
	b.Write(make([]byte, 16)) // types and lengths of the addresses of both sides: none
	_ = binary.Write(&b, binary.LittleEndian, uint32(len(data)))
	b.Write(data)
	return md5.Sum(b.Bytes())
}

// endpointHash is the hash of a certificate's signature, or SHA-256 where that is weaker (RFC 5929 section 4.1).
func endpointHash(signature x509.SignatureAlgorithm) (crypto.Hash, bool) {
	switch signature {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.ECDSAWithSHA256:
		return crypto.SHA256, true
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		return crypto.SHA384, true
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		return crypto.SHA512, true
	default:
		return 0, false
	}
}
