package smtpsend

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"

	"github.com/emersion/go-sasl"
)

// open connects, greets, secures and authenticates: after it, MAIL may follow.
//
// std: RFC5321 §3.1, RFC3207 §4
func open(ctx context.Context, a Account) (*conn, error) {
	c, err := dial(ctx, a)
	if err != nil {
		return nil, err
	}
	if err := c.begin(a); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *conn) begin(a Account) error {
	greeting, err := c.reply("greeting", c.timeout)
	if err != nil {
		return err
	}
	switch {
	case greeting.Code/100 == 4 || greeting.Code/100 == 5:
		return fmt.Errorf("%w: greeting: %w", ErrUnreachable, greeting)
	case greeting.Code != 220:
		return fmt.Errorf("%w: greeting: %w", ErrProtocol, greeting)
	}
	if err := c.hello(a); err != nil {
		return err
	}
	if a.Security == StartTLS {
		if err := c.startTLS(a); err != nil {
			return err
		}
		if err := c.hello(a); err != nil {
			return err
		}
	}
	return c.authenticate(a)
}

// hello learns what the server offers. A server without EHLO is refused: it has neither STARTTLS nor AUTH nor DSN.
//
// std: RFC5321 §4.1.1.1
func (c *conn) hello(a Account) error {
	name := a.HeloName
	if name == "" {
		name = addressLiteral(c.net.LocalAddr())
	}
	if err := c.send("EHLO", "EHLO "+name+"\r\n"); err != nil {
		return err
	}
	lines, err := c.replyLines("EHLO")
	if err != nil {
		return err
	}
	c.offers = map[string]string{}
	for _, l := range lines[1:] {
		keyword, params, _ := strings.Cut(l, " ")
		c.offers[strings.ToUpper(keyword)] = strings.TrimSpace(params)
	}
	return nil
}

// replyLines reads a positive reply with its lines kept apart.
func (c *conn) replyLines(step string) ([]string, error) {
	r, err := c.reply(step, c.timeout)
	if err != nil {
		return nil, err
	}
	if r.Code != 250 {
		return nil, fmt.Errorf("%w: %s: %w", ErrProtocol, step, r)
	}
	return r.lines, nil
}

// addressLiteral names the own end of the connection.
//
// std: RFC5321 §4.1.3
func addressLiteral(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return "localhost"
	}
	host, _, _ = strings.Cut(host, "%")
	if strings.Contains(host, ":") {
		return "[IPv6:" + host + "]"
	}
	return "[" + host + "]"
}

// startTLS secures the connection. Whatever the server sent beyond its reply was not protected and could be anybody's.
//
// std: RFC3207 §4
func (c *conn) startTLS(a Account) error {
	if _, ok := c.offers["STARTTLS"]; !ok {
		return ErrNoStartTLS
	}
	r, err := c.command("STARTTLS", "STARTTLS")
	switch {
	case err != nil:
		return err
	case r.Code != 220:
		return fmt.Errorf("%w: %w", ErrNoStartTLS, r)
	case c.text.R.Buffered() > 0:
		return fmt.Errorf("%w: STARTTLS: unprotected data after the reply", ErrProtocol)
	}
	return c.secure(a)
}

// authenticate proves who we are, if the account says how. PLAIN is used inside TLS only: Account.check saw to that.
//
// std: RFC4954 §4
func (c *conn) authenticate(a Account) error {
	var mechanism sasl.Client
	switch {
	case a.External:
		mechanism = sasl.NewExternalClient(a.User)
	case a.User != "":
		mechanism = sasl.NewPlainClient("", a.User, a.Password)
	default:
		return nil
	}
	name, response, err := mechanism.Start()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	offered, has := c.offers["AUTH"]
	if !has || !hasWord(offered, name) {
		return fmt.Errorf("%w: the server does not offer %s", ErrAuth, name)
	}
	return c.exchange(mechanism, "AUTH "+name+" "+encodeResponse(response))
}

// exchange goes on until the server says yes or no.
func (c *conn) exchange(mechanism sasl.Client, line string) error {
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
		challenge, err := base64.StdEncoding.DecodeString(r.Text)
		if err != nil {
			return fmt.Errorf("%w: AUTH challenge: %w", ErrProtocol, err)
		}
		response, err := mechanism.Next(challenge)
		if err != nil {
			line = "*"
			continue
		}
		line = encodeResponse(response)
	}
	return fmt.Errorf("%w: AUTH does not end", ErrProtocol)
}

// encodeResponse writes an initial or later response; an empty one is "=".
//
// std: RFC4954 §4
func encodeResponse(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}

func hasWord(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// quit says good-bye. What is answered does not matter any more, nor does waiting long for it.
func (c *conn) quit() {
	if c.send("QUIT", "QUIT\r\n") == nil {
		_, _ = c.reply("QUIT", min(c.timeout, quitPatience))
	}
	c.close()
}
