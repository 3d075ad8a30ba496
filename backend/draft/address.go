package draft

import (
	"strings"
	"unicode"
)

// FoldAddress is how two spellings of one address compare: white space around dropped, case folded. (The local part is
// case sensitive by RFC 5321; no directory that is in use treats it so, and two spellings must not become two recipients.)
// A letter that only folds to an ASCII one, such as the Kelvin sign, stays what it is: it is another address.
func FoldAddress(address string) string {
	address = strings.TrimSpace(address)
	if isFolded(address) {
		return address
	}
	return strings.Map(func(r rune) rune {
		if l := unicode.ToLower(r); (l < 0x80) == (r < 0x80) {
			return l
		}
		return r
	}, address)
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
	a := FoldAddress(address)
	if i := strings.IndexByte(a, '/'); i > strings.IndexByte(a, '@') && i > 0 {
		a = a[:i]
	}
	i := strings.LastIndexByte(a, '@')
	if i < 0 {
		return ""
	}
	return a[i+1:]
}

// IsAddress reports that something has the shape of an address: one "@" (in a JID before the resource; in mail besides quoted ones)
// with something on both sides of it, and no blank. It says nothing of whether anybody is reached by it, nor of what can be sent to.
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
	return !strings.ContainsFunc(local+domain, func(r rune) bool { return r == '@' || unicode.IsSpace(r) })
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
