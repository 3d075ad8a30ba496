package message

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-message/textproto"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/ess"
	"caveat/backend/label/siolabel"
)

// MaxHeader is the longest message header that is read, in bytes.
const MaxHeader = 1 << 20

// Reading is what a message says about its sensitivity. It is only as trustworthy as the way that the message took: the
// field is not bound to the content, and nothing says that Marking and Label agree.
type Reading struct {
	Label                           label.Label // as received, see label.Label.XML
	Marking, Foreground, Background string      // colours are empty unless they are colours of RFC 7444
	Type                            string      // ":xml", ":ess", ":x411" or a URI

	// What else the field may hold; ErrType comes with either, since it takes more than this message to get a label from it.
	Binding *binding.Object // STANAG 4778: ask it for the labels of this message
	ESS     *ess.Label      // numbers: have the names resolved under the policy
}

// ReadLabel reads the label of a message: its header, or the whole message, of which it reads no more than the header (and
// at most MaxHeader bytes). The zero Reading comes with any error but two: with ErrNoLabel and ErrType the marking is
// given where there is one, because a reader must show it even so, and with ErrType Binding or ESS where it is one of these.
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
	v, err := siolabel.Parse(value)
	r := Reading{Marking: v.Marking, Foreground: v.Foreground, Background: v.Background, Type: v.Type, Binding: v.Binding, ESS: v.ESS}
	switch {
	case errors.Is(err, siolabel.ErrSyntax):
		return Reading{}, fmt.Errorf("%w: SIO-Label: %w", ErrSyntax, err)
	case errors.Is(err, siolabel.ErrType):
		return r, err
	case err != nil:
		return Reading{}, err
	case v.Binding != nil:
		return r, fmt.Errorf("%w: a binding data object, of type %.80q", ErrType, v.Type)
	case v.ESS != nil:
		return r, fmt.Errorf("%w: numbers under policy %q, of type %.80q", ErrType, v.ESS.Policy, v.Type)
	case v.Label == nil:
		return r, fmt.Errorf("%w: a marking only", ErrNoLabel)
	}
	r.Label = *v.Label
	return r, nil
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
