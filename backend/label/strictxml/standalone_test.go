package strictxml_test

import (
	"errors"
	"reflect"
	"testing"

	"caveat/backend/label/strictxml"
)

func TestStandalone(t *testing.T) {
	given := strictxml.Namespace{Prefix: "g", URI: "u:given"}
	for _, tt := range []struct{ name, document, want string }{
		{"nothing but that its name is in no namespace", `<a><b k="v">t</b></a>`, `<b xmlns="" k="v">t</b>`},
		{"a prefix that its name uses", `<a xmlns:p="u:p"><p:b/></a>`, `<p:b xmlns:p="u:p"/>`},
		{"a prefix that an attribute within uses", `<a xmlns:p="u:p"><b><c p:k=""/></b></a>`, `<b xmlns="" xmlns:p="u:p"><c p:k=""/></b>`},
		{"a prefix that a text may use", `<a xmlns:p="u:p"><b>p:x</b></a>`, `<b xmlns="" xmlns:p="u:p">p:x</b>`},
		{"a prefix that is declared on it", `<a xmlns:p="u:p"><p:b xmlns:p="u:q"/></a>`, `<p:b xmlns:p="u:q"/>`},
		{"a prefix that is declared within and used outside", `<a xmlns:p="u:p"><p:b><p:c xmlns:p="u:q"/></p:b></a>`, `<p:b xmlns:p="u:p"><p:c xmlns:p="u:q"/></p:b>`},
		{"the nearest declaration", `<r xmlns:p="u:far"><a xmlns:p="u:near"><p:b/></a></r>`, `<p:b xmlns:p="u:near"/>`},
		{"several, sorted", `<a xmlns:q="u:q" xmlns:p="u:p"><p:b q:k=""/></a>`, `<p:b xmlns:p="u:p" xmlns:q="u:q" q:k=""/>`},
		{"the default namespace, used", `<a xmlns="u:d"><b/></a>`, `<b xmlns="u:d"/>`},
		{"the default namespace, used within", `<a xmlns="u:d" xmlns:p="u:p"><p:b><c/></p:b></a>`, `<p:b xmlns="u:d" xmlns:p="u:p"><c/></p:b>`},
		{"the default namespace, not used", `<a xmlns="u:d" xmlns:p="u:p"><p:b>x</p:b></a>`, `<p:b xmlns:p="u:p">x</p:b>`},
		{"no default namespace, where that counts", `<p:a xmlns:p="u:p"><p:b><c/></p:b></p:a>`, `<p:b xmlns="" xmlns:p="u:p"><c/></p:b>`},
		{"the default namespace undeclared", `<a xmlns="u:d"><b xmlns=""/></a>`, `<b xmlns=""/>`},
		{"given and not used", `<a xmlns:g="u:given"><b/></a>`, `<b xmlns=""/>`},
		{"given and used", `<a xmlns:g="u:given"><g:b/></a>`, `<g:b xmlns:g="u:given"/>`},
		{"given with another namespace", `<a xmlns:g="u:other"><b/></a>`, `<b xmlns="" xmlns:g="u:other"/>`},
		{"a prefix of our own making, not used", `<a xmlns:x-0="u:x" x-0:k=""><b/></a>`, `<b xmlns=""/>`},
		{"a namespace with an ampersand", `<a xmlns:p="u?a&amp;b='"><p:b/></a>`, `<p:b xmlns:p="u?a&amp;b=&#39;"/>`},
		{"a start tag over several lines", "<a xmlns:p='u:p'><p:b\n k = '>' /></a>", "<p:b xmlns:p=\"u:p\"\n k = '>' />"},
		{"a comment beside it", `<a><b/><!-- --></a>`, `<b xmlns=""/>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, err := strictxml.Parse([]byte(tt.document), strictxml.Limits{Comments: true})
			if err != nil {
				t.Fatal(err)
			}
			b := root
			for b.Name != "b" {
				b = b.Children[0]
			}
			if got := b.Standalone([]byte(tt.document), given); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestInner(t *testing.T) {
	for document, want := range map[string]string{
		`<a/>`: "", `<a />`: "", `<a></a>`: "", `<a k=">">x<b/>y</a >`: "x<b/>y", "\ufeff<a\n>t</a>": "t", `<a k='/'>]]&gt;</a>`: "]]&gt;",
	} {
		root, err := strictxml.Parse([]byte(document), strictxml.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		start, end := root.Inner([]byte(document))
		if got := document[start:end]; got != want {
			t.Errorf("%s: %q", document, got)
		}
	}
}

func TestRoot(t *testing.T) {
	space, name, err := strictxml.Root([]byte(`<?xml version="1.0"?> <p:a xmlns:p="u:p"><b></c>`)) // what follows is not looked at
	if err != nil || space != "u:p" || name != "a" {
		t.Errorf("%q %q %v", space, name, err)
	}
	for _, bad := range []string{"", "  ", "x<a/>", "<!DOCTYPE a><a/>", "<a", "\xff<a/>", "<q:a/>"} {
		if space, name, err := strictxml.Root([]byte(bad)); err == nil || space+name != "" {
			t.Errorf("%q: %q %q %v", bad, space, name, err)
		}
	}
}

// XML has a literal line end in an attribute be a blank; encoding/xml does not.
func TestAttributesAreNormalised(t *testing.T) {
	root, err := strictxml.Parse([]byte("<a b='1\r\n2\t3\n4' c='1&#10;2'/>"), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := []strictxml.Attr{{Name: "b", Value: "1 2 3 4"}, {Name: "c", Value: "1\n2"}}
	if !reflect.DeepEqual(root.Attrs, want) {
		t.Errorf("%q", root.Attrs)
	}
	if _, err := strictxml.Parse([]byte("<a b='1\n2&#10;3'/>"), strictxml.Limits{}); !errors.Is(err, strictxml.ErrForbidden) {
		t.Error(err)
	}
}

func TestBlanks(t *testing.T) {
	if !strictxml.Blank(" \t\r\n") || strictxml.Blank("\u00a0") || strictxml.Blank("\u2003") {
		t.Error("white space is what XML says")
	}
	if got := strictxml.Collapse(" a \r\n\t b\u00a0 "); got != "a b\u00a0" {
		t.Errorf("%q", got)
	}
}
