package ldaptest

import (
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"

	"caveat/ldapbook"
)

// truth is the value of a filter, RFC 4511 section 4.5.1.7: an assertion about an attribute that the server has never
// heard of is undefined, and so is its negation; one about an attribute that the entry doesn't have is false, and its
// negation true, as in OpenLDAP.
type truth int8

const (
	no truth = iota
	undefined
	yes
)

// filter is a compiled search filter.
type filter struct {
	op       byte // tag number of the choice
	children []*filter
	attr     string // lower case, without options
	number   uint16
	known    bool   // the store has such an attribute
	value    string // lower case
	isDN     bool
	parts    []part
}

type part struct {
	tag  byte // 0 initial, 1 any, 2 final
	text string
}

const (
	filterAnd        = 0
	filterOr         = 1
	filterNot        = 2
	filterEqual      = 3
	filterSubstrings = 4
	filterGreater    = 5
	filterLess       = 6
	filterPresent    = 7
	filterApprox     = 8
)

// maxFilterDepth and maxSubstrings bound what a filter costs.
const (
	maxFilterDepth = 32
	maxSubstrings  = 64
)

// dnAttributes are compared as distinguished names.
var dnAttributes = map[string]bool{"member": true, "uniquemember": true, "roleoccupant": true, "manager": true,
	"secretary": true, "owner": true, "seealso": true}

// compile reads a filter; the store's lock is held.
func (st *store) compile(p *ber.Packet, depth int) (*filter, error) {
	if p.ClassType != ber.ClassContext || depth > maxFilterDepth {
		return nil, errRequest
	}
	f := &filter{op: byte(p.Tag)}
	switch f.op {
	case filterAnd, filterOr, filterNot:
		for _, c := range p.Children {
			child, err := st.compile(c, depth+1)
			if err != nil {
				return nil, err
			}
			f.children = append(f.children, child)
		}
		if f.op == filterNot && len(f.children) != 1 {
			return nil, errRequest
		}
		return f, nil
	case filterPresent:
		st.setAttr(f, p.Data.String())
		return f, nil
	case filterEqual, filterGreater, filterLess, filterApprox:
		if len(p.Children) != 2 {
			return nil, errRequest
		}
		st.setAttr(f, p.Children[0].Data.String())
		f.value = f.fold(p.Children[1].Data.String())
		return f, nil
	case filterSubstrings:
		if len(p.Children) != 2 || len(p.Children[1].Children) > maxSubstrings {
			return nil, errRequest
		}
		st.setAttr(f, p.Children[0].Data.String())
		for _, c := range p.Children[1].Children {
			f.parts = append(f.parts, part{byte(c.Tag), strings.ToLower(c.Data.String())})
		}
		return f, nil
	default:
		return f, nil // extensible, or unknown: undefined
	}
}

func (st *store) setAttr(f *filter, name string) {
	f.attr, _, _ = strings.Cut(strings.ToLower(name), ";")
	f.number, f.known = st.number[f.attr]
	f.isDN = dnAttributes[f.attr]
}

func (f *filter) fold(text string) string {
	if f.isDN {
		return ldapbook.FoldDN(text)
	}
	return strings.ToLower(text)
}

// eval judges one entry.
func (f *filter) eval(r *record) truth {
	switch f.op {
	case filterAnd:
		result := yes
		for _, c := range f.children {
			if result = min(result, c.eval(r)); result == no {
				return no
			}
		}
		return result
	case filterOr:
		result := no
		for _, c := range f.children {
			if result = max(result, c.eval(r)); result == yes {
				return yes
			}
		}
		return result
	case filterNot:
		return yes - f.children[0].eval(r)
	default:
		return f.evalItem(r)
	}
}

// evalItem judges an assertion about one attribute.
func (f *filter) evalItem(r *record) truth {
	if f.attr == "objectclass" && f.op == filterPresent {
		return yes
	}
	if text := operational(r, f.attr); text != "" && f.attr != "objectguid" {
		return f.judge(text)
	}
	if !f.known {
		if f.op == filterPresent {
			return no
		}
		return undefined
	}
	result := no
	for _, v := range r.values {
		if v.attr != f.number {
			continue
		}
		if result = f.judge(v.text); result == yes {
			return yes
		}
	}
	return result
}

func (f *filter) judge(text string) truth {
	ok := false
	switch f.op {
	case filterPresent:
		ok = true
	case filterEqual, filterApprox:
		if f.isDN {
			ok = ldapbook.FoldDN(text) == f.value
		} else {
			ok = len(text) == len(f.value) && strings.EqualFold(text, f.value) || strings.ToLower(text) == f.value
		}
	case filterGreater:
		ok = strings.ToLower(text) >= f.value
	case filterLess:
		ok = strings.ToLower(text) <= f.value
	case filterSubstrings:
		ok = f.substrings(strings.ToLower(text))
	default:
		return undefined
	}
	if ok {
		return yes
	}
	return no
}

func (f *filter) substrings(text string) bool {
	for _, p := range f.parts {
		switch p.tag {
		case 0:
			if !strings.HasPrefix(text, p.text) {
				return false
			}
			text = text[len(p.text):]
		case 1:
			i := strings.Index(text, p.text)
			if i < 0 {
				return false
			}
			text = text[i+len(p.text):]
		case 2:
			if !strings.HasSuffix(text, p.text) {
				return false
			}
			text = ""
		}
	}
	return true
}

// candidates returns the slots that may match, when the indexes can tell; ascending, without doubles.
func (st *store) candidates(f *filter) ([]int32, bool) {
	switch f.op {
	case filterEqual:
		if !f.known || int(f.number) >= len(indexed) {
			return nil, false
		}
		return st.index[f.number][st.hash(f.value)], true
	case filterAnd:
		var best []int32
		found := false
		for _, c := range f.children {
			if slots, ok := st.candidates(c); ok && (!found || len(slots) < len(best)) {
				best, found = slots, true
			}
		}
		return best, found
	case filterOr:
		var all []int32
		for _, c := range f.children {
			slots, ok := st.candidates(c)
			if !ok {
				return nil, false
			}
			all = append(all, slots...)
		}
		return all, len(f.children) > 0
	default:
		return nil, false
	}
}
