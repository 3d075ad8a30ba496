package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"caveat/backend/installation"
	"caveat/backend/policybook"
	"caveat/backend/spif"
)

// Errors of UsePolicy and WithdrawPolicy.
var (
	// ErrPolicyAcceptance: nobody has accepted a policy whose signature is not verified (RULES 17).
	ErrPolicyAcceptance = errors.New("api: the policy is not accepted")
	// ErrPolicyChanged: another policy governs than the one that was seen.
	ErrPolicyChanged = errors.New("api: the policies were changed elsewhere")
	// ErrPolicyUse: what is asked for cannot be done with this policy.
	ErrPolicyUse = errors.New("api: the policy cannot be used so")
)

// PolicyUse says how a version is put in force.
type PolicyUse struct {
	As     string `json:"as,omitempty" enum:"governing,beside" doc:"left out: where its policy stands now; a policy that is not in force yet stands beside"`
	Accept string `json:"accept,omitempty" maxLength:"1000" doc:"why it is accepted though its signature is not verified; left out: as it was accepted before"`
	Signer string `json:"signer,omitempty" doc:"the [[ca]] by which its signature is verified, and those of its later versions; left out: as it is configured"`
	// ChangeSigner lets Signer take the place of another one that is configured: who signs policies is not changed over HTTP.
	ChangeSigner bool `json:"-"`

	Expected string `json:"expected,omitempty" doc:"SHA-256 of the governing policy as the asker saw it; another one is a conflict"`
}

// UsePolicy puts a version in force: governing, or beside the governing policy. It takes the place of the version of its policy that
// is in force, which is kept, so that it can be put in force again. Whatever is queued is checked again by it (RULES 24). Errors:
// ErrPolicyAcceptance, ErrPolicySignature, ErrPolicyChanged, ErrPolicyUse, those of changeSettings.
func (s *Service) UsePolicy(ctx context.Context, sum string, use PolicyUse) (PolicyVersionsDocument, error) {
	if s.in.Managed {
		return PolicyVersionsDocument{}, s.managed()
	}
	p, document, err := s.policyDocument(ctx, sum)
	if err != nil {
		return PolicyVersionsDocument{}, err
	}
	if err := s.keepInForce(ctx); err != nil {
		return PolicyVersionsDocument{}, err
	}
	v, err := s.spifs.Get(ctx, sum)
	if err != nil {
		return PolicyVersionsDocument{}, err
	}
	c, section, err := s.placing(ctx, v, p, document, use)
	if err != nil {
		return PolicyVersionsDocument{}, err
	}
	verb, words := verbPutInForce, "put in force"
	inForce := slices.ContainsFunc(s.in.Site.Policies(), func(q *spif.Policy) bool { return q.SHA256() == sum })
	if wasInForce := !v.Used.IsZero() || v.LoadedBy == ""; wasInForce && !inForce {
		verb, words = verbRolledBack, "put in force again"
	}
	what := fmt.Sprintf("policy %s version %d %s, SHA-256 %s", p.Name(), p.Version(), words, sum)
	if before := s.signerOf(s.in, p); before != section.Signer {
		what += fmt.Sprintf("; its signer is %q now, and was %q", section.Signer, before)
	}
	next, err := s.changeSettings(ctx, settingsChange{Kind: kindPolicy, Name: p.Name(), Change: verb, What: what}, c)
	if err != nil {
		return PolicyVersionsDocument{}, err
	}
	if next != s.in { // else it was in force so already
		if err := s.spifs.Put(ctx, sum, s.caller(ctx).User, section.AcceptUnsigned); err != nil {
			return PolicyVersionsDocument{}, err
		}
	}
	return s.versionsIn(ctx, next)
}

// placing is the change to the installation file that puts a version in force, and the section that it writes.
func (s *Service) placing(ctx context.Context, v policybook.Version, p *spif.Policy, document []byte, use PolicyUse) (func(*installation.File) error, installation.PolicyFile, error) {
	none := installation.PolicyFile{}
	if s.validityOf(p) == "ended" {
		return nil, none, fmt.Errorf("%w: policy %s version %d ended on %s: nothing could be cleared under it", ErrPolicyUse, p.Name(), p.Version(), p.NotAfter().UTC().Format("2 Jan 2006"))
	}
	configured := s.signerOf(s.in, p)
	signer := cmp.Or(use.Signer, configured)
	if configured != "" && signer != configured && !use.ChangeSigner {
		return nil, none, fmt.Errorf("%w: policy %s is signed by %q, and nobody else signs it by being named here: another signer is configured with `caveat policy use --signer`, or in %s", ErrPolicySignature, p.Name(), configured, s.in.Path)
	}
	signature := s.signatureOf(s.in, p, document, signer)
	if err := s.takeSignature(signature); err != nil {
		return nil, none, err
	}
	section := installation.PolicyFile{File: filepath.ToSlash(policybook.Path(p.SHA256())), SHA256: p.SHA256(), Signer: signer}
	if signature.State != signatureVerified {
		if section.AcceptUnsigned = s.acceptance(ctx, v, use); section.AcceptUnsigned == "" {
			return nil, none, fmt.Errorf("%w: the signature of policy %s version %d is not verified: say why it is accepted all the same", ErrPolicyAcceptance, p.Name(), p.Version())
		}
	}
	return func(f *installation.File) error {
		if required := f.SignerOf(p.ID()); required != "" && required != signer {
			f.Signs(p.ID(), signer)
		}
		return s.putPolicy(f, p, section, use)
	}, section, nil
}

// acceptance is who accepts a version, when and why; "": nobody does.
func (s *Service) acceptance(ctx context.Context, v policybook.Version, use PolicyUse) string {
	if why := strings.Join(strings.Fields(use.Accept), " "); why != "" {
		return fmt.Sprintf("Accepted by %s on %s: %s", s.caller(ctx).User, s.now().UTC().Format("2 Jan 2006, 15:04Z"), why)
	}
	return v.Acceptance
}

// putPolicy writes the section of a version into the file.
func (s *Service) putPolicy(f *installation.File, p *spif.Policy, section installation.PolicyFile, use PolicyUse) error {
	at, same := -1, false
	for i, x := range f.Policies {
		q, _, err := s.in.ReadPolicy(x)
		if err != nil {
			return err
		}
		if q.ID() == p.ID() {
			at, same = i, q.SHA256() == p.SHA256()
		}
		if i == 0 && use.Expected != "" && q.SHA256() != use.Expected {
			return fmt.Errorf("%w: %s version %d governs now: look at what would change again", ErrPolicyChanged, q.Name(), q.Version())
		}
	}
	as := use.As
	if at >= 0 {
		old := f.Policies[at]
		section.Hierarchical, section.RequireTagSets = old.Hierarchical, old.RequireTagSets
		if same {
			section.File, section.SPIF = old.File, old.SPIF // it stays where it lies
		}
		if as == "" || as == standingBeside && at > 0 || as == standingGoverning && at == 0 {
			f.Policies[at] = section
			return nil
		}
	}
	switch {
	case as == standingBeside && at == 0:
		return fmt.Errorf("%w: %s governs: put another policy in its place first", ErrPolicyUse, p.Name())
	case as == standingGoverning:
		if at >= 0 {
			f.Policies = slices.Delete(f.Policies, at, at+1)
		}
		f.Policies = slices.Insert(f.Policies, 0, section)
	default:
		f.Policies = append(f.Policies, section)
	}
	return nil
}

// keepInForce keeps the documents that are in force and were never loaded, so that they can be put in force again.
func (s *Service) keepInForce(ctx context.Context) error {
	for i, p := range s.in.Site.Policies() {
		_, err := s.spifs.Get(ctx, p.SHA256())
		if err == nil {
			continue
		}
		if !errors.Is(err, policybook.ErrUnknown) {
			return err
		}
		_, document, err := s.policyDocument(ctx, p.SHA256())
		if err != nil {
			return err
		}
		d, _ := s.lint(document)
		v := policybook.Version{Warnings: d.Warnings, Notes: d.Notes, Acceptance: s.in.File.Policies[i].AcceptUnsigned}
		entry := settingsEntry{
			What: fmt.Sprintf("policy %s version %d was found in force, and is kept", p.Name(), p.Version()), By: s.caller(ctx).User, Kind: kindPolicy, Name: p.Name(), Change: verbLoaded,
			After: "sha256 = '" + p.SHA256() + "'",
		}
		if _, _, err := s.spifs.Load(ctx, p, document, v, entry); err != nil {
			return err
		}
	}
	return nil
}

// WithdrawPolicy takes a policy that stands beside the governing one out of force; it is kept. Errors: ErrPolicyUse, those of
// changeSettings.
func (s *Service) WithdrawPolicy(ctx context.Context, sum string) (PolicyVersionsDocument, error) {
	if s.in.Managed {
		return PolicyVersionsDocument{}, s.managed()
	}
	p, _, err := s.policyDocument(ctx, sum)
	if err != nil {
		return PolicyVersionsDocument{}, err
	}
	if err := s.keepInForce(ctx); err != nil {
		return PolicyVersionsDocument{}, err
	}
	c := settingsChange{Kind: kindPolicy, Name: p.Name(), Change: verbRemoved, What: fmt.Sprintf("policy %s version %d taken out of force, SHA-256 %s", p.Name(), p.Version(), sum)}
	next, err := s.changeSettings(ctx, c, func(f *installation.File) error {
		for i, x := range f.Policies {
			q, _, err := s.in.ReadPolicy(x)
			if err != nil {
				return err
			}
			if q.SHA256() != sum {
				continue
			}
			if i == 0 {
				return fmt.Errorf("%w: %s governs: put another policy in its place first", ErrPolicyUse, q.Name())
			}
			f.Policies = slices.Delete(f.Policies, i, i+1)
			if x.Signer != "" { // put in force again, it is held to the same one
				f.Signs(q.ID(), x.Signer)
			}
			return nil
		}
		return fmt.Errorf("%w: policy %s version %d is not in force", ErrPolicyUse, p.Name(), p.Version())
	})
	if err != nil {
		return PolicyVersionsDocument{}, err
	}
	return s.versionsIn(ctx, next)
}
