package wire

import (
	"bufio"
	"errors"
	"io"
)

// MaxMessage is the largest message that is read, in bytes. A list with a hundred thousand members fits.
const MaxMessage = 16 << 20

// ErrTooLarge: a message announces more than MaxMessage bytes.
var ErrTooLarge = errors.New("LDAP message too large")

// ReadMessage reads the content of one LDAPMessage, using buf's memory where it suffices. The result is valid until the
// next call with the same memory. Memory is taken as bytes arrive, not as they are announced.
func ReadMessage(r *bufio.Reader, buf []byte) ([]byte, error) {
	length, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	const step = 1 << 20
	buf = buf[:0]
	for len(buf) < length {
		n := min(length-len(buf), max(step, cap(buf)-len(buf)))
		if cap(buf)-len(buf) < n {
			grown := make([]byte, len(buf), min(length, max(2*cap(buf), len(buf)+n)))
			copy(grown, buf)
			buf = grown
		}
		part := buf[len(buf) : len(buf)+n]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, unexpected(err)
		}
		buf = buf[:len(buf)+n]
	}
	return buf, nil
}

// readHeader consumes the header of an LDAPMessage and returns the length of its content. io.EOF: the peer closed the
// connection between two messages.
func readHeader(r *bufio.Reader) (int, error) {
	for size := 2; ; size++ {
		h, err := r.Peek(size)
		if err != nil {
			if len(h) > 0 {
				err = unexpected(err)
			}
			return 0, err
		}
		tag, length, n, err := header(h)
		switch {
		case err != nil:
			return 0, err
		case tag != TagSequence && n > 0:
			return 0, ErrMalformed
		case length > MaxMessage:
			return 0, ErrTooLarge
		case n > 0:
			_, err = r.Discard(n)
			return length, err
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Message is one decoded LDAPMessage; its slices share the memory of the bytes that were read.
type Message struct {
	ID       int64
	Op       byte   // tag of the protocol operation
	Body     []byte // content of the protocol operation
	Controls []byte // content of the controls' sequence; nil: none
}

// ParseMessage splits the content of an LDAPMessage.
func ParseMessage(b []byte) (Message, error) {
	id, rest, err := expect(b, TagInteger)
	if err != nil {
		return Message{}, err
	}
	var m Message
	if m.ID, err = parseInt(id); err != nil || m.ID < 0 || m.ID > 1<<31-1 {
		return Message{}, ErrMalformed
	}
	if m.Op, m.Body, rest, err = Next(rest); err != nil {
		return Message{}, err
	}
	if len(rest) > 0 {
		if m.Controls, _, err = expect(rest, TagControls); err != nil {
			return Message{}, err
		}
	}
	return m, nil
}

// Entry reads a SearchResultEntry: it returns the DN and calls visit for each value of each attribute, in order. The
// slices share m's memory: visit copies what it keeps.
func (m Message) Entry(visit func(attr, value []byte)) (dn []byte, err error) {
	if m.Op != OpSearchEntry {
		return nil, ErrMalformed
	}
	dn, rest, err := expect(m.Body, TagOctetString)
	if err != nil {
		return nil, err
	}
	attrs, _, err := expect(rest, TagSequence)
	if err != nil {
		return nil, err
	}
	for len(attrs) > 0 {
		var attr []byte
		if attr, attrs, err = expect(attrs, TagSequence); err != nil {
			return nil, err
		}
		if err := visitValues(attr, visit); err != nil {
			return nil, err
		}
	}
	return dn, nil
}

func visitValues(attr []byte, visit func(attr, value []byte)) error {
	name, rest, err := expect(attr, TagOctetString)
	if err != nil {
		return err
	}
	values, _, err := expect(rest, TagSet)
	if err != nil {
		return err
	}
	for len(values) > 0 {
		var v []byte
		if v, values, err = expect(values, TagOctetString); err != nil {
			return err
		}
		visit(name, v)
	}
	return nil
}

// parseResult reads the LDAPResult at the start of a response's body.
func parseResult(body []byte) (Result, error) {
	code, rest, err := expect(body, TagEnumerated)
	if err != nil {
		return Result{}, err
	}
	n, err := parseInt(code)
	if err != nil {
		return Result{}, err
	}
	matched, rest, err := expect(rest, TagOctetString)
	if err != nil {
		return Result{}, err
	}
	text, _, err := expect(rest, TagOctetString)
	if err != nil {
		return Result{}, err
	}
	return Result{Code: int(n), MatchedDN: string(matched), Text: string(text)}, nil
}

// pagingCookie returns the cookie of the paged results control (RFC 2696) among controls; nil: no such control, or the
// last page.
func pagingCookie(controls []byte) ([]byte, error) {
	for len(controls) > 0 {
		var one []byte
		var err error
		if one, controls, err = expect(controls, TagSequence); err != nil {
			return nil, err
		}
		oid, rest, err := expect(one, TagOctetString)
		if err != nil {
			return nil, err
		}
		if string(oid) != OIDPagedResults {
			continue
		}
		tag, value, rest, err := Next(rest)
		if err == nil && tag == TagBoolean {
			value, _, err = expect(rest, TagOctetString)
		}
		if err != nil {
			return nil, err
		}
		return parsePaging(value)
	}
	return nil, nil
}

func parsePaging(value []byte) ([]byte, error) {
	seq, _, err := expect(value, TagSequence)
	if err != nil {
		return nil, err
	}
	_, rest, err := expect(seq, TagInteger)
	if err != nil {
		return nil, err
	}
	cookie, _, err := expect(rest, TagOctetString)
	if err != nil || len(cookie) == 0 {
		return nil, err
	}
	return append([]byte(nil), cookie...), nil
}

// DecodeDone reads a SearchResultDone: its result and the cookie of the next page.
func DecodeDone(m Message) (Result, []byte, error) {
	if m.Op != OpSearchDone {
		return Result{}, nil, ErrMalformed
	}
	r, err := parseResult(m.Body)
	if err != nil {
		return Result{}, nil, err
	}
	cookie, err := pagingCookie(m.Controls)
	if err != nil {
		return Result{}, nil, err
	}
	return r, cookie, nil
}
