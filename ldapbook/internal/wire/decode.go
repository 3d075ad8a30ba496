package wire

import (
	"bufio"
	"errors"
	"io"
)

// MaxMessage is the largest message that is read, in bytes. A list with a hundred thousand members fits.
const MaxMessage = 16 << 20

// What is kept of a referral's URLs: their number, and the length of each in bytes.
const (
	maxURLs = 16
	maxURL  = 4096
)

// Tags of what may stand behind a result, RFC 4511 sections 4.1.9, 4.2.2 and 4.12, and the code of a SASL bind that goes on.
const (
	tagReferral        byte = 0xa3
	tagServerSASL      byte = 0x87
	tagResponseValue   byte = 0x8b
	codeSASLInProgress      = 14
)

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
	text, rest, err := expect(rest, TagOctetString)
	if err != nil {
		return Result{}, err
	}
	r := Result{Code: int(n), MatchedDN: string(matched), Text: string(text)}
	if len(rest) > 0 && rest[0] == tagReferral {
		urls, _, err := expect(rest, tagReferral)
		if err != nil {
			return Result{}, err
		}
		if r.Referral, err = parseURLs(urls); err != nil {
			return Result{}, err
		}
	}
	return r, nil
}

// parseURLs reads the URLs of a referral or of a search result reference. More or longer ones than there is sense in are
// left out: a server cannot make us keep them.
func parseURLs(b []byte) (urls []string, err error) {
	for len(b) > 0 {
		var u []byte
		if u, b, err = expect(b, TagOctetString); err != nil {
			return nil, err
		}
		if len(urls) < maxURLs && len(u) <= maxURL {
			urls = append(urls, string(u))
		}
	}
	return urls, nil
}

// behindResult returns a copy of the element with that tag behind the result in a response's body; nil: there is none.
func behindResult(body []byte, want byte) ([]byte, error) {
	for i := 0; len(body) > 0; i++ {
		tag, content, rest, err := Next(body)
		if err != nil {
			return nil, err
		}
		if i >= 3 && tag == want {
			return append([]byte{}, content...), nil
		}
		body = rest
	}
	return nil, nil
}

// pagingCookie returns the cookie of the paged results control (RFC 2696) among controls; nil: no such control, or the
// last page.
func pagingCookie(controls []byte) ([]byte, error) {
	value, err := FindControl(controls, OIDPagedResults)
	if err != nil || value == nil {
		return nil, err
	}
	return parsePaging(value)
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
	if err != nil {
		return nil, err
	}
	return cloneCookie(cookie)
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
