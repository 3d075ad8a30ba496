package federation

import (
	"context"
	"fmt"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// Identities lists the identities that the administrator bound to the user (RULES 10), in the order of the file.
func (f *Federation) Identities() []installation.IdentityFile {
	var out []installation.IdentityFile
	for _, id := range f.in.File.Identities {
		if id.IsFor(f.user) {
			out = append(out, id)
		}
	}
	return out
}

// Roles lists what the user may be: installation.Roles (RULES 19).
func (f *Federation) Roles() []string { return f.in.File.RolesOf(f.user) }

// Identity finds the identity with that address on the channel; an empty from means the first that has one.
func (f *Federation) Identity(channel draft.Channel, from string) (id installation.IdentityFile, address string, ok bool) {
	for _, id := range f.Identities() {
		address := id.Mail
		if channel == draft.Chat {
			address = id.JID
		}
		if address != "" && (from == "" || key(address) == key(from)) {
			return id, address, true
		}
	}
	return installation.IdentityFile{}, "", false
}

// Originator implements presend.Directory: the clearance is read from the own nation's directory by DN, never from settings.
func (f *Federation) Originator(ctx context.Context, channel draft.Channel, from string, fresh presend.Freshness) (presend.Party, bool, error) {
	id, address, ok := f.Identity(channel, from)
	if !ok {
		return presend.Party{Address: from, Looked: "the installation's identities"}, false, nil
	}
	d, _ := f.Directory(id.Directory) // the installation was checked: it is there
	dn := ldapbook.FoldDN(id.DN)
	x, err := f.openOne(ctx, d.Name, []string{dn}, fresh)
	if err != nil {
		return presend.Party{}, false, err
	}
	parties, err := f.byName(ctx, d, []string{dn}, x)
	if err != nil {
		return presend.Party{}, false, err
	}
	p := parties[dn]
	p.Address = address
	if len(p.Entries) == 0 && p.Fault == "" {
		p.Looked = fmt.Sprintf("%s, %s", d.Name, id.DN)
	}
	keys := []string{key(address)}
	known, err := f.memories(ctx, keys)
	if err != nil {
		return presend.Party{}, false, err
	}
	return p, true, f.remember(ctx, keys, []presend.Party{p}, known)
}
