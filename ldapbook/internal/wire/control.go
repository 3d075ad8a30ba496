package wire

import "errors"

// MaxCookie is the longest cookie that is kept, in bytes. Those of OpenLDAP have about 60 for each server, those of Active
// Directory 24 for each domain controller.
const MaxCookie = 256 << 10

// ErrCookie: a cookie has more than MaxCookie bytes.
var ErrCookie = errors.New("LDAP cookie too large")

// cloneCookie copies a cookie out of a message; nil for an empty one.
func cloneCookie(b []byte) ([]byte, error) {
	if len(b) > MaxCookie {
		return nil, ErrCookie
	}
	return append([]byte(nil), b...), nil
}

// FindControl returns the value of the control among a message's controls; nil: there is none. A control without a value
// has an empty one.
//
// std: RFC4511 §4.1.11
func FindControl(controls []byte, oid string) ([]byte, error) {
	for len(controls) > 0 {
		var one []byte
		var err error
		if one, controls, err = expect(controls, TagSequence); err != nil {
			return nil, err
		}
		name, rest, err := expect(one, TagOctetString)
		if err != nil {
			return nil, err
		}
		if string(name) == oid {
			return controlValue(rest)
		}
	}
	return nil, nil
}

// controlValue reads what follows the type of a control: criticality and value, both optional.
func controlValue(b []byte) ([]byte, error) {
	if len(b) > 0 && b[0] == TagBoolean {
		var err error
		if _, b, err = expect(b, TagBoolean); err != nil {
			return nil, err
		}
	}
	if len(b) == 0 {
		return []byte{}, nil
	}
	value, rest, err := expect(b, TagOctetString)
	if err != nil || len(rest) > 0 {
		return nil, ErrMalformed
	}
	return value, nil
}

// optional takes the first element off b when it has the tag.
func optional(b []byte, want byte) (content, rest []byte, ok bool, err error) {
	if len(b) == 0 || b[0] != want {
		return nil, b, false, nil
	}
	content, rest, err = expect(b, want)
	return content, rest, err == nil, err
}

// parseBool reads the content of a BOOLEAN (RFC 4511 section 5.1 wants one byte; any but 0 is true, as in BER).
func parseBool(b []byte) (bool, error) {
	if len(b) != 1 {
		return false, ErrMalformed
	}
	return b[0] != 0, nil
}

// optionalBool takes a BOOLEAN off the beginning of b; otherwise where there is none.
func optionalBool(b []byte, otherwise bool) (value bool, rest []byte, err error) {
	content, rest, ok, err := optional(b, TagBoolean)
	if err != nil || !ok {
		return otherwise, rest, err
	}
	value, err = parseBool(content)
	return value, rest, err
}

// optionalCookie takes a cookie off the beginning of b; nil: there is none, or it is empty.
func optionalCookie(b []byte) (cookie, rest []byte, err error) {
	content, rest, ok, err := optional(b, TagOctetString)
	if err != nil || !ok {
		return nil, rest, err
	}
	cookie, err = cloneCookie(content)
	return cookie, rest, err
}
