package ldapbook

import (
	"context"
	"fmt"
)

// brought is what the goroutine that reads hands to the one that writes, in the order of the server. Beside
// containers one of the fields is set.
type brought struct {
	containers []container
	entries    []Entry
	present    []string // UUIDs of entries that have not changed
	gone       []string // UUIDs of entries that are gone
	cookie     []byte   // everything before it is part of the directory as it is at this cookie
}

// container is an entry that others stand below.
type container struct{ uuid, dn string } // dn folded

// maxBarren: so many identifiers, and two for each entry, may tell nothing new (they are of entries that the book doesn't
// keep, or were told before) until the server counts as one that repeats itself without end.
const maxBarren = 250_000

// pull fetches in one goroutine and writes in this one, so that the network and the disk work at the same time.
func (p *pass) pull(ctx context.Context, conn *Conn, fetch func(r *reading) error) (*reading, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	channel := make(chan brought, 2)
	end := make(chan error, 1)
	r := newReading(ctx, conn, func(b brought) error {
		select {
		case channel <- b:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	go func() {
		defer close(channel)
		err := fetch(r)
		if err == nil {
			err = r.flush()
		} else if !r.cookies {
			_ = r.flush() // why the read broke off is what counts
		}
		end <- err
	}()
	var writeErr error
	for b := range channel {
		if writeErr == nil {
			if writeErr = p.take(ctx, r, b); writeErr != nil {
				cancel()
			}
		}
	}
	readErr := <-end
	p.result.Incomplete = p.result.Incomplete || r.references > 0
	if writeErr != nil {
		return r, writeErr
	}
	return r, readErr
}

func (p *pass) take(ctx context.Context, r *reading, b brought) error {
	if b.containers != nil {
		if err := p.noteContainers(ctx, b.containers); err != nil {
			return err
		}
	}
	switch {
	case b.entries != nil:
		return p.write(ctx, b.entries, r.touch)
	case b.present != nil:
		return p.listed(ctx, b.present, false)
	case b.gone != nil:
		return p.listed(ctx, b.gone, true)
	case b.cookie != nil && r.resumable:
		return p.recordResume(ctx, r.scope, b.cookie)
	}
	return nil
}

func (p *pass) write(ctx context.Context, batch []Entry, touch bool) error {
	var done applied
	err := p.book.loadTransaction(ctx, p.dir, func(w *writing) (err error) {
		done, err = w.apply(batch, touch)
		return err
	})
	if err != nil {
		return err
	}
	p.ids = append(p.ids, done.ids...)
	p.here(done.ids)
	p.result.Read += len(batch)
	p.result.Added += done.added
	p.result.Changed += done.changed
	p.result.Unchanged += done.unchanged
	p.resent += done.resent
	p.tell()
	return nil
}

// here takes back that rows were called gone: the server has sent them since.
func (p *pass) here(ids []int64) {
	if len(p.gone) == 0 {
		return
	}
	for _, id := range ids {
		delete(p.gone, id)
	}
}

// listed notes which rows a server called gone, or unchanged. Only rows that are there are remembered, so that a server
// that sends identifiers without end fills no memory.
func (p *pass) listed(ctx context.Context, uuids []string, gone bool) error {
	batch := make([]Entry, len(uuids))
	for i, u := range uuids {
		batch[i].UUID = u
	}
	var ids []int64
	err := p.book.inTransaction(ctx, p.dir, func(w *writing) error {
		have, err := w.known(batch)
		for _, k := range have {
			ids = append(ids, k.id)
		}
		return err
	})
	if err != nil {
		return err
	}
	fresh := 0
	if gone {
		fresh = -len(p.gone)
		for _, id := range ids {
			p.gone[id] = nowMicros()
		}
		fresh += len(p.gone)
	} else {
		p.here(ids)
		fresh = p.append(ids)
	}
	if p.barren += len(uuids) - fresh; p.barren > maxBarren+2*(p.before+p.result.Read) {
		return fmt.Errorf("%w: %s: %w", ErrProtocol, p.src.Name, errLoop)
	}
	p.tell()
	return nil
}

// append adds row numbers, as many as there can be; it returns how many were added. A server may list an entry twice.
func (p *pass) append(ids []int64) int {
	if len(p.ids)+len(ids) > 2*(p.before+p.result.Read+batchSize) {
		return 0
	}
	p.ids = append(p.ids, ids...)
	return len(ids)
}

func (p *pass) tell() {
	if p.progress == nil {
		return
	}
	p.progress(SyncProgress{Directory: p.src.Name, Read: p.result.Read, Added: p.result.Added, Changed: p.result.Changed,
		Before: p.before, Bytes: p.bytes(), Expected: p.expected, Started: p.started})
}
