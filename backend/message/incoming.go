package message

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // text in other character sets than UTF-8
	"github.com/emersion/go-message/mail"
)

// Incoming is a message that came in, as far as an answer needs it.
type Incoming struct {
	From, ReplyTo, To, Cc []Address
	Subject, MessageID    string
	Date                  time.Time // zero: none that can be read
	Text                  string    // its plain text, at most MaxText bytes; empty where it has none
	Cut                   bool      // Text is not the whole of it
	HTML                  bool      // it has a text in HTML, which is not read
	Attachments           int       // how many files go with it
}

// Limits of what is read of a message for an answer.
const (
	MaxText  = 100 << 10 // bytes of text
	maxParts = 200
	maxDepth = 8
)

// ReadIncoming reads a message for an answer to it: who, about what, and its plain text. Attachments are counted and not read,
// HTML is neither shown nor fetched from. What cannot be decoded is left as it is, but for characters that are not shown. A header that cannot be read is ErrSyntax.
func ReadIncoming(r io.Reader) (Incoming, error) {
	m, err := message.Read(bufio.NewReader(r))
	if err != nil && !isForeign(err) {
		return Incoming{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	h := mail.Header{Header: m.Header}
	in := Incoming{From: addressesIn(h, "From"), ReplyTo: addressesIn(h, "Reply-To"), To: addressesIn(h, "To"), Cc: addressesIn(h, "Cc")}
	if in.Subject, err = h.Subject(); err != nil {
		in.Subject = h.Get("Subject")
	}
	in.Subject = OneLine(in.Subject)
	if id, err := bracketed("Message-ID", h.Get("Message-Id")); err == nil {
		in.MessageID = id
	}
	if at, err := h.Date(); err == nil {
		in.Date = Moment(at)
	}
	w := walker{in: &in, parts: maxParts}
	if err := w.walk(m, 0); err != nil {
		return Incoming{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return in, nil
}

// isForeign: a character set or encoding that is not known; the rest can be read.
func isForeign(err error) bool {
	return message.IsUnknownCharset(err) || message.IsUnknownEncoding(err)
}

// addressesIn gives the addresses of a field that can be sent to; none where it cannot be read.
func addressesIn(h mail.Header, field string) []Address {
	list, err := h.AddressList(field)
	if err != nil {
		return nil
	}
	var out []Address
	for _, a := range list {
		if CheckAddress(a.Address) == nil {
			out = append(out, Address{Name: OneLine(a.Name), Address: a.Address})
		}
	}
	return out
}

// OneLine makes one line of text that came from outside, without what is not seen: control characters, and format characters, which could
// reorder a line on the screen.
func OneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// walker goes through the parts of a message for its first plain text.
type walker struct {
	in    *Incoming
	parts int
}

func (w *walker) walk(e *message.Entity, depth int) error {
	if w.parts--; w.parts < 0 || depth > maxDepth {
		return errors.New("too many parts")
	}
	if mr := e.MultipartReader(); mr != nil {
		for {
			p, err := mr.NextPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil && !isForeign(err) {
				return err
			}
			if err := w.walk(p, depth+1); err != nil {
				return err
			}
		}
	}
	kind, _, err := e.Header.ContentType()
	disposition, _, _ := e.Header.ContentDisposition()
	switch {
	case disposition == "attachment" || err == nil && !strings.HasPrefix(kind, "text/"):
		w.in.Attachments++
		return nil
	case kind == "text/html":
		w.in.HTML = true
		return nil
	case w.in.Text != "":
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(e.Body, MaxText+1))
	if err != nil {
		return err
	}
	if len(data) > MaxText {
		data, w.in.Cut = data[:MaxText], true
	}
	w.in.Text = shown(string(bytes.ToValidUTF8(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), nil)))
	return nil
}
