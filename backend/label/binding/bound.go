package binding

import (
	"fmt"
	"path"
	"strings"

	"caveat/backend/label"
)

// Bound is what an object says about one piece of data. The zero Bound says nothing about it.
type Bound struct {
	Labels     []label.Label // of the whole, in the order of the document; equal ones once
	Parts      []Part        // of parts of it: none of them is a label of the whole
	References []Reference   // metadata of the whole or a part that lies elsewhere and may hold a further label
}

// Part is the labels of a part of the data.
type Part struct {
	Transforms label.Extension // which part
	Labels     []label.Label
}

// Bound gives what is bound to a reference: "./report.txt" (also written report.txt), "cid:…", or "" for what contains the
// object. References compare as RFC 3986 normalizes them.
//
// Two labels of the originator that differ are ErrContradiction, and so are alternative labels under one policy that
// differ and stand in two bindings: in one binding, the first is meant.
//
// std: STANAG 4778 binding data objects
func (o Object) Bound(reference string) (Bound, error) {
	var out Bound
	var have []known
	reference = normalize(reference)
	number := 0
	for _, c := range o.Containers {
		for _, b := range c.Bindings {
			number++
			whole, parts := b.covers(reference)
			for _, t := range parts {
				out.Parts = append(out.Parts, Part{Transforms: t, Labels: b.Labels()})
			}
			if whole || len(parts) > 0 {
				out.References = append(out.References, b.references()...)
			}
			if !whole {
				continue
			}
			for _, l := range b.Labels() {
				var err error
				if have, err = add(have, known{l, string(essence(l)), number}); err != nil {
					return Bound{}, fmt.Errorf("%w: %.200q: %w", ErrContradiction, reference, err)
				}
			}
		}
	}
	for _, k := range have {
		out.Labels = append(out.Labels, k.label)
	}
	return out, nil
}

// Labels gives the labels of the binding's data, as they stand in it.
func (b Binding) Labels() []label.Label {
	var out []label.Label
	for _, m := range b.Metadata {
		if m.Label != nil {
			out = append(out, *m.Label)
		}
	}
	return out
}

// covers reports whether the binding is about the whole of what the normalized reference names, and which parts of it.
func (b Binding) covers(reference string) (whole bool, parts []label.Extension) {
	for _, d := range b.Data {
		switch {
		case d.Reference == nil || normalize(d.Reference.URI) != reference:
		case d.Reference.Transforms != nil:
			parts = append(parts, *d.Reference.Transforms)
		default:
			whole = true
		}
	}
	return whole, parts
}

// references gives the metadata of the binding that lie elsewhere.
func (b Binding) references() []Reference {
	var out []Reference
	for _, m := range b.Metadata {
		if m.Reference != nil {
			out = append(out, *m.Reference)
		}
	}
	return out
}

// known is a label with what it says, and the number of the binding that it is from.
type known struct {
	label   label.Label
	essence string
	binding int
}

// add puts a label to those known already unless the same is among them.
func add(have []known, k known) ([]known, error) {
	for _, h := range have {
		if h.essence == k.essence {
			return have, nil
		}
	}
	for _, h := range have {
		switch {
		case kind(h.label) != kind(k.label):
		case kind(k.label) == label.Originator:
			return nil, fmt.Errorf("bindings %d and %d: two labels of the originator", h.binding, k.binding)
		case kind(k.label) == label.Alternative && h.binding != k.binding:
			same, err := h.label.Policy.Same(k.label.Policy)
			if err == nil && same {
				err = fmt.Errorf("two alternative labels under policy %s", k.label.Policy.Name)
			}
			if err != nil {
				return nil, fmt.Errorf("bindings %d and %d: %w", h.binding, k.binding, err)
			}
		}
	}
	return append(have, k), nil
}

// kind is the label's kind; the bare label of older systems, and one made here without kind, is the originator's.
func kind(l label.Label) label.Kind {
	if l.Kind == label.Legacy || l.Kind == "" {
		return label.Originator
	}
	return l.Kind
}

// essence is the label without what does not count in a comparison: how it was written, and its Id, which must differ.
func essence(l label.Label) []byte {
	l.XML, l.ID, l.Kind = nil, "", kind(l)
	return l.Marshal()
}

// normalize gives a reference in one form: scheme in lower case, escapes of unreserved characters resolved, dot segments
// of a relative path removed.
//
// std: RFC3986 §6.2.2
func normalize(uri string) string {
	uri = unescape(uri)
	scheme, rest, ok := strings.Cut(uri, ":")
	if ok && !strings.ContainsAny(scheme, "/?#") {
		return strings.ToLower(scheme) + ":" + rest
	}
	cut := strings.IndexAny(uri, "?#")
	if cut < 0 {
		cut = len(uri)
	}
	if cut == 0 || strings.HasPrefix(uri, "//") {
		return uri
	}
	return path.Clean(uri[:cut]) + uri[cut:]
}

// unescape resolves escapes of unreserved characters and writes the others in upper case.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c := hexValue(s[i+1])<<4 | hexValue(s[i+2])
			if c == '-' || c == '.' || c == '_' || c == '~' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
				b.WriteByte(c)
			} else {
				b.WriteString(strings.ToUpper(s[i : i+3]))
			}
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
