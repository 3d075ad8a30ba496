package xmppsend

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"

	"caveat/backend/label/strictxml"
)

// outlined are the elements that say whose a stanza is: what stands at each level, the stanza's own first.
var outlined = [][]string{{"message", "presence", "iq"}, {"result", "sent", "received"}, {"forwarded"}, {"message", "delay"}}

const (
	maxOutline  = 8       // elements of an outline
	maxOutlined = 4 << 10 // octets of an attribute in it: longer than a full address
)

var errNoOutline = errors.New("it does not say whose it is")

// outline gives of a stanza that is not read, and of which the end may be missing, what says whose it is: its address, kind and id, and
// those of the message that an archive, or another program of the user, gives in it. Nothing of its content is in that.
func outline(header, piece []byte) ([]byte, error) {
	d := xml.NewDecoder(io.MultiReader(bytes.NewReader(header), bytes.NewReader(piece)))
	for {
		t, err := d.Token()
		if err != nil {
			return nil, errNoOutline
		}
		if _, is := t.(xml.StartElement); is {
			break // the stream's own
		}
	}
	var w strictxml.Writer
	var open []string
	depth, written := 0, 0
	for {
		t, err := d.Token()
		start, isStart := t.(xml.StartElement)
		_, isEnd := t.(xml.EndElement)
		switch {
		case err != nil || isEnd && depth <= 1:
			return finish(&w, open)
		case isEnd:
			if depth--; depth < len(open) {
				w.Raw("</" + open[depth] + ">")
				open = open[:depth]
			}
		case isStart:
			if written < maxOutline && depth == len(open) && depth < len(outlined) && slices.Contains(outlined[depth], start.Name.Local) {
				if err := begin(&w, start); err != nil {
					return nil, err
				}
				open, written = append(open, start.Name.Local), written+1
			}
			depth++
		}
		if depth > 0 && len(open) == 0 {
			return nil, errNoOutline
		}
	}
}

// finish closes what is open.
func finish(w *strictxml.Writer, open []string) ([]byte, error) {
	if len(open) == 0 {
		return nil, errNoOutline
	}
	for _, name := range slices.Backward(open) {
		w.Raw("</" + name + ">")
	}
	return w.Bytes(), nil
}

// begin writes a start tag with the attributes that say whose it is.
func begin(w *strictxml.Writer, start xml.StartElement) error {
	w.Raw("<" + start.Name.Local)
	w.Attr("xmlns", start.Name.Space)
	for _, a := range start.Attr {
		if a.Name.Space != "" || !slices.Contains([]string{"from", "to", "id", "type", "queryid", "stamp"}, a.Name.Local) {
			continue
		}
		switch {
		case len(a.Value) <= maxOutlined:
			w.Attr(a.Name.Local, a.Value)
		case a.Name.Local == "from": // that a server writes, not whose stanza it is
			return fmt.Errorf("%w: its address has %d octets", errNoOutline, len(a.Value))
		}
	}
	w.Raw(">")
	return nil
}
