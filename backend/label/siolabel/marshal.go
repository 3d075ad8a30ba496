package siolabel

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"caveat/backend/label"
	"caveat/backend/label/binding"
)

// piece is how many characters of a value stand in one continuation: with name, number and quotes it fits a folded line.
const piece = 56

// Parameters writes a field's value with a STANAG 4774 label, as words between which a header may be folded: each is one
// parameter, all but the last with its semicolon. The marking may be empty; colours without a marking are not written. It
// returns ErrInvalid for a marking with control characters or not in UTF-8, and for a colour that RFC 7444 does not know.
//
// std: RFC7444 §4
func Parameters(l label.Label, marking, foreground, background string) ([]string, error) {
	return Value{Marking: marking, Foreground: foreground, Background: background, Label: &l}.Parameters()
}

// Parameters writes a field's value as the function Parameters does: with the label, or the STANAG 4778 binding data object where
// there is one, or a marking only. An ASN.1 label is not written: ErrInvalid, as is a value that says nothing.
//
// std: RFC7444 §4
func (v Value) Parameters() ([]string, error) {
	params, err := v.parameters("")
	if err == nil && len(params) == 0 {
		err = fmt.Errorf("%w: neither marking nor label", ErrInvalid)
	}
	if err != nil {
		return nil, err
	}
	return separated(params), nil
}

// parameters writes the parameters of a value, their names behind a prefix, without semicolons.
func (v Value) parameters(prefix string) ([]string, error) {
	var params []string
	if v.Marking != "" {
		if err := checkText("marking", v.Marking); err != nil {
			return nil, err
		}
		params = textParameter(prefix+"marking", v.Marking)
		for _, c := range [][2]string{{"fgcolor", v.Foreground}, {"bgcolor", v.Background}} {
			switch {
			case c[1] == "":
			case !isColour(c[1]):
				return nil, fmt.Errorf("%w: %s %q: a colour name of RFC 7444 or #RRGGBB", ErrInvalid, c[0], c[1])
			default:
				params = append(params, prefix+c[0]+"="+c[1])
			}
		}
	}
	var typ string
	var document []byte
	switch {
	case v.Binding != nil:
		typ, document = binding.Namespace, v.Binding.Marshal()
	case v.Label != nil:
		typ, document = TypeXML, v.Label.Marshal()
	case v.ESS != nil:
		return nil, fmt.Errorf("%w: an ASN.1 label is not written", ErrInvalid)
	default:
		return params, nil
	}
	params = append(params, prefix+`type="`+typ+`"`)
	return append(params, pieces(prefix+"label", base64.StdEncoding.EncodeToString(document))...), nil
}

func checkText(name, text string) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, isControl) {
		return fmt.Errorf("%w: %s %.80q is not UTF-8, or holds a control character", ErrInvalid, name, text)
	}
	return nil
}

// separated puts a semicolon behind each but the last.
func separated(params []string) []string {
	for i := range params[:len(params)-1] {
		params[i] += ";"
	}
	return params
}

// TextParameter writes one parameter of a header field as words between which the header may be folded, without semicolons: as
// it is where it is ASCII, else in UTF-8 with percent signs; in numbered pieces where it is long. The value must hold no control
// character.
//
// std: RFC2231 §3, §4
func TextParameter(name, value string) []string { return textParameter(name, value) }

// textParameter writes a text value: quoted when it is ASCII, else in UTF-8 with percent signs.
//
// std: RFC2231 §4
func textParameter(name, value string) []string {
	ascii := !strings.ContainsFunc(value, func(r rune) bool { return r < 0x20 || r >= 0x7f })
	if ascii {
		return pieces(name, value)
	}
	return extendedPieces(name, value)
}

// pieces writes an ASCII value as one quoted string, or as several that are numbered from 0.
//
// std: RFC2231 §3
func pieces(name, value string) []string {
	if q := quote(value); len(q) <= piece {
		return []string{name + "=" + q}
	}
	var out []string
	for n := 0; value != ""; n++ {
		end, width := 0, 0
		for end < len(value) && width < piece-1 {
			if value[end] == '"' || value[end] == '\\' {
				width++
			}
			end++
			width++
		}
		out = append(out, name+"*"+strconv.Itoa(n)+"="+quote(value[:end]))
		value = value[end:]
	}
	return out
}

// extendedPieces writes any text with a character set and percent signs, one piece or several.
//
// std: RFC2231 §4.1
func extendedPieces(name, value string) []string {
	const charset = "utf-8''"
	var chunks []string
	chunk := charset
	for _, r := range value {
		enc := percent(string(r))
		if len(chunk)+len(enc) > piece {
			chunks = append(chunks, chunk)
			chunk = ""
		}
		chunk += enc
	}
	chunks = append(chunks, chunk)
	if len(chunks) == 1 {
		return []string{name + "*=" + chunks[0]}
	}
	for i := range chunks {
		chunks[i] = name + "*" + strconv.Itoa(i) + "*=" + chunks[i]
	}
	return chunks
}

// percent writes letters, digits and a few marks as they are, all other octets as %XX.
func percent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if isLetterDigit(s[i]) || strings.IndexByte("-._", s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

func isLetterDigit(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// quote writes a quoted-string.
//
// std: RFC5322 §3.2.4
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
