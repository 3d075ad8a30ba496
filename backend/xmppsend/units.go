package xmppsend

import (
	"bytes"
	"fmt"
	"io"

	"caveat/backend/message"
)

// Limits of what a server may say in one element. Answers to questions are longer than messages: a list of rooms, a catalogue.
const (
	maxUnit          = message.MaxStanza
	maxDepth         = message.MaxStanzaDepth
	maxElements      = message.MaxStanzaElements
	maxAnswerElement = 8192
	maxHeader        = 8 << 10
	maxSkipped       = 4 << 20 // of an element beyond the limits, which is left out
)

// errStreamEnd: the server ended its stream in order.
var errStreamEnd = fmt.Errorf("%w: the server ended the stream", ErrUnreachable)

// units cuts a stream into its pieces as the octets come: the header, then one element after another. It holds an element to the
// limits while it grows, so that nothing larger is ever kept; of one beyond them it gives the beginning alone, and says so: a stanza may be
// anybody's, and must not take the account off. It refuses what XMPP forbids: comments, processing instructions,
// document types, text between stanzas. Whether an element is well-formed is for who parses it. One goroutine reads.
//
// std: RFC6120 §11.1
type units struct {
	r        io.Reader
	buf      []byte
	start    int  // where the piece begins
	at       int  // how far buf has been looked at
	restarts bool // the stream may begin anew: while logging in

	state    scanState
	quote    byte
	name     []byte // of the element at the first level
	inName   bool
	depth    int // open elements, the stream's own counted
	elements int
	isEnd    bool // the tag is an end tag
	last     byte // the octet before
	bang     []byte

	tooMuch error  // why the element, or the piece that was given, is not whole; nil: it is
	head    []byte // its beginning
	skipped int    // octets of it that were left out
}

type scanState int

const (
	inText scanState = iota
	afterAngle
	inTag
	inQuote
	inDeclaration
	inBang
	inCData
)

// next gives the next piece; it is the caller's. An error ends the stream for good.
func (u *units) next() ([]byte, error) {
	u.tooMuch, u.head, u.skipped = nil, nil, 0
	for {
		done, err := u.scan()
		if err != nil {
			return nil, err
		}
		if done {
			piece := u.head
			if u.tooMuch == nil {
				piece = bytes.Clone(u.buf[u.start:u.at])
			}
			u.start = u.at
			u.elements, u.name = 0, u.name[:0]
			return piece, nil
		}
		if err := u.fill(); err != nil {
			return nil, err
		}
	}
}

// rest reports octets that came and belong to no piece yet.
func (u *units) rest() int { return len(u.buf) - u.at }

func (u *units) fill() error {
	if err := u.isBounded(); err != nil {
		return err
	}
	if u.start > 0 {
		u.buf, u.at, u.start = append(u.buf[:0], u.buf[u.start:]...), u.at-u.start, 0
	}
	const room = 8 << 10
	start := len(u.buf)
	if cap(u.buf)-start < room {
		u.buf = append(make([]byte, 0, max(2*cap(u.buf), start+room)), u.buf...)
	}
	n, err := u.r.Read(u.buf[start : start+room])
	u.buf = u.buf[:start+n]
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return describe(err)
}

// isBounded holds what is kept to the limits before more is read. Of an element that is left out the last octets are kept.
func (u *units) isBounded() error {
	held := len(u.buf) - u.start
	switch {
	case u.tooMuch != nil:
	case u.depth == 0 && held > maxHeader:
		return fmt.Errorf("%w: a stanza of more than %d octets", ErrTooMuch, maxHeader)
	case u.elements == 0 && held > 2*maxUnit: // nobody could say whose it is
		return fmt.Errorf("%w: a stanza of which the first tag has more than %d octets", ErrTooMuch, 2*maxUnit)
	case u.elements > 0 && held > maxUnit:
		if err := u.leaveOut(u.at, "%d octets", maxUnit); err != nil {
			return err
		}
	}
	if u.tooMuch != nil {
		u.start = max(u.start, u.at-2)
	}
	return nil
}

// leaveOut keeps the beginning of an element, up to an octet, and has the rest of it left out. While logging in nobody but the server speaks.
func (u *units) leaveOut(end int, limit string, n int) error {
	err := fmt.Errorf("%w: a stanza of more than "+limit, ErrTooMuch, n)
	if u.restarts || u.depth == 0 {
		return err
	}
	if u.tooMuch == nil {
		u.tooMuch, u.head = err, bytes.Clone(u.buf[u.start:end])
	}
	return nil
}

// scan goes on where it stopped. It reports true when a piece ends at u.at.
func (u *units) scan() (bool, error) {
	for u.at < len(u.buf) {
		c := u.buf[u.at]
		done, err := u.octet(c)
		u.last = c
		u.at++
		if err != nil {
			return false, err
		}
		if u.tooMuch != nil {
			if u.skipped++; u.skipped > maxSkipped {
				return false, fmt.Errorf("%w, and without end", u.tooMuch)
			}
		}
		if done {
			if u.tooMuch == nil && u.at-u.start > maxUnit {
				return true, u.leaveOut(u.at, "%d octets", maxUnit)
			}
			return true, nil
		}
		if u.state == inText && u.depth <= 1 { // white space between stanzas keeps a connection alive, and is nothing
			u.start = u.at
		}
	}
	return false, nil
}

func (u *units) octet(c byte) (done bool, err error) {
	switch u.state {
	case inText:
		if c == '<' {
			u.state = afterAngle
		} else if u.depth <= 1 && c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false, fmt.Errorf("%w: text outside of a stanza", ErrProtocol)
		}
	case afterAngle:
		return false, u.begin(c)
	case inTag:
		return u.tag(c)
	case inQuote:
		if c == u.quote {
			u.state = inTag
		}
	case inDeclaration:
		if c == '>' && u.last == '?' {
			u.state = inText // the octets of it are left out, as white space is
		}
	case inBang:
		const cdata = "[CDATA["
		u.bang = append(u.bang, c)
		if !bytes.HasPrefix([]byte(cdata), u.bang) {
			return false, fmt.Errorf("%w: a comment or declaration", ErrProtocol)
		}
		if len(u.bang) == len(cdata) {
			u.state = inCData
		}
	case inCData:
		if c == '>' && u.last == ']' && u.at-u.start >= 2 && u.buf[u.at-2] == ']' {
			u.state = inText
		}
	}
	return false, nil
}

// begin is behind the "<".
func (u *units) begin(c byte) error {
	switch {
	case c == '?' && (u.depth == 0 || u.depth == 1 && u.restarts):
		u.state, u.depth = inDeclaration, 0
		return nil
	case c == '?':
		return fmt.Errorf("%w: a processing instruction", ErrProtocol)
	case c == '!' && u.depth > 1:
		u.state, u.bang = inBang, u.bang[:0]
		return nil
	case c == '!':
		return fmt.Errorf("%w: a comment or declaration", ErrProtocol)
	}
	u.state, u.isEnd, u.inName = inTag, c == '/', u.depth == 1 && c != '/'
	if u.inName {
		u.name = append(u.name[:0], c)
	}
	return nil
}

// tag is inside a start or end tag.
func (u *units) tag(c byte) (bool, error) {
	if u.inName {
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '/' || c == '>' {
			u.inName = false
		} else if u.name = append(u.name, c); len(u.name) > 100 {
			return false, fmt.Errorf("%w: a stanza without a name", ErrProtocol)
		}
	}
	switch c {
	case '"', '\'':
		u.state, u.quote = inQuote, c
	case '>':
		u.state = inText
		return u.endOfTag(u.last == '/')
	}
	return false, nil
}

// endOfTag counts levels and elements, and sees where a piece ends.
func (u *units) endOfTag(empty bool) (bool, error) {
	switch {
	case u.isEnd && u.depth <= 1:
		return false, errStreamEnd
	case u.isEnd:
		u.depth--
		return u.depth == 1, nil
	case u.depth == 1 && u.restarts && string(u.name) == "stream:stream":
		return true, nil // the header of the stream that follows the login
	case u.depth == 0 && empty:
		return false, errStreamEnd
	case u.depth == 0:
		u.depth = 1
		return true, nil
	}
	if u.elements++; u.elements > u.allowed() {
		if err := u.leaveOut(u.at+1, "%d elements", u.allowed()); err != nil {
			return false, err
		}
	}
	if u.depth > maxDepth {
		if err := u.leaveOut(u.at+1, "%d levels", maxDepth); err != nil {
			return false, err
		}
	}
	if !empty {
		u.depth++
	}
	return u.depth == 1, nil
}

func (u *units) allowed() int {
	if string(u.name) == "iq" {
		return maxAnswerElement
	}
	return maxElements
}
