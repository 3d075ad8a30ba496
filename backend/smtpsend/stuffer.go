package smtpsend

import "bufio"

// stuffer writes a message body as DATA carries it: every line ends in CRLF, whatever ended it before (a lone LF or CR in
// it could end the message for another server), and a dot at the start of a line is doubled.
//
// std: RFC5321 §4.5.2, §2.3.8
type stuffer struct {
	out    *bufio.Writer
	inLine bool // something stands in the current line
	afterR bool // the last octet was CR, which has been written as CRLF
}

func (s *stuffer) Write(p []byte) (int, error) {
	for i, b := range p {
		if err := s.octet(b); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

func (s *stuffer) octet(b byte) error {
	wasR := s.afterR
	s.afterR = b == '\r'
	switch {
	case b == '\n' && wasR:
		return nil
	case b == '\r' || b == '\n':
		return s.newline()
	case b == '.' && !s.inLine:
		if err := s.out.WriteByte('.'); err != nil {
			return err
		}
	}
	s.inLine = true
	return s.out.WriteByte(b)
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
