package installation

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// namedFile is what a section of an installation file names outside of itself.
type namedFile struct {
	section, key string // where it is named
	name         string // as it would be opened; of a key on a token its whole address, which names the library that is loaded
	inside       string // the key that holds it in a bundle; "": none does
}

// Outside refuses a file that names, outside of itself, what another one does not name for the same use: files, the folder of checkpoints,
// and keys on tokens, with the libraries that are loaded for them. Relative names are beside the installation file at path. Nothing is
// opened: whether it is there cannot be told from the answer. Errors: ErrInvalid.
func (f File) Outside(known File, path string) error {
	have := known.named(path)
	for _, n := range f.named(path) {
		if !slices.ContainsFunc(have, func(h namedFile) bool { return h.key == n.key && h.inside == n.inside && h.name == n.name }) {
			return fmt.Errorf("%w: %s: %s", ErrInvalid, n.section, n.refusal())
		}
	}
	return nil
}

func (n namedFile) refusal() string {
	const here = "import it on the machine itself, with `caveat installation import FILE`"
	switch {
	case strings.HasPrefix(n.name, KeyOnToken): // not repeated: somebody may have written a PIN into it
		return n.key + " names a key on a token, with a library that this program would load, and the installation does not name it: " + here
	case strings.Contains(n.name, "PRIVATE KEY"):
		return n.key + " holds the key itself, which must not stand in this file"
	case n.inside != "":
		return fmt.Sprintf("%s names %q, a file outside of the bundle that the installation does not name: put what it holds into the bundle (%s), or %s", n.key, n.name, n.inside, here)
	}
	return fmt.Sprintf("%s names %q, which is outside of the bundle and which the installation does not name: %s", n.key, n.name, here)
}

// named lists what the sections of a file at path name outside of it: what loading it opens, or what is opened later.
func (f File) named(path string) (out []namedFile) {
	b := &builder{dir: filepath.Dir(path)}
	var section string
	add := func(key, inside string, names ...string) {
		for _, name := range names {
			if name != "" {
				out = append(out, namedFile{section, key, b.path(name), inside})
			}
		}
	}
	auth := func(d DirectoryFile) {
		add("client_certificate", "client_certificate_pem", d.ClientCertificate)
		add("client_key", "", d.KeyPath())
		if d.IsOnToken() {
			out = append(out, namedFile{section, "client_key", d.ClientKey, ""})
		}
	}
	for i, p := range f.Policies {
		section = fmt.Sprintf("policy %d", i+1)
		add("file", "spif", p.File)
	}
	for _, c := range f.CAs {
		section = fmt.Sprintf("ca %q", c.Name)
		add("file", "pem", c.File)
	}
	for _, d := range f.Directories {
		section = fmt.Sprintf("directory %q", d.Name)
		auth(d)
		add("ldif", "", d.LDIF)
		add("crls", "crls_pem", d.CRLs...)
		if k := d.Kerberos; k != nil {
			add("kerberos.config", "", k.Config)
			add("kerberos.keytab", "", k.Keytab)
			add("kerberos.ccache", "", k.CCache)
		}
	}
	for _, a := range f.Accounts {
		section = fmt.Sprintf("account %q", a.Name)
		auth(a.client())
	}
	section = "audit"
	add("drop", "", f.Audit.Drop)
	return out
}
