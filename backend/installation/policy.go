package installation

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"caveat/backend/spif"
	"caveat/backend/spif/xmldsig"
)

// ReadPolicy reads the policy of a section as it is now; a relative name is one beside the installation file. Errors: ErrInvalid, those
// of reading a file and of spif.Parse.
func (in *Installation) ReadPolicy(f PolicyFile) (*spif.Policy, []byte, error) {
	b := &builder{dir: filepath.Dir(in.Path)}
	p, data := b.policy("policy", f)
	return p, data, b.err
}

// VerifyPolicy verifies the signature of a policy's document by the certificates of a [[ca]], and gives the signer's. Errors:
// ErrInvalid for a [[ca]] that is not there or holds none, those of xmldsig.Verify.
func (in *Installation) VerifyPolicy(document []byte, signer string) (*x509.Certificate, error) {
	b := &builder{dir: filepath.Dir(in.Path), in: &Installation{File: in.File}}
	trusted := b.certificates("policy", signer)
	if b.err != nil {
		return nil, b.err
	}
	return xmldsig.Verify(document, trusted)
}

func (b *builder) policies() {
	var all []*spif.Policy
	for i, f := range b.in.File.Policies {
		section := fmt.Sprintf("policy %d", i+1)
		p, data := b.policy(section, f)
		if p == nil {
			return
		}
		b.in.PolicySigners = append(b.in.PolicySigners, b.signer(section, f, p, data))
		for _, name := range f.RequireTagSets {
			if p.TagSet(name) == nil {
				b.fail(section, "require_tag_sets: policy %s has no tag set %q", p.Name(), name)
			}
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		b.fail("policy", "at least one is needed")
		return
	}
	site, err := spif.NewSite(all...)
	if err != nil {
		b.fail("policy", "%w", err)
		return
	}
	b.in.Site = site
}

// policy reads one; nil with an error.
func (b *builder) policy(section string, f PolicyFile) (*spif.Policy, []byte) {
	data := []byte(f.SPIF)
	if (f.File == "") == (f.SPIF == "") {
		b.fail(section, "exactly one of file and spif must be given")
		return nil, nil
	}
	if f.File != "" {
		var err error
		if data, err = readFile(b.path(f.File)); err != nil {
			b.fail(section, "%w", err)
			return nil, nil
		}
	}
	p, err := spif.Parse(bytes.NewReader(data))
	if err != nil {
		b.fail(section, "%s: %w", f.File, err)
		return nil, nil
	}
	if f.SHA256 != "" && !strings.EqualFold(f.SHA256, p.SHA256()) {
		b.fail(section, "%s has the SHA-256 %s, the file says %s", f.File, p.SHA256(), f.SHA256)
	}
	return p, data
}

// signer verifies who signed a policy where the section names whom to trust; else somebody must have accepted it as it is (RULES 17).
func (b *builder) signer(section string, f PolicyFile, p *spif.Policy, data []byte) *x509.Certificate {
	if required := b.in.File.SignerOf(p.ID()); required != "" && required != f.Signer {
		b.fail(section, "policy %s must be signed by %q, whose [[ca]] says so (signs): name that one as its signer", p.Name(), required)
		return nil
	}
	if f.Signer == "" {
		if strings.TrimSpace(f.AcceptUnsigned) == "" {
			b.fail(section, "policy %s carries no signature that is verified: name the certificate of its signer (signer), or set accept_unsigned to who accepted it, when and why", p.Name())
		}
		return nil
	}
	trusted := b.certificates(section, f.Signer)
	if trusted == nil {
		return nil
	}
	c, err := xmldsig.Verify(data, trusted)
	if err != nil {
		b.fail(section, "policy %s, signer %q: %w", p.Name(), f.Signer, err)
	}
	return c
}

// SignerOf is the [[ca]] by which a policy must be signed whenever it is put in force, by the policy's id; "": none says so.
func (f File) SignerOf(id string) string {
	for _, c := range f.CAs {
		if slices.Contains(c.Signs, id) {
			return c.Name
		}
	}
	return ""
}

// Signs has one [[ca]], by its name, say that a policy must be signed by it whenever it is put in force, and no other; "": none.
func (f *File) Signs(id, name string) {
	for i := range f.CAs {
		c := &f.CAs[i]
		if c.Signs = slices.DeleteFunc(slices.Clone(c.Signs), func(x string) bool { return x == id }); len(c.Signs) == 0 {
			c.Signs = nil
		}
		if c.Name == name && name != "" {
			c.Signs = append(c.Signs, id)
		}
	}
}

// certificates are those of a [[ca]]; nil with an error.
func (b *builder) certificates(section, name string) []*x509.Certificate {
	i := slices.IndexFunc(b.in.File.CAs, func(c CAFile) bool { return c.Name == name })
	if i < 0 {
		b.fail(section, "signer %q is none of the [[ca]] sections", name)
		return nil
	}
	text := []byte(b.in.File.CAs[i].PEM)
	if file := b.in.File.CAs[i].File; file != "" {
		var err error
		if text, err = readFile(b.path(file)); err != nil {
			b.fail(section, "signer %q: %w", name, err)
			return nil
		}
	}
	if err := holdsNoKey(text); err != nil {
		b.fail(section, "signer %q: %w", name, err)
		return nil
	}
	var out []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			b.fail(section, "signer %q: %w", name, err)
			return nil
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		b.fail(section, "signer %q holds no certificate in PEM form", name)
	}
	return out
}

// PolicyWarning is how long before a policy's end the app begins to warn (RULES 17).
const PolicyWarning = 30 * 24 * time.Hour

// PolicyWarnings says which policies are past their end or near it, and whose signer's certificate has ended.
func (in *Installation) PolicyWarnings(now time.Time) []string {
	var out []string
	for i, p := range in.Site.Policies() {
		end := p.NotAfter()
		switch {
		case end.IsZero():
		case now.After(end):
			out = append(out, fmt.Sprintf("Policy %s ended on %s: nothing can be cleared under it.", p.Name(), end.Format("2 Jan 2006")))
		case now.Add(PolicyWarning).After(end):
			out = append(out, fmt.Sprintf("Policy %s ends on %s.", p.Name(), end.Format("2 Jan 2006")))
		}
		if c := in.PolicySigners[i]; c != nil && now.After(c.NotAfter) {
			out = append(out, fmt.Sprintf("The certificate by which policy %s is signed ended on %s: no new version is taken that is signed by it.", p.Name(), c.NotAfter.UTC().Format("2 Jan 2006")))
		}
	}
	return out
}
