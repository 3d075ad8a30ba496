package strictxml

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
)

// Standalone gives the element as it is written in the document, with those namespace declarations added to its start tag
// that it takes from the elements around it: it then means the same wherever it is put. That is every prefix in scope,
// since a text may name one too (an XPath, an xsi:type), and the default namespace where a name uses it. A declaration in
// given is added only where a name uses it: the caller puts the element where these are in scope.
//
// The document must be the one that was parsed.
func (e *Element) Standalone(document []byte, given ...Namespace) string {
	return e.with(document, e.inherited(document, given))
}

// with writes the element with further declarations.
func (e *Element) with(document []byte, declarations []Namespace) string {
	var b strings.Builder
	tag, _ := scanTag(document, e.Start, len(document))
	b.Write(document[e.Start:tag.nameEnd])
	for _, n := range declarations {
		b.WriteString(" xmlns")
		if n.Prefix != "" {
			b.WriteString(":" + n.Prefix)
		}
		b.WriteString(`="`)
		_ = xml.EscapeText(&b, []byte(n.URI)) // a strings.Builder never fails to write
		b.WriteString(`"`)
	}
	b.Write(document[tag.nameEnd:e.End])
	return b.String()
}

// inherited lists, sorted by prefix, the declarations that Standalone adds.
func (e *Element) inherited(document []byte, given []Namespace) []Namespace {
	used := map[string]bool{}
	e.undeclared(document, scope{}, used)
	around := map[string]string{}
	for up := e.Parent; up != nil; up = up.Parent {
		for _, n := range up.Namespaces {
			if _, nearer := around[n.Prefix]; !nearer {
				around[n.Prefix] = n.URI
			}
		}
	}
	if used[""] {
		around[""] += "" // names without prefix are in no namespace: that must be said, too
	}
	var out []Namespace
	for prefix, uri := range around {
		n := Namespace{prefix, uri}
		if used[prefix] || !e.declares(prefix) && !passedOver(n, given) {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b Namespace) int { return strings.Compare(a.Prefix, b.Prefix) })
	return out
}

// undeclared collects the prefixes that names in the element use and neither it nor an element above it that within counts
// declares.
func (e *Element) undeclared(document []byte, within scope, used map[string]bool) {
	within.enter(e)
	tag, _ := scanTag(document, e.Start, len(document))
	for _, prefix := range tag.prefixes() {
		if within[prefix] == 0 {
			used[prefix] = true
		}
	}
	for _, c := range e.Children {
		c.undeclared(document, within, used)
	}
	within.leave(e)
}

func (e *Element) declares(prefix string) bool {
	return slices.ContainsFunc(e.Namespaces, func(n Namespace) bool { return n.Prefix == prefix })
}

// Inner gives where the element's content lies in the document that was parsed: document[start:end]. An empty element has
// start equal to end.
func (e *Element) Inner(document []byte) (start, end int) {
	tag, _ := scanTag(document, e.Start, len(document))
	if start = tag.end + 1; document[tag.end] == '/' {
		return start + 1, start + 1
	}
	return start, e.Start + bytes.LastIndex(document[e.Start:e.End], []byte("</"))
}
