package wire

import (
	"crypto/tls"
	"crypto/x509"
)

// PeerCertificates are the certificates that the server showed, its own first; none without TLS.
func (c *Client) PeerCertificates() []*x509.Certificate {
	if t, ok := c.conn.(*tls.Conn); ok {
		return t.ConnectionState().PeerCertificates
	}
	return nil
}
