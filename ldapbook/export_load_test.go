package ldapbook

import (
	"context"
	"errors"
)

// WritesLate writes a batch of the first read of directory number 1 after those that make its rows findable have listed them, and
// tells whether it was written.
func WritesLate(ctx context.Context, b *Book, batch []Entry) (bool, error) {
	f := &finish{book: b, dir: 1, counts: newCounted()}
	if err := errors.Join(f.begin(ctx), f.readOrder(ctx)); err != nil {
		return false, err
	}
	err := b.transaction(ctx, f.dir, func(w *writing) error {
		w.mayLoad = true
		_, err := w.apply(batch, false)
		return err
	})
	if errors.Is(err, errLoading) {
		return false, nil
	}
	return err == nil, err
}

// SharedKeys gives the entries of a first read that have a key in common with the one before, when the keys are written n at a
// time: entry i has the i-th key.
func SharedKeys(n int, keys ...string) ([]int64, error) {
	var r lookupRun
	var all []placed
	for i := range keys {
		all = append(all, placed{id: int64(i)})
	}
	if err := r.begin(all); err != nil {
		return nil, err
	}
	for i, k := range keys {
		r.add(lookupKey(keyUUID, k), int64(i))
	}
	err := r.each(n, func([]placed) error { return nil })
	return r.shared, err
}
