package federation

import (
	"context"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// linked lists, by the party's address, the addresses of other entries of the same person: those of the directory that decides which
// the person's entry names, and which name it (RULES 6; ldapbook.SamePerson). Of a look-up directory only those count that the book has.
func (f *Federation) linked(ctx context.Context, channel draft.Channel, parties []presend.Party) (map[string][]offered, error) {
	own := personsBehind(parties)
	named := map[string][]string{} // by directory
	for _, entries := range own {
		for _, e := range entries {
			named[e.Directory] = append(named[e.Directory], linkedBy(e)...)
		}
	}
	others, err := f.inBook(ctx, named)
	if err != nil {
		return nil, err
	}
	out := map[string][]offered{}
	for address, entries := range own {
		for _, e := range entries {
			for _, dn := range linkedBy(e) {
				other, ok := others[e.Directory][ldapbook.FoldDN(dn)]
				if !ok || other.Kind != e.Kind || !ldapbook.SamePerson(e, other) {
					continue
				}
				out[address] = append(out[address], f.addressesOf(channel, other)...)
			}
		}
	}
	return out, nil
}

// personsBehind are the persons behind parties, as far as they say who else they are, by the party's address.
func personsBehind(parties []presend.Party) map[string][]ldapbook.Entry {
	out := map[string][]ldapbook.Entry{}
	for _, p := range parties {
		for _, x := range p.Entries {
			if x.Kind == presend.Person && len(x.SamePerson) > 0 {
				out[p.Address] = append(out[p.Address], ldapbook.Entry{Directory: x.Directory, DN: x.DN, Kind: ldapbook.KindPerson, SamePerson: x.SamePerson})
			}
		}
	}
	return out
}

// linkedBy are the names of other entries that an entry gives, as many as are looked at.
func linkedBy(e ldapbook.Entry) []string {
	return e.SamePerson[:min(len(e.SamePerson), maxAlternatives)]
}

// inBook reads names of several directories from the cache alone: while somebody types, no link is followed into a directory that
// would have to be asked. The result is by directory and folded DN.
func (f *Federation) inBook(ctx context.Context, names map[string][]string) (map[string]map[string]ldapbook.Entry, error) {
	out := map[string]map[string]ldapbook.Entry{}
	for directory, dns := range names {
		var err error
		if out[directory], err = f.book.ByDN(ctx, directory, dns); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addressesOf offers an entry's addresses on a channel for which its own directory decides.
func (f *Federation) addressesOf(channel draft.Channel, e ldapbook.Entry) []offered {
	var out []offered
	for _, a := range addressesOn(channel, e) {
		if d, ok := f.deciding(channel, key(a)); ok && d.Name == e.Directory {
			out = append(out, offered{presend.AlternativeAddress, a, ref(e.Directory, e.DN)})
		}
	}
	return out
}
