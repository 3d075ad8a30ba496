package ldapbook

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
)

// stored loads one entry; sql.ErrNoRows: there is none.
func (b *Book) stored(ctx context.Context, q queryer, r Ref) (*storedEntry, error) {
	uuid := strings.ToLower(r.UUID)
	keys, err := keysJSON(keyUUID, []string{uuid})
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, q, `SELECT DISTINCT `+entryColumns+entriesByKey+`WHERE d.name = ?`, keys, r.Directory)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if found[i].UUID == uuid {
			return &found[i], nil
		}
	}
	return nil, sql.ErrNoRows
}

// GroupsOf lists the lists and roles of a directory that have this DN among their members or occupants, in book order.
// Errors: ErrDatabase.
func (b *Book) GroupsOf(ctx context.Context, directory, dn string) ([]Entry, error) {
	all, err := b.GroupsOfEach(ctx, directory, []string{dn})
	return all[FoldDN(dn)], err
}

// GroupsOfEach is GroupsOf for several DNs, with one question for all. The key is FoldDN(dn); a DN that is in no list and occupies no role
// is left out. Errors: ErrDatabase.
func (b *Book) GroupsOfEach(ctx context.Context, directory string, dns []string) (map[string][]Entry, error) {
	wanted := foldedSet(dns, FoldDN)
	groups := map[string][]Entry{}
	err := b.withSnapshot(ctx, func(s *snapshot) error {
		found, err := s.withKeys(keyMember, wanted, func(e *Entry) bool { return e.Directory == directory })
		slices.SortFunc(found, func(x, y *storedEntry) int { return cmp.Compare(x.place, y.place) })
		for i := range found {
			for _, dn := range membersAmong(&found[i].Entry, wanted) {
				groups[dn] = append(groups[dn], found[i].Entry)
			}
		}
		return err
	})
	if err != nil {
		return nil, databaseError(err)
	}
	return groups, nil
}

// membersAmong lists the members and occupants of an entry that are wanted, each once and folded.
func membersAmong(e *Entry, wanted map[string]bool) []string {
	var all []string
	had := map[string]bool{}
	for _, list := range [...][]string{e.Members, e.Occupants} {
		for _, dn := range list {
			if dn = FoldDN(dn); wanted[dn] && !had[dn] {
				had[dn] = true
				all = append(all, dn)
			}
		}
	}
	return all
}

// Organisations lists the distinct organisations and units of a directory that begin with text, without case and accents,
// by name; limit 0: DefaultLimit. Errors: ErrDatabase.
func (b *Book) Organisations(ctx context.Context, directory, text string, limit int) ([]string, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT o.name FROM organisation o JOIN directory d ON d.id = o.directory
			WHERE d.name = ?1 AND o.entries > 0
		UNION SELECT n.unit FROM node n JOIN directory d ON d.id = n.directory JOIN spread s ON s.node = n.id
			WHERE d.name = ?1 AND n.unit <> '' AND length(s.counts) > 0`, directory)
	if err != nil {
		return nil, databaseError(err)
	}
	defer rows.Close()
	wanted := sortText(text)
	seen := map[string]bool{}
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, databaseError(err)
		}
		if f := foldText(name); !seen[f] && strings.HasPrefix(sortText(name), wanted) {
			seen[f] = true
			all = append(all, name)
		}
	}
	slices.SortFunc(all, compareNames)
	return all[:min(len(all), (&Query{Limit: limit}).limit())], databaseError(rows.Err())
}
