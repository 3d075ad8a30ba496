package message

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

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

// piece is how many characters of a value stand in one continuation: with name, number and quotes it fits a folded line.
const piece = 56

// sioLabel writes the label field: marking and colours for people, the STANAG 4774 XML for programs.
//
// std: RFC7444 §4
func sioLabel(s Seal) ([]byte, error) {
	if err := checkLabel(s.Label); err != nil {
		return nil, err
	}
	if err := checkText("marking", s.Marking); err != nil {
		return nil, err
	}
	var params []string
	if s.Marking != "" {
		params = textParameter("marking", s.Marking)
		for _, c := range [][2]string{{"fgcolor", s.Foreground}, {"bgcolor", s.Background}} {
			switch {
			case c[1] == "":
			case !isColour(c[1]):
				return nil, fmt.Errorf("%w: %s %q: a colour name of RFC 7444 or #RRGGBB", ErrInvalid, c[0], c[1])
			default:
				params = append(params, c[0]+"="+c[1])
			}
		}
	}
	params = append(params, `type=":xml"`)
	params = append(params, pieces("label", base64.StdEncoding.EncodeToString(s.Label.Marshal()))...)
	for i := range params[:len(params)-1] {
		params[i] += ";"
	}
	return field("SIO-Label", params...)
}

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
