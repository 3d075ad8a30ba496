package installation

import (
	"fmt"
	"slices"
	"strings"
)

// SecretMove is a stored secret that another installation would show to another server, or protect less, than this one does.
type SecretMove struct {
	Section string // that would use it: directory "AUS"
	Secret  string // its name
}

// String says it in words.
func (m SecretMove) String() string {
	return fmt.Sprintf("%s would use the stored secret %q at another server, or with less protection, than it was given for", m.Section, m.Secret)
}

// SecretMoves lists the secrets that another installation would use elsewhere than this one: where an endpoint of it is at another
// server, trusts another CA or is protected less, and where it takes a name over from something else. isStored tells which names mean
// a secret, besides those that this installation refers to. Errors: those of Bundle.
func (in *Installation) SecretMoves(next *Installation, isStored func(name string) bool) ([]SecretMove, error) {
	var files [2]File
	for i, x := range []*Installation{in, next} { // certificates count by what they say, not by where they are kept
		text, err := x.Bundle()
		if err != nil {
			return nil, err
		}
		if files[i], err = ParseFile(text); err != nil {
			return nil, err
		}
	}
	was, is := files[0], files[1]
	known := in.Secrets()
	var out []SecretMove
	add := func(section string, is, was map[string]string, elsewhere bool) {
		for _, use := range []string{"secret", "key"} {
			name := is[use]
			if name != "" && (elsewhere || was[use] != name) && (slices.Contains(known, name) || isStored(name)) {
				out = append(out, SecretMove{section, name})
			}
		}
	}
	for _, d := range is.Directories {
		i := slices.IndexFunc(was.Directories, func(o DirectoryFile) bool { return o.Name == d.Name })
		var before DirectoryFile
		if i >= 0 {
			before = was.Directories[i]
		}
		add(fmt.Sprintf("directory %q", d.Name), map[string]string{"secret": d.Secret, "key": d.KeySecret()},
			map[string]string{"secret": before.Secret, "key": before.KeySecret()}, i < 0 || d.isElsewhere(before) || was.pemOf(before.CA) != is.pemOf(d.CA))
	}
	for _, a := range is.Accounts {
		i := slices.IndexFunc(was.Accounts, func(o AccountFile) bool { return o.Name == a.Name })
		var before AccountFile
		if i >= 0 {
			before = was.Accounts[i]
		}
		add(fmt.Sprintf("account %q", a.Name), map[string]string{"secret": a.Secret, "key": a.KeySecret()},
			map[string]string{"secret": before.Secret, "key": before.KeySecret()}, i < 0 || a.IsElsewhere(before) || was.pemOf(before.CA) != is.pemOf(a.CA))
	}
	return out, nil
}

// pemOf is what a CA says; "" for the system's.
func (f File) pemOf(ca string) string {
	for _, c := range f.CAs {
		if c.Name == ca {
			return strings.TrimSpace(c.PEM)
		}
	}
	return ""
}

// IsElsewhere reports that the account's password would go to another server than before, or be shown to more.
func (f AccountFile) IsElsewhere(before AccountFile) bool {
	weaker := f.Auth != before.Auth && (f.Auth == loginPlain || f.Auth == loginBearer || f.Auth == "")
	return f.Kind != before.Kind || f.Address != before.Address || f.Security != before.Security || f.ServerName != before.ServerName || f.CA != before.CA ||
		domainOf(f.JID) != domainOf(before.JID) || f.movesToken(before.ClientKey) || weaker || IsUnpinned(f.Pins, before.Pins)
}

func (f AccountFile) movesToken(before string) bool { return f.IsOnToken() && f.ClientKey != before }

// isElsewhere is AccountFile.IsElsewhere of a directory.
func (f DirectoryFile) isElsewhere(before DirectoryFile) bool {
	more := func(is, was []string) bool {
		return slices.ContainsFunc(is, func(x string) bool { return !slices.Contains(was, x) })
	}
	lists := func(d DirectoryFile) int { return len(d.CRLs) + len(d.CRLsPEM) }
	return more(f.URLs, before.URLs) || more(f.Referrals, before.Referrals) || f.Security != before.Security || f.ServerName != before.ServerName ||
		f.CA != before.CA || f.Auth != before.Auth || f.IsOnToken() && f.ClientKey != before.ClientKey || lists(f) < lists(before) ||
		IsUnpinned(f.Pins, before.Pins)
}

// IsUnpinned reports that a server may have a key that it could not have before.
func IsUnpinned(is, was []string) bool {
	if len(was) == 0 {
		return false
	}
	return len(is) == 0 || slices.ContainsFunc(is, func(p string) bool {
		return !slices.ContainsFunc(was, func(o string) bool { return strings.EqualFold(o, p) })
	})
}

func domainOf(jid string) string {
	_, domain, _ := strings.Cut(jid, "@")
	return strings.ToLower(domain)
}
