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
