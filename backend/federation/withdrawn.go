package federation

import (
	"context"
	"slices"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// withdrawnEntries are the persons who are in the book without a clearance and once had one: by the address by which they go on the
// channel, as a check asks (RULES 8). Their class cannot tell: others of it never had one.
//
// The list is kept until the book, or what caveat.db remembers, is written again.
func (f *Federation) withdrawnEntries(ctx context.Context, channel draft.Channel) (map[ldapbook.Ref]ldapbook.Entry, error) {
	stamp, err := f.withdrawnStamp(ctx) // before the list: what is written meanwhile makes it old at once
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	kept, ok := f.lost[channel]
	f.mu.Unlock()
	if ok && kept.stamp == stamp {
		return kept.entries, nil
	}
	addresses, err := f.onceCleared(ctx)
	if err != nil {
		return nil, err
	}
	found := map[ldapbook.Ref]ldapbook.Entry{}
	for chunk := range slices.Chunk(addresses, claimsAtOnce) {
		if err := f.addWithdrawn(ctx, channel, chunk, found); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lost == nil {
		f.lost = map[draft.Channel]lost{}
	}
	f.lost[channel] = lost{stamp, found}
	return found, nil
}

// lost is who was without the clearance that he once had when book and caveat.db were in a state.
type lost struct {
	stamp   withdrawnStamp
	entries map[ldapbook.Ref]ldapbook.Entry
}

// withdrawnStamp is a state of the book and of what caveat.db remembers.
type withdrawnStamp struct{ edition, seen, last, had int64 }

func (f *Federation) withdrawnStamp(ctx context.Context) (s withdrawnStamp, err error) {
	if s.edition, err = f.book.Edition(ctx); err != nil {
		return withdrawnStamp{}, err
	}
	err = f.store.Reader().QueryRowContext(ctx, `SELECT count(*), coalesce(max(last_seen), 0), coalesce(sum(had_clearance), 0) FROM seen`).
		Scan(&s.seen, &s.last, &s.had)
	return s, err
}

// onceCleared lists the addresses of which the book's tombstones or caveat.db remember a clearance, folded.
func (f *Federation) onceCleared(ctx context.Context) ([]string, error) {
	all, err := f.book.OnceCleared(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := f.store.Reader().QueryContext(ctx, `SELECT DISTINCT address FROM seen WHERE had_clearance`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	slices.Sort(all)
	return slices.Compact(all), rows.Err()
}

// addWithdrawn adds those among the claimants of some addresses who have no clearance any more.
func (f *Federation) addWithdrawn(ctx context.Context, channel draft.Channel, addresses []string, found map[ldapbook.Ref]ldapbook.Entry) error {
	q := &query{f: f, channel: channel}
	err := q.lookUp(ctx, addresses)
	if err != nil {
		return err
	}
	if q.seen, err = f.memories(ctx, addresses); err != nil {
		return err
	}
	for _, k := range addresses {
		d, ok := f.deciding(channel, k)
		if !ok {
			continue
		}
		cleared := q.cleared(d.Name, k)
		for _, e := range q.entries[k] {
			if e.Directory == d.Name && len(e.Clearance) == 0 && ldapbook.FoldAddress(goesBy(e, channel)) == k && q.hadClearance(d.Name, k, e.UUID, cleared) {
				found[refOf(e)] = e
			}
		}
	}
	return nil
}

// withdraw counts those of the directory as withdrawn of whom something is gone; those who share an address count with it.
func (t *tally) withdraw(lost map[ldapbook.Ref]ldapbook.Entry) {
	shared := map[ldapbook.Ref]bool{}
	for _, x := range t.shared {
		shared[refOf(x.entry)] = true
	}
	for ref, e := range lost {
		if ref.Directory != t.d.Name || e.Kind != ldapbook.KindPerson || shared[ref] {
			continue
		}
		if id, ok := t.byKey[classKey(classOf(e))]; ok {
			t.correct(e, presend.NotCleared, t.classes[id].link, Counts{Withdrawn: 1})
		}
	}
}
