package ldapbook

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// pkcs11URI is what an address of a key in a token says (RFC 7512). What is empty is not asked for.
type pkcs11URI struct {
	module                                     string // path of the token's library
	token, manufacturer, serial, model, object string
	id                                         []byte
}

// parsePKCS11 reads "pkcs11:token=…;object=…;id=%01?module-path=/usr/lib/…". What it doesn't know it refuses: an attribute
// that were passed over could lead to another key. A PIN in it is refused too.
//
// std: RFC7512 §2.3
func parsePKCS11(raw string) (u pkcs11URI, err error) {
	rest, ok := strings.CutPrefix(raw, "pkcs11:")
	if !ok {
		return pkcs11URI{}, fmt.Errorf("%w: the address of a key in a token begins with pkcs11:", ErrSource)
	}
	path, query, _ := strings.Cut(rest, "?")
	values := map[string]string{}
	for _, part := range append(splitNonEmpty(path, ";"), splitNonEmpty(query, "&")...) {
		name, escaped, ok := strings.Cut(part, "=")
		value, err := url.PathUnescape(escaped)
		if _, twice := values[name]; !ok || err != nil || twice {
			return pkcs11URI{}, fmt.Errorf("%w: PKCS #11 address: %q twice or not readable", ErrSource, name)
		}
		values[name] = value
	}
	for name, field := range map[string]*string{"module-path": &u.module, "token": &u.token, "manufacturer": &u.manufacturer,
		"serial": &u.serial, "model": &u.model, "object": &u.object} {
		*field = values[name]
		delete(values, name)
	}
	u.id = []byte(values["id"])
	delete(values, "id")
	if err := u.check(values); err != nil {
		return pkcs11URI{}, err
	}
	return u, nil
}

func (u *pkcs11URI) check(unknown map[string]string) error {
	why := error(nil)
	if kind, ok := unknown["type"]; ok && kind != "private" {
		why = fmt.Errorf("type %q: it must be that of a private key", kind)
	}
	delete(unknown, "type")
	for name := range unknown {
		why = fmt.Errorf("%q is not supported", name)
		if strings.HasPrefix(name, "pin-") {
			why = errors.New("a PIN does not belong in it")
		}
	}
	if u.module == "" {
		why = errors.New("module-path is missing: the path of the token's library")
	}
	if u.object == "" && len(u.id) == 0 {
		why = errors.New("object or id is missing: which key it is")
	}
	if why != nil {
		return fmt.Errorf("%w: PKCS #11 address: %w", ErrSource, why)
	}
	return nil
}

func splitNonEmpty(s, by string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, by)
}
