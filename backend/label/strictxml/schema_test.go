package strictxml_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label/strictxml"
)

var (
	errSyntax   = errors.New("syntax")
	errTooLarge = errors.New("too large")
)

// open parses a document of a standard whose namespaces are u:own and u:too.
func open(t *testing.T, document string) (*strictxml.Schema, *strictxml.Element) {
	t.Helper()
	root, err := strictxml.Parse([]byte(document), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return &strictxml.Schema{
		Document: []byte(document), Own: []string{"u:own", "u:too"}, Scope: []strictxml.Namespace{{Prefix: "o", URI: "u:own"}},
		Syntax: errSyntax, TooLarge: errTooLarge,
	}, root
}

func TestSchemaAttributes(t *testing.T) {
	const ns = ` xmlns:o="u:own" xmlns:t="u:too" xmlns:f="u:f" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
	for _, tt := range []struct {
		name, attributes string
		foreign          bool
		want             int // foreign ones; -1: refused
	}{
		{"none", "", false, 0},
		{"a known one", `k=""`, false, 0},
		{"an unknown one", `q=""`, true, -1},
		{"a known one of the own namespace", `o:k=""`, true, -1},
		{"one of the other own namespace", `t:q=""`, true, -1},
		{"a foreign one where it may stand", `f:k="" k=""`, true, 1},
		{"a foreign one where it may not", `f:k=""`, false, -1},
		{"xml:lang", `xml:lang="en"`, true, 1},
		{"xml:base", `xml:base="x"`, true, -1},
		{"xsi:schemaLocation", `xsi:schemaLocation="u x"`, true, 1},
		{"xsi:type", `xsi:type="x"`, true, -1},
		{"xsi:nil", `xsi:nil="true"`, true, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, root := open(t, "<o:a"+ns+" "+tt.attributes+"/>")
			got, err := s.Attributes(root, tt.foreign, "k")
			if (err != nil) != (tt.want < 0) || err != nil && !errors.Is(err, errSyntax) || err == nil && len(got) != tt.want {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	var many strings.Builder
	for i := range 65 {
		fmt.Fprintf(&many, ` f:k%d=""`, i)
	}
	s, root := open(t, "<o:a"+ns+many.String()+"/>")
	if got, err := s.Attributes(root, true); !errors.Is(err, errTooLarge) || got != nil {
		t.Errorf("65: %v", err)
	}
}

func TestSchemaSequence(t *testing.T) {
	s, root := open(t, `<o:a xmlns:o="u:own" xmlns:f="u:f"><o:b>t</o:b><f:x/><f:y/></o:a>`)
	q := s.Children(root)
	if q.Take("u:own", "c") != nil || q.Peek().Name != "b" {
		t.Error("taken for another")
	}
	if _, err := q.Need("u:own", "c"); !errors.Is(err, errSyntax) {
		t.Error(err)
	}
	b, err := q.Need("u:own", "b")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := s.Leaf(b); err != nil || text != "t" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := s.Leaf(root); !errors.Is(err, errSyntax) {
		t.Error("an element with elements is no leaf")
	}
	if err := q.End(); !errors.Is(err, errSyntax) {
		t.Error("something is left")
	}
	list, err := q.Extensions()
	want := []strictxml.Extension{{Space: "u:f", Name: "x", XML: `<f:x xmlns:f="u:f"/>`}, {Space: "u:f", Name: "y", XML: `<f:y xmlns:f="u:f"/>`}}
	if err != nil || !reflect.DeepEqual(list, want) || s.Grown() != 2*len(` xmlns:f="u:f"`) {
		t.Errorf("%+v, %v, grown %d", list, err, s.Grown())
	}
	if err := q.End(); err != nil || q.Peek() != nil {
		t.Error(err)
	}
	if _, err := q.Need("u:own", "d"); !errors.Is(err, errSyntax) {
		t.Error(err)
	}
	s, root = open(t, `<o:a xmlns:o="u:own">t</o:a>`)
	if err := s.Children(root).End(); !errors.Is(err, errSyntax) {
		t.Error("text where elements stand")
	}
}

// An extension that inherits more declarations than an element may have could not be read again.
func TestSchemaExtensionMustStandAlone(t *testing.T) {
	var outer, inner strings.Builder
	for i := range 200 {
		fmt.Fprintf(&outer, ` xmlns:p%d="u"`, i)
		fmt.Fprintf(&inner, ` xmlns:q%d="u"`, i)
	}
	s, root := open(t, "<a"+outer.String()+"><b"+inner.String()+"/></a>")
	if _, err := s.Extension(root.Children[0]); !errors.Is(err, errTooLarge) {
		t.Error(err)
	}
	s, root = open(t, "<a xmlns:p='"+strings.Repeat("u", 40_000)+"'><p:b/><p:b/></a>")
	if _, err := s.Children(root).Extensions(); !errors.Is(err, errTooLarge) {
		t.Errorf("80,000 bytes gained: %v", err)
	}
}

func TestWrap(t *testing.T) {
	_, small := strictxml.Parse([]byte("<a"), strictxml.Limits{})
	_, large := strictxml.Parse([]byte("<a/>"), strictxml.Limits{Bytes: 1})
	if err := strictxml.Wrap(small, errSyntax, errTooLarge); !errors.Is(err, errSyntax) || !errors.Is(err, strictxml.ErrSyntax) {
		t.Error(err)
	}
	if err := strictxml.Wrap(large, errSyntax, errTooLarge); !errors.Is(err, errTooLarge) || !errors.Is(err, strictxml.ErrTooLarge) {
		t.Error(err)
	}
}

func TestWriter(t *testing.T) {
	var w strictxml.Writer
	w.Raw("<a")
	w.Attr("k", `<"&>`)
	w.Optional("none", "")
	w.Optional("some", "x")
	w.Foreign([]strictxml.Attr{{Space: "http://www.w3.org/XML/1998/namespace", Name: "lang", Value: "en"}, {Space: "u:f", Name: "k", Value: "v\n"}})
	w.Raw(">")
	w.Leaf("b", "<&>")
	w.Extensions([]strictxml.Extension{{XML: "<c/>"}})
	w.Raw("</a>")
	want := `<a k="&lt;&#34;&amp;&gt;" some="x" xml:lang="en" xmlns:x-1="u:f" x-1:k="v&#xA;"><b>&lt;&amp;&gt;</b><c/></a>`
	if w.String() != want {
		t.Errorf("%s", w.String())
	}
}
