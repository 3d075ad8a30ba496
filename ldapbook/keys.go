package ldapbook

import (
	"encoding/binary"
	"encoding/json"
	"strings"
)

// What a key of the table lookup stands for. The keys of one kind lie together.
const (
	keyUUID byte = iota
	keyDN
	keyAddress
	keyMember
)

// Bits of a key: SQLite stores such a number in six bytes. Who finds an entry by a key compares what the key was made of.
const (
	keyBits  = 46
	hashBits = keyBits - 2
	maxHash  = 1<<hashBits - 1
)

// lookupKey is the key of a folded text; always below 0.
func lookupKey(what byte, text string) int64 {
	// FNV-1a
	const offset, prime = 14695981039346656037, 1099511628211
	x := (offset ^ uint64(what)) * prime
	for i := range len(text) {
		x = (x ^ uint64(text[i])) * prime
	}
	x ^= x >> 32 // the upper bits alone are not even enough
	x *= 0x9e3779b97f4a7c15
	return -1 - int64(uint64(what)<<hashBits|x>>(64-hashBits))
}

// keyRange are the lowest and the highest key of a kind.
func keyRange(what byte) (low, high int64) {
	return -1 - int64(uint64(what)<<hashBits|maxHash), -1 - int64(uint64(what)<<hashBits)
}

// lookupKeys are the keys under which an entry is found, its place not among them.
func lookupKeys(e *Entry) []int64 {
	keys := make([]int64, 0, 4)
	eachKey(e, func(key int64) { keys = append(keys, key) })
	return keys
}

func eachKey(e *Entry, visit func(key int64)) {
	visit(lookupKey(keyUUID, e.UUID))
	visit(lookupKey(keyDN, FoldDN(e.DN)))
	for _, a := range addresses(e) {
		visit(lookupKey(keyAddress, a))
	}
	for _, list := range [][]string{e.Members, e.Occupants} {
		for _, dn := range list {
			visit(lookupKey(keyMember, FoldDN(dn)))
		}
	}
}

// keysJSON is a list of keys for json_each.
func keysJSON(what byte, folded []string) (string, error) {
	keys := make([]int64, len(folded))
	for i, f := range folded {
		keys[i] = lookupKey(what, f)
	}
	return numbersJSON(keys)
}

func numbersJSON(numbers []int64) (string, error) {
	b, err := json.Marshal(numbers)
	if numbers == nil {
		return "[]", err
	}
	return string(b), err
}

// packUUID writes a UUID in 16 bytes, and any other text in more or fewer.
func packUUID(uuid string) []byte {
	if raw, ok := parseUUID(uuid); ok {
		return raw
	}
	b := append([]byte{0}, uuid...)
	if len(b) == 16 {
		b = append([]byte{0}, b...)
	}
	return b
}

// parseUUID reads what formatUUID writes, and nothing else.
func parseUUID(s string) ([]byte, bool) {
	if len(s) != 36 {
		return nil, false
	}
	raw := make([]byte, 0, 16)
	for i := 0; i < len(s); i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return nil, false
			}
			continue
		}
		high, low := hexValue(s[i]), hexValue(s[i+1])
		if high > 15 || low > 15 {
			return nil, false
		}
		raw = append(raw, high<<4|low)
		i++
	}
	return raw, true
}

// hexValue is that of a lower-case hexadecimal digit; above 15: it is none.
func hexValue(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	default:
		return 0xff
	}
}

func unpackUUID(b []byte) string {
	if len(b) == 16 {
		return formatUUID(b)
	}
	return strings.TrimLeft(string(b), "\x00")
}

// packing and unpacking append and read the parts of a packed value.
type packing []byte

func (p *packing) number(n uint64) { *p = binary.AppendUvarint(*p, n) }

func (p *packing) text(s string) {
	p.number(uint64(len(s)))
	*p = append(*p, s...)
}

func (p *packing) list(all []string) {
	p.number(uint64(len(all)))
	for _, s := range all {
		p.text(s)
	}
}

// unpacking: what cannot be read is zero, and so is everything after it. Texts share the memory of the whole.
type unpacking struct {
	s   string
	bad bool
}

func (u *unpacking) number() (n uint64) {
	for i, shift := 0, 0; i < len(u.s) && shift < 64; i, shift = i+1, shift+7 {
		n |= uint64(u.s[i]&0x7f) << shift
		if u.s[i] < 0x80 {
			u.s = u.s[i+1:]
			return n
		}
	}
	u.s, u.bad = "", true
	return 0
}

func (u *unpacking) text() string {
	n := u.number()
	if n > uint64(len(u.s)) {
		u.s, u.bad = "", true
		return ""
	}
	s := u.s[:n]
	u.s = u.s[n:]
	return s
}

// list is nil where there is none.
func (u *unpacking) list() []string { return u.appendList(nil) }

func (u *unpacking) appendList(all []string) []string {
	n := u.number()
	if n > uint64(len(u.s)) {
		u.bad = true
		return nil
	}
	if n > 0 && all == nil {
		all = make([]string, 0, n)
	}
	for range n {
		all = append(all, u.text())
	}
	return all
}

// maxDirectories bounds what a search by nation must join.
const maxDirectories = 6000
