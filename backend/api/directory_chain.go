package api

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"caveat/backend/installation"
	"caveat/backend/plain"
)

// lacksTrust reports that TLS is wanted and nothing says yet whose certificates are believed.
func (in DirectoryInput) lacksTrust() bool {
	return in.LDIF == "" && in.Security != "plain" && in.CA == "" && in.CAPEM == ""
}

// errBelieved: a certificate was accepted by nobody's leave.
var errBelieved = errors.New("api: internal error: a server was believed that nobody said to trust")

// showChain asks a server for its certificates alone. No CA is trusted, so that the handshake always ends there: nothing of ours, no
// name, no password, is sent to a server that nobody has vouched for yet.
func (s *Service) showChain(ctx context.Context, in DirectoryInput) (ProposalDocument, error) {
	if err := in.nation(s.in); err != nil {
		return ProposalDocument{}, err
	}
	var f installation.DirectoryFile
	if err := in.times(&f); err != nil {
		return ProposalDocument{}, err
	}
	f.Name, f.Nation, f.URLs, f.Security, f.ServerName = in.Name, in.Nation, in.URLs, in.Security, in.ServerName
	f.BaseDN, f.Mode = unknownBase, installation.ModeLookUp
	f.Timeout.Duration = f.Timeout.Or(installation.DefaultTimeout)
	d := installation.Directory{DirectoryFile: f, Roots: x509.NewCertPool()}
	look, err := s.fed.Look(ctx, d)
	if err == nil {
		return ProposalDocument{}, errBelieved
	}
	out := emptyProposal()
	out.Error, out.Step = plain.Text(err), stepName(err)
	out.Certificate, out.Chain = certificateOutput(look.Certificate), chainOutput(look.Chain)
	out.Checks = checkServer(d, look, err, TestDocument{Certificate: out.Certificate}, s.now())
	if out.Untrusted = len(out.Chain) > 0; out.Untrusted {
		last := &out.Checks[len(out.Checks)-1]
		last.Text = fmt.Sprintf("%s: nothing was given to trust it by", certificateText(out.Certificate, d, s.now()))
	}
	return out, nil
}

func emptyProposal() ProposalDocument {
	return ProposalDocument{
		NamingContexts: []string{}, Evidence: []EvidenceRow{}, Problems: []string{}, Chain: []ChainCertificate{}, Checks: []CheckOutput{}, Strategies: []string{},
	}
}

// stepName is the step that an error of a look at a server belongs to; "": none failed.
func stepName(err error) string {
	if i := failedStep(err); i < len(steps) {
		return steps[i].name
	}
	return ""
}

func chainOutput(chain []*x509.Certificate) []ChainCertificate {
	out := []ChainCertificate{}
	for _, c := range chain {
		sum := sha256.Sum256(c.Raw)
		out = append(out, ChainCertificate{
			CertificateOutput: *certificateOutput(c), NotBefore: c.NotBefore.UTC(), SHA256: hex.EncodeToString(sum[:]), CA: c.IsCA,
			Root: c.IsCA && c.CheckSignatureFrom(c) == nil,
			PEM:  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
		})
	}
	return out
}

// tried adds to a proposal what a look at the directory finds that it would make: the same steps as of one that is set up.
func (s *Service) tried(ctx context.Context, in DirectoryInput, p *ProposalDocument) error {
	in.BaseDN = p.BaseDN
	in.Adopt(*p)
	d, secrets, err := s.preview(in)
	if err != nil {
		return err
	}
	look, err := s.fed.LookWith(ctx, d, secrets)
	t := s.found(d, look, err)
	p.Checks, p.Strategies, p.Entries, p.WithClearance = t.Checks, t.Strategies, t.Entries, t.WithClearance
	return nil
}
