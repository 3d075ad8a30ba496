package message

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// mailbox reads the messages of an mbox, each of which begins with a line "From " after an empty one.
func (f *fileReader) mailbox(in *bufio.Reader, around, depth int) ([]FileLabel, error) {
	var out []FileLabel
	box := &mailbox{in: in, skip: true}
	for !box.done {
		if f.budget--; f.budget < 0 {
			return append(out, FileLabel{Raw: "(of a mailbox)", Err: errTooMany, Depth: around}), nil
		}
		box.next = false
		l, err := f.message(box, around, depth)
		if out = append(out, l...); err != nil {
			return nil, err
		}
		if _, err := io.Copy(io.Discard, box); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mailbox is the text of one message after the other: Read ends before the next one, until next is taken back.
type mailbox struct {
	in         *bufio.Reader
	rest       []byte // of the line that is being handed out
	skip       bool   // the line that begins a message is passed over
	blank      bool   // the line before was empty
	within     bool   // the line before was longer than what is held
	next, done bool
}

// Read implements io.Reader.
func (m *mailbox) Read(p []byte) (int, error) {
	for len(m.rest) == 0 {
		if m.next || m.done {
			return 0, io.EOF
		}
		if err := m.line(); err != nil {
			return 0, err
		}
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// line takes the next line, or as much of it as is held.
func (m *mailbox) line() error {
	line, err := m.in.ReadSlice('\n')
	isFull := errors.Is(err, bufio.ErrBufferFull)
	if m.done = errors.Is(err, io.EOF); err != nil && !m.done && !isFull {
		return err
	}
	isFirst := m.blank && !m.within && bytes.HasPrefix(line, []byte("From "))
	m.blank = !m.within && len(bytes.Trim(line, "\r\n")) == 0
	m.within = isFull
	switch {
	case m.skip:
		m.skip = isFull
	case isFirst:
		m.next, m.skip = true, isFull
	default:
		m.rest = line
	}
	return nil
}

// plainText gives a text as it is, without a byte order mark; one in UTF-16 loses its zero bytes, which leaves its ASCII.
func plainText(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	start, _ := in.Peek(3)
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		in.Discard(3)
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		in.Discard(2)
		return zeroless{in}
	}
	return in
}

type zeroless struct{ in io.Reader }

// Read implements io.Reader.
func (z zeroless) Read(p []byte) (int, error) {
	n, err := z.in.Read(p)
	kept := 0
	for _, b := range p[:n] {
		if b != 0 {
			p[kept] = b
			kept++
		}
	}
	return kept, err
}
