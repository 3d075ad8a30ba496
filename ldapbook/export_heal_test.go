package ldapbook

import (
	"context"
	"errors"
)

// HoldReads takes n connections as searches under way do, and gives them back with release.
func (b *Book) HoldReads(ctx context.Context, n int) (release func() error, err error) {
	var all []func() error
	for range n {
		c, connErr := b.read.Conn(ctx)
		if connErr != nil {
			return nil, connErr
		}
		all = append(all, c.Close)
		err = errors.Join(err, c.PingContext(ctx))
	}
	return func() (err error) {
		for _, give := range all {
			err = errors.Join(err, give())
		}
		return err
	}, err
}

// SearchDuring runs a search in a snapshot in which something happens before it.
func (b *Book) SearchDuring(ctx context.Context, happens func()) error {
	return b.withSnapshot(ctx, func(s *snapshot) error {
		if _, err := s.directories(); err != nil { // the file of the snapshot is settled
			return err
		}
		happens()
		_, err := b.entries(ctx, s, `SELECT `+entryColumns+entryTables)
		return err
	})
}
