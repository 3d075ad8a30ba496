package xmldsig

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// signers are the certificates by which the signature may be verified: the one that it carries, where that is trusted, or, where it
// carries none, every trusted one that is no authority's.
func (s signature) signers(trusted []*x509.Certificate) ([]*x509.Certificate, error) {
	given, err := s.certificates()
	if err != nil {
		return nil, err
	}
	if len(given) == 0 {
		own := slices.DeleteFunc(slices.Clone(trusted), func(c *x509.Certificate) bool { return c.IsCA })
		if len(own) == 0 {
			return nil, fmt.Errorf("%w: the signature carries no certificate, and none of a signer is known", ErrUntrusted)
		}
		return own, nil
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range trusted {
		if c.IsCA {
			roots.AddCert(c)
		}
	}
	for _, c := range given {
		between.AddCert(c)
	}
	leaf := given[0]
	if slices.ContainsFunc(trusted, leaf.Equal) {
		return []*x509.Certificate{leaf}, nil
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: leaf.NotBefore, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", ErrUntrusted, leaf.Subject, err)
	case !maySign(leaf):
		return nil, fmt.Errorf("%w: the certificate of %s is not for signing documents (extended key usage: document signing or code signing): have one issued that is, or name the certificate itself as the signer", ErrUntrusted, leaf.Subject)
	}
	return []*x509.Certificate{leaf}, nil
}

// maySign refuses certificates that an authority did not give for signing documents or programs: the key of a server, or of each of its
// S/MIME users, must not make policies. One that says nothing of its use, or any, is for anything, and so for nobody in particular: such a
// signer is named himself.
//
// std: RFC9336 §3.1, RFC5280 §4.2.1.12
func maySign(c *x509.Certificate) bool {
	if c.IsCA || c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return false
	}
	documents := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageCodeSigning) || slices.ContainsFunc(c.UnknownExtKeyUsage, documents.Equal)
}

// certificates are those that the signature carries, the signer's first.
func (s signature) certificates() ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for _, info := range children(s.element, "KeyInfo") {
		for _, data := range children(info, "X509Data") {
			for _, e := range children(data, "X509Certificate") {
				der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.Text), ""))
				if err != nil {
					return nil, fmt.Errorf("%w: line %d: the certificate: %w", ErrForm, e.Line, err)
				}
				c, err := x509.ParseCertificate(der)
				if err != nil {
					return nil, fmt.Errorf("%w: line %d: the certificate: %w", ErrForm, e.Line, err)
				}
				out = append(out, c)
			}
		}
	}
	if len(out) > 1 { // in any order: the signer's is the one that has certified none of the others
		slices.SortStableFunc(out, func(a, b *x509.Certificate) int { return boolCompare(a.IsCA, b.IsCA) })
	}
	return out, nil
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// leastRSA is how many bits an RSA key must have.
const leastRSA = 2048

func checkKey(c *x509.Certificate) error {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < leastRSA {
			return fmt.Errorf("%w: the key of %s has %d bits, at least %d are needed", ErrUntrusted, c.Subject, key.N.BitLen(), leastRSA)
		}
		return nil
	case *ecdsa.PublicKey:
		return nil
	}
	return fmt.Errorf("%w: the key of %s is neither RSA nor ECDSA", ErrUntrusted, c.Subject)
}

// prepare makes the signature ready for the library: without its own idea of who signed, which has been judged, and with an ECDSA value
// in the form that the library reads, where it is in that of the standard: r and s of one length, one behind the other.
//
// std: XMLDSIG 1.1 §6.4.3
func prepare(root *etree.Element, signer *x509.Certificate) error {
	sig := findIn(root)
	if sig == nil {
		return fmt.Errorf("%w: it is not found a second time", ErrForm)
	}
	var value *etree.Element
	for _, c := range slices.Clone(sig.ChildElements()) {
		switch {
		case c.NamespaceURI() == Namespace && c.Tag == "KeyInfo":
			sig.RemoveChild(c)
		case c.NamespaceURI() == Namespace && c.Tag == "SignatureValue":
			value = c
		}
	}
	if value == nil {
		return fmt.Errorf("%w: it has no value", ErrForm)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value.Text()), ""))
	if err != nil {
		return fmt.Errorf("%w: its value: %w", ErrForm, err)
	}
	if key, ok := signer.PublicKey.(*ecdsa.PublicKey); ok {
		if n := (key.Curve.Params().BitSize + 7) / 8; len(raw) == 2*n {
			if raw, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:n]), new(big.Int).SetBytes(raw[n:])}); err != nil {
				return fmt.Errorf("%w: its value: %w", ErrForm, err)
			}
		}
	}
	value.SetText(base64.StdEncoding.EncodeToString(raw))
	return nil
}

func findIn(e *etree.Element) *etree.Element {
	if e == nil || e.NamespaceURI() == Namespace && e.Tag == "Signature" {
		return e
	}
	for _, c := range e.ChildElements() {
		if found := findIn(c); found != nil {
			return found
		}
	}
	return nil
}
