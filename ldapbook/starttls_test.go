package ldapbook_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
	"caveat/ldapbook/ldaptest"
)

// extendedResponse answers StartTLS, the first request of a connection.
func extendedResponse(code int64) []byte {
	return wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, 1), wire.TLV(wire.OpExtended, wire.Int(wire.TagEnumerated, code),
		wire.Text(wire.TagOctetString, ""), wire.Text(wire.TagOctetString, "")))
}

// TestStartTLSStripped: somebody on the way who wants the rest in the clear, or puts answers of his own before the
// handshake, gets neither: the connection ends, with nothing of the account sent.
func TestStartTLSStripped(t *testing.T) {
	anonymous := wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, 2), wire.TLV(wire.OpBindResponse,
		wire.Int(wire.TagEnumerated, 0), wire.Text(wire.TagOctetString, ""), wire.Text(wire.TagOctetString, "")))
	for name, answer := range map[string][]byte{
		"unwilling":                          extendedResponse(53),
		"does not know it":                   extendedResponse(2),
		"unavailable":                        extendedResponse(52),
		"refers elsewhere":                   extendedResponse(10),
		"agrees, and answers a bind at once": append(extendedResponse(0), anonymous...),
		"agrees, and goes on in the clear":   append(extendedResponse(0), "HTTP/1.1 200 OK\r\n\r\n"...),
		"answers another request":            anonymous,
		"ends the connection with a notice":  wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, 0), extendedResponse(52)[5:]),
		"answers something that isn't LDAP":  []byte("220 ready\r\n"),
		"ends the connection without a word": nil,
	} {
		t.Run(name, func(t *testing.T) {
			ln := listen(t)
			heard := make(chan string, 1)
			go func() { heard <- serveOnce(ln, answer) }()
			src := ldapbook.Source{Name: "N", URLs: []string{"ldap://" + ln.Addr().String()}, Security: ldapbook.TransportStartTLS,
				RootCAs: ldaptest.NewCA("x").Pool(), BindDN: "cn=reader", Password: "very secret"}
			err := bounded(t, func(ctx context.Context) error {
				_, err := ldapbook.Dial(ctx, src)
				return err
			})
			if !errors.Is(err, ldapbook.ErrTLS) {
				t.Error(err)
			}
			if all := <-heard; strings.Contains(all, "secret") || strings.Contains(all, "cn=reader") {
				t.Errorf("in the clear: %q", all)
			}
		})
	}
}

// serveOnce answers the first message of one connection, and returns all that came after it.
func serveOnce(ln net.Listener, answer []byte) string {
	c, err := ln.Accept()
	if err != nil {
		return ""
	}
	defer c.Close()
	r := bufio.NewReader(c)
	if _, err := wire.ReadMessage(r, nil); err != nil {
		return ""
	}
	if _, err := c.Write(answer); err != nil || answer == nil {
		return ""
	}
	var rest strings.Builder
	_, _ = r.WriteTo(&rest)
	return rest.String()
}
