package smtpsend

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"caveat/backend/saslclient"
)

// maxAuthLine bounds the AUTH command; a longer first response is sent when the server asks for it.
//
// std: RFC4954 §4
const maxAuthLine = 12288

// authenticate proves who we are, if the account has something to prove it with. Nothing is said outside TLS.
//
// std: RFC4954 §4
func (c *conn) authenticate(a Account) error {
	credentials := a.credentials()
	if !credentials.NeedsLogin() {
		return nil
	}
	offered, _ := c.offers["AUTH"]
	mechanism, err := saslclient.Choose(credentials, strings.Fields(offered), c.tls)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	name, first, err := mechanism.Start()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	d := &dialogue{mechanism: mechanism}
	line := "AUTH " + name
	if first != nil {
		line += " " + initial(first)
	}
	if len(line) > maxAuthLine {
		line, d.first = "AUTH "+name, first
	}
	if err := c.converse(d, line); err != nil {
		return err
	}
	if err := mechanism.Verify(); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrAuth, name, err)
	}
	c.mechanism = name
	return nil
}

// converse goes on until the server says yes or no. When the mechanism does not believe the server, the exchange is
// cancelled, and what the server says then changes nothing.
func (c *conn) converse(d *dialogue, line string) error {
	const rounds = 8
	for range rounds {
		r, err := c.command("AUTH", line)
		switch {
		case err != nil:
			return err
		case r.Code == 235:
			return nil
		case r.Code != 334:
			return fmt.Errorf("%w: %w", ErrAuth, r)
		}
		line, err = d.answer(r)
		switch {
		case errors.Is(err, ErrProtocol):
			return err
		case err != nil:
			_, _ = c.command("AUTH", "*")
			return fmt.Errorf("%w: %w", ErrAuth, err)
		}
	}
	return fmt.Errorf("%w: AUTH does not end", ErrProtocol)
}

// dialogue answers challenges. first is the initial response when the command could not carry it.
type dialogue struct {
	mechanism saslclient.Mechanism
	first     []byte
}

func (d *dialogue) answer(r *Reply) (string, error) {
	if len(r.lines) != 1 {
		return "", fmt.Errorf("%w: AUTH: a challenge of %d lines", ErrProtocol, len(r.lines))
	}
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.lines[0]))
	if err != nil {
		return "", fmt.Errorf("%w: AUTH challenge: %w", ErrProtocol, err)
	}
	response := d.first
	if d.first = nil; response == nil {
		if response, err = d.mechanism.Next(challenge); err != nil {
			return "", err
		}
	}
	return base64.StdEncoding.EncodeToString(response), nil // empty is an empty line here
}

// initial writes an initial response; an empty one is "=".
//
// std: RFC4954 §4
func initial(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}
