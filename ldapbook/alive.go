package ldapbook

import (
	"context"

	"caveat/ldapbook/internal/wire"
)

// Alive asks the server for its root DSE, without attributes, and reports whether it answers at all: what stands between may have
// dropped a connection that nobody used for a while without a word. One that does not answer is closed by that.
//
// Errors: ErrTimeout, ErrUnreachable, ErrProtocol.
func (c *Conn) Alive(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	request, err := c.search("", wire.ScopeBase, "(objectClass=*)")
	if err != nil {
		return err
	}
	request.Attrs = []string{"1.1"}
	if _, err = c.client.Search(ctx, c.src.Timeout, request, func(wire.Message) error { return nil }); err != nil {
		return c.explain(err)
	}
	return nil // whatever the result says: it is an answer
}
