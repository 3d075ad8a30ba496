package federation

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// Look is what a look at a directory found. Of a directory that could not be reached it holds what was found before.
type Look struct {
	ldapbook.TestResult
	Certificate *x509.Certificate // of the server; nil: no TLS
	// Chain are the certificates that the server showed, its own first, accepted or not.
	Chain []*x509.Certificate
	// FileSize and FileTime are of an LDIF file.
	FileSize int64
	FileTime time.Time
}

// Look connects to a directory, binds and looks around, within the directory's deadline. With an LDIF file it looks at the file.
func (f *Federation) Look(ctx context.Context, d installation.Directory) (Look, error) {
	return f.LookWith(ctx, d, f.secrets)
}

// LookWith is Look at a directory that need not be part of the installation; secrets are those it needs.
func (f *Federation) LookWith(ctx context.Context, d installation.Directory, secrets installation.Secrets) (Look, error) {
	src, err := SourceOf(d, secrets)
	if err != nil {
		return Look{}, err
	}
	if d.LDIF != "" {
		return lookAtFile(d)
	}
	var out Look
	err = f.dialled(ctx, src, func(ctx context.Context, c *ldapbook.Conn) error {
		out.met(c)
		r, err := c.Test(ctx)
		if err == nil || r.URL != "" {
			out.TestResult = r
		}
		return err
	})
	out.refused(err)
	return out, err
}

// met notes whom a connection leads to.
func (l *Look) met(c *ldapbook.Conn) {
	l.URL, l.Transport, l.Certificate, l.Chain = c.URL(), c.Transport(), c.PeerCertificate(), c.PeerCertificates()
}

// refused notes what a server showed whose certificate was not accepted.
func (l *Look) refused(err error) {
	if shown := ldapbook.RefusedCertificates(err); len(shown) > 0 && l.Chain == nil {
		l.Certificate, l.Chain = shown[0], shown
	}
}

func lookAtFile(d installation.Directory) (Look, error) {
	info, err := os.Stat(d.LDIF)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		return Look{}, fmt.Errorf("%w: LDIF file %s: %w", ldapbook.ErrUnreachable, d.LDIF, err)
	}
	out := Look{FileSize: info.Size(), FileTime: info.ModTime().UTC()}
	out.URL, out.Transport = d.LDIF, ldapbook.TransportLDIF
	return out, nil
}

// Propose asks a server how it should be set up. d need not be part of the installation; secrets are those it needs.
func (f *Federation) Propose(ctx context.Context, d installation.Directory, secrets installation.Secrets) (ldapbook.Proposal, Look, error) {
	src, err := SourceOf(d, secrets)
	if err != nil {
		return ldapbook.Proposal{}, Look{}, err
	}
	var p ldapbook.Proposal
	var out Look
	err = f.dialled(ctx, src, func(ctx context.Context, c *ldapbook.Conn) error {
		out.met(c)
		p, err = c.Propose(ctx)
		return err
	})
	out.refused(err)
	return p, out, err
}

// lookTime is how long a look may take where the directory's own limits are longer: somebody waits for it.
const lookTime = 60 * time.Second

func (f *Federation) dialled(ctx context.Context, src ldapbook.Source, do func(context.Context, *ldapbook.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	c, err := ldapbook.Dial(ctx, src)
	if err != nil {
		return err
	}
	defer c.Close()
	return do(ctx, c)
}
