package message

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message/textproto"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// MaxHeader is the longest message header that is read, in bytes.
const MaxHeader = 1 << 20

// Reading is what a message says about its sensitivity. It is only as trustworthy as the way that the message took: the
// field is not bound to the content, and nothing says that Marking and Label agree.
type Reading struct {
	Label                           label.Label // as received, see label.Label.XML
	Marking, Foreground, Background string      // colours are empty unless they are colours of RFC 7444
	Type                            string      // ":xml", ":ess", ":x411" or a URI
}

// ReadLabel reads the label of a message: its header, or the whole message, of which it reads no more than the header (and
// at most MaxHeader bytes). The zero Reading comes with any error but two: with ErrNoLabel and ErrType the marking is
// given where there is one, because a reader must show it even so.
//
// A label is what a STANAG 4774 label element says, under type ":xml" or any URI. A malformed one is ErrLabel, an element
// of another kind ErrType.
//
// std: RFC7444 §4
func ReadLabel(r io.Reader) (Reading, error) {
	h, err := readHeader(r)
	if err != nil {
		return Reading{}, err
	}
	switch values := h.Values("SIO-Label"); len(values) {
	case 0:
		return Reading{}, ErrNoLabel
	case 1:
		return ParseSIOLabel(values[0])
	default:
		return Reading{}, fmt.Errorf("%w: %d", ErrTwoLabels, len(values))
	}
}

// ParseSIOLabel reads the value of one SIO-Label field, unfolded. Errors as for ReadLabel.
func ParseSIOLabel(value string) (Reading, error) {
	p, err := parseParameters(value)
	if err != nil {
		return Reading{}, err
	}
	r := Reading{Marking: p["marking"], Type: p["type"]}
	if strings.ContainsFunc(r.Marking, isControl) {
		return Reading{}, fmt.Errorf("%w: SIO-Label: a control character in the marking", ErrSyntax)
	}
	if r.Marking != "" {
		r.Foreground, r.Background = colourOrNone(p["fgcolor"]), colourOrNone(p["bgcolor"])
	}
	encoded, hasLabel := p["label"]
	_, hasType := p["type"]
	switch {
	case hasLabel != hasType:
		return Reading{}, fmt.Errorf("%w: SIO-Label: type and label go together", ErrSyntax)
	case !hasLabel && r.Marking == "":
		return Reading{}, fmt.Errorf("%w: SIO-Label: neither marking nor label", ErrSyntax)
	case !hasLabel:
		return r, fmt.Errorf("%w: a marking only", ErrNoLabel)
	}
	r.Label, err = decodeLabel(r.Type, encoded)
	switch {
	case errors.Is(err, ErrType):
		return r, err
	case err != nil:
		return Reading{}, err
	}
	return r, nil
}

func colourOrNone(s string) string {
	if isColour(s) {
		return s
	}
	return ""
}

// decodeLabel decides by the root element, whatever the type calls it.
func decodeLabel(typ, encoded string) (label.Label, error) {
	if typ == ":ess" || typ == ":x411" || typ != ":xml" && !strings.Contains(typ, ":") {
		return label.Label{}, fmt.Errorf("%w: %.80q", ErrType, typ)
	}
	// A quoted string that was folded in its middle holds the blank of the fold.
	encoded = strings.NewReplacer(" ", "", "\t", "").Replace(encoded)
	document, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return label.Label{}, fmt.Errorf("%w: %w", ErrBase64, err)
	}
	if len(document) > label.MaxSize {
		return label.Label{}, fmt.Errorf("%w: %w: %d bytes", ErrLabel, label.ErrTooLarge, len(document))
	}
	root, err := strictxml.Parse(document, strictxml.Limits{Bytes: label.MaxSize})
	if err == nil && root.Space != label.Namespace {
		return label.Label{}, fmt.Errorf("%w: element %.80q of %.80q", ErrType, root.Name, root.Space)
	}
	l, err := label.ParseLabel(document)
	if err != nil {
		return label.Label{}, fmt.Errorf("%w: %w", ErrLabel, err)
	}
	return l, nil
}

// readHeader reads a header of at most MaxHeader bytes.
func readHeader(r io.Reader) (textproto.Header, error) {
	limited := &io.LimitedReader{R: r, N: MaxHeader}
	h, err := textproto.ReadHeader(bufio.NewReader(limited))
	switch {
	case limited.N <= 0:
		return textproto.Header{}, fmt.Errorf("%w: longer than %d bytes", ErrSyntax, MaxHeader)
	case err != nil:
		return textproto.Header{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return h, nil
}
