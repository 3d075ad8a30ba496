package ldapbook

import (
	"context"
	"errors"
	"slices"
	"time"

	"caveat/ldapbook/internal/wire"
)

// Limits of what is asked for the members of all dynamic lists of one answer, or of one read of a directory. Beyond them a list is
// incomplete, and nothing else fails because of it.
const (
	maxMemberURLs     = 64              // of one list
	maxMemberBytes    = 128 << 20       // of the names, each with memberOverhead
	maxMemberRequests = 10_000          // pages
	maxMemberTime     = 5 * time.Minute // and half of what a caller's deadline leaves
	maxMemberFailures = 3               // each takes up to Source.Timeout
	memberOverhead    = 64              // of a name in memory, about
)

// errTooWide: the lists' URLs find more than is kept.
var errTooWide = errors.New("dynamic lists have too many members")

// memberBudget is what is left for the dynamic lists.
type memberBudget struct {
	bytes, requests, failures int
	until                     time.Time
}

func newMemberBudget(ctx context.Context) *memberBudget {
	total := maxMemberTime
	if end, ok := ctx.Deadline(); ok {
		total = min(total, time.Until(end)/2)
	}
	return &memberBudget{maxMemberBytes, maxMemberRequests, maxMemberFailures, time.Now().Add(total)}
}

func (b *memberBudget) isSpent() bool {
	return b.bytes <= 0 || b.requests <= 0 || b.failures <= 0 || time.Until(b.until) <= 0
}

// completeDynamic asks for the members of the dynamic lists among the entries. A list whose members cannot be had stays incomplete,
// and the connection is made anew where asking broke it; an error is that this failed, or that ctx ended.
func (c *Conn) completeDynamic(ctx context.Context, entries []Entry) error {
	budget := newMemberBudget(ctx)
	for i := range entries {
		e := &entries[i]
		list, ok := c.mapper.dynamic[e.DN]
		if !ok || !e.Dynamic {
			continue
		}
		members, whole, err := c.dynamicMembers(ctx, list.urls, budget)
		if err != nil {
			budget.failures--
			if err := c.redial(ctx); err != nil {
				return err
			}
		}
		e.Members, e.MembersIncomplete = append(e.Members, members...), !whole || list.partial
	}
	return nil
}

// redial replaces a connection that asking for members broke. What it was kept up for goes on over the new one.
func (c *Conn) redial(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return c.explain(err)
	}
	_ = c.client.Close()
	client, _, err := connect(ctx, c.src, c.url)
	if err != nil {
		return err
	}
	c.client = client
	return nil
}

// dynamicMembers asks the URLs of a list; whole is false when one cannot be asked, or is not answered to the end. An error is one of
// the connection.
func (c *Conn) dynamicMembers(ctx context.Context, urls []string, budget *memberBudget) (members []string, whole bool, err error) {
	if len(urls) > maxMemberURLs {
		return nil, false, nil
	}
	seen := map[string]bool{}
	for _, raw := range urls {
		search, err := c.src.memberSearch(raw)
		if err != nil {
			return members, false, nil // it says so by being incomplete
		}
		found, whole, err := c.names(ctx, search, budget)
		if err != nil || !whole {
			return members, false, err
		}
		for _, dn := range found {
			if folded := FoldDN(dn); !seen[folded] {
				seen[folded] = true
				members = append(members, dn)
			}
		}
	}
	return members, true, nil
}

// names lists the DNs that a search finds, page by page.
func (c *Conn) names(ctx context.Context, search wire.Search, budget *memberBudget) (dns []string, whole bool, err error) {
	for barren := 0; !budget.isSpent() && barren <= maxBarrenPages; barren++ {
		budget.requests--
		before := len(dns)
		limit := min(c.src.Timeout, time.Until(budget.until))
		done, err := c.client.Search(ctx, max(limit, 1), search, func(m wire.Message) error {
			dn, err := m.Entry(func(_, _ []byte) {})
			if budget.bytes -= len(dn) + memberOverhead; err == nil && budget.bytes < 0 {
				err = errTooWide // ends the connection: the rest of the answer still stands on it
			}
			dns = append(dns, string(dn))
			return err
		})
		switch {
		case err != nil:
			return nil, false, err
		case done.Code == codeCriticalExtension && search.PageSize > 0 && len(dns) == 0:
			search.PageSize = 0 // a server without paged results
			continue
		case done.Code != 0 || done.References > 0:
			return nil, false, nil
		case len(done.Cookie) == 0:
			return slices.Clip(dns), true, nil
		}
		if len(dns) > before {
			barren = 0
		}
		search.Cookie = done.Cookie
	}
	return nil, false, nil
}
