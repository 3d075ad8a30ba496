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

// FileLabel is one label that a file bears, read from its first bytes or those of a message inside.
type FileLabel struct {
	Reading
	// Raw is the field as it stands there, when it cannot be read.
	Raw string
	// Err says why it cannot be read; nil: it can. With ErrType Reading holds Binding or ESS, where it is one of these.
	Err error
	// Depth counts the messages around the one that bears it; 0: the file itself.
	Depth int
}

// ReadFileLabels reads every label that a file bears in itself: the SIO-Label of a message (.eml), whatever the file is called: who
// renames it does not take its label off; then those of the messages inside, which may be more restrictive. None: it bears none. A
// message that may have labels and cannot be gone through to its end stands there as one that cannot be read. An error is one of the
// reader's.
//
// std: RFC7444 §4
func ReadFileLabels(r io.Reader) ([]FileLabel, error) {
	budget := maxParts
	return readFileLabels(r, 0, 0, &budget)
}

// readFileLabels reads a message within so many others, at a depth of parts, of which as many are left as the budget says.
func readFileLabels(r io.Reader, around, depth int, budget *int) ([]FileLabel, error) {
	whole, err := io.ReadAll(io.LimitReader(r, MaxHeader))
	if err != nil {
		return nil, err
	}
	text := bytes.TrimPrefix(whole, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("From ")) { // of an mbox
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	text = bytes.TrimLeft(text, "\r\n")
	head := header0(text)
	if len(head) == len(text) && len(whole) == MaxHeader && startsWithField(head) {
		return []FileLabel{{Raw: "(behind the end of what is read)", Err: fmt.Errorf("%w: a header longer than %d bytes", ErrSyntax, MaxHeader), Depth: around}}, nil
	}
	var out []FileLabel
	if raw := rawField(head, "sio-label"); raw != "" {
		l := FileLabel{Depth: around}
		if l.Reading, l.Err = ReadLabel(bytes.NewReader(append(bytes.Clone(head), "\r\n\r\n"...))); l.Err != nil {
			l.Raw = raw
		}
		out = append(out, l)
	}
	more, err := labelsInside(head, io.MultiReader(bytes.NewReader(text), r), inside{around: around, budget: budget}, depth)
	return append(out, more...), err
}

// startsWithField reports that the first line is that of a header.
func startsWithField(head []byte) bool {
	name, _, ok := bytes.Cut(head, []byte(":"))
	return ok && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// labelsInside reads the labels of the messages inside a message.
func labelsInside(head []byte, whole io.Reader, in inside, depth int) ([]FileLabel, error) {
	kind := strings.ToLower(rawField(head, "content-type"))
	if !startsWithField(head) || !strings.HasPrefix(kind, "multipart/") && !strings.HasPrefix(kind, "message/") {
		return nil, nil
	}
	e, err := message.Read(bufio.NewReader(whole))
	if err == nil {
		err = in.walk(e, depth)
	}
	if err != nil {
		return append(in.found, FileLabel{Raw: "(of a message inside)", Err: fmt.Errorf("%w: the messages inside: %w", ErrSyntax, err), Depth: in.around + 1}), nil
	}
	return in.found, nil
}

// inside collects the labels of the messages in a message.
type inside struct {
	around int
	budget *int // of parts, over all depths
	found  []FileLabel
}

func (in *inside) walk(e *message.Entity, depth int) error {
	if *in.budget--; *in.budget < 0 || depth > maxDepth {
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
	l, err := readFileLabels(e.Body, in.around+1, depth+1, in.budget)
	in.found = append(in.found, l...)
	return err // it could not be decoded
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
