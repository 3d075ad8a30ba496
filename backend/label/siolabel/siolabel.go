// Package siolabel reads and writes the value of the SIO-Label header field (RFC 7444): a marking for people, and a label
// for programs, as MIME parameters (RFC 2231).
//
// The field is no binding: nothing ties it to the message, and nothing says that marking and label agree. How a header is
// folded, and that there is one such field, is for package message to see to.
//
// The package is pure; its functions are safe for concurrent use.
package siolabel

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/ess"
)

// Types of a label. Besides these a type may be any URI.
//
// std: RFC7444 §4
const (
	TypeESS  = ":ess"  // RFC 2634, BER
	TypeX411 = ":x411" // X.411, BER
	TypeXML  = ":xml"  // XML: what it is, its root element says
)

// MaxSize is the longest value that is read, in bytes.
const MaxSize = 1 << 20

// Sentinel errors.
var (
	// ErrSyntax: not written as the standards say, or longer than MaxSize.
	ErrSyntax = errors.New("siolabel: malformed")
	// ErrContinuation: the numbered pieces of a parameter have a gap, or stand twice.
	ErrContinuation = errors.New("siolabel: incomplete parameter")
	// ErrBase64: the label parameter is not base64.
	ErrBase64 = errors.New("siolabel: label is not base64")
	// ErrLabel: a label, or binding data object, that cannot be read; the error also wraps the cause of its package.
	ErrLabel = errors.New("siolabel: unreadable label")
	// ErrType: a label of a type that is not known, or XML with an element of another kind.
	ErrType = errors.New("siolabel: label of unknown type")
	// ErrInvalid: what cannot be written; the error names the parameter.
	ErrInvalid = errors.New("siolabel: invalid")
)

// Value is what a field says. At most one of Label, Binding and ESS is set; none where it has a marking only.
type Value struct {
	Marking                string
	Foreground, Background string // empty unless they are colours of RFC 7444
	Type                   string // ":ess", ":x411", ":xml" or a URI; empty without a label

	Label   *label.Label    // as received, see label.Label.XML
	Binding *binding.Object // the caller asks it for the labels of the message
	ESS     *ess.Label      // numbers: the caller has the names resolved under the policy
}

// colourNames are the names that a SIO-Label may carry; "fuschia" is the RFC's own spelling.
//
// std: RFC7444 §4
var colourNames = map[string]bool{
	"aqua": true, "black": true, "blue": true, "fuschia": true, "gray": true, "green": true, "lime": true, "maroon": true,
	"navy": true, "olive": true, "purple": true, "red": true, "silver": true, "teal": true, "white": true, "yellow": true,
	"orange": true,
}

// isColour reports a name of the RFC, in any case, or "#RRGGBB". Both are MIME tokens and stand without quotes.
func isColour(s string) bool {
	hex, ok := strings.CutPrefix(s, "#")
	if !ok {
		return colourNames[strings.ToLower(s)]
	}
	_, err := strconv.ParseUint(hex, 16, 32)
	return err == nil && len(hex) == 6 && hex[0] != '+'
}

// isControl reports what no header value may hold: control characters and line separators. A tab is allowed.
func isControl(r rune) bool {
	return r < 0x20 && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029
}

// uri is the start of every URI: its scheme.
var uri = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
