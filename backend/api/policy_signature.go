package api

import (
	"errors"
	"fmt"
	"time"

	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/backend/spif"
)

// ErrPolicySignature: a policy whose signer is configured is not signed by that one.
var ErrPolicySignature = errors.New("api: the policy's signature")

// The states of a policy's signature.
const (
	signatureNone      = "none"
	signatureUnchecked = "unchecked"
	signatureVerified  = "verified"
	signatureRefused   = "refused"
)

// SignatureDocument says whether a policy is what its issuer signed.
type SignatureDocument struct {
	State   string     `json:"state" enum:"none,unchecked,verified,refused" doc:"none: it is not signed; unchecked: it is, and no signer is configured for the policy; refused: a signer is configured, and it is not signed so"`
	Signer  string     `json:"signer" doc:"the [[ca]] by which it is, or would be, verified; empty: none is configured"`
	Subject string     `json:"subject" doc:"who signed; empty: not verified"`
	Until   *time.Time `json:"until" doc:"when the signer's certificate ends; null: not verified"`
	Problem string     `json:"problem" doc:"why it is refused; empty: it is not"`
}

// signatureOf judges a document's signature by the certificates of a [[ca]]; signer empty: by none.
func (s *Service) signatureOf(in *installation.Installation, p *spif.Policy, document []byte, signer string) SignatureDocument {
	d := SignatureDocument{State: signatureNone, Signer: signer}
	if signer == "" {
		if p.IsSigned() {
			d.State = signatureUnchecked
		}
		return d
	}
	c, err := in.VerifyPolicy(document, signer)
	if err != nil {
		d.State, d.Problem = signatureRefused, plain.Text(err)
		return d
	}
	until := c.NotAfter.UTC()
	d.State, d.Subject, d.Until = signatureVerified, c.Subject.String(), &until
	return d
}

// signerOf is the [[ca]] that is configured for a policy, or was when it was taken out of force; "": none.
func (s *Service) signerOf(in *installation.Installation, p *spif.Policy) string {
	for i, q := range in.Site.Policies() {
		if q.ID() == p.ID() {
			return in.File.Policies[i].Signer
		}
	}
	return in.File.SignerOf(p.ID())
}

// takeSignature refuses a policy that is to be put in force and is not signed by whom the administrator named, or by a certificate that
// has ended: one that is in force stays so then, a new one is not taken.
func (s *Service) takeSignature(d SignatureDocument) error {
	switch {
	case d.State == signatureRefused:
		return fmt.Errorf("%w: it must be signed by %q: %s", ErrPolicySignature, d.Signer, d.Problem)
	case d.Until != nil && s.now().After(*d.Until):
		return fmt.Errorf("%w: the certificate of %s ended on %s: get the policy signed anew", ErrPolicySignature, d.Subject, d.Until.Format("2 Jan 2006"))
	}
	return nil
}
