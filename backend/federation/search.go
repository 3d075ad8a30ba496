package federation

import (
	"cmp"
	"context"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// SearchLive asks one directory within its deadline. fault is why it could not be asked, or gave only part by a limit of its
// own; "" when it gave everything, or as much as the query asks for. What it gave goes into the book.
func (f *Federation) SearchLive(ctx context.Context, d installation.Directory, q ldapbook.Query) (entries []ldapbook.Entry, fault string) {
	fault = f.ask(ctx, d, func(ctx context.Context, c *ldapbook.Conn) error {
		found, partial, err := c.Search(ctx, q)
		if err != nil {
			return err
		}
		entries = found
		if err := f.book.Put(ctx, d.Name, found, ldapbook.Asked{}); err != nil {
			return err
		}
		if wanted := cmp.Or(q.Limit, ldapbook.DefaultLimit); partial && len(found) < min(wanted, ldapbook.MaxLimit) {
			return errPartial
		}
		return nil
	})
	return entries, fault
}
