package federation

import (
	"context"
	"slices"
	"sync"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// Open implements presend.Directory: it finds the parties behind members and occupants. Of an entry whose address another
// directory decides for, that directory's entry counts (RULES 6).
func (f *Federation) Open(ctx context.Context, channel draft.Channel, refs []presend.Ref, fresh presend.Freshness) (map[presend.Ref]presend.Party, error) {
	byDirectory := map[string][]string{}
	for _, r := range refs {
		byDirectory[r.Directory] = append(byDirectory[r.Directory], r.DN)
	}
	out := make(map[presend.Ref]presend.Party, len(refs))
	found, err := f.openAll(ctx, byDirectory, fresh)
	if err != nil {
		return nil, err
	}
	var addresses []string
	var addressed []presend.Ref
	alone := map[string][]string{} // by directory: not there, or without an address on this channel
	for _, r := range refs {
		d, _ := f.Directory(r.Directory)
		e, ok := found[r.Directory].entries[r.DN]
		if address := addressOf(d, e, channel); ok && address != "" {
			addresses, addressed = append(addresses, address), append(addressed, r)
		} else {
			alone[r.Directory] = append(alone[r.Directory], r.DN)
		}
	}
	for name, dns := range alone {
		d, _ := f.Directory(name)
		parties, err := f.byName(ctx, d, dns, found[name])
		if err != nil {
			return nil, err
		}
		for dn, p := range parties {
			out[presend.Ref{Directory: name, DN: dn}] = p
		}
	}
	// What was just read by name is fresh: resolving by address finds it in the book, and every other entry that claims it.
	parties, err := f.Resolve(ctx, channel, addresses, fresh)
	if err != nil {
		return nil, err
	}
	for i, r := range addressed {
		out[r] = parties[i]
	}
	return out, nil
}

// opened is what one directory gave for names.
type opened struct {
	entries map[string]ldapbook.Entry // by folded DN
	asked   []string                  // those that were read again
	fault   string
}

// byName makes the parties of entries that are judged by their names: the directory that holds them decides. One that is not
// there is withdrawn when a check has met it (RULES 8), and not known when the book's silence means nothing.
func (f *Federation) byName(ctx context.Context, d installation.Directory, dns []string, x opened) (map[string]presend.Party, error) {
	status, err := f.statuses(ctx)
	if err != nil {
		return nil, err
	}
	var doubtful []string
	for _, dn := range dns {
		if len(x.entries[dn].Clearance) == 0 {
			doubtful = append(doubtful, dn)
		}
	}
	met, err := f.memoriesOf(ctx, d.Name, doubtful)
	if err != nil {
		return nil, err
	}
	out := map[string]presend.Party{}
	for _, dn := range dns {
		p := presend.Party{Nation: d.Nation, Looked: d.Name, Fault: x.fault}
		e, ok := x.entries[dn]
		readAt := status[d.Name].LastSuccess
		asked := slices.Contains(x.asked, dn)
		switch {
		case ok:
			y := f.entry(d, e)
			y.Withdrawn = len(e.Clearance) == 0 && met[dn].hadClearance
			p.Entries = []presend.Entry{y}
		case p.Fault == "" && !asked:
			p.Fault = notRead(d.Name, status[d.Name])
		case p.Fault == "":
			readAt = f.now()
		}
		if m, was := met[dn]; was && !ok && p.Fault == "" {
			p.Entries = []presend.Entry{m.withdrawn(d, readAt)}
		}
		out[dn] = p
	}
	return out, nil
}

// openAll reads names of several directories, in parallel.
func (f *Federation) openAll(ctx context.Context, byDirectory map[string][]string, fresh presend.Freshness) (map[string]opened, error) {
	out := map[string]opened{}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for name, dns := range byDirectory {
		wg.Go(func() {
			x, err := f.openOne(ctx, name, dns, fresh)
			mu.Lock()
			defer mu.Unlock()
			out[name] = x
			if err != nil {
				failed = err
			}
		})
	}
	wg.Wait()
	return out, failed
}

func (f *Federation) openOne(ctx context.Context, name string, dns []string, fresh presend.Freshness) (opened, error) {
	var x opened
	var err error
	if x.entries, err = f.book.ByDN(ctx, name, dns); err != nil {
		return x, err
	}
	d, ok := f.Directory(name)
	if !ok {
		return x, nil
	}
	var due []string
	for _, dn := range dns {
		if f.isNameDue(d, x.entries, dn, fresh) {
			due = append(due, dn)
		}
	}
	if len(due) == 0 {
		return x, nil
	}
	if x.fault = f.readNames(ctx, d, due, x.entries); x.fault != "" {
		return x, nil
	}
	x.asked = due
	x.entries, err = f.book.ByDN(ctx, name, dns)
	return x, err
}

func (f *Federation) isNameDue(d installation.Directory, have map[string]ldapbook.Entry, dn string, fresh presend.Freshness) bool {
	if d.LDIF != "" { // nobody can be asked
		return false
	}
	e, ok := have[dn]
	if !ok {
		return fresh.Live || d.Mode == "look-up"
	}
	return fresh.Live && f.isOld(fresh, e)
}

// addressOf is the address of an entry on a channel: one that its directory decides for, else the first.
func addressOf(d installation.Directory, e ldapbook.Entry, channel draft.Channel) string {
	for _, a := range addressesOn(channel, e) {
		for _, own := range domainsOn(channel, d) {
			if draft.Domain(a) == draft.FoldAddress(own) {
				return a
			}
		}
	}
	return goesBy(e, channel)
}
