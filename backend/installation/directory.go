package installation

import (
	"crypto/x509"
	"fmt"
	"strings"
	"time"
	"unicode"

	"caveat/backend/label"
)

// Delivered values of a directory.
const (
	DefaultTimeout = 8 * time.Second
	DefaultEvery   = 15 * time.Minute
	DefaultKeep    = 30 * 24 * time.Hour
)

// Bounds of a directory's times: more often than that, a directory would be read without end, and forgotten while it is used.
const (
	MinEvery = 10 * time.Second
	MinKeep  = time.Hour
)

// Directory is one nation's directory, ready to be asked. File names in it are absolute, or relative to the working directory.
type Directory struct {
	DirectoryFile
	Roots   *x509.CertPool // nil for plain and LDIF
	Ceiling *label.Clearance
	// ClientPEM is the client's certificate; nil: none, or on the token that ClientKey names.
	ClientPEM []byte
	// lists are the revocation lists that stand in the installation file or lie beside it, PEM or DER.
	lists [][]byte
	// renewed are the paths of revocation lists that something else renews: they are read when they are needed.
	renewed []string
}

// Transport is how the directory is read: ldaps, starttls, plain or ldif.
func (d Directory) Transport() string {
	if d.LDIF != "" {
		return "ldif"
	}
	return d.Security
}

// IsUnprotected reports that what is read there counts only up to the ceiling (RULES 9).
func (d Directory) IsUnprotected() bool { return d.Transport() == "plain" || d.Transport() == "ldif" }

// Sources are the URLs, in the order in which they are tried, or the LDIF file.
func (d Directory) Sources() []string {
	if d.LDIF != "" {
		return []string{d.LDIF}
	}
	return d.URLs
}

// Described says in a few words where a directory is and how it is read.
func (f DirectoryFile) Described() string {
	d := Directory{DirectoryFile: f}
	return strings.Join(d.Sources(), ", ") + ", " + d.Transport() + ", " + f.Mode
}

// AuthMethod is how we bind: anonymous, simple, external or gssapi.
func (d Directory) AuthMethod() string {
	switch {
	case d.Auth != "":
		return d.Auth
	case d.BindDN != "":
		return authSimple
	}
	return authAnonymous
}

// Interval is how often the directory is read by itself; 0 for look-up, which is never read as a whole, and while it is paused.
func (d Directory) Interval() time.Duration {
	if d.Mode != ModeMirror || d.Paused {
		return 0
	}
	return d.Every.Or(DefaultEvery)
}

// Kept is how long what was found in a look-up directory is kept; 0 for mirror, where it is kept as long as it is there.
func (d Directory) Kept() time.Duration {
	if d.Mode == ModeMirror {
		return 0
	}
	return d.Keep.Or(DefaultKeep)
}

// Asked says when a search asks the directory itself: "typing", "enter" or "never". Delivered: the own nation while typing,
// partners on Enter unless they are mirrored (RULES 22). A file cannot be asked; what is paused is not.
func (d Directory) Asked(own string) string {
	switch {
	case d.LDIF != "" || d.Paused:
		return LiveNever
	case d.Live != "":
		return d.Live
	case d.Nation == own:
		return LiveTyping
	case d.Mode == ModeMirror:
		return LiveNever
	}
	return LiveEnter
}

// ListsByMembers reports that of the nation's lists each checked member is written to, and not the list's own address (RULES 7).
// Delivered: the list is addressed, and its own server sends the message on.
func (d Directory) ListsByMembers() bool { return d.Lists == ListsMembers }

// SchemaName is the name of the mapping; "default" where none is given.
func (d Directory) SchemaName() string {
	if d.Schema == "" {
		return schemaDefault
	}
	return d.Schema
}

// The modes of a directory, and when it is asked.
const (
	ModeMirror = "mirror"
	ModeLookUp = "look-up"
	LiveTyping = "typing"
	LiveEnter  = "enter"
	LiveNever  = "never"
	// What is written to where a list is a recipient.
	ListsAddress = "address"
	ListsMembers = "members"
)

func (b *builder) directories() {
	names := map[string]bool{}
	b.decides = map[string]DirectoryFile{}
	for _, f := range b.in.File.Directories {
		section := fmt.Sprintf("directory %q", f.Name)
		if f.Name == "" || names[f.Name] {
			b.fail(section, "each needs a name of its own")
		}
		names[f.Name] = true
		b.in.Directories = append(b.in.Directories, b.directory(section, f))
	}
}

// directory holds one section to sense.
func (b *builder) directory(section string, f DirectoryFile) Directory {
	switch {
	case strings.ContainsAny(f.Name, ":/@") || strings.ContainsFunc(f.Name, isUnseen) || strings.TrimSpace(f.Name) != f.Name:
		b.fail(section, `name must not hold ":", "/", "@" or what is not seen, nor begin or end with a space`)
	case f.Nation == "":
		b.fail(section, "nation is missing: the three-letter code of its nation, such as FRA")
	case len(f.URLs) == 0 && f.LDIF == "":
		b.fail(section, "urls is missing: where its server is, ldap://HOST; or ldif, a file in place of a server")
	case len(f.URLs) > 0 && f.LDIF != "":
		b.fail(section, "urls and ldif: either a server or a file, not both")
	case f.BaseDN == "":
		b.fail(section, "base_dn is missing: below which its people are, such as dc=fra,dc=example")
	case f.Mode != ModeMirror && f.Mode != ModeLookUp:
		b.fail(section, "mode %q: mirror or look-up", f.Mode)
	case f.Live != "" && f.Live != LiveTyping && f.Live != LiveEnter && f.Live != LiveNever:
		b.fail(section, "live %q: typing, enter or never", f.Live)
	case f.Lists != "" && f.Lists != ListsAddress && f.Lists != ListsMembers:
		b.fail(section, "lists %q: address (the list is written to) or members (each checked member is)", f.Lists)
	}
	b.domains(section, f)
	b.own(section, f.Secret, f.KeySecret())
	if f.Timeout.Duration < 0 || f.PageSize < 0 || f.Rate < 0 {
		b.fail(section, "timeout, page_size or rate is negative")
	}
	d := Directory{DirectoryFile: f}
	if f.LDIF != "" {
		b.ldif(section, f)
	} else {
		b.reach(section, f)
		b.auth(section, f)
		d.Roots = b.roots(section, f.CA, f.Security)
	}
	b.sync(section, f)
	b.schema(section, f)
	b.trust(section, &d)
	b.files(section, &d)
	if f.PlainCeiling != nil {
		if !d.IsUnprotected() {
			b.fail(section, "plain_ceiling is for security = \"plain\" and for ldif: over %s everything counts", d.Transport())
		}
		c := b.clearance(section, *f.PlainCeiling)
		d.Ceiling = &c
	}
	if d.Timeout.Duration == 0 {
		d.Timeout.Duration = DefaultTimeout
	}
	return d
}

func (b *builder) reach(section string, f DirectoryFile) {
	if f.Security != "ldaps" && f.Security != "starttls" && f.Security != "plain" {
		b.fail(section, "security %q: ldaps, starttls or plain", f.Security)
	}
	for i, u := range f.URLs {
		if err := checkURL(u, f.Security); err != nil {
			b.fail(section, "urls, number %d: %w", i+1, err)
		}
	}
	for i, r := range f.Referrals {
		if !isHostPort(r) {
			b.fail(section, "referrals, number %d: HOST:PORT of a server to which a referral may be followed, and nothing more", i+1)
		}
	}
}

func (b *builder) domains(section string, f DirectoryFile) {
	for _, d := range append(prefixed("mail ", f.MailDomains), prefixed("chat ", f.ChatDomains)...) {
		if other, ok := b.decides[d]; ok {
			b.fail(section, "the directory %q decides for %s already", other.Name, d)
		}
		if !isDomain(d[len("mail "):]) {
			b.fail(section, "%q is no domain", d[len("mail "):])
		}
		b.decides[d] = f
	}
}

// ldif refuses what only a server has.
func (b *builder) ldif(section string, f DirectoryFile) {
	for _, k := range []struct {
		key   string
		given bool
	}{
		{"security", f.Security != ""}, {"ca", f.CA != ""}, {"server_name", f.ServerName != ""}, {"pins", len(f.Pins) > 0},
		{"crls", len(f.CRLs)+len(f.CRLsPEM) > 0}, {"referrals", len(f.Referrals) > 0}, {"auth", f.Auth != ""}, {"bind_dn", f.BindDN != ""},
		{"secret", f.Secret != ""}, {"client_certificate", f.ClientCertificate+f.ClientCertificatePEM != ""}, {"client_key", f.ClientKey != ""},
		{"kerberos", f.Kerberos != nil}, {"page_size", f.PageSize != 0}, {"timeout", f.Timeout.Duration != 0},
		{"live", f.Live != "" && f.Live != LiveNever}, {"sync", f.Sync != "" && f.Sync != "auto" && f.Sync != "full"},
	} {
		if k.given {
			b.fail(section, "%s goes with a server: a directory that is read from an LDIF file has none", k.key)
		}
	}
	if f.Mode == ModeLookUp {
		b.fail(section, "mode %q: nobody can be asked behind an LDIF file: mirror", f.Mode)
	}
}

// isUnseen: control characters, and those that turn the order of letters, could forge lines of a list.
func isUnseen(r rune) bool { return !unicode.IsPrint(r) }
