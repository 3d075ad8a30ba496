package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/ldapbook"
)

// LookupHit says who has an address.
type LookupHit struct {
	Address   string `json:"address" doc:"as asked"`
	ID        string `json:"id" doc:"directory and entry"`
	Name      string `json:"name"`
	Nation    string `json:"nation"`
	Kind      string `json:"kind" enum:"person,role,list,room"`
	Unit      string `json:"unit"`
	Decides   bool   `json:"decides" doc:"its directory decides for the address (RULES 6)"`
	Disabled  bool   `json:"disabled" doc:"its directory says that it is not in use"`
	Lookalike string `json:"lookalike,omitempty" doc:"what tells it apart from somebody whose name or address looks like this one's"`
}

// Lookup says, of the addresses that the book has, who has them, in the order in which they were asked. It asks the cache only.
// Of several entries the one that the authoritative directory publishes is given (RULES 6).
func (s *Service) Lookup(ctx context.Context, addresses []string) ([]LookupHit, error) {
	keys := make([]string, len(addresses))
	for i, a := range addresses {
		keys[i] = bareAddress(a)
	}
	found, err := s.book.ByAddress(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := []LookupHit{}
	seen := map[string]bool{}
	for i, a := range addresses {
		entries := found[ldapbook.FoldAddress(keys[i])]
		// An address that only the book's own folding makes equal to another, such as one with the Kelvin sign, is nobody's.
		if seen[a] || len(entries) == 0 || ldapbook.FoldAddress(keys[i]) != keys[i] {
			continue
		}
		seen[a] = true
		e := slices.MinFunc(entries, func(x, y ldapbook.Entry) int {
			return cmp.Compare(s.authority(x, keys[i]), s.authority(y, keys[i]))
		})
		h := LookupHit{Address: a, ID: idOf(refOf(e)), Name: e.Name, Nation: e.Nation, Kind: string(e.Kind), Unit: e.Unit,
			Decides: s.authority(e, keys[i]) == 0, Disabled: e.Disabled}
		if len(out) < lookedAlike {
			if h.Lookalike, err = s.lookalikeOf(ctx, e); err != nil {
				return nil, err
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// bareAddress folds an address, and of a JID takes the part before the resource.
func bareAddress(address string) string {
	a := draft.FoldAddress(address)
	if at, slash := strings.IndexByte(a, '@'), strings.IndexByte(a, '/'); at >= 0 && slash > at {
		a = a[:slash]
	}
	return a
}

// authority ranks who publishes an entry: 0 for the directory that decides for the address, else 1.
func (s *Service) authority(e ldapbook.Entry, address string) int {
	if slices.ContainsFunc(s.in.Directories, func(d installation.Directory) bool {
		return d.Name == e.Directory && slices.ContainsFunc(slices.Concat(d.MailDomains, d.ChatDomains), func(domain string) bool {
			return draft.FoldAddress(domain) == draft.Domain(address)
		})
	}) {
		return 0
	}
	return 1
}
