package ldapbook_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// keyOf returns the pin of a server's key, which the refusal of another pin tells.
func keyOf(t *testing.T, src ldapbook.Source) [32]byte {
	t.Helper()
	src.Trust.Pins = [][32]byte{{}}
	_, err := ldapbook.Dial(t.Context(), src)
	if !errors.Is(err, ldapbook.ErrPin) {
		t.Fatal(err)
	}
	pin, err := ldapbook.ParsePin(err.Error()[strings.LastIndex(err.Error(), "sha256:"):])
	must(t, err)
	return pin
}

// The next server is tried when one is down, silent, or shows a certificate that is not good.
func TestServersInOrder(t *testing.T) {
	t.Parallel() // it mostly waits
	for _, security := range []ldapbook.Transport{ldapbook.TransportLDAPS, ldapbook.TransportStartTLS} {
		good := startEmbedded(t, startOptions{entries: crowd(3)})
		src := good.ldap
		scheme := "ldap://"
		if security == ldapbook.TransportLDAPS {
			src, scheme = good.ldaps, "ldaps://"
		}
		closed := listen(t)
		must(t, closed.Close())
		silent := listen(t)
		stranger := startEmbedded(t, startOptions{})
		strangerURL := stranger.ldap.URLs[0]
		if security == ldapbook.TransportLDAPS {
			strangerURL = stranger.ldaps.URLs[0]
		}
		for name, test := range map[string]struct {
			url  string
			want error
		}{
			"down":                        {scheme + closed.Addr().String(), ldapbook.ErrUnreachable},
			"silent":                      {scheme + silent.Addr().String(), ldapbook.ErrTimeout},
			"a certificate of another CA": {strangerURL, ldapbook.ErrTLS},
		} {
			t.Run(string(security)+" "+name, func(t *testing.T) {
				src := src
				src.Timeout = short
				alone := src
				alone.URLs = []string{test.url}
				if err := bounded(t, func(ctx context.Context) error {
					_, err := ldapbook.Dial(ctx, alone)
					return err
				}); !errors.Is(err, test.want) {
					t.Errorf("alone: %v", err)
				}
				src.URLs = []string{test.url, src.URLs[0]}
				c := dial(t, src)
				if c.URL() != src.URLs[1] {
					t.Errorf("%s answered", c.URL())
				}
				if found, _, err := c.Search(t.Context(), ldapbook.Query{Text: "ola"}); err != nil || len(found) != 3 {
					t.Errorf("%d, %v", len(found), err)
				}
			})
		}
	}
}

// An account that is refused is refused by the next server too, and may be locked by asking: it isn't asked.
func TestRefusedBindEndsTheSearchForAServer(t *testing.T) {
	first := startEmbedded(t, startOptions{})
	first.server.RefuseBind(true)
	var asked atomic.Int64
	ln := listen(t)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_ = c.Close()
		}
	}()
	src := first.ldap
	src.URLs = append(src.URLs, "ldap://"+ln.Addr().String())
	if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrBind) || asked.Load() != 0 {
		t.Errorf("%v, the second was asked %d times", err, asked.Load())
	}
}

// All servers' errors are told, each with its URL.
func TestAllServersFail(t *testing.T) {
	w := startEmbedded(t, startOptions{})
	closed := listen(t)
	must(t, closed.Close())
	src := w.ldap
	src.RootCAs = ldaptest.NewCA("another").Pool()
	src.URLs = []string{"ldap://" + closed.Addr().String(), src.URLs[0]}
	_, err := ldapbook.Dial(t.Context(), src)
	if !errors.Is(err, ldapbook.ErrUnreachable) || !errors.Is(err, ldapbook.ErrTLS) ||
		!strings.Contains(err.Error(), src.URLs[0]) || !strings.Contains(err.Error(), src.URLs[1]) {
		t.Error(err)
	}
}
