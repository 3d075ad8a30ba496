package wire_test

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"caveat/ldapbook/internal/wire"
)

// script is a server that answers each request by what is next, and keeps the requests.
func script(t *testing.T, answers ...[]byte) (*wire.Client, func() []wire.Message) {
	t.Helper()
	near, other := net.Pipe()
	done := make(chan []wire.Message, 1)
	go func() {
		var all []wire.Message
		r := bufio.NewReader(other)
		for _, answer := range answers {
			body, err := wire.ReadMessage(r, nil)
			if err != nil {
				break
			}
			m, err := wire.ParseMessage(body)
			if err != nil {
				break
			}
			all = append(all, m)
			reply := wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, m.ID), answer)
			if _, err := other.Write(reply); err != nil {
				break
			}
		}
		done <- all
		_ = other.Close()
	}()
	t.Cleanup(func() { _ = near.Close() })
	return wire.NewClient(near, 10*time.Second), func() []wire.Message { return <-done }
}

func response(op byte, code int64, more ...[]byte) []byte {
	parts := append([][]byte{wire.Int(wire.TagEnumerated, code), wire.Text(wire.TagOctetString, ""), wire.Text(wire.TagOctetString, "")}, more...)
	return wire.TLV(op, parts...)
}

// std: RFC4511 §4.2
func TestBindSASL(t *testing.T) {
	c, requests := script(t, response(wire.OpBindResponse, 14, wire.Text(0x87, "challenge")), response(wire.OpBindResponse, 14, wire.Text(0x87, "")),
		response(wire.OpBindResponse, 0), response(wire.OpBindResponse, 49))
	for i, step := range []struct {
		data   []byte
		answer []byte
		more   bool
		code   int
	}{
		{nil, []byte("challenge"), true, 0},
		{[]byte{}, []byte{}, true, 0}, // empty is not none
		{[]byte("x"), nil, false, 0},
		{[]byte("y"), nil, false, 49},
	} {
		answer, more, err := c.BindSASL(t.Context(), time.Second, "TEST", step.data)
		var refused *wire.Result
		if errors.As(err, &refused) != (step.code != 0) || refused != nil && refused.Code != step.code || err != nil && refused == nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if !bytes.Equal(answer, step.answer) || (answer == nil) != (step.answer == nil) || more != step.more {
			t.Errorf("step %d: %q, %v", i, answer, more)
		}
	}
	sent := requests()
	for i, want := range [][]byte{
		wire.TLV(0xa3, wire.Text(wire.TagOctetString, "TEST")),
		wire.TLV(0xa3, wire.Text(wire.TagOctetString, "TEST"), wire.Text(wire.TagOctetString, "")),
		wire.TLV(0xa3, wire.Text(wire.TagOctetString, "TEST"), wire.Text(wire.TagOctetString, "x")),
	} {
		if !bytes.HasSuffix(sent[i].Body, want) {
			t.Errorf("request %d: %x", i, sent[i].Body)
		}
	}
}

func TestWhoAmI(t *testing.T) {
	c, _ := script(t, response(wire.OpExtended, 0, wire.Text(0x8b, "dn:cn=a")), response(wire.OpExtended, 0), response(wire.OpExtended, 2))
	if who, err := c.WhoAmI(t.Context(), time.Second); who != "dn:cn=a" || err != nil {
		t.Errorf("%q, %v", who, err)
	}
	if who, err := c.WhoAmI(t.Context(), time.Second); who != "" || err != nil {
		t.Errorf("nobody: %q, %v", who, err)
	}
	var refused *wire.Result
	if who, err := c.WhoAmI(t.Context(), time.Second); who != "" || !errors.As(err, &refused) {
		t.Errorf("not supported: %q, %v", who, err)
	}
}

// The URLs of a referral are read, but neither more nor longer ones than make sense are kept.
//
// std: RFC4511 §4.1.10
func TestReferralURLs(t *testing.T) {
	urls := func(n, length int) (list [][]byte) {
		for range n {
			list = append(list, wire.TLV(wire.TagOctetString, bytes.Repeat([]byte("u"), length)))
		}
		return list
	}
	done := func(list [][]byte) (wire.Result, error) {
		r, _, err := wire.DecodeDone(wire.Message{Op: wire.OpSearchDone, Body: response(0, 10, wire.TLV(0xa3, list...))[2:]})
		return r, err
	}
	if r, err := done([][]byte{wire.Text(wire.TagOctetString, "ldap://a/"), wire.Text(wire.TagOctetString, "ldap://b/")}); err != nil ||
		!slices.Equal(r.Referral, []string{"ldap://a/", "ldap://b/"}) {
		t.Errorf("%v, %v", r, err)
	}
	many := wire.Message{Op: wire.OpSearchDone, Body: slices.Concat(wire.Int(wire.TagEnumerated, 10), wire.Text(wire.TagOctetString, ""),
		wire.Text(wire.TagOctetString, ""), wire.TLV(0xa3, append(urls(1000, 10), urls(3, 1<<20)...)...))}
	if r, _, err := wire.DecodeDone(many); err != nil || len(r.Referral) != 16 {
		t.Errorf("%d, %v", len(r.Referral), err)
	}
	if _, err := done([][]byte{wire.Int(wire.TagInteger, 1)}); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("not a URL: %v", err)
	}
}
