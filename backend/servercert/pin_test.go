package servercert_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"

	"caveat/backend/servercert"
	"caveat/ldapbook/ldaptest"
)

// serve shakes hands with everybody.
func serve(t *testing.T, c *tls.Config) (address string) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).HandshakeContext(t.Context())
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func dial(address string, roots *x509.CertPool, pins []string) error {
	c, err := tls.Dial("tcp", address, &tls.Config{ServerName: "localhost", RootCAs: roots, VerifyConnection: servercert.Check(pins)})
	if err == nil {
		c.Close()
	}
	return err
}

func TestPins(t *testing.T) {
	ca, stranger := ldaptest.NewCA("own"), ldaptest.NewCA("stranger")
	server := ca.ServerTLS()
	leaf, err := x509.ParseCertificate(server.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	address, pin, other := serve(t, server), servercert.Pin(leaf), "sha256:"+strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		roots *x509.CertPool
		pins  []string
		want  error
		fails bool
	}{
		"nothing pinned":               {ca.Pool(), nil, nil, false},
		"its key":                      {ca.Pool(), []string{pin}, nil, false},
		"in capitals":                  {ca.Pool(), []string{strings.ToUpper(pin)}, nil, false},
		"one of two":                   {ca.Pool(), []string{other, pin}, nil, false},
		"another":                      {ca.Pool(), []string{other}, servercert.ErrPin, true},
		"its key, and a CA of another": {stranger.Pool(), []string{pin}, nil, true}, // a pin does not take the CA's place
		"nothing, and a CA of another": {stranger.Pool(), nil, nil, true},
	} {
		err := dial(address, c.roots, c.pins)
		if (err != nil) != c.fails || !errors.Is(err, c.want) && c.want != nil {
			t.Errorf("%s: %v", name, err)
		}
		if shown := servercert.Shown(fmt.Errorf("wrapped: %w", err)); c.fails && (len(shown) == 0 || servercert.Pin(shown[0]) != pin) {
			t.Errorf("%s: %d certificates are shown", name, len(shown))
		}
	}
	if servercert.Shown(errors.New("x")) != nil {
		t.Error("an error of another kind shows certificates")
	}
	if err := servercert.Check([]string{pin})(tls.ConnectionState{}); !errors.Is(err, servercert.ErrPin) {
		t.Errorf("no certificate at all: %v", err)
	}
}
