package siolabel

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parameters holds the values of a parameter list by lower-case name, put together and decoded.
type parameters map[string]string

// segment is one "name*number*=value" of a list.
type segment struct {
	number   int  // -1: the name had none
	extended bool // percent signs count
	value    string
}

// parseParameters reads the parameters of a SIO-Label. mime.ParseMediaType is not used because it drops, without a word,
// what follows a gap in the numbering, and the rest of the label with it.
//
// std: RFC2231 §3, §4, §7
func parseParameters(s string) (parameters, error) {
	segments := map[string][]segment{}
	for {
		s = strings.TrimLeft(s, " \t;")
		if s == "" {
			return assemble(segments)
		}
		name, seg, rest, err := nextParameter(s)
		if err != nil {
			return nil, err
		}
		segments[name] = append(segments[name], seg)
		s = strings.TrimLeft(rest, " \t")
		if s != "" && s[0] != ';' {
			return nil, fmt.Errorf("%w: %.40q where a semicolon must stand", ErrSyntax, s)
		}
	}
}

// nextParameter reads name, number and value from the start of s.
func nextParameter(s string) (name string, seg segment, rest string, err error) {
	attribute, rest, ok := strings.Cut(s, "=")
	attribute = strings.TrimRight(attribute, " \t")
	if !ok || !isToken(attribute) {
		return "", seg, "", fmt.Errorf("%w: parameter %.40q", ErrSyntax, s)
	}
	name, seg.number = strings.ToLower(attribute), -1
	name, seg.extended = strings.CutSuffix(name, "*")
	if base, number, ok := strings.Cut(name, "*"); ok {
		name = base
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || strconv.Itoa(n) != number {
			return "", seg, "", fmt.Errorf("%w: %q", ErrContinuation, attribute)
		}
		seg.number = n
	}
	seg.value, rest, err = parameterValue(strings.TrimLeft(rest, " \t"))
	if err != nil {
		return "", seg, "", fmt.Errorf("%w in %q", err, attribute)
	}
	return name, seg, rest, nil
}

// parameterValue reads a token or a quoted string.
func parameterValue(s string) (value, rest string, err error) {
	if s == "" || s[0] != '"' {
		end := strings.IndexAny(s, "; \t")
		if end < 0 {
			end = len(s)
		}
		if !isToken(s[:end]) {
			return "", "", fmt.Errorf("%w: value %.40q", ErrSyntax, s[:end])
		}
		return s[:end], s[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], nil
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", fmt.Errorf("%w: a quoted string does not end", ErrSyntax)
}

// isToken: the characters of a MIME token.
//
// std: RFC2045 §5.1
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?=`, s[i]) >= 0 {
			return false
		}
	}
	return s != ""
}

// assemble puts the pieces of each parameter together: all numbers from 0, each once, in any order.
func assemble(segments map[string][]segment) (parameters, error) {
	out := parameters{}
	for name, list := range segments {
		ordered := make([]*segment, len(list))
		for i, seg := range list {
			n := seg.number
			switch {
			case n < 0 && len(list) == 1:
				n = 0
			case n < 0:
				return nil, fmt.Errorf("%w: %q stands twice", ErrSyntax, name)
			case n >= len(list) || ordered[n] != nil:
				return nil, fmt.Errorf("%w: %q is not numbered from 0 to %d", ErrContinuation, name, len(list)-1)
			}
			ordered[n] = &list[i]
		}
		value, err := decodeSegments(ordered)
		if err != nil {
			return nil, fmt.Errorf("%w in %q", err, name)
		}
		out[name] = value
	}
	return out, nil
}

// decodeSegments joins the pieces. The character set stands in the first; UTF-8, US-ASCII and ISO-8859-1 are known.
//
// std: RFC2231 §4.1
func decodeSegments(list []*segment) (string, error) {
	charset := "utf-8"
	var b strings.Builder
	for i, seg := range list {
		v := seg.value
		if seg.extended && i == 0 {
			parts := strings.SplitN(v, "'", 3)
			if len(parts) != 3 {
				return "", fmt.Errorf("%w: no character set", ErrSyntax)
			}
			charset, v = strings.ToLower(parts[0]), parts[2]
		}
		if seg.extended {
			var err error
			if v, err = unpercent(v); err != nil {
				return "", err
			}
		}
		b.WriteString(v)
	}
	return decodeCharset(charset, b.String())
}

func unpercent(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("%w: %q", ErrSyntax, s[i:])
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", fmt.Errorf("%w: %q", ErrSyntax, s[i:i+3])
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), nil
}

func decodeCharset(charset, s string) (string, error) {
	switch charset {
	case "", "us-ascii", "utf-8":
		if !utf8.ValidString(s) {
			return "", fmt.Errorf("%w: not %s", ErrSyntax, charset)
		}
		return s, nil
	case "iso-8859-1":
		runes := make([]rune, len(s))
		for i := range runes {
			runes[i] = rune(s[i])
		}
		return string(runes), nil
	}
	return "", fmt.Errorf("%w: character set %.40q", ErrSyntax, charset)
}
