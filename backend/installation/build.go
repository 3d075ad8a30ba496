package installation

import (
	"crypto/x509"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"caveat/backend/idn"
	"caveat/backend/label"
)

// Route is the way to a domain.
type Route struct {
	RouteFile
	Clearances []label.Clearance // of the links, in order; the installation's own for the own nation
}

// builder turns a File into an Installation; the first error stays.
type builder struct {
	dir string // of the file, for relative names
	in  *Installation
	err error

	decides map[string]DirectoryFile // by channel, a space and the folded domain: the directory that decides there (RULES 6)
}

func build(f File, dir string) (*Installation, error) {
	b := &builder{dir: dir, in: &Installation{File: f, cas: map[string]*x509.CertPool{}}}
	b.policies()
	b.system()
	b.check()
	b.send()
	b.marking()
	b.authorities()
	b.audit()
	b.directories()
	b.routes()
	b.accounts()
	b.identities()
	b.rules()
	b.thresholds()
	b.rooms()
	b.defaultLabels()
	if b.err != nil {
		return nil, b.err
	}
	return b.in, nil
}

func (b *builder) fail(section, format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("%w: %s: %w", ErrInvalid, section, fmt.Errorf(format, args...))
	}
}

func (b *builder) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(b.dir, name)
}

func (b *builder) system() {
	s := b.in.File.System
	if s.Name == "" || s.Nation == "" {
		b.fail("system", "name and nation must be given")
	}
	b.in.SystemHigh = b.clearance("system", s.Clearance)
	if s.Secrets != "" && s.Secrets != SecretsInKeychain && s.Secrets != SecretsInFile {
		b.fail("system", "secrets %q: %s or %s", s.Secrets, SecretsInKeychain, SecretsInFile)
	}
}

func (b *builder) authorities() {
	for _, f := range b.in.File.CAs {
		section := fmt.Sprintf("ca %q", f.Name)
		pem := []byte(f.PEM)
		if (f.File == "") == (f.PEM == "") {
			b.fail(section, "exactly one of file and pem must be given")
			return
		}
		if f.File != "" {
			var err error
			if pem, err = readFile(b.path(f.File)); err != nil {
				b.fail(section, "%w", err)
				return
			}
		}
		if err := holdsNoKey(pem); err != nil {
			b.fail(section, "%w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			b.fail(section, "holds no certificate in PEM form")
		}
		if f.Name == "" || b.in.cas[f.Name] != nil {
			b.fail(section, "each needs a name of its own")
		}
		b.in.cas[f.Name] = pool
	}
}

// roots finds the CA that an endpoint trusts: each trusts its own only (RULES 22).
func (b *builder) roots(section, name, security string) *x509.CertPool {
	if security == "plain" {
		return nil
	}
	pool := b.in.cas[name]
	switch {
	case pool == nil && name == "":
		b.fail(section, "ca is missing: the name of the [[ca]] that issued the server's certificate")
	case pool == nil:
		b.fail(section, "ca %q is none of the [[ca]] sections", name)
	}
	return pool
}

// isDomain refuses what no address can have after its "@", and what is beyond ASCII and has no form in it. Nor may a label be empty, or a
// star stand in it: a name that only looks like a domain's would be another key, for which nothing of that domain holds.
func isDomain(d string) bool {
	return !strings.ContainsAny(d, "@/* ") && !strings.ContainsFunc(d, isUnseen) && !slices.Contains(strings.Split(d, "."), "") && idn.CheckDomain(d) == nil
}

// foldDomain gives a domain the form by which addresses are compared: a route to müller.example is the one to xn--mller-kva.example. What
// isDomain refuses stays as it is written.
func foldDomain(d string) string {
	if ascii, ok := idn.Domain(d); ok {
		return ascii
	}
	return d
}

// prefixed folds domains; all prefixes are of one length.
func prefixed(prefix string, names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = prefix + foldDomain(n)
	}
	return out
}

func (b *builder) routes() {
	seen := map[string]bool{}
	for _, f := range b.in.File.Routes {
		f.Domain = foldDomain(f.Domain)
		section := fmt.Sprintf("route %s to %q", f.Channel, f.Domain)
		switch {
		case !isDomain(f.Domain) || f.Channel != "mail" && f.Channel != "chat":
			b.fail(section, "domain, and channel mail or chat, must be given")
		case seen[f.Channel+f.Domain]:
			b.fail(section, "stands twice")
		case f.Own == (len(f.Links) > 0):
			b.fail(section, "either own = true or at least one link must be given")
		case f.Nation == "":
			b.fail(section, "nation must be given")
		case f.Own && f.Nation != b.in.File.System.Nation:
			// Another nation's domain is never behind the installation's own clearance alone (RULES 11).
			b.fail(section, "own = true is for the own nation's domains only; %q is of %s", f.Domain, f.Nation)
		}
		// Else a link would be held to another nation's values than those of the people at its end, or to none at all (RULES 11).
		if d, ok := b.decides[f.Channel+" "+f.Domain]; ok && d.Nation != f.Nation {
			b.fail(section, "nation = %q, but the directory %q of %s decides for %s: the domain is of %s", f.Nation, d.Name, d.Nation, f.Domain, d.Nation)
		}
		b.chatRoute(section, f)
		seen[f.Channel+f.Domain] = true
		r := Route{RouteFile: f}
		if f.Own {
			r.Links = []LinkFile{{Name: "own network"}}
			r.Clearances = []label.Clearance{b.in.SystemHigh}
		}
		for _, l := range f.Links {
			at := section + ", link " + l.Name
			c := b.clearance(at, l.Clearance)
			b.destination(at, f, c)
			r.Clearances = append(r.Clearances, c)
		}
		b.in.Routes = append(b.in.Routes, r)
	}
}

func (b *builder) identities() {
	for i, f := range b.in.File.Identities {
		section := fmt.Sprintf("identity %d", i+1)
		if f.User == "" || f.DN == "" || f.Mail == "" && f.JID == "" {
			b.fail(section, "user, directory, dn, and mail or jid must be given")
		}
		d := slices.IndexFunc(b.in.Directories, func(d Directory) bool { return d.Name == f.Directory })
		if d < 0 {
			b.fail(section, "directory %q is none of the [[directory]] sections", f.Directory)
		} else if b.in.Directories[d].Nation != b.in.File.System.Nation {
			b.fail(section, "an identity lies in the own nation's directory; %q is of %s", f.Directory, b.in.Directories[d].Nation)
		}
		b.roles(section, f.Roles)
		b.accountOf(section, "account", f.Account, KindSMTP)
		b.accountOf(section, "mailbox", f.Mailbox, KindIMAP)
		b.accountOf(section, "chat", f.Chat, KindXMPP)
		if f.Mailbox != "" && f.Mail == "" {
			b.fail(section, "mailbox has no effect without mail")
		}
		b.chatAs(section, f)
	}
}

func (b *builder) roles(section string, roles []string) {
	if roles != nil && len(roles) == 0 {
		b.fail(section, "roles is empty: an identity is a drafter's at least: write roles = [\"drafter\"]")
	}
	for _, role := range roles {
		if !slices.Contains(Roles(), role) {
			b.fail(section, "role %q: it must be one of %s", role, strings.Join(Roles(), ", "))
		}
	}
}

// accountOf holds what an identity says to the accounts that there are.
func (b *builder) accountOf(section, key, name, kind string) {
	if name == "" {
		return
	}
	switch a, ok := b.in.Account(name); {
	case !ok:
		b.fail(section, "%s %q is none of the [[account]] sections", key, name)
	case a.Kind != kind:
		b.fail(section, "%s %q is of kind %s: it must be one of kind %s", key, name, a.Kind, kind)
	}
}
