package ldapbook

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"caveat/ldapbook/internal/wire"
)

// Conn is a bound connection to one directory. It is safe for concurrent use; operations run one after the other. After
// ErrTimeout, ErrUnreachable, ErrProtocol or a cancelled context it is closed and must be dialled anew.
type Conn struct {
	mu     sync.Mutex
	client *wire.Client
	src    *Source
	url    string
	mapper *mapper
	others map[string]other // to the servers of referrals, by address
}

// Dial connects to the first of src's URLs that answers, secures the connection and binds. A refused bind ends the
// attempt: the other URLs are not asked, so that an account is not locked.
//
// Errors: ErrSource, ErrUnreachable, ErrTLS, ErrBind, ErrTimeout, ErrProtocol; each names the directory and the URL.
func Dial(ctx context.Context, src Source) (*Conn, error) {
	s, err := src.prepare()
	if err != nil {
		return nil, err
	}
	if s.Refresh.LDIF != "" {
		return nil, fmt.Errorf("%w: %s: it is a file, not a server", ErrSource, s.Name)
	}
	var all error
	for _, u := range s.URLs {
		client, bindRefused, err := connect(ctx, s, u)
		if err == nil {
			return &Conn{client: client, src: s, url: u, mapper: newMapper(s)}, nil
		}
		if all == nil {
			all = err
		} else {
			all = fmt.Errorf("%w; %w", all, err)
		}
		if bindRefused || ctx.Err() != nil {
			break
		}
	}
	return nil, all
}

// connect dials one URL. Its errors are explained already.
func connect(ctx context.Context, s *Source, url string) (client *wire.Client, bindRefused bool, err error) {
	address, host, err := s.endpoint(url)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %s: %w", ErrSource, s.Name, err)
	}
	until := time.Now().Add(s.Timeout)
	dialer := net.Dialer{Deadline: until}
	raw, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, false, explain(nil, err, s, url)
	}
	client = wire.NewClient(raw, s.Timeout)
	if err := secure(ctx, client, s, host, until); err != nil {
		_ = client.Close()
		return nil, false, explain(tlsError(err), err, s, url)
	}
	if err := authenticate(ctx, client, s, host, until); err != nil {
		_ = client.Close()
		kind, refused := bindError(err)
		if kind == ErrUnreachable && s.Auth.Certificate != nil {
			// With TLS 1.3 that is how some servers answer to a certificate that they don't like.
			err = fmt.Errorf("%w: the server may have refused the client certificate", err)
		}
		return nil, refused, explain(kind, err, s, url)
	}
	return client, false, nil
}

func secure(ctx context.Context, client *wire.Client, s *Source, host string, until time.Time) error {
	switch s.Security {
	case TransportLDAPS:
		return client.Handshake(ctx, time.Until(until), s.tlsConfig(host))
	case TransportStartTLS:
		return client.StartTLS(ctx, time.Until(until), s.tlsConfig(host))
	default:
		return nil
	}
}

// tlsError classifies an error on the way to TLS: what is neither silence nor cancellation is a matter of TLS.
func tlsError(err error) error {
	switch kind := classify(err); kind {
	case ErrTimeout, context.Canceled:
		return kind
	default:
		return ErrTLS
	}
}

// Close ends the connection; closing twice is allowed.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.client.Close()
	for _, o := range c.others {
		if o.client != nil {
			_ = o.client.Close()
		}
	}
	return nil
}

// Transport tells how the connection is secured.
func (c *Conn) Transport() Transport { return c.src.Security }

// URL returns the one of the source's URLs that answered.
func (c *Conn) URL() string { return c.url }

// explain says which directory an error is about.
func (c *Conn) explain(err error) error { return explain(nil, err, c.src, c.url) }
