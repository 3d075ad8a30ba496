package federation

import (
	"context"
	"slices"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// maxAlternatives is how many roles are proposed for one person; maxAsked is for how many persons any are looked for.
const (
	maxAlternatives = 5
	maxAsked        = 100
)

// Alternatives implements presend.Alternatives from the cache: for a person the roles of the same unit, first those that the person
// occupies, in the directory that decides (RULES 6, 18). Whether they are cleared, the check finds out.
func (f *Federation) Alternatives(ctx context.Context, channel draft.Channel, parties []presend.Party) (map[string][]presend.Alternative, error) {
	roles := map[string][]string{} // addresses by the party's
	var all []string
	for _, p := range parties[:min(len(parties), maxAsked)] {
		found, err := f.rolesFor(ctx, channel, p)
		if err != nil {
			return nil, err
		}
		roles[p.Address] = found
		all = append(all, found...)
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
	for address, list := range roles {
		for _, role := range list {
			at, _ := slices.BinarySearch(all, role)
			out[address] = append(out[address], presend.Alternative{Kind: presend.AlternativeRole, Party: resolved[at]})
		}
	}
	return out, nil
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
