package federation

import (
	"context"
	"slices"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// maxAlternatives is how many roles, and how many entries of the same person, are proposed for one; maxAsked is for how many persons
// any are looked for.
const (
	maxAlternatives = 5
	maxAsked        = 100
)

// Alternatives implements presend.Alternatives: for a person the entries of the same person that are linked in the directory that
// decides (RULES 6), and the roles of the same unit there, first those that the person occupies (RULES 18). Other addresses of the
// person's own entry the check knows itself. All is found in the cache. Whether they are cleared, the check finds out.
func (f *Federation) Alternatives(ctx context.Context, channel draft.Channel, parties []presend.Party) (map[string][]presend.Alternative, error) {
	parties = parties[:min(len(parties), maxAsked)]
	offers, err := f.linked(ctx, channel, parties)
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		roles, err := f.rolesFor(ctx, channel, p)
		if err != nil {
			return nil, err
		}
		for _, address := range roles {
			offers[p.Address] = append(offers[p.Address], offered{kind: presend.AlternativeRole, address: address})
		}
	}
	var all []string
	for _, list := range offers {
		for _, o := range list {
			all = append(all, o.address)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.Sort(all)
	all = slices.Compact(all)
	resolved, err := f.Resolve(ctx, channel, all, presend.Freshness{})
	if err != nil {
		return nil, err
	}
	out := map[string][]presend.Alternative{}
	for address, list := range offers {
		for _, o := range list {
			at, _ := slices.BinarySearch(all, o.address)
			if p := resolved[at]; o.isBehind(p) {
				out[address] = append(out[address], presend.Alternative{Kind: o.kind, Party: p})
			}
		}
	}
	return out, nil
}

// offered is an address that may stand in for somebody.
type offered struct {
	kind, address string
	entry         presend.Ref // of the same person; the zero value: any
}

// isBehind: an address of another entry is proposed only where that entry alone stands behind it.
func (o offered) isBehind(p presend.Party) bool {
	return o.entry == (presend.Ref{}) || len(p.Entries) == 1 && p.Entries[0].Self == o.entry
}

// rolesFor lists the addresses of roles that stand for a person's unit.
func (f *Federation) rolesFor(ctx context.Context, channel draft.Channel, p presend.Party) ([]string, error) {
	var out []string
	add := func(d installation.Directory, found []ldapbook.Entry) {
		for _, e := range found {
			a := addressOf(d, e, channel)
			decides, ok := f.deciding(channel, a)
			if e.Kind != ldapbook.KindRole || a == "" || !ok || decides.Name != d.Name || slices.Contains(out, a) || len(out) >= maxAlternatives {
				continue
			}
			out = append(out, a)
		}
	}
	for _, e := range p.Entries {
		d, ok := f.Directory(e.Directory)
		if !ok || e.Kind != presend.Person {
			continue
		}
		occupied, err := f.book.GroupsOf(ctx, d.Name, e.DN)
		if err != nil {
			return nil, err
		}
		add(d, slices.DeleteFunc(occupied, func(g ldapbook.Entry) bool { return g.Unit != e.Unit }))
		if e.Unit == "" || len(out) >= maxAlternatives {
			continue
		}
		of, err := f.book.Search(ctx, ldapbook.Query{Nation: d.Nation, Kind: ldapbook.KindRole, Organisation: e.Unit, Limit: 4 * maxAlternatives})
		if err != nil {
			return nil, err
		}
		add(d, slices.DeleteFunc(of, func(g ldapbook.Entry) bool { return g.Directory != d.Name || g.Unit != e.Unit }))
	}
	return out, nil
}
