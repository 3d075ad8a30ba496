package smtpsend

import (
	"fmt"
	"strings"

	"caveat/backend/idn"
	"caveat/backend/message"
)

// unmet says why the server, or the account, cannot take the message for anybody; nil: it can. Then nothing is sent.
func (t *transaction) unmet() *Reply {
	if limit, too := t.tooLarge(t.size); too {
		return &Reply{Text: fmt.Sprintf("message of %d octets: the server takes %d", t.size, limit)}
	}
	switch {
	case t.options.MaxSize > 0 && t.size > t.options.MaxSize:
		return &Reply{Text: fmt.Sprintf("message of %d octets: the account takes %d", t.size, t.options.MaxSize)}
	case t.eightBit && !t.has("8BITMIME"):
		return &Reply{Text: "message with 8-bit text: the server takes 7-bit only"}
	case t.needsUTF8() && !t.has("SMTPUTF8"):
		return &Reply{Text: "sender's address, or an address in the header, beyond ASCII before the @: the server takes ASCII only (no SMTPUTF8)"}
	}
	return nil
}

// refuseHere refuses the recipients that the server cannot be told of.
//
// std: RFC6531 §3.1
func (t *transaction) refuseHere() {
	if t.has("SMTPUTF8") {
		return
	}
	for i, to := range t.to {
		if !idn.IsASCII(message.OnWire(to)) {
			t.rcpts[i] = &Reply{Text: "address beyond ASCII: the server takes ASCII addresses only (no SMTPUTF8)"}
		}
	}
}

// asked are the commands of a transaction up to the body, in order.
type asked struct {
	again, data bool
	mail        string
	rcpts       []string
	at          []int // whose recipient each of rcpts is
}

// commands is fixed before the first is sent: what one of them contains does not depend on another's answer.
func (t *transaction) commands() asked {
	a := asked{again: t.again, data: t.dataAhead(), mail: t.mailCommand()}
	for i, to := range t.to {
		if t.rcpts[i] == nil {
			a.rcpts, a.at = append(a.rcpts, t.rcptCommand(to)), append(a.at, i)
		}
	}
	return a
}

func (a asked) lines() string {
	var b strings.Builder
	if a.again {
		b.WriteString("RSET\r\n")
	}
	b.WriteString(a.mail + "\r\n")
	for _, r := range a.rcpts {
		b.WriteString(r + "\r\n")
	}
	if a.data {
		b.WriteString("DATA\r\n")
	}
	return b.String()
}

// fits is how many octets of commands are written before a reply is read: they find room in any socket's buffer.
const fits = 4 << 10

// pipelined sends everything up to the body at once. The replies to many commands are read while these are still being
// written: a server may stop reading when nobody takes its replies.
//
// std: RFC2920 §3.1
func (t *transaction) pipelined() error {
	commands := t.commands()
	if lines := commands.lines(); len(lines) <= fits {
		if err := t.send("MAIL", lines); err != nil {
			return err
		}
		return t.readReplies(commands)
	}
	wrote := make(chan error, 1)
	go func() { wrote <- t.send("MAIL", commands.lines()) }()
	err := t.readReplies(commands)
	if err != nil || t.bye != nil {
		t.net.Close()
	}
	if werr := <-wrote; err == nil && t.bye == nil {
		err = werr
	}
	return err
}

func (t *transaction) readReplies(a asked) (err error) {
	if a.again {
		if t.rset, err = t.verdict("RSET"); err != nil || t.bye != nil {
			return err
		}
	}
	if t.mail, err = t.verdict("MAIL"); err != nil || t.bye != nil {
		return err
	}
	for _, i := range a.at {
		if t.rcpts[i], err = t.verdict("RCPT"); err != nil || t.bye != nil {
			return err
		}
	}
	if a.data {
		t.data, err = t.reply("DATA", t.timeout)
	}
	return err
}

// verdict reads a reply that must be yes, later or no.
func (t *transaction) verdict(step string) (*Reply, error) {
	r, err := t.reply(step, t.timeout)
	switch {
	case err != nil:
		return nil, err
	case r.Code/100 == 3:
		return nil, fmt.Errorf("%w: %s: %w", ErrProtocol, step, r)
	case r.Code == closing:
		t.bye = r
	}
	return r, nil
}

// oneByOne waits for each reply, and leaves out what has become pointless.
func (t *transaction) oneByOne() (err error) {
	one := func(step, line string) (*Reply, error) {
		if err := t.send(step, line+"\r\n"); err != nil {
			return nil, err
		}
		return t.verdict(step)
	}
	commands := t.commands()
	if commands.again {
		if t.rset, err = one("RSET", "RSET"); err != nil || !t.rset.isYes() {
			return err
		}
	}
	if t.mail, err = one("MAIL", commands.mail); err != nil || !t.mail.isYes() {
		return err
	}
	for n, i := range commands.at {
		if t.rcpts[i], err = one("RCPT", commands.rcpts[n]); err != nil || t.bye != nil || t.isSpoilt() {
			return err
		}
	}
	return nil
}
