package federation

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// Resolve implements presend.Directory.
func (f *Federation) Resolve(ctx context.Context, channel draft.Channel, addresses []string, fresh presend.Freshness) ([]presend.Party, error) {
	keys := make([]string, len(addresses))
	for i, a := range addresses {
		keys[i] = key(a)
	}
	q := &query{f: f, channel: channel, fresh: fresh, read: map[string]bool{}}
	if err := q.ask(ctx, keys); err != nil {
		return nil, err
	}
	out := make([]presend.Party, len(addresses))
	for i, a := range addresses {
		out[i] = q.party(a, keys[i])
	}
	return out, f.remember(ctx, keys, out, q.seen)
}

// query is what one Resolve knows.
type query struct {
	f       *Federation
	channel draft.Channel
	fresh   presend.Freshness

	entries   map[string][]ldapbook.Entry // by key
	withdrawn map[string]ldapbook.Tombstone
	seen      map[string][]memory
	status    map[string]ldapbook.Status
	faults    map[string]string // by directory
	read      map[string]bool   // keys that were read live, to the end, in this query
}

// ask fills the query. At Send what is remembered is read last: others may meet somebody while a directory is asked.
func (q *query) ask(ctx context.Context, keys []string) error {
	book := func(ctx context.Context) error { return q.load(ctx, keys) }
	memory := func(ctx context.Context) error { return q.recall(ctx, keys) }
	if !q.fresh.Live {
		return atOnce(ctx, book, memory)
	}
	if err := book(ctx); err != nil {
		return err
	}
	return memory(ctx)
}

// load fills the query from the book, after what is too old was read again.
func (q *query) load(ctx context.Context, keys []string) (err error) {
	// The state before the entries: what is told to have been read is then seen.
	if q.status, err = q.f.statuses(ctx); err != nil {
		return err
	}
	if err := q.lookUp(ctx, keys); err != nil {
		return err
	}
	if q.refresh(ctx, keys) {
		return q.lookUp(ctx, keys)
	}
	return nil
}

// recall fills the query from caveat.db.
func (q *query) recall(ctx context.Context, keys []string) (err error) {
	q.seen, err = q.f.memories(ctx, keys)
	return err
}

// atOnce does two things, on two processors where there are two, and waits for both. They write nothing in common.
func atOnce(ctx context.Context, one, other func(ctx context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- other(ctx) }()
	err := one(ctx)
	if failed := <-done; err == nil {
		err = failed
	}
	return err
}

// lookUp asks the book.
func (q *query) lookUp(ctx context.Context, keys []string) error {
	found, err := q.f.book.LookUp(ctx, keys)
	q.entries, q.withdrawn = found.Entries, found.Gone
	return err
}

// refresh reads again what is older than allowed: all directories in parallel, each only for its own addresses, so that
// nobody waits for a nation to whom nothing is addressed (RULES 16). It reports whether anything was asked.
func (q *query) refresh(ctx context.Context, keys []string) bool {
	due := map[string][]string{}
	for _, k := range keys {
		if d, ok := q.f.deciding(q.channel, k); ok && q.isDue(d, k) {
			due[d.Name] = append(due[d.Name], k)
		}
	}
	q.faults = map[string]string{}
	var wg sync.WaitGroup
	var mu sync.Mutex
	for name, addresses := range due {
		d, _ := q.f.Directory(name)
		wg.Go(func() {
			text := q.f.readAddresses(ctx, d, addresses)
			mu.Lock()
			defer mu.Unlock()
			q.faults[name] = text
			for _, k := range addresses {
				q.read[k] = text == ""
			}
		})
	}
	wg.Wait()
	return len(due) > 0
}

// isDue: nothing of what is read from a file, which nobody can be asked about. Else, at Send, whatever is older than the sending age
// or not there; while drafting, only what a look-up directory was
// never asked for (RULES 13, 22).
func (q *query) isDue(d installation.Directory, k string) bool {
	if d.LDIF != "" {
		return false
	}
	found := false
	for _, e := range q.entries[k] {
		if e.Directory != d.Name {
			continue
		}
		found = true
		if q.fresh.Live && q.f.isOld(q.fresh, e) {
			return true
		}
	}
	return !found && (q.fresh.Live || d.Mode == "look-up")
}

// party says who stands behind an address.
func (q *query) party(address, k string) presend.Party {
	p := presend.Party{Address: address}
	d, ok := q.f.deciding(q.channel, k)
	if !ok {
		p.Looked = fmt.Sprintf("none: no directory decides for %s", orNone(draft.Domain(k)))
		p.Foreign = len(q.entries[k])
		return p
	}
	p.Nation, p.Looked, p.Fault = d.Nation, d.Name, q.faults[d.Name]
	cleared := q.cleared(d.Name, k)
	for _, e := range q.entries[k] {
		if e.Directory != d.Name {
			p.Foreign++
			continue
		}
		x := q.f.entry(d, e)
		x.Addresses = addressesOn(q.channel, e)
		x.Withdrawn = len(e.Clearance) == 0 && q.hadClearance(d.Name, k, e.UUID, cleared)
		p.Entries = append(p.Entries, x)
	}
	if len(p.Entries) > 0 {
		return p
	}
	if p.Fault == "" && !q.read[k] {
		p.Fault = notRead(d.Name, q.status[d.Name])
	}
	// What the book knows to be gone stays gone while the directory cannot be asked: a refusal does not age (RULES 13).
	if t, ok := q.withdrawn[k]; ok && t.Directory == d.Name {
		p.Entries = []presend.Entry{buried(d, t, q.readAt(d.Name, k))}
	} else if p.Fault == "" {
		p.Entries = q.forgotten(d, k)
	}
	return p
}

// notRead says why the book's silence about an entry means nothing; "" when it means that there is none.
func notRead(directory string, s ldapbook.Status) string {
	switch {
	case s.LastSuccess.IsZero():
		return fmt.Sprintf("The directory %s has not been read yet.", directory)
	case s.Incomplete:
		return fmt.Sprintf("The directory %s was read only in part.", directory)
	case s.Error != "":
		return fmt.Sprintf("The directory %s could not be read since %s.", directory, s.LastSuccess.UTC().Format("2 Jan 2006, 15:04Z"))
	}
	return ""
}

// readAt is when the absence of an address was read.
func (q *query) readAt(directory, k string) time.Time {
	if q.read[k] {
		return q.f.now()
	}
	return q.status[directory].LastSuccess
}

func orNone(domain string) string {
	if domain == "" {
		return "an address without a domain"
	}
	return domain
}

// cleared lists the entries of an address that hold a clearance.
func (q *query) cleared(directory, k string) []string {
	var out []string
	for _, e := range q.entries[k] {
		if e.Directory == directory && len(e.Clearance) > 0 {
			out = append(out, e.UUID)
		}
	}
	return out
}

// hadClearance reports that an entry of the address once had a clearance in that directory (RULES 8). What is remembered of
// another entry that claims the address and still has its clearance says nothing about this one.
func (q *query) hadClearance(directory, k, uuid string, cleared []string) bool {
	if t, ok := q.withdrawn[k]; ok && t.Directory == directory {
		return true
	}
	for _, m := range q.seen[k] {
		if m.directory == directory && m.hadClearance && (m.uuid == uuid || !slices.Contains(cleared, m.uuid)) {
			return true
		}
	}
	return false
}

// forgotten gives the entry that a check once met and that is gone, as withdrawn; none when there never was one.
func (q *query) forgotten(d installation.Directory, k string) []presend.Entry {
	for _, m := range q.seen[k] {
		if m.directory == d.Name {
			return []presend.Entry{m.withdrawn(d, q.readAt(d.Name, k))}
		}
	}
	return nil
}

// buried is an entry that the book remembers, as withdrawn.
func buried(d installation.Directory, t ldapbook.Tombstone, readAt time.Time) presend.Entry {
	return presend.Entry{
		Name: t.Name, Nation: d.Nation, Kind: presend.Kind(t.Kind), Directory: d.Name, DN: t.DN, UUID: t.UUID, Self: ref(d.Name, t.DN),
		ReadAt: later(readAt, t.GoneAt), Transport: d.Transport(), Withdrawn: true, ByMembers: byMembers(d, presend.Kind(t.Kind)),
	}
}

// withdrawn is an entry that a check once met, as withdrawn.
func (m memory) withdrawn(d installation.Directory, readAt time.Time) presend.Entry {
	return presend.Entry{
		Name: m.name, Nation: d.Nation, Kind: presend.Kind(m.kind), Directory: d.Name, DN: m.dn, UUID: m.uuid, Self: ref(d.Name, m.dn),
		ReadAt: readAt, Transport: d.Transport(), Withdrawn: true, ByMembers: byMembers(d, presend.Kind(m.kind)),
	}
}

// byMembers reports that the administrator chose, for the nation's lists, that their members are written to (RULES 7).
func byMembers(d installation.Directory, kind presend.Kind) bool {
	return kind == presend.List && d.ListsByMembers()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func ref(directory, dn string) presend.Ref {
	return presend.Ref{Directory: directory, DN: ldapbook.FoldDN(dn)}
}

// entry turns an entry of the book into what presend decides on.
func (f *Federation) entry(d installation.Directory, e ldapbook.Entry) presend.Entry {
	out := presend.Entry{
		Name: displayName(e), Nation: d.Nation, Kind: presend.Kind(e.Kind), Directory: e.Directory, DN: e.DN, UUID: e.UUID, Self: ref(e.Directory, e.DN),
		ReadAt: e.ReadAt, Transport: string(e.Transport), Clearances: e.Clearance,
		Untrusted: isUntrusted(e.Transport), Ceiling: d.Ceiling,
		Disabled: e.Disabled, ExpiresAt: e.ExpiresAt, CertificateUntil: e.CertificateUntil, Capabilities: abilities(e.Capabilities),
		Unit: e.Unit, ByMembers: byMembers(d, presend.Kind(e.Kind)), SamePerson: e.SamePerson,
	}
	parts := e.Members
	if e.Kind == ldapbook.KindRole {
		parts = e.Occupants
	}
	for _, dn := range parts {
		out.Parts = append(out.Parts, ref(f.holder(d, dn), dn))
	}
	if e.MembersIncomplete {
		out.Partial = "the server gave only a part of it."
	}
	if e.Kind == ldapbook.KindRoom {
		f.room(e, &out)
	}
	return out
}

// isOld tells whether an entry is to be read again. Who belongs to a dynamic list changes without its entry: that the entry was found
// unchanged says nothing about it.
func (f *Federation) isOld(fresh presend.Freshness, e ldapbook.Entry) bool {
	return e.Dynamic || fresh.IsOld(f.now(), e.ReadAt)
}

// isUntrusted: what was read so may have been changed on the way (RULES 9).
func isUntrusted(t ldapbook.Transport) bool {
	return t != ldapbook.TransportLDAPS && t != ldapbook.TransportStartTLS
}

// displayName is how people call an entry: rank and name.
func displayName(e ldapbook.Entry) string {
	if e.Kind == ldapbook.KindPerson && e.Rank != "" {
		return e.Rank + " " + e.Name
	}
	return e.Name
}

// holder finds the directory whose tree a DN lies in: the list's own, else the one whose base it lies under.
func (f *Federation) holder(d installation.Directory, dn string) string {
	if under(dn, d.BaseDN) {
		return d.Name
	}
	for _, other := range f.in.Directories {
		if under(dn, other.BaseDN) {
			return other.Name
		}
	}
	return d.Name
}

func under(dn, base string) bool {
	n, b := ldapbook.FoldDN(dn), ldapbook.FoldDN(base)
	return n == b || len(n) > len(b) && n[len(n)-len(b)-1] == ',' && n[len(n)-len(b):] == b
}
