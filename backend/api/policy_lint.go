package api

import (
	"caveat/backend/spif"
)

// LintDocument says what is wrong with a policy file, or worth knowing.
type LintDocument struct {
	Usable   bool          `json:"usable" doc:"no finding is an error"`
	Name     string        `json:"name" doc:"of the policy; empty: it cannot be used"`
	ID       string        `json:"id"`
	Version  int           `json:"version"`
	SHA256   string        `json:"sha256"`
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Notes    int           `json:"notes"`
	Findings []LintFinding `json:"findings" nullable:"false"`
	// What VersionDocument says of a version that is kept.
	Signature SignatureDocument `json:"signature"`
	Known     bool              `json:"known" doc:"this very document was loaded before"`
}

// LintFinding is one thing that lint has to say.
type LintFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity" enum:"error,warning,note"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Path     string `json:"path"`
	Text     string `json:"text"`
}

// lint examines a policy's document; the policy is nil when it cannot be used.
func (s *Service) lint(document []byte) (LintDocument, *spif.Policy) {
	found, p := spif.Lint(document, s.now())
	d := LintDocument{Findings: make([]LintFinding, len(found)), Signature: SignatureDocument{State: signatureNone}}
	for i, f := range found {
		d.Findings[i] = LintFinding{f.Rule, string(f.Severity), f.Line, f.Column, f.Path, f.Text}
		switch f.Severity {
		case spif.SeverityError:
			d.Errors++
		case spif.SeverityWarning:
			d.Warnings++
		case spif.SeverityNote:
			d.Notes++
		}
	}
	if p != nil {
		d.Usable, d.Name, d.ID, d.Version, d.SHA256 = true, p.Name(), p.ID(), p.Version(), p.SHA256()
		d.Signature = s.signatureOf(s.in, p, document, s.signerOf(s.in, p))
	}
	return d, p
}
