package smtpsend

import (
	"bytes"
	"io"
)

// octets is where a stuffer writes.
type octets interface {
	io.Writer
	io.ByteWriter
	io.StringWriter
}

// stuffer writes a message body as it travels: every line ends in CRLF, whatever ended it before (a lone LF or CR in it could
// end the message for another server), and, with dots, a dot at the start of a line is doubled, as DATA wants it.
//
// std: RFC5321 §4.5.2, §2.3.8
type stuffer struct {
	out    octets
	dots   bool
	inLine bool // something stands in the current line
	afterR bool // the last octet was CR, which has been written as CRLF
}

func (s *stuffer) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := untilEnd(rest)
		if n == 0 {
			if err := s.lineEnd(rest[0]); err != nil {
				return len(p) - len(rest), err
			}
			rest = rest[1:]
			continue
		}
		if err := s.words(rest[:n]); err != nil {
			return len(p) - len(rest), err
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// untilEnd counts the octets before the next CR or LF.
func untilEnd(p []byte) int {
	if n := bytes.IndexByte(p, '\n'); n >= 0 {
		p = p[:n]
	}
	if n := bytes.IndexByte(p, '\r'); n >= 0 {
		return n
	}
	return len(p)
}

func (s *stuffer) words(p []byte) error {
	if p[0] == '.' && s.dots && !s.inLine {
		if err := s.out.WriteByte('.'); err != nil {
			return err
		}
	}
	s.inLine, s.afterR = true, false
	_, err := s.out.Write(p)
	return err
}

// lineEnd takes CR and LF; the LF of a CRLF has been written with its CR.
func (s *stuffer) lineEnd(b byte) error {
	wasR := s.afterR
	s.afterR = b == '\r'
	if b == '\n' && wasR {
		return nil
	}
	return s.newline()
}

func (s *stuffer) newline() error {
	s.inLine = false
	_, err := s.out.WriteString("\r\n")
	return err
}

// end completes the last line.
func (s *stuffer) end() error {
	if !s.inLine {
		return nil
	}
	return s.newline()
}
