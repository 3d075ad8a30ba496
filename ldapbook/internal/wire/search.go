package wire

import (
	"context"
	"time"
)

// Done is the end of a search.
type Done struct {
	Result
	Cookie     []byte // of the next page; nil: this was the last, or the search is not paged
	References int    // search result references that came
	// Refs are the URLs of the first MaxReferences of them; of each, any URL serves.
	Refs     [][]string
	Controls []byte // of the last message (see FindControl); nil: none
	idle     int    // messages in sequence that are passed over
}

// MaxReferences is how many search result references of a search are kept; the others are only counted.
const MaxReferences = 256

// maxIdle: so many messages in sequence may say nothing that matters.
const maxIdle = 100_000

// Search runs one search and calls entry for each entry, whose memory is used again after the call. An error from entry
// ends the connection. limit as in guard: 0 limits only silence. Done is filled in, and the error nil, also when the
// server ended the search with a code other than 0.
func (c *Client) Search(ctx context.Context, limit time.Duration, s Search, entry func(Message) error) (Done, error) {
	return c.SearchInfo(ctx, limit, s, entry, nil)
}

// step handles one response of a search; end is true at its last.
func step(m Message, done *Done, entry func(Message) error) (end bool, err error) {
	if done.idle++; done.idle > maxIdle {
		return false, ErrMalformed
	}
	switch m.Op {
	case OpSearchEntry:
		done.idle = 0
		return false, entry(m)
	case OpSearchReference:
		done.References++
		if len(done.Refs) == MaxReferences {
			return false, nil
		}
		urls, err := parseURLs(m.Body)
		done.Refs = append(done.Refs, urls)
		return false, err
	case OpIntermediate:
		return false, nil
	case OpSearchDone:
		done.Result, done.Cookie, err = DecodeDone(m)
		done.Controls = append([]byte(nil), m.Controls...)
		return true, err
	default:
		return false, ErrMalformed
	}
}

// SearchMany runs the searches on the one connection, at most window of them under way at a time, and calls entry and
// done with each search's index in searches. The answers come in the server's order.
func (c *Client) SearchMany(ctx context.Context, limit time.Duration, searches []Search, window int,
	entry func(i int, m Message) error, done func(i int, d Done) error) error {
	return c.guard(ctx, limit, func() error {
		open := make(map[int64]int, window)
		ends := make([]Done, len(searches))
		for next := 0; next < len(searches) || len(open) > 0; {
			for next < len(searches) && len(open) < window {
				id := c.nextID()
				if _, err := c.conn.Write(searches[next].marshal(id)); err != nil {
					return err
				}
				open[id] = next
				next++
			}
			m, err := c.read()
			if err != nil {
				return err
			}
			i, ok := open[m.ID]
			if !ok {
				return ErrMalformed
			}
			end, err := step(m, &ends[i], func(m Message) error { return entry(i, m) })
			if err != nil {
				return err
			}
			if end {
				delete(open, m.ID)
				if err := done(i, ends[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
