package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/backend/policybook"
	"caveat/backend/spif"
)

// PolicyVersionsDocument is the policies that were loaded, and those in force.
type PolicyVersionsDocument struct {
	Editable bool            `json:"editable" doc:"the asker is an administrator, and the installation is not centrally managed: policies can be loaded and put in force here"`
	Managed  string          `json:"managed" doc:"the file in which policies are changed, where the installation is centrally managed; else empty"`
	Versions []PolicyVersion `json:"versions" nullable:"false" doc:"the governing one first, then those that stand beside it, then by policy, the newest first"`
	Signers  []string        `json:"signers" nullable:"false" doc:"names of certificates by which signatures can be verified"`
}

// PolicyVersion is one version of a policy.
type PolicyVersion struct {
	SHA256     string            `json:"sha256"`
	Name       string            `json:"name"`
	ID         string            `json:"id"`
	Version    int               `json:"version"`
	Standing   string            `json:"standing" enum:"governing,beside,kept" doc:"kept: it is not in force"`
	Validity   string            `json:"validity" enum:"valid,ends-soon,ended,not-yet" doc:"by its own dates; ends-soon: within 30 days (RULES 17)"`
	Created    *time.Time        `json:"created" doc:"as its issuer says; null: not said"`
	NotBefore  *time.Time        `json:"notBefore"`
	NotAfter   *time.Time        `json:"notAfter" doc:"null: it has no end"`
	Loaded     *time.Time        `json:"loaded" doc:"null: it is in force by the installation file and was not loaded here"`
	LoadedBy   string            `json:"loadedBy" doc:"empty: it was found in force"`
	Used       *time.Time        `json:"used" doc:"when it was last put in force here; null: never"`
	UsedBy     string            `json:"usedBy"`
	Warnings   int               `json:"warnings" doc:"of lint, when it was loaded"`
	Notes      int               `json:"notes"`
	Signature  SignatureDocument `json:"signature"`
	Acceptance string            `json:"acceptance" doc:"who accepted it without a verified signature, when and why; empty: nobody"`
	Problem    string            `json:"problem" doc:"why its document cannot be read any more; empty: it can"`
}

const (
	standingGoverning = "governing"
	standingBeside    = "beside"
	standingKept      = "kept"
)

// PolicyVersions lists the policies that were loaded, and those in force.
func (s *Service) PolicyVersions(ctx context.Context) (PolicyVersionsDocument, error) {
	return s.versionsIn(ctx, s.in)
}

func (s *Service) versionsIn(ctx context.Context, in *installation.Installation) (PolicyVersionsDocument, error) {
	out := PolicyVersionsDocument{Versions: []PolicyVersion{}, Signers: []string{}}
	out.Editable = !in.Managed && s.caller(ctx).Has(administrator...)
	if in.Managed {
		out.Managed = in.Path
	}
	for _, c := range in.File.CAs {
		out.Signers = append(out.Signers, c.Name)
	}
	kept, err := s.spifs.List(ctx)
	if err != nil {
		return PolicyVersionsDocument{}, err
	}
	for i, p := range in.Site.Policies() {
		v := policybook.Version{SHA256: p.SHA256(), Name: p.Name(), ID: p.ID(), Version: p.Version()}
		if at := slices.IndexFunc(kept, func(k policybook.Version) bool { return k.SHA256 == p.SHA256() }); at >= 0 {
			v = kept[at]
			kept = slices.Delete(kept, at, at+1)
		}
		f := in.File.Policies[i]
		x := s.versionOf(v, p)
		x.Standing, x.Acceptance = standingBeside, f.AcceptUnsigned
		if i == 0 {
			x.Standing = standingGoverning
		}
		if _, document, err := in.ReadPolicy(f); err != nil {
			x.Problem = plain.Text(err)
		} else {
			x.Signature = s.signatureOf(in, p, document, f.Signer)
		}
		out.Versions = append(out.Versions, x)
	}
	for _, v := range kept {
		x := PolicyVersion{SHA256: v.SHA256, Name: v.Name, ID: v.ID, Version: v.Version, Validity: "valid", Signature: SignatureDocument{State: signatureNone}}
		document, p, err := s.spifs.Document(ctx, v.SHA256)
		if err != nil {
			x.Problem = plain.Text(err)
		} else {
			x = s.versionOf(v, p)
			x.Signature = s.signatureOf(in, p, document, s.signerOf(in, p))
		}
		x.Standing, x.Acceptance = standingKept, v.Acceptance
		out.Versions = append(out.Versions, x)
	}
	return out, nil
}

// versionOf is what is known of a version, and what it says of itself.
func (s *Service) versionOf(v policybook.Version, p *spif.Policy) PolicyVersion {
	return PolicyVersion{
		SHA256: v.SHA256, Name: v.Name, ID: v.ID, Version: v.Version, Validity: s.validityOf(p),
		Created: timeOrNil(p.CreatedAt().UTC()), NotBefore: timeOrNil(p.NotBefore().UTC()), NotAfter: timeOrNil(p.NotAfter().UTC()),
		Loaded: timeOrNil(v.Loaded), LoadedBy: v.LoadedBy, Used: timeOrNil(v.Used), UsedBy: v.UsedBy, Warnings: v.Warnings, Notes: v.Notes,
		Signature: SignatureDocument{State: signatureNone},
	}
}

func (s *Service) validityOf(p *spif.Policy) string {
	now, end := s.now(), p.NotAfter()
	switch {
	case now.Before(p.NotBefore()):
		return "not-yet"
	case end.IsZero():
		return "valid"
	case now.After(end):
		return "ended"
	case now.Add(installation.PolicyWarning).After(end):
		return "ends-soon"
	}
	return "valid"
}

// ErrPolicyRefused: a document that is no policy that can be used; the LintDocument beside it says why.
var ErrPolicyRefused = errors.New("api: the policy is refused")

// LintPolicy says what is wrong with a policy's document, or worth knowing, before it is loaded.
func (s *Service) LintPolicy(ctx context.Context, document []byte) (LintDocument, error) {
	d, p := s.lint(document)
	if p == nil {
		return d, nil
	}
	_, err := s.spifs.Get(ctx, p.SHA256())
	if d.Known = err == nil; errors.Is(err, policybook.ErrUnknown) {
		err = nil
	}
	return d, err
}

// LoadPolicy keeps a policy's document as a version; nothing is put in force by that. One that is kept already is answered as it is.
// Errors: ErrPolicyRefused for a document with an error in it; installation.ErrManaged, policybook.ErrMany.
func (s *Service) LoadPolicy(ctx context.Context, document []byte) (PolicyVersion, error) {
	if s.in.Managed {
		return PolicyVersion{}, s.managed()
	}
	d, p := s.lint(document)
	if p == nil {
		i := slices.IndexFunc(d.Findings, func(f LintFinding) bool { return f.Severity == string(spif.SeverityError) })
		f := d.Findings[i]
		return PolicyVersion{}, fmt.Errorf("%w: line %d, column %d: %s (errors in all: %d)", ErrPolicyRefused, f.Line, f.Column, f.Text, d.Errors)
	}
	entry := settingsEntry{
		What: fmt.Sprintf("policy %s version %d loaded, not put in force", p.Name(), p.Version()), By: s.caller(ctx).User, Kind: kindPolicy, Name: p.Name(), Change: verbLoaded,
		After: "sha256 = '" + p.SHA256() + "'",
	}
	if _, _, err := s.spifs.Load(ctx, p, document, policybook.Version{LoadedBy: s.caller(ctx).User, Warnings: d.Warnings, Notes: d.Notes}, entry); err != nil {
		return PolicyVersion{}, err
	}
	return s.version(ctx, s.in, p.SHA256())
}

func (s *Service) version(ctx context.Context, in *installation.Installation, sum string) (PolicyVersion, error) {
	all, err := s.versionsIn(ctx, in)
	if err != nil {
		return PolicyVersion{}, err
	}
	for _, v := range all.Versions {
		if v.SHA256 == sum {
			return v, nil
		}
	}
	return PolicyVersion{}, fmt.Errorf("%w: %s", policybook.ErrUnknown, sum)
}

// FindPolicy gives the SHA-256 of the one version, loaded or in force, whose SHA-256 begins with some digits. Errors:
// policybook.ErrUnknown.
func (s *Service) FindPolicy(ctx context.Context, digits string) (string, error) {
	for _, p := range s.in.Site.Policies() {
		if len(digits) >= 4 && strings.HasPrefix(p.SHA256(), strings.ToLower(digits)) {
			return p.SHA256(), nil
		}
	}
	v, err := s.spifs.Find(ctx, strings.ToLower(digits))
	return v.SHA256, err
}

// policyDocument reads a version, loaded or in force. Errors: policybook.ErrUnknown, ErrAltered, those of reading a file.
func (s *Service) policyDocument(ctx context.Context, sum string) (*spif.Policy, []byte, error) {
	for i, p := range s.in.Site.Policies() {
		if p.SHA256() != sum {
			continue
		}
		q, document, err := s.in.ReadPolicy(s.in.File.Policies[i])
		if err == nil && q.SHA256() != sum {
			err = fmt.Errorf("%w: %s is another document than the one in force", policybook.ErrAltered, s.in.File.Policies[i].File)
		}
		return p, document, err
	}
	document, p, err := s.spifs.Document(ctx, sum)
	return p, document, err
}
