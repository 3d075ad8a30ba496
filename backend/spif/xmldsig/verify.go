package xmldsig

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"caveat/backend/label/strictxml"
	"caveat/backend/spif"
)

// Sentinel errors of Verify.
var (
	// ErrUnsigned: the document carries no signature.
	ErrUnsigned = errors.New("xmldsig: the document is not signed")
	// ErrForm: it carries a signature of a form that is not read here, as it could stand for another document.
	ErrForm = errors.New("xmldsig: the signature cannot be used")
	// ErrUntrusted: the key that it was signed by is none of those that are trusted.
	ErrUntrusted = errors.New("xmldsig: the signer is not trusted")
	// ErrBroken: it was signed, and was changed since, or the signature is of something else.
	ErrBroken = errors.New("xmldsig: the signature does not fit the document")
)

// Namespace of XML signatures.
const Namespace = "http://www.w3.org/2000/09/xmldsig#"

// Verify verifies the signature of a policy document and gives the certificate of its signer. trusted holds signers' own certificates,
// or those of authorities that certify signers. That the certificate was valid when it was issued is verified; whether it still is,
// the caller asks (NotAfter), because a policy stays what it was when its signer's certificate ends. Errors wrap one of the sentinels;
// a document that is not XML is strictxml.ErrSyntax. Safe for concurrent use.
func Verify(document []byte, trusted []*x509.Certificate) (*x509.Certificate, error) {
	root, err := strictxml.Parse(document, limits)
	if err != nil {
		return nil, err
	}
	sig, err := find(root)
	if err != nil {
		return nil, err
	}
	if err := sig.checkForm(); err != nil {
		return nil, err
	}
	signers, err := sig.signers(trusted)
	if err != nil {
		return nil, err
	}
	for _, c := range signers {
		if err = verifyBy(document, root, sig, c); err == nil {
			return c, nil
		}
	}
	return nil, err
}

// limits are those of a policy.
var limits = strictxml.Limits{Bytes: spif.MaxSize, Depth: 32, Elements: 200_000, Comments: true}

// verifyBy verifies the signature by one certificate, and holds what was verified to what is read.
func verifyBy(document []byte, root *strictxml.Element, sig signature, signer *x509.Certificate) error {
	if err := checkKey(signer); err != nil {
		return err
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(document); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	if err := prepare(doc.Root(), signer); err != nil {
		return err
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{signer}})
	ctx.Clock = dsig.NewFakeClockAt(signer.NotBefore.Add(time.Second))
	verified, err := ctx.Validate(doc.Root())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	out := etree.NewDocument()
	out.SetRoot(verified)
	data, err := out.WriteToBytes()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	signed, err := strictxml.Parse(data, limits)
	if err != nil {
		return fmt.Errorf("%w: what was signed cannot be read: %w", ErrBroken, err)
	}
	if where := differs(root, signed, sig.element); where != "" {
		return fmt.Errorf("%w: %s is not what was signed", ErrBroken, where)
	}
	return nil
}
