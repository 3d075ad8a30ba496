package smtpsend

import (
	"context"
	"fmt"
	"net"
	"strings"
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
	c.greeting = greeting.Text
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

// quit says good-bye. What is answered does not matter any more, nor does waiting long for it.
func (c *conn) quit() {
	if c.send("QUIT", "QUIT\r\n") == nil {
		_, _ = c.reply("QUIT", min(c.timeout, quitPatience))
	}
	c.close()
}
