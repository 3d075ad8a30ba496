package ldapbook

import "crypto/x509"

// PeerCertificate is the server's own certificate, as it was accepted; nil without TLS.
func (c *Conn) PeerCertificate() *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if all := c.client.PeerCertificates(); len(all) > 0 {
		return all[0]
	}
	return nil
}
