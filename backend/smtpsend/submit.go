package smtpsend

import (
	"context"
	"fmt"
	"io"

	"caveat/backend/outbox"
)

// submit sends one message over a connection of its own. Receipts cover every recipient, in order; or err says why there
// are none.
func submit(ctx context.Context, a Account, e envelope, body io.Reader, bodySent func() error) ([]outbox.Receipt, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	c, err := open(ctx, a)
	if err != nil {
		return nil, err
	}
	t := transaction{conn: c, envelope: e}
	receipts, err := t.run(body, bodySent)
	if err != nil {
		// No QUIT: in the middle of a message it would be part of it, and an ended connection discards what was begun.
		c.close()
		return nil, err
	}
	c.quit()
	return receipts, nil
}

// transaction is one MAIL, RCPT…, DATA.
type transaction struct {
	*conn
	envelope
	mail  *Reply
	rcpts []*Reply
	data  *Reply // nil: DATA was not sent
}

func (t *transaction) run(body io.Reader, bodySent func() error) ([]outbox.Receipt, error) {
	if limit, too := t.tooLarge(t.size); too {
		return t.all(&Reply{Text: fmt.Sprintf("message of %d octets: the server takes %d", t.size, limit)}), nil
	}
	if _, ok := t.offers["8BITMIME"]; !ok && t.eightBit {
		return t.all(&Reply{Text: "message with 8-bit text: the server takes 7-bit only"}), nil
	}
	exchange := t.oneByOne
	if _, ok := t.offers["PIPELINING"]; ok {
		exchange = t.pipelined
	}
	if err := exchange(); err != nil {
		return nil, err
	}
	switch {
	case t.mail.Code/100 != 2:
		return t.all(t.mail), t.endEmpty()
	case t.accepted() == 0:
		return t.receipts(nil), t.endEmpty()
	case t.data.Code != 354:
		return t.receipts(t.data), t.endRefused()
	}
	final, err := t.transfer(body, bodySent)
	if err != nil {
		return nil, err
	}
	return t.receipts(final), nil
}

// pipelined sends everything up to DATA at once. The replies are read while it is still being written: a server may stop
// reading when nobody takes its replies.
//
// std: RFC2920 §3.1
func (t *transaction) pipelined() error {
	wrote := make(chan error, 1)
	go func() { wrote <- t.writeCommands() }()
	err := t.readReplies()
	if err != nil {
		t.net.Close()
	}
	if werr := <-wrote; err == nil {
		err = werr
	}
	return err
}

func (t *transaction) writeCommands() error {
	lines := []string{t.mailCommand(t.envelope)}
	for _, to := range t.to {
		lines = append(lines, t.rcptCommand(to))
	}
	for _, l := range append(lines, "DATA") {
		if _, err := t.out.WriteString(l + "\r\n"); err != nil {
			return t.failed("MAIL", err)
		}
	}
	if err := t.out.Flush(); err != nil {
		return t.failed("MAIL", err)
	}
	return nil
}

func (t *transaction) readReplies() (err error) {
	if t.mail, err = t.verdict("MAIL"); err != nil {
		return err
	}
	for range t.to {
		r, err := t.verdict("RCPT")
		if err != nil {
			return err
		}
		t.rcpts = append(t.rcpts, r)
	}
	t.data, err = t.reply("DATA", t.timeout)
	return err
}

// verdict reads a reply that must be yes, later or no.
func (t *transaction) verdict(step string) (*Reply, error) {
	r, err := t.reply(step, t.timeout)
	if err == nil && r.Code/100 == 3 {
		return nil, fmt.Errorf("%w: %s: %w", ErrProtocol, step, r)
	}
	return r, err
}

// oneByOne waits for each reply, and leaves out what has become pointless.
func (t *transaction) oneByOne() (err error) {
	ask := func(step, line string) (*Reply, error) {
		if err := t.send(step, line+"\r\n"); err != nil {
			return nil, err
		}
		return t.verdict(step)
	}
	if t.mail, err = ask("MAIL", t.mailCommand(t.envelope)); err != nil || t.mail.Code/100 != 2 {
		return err
	}
	for _, to := range t.to {
		r, err := ask("RCPT", t.rcptCommand(to))
		if err != nil {
			return err
		}
		t.rcpts = append(t.rcpts, r)
	}
	if t.accepted() > 0 {
		t.data, err = t.command("DATA", "DATA")
	}
	return err
}

func (t *transaction) accepted() int {
	n := 0
	for _, r := range t.rcpts {
		if r.Code/100 == 2 {
			n++
		}
	}
	return n
}

// endEmpty ends a DATA that the server began although nobody is to get the message. With no recipient accepted a lone dot
// is right; where the server accepted one after refusing MAIL, a dot could deliver an empty message, so the connection ends.
//
// std: RFC2920 §3.1
func (t *transaction) endEmpty() error {
	if t.data == nil || t.data.Code != 354 {
		return nil
	}
	if t.accepted() > 0 {
		return fmt.Errorf("%w: DATA accepted after MAIL was refused: %w", ErrProtocol, t.mail)
	}
	_, err := t.command("end of DATA", ".")
	return err
}

// endRefused accepts only a refusal as the answer to DATA.
func (t *transaction) endRefused() error {
	if c := t.data.Code / 100; c != 4 && c != 5 {
		return fmt.Errorf("%w: DATA: %w", ErrProtocol, t.data)
	}
	return nil
}

// transfer sends the body, asks, and only then ends it.
//
// std: RFC5321 §4.1.1.4
func (t *transaction) transfer(body io.Reader, bodySent func() error) (*Reply, error) {
	if err := t.stream(body); err != nil {
		return nil, err
	}
	if err := bodySent(); err != nil {
		return nil, err
	}
	if err := t.send("end of DATA", ".\r\n"); err != nil {
		return nil, err
	}
	final, err := t.reply("end of DATA", finalPatience*t.timeout)
	if err == nil && final.Code/100 == 3 {
		return nil, fmt.Errorf("%w: end of DATA: %w", ErrProtocol, final)
	}
	return final, err
}

// stream sends everything but the final dot. A body that is not the one that was measured is never ended, so that half a
// message is not delivered as a whole one.
func (t *transaction) stream(body io.Reader) error {
	src := &source{r: body}
	w := &stuffer{out: t.out}
	if _, err := io.Copy(w, src); err != nil {
		if src.err != nil {
			return fmt.Errorf("%w: %w", ErrBody, src.err)
		}
		return t.failed("body", err)
	}
	if size := src.meter.total(); size != t.size {
		return fmt.Errorf("%w: %d octets, %d when it was measured", ErrBody, size, t.size)
	}
	if err := w.end(); err != nil {
		return t.failed("body", err)
	}
	if err := t.out.Flush(); err != nil {
		return t.failed("body", err)
	}
	return nil
}

// source keeps an error of the body's own apart from one of the connection, and measures what was read.
type source struct {
	r     io.Reader
	meter meter
	err   error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	_, _ = s.meter.Write(p[:n]) // a meter takes everything
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// all gives every recipient the same answer.
func (t *transaction) all(r *Reply) []outbox.Receipt {
	out := make([]outbox.Receipt, len(t.to))
	for i, to := range t.to {
		out[i] = receipt(to, r)
	}
	return out
}

// receipts gives each recipient its own refusal, or what became of the message.
func (t *transaction) receipts(final *Reply) []outbox.Receipt {
	out := make([]outbox.Receipt, len(t.to))
	for i, to := range t.to {
		r := t.rcpts[i]
		if r.Code/100 == 2 {
			r = final
		}
		out[i] = receipt(to, r)
	}
	return out
}

func receipt(to string, r *Reply) outbox.Receipt {
	state := outbox.Refused
	switch r.Code / 100 {
	case 2:
		state = outbox.Accepted
	case 4:
		state = outbox.Deferred
	}
	return outbox.Receipt{Recipient: to, State: state, Code: r.Code, Text: r.Text}
}
