package federation

import (
	"cmp"
	"context"
	"slices"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// SearchLive asks one directory within its deadline. fault is why it could not be asked; cut: it has more than it gave;
// partial: by a limit of its own, and not because the query asks for no more. What it gave goes into the book.
func (f *Federation) SearchLive(ctx context.Context, d installation.Directory, q ldapbook.Query) (entries []ldapbook.Entry, cut, partial bool, fault string) {
	q.Boost, q.Classes, q.Offset = nil, nil, 0 // only the book knows them
	fault = f.ask(ctx, d, func(ctx context.Context, c *ldapbook.Conn) error {
		found, more, err := c.Search(ctx, q)
		if err != nil {
			return err
		}
		entries, cut, partial = found, more, more && len(found) < min(cmp.Or(q.Limit, ldapbook.DefaultLimit), ldapbook.MaxLimit)
		// A dynamic list was not asked for its members: the book's copy, if there is one, knows more.
		whole := slices.DeleteFunc(slices.Clone(found), func(e ldapbook.Entry) bool { return e.Dynamic })
		return f.book.Put(ctx, d.Name, whole, ldapbook.Asked{})
	})
	if fault != "" {
		return nil, false, false, fault
	}
	return entries, cut, partial, ""
}
