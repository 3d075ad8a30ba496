package message

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message"
)

// FileLabel is what a file says about its own sensitivity, read from its first bytes.
type FileLabel struct {
	Reading
	// Raw is the field as it stands there, when it cannot be read.
	Raw string
}

// ReadFileLabel reads the label that a file bears in itself: the SIO-Label of a message (.eml), whatever the file is called: who
// renames it does not take its label off. Of a message without one it is that of the one message inside which has one.
// ErrNoLabel: it bears none. Any other error says why the label that is there, or may be there, cannot be read; then Raw holds it,
// and with ErrType Binding or ESS, too, where it is one of these.
//
// std: RFC7444 §4
func ReadFileLabel(r io.Reader) (FileLabel, error) { return readFileLabel(r, 0) }

func readFileLabel(r io.Reader, depth int) (FileLabel, error) {
	whole, err := io.ReadAll(io.LimitReader(r, MaxHeader))
	if err != nil {
		return FileLabel{}, err
	}
	text := bytes.TrimPrefix(whole, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("From ")) { // of an mbox
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	text = bytes.TrimLeft(text, "\r\n")
	head := header0(text)
	if len(head) == len(text) && len(whole) == MaxHeader && startsWithField(head) {
		return FileLabel{Raw: "(behind the end of what is read)"}, fmt.Errorf("%w: a header longer than %d bytes", ErrSyntax, MaxHeader)
	}
	raw := rawField(head, "sio-label")
	if raw == "" {
		return labelInside(head, io.MultiReader(bytes.NewReader(text), r), depth)
	}
	reading, err := ReadLabel(bytes.NewReader(append(bytes.Clone(head), "\r\n\r\n"...)))
	if err != nil {
		return FileLabel{Reading: reading, Raw: raw}, err
	}
	return FileLabel{Reading: reading}, nil
}

// startsWithField reports that the first line is that of a header.
func startsWithField(head []byte) bool {
	name, _, ok := bytes.Cut(head, []byte(":"))
	return ok && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// labelInside reads the label of the messages inside a message that has none of its own.
func labelInside(head []byte, whole io.Reader, depth int) (FileLabel, error) {
	kind := strings.ToLower(rawField(head, "content-type"))
	if !startsWithField(head) || !strings.HasPrefix(kind, "multipart/") && !strings.HasPrefix(kind, "message/") {
		return FileLabel{}, ErrNoLabel
	}
	unread := func(err error) (FileLabel, error) {
		return FileLabel{Raw: "(of a message inside)"}, fmt.Errorf("%w: the messages inside: %w", ErrSyntax, err)
	}
	e, err := message.Read(bufio.NewReader(whole))
	if err != nil {
		return unread(err)
	}
	in := inside{parts: maxParts}
	if err := in.walk(e, depth); err != nil {
		return unread(err)
	}
	switch len(in.found) {
	case 0:
		return FileLabel{}, ErrNoLabel
	case 1:
		return in.found[0].label, in.found[0].err
	}
	return unread(errors.New("several of them have labels"))
}

// inside collects the labels of the messages in a message.
type inside struct {
	parts int
	found []foundLabel
}

type foundLabel struct {
	label FileLabel
	err   error // why it cannot be read
}

func (in *inside) walk(e *message.Entity, depth int) error {
	if in.parts--; in.parts < 0 || depth > maxDepth {
		return errors.New("too many parts")
	}
	mr := e.MultipartReader()
	if mr == nil {
		return in.leaf(e, depth)
	}
	for {
		p, err := mr.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !message.IsUnknownCharset(err):
			return err
		}
		if err := in.walk(p, depth+1); err != nil {
			return err
		}
	}
}

// leaf reads what may be a message: also one that is called something else.
func (in *inside) leaf(e *message.Entity, depth int) error {
	kind, _, err := e.Header.ContentType()
	disposition, _, _ := e.Header.ContentDisposition()
	if err == nil && disposition != "attachment" && (strings.HasPrefix(kind, "text/") || kind == "") {
		return nil
	}
	l, err := readFileLabel(e.Body, depth+1)
	switch {
	case errors.Is(err, ErrNoLabel) && l.Raw == "":
		return nil
	case err != nil && l.Raw == "":
		return err // it could not be decoded
	}
	in.found = append(in.found, foundLabel{l, err})
	return nil
}

// header0 is what stands before the first empty line; nothing when the first line is no header field.
func header0(head []byte) []byte {
	end := len(head)
	for _, empty := range []string{"\r\n\r\n", "\n\n", "\r\r"} {
		if i := bytes.Index(head, []byte(empty)); i >= 0 {
			end = min(end, i)
		}
	}
	return head[:end]
}

// rawField gives the first field of that name, as it stands in a header that may not be readable otherwise; "" where there is none.
func rawField(head []byte, name string) string {
	lines := strings.FieldsFunc(string(bytes.ToValidUTF8(head, []byte("\ufffd"))), func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		key, value, ok := strings.Cut(line, ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(key), name) {
			continue
		}
		for _, more := range lines[i+1:] {
			if more[0] != ' ' && more[0] != '\t' {
				break
			}
			value += " " + strings.TrimSpace(more)
		}
		if value = strings.TrimSpace(value); value == "" {
			return name + ":" // there, and empty
		}
		return value
	}
	return ""
}
