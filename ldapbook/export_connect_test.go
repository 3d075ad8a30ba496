package ldapbook

import (
	"context"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"caveat/ldapbook/internal/wire"
)

// LiveFilter is the filter that a query becomes under the delivered mapping.
func LiveFilter(q Query) string {
	m := DefaultMapping()
	return liveFilter(&m, q)
}

// AddressFilter is the filter for addresses under the delivered mapping.
func AddressFilter(addrs []string) string {
	m := DefaultMapping()
	return addressFilter(&m, addrs)
}

// Pace asks a pacer of so many entries per second n times, on a clock that only sleeping moves, with each entry taking work
// to read. It returns the time on that clock.
func Pace(perSecond, n int, work time.Duration) time.Duration {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := start
	p := newPacer(perSecond)
	if p != nil {
		p.now = func() time.Time { return now }
		p.sleep = func(_ context.Context, d time.Duration) error {
			now = now.Add(d)
			return nil
		}
	}
	for range n {
		now = now.Add(work)
		if err := p.wait(context.Background()); err != nil {
			panic(err)
		}
	}
	return now.Sub(start)
}

// AnswerLayers is what an initiator of a GSSAPI bind with this session key answers to the server's offer of security layers.
func AnswerLayers(key types.EncryptionKey, offer []byte) ([]byte, error) {
	return (&securityContext{key: key}).noLayer(offer)
}

// Accept reads the server's first token as an initiator with this session key.
func Accept(key types.EncryptionKey, token []byte) error {
	return (&securityContext{key: key}).accepted(token)
}

// Referred is where a URL that a server gave leads: the address, base and scope, or why it isn't followed.
func Referred(src Source, raw string) (address, base string, filter []byte, err error) {
	d, err := src.destination(raw, wire.Search{Base: src.BaseDN, Scope: wire.ScopeSubtree, Filter: []byte{0x87, 0}}, true)
	return d.address, d.search.Base, d.search.Filter, err
}

// ParsePKCS11 reads the address of a key in a token; it returns the library's path, and which token, object and id.
func ParsePKCS11(raw string) (module, token, object string, id []byte, err error) {
	u, err := parsePKCS11(raw)
	return u.module, u.token, u.object, u.id, err
}
