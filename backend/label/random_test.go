package label_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/label/binding"
)

// maker writes documents whose namespace declarations are as entangled as can be.
type maker struct{ *rand.Rand }

var (
	somePrefixes   = []string{"", "a", "b", "slab", "mb", "x-0", "x-1", "xmime"}
	someNamespaces = []string{"u:1", "u:2", "u:3"}
)

func (m maker) pick(list []string) string { return list[m.IntN(len(list))] }

// declarations declares some prefixes, none twice, and puts them in scope.
func (m maker) declarations(scope map[string]string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for range m.IntN(4) {
		prefix, uri := m.pick(somePrefixes), m.pick(someNamespaces)
		if seen[prefix] {
			continue
		}
		seen[prefix] = true
		if scope[prefix] = uri; prefix == "" {
			if m.IntN(3) == 0 {
				uri, scope[""] = "", ""
			}
			fmt.Fprintf(&b, ` xmlns="%s"`, uri)
		} else {
			fmt.Fprintf(&b, ` xmlns:%s="%s"`, prefix, uri)
		}
	}
	return b.String()
}

// element writes an element of a namespace in scope; a foreign one where that is demanded.
func (m maker) element(outer map[string]string, depth int, foreign bool) string {
	scope := maps.Clone(outer)
	declared := m.declarations(scope)
	prefix := m.pick(somePrefixes)
	if uri := scope[prefix]; uri == "" && (prefix != "" || foreign) || foreign && !strings.HasPrefix(uri, "u:") {
		prefix, declared = "f", declared+` xmlns:f="u:f"`
		scope["f"] = "u:f"
	}
	name := "e"
	if prefix != "" {
		name = prefix + ":e"
	}
	out := "<" + name + declared
	for i, p := range []string{"a", "x-0"} {
		if scope[p] != "" && m.IntN(2) == 0 && (i == 0 || scope["a"] != scope["x-0"]) {
			out += fmt.Sprintf(` %s:k="%s:v"`, p, m.pick(somePrefixes))
		}
	}
	out += ">"
	for range m.IntN(3) {
		out += "t"
		if depth > 0 {
			out += m.element(scope, depth-1, false)
		}
	}
	return out + "</" + name + ">"
}

// attributes writes foreign attributes of prefixes in scope.
func (m maker) attributes(scope map[string]string) string {
	out, seen := "", map[string]bool{}
	for _, p := range []string{"a", "b", "x-1"} {
		if u := scope[p]; strings.HasPrefix(u, "u:") && !seen[u] && m.IntN(2) == 0 {
			seen[u] = true
			out += fmt.Sprintf(` %s:k="v"`, p)
		}
	}
	return out
}

// document writes a label with attributes and extensions wherever they may stand.
func (m maker) document(outer map[string]string) string {
	scope := maps.Clone(outer)
	declared := m.declarations(scope)
	return `<L:originatorConfidentialityLabel xmlns:L="` + label.Namespace + `"` + declared + m.attributes(scope) + `><L:ConfidentialityInformation><L:PolicyIdentifier` +
		m.attributes(scope) + `>P</L:PolicyIdentifier><L:Classification>C</L:Classification>` + m.element(scope, 3, true) + `</L:ConfidentialityInformation>` +
		m.element(scope, 2, true) + m.element(scope, 2, true) + `</L:originatorConfidentialityLabel>`
}

func roundTripObject(t *testing.T, document string) {
	t.Helper()
	o, err := binding.Parse([]byte(document))
	if err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	o.XML = nil
	first := o.Marshal()
	again, err := binding.Parse(first)
	if err != nil {
		t.Fatalf("%v in %s", err, first)
	}
	again.XML = nil
	if second := again.Marshal(); string(second) != string(first) {
		t.Errorf("written again it differs:\n%s\n%s", first, second)
	}
}
