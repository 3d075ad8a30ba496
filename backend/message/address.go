package message

import (
	"fmt"
	"strings"

	"caveat/backend/draft"
)

// Address is a mailbox as a header shows it. Name is what the address book calls it, any Unicode text; it may be empty.
type Address struct{ Name, Address string }

// Longest local part and address, in octets.
//
// std: RFC5321 §4.5.3.1
const (
	maxLocalPart = 64
	maxAddress   = 254
)

// CheckAddress accepts local-part@domain with a dot-atom and host names, in ASCII. It returns ErrUnsupported for an address
// that is not ASCII (it would need SMTPUTF8 on the whole way) or has a quoted local part, and ErrInvalid for everything
// else. What it accepts can stand in an SMTP command as it is.
//
// std: RFC5321 §4.1.2
func CheckAddress(address string) error {
	for i := 0; i < len(address); i++ {
		if address[i] >= 0x80 {
			return fmt.Errorf("%w: address %q is not ASCII", ErrUnsupported, address)
		}
	}
	if strings.HasPrefix(address, `"`) {
		return fmt.Errorf("%w: address %q has a quoted local part", ErrUnsupported, address)
	}
	local, domain, ok := strings.Cut(address, "@")
	switch {
	case !ok:
		return fmt.Errorf("%w: address %q has no @", ErrInvalid, address)
	case len(address) > maxAddress || len(local) > maxLocalPart:
		return fmt.Errorf("%w: address %.80q is too long", ErrInvalid, address)
	case !isDotAtom(local):
		return fmt.Errorf("%w: address %q: local part", ErrInvalid, address)
	case !isHostName(domain):
		return fmt.Errorf("%w: address %q: domain", ErrInvalid, address)
	}
	return nil
}

func isDotAtom(s string) bool {
	for _, atom := range strings.Split(s, ".") {
		if atom == "" {
			return false
		}
		for i := 0; i < len(atom); i++ {
			if !isLetterDigit(atom[i]) && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", atom[i]) < 0 {
				return false
			}
		}
	}
	return true
}

func isHostName(s string) bool {
	for _, l := range strings.Split(s, ".") {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := 0; i < len(l); i++ {
			if !isLetterDigit(l[i]) && l[i] != '-' {
				return false
			}
		}
	}
	return true
}

func isLetterDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// mailbox writes an address as the words of a header field, which may be folded between any two of them.
func (a Address) mailbox(field string) ([]string, error) {
	if err := CheckAddress(a.Address); err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	if err := checkText(field+", name of "+a.Address, a.Name); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(a.Name)
	switch {
	case name == "":
		return []string{a.Address}, nil
	case isPlain(name) && len(name) <= 60:
		return []string{quote(name), "<" + a.Address + ">"}, nil
	}
	return append(encodedWords(name), "<"+a.Address+">"), nil
}

// addressList writes several, separated by commas.
func addressList(field string, list []Address) ([]string, error) {
	var words []string
	for i, a := range list {
		w, err := a.mailbox(field)
		if err != nil {
			return nil, err
		}
		if i < len(list)-1 {
			w[len(w)-1] += ","
		}
		words = append(words, w...)
	}
	return words, nil
}

// recipients gives the addresses of a field: those of the seal, which must be exactly the draft's; or, when the seal names
// nobody, the draft's own without names.
func recipients(field string, named bool, fromSeal []Address, fromDraft []string) ([]Address, error) {
	if !named {
		var out []Address
		for _, a := range fromDraft {
			out = append(out, Address{Address: strings.TrimSpace(a)})
		}
		return out, nil
	}
	open := map[string]bool{}
	for _, a := range fromDraft {
		open[draft.FoldAddress(a)] = true
	}
	seen := map[string]bool{}
	for _, a := range fromSeal {
		k := draft.FoldAddress(a.Address)
		if !open[k] {
			return nil, fmt.Errorf("%w: %s: %q is not in the draft", ErrInvalid, field, a.Address)
		}
		seen[k] = true
	}
	if len(seen) != len(open) || len(fromSeal) != len(open) {
		return nil, fmt.Errorf("%w: %s: the draft names %d addresses, the seal %d", ErrInvalid, field, len(open), len(fromSeal))
	}
	return fromSeal, nil
}
