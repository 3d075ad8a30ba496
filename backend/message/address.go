package message

import (
	"fmt"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/idn"
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

// CheckAddress accepts local-part@domain with a dot-atom and host names. Both may hold letters beyond ASCII; those that people could
// take for others may not, nor decomposed ones: see draft.CheckLetters. It returns ErrUnsupported for a quoted local part, and
// ErrInvalid for everything else. What it accepts can stand in an SMTP command and in a header as OnWire writes it.
//
// std: RFC5321 §4.1.2, RFC6531 §3.3
func CheckAddress(address string) error {
	if strings.HasPrefix(address, `"`) {
		return fmt.Errorf("%w: address %q has a quoted local part", ErrUnsupported, address)
	}
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return fmt.Errorf("%w: address %q has no @", ErrInvalid, address)
	}
	host, inASCII := idn.Domain(domain)
	switch {
	case len(local)+1+len(host) > maxAddress || len(local) > maxLocalPart:
		return fmt.Errorf("%w: address %.80q is too long", ErrInvalid, address)
	case !isDotAtom(local):
		return fmt.Errorf("%w: address %q: local part", ErrInvalid, address)
	case !inASCII || !isHostName(host):
		return fmt.Errorf("%w: address %q: domain", ErrInvalid, address)
	}
	if err := idn.CheckLetters(local); err != nil {
		return fmt.Errorf("%w: address %q: local part: %w", ErrInvalid, address, err)
	}
	if err := idn.CheckDomain(domain); err != nil {
		return fmt.Errorf("%w: address %q: %w", ErrInvalid, address, err)
	}
	return nil
}

// OnWire is how an address is written into commands and headers: its domain by its A-labels where it is beyond ASCII, so that no
// server needs SMTPUTF8 for a domain's sake. An address in ASCII, and what is none, stays as it is.
//
// std: RFC6531 §3.2, RFC5891 §4.4
func OnWire(address string) string {
	at := strings.LastIndexByte(address, '@') + 1
	if host, ok := idn.Domain(address[at:]); ok && at > 0 && !idn.IsASCII(address[at:]) {
		return address[:at] + host
	}
	return address
}

// isDotAtom looks at what is in ASCII; the rest is idn.CheckLetters' to judge.
//
// std: RFC6532 §3.2
func isDotAtom(s string) bool {
	for _, atom := range strings.Split(s, ".") {
		if atom == "" {
			return false
		}
		for i := 0; i < len(atom); i++ {
			if atom[i] < 0x80 && !isLetterDigit(atom[i]) && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", atom[i]) < 0 {
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

// mailbox writes an address as the words of a header field, which may be folded between any two of them. They are ASCII, names
// in encoded words, but for a local part that is not: there is no other way to write one.
//
// std: RFC6532 §3.2
func (a Address) mailbox(field string) ([]string, error) {
	if err := CheckAddress(a.Address); err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	if err := checkText(field+", name of "+a.Address, a.Name); err != nil {
		return nil, err
	}
	name, address := strings.TrimSpace(a.Name), OnWire(a.Address)
	switch {
	case name == "":
		return []string{address}, nil
	case isPlain(name) && len(name) <= 60:
		return []string{quote(name), "<" + address + ">"}, nil
	}
	return append(encodedWords(name), "<"+address+">"), nil
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
