package draft

import (
	"strings"
	"unicode"

	"caveat/backend/idn"
)

// FoldAddress is how two spellings of one address compare: white space around dropped, case folded, letters composed (NFC), and the
// domain by its A-labels, so that it is the same in letters and in ASCII. (The local part is case sensitive by RFC 5321; no
// directory that is in use treats it so, and two spellings must not become two recipients.) A letter that only folds to an ASCII
// one, such as the Kelvin sign, stays what it is: it is another address. So does a domain that has no form in ASCII. What has no
// "@", as a room's service in JID, is folded as a domain. Folding a folded address changes nothing.
//
// std: RFC6531 §3.2, RFC5891 §4
func FoldAddress(address string) string {
	address = strings.TrimSpace(address)
	if isFolded(address) {
		return address
	}
	local, domain, resource := split(address)
	ascii, ok := idn.Domain(domain)
	if !ok {
		ascii = idn.Fold(domain)
	}
	return idn.Fold(local) + ascii + idn.Fold(resource)
}

// split takes an address apart, all of which stays: the local part with its "@", the domain, and the resource of a JID with its "/". An
// address that could be read in two ways (RFC 7622 section 3.1) is nobody's: it is refused elsewhere.
func split(address string) (local, domain, resource string) {
	if i := strings.IndexByte(address, '/'); i > 0 && i > strings.IndexByte(address, '@') {
		address, resource = address[:i], address[i:]
	}
	at := strings.LastIndexByte(address, '@') + 1
	return address[:at], address[at:], resource
}

// isFolded tells at once of the addresses that nearly everybody has, ASCII without capitals, that there is nothing to fold.
func isFolded(address string) bool {
	for i := range len(address) {
		if c := address[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// Domain is what stands after the last "@", folded and without a JID's resource; "" when there is none.
func Domain(address string) string {
	local, domain, _ := split(FoldAddress(address))
	if local == "" {
		return ""
	}
	return domain
}

// CheckLetters refuses an address beyond ASCII that people could take for another, or whose domain has no form in ASCII: see
// idn.CheckLetters and idn.CheckDomain. One in ASCII is refused for an A-label of that kind alone.
func CheckLetters(address string) error {
	local, domain, resource := split(address)
	for _, s := range []string{strings.TrimSuffix(local, "@"), strings.TrimPrefix(resource, "/")} {
		if err := idn.CheckLetters(s); err != nil {
			return err
		}
	}
	return idn.CheckDomain(domain)
}

// IsAddress reports that something has the shape of an address: one "@" (in a JID before the resource; in mail besides quoted ones)
// with something on both sides of it, no blank, and no letter that CheckLetters refuses. It says nothing of whether anybody is
// reached by it, nor of what can be sent to.
func IsAddress(channel Channel, address string) bool {
	if channel == Chat {
		address, _, _ = strings.Cut(address, "/")
	}
	i := strings.LastIndexByte(address, '@')
	if i < 1 || i == len(address)-1 {
		return false
	}
	local, domain := address[:i], address[i+1:]
	if quoted := len(local) > 2 && local[0] == '"' && local[len(local)-1] == '"'; quoted && channel == Mail {
		local = "quoted"
	}
	return !strings.ContainsFunc(local+domain, func(r rune) bool { return r == '@' || unicode.IsSpace(r) }) && CheckLetters(address) == nil
}

// Recipients lists the addresses of action and info, each once, in order, spelled as first given.
func (d Draft) Recipients() []string {
	action, info := d.Addressed()
	return append(action, info...)
}

// Addressed gives action and info with each recipient once, in order, spelled as first given. Whoever stands in both stands in
// action: two spellings of one address are one recipient in the header and for the server.
func (d Draft) Addressed() (action, info []string) {
	seen := make(map[string]bool, len(d.Action)+len(d.Info))
	once := func(list []string) (out []string) {
		for _, a := range list {
			if k := FoldAddress(a); !seen[k] {
				seen[k] = true
				out = append(out, a)
			}
		}
		return out
	}
	return once(d.Action), once(d.Info)
}

// Without gives the draft without some recipients.
func (d Draft) Without(addresses []string) Draft {
	out := map[string]bool{}
	for _, a := range addresses {
		out[FoldAddress(a)] = true
	}
	keep := func(list []string) []string {
		var kept []string
		for _, a := range list {
			if !out[FoldAddress(a)] {
				kept = append(kept, a)
			}
		}
		return kept
	}
	d.Action, d.Info = keep(d.Action), keep(d.Info)
	return d
}
