package federation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// Read is what a re-read found of one entry.
type Read struct {
	Ref      ldapbook.Ref
	Old, New ldapbook.Entry // as the book had it, as it is now; zero: none
	// Fault is why its directory could not be asked; New is then what the book has.
	Fault string
}

// Reread reads entries of the book again, all directories in parallel and each within the deadline (0: the installation's), by few
// questions for many entries. What it finds goes into the book; what is gone leaves it, with a tombstone. The answer is in the order of refs;
// faults is why directories could not be asked, "" for those that answered.
func (f *Federation) Reread(ctx context.Context, refs []ldapbook.Ref, deadline time.Duration) (reads []Read, faults map[string]string, err error) {
	if deadline <= 0 {
		deadline = f.deadline()
	}
	reads = make([]Read, len(refs))
	byDirectory := map[string][]*Read{}
	for i, r := range refs {
		reads[i].Ref = r
		byDirectory[r.Directory] = append(byDirectory[r.Directory], &reads[i])
	}
	faults = map[string]string{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for name, list := range byDirectory {
		d, known := f.Directory(name)
		wg.Go(func() {
			fault, failed := "This installation has no directory "+name+".", error(nil)
			if known {
				fault, failed = f.rereadOne(ctx, d, list, deadline)
			}
			mu.Lock()
			defer mu.Unlock()
			faults[name] = fault
			err = errors.Join(err, failed)
		})
	}
	wg.Wait()
	if err != nil {
		return nil, nil, err
	}
	return reads, faults, nil
}

// rereadOne reads again what the book has of one directory's entries.
func (f *Federation) rereadOne(ctx context.Context, d installation.Directory, list []*Read, deadline time.Duration) (fault string, err error) {
	var uuids []string
	for _, r := range list {
		uuids = append(uuids, r.Ref.UUID)
	}
	have, err := f.byUUID(ctx, d.Name, uuids)
	if err != nil {
		return "", err
	}
	var ask []ldapbook.Entry
	for _, r := range list {
		if e, ok := have[r.Ref.UUID]; ok {
			r.Old = e
			ask = append(ask, e)
		}
	}
	if len(ask) == 0 {
		return "", nil
	}
	var now map[string]ldapbook.Entry
	fault = f.askWithin(ctx, d, deadline, func(ctx context.Context, c *ldapbook.Conn) (err error) {
		now, err = f.readAgain(ctx, d, c, ask)
		return err
	})
	for _, r := range list {
		if r.New = now[r.Ref.UUID]; fault != "" {
			r.New, r.Fault = r.Old, fault
		}
	}
	return fault, nil
}

// readAgain asks for entries by their addresses, many in one question, and by name only for those that this did not bring. The
// answer is by UUID.
func (f *Federation) readAgain(ctx context.Context, d installation.Directory, c *ldapbook.Conn, ask []ldapbook.Entry) (map[string]ldapbook.Entry, error) {
	var addresses []string
	for _, e := range ask {
		if a := e.Address(); a != "" {
			addresses = append(addresses, a)
		}
	}
	found, partial, err := c.ByAddress(ctx, addresses)
	if err != nil {
		return nil, err
	}
	if partial {
		return nil, errPartial
	}
	now := map[string]ldapbook.Entry{}
	for _, e := range found {
		now[e.UUID] = e
	}
	var dns []string
	for _, e := range ask {
		if _, ok := now[e.UUID]; !ok {
			dns = append(dns, e.DN)
		}
	}
	if len(dns) > 0 {
		byName, _, err := c.ByDN(ctx, dns)
		if err != nil {
			return nil, err
		}
		for _, e := range byName {
			now[e.UUID], found = e, append(found, e)
		}
	}
	return now, f.book.Put(ctx, d.Name, found, ldapbook.Asked{DNs: dns, Addresses: addresses})
}

// byUUID reads entries of one directory from the book.
func (f *Federation) byUUID(ctx context.Context, directory string, uuids []string) (map[string]ldapbook.Entry, error) {
	refs := make([]ldapbook.Ref, len(uuids))
	for i, u := range uuids {
		refs[i] = ldapbook.Ref{Directory: directory, UUID: u}
	}
	found, err := f.book.ByRefs(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]ldapbook.Entry, len(uuids))
	for _, u := range uuids {
		if e, ok := found[ldapbook.Ref{Directory: directory, UUID: strings.ToLower(u)}]; ok {
			out[u] = e
		}
	}
	return out, nil
}

// Detail reads one entry with what the book does not keep of it. gone: the directory does not have it any more, or has another one
// under its name; fault: why the directory could not be asked.
func (f *Federation) Detail(ctx context.Context, e ldapbook.Entry) (detail ldapbook.Detail, gone bool, fault string) {
	d, ok := f.Directory(e.Directory)
	if !ok {
		return ldapbook.Detail{}, false, "This installation has no directory " + e.Directory + "."
	}
	fault = f.ask(ctx, d, func(ctx context.Context, c *ldapbook.Conn) (err error) {
		detail, err = c.Detail(ctx, e.DN)
		if errors.Is(err, ldapbook.ErrNoEntry) || errors.Is(err, ldapbook.ErrNoSuchBase) {
			err = nil
		}
		if err != nil {
			return err
		}
		gone = detail.Entry.UUID != e.UUID
		found := slices.DeleteFunc([]ldapbook.Entry{detail.Entry}, func(e ldapbook.Entry) bool { return e.UUID == "" })
		return f.book.Put(ctx, d.Name, found, ldapbook.Asked{DNs: []string{e.DN}})
	})
	if fault != "" {
		return ldapbook.Detail{}, false, fault
	}
	return detail, gone, ""
}
