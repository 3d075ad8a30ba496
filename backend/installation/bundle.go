package installation

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Bundle gives the installation as one file: policies, certificates, and the revocation lists beside it are in it (RULES 27).
// Secrets are not: whoever imports it stores them anew. What is secret or renewed by something else stays where it is, and is named
// by its absolute path: keys, keytabs, tickets, LDIF files, revocation lists that were named so.
func (in *Installation) Bundle() ([]byte, error) {
	f := in.File
	dir := filepath.Dir(in.Path)
	b := &builder{dir: dir}
	f.Policies = append([]PolicyFile(nil), f.Policies...)
	for i, p := range f.Policies {
		if p.File == "" {
			continue
		}
		data, err := readFile(b.path(p.File))
		if err != nil {
			return nil, fmt.Errorf("%w: policy %d: %w", ErrInvalid, i+1, err)
		}
		f.Policies[i].SPIF, f.Policies[i].File = string(data), ""
		f.Policies[i].SHA256 = in.Site.Policies()[i].SHA256()
	}
	f.CAs = append([]CAFile(nil), f.CAs...)
	for i, c := range f.CAs {
		if c.File == "" {
			continue
		}
		data, err := readFile(b.path(c.File))
		if err != nil {
			return nil, fmt.Errorf("%w: ca %q: %w", ErrInvalid, c.Name, err)
		}
		f.CAs[i].PEM, f.CAs[i].File = string(data), ""
	}
	f.Directories = append([]DirectoryFile(nil), f.Directories...)
	for i, d := range f.Directories {
		var err error
		if f.Directories[i], err = d.inside(b.path); err != nil {
			return nil, fmt.Errorf("%w: directory %q: %w", ErrInvalid, d.Name, err)
		}
	}
	f.Accounts = append([]AccountFile(nil), f.Accounts...)
	for i, a := range f.Accounts {
		var err error
		if f.Accounts[i], err = a.inside(b.path); err != nil {
			return nil, fmt.Errorf("%w: account %q: %w", ErrInvalid, a.Name, err)
		}
	}
	return Marshal(f)
}

// Marshal writes a File as TOML.
func Marshal(f File) ([]byte, error) {
	var out bytes.Buffer
	if err := toml.NewEncoder(&out).Encode(f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return out.Bytes(), nil
}

// Secrets lists the names of the secrets that the file refers to.
func (in *Installation) Secrets() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, d := range in.File.Directories {
		add(d.Secret)
		add(d.KeySecret())
	}
	for _, a := range in.File.Accounts {
		add(a.Secret)
		add(a.client().KeySecret())
	}
	return out
}

// reservedSecrets begins the names of secrets that are the program's own, such as the key that signs the log's checkpoints.
const reservedSecrets = "audit-"

// IsReserved reports that a secret of that name is the program's own: no section of an installation file can name it, so that it is
// neither sent to a server nor removed with a section. Upper and lower case are one: some keychains do not tell them apart.
func IsReserved(name string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(name)), reservedSecrets)
}

// own refuses a section that names a secret of the program's own.
func (b *builder) own(section string, names ...string) {
	for _, name := range names {
		if IsReserved(name) {
			b.fail(section, "the secret %q: names that begin with %q are the program's own: choose another", name, reservedSecrets)
		}
	}
}

// Describe writes a few lines about the installation for people.
func (in *Installation) Describe(w io.Writer) {
	managed := "not centrally managed"
	if in.Managed {
		managed = "centrally managed"
	}
	fmt.Fprintf(w, "%s (%s), %s: %s\n", in.File.System.Name, in.File.System.Nation, managed, in.Path)
	for _, p := range in.Site.Policies() {
		fmt.Fprintf(w, "  policy %s version %d (%s)\n", p.Name(), p.Version(), p.ID())
	}
	for _, d := range in.Directories {
		fmt.Fprintf(w, "  directory %s of %s: %s, %s, %s\n", d.Name, d.Nation, strings.Join(d.Sources(), ", "), d.Transport(), d.Mode)
	}
	for _, r := range in.Routes {
		var links []string
		for _, l := range r.Links {
			links = append(links, l.Name)
		}
		fmt.Fprintf(w, "  %s route to %s: %s\n", r.Channel, r.Domain, strings.Join(links, ", "))
	}
	for _, id := range in.File.Identities {
		fmt.Fprintf(w, "  %s may send as %s%s\n", id.User, strings.Trim(id.Mail+", "+id.JID, ", "), withMailbox(id.Mailbox)+withChat(id.Chat))
	}
	for _, a := range in.Accounts {
		fmt.Fprintf(w, "  account %s: %s %s, %s, %s%s\n", a.Name, a.Kind, a.Address, a.Security, a.login(), a.uses()+a.as())
	}
	for _, d := range in.DefaultLabels {
		p, err := in.Site.Find(d.Label.Policy)
		if err == nil {
			fmt.Fprintf(w, "  unlabelled %s is taken for %s\n", d.from(), p.Mark(p.Label(d.Label), "en", ""))
		}
	}
}

func withMailbox(name string) string {
	if name == "" {
		return ""
	}
	return ", with the mailbox " + name
}

// uses says in words what a mailbox is for; empty for what is none.
func (a Account) uses() string {
	out := ""
	for _, u := range []struct {
		used bool
		word string
	}{{a.HasInbox(), "inbox"}, {a.Sent, "copies of what was sent"}, {a.Drafts, "copies of drafts"}} {
		if u.used {
			out += ", " + u.word
		}
	}
	return out
}
