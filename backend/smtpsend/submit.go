package smtpsend

import (
	"fmt"
	"io"

	"caveat/backend/outbox"
)

// transaction is one message on a connection: MAIL, RCPT…, and DATA or BDAT….
type transaction struct {
	*conn
	envelope
	options Options
	again   bool // the connection has served another message: RSET comes first

	rset  *Reply
	mail  *Reply
	rcpts []*Reply // of each recipient; nil: not asked
	data  *Reply   // nil: DATA was not sent
	bye   *Reply   // the server closes the connection: what it has not answered for, it does not do
	begun bool     // the body is on its way: another attempt would need it anew
}

func (t *transaction) run(body io.Reader, bodySent func() error) ([]outbox.Receipt, error) {
	t.rcpts = make([]*Reply, len(t.to))
	if t.options.RequireTLS && !t.has("REQUIRETLS") {
		return nil, ErrNoRequireTLS
	}
	if r := t.unmet(); r != nil {
		return t.all(r), nil
	}
	t.refuseHere()
	switch {
	case t.isSpoilt():
		return t.nobody(), nil
	case t.open() == 0:
		return t.receipts(nil), nil
	}
	if err := t.ask(); err != nil {
		return nil, err
	}
	switch {
	case t.bye != nil:
		return t.leftOver(), nil
	case !t.mail.isYes():
		return t.all(t.mail), t.endEmpty()
	case t.accepted() == 0:
		return t.receipts(nil), t.endEmpty()
	case t.isSpoilt():
		t.reset()
		return t.nobody(), nil
	}
	final, err := t.deliver(body, bodySent)
	if err != nil {
		return nil, err
	}
	return t.receipts(final), nil
}

// deliver sends the body as the server likes it best.
func (t *transaction) deliver(body io.Reader, bodySent func() error) (_ *Reply, err error) {
	if t.usesChunks() {
		t.begun = true
		return t.chunks(body, bodySent)
	}
	if t.data == nil {
		if t.data, err = t.command("DATA", "DATA"); err != nil {
			return nil, err
		}
	}
	if t.data.Code != 354 {
		return t.data, t.endRefused()
	}
	t.begun = true
	return t.transfer(body, bodySent)
}

// ask sends MAIL and the recipients, and learns what the server says of each.
func (t *transaction) ask() error {
	ask := t.oneByOne
	if t.has("PIPELINING") {
		ask = t.pipelined
	}
	if err := ask(); err != nil {
		return err
	}
	if t.rset != nil && !t.rset.isYes() && t.bye == nil {
		t.spent = true
		return fmt.Errorf("%w: RSET: %w", ErrProtocol, t.rset)
	}
	return nil
}

// dataAhead reports that DATA goes out with the recipients. It must not where one refused recipient ends the message for all:
// then the server would wait for a body.
func (t *transaction) dataAhead() bool {
	return t.has("PIPELINING") && !t.usesChunks() && (t.options.Partial != PartialNobody || len(t.to) == 1)
}

// open counts the recipients that are still to be asked.
func (t *transaction) open() (n int) {
	for _, r := range t.rcpts {
		if r == nil {
			n++
		}
	}
	return n
}

func (t *transaction) accepted() (n int) {
	for _, r := range t.rcpts {
		if r.isYes() {
			n++
		}
	}
	return n
}

// isSpoilt reports that a recipient was refused and that this ends the message for all.
func (t *transaction) isSpoilt() bool {
	if t.options.Partial != PartialNobody {
		return false
	}
	for _, r := range t.rcpts {
		if r != nil && !r.isYes() {
			return true
		}
	}
	return false
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
	if _, err := t.command("end of DATA", "."); err != nil {
		t.spent = true // the answers are there already
	}
	return nil
}

// endRefused accepts only a refusal as the answer to DATA.
func (t *transaction) endRefused() error {
	if c := t.data.Code / 100; c != 4 && c != 5 {
		return fmt.Errorf("%w: DATA: %w", ErrProtocol, t.data)
	}
	return nil
}

// reset forgets the transaction at the server. What it says changes nothing: without an end of the message nothing is
// delivered, and a connection that is not as it should be is not used again.
func (t *transaction) reset() {
	if r, err := t.command("RSET", "RSET"); err != nil || !r.isYes() {
		t.spent = true
	}
}

// transfer sends the body, asks, and only then ends it.
//
// std: RFC5321 §4.1.1.4
func (t *transaction) transfer(body io.Reader, bodySent func() error) (*Reply, error) {
	if err := t.stream(body); err != nil {
		return nil, err
	}
	if n := t.text.R.Buffered(); n > 0 {
		return nil, fmt.Errorf("%w: an answer before the end of DATA", ErrProtocol)
	}
	if err := bodySent(); err != nil {
		return nil, err
	}
	if err := t.send("end of DATA", ".\r\n"); err != nil {
		return nil, err
	}
	return t.final("end of DATA")
}

// final reads the answer to the end of the message.
func (t *transaction) final(step string) (*Reply, error) {
	r, err := t.reply(step, finalPatience*t.timeout)
	if err == nil && r.Code/100 == 3 {
		return nil, fmt.Errorf("%w: %s: %w", ErrProtocol, step, r)
	}
	return r, err
}

// stream sends everything but the final dot. A body that is not the one that was measured is never ended, so that half a
// message is not delivered as a whole one.
func (t *transaction) stream(body io.Reader) error {
	src := &source{r: body}
	w := &stuffer{out: t.out, dots: true}
	if _, err := io.Copy(w, src); err != nil {
		if src.err != nil {
			return fmt.Errorf("%w: %w", ErrBody, src.err)
		}
		return t.failed("body", err)
	}
	if err := t.isMeasured(src); err != nil {
		return err
	}
	if err := w.end(); err != nil {
		return t.failed("body", err)
	}
	if err := t.out.Flush(); err != nil {
		return t.failed("body", err)
	}
	return nil
}

// isMeasured holds what was read to what was measured.
func (t *transaction) isMeasured(src *source) error {
	if size := src.meter.total(); size != t.size {
		return fmt.Errorf("%w: %d octets, %d when it was measured", ErrBody, size, t.size)
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
