package demo

import (
	"bufio"
	"encoding/xml"
	"io"
	"strings"

	"caveat/backend/message"
)

// recorder keeps the octets that a decoder has taken.
type recorder struct {
	from *bufio.Reader
	kept []byte
}

func (r *recorder) Read([]byte) (int, error) { return 0, errStanza } // the decoder takes octets one by one

func (r *recorder) ReadByte() (byte, error) {
	b, err := r.from.ReadByte()
	if err == nil {
		r.kept = append(r.kept, b)
	}
	if len(r.kept) > message.MaxStanza {
		return 0, errStanza
	}
	return b, err
}

// pieces reads a stream piece by piece, octet for octet.
type pieces struct {
	r *recorder
	d *xml.Decoder
}

func newPieces(conn io.Reader) pieces {
	r := &recorder{from: bufio.NewReader(conn)}
	return pieces{r, xml.NewDecoder(r)}
}

// header reads the start of a stream.
func (p pieces) header() (xml.StartElement, error) {
	for {
		t, err := p.d.RawToken()
		if err != nil {
			return xml.StartElement{}, err
		}
		p.r.kept = p.r.kept[:0]
		if e, ok := t.(xml.StartElement); ok {
			if e.Name.Local != "stream" {
				return e, errStanza
			}
			return e, nil
		}
	}
}

// next reads one whole element; io.EOF is the end of the stream, or of the connection.
func (p pieces) next() (string, error) {
	for depth := 0; ; {
		t, err := p.d.RawToken()
		if err != nil {
			return "", err
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
			continue
		case xml.EndElement:
			depth--
		default:
			continue
		}
		switch {
		case depth < 0:
			return "", io.EOF
		case depth == 0:
			out := strings.TrimSpace(string(p.r.kept))
			p.r.kept = p.r.kept[:0]
			return out, nil
		}
	}
}

// stanzas takes one stanza after the other until the stream ends.
func (p pieces) stanzas(take func(stanza) error) error {
	for {
		octets, err := p.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		x, err := parseStanza(octets)
		switch {
		case err != nil:
			return err
		case x.kind != "message" && x.kind != "presence" && x.kind != "iq":
			return errStanza
		}
		if err := take(x); err != nil {
			return err
		}
	}
}
