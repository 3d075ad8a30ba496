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
	roles, err := f.roleFinder(ctx, channel, parties)
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		found, err := roles.of(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, address := range found {
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

// roleFinder finds roles for several persons: who occupies what is asked once for all, and each unit is searched once.
type roleFinder struct {
	f        *Federation
	channel  draft.Channel
	occupied map[presend.Ref][]ldapbook.Entry
	searched map[unit][]ldapbook.Entry
}

type unit struct{ directory, name string }

func (f *Federation) roleFinder(ctx context.Context, channel draft.Channel, parties []presend.Party) (*roleFinder, error) {
	persons := map[string][]string{} // by directory
	for _, p := range parties {
		for _, e := range p.Entries {
			if e.Kind == presend.Person {
				persons[e.Directory] = append(persons[e.Directory], e.DN)
			}
		}
	}
	r := &roleFinder{f: f, channel: channel, occupied: map[presend.Ref][]ldapbook.Entry{}, searched: map[unit][]ldapbook.Entry{}}
	for directory, dns := range persons {
		groups, err := f.book.GroupsOfEach(ctx, directory, dns)
		if err != nil {
			return nil, err
		}
		for dn, found := range groups {
			r.occupied[presend.Ref{Directory: directory, DN: dn}] = found
		}
	}
	return r, nil
}

// of lists the addresses of roles that stand for a person's unit.
func (r *roleFinder) of(ctx context.Context, p presend.Party) ([]string, error) {
	var out []string
	for _, e := range p.Entries {
		d, ok := r.f.Directory(e.Directory)
		if !ok || e.Kind != presend.Person {
			continue
		}
		out = r.add(out, d, e.Unit, r.occupied[ref(d.Name, e.DN)])
		if e.Unit == "" || len(out) >= maxAlternatives {
			continue
		}
		found, err := r.inUnit(ctx, d, e.Unit)
		if err != nil {
			return nil, err
		}
		out = r.add(out, d, e.Unit, found)
	}
	return out, nil
}

// add adds the addresses of those that are roles of the unit in the directory.
func (r *roleFinder) add(to []string, d installation.Directory, unit string, found []ldapbook.Entry) []string {
	for _, e := range found {
		if e.Kind != ldapbook.KindRole || e.Unit != unit || e.Directory != d.Name || len(to) >= maxAlternatives {
			continue
		}
		a := addressOf(d, e, r.channel)
		if decides, ok := r.f.deciding(r.channel, a); a != "" && ok && decides.Name == d.Name && !slices.Contains(to, a) {
			to = append(to, a)
		}
	}
	return to
}

func (r *roleFinder) inUnit(ctx context.Context, d installation.Directory, name string) ([]ldapbook.Entry, error) {
	u := unit{d.Name, name}
	if found, ok := r.searched[u]; ok {
		return found, nil
	}
	found, err := r.f.book.Search(ctx, ldapbook.Query{Nation: d.Nation, Kind: ldapbook.KindRole, Organisation: name, Limit: 4 * maxAlternatives})
	if err == nil {
		r.searched[u] = found
	}
	return found, err
}
