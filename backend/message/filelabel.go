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
	// Sidecar is the name of the sidecar inside a message that it was read from, and Reference what that one calls the part beside it:
	// Reading.Binding is to be asked for this. Both are empty of a SIO-Label.
	Sidecar, Reference string
	// Depth counts the messages around the one that bears it; 0: the file itself.
	Depth int
}

// Errors of what is not gone through to its end.
var (
	errTooMany       = fmt.Errorf("%w: too many parts", ErrSyntax)
	errTooManyLabels = fmt.Errorf("%w: too many labels", ErrSyntax)
)

// MaxLabels is how many labels LabelReader reads: more than anybody puts into what is sent together.
const MaxLabels = 200

// LabelReader reads the labels of files that came together, as ReadFileLabels does of one. Of all of them it reads MaxLabels at most;
// what bears more is one that cannot be read. The zero LabelReader is ready to use, by one goroutine.
type LabelReader struct{ count int }

// Read reads the labels of the next file. Errors are those of the reader.
func (l *LabelReader) Read(r io.Reader) ([]FileLabel, error) {
	f := &fileReader{budget: maxParts, count: &l.count}
	return f.all(r)
}

// Count is how many labels were read.
func (l *LabelReader) Count() int { return l.count }

// ErrLookalike: something in a file looks like a label, and stands where none is read.
var ErrLookalike = errors.New("message: it looks like a label, and stands where none is read")

// ReadFileLabels reads every label that a file bears in itself: the SIO-Label of a message (.eml), whatever the file is called: who
// renames it does not take its label off; then those of the messages inside, which may be more restrictive, and of the sidecars beside
// what is attached to them. None: it bears none. A message that may have labels and cannot be gone through to its end stands there as one
// that cannot be read; and so, as ErrLookalike, does a file with something else in it that looks like a label: a line that begins with
// "SIO-Label:", or an XML element of one. All of the file is read, and little of it held in memory. An error is one of the reader's.
//
// std: RFC7444 §4
func ReadFileLabels(r io.Reader) ([]FileLabel, error) {
	return new(LabelReader).Read(r)
}

// all reads a file, and what of it looks like a label.
func (f *fileReader) all(r io.Reader) ([]FileLabel, error) {
	out, err := f.read(r, 0, 0)
	if err != nil {
		return nil, err
	}
	if f.marks.unread() {
		out = append(out, FileLabel{Raw: "(found by its look)", Err: ErrLookalike})
	}
	return out, nil
}

// fileReader reads the labels of one file.
type fileReader struct {
	budget int  // of parts, over all depths
	count  *int // labels that were read, see MaxLabels
	marks  marks
}

// read reads a file, or one inside, within so many messages, at a depth of parts.
func (f *fileReader) read(r io.Reader, around, depth int) ([]FileLabel, error) {
	scan := newMarkScanner(&f.marks)
	r = io.TeeReader(r, scan)
	in := bufio.NewReaderSize(plainText(r), 64<<10)
	var out []FileLabel
	var err error
	if start, _ := in.Peek(5); string(start) == "From " {
		out, err = f.mailbox(in, around, depth)
	} else {
		out, err = f.message(in, around, depth)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, r) // what nobody read may look like a label too
	}
	scan.end()
	return out, err
}

// message reads what may be a message.
func (f *fileReader) message(r io.Reader, around, depth int) ([]FileLabel, error) {
	whole, err := io.ReadAll(io.LimitReader(r, MaxHeader))
	if err != nil {
		return nil, err
	}
	if around == 0 && len(whole) < MaxHeader && isSidecar(whole) {
		f.marks.account(whole) // it says something of another file
		return nil, nil
	}
	text := bytes.TrimLeft(whole, "\r\n")
	head := header0(text)
	if len(head) == len(text) && len(whole) == MaxHeader && startsWithField(head) {
		return []FileLabel{{Raw: "(behind the end of what is read)", Err: fmt.Errorf("%w: a header longer than %d bytes", ErrSyntax, MaxHeader), Depth: around}}, nil
	}
	var out []FileLabel
	if raw := rawField(head, "sio-label"); raw != "" {
		f.marks.account(head)
		if *f.count >= MaxLabels {
			return []FileLabel{{Raw: "(one of many)", Err: errTooManyLabels, Depth: around}}, nil
		}
		*f.count++
		l := FileLabel{Depth: around}
		if l.Reading, l.Err = ReadLabel(bytes.NewReader(append(bytes.Clone(head), "\r\n\r\n"...))); l.Err != nil {
			l.Raw = raw
		}
		out = append(out, l)
	}
	if !startsWithField(head) || rawField(head, "content-type")+rawField(head, "content-transfer-encoding") == "" {
		return out, nil
	}
	if len(whole) < MaxHeader && len(bytes.TrimSpace(text[len(head):])) == 0 {
		return out, nil // a header alone, as reports have it: there is nothing inside
	}
	in := inside{file: f, around: around}
	e, err := message.Read(bufio.NewReader(io.MultiReader(bytes.NewReader(text), r)))
	if err == nil || message.IsUnknownCharset(err) {
		err = in.walk(e, depth)
	}
	if err != nil {
		in.found = append(in.found, FileLabel{Raw: "(of a message inside)", Err: fmt.Errorf("%w: the messages inside: %w", ErrSyntax, err), Depth: around + 1})
	}
	return append(out, in.found...), nil
}

// startsWithField reports that the first line is that of a header.
func startsWithField(head []byte) bool {
	name, _, ok := bytes.Cut(head, []byte(":"))
	return ok && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
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
		var whole strings.Builder
		whole.WriteString(value)
		for _, more := range lines[i+1:] {
			if more[0] != ' ' && more[0] != '\t' {
				break
			}
			whole.WriteString(" " + strings.TrimSpace(more))
		}
		if value = strings.TrimSpace(whole.String()); value == "" {
			return name + ":" // there, and empty
		}
		return value
	}
	return ""
}
