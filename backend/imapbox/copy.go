package imapbox

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// Special is a folder's use.
type Special string

// The folders that copies are kept in.
const (
	Sent   Special = "sent"
	Drafts Special = "drafts"
)

// UID names a message within a mailbox of one UIDVALIDITY; it is never 0.
type UID uint32

// Copy is a message to keep.
type Copy struct {
	Folder    Special
	MessageID string // of the message's header, with its angle brackets: by it a copy that is there already is found
	// Open gives the message; it is opened twice, and both times must give the same. Line ends become CRLF on the way.
	Open     func() (io.ReadCloser, error)
	Received time.Time // the date that the mailbox shows; zero: the server's own
	Flags    []string  // keywords beside \Seen, which every copy has, and \Draft, which drafts have
	// BodySent, when it is not nil, is called when everything but the last octet is handed over; without it, or with an
	// error of it, nothing was kept.
	BodySent func() error
}

// Kept says where a copy is.
type Kept struct {
	WasThere    bool // found, not appended
	Folder      string
	UIDValidity uint32
	UID         UID // 0 where the server does not tell
}

// maxMessageID bounds a Message-ID, in octets: that of a header's line.
const maxMessageID = 996

// check refuses a copy that could not be found again, or whose words could become a command.
func (c Copy) check() error {
	id := c.MessageID
	switch {
	case c.Folder != Sent && c.Folder != Drafts:
		return fmt.Errorf("%w: folder %q", ErrCopy, string(c.Folder))
	case c.Open == nil:
		return fmt.Errorf("%w: no bytes", ErrCopy)
	case len(id) < 5 || len(id) > maxMessageID || id[0] != '<' || id[len(id)-1] != '>' || strings.ContainsFunc(id, notInID) ||
		strings.ContainsAny(id[1:len(id)-1], "<>"):
		return fmt.Errorf("%w: Message-ID %q", ErrCopy, id)
	}
	for _, f := range c.Flags {
		if f == "" || len(f) > 64 || strings.ContainsFunc(f, func(r rune) bool { return notInID(r) || strings.ContainsRune(`(){}%*]`, r) }) {
			return fmt.Errorf("%w: keyword %q", ErrCopy, f)
		}
	}
	return nil
}

// notInID: what an identifier has none of. Quotes and backslashes are legal in one, and nobody writes them.
func notInID(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' || r == '\\' }

// measure reads the body once for its length on the way.
func (c Copy) measure() (int64, error) {
	body, err := c.Open()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrBody, err)
	}
	defer body.Close()
	n, err := io.Copy(io.Discard, newLines(body))
	return n, err
}

// lineEnds gives a message with CRLF at the end of each line, whatever its line ends were.
type lineEnds struct {
	r      *bufio.Reader
	afterR bool // a CR was given, its LF was too
	owed   bool // an LF that has yet to be given
}

func newLines(r io.Reader) *lineEnds { return &lineEnds{r: bufio.NewReaderSize(r, 32<<10)} }

// Read implements io.Reader. NUL, which IMAP does not carry, is ErrCopy; what the source says is ErrBody.
//
// std: RFC9051 §4.3, §9
func (l *lineEnds) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if l.owed {
			p[n], l.owed = '\n', false
			n++
			continue
		}
		if n > 0 && l.r.Buffered() == 0 {
			return n, nil
		}
		b, err := l.r.ReadByte()
		switch {
		case err == io.EOF:
			return n, io.EOF
		case err != nil:
			return n, fmt.Errorf("%w: %w", ErrBody, err)
		case b == 0:
			return n, fmt.Errorf("%w: NUL in the message", ErrCopy)
		case b == '\n' && l.afterR:
			l.afterR = false
			continue
		case b == '\r' || b == '\n':
			p[n], l.owed, l.afterR = '\r', true, b == '\r'
		default:
			p[n], l.afterR = b, false
		}
		n++
	}
	return n, nil
}
