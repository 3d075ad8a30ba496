package ldif

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits, in bytes. A value counts in its record with its name and valueOverhead, so that many tiny ones are bounded too.
const (
	MaxValue      = 16 << 20
	MaxRecord     = 32 << 20
	maxLine       = 24 << 20 // put together from its folds; a value of MaxValue in base64 fits
	valueOverhead = 32
)

// Kinds of errors. Errors of the underlying reader are returned as they are.
var (
	ErrSyntax      = errors.New("not what RFC 2849 allows here")
	ErrTooLarge    = errors.New("too large")
	ErrUnsupported = errors.New("not supported")
)

// Error is a fault in a file. Its text holds no values.
type Error struct {
	Line int   // of the file, from 1; where the logical line begins
	Kind error // ErrSyntax, ErrTooLarge, ErrUnsupported
	Text string
}

// Error says the line and what is wrong.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

// Record is an entry. Its attributes went to the visitor.
type Record struct {
	DN   string
	Line int // of the file, from 1, where it begins
	Size int // bytes, as counted for MaxRecord
}

// Reader reads one file. After an error it must not be used again. It belongs to one goroutine at a time.
type Reader struct {
	r       *bufio.Reader
	lines   int    // physical lines read
	line    []byte // the logical line
	at      int    // number of its first physical line
	decoded []byte
	begun   bool
}

// NewReader reads r, whose text begins with the first line of a file.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 64<<10)} }

// Next reads the next record and calls visit for each value, in order; the slices are valid until it returns. io.EOF: there
// are no more. A record that ends in an error has been visited in part.
//
// std: RFC2849 content records
func (r *Reader) Next(visit func(attr, value []byte)) (Record, error) {
	if err := r.begin(); err != nil {
		return Record{}, err
	}
	if err := r.skipToRecord(); err != nil {
		return Record{}, err
	}
	record := Record{Line: r.at}
	name, value, err := r.split()
	if err != nil {
		return Record{}, err
	}
	if !is(name, "dn") {
		return Record{}, r.fault(ErrSyntax, "a record begins without dn (ldapsearch adds such lines, unless it is given -LLL)")
	}
	if !utf8.Valid(value) || bytes.IndexByte(value, 0) >= 0 {
		return Record{}, r.fault(ErrSyntax, "the dn is no text")
	}
	record.DN, record.Size = string(value), len(value)
	return r.attributes(record, visit)
}

func (r *Reader) attributes(record Record, visit func(attr, value []byte)) (Record, error) {
	for first := true; ; first = false {
		err := r.next()
		if err == io.EOF || err == nil && len(r.line) == 0 {
			return record, nil
		}
		if err != nil {
			return Record{}, err
		}
		name, value, err := r.split()
		if err != nil {
			return Record{}, err
		}
		switch {
		case is(name, "changetype"):
			if err := r.changeType(value, first); err != nil {
				return Record{}, err
			}
			continue
		case is(name, "control"):
			return Record{}, r.fault(ErrUnsupported, "a change record with an LDAP control is not supported")
		case is(name, "dn"):
			return Record{}, r.fault(ErrSyntax, "a second dn in one record; an empty line is missing")
		}
		if record.Size += len(name) + len(value) + valueOverhead; record.Size > MaxRecord {
			return Record{}, r.fault(ErrTooLarge, fmt.Sprintf("a record of more than %d bytes", MaxRecord))
		}
		visit(name, value)
	}
}

func (r *Reader) changeType(value []byte, first bool) error {
	switch {
	case !first:
		return r.fault(ErrSyntax, "changetype stands elsewhere than behind dn")
	case is(value, "add"):
		return nil
	case is(value, "delete"), is(value, "modify"), is(value, "modrdn"), is(value, "moddn"):
		return r.fault(ErrUnsupported, fmt.Sprintf("a change record (%s) is not supported: the file must hold whole entries", value))
	default:
		return r.fault(ErrSyntax, "changetype is none of add, delete, modify, modrdn, moddn")
	}
}

// begin passes over a byte order mark and the version, once.
func (r *Reader) begin() error {
	if r.begun {
		return nil
	}
	r.begun = true
	mark, _ := r.r.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		_, _ = r.r.Discard(3)
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return r.fault(ErrUnsupported, "the file is in UTF-16; it must be in UTF-8")
	}
	if err := r.skipEmpty(); err != nil {
		return err
	}
	name, value, err := r.split()
	if err != nil || !is(name, "version") {
		return err
	}
	if string(value) != "1" {
		return r.fault(ErrUnsupported, "a version other than 1")
	}
	r.line = r.line[:0]
	return nil
}

// skipToRecord makes the first line of a record the current one.
func (r *Reader) skipToRecord() error {
	if len(r.line) > 0 {
		return nil // begin has read it
	}
	return r.skipEmpty()
}

func (r *Reader) skipEmpty() error {
	for {
		if err := r.next(); err != nil || len(r.line) > 0 {
			return err
		}
	}
}

// next reads the next logical line that is no comment.
func (r *Reader) next() error {
	for {
		r.line, r.at = r.line[:0], r.lines+1
		if cap(r.line) > 1<<20 {
			r.line = nil // one large value must not hold its memory for the whole file
		}
		if err := r.physical(); err != nil {
			return err
		}
		if len(r.line) > 0 && r.line[0] == ' ' {
			return r.fault(ErrSyntax, "a continuation of nothing")
		}
		empty := len(r.line) == 0
		for !empty {
			if c, err := r.r.Peek(1); err != nil || c[0] != ' ' {
				break
			}
			_, _ = r.r.Discard(1)
			if err := r.physical(); err != nil {
				return err
			}
		}
		if empty || r.line[0] != '#' {
			return nil
		}
	}
}

// physical appends the next line of the file, without its end. io.EOF: there is none.
func (r *Reader) physical() error {
	before := len(r.line)
	for {
		part, err := r.r.ReadSlice('\n')
		r.line = append(r.line, part...)
		switch {
		case len(r.line) > maxLine:
			return r.fault(ErrTooLarge, fmt.Sprintf("a line of more than %d bytes", maxLine))
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(r.line) > before, err == io.EOF && before > 0:
			return r.fault(ErrSyntax, "the last line has no end: the file may have been cut off")
		case err != nil:
			return err
		}
		r.lines++
		r.line = r.line[:len(r.line)-1]
		if n := len(r.line); n > before && r.line[n-1] == '\r' {
			r.line = r.line[:n-1]
		}
		return nil
	}
}

// split reads the current line: a name, and a value in the clear or in base64.
func (r *Reader) split() (name, value []byte, err error) {
	colon := bytes.IndexByte(r.line, ':')
	if colon < 0 {
		return nil, nil, r.fault(ErrSyntax, "a line without colon")
	}
	name, value = r.line[:colon], r.line[colon+1:]
	if !isName(name) {
		return nil, nil, r.fault(ErrSyntax, "a line that begins with no attribute description")
	}
	switch {
	case bytes.HasPrefix(value, []byte(":")):
		value, err = r.decode(name, bytes.TrimLeft(value[1:], " "))
	case bytes.HasPrefix(value, []byte("<")):
		return nil, nil, r.fault(ErrUnsupported, fmt.Sprintf("the value of %s is to be fetched from a URL, which is not done", name))
	default:
		value, err = r.plain(name, bytes.TrimLeft(value, " "))
	}
	if err == nil && len(value) > MaxValue {
		err = r.fault(ErrTooLarge, fmt.Sprintf("a value of %s of more than %d bytes", name, MaxValue))
	}
	if err != nil {
		return nil, nil, err
	}
	return name, value, nil
}

func (r *Reader) plain(name, value []byte) ([]byte, error) {
	switch {
	case bytes.IndexByte(value, 0) >= 0, bytes.IndexByte(value, '\r') >= 0:
		return nil, r.fault(ErrSyntax, fmt.Sprintf("a value of %s with a NUL or CR that is not in base64", name))
	case !utf8.Valid(value):
		return nil, r.fault(ErrSyntax, fmt.Sprintf("a value of %s that is neither UTF-8 nor in base64", name))
	}
	return value, nil
}

func (r *Reader) decode(name, text []byte) ([]byte, error) {
	encoding := base64.StdEncoding.Strict()
	if cap(r.decoded) > 1<<20 {
		r.decoded = nil
	}
	// Go passes over line ends within base64; a CR is all that could still be here.
	if bytes.IndexByte(text, '\r') >= 0 {
		return nil, r.fault(ErrSyntax, fmt.Sprintf("a value of %s in invalid base64", name))
	}
	var err error
	if r.decoded, err = encoding.AppendDecode(r.decoded[:0], text); err != nil {
		return nil, r.fault(ErrSyntax, fmt.Sprintf("a value of %s in invalid base64", name))
	}
	return r.decoded, nil
}

func (r *Reader) fault(kind error, text string) error {
	return &Error{Line: max(r.at, 1), Kind: kind, Text: text}
}

// maxName bounds what of a file can get into an error's text.
const maxName = 255

// isName tells whether b can be an attribute description: letters, digits, and what options are made of.
func isName(b []byte) bool {
	for i, c := range b {
		ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !ok && (i == 0 || strings.IndexByte("-.;=_*", c) < 0) {
			return false
		}
	}
	return len(b) > 0 && len(b) <= maxName
}

func is(b []byte, word string) bool { return len(b) == len(word) && strings.EqualFold(string(b), word) }
