package federation

import (
	"context"
	"errors"
	"fmt"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// ErrNoGroup: an address that is no list's and no role's, as far as the book knows.
var ErrNoGroup = errors.New("federation: no list or role has this address")

// Expanded is who stands directly behind a list or role.
type Expanded struct {
	Members    []presend.Party // with an address on the channel; lists among them stay lists
	Without    []string        // names of those that have no address there, or are not in the book
	Incomplete bool            // the server gave only a part of the members
}

// Expand opens a list or role one level, from the cache, for a drafter who would rather write to its members. Of several entries that
// claim the address the members of all are given. Errors: ErrNoGroup, and those of the book.
func (f *Federation) Expand(ctx context.Context, channel draft.Channel, address string) (Expanded, error) {
	d, ok := f.deciding(channel, address)
	if !ok {
		return Expanded{}, fmt.Errorf("%w: no directory decides for %s", ErrNoGroup, address)
	}
	claims, err := f.book.ByAddress(ctx, []string{key(address)})
	if err != nil {
		return Expanded{}, err
	}
	var out Expanded
	var refs []presend.Ref
	found := false
	for _, e := range claims[key(address)] {
		if e.Directory != d.Name || e.Kind != ldapbook.KindList && e.Kind != ldapbook.KindRole {
			continue
		}
		x := f.entry(d, e)
		found = true
		out.Incomplete = out.Incomplete || e.MembersIncomplete
		refs = append(refs, x.Parts...)
	}
	if !found {
		return Expanded{}, fmt.Errorf("%w: %s", ErrNoGroup, address)
	}
	parties, err := f.Open(ctx, channel, refs, presend.Freshness{})
	if err != nil {
		return Expanded{}, err
	}
	seen := map[presend.Ref]bool{}
	for _, r := range refs {
		p := parties[r]
		switch {
		case seen[r] || draft.FoldAddress(p.Address) == draft.FoldAddress(address):
		case p.Address != "":
			out.Members = append(out.Members, p)
		case len(p.Entries) > 0:
			out.Without = append(out.Without, p.Entries[0].Name)
		default:
			out.Without = append(out.Without, r.DN)
		}
		seen[r] = true
	}
	return out, nil
}
