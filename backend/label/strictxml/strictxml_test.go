package strictxml_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"caveat/backend/label/strictxml"
)

func TestParseWithoutComments(t *testing.T) {
	tests := []struct {
		name, document string
		want           error
	}{
		{"comment in front", "<!-- --><a/>", strictxml.ErrForbidden},
		{"comment behind", "<a/><!-- -->", strictxml.ErrForbidden},
		{"DOCTYPE", "<!DOCTYPE a><a/>", strictxml.ErrForbidden},
		{"processing instruction behind", "<a/><?x y?>", strictxml.ErrForbidden},
		{"second xml declaration", `<?xml version="1.0"?><?xml version="1.0"?><a/>`, strictxml.ErrForbidden},
		{"blank before the xml declaration", ` <?xml version="1.0"?><a/>`, strictxml.ErrForbidden},
		{"XML 1.1", `<?xml version="1.1"?><a/>`, strictxml.ErrSyntax}, // other rules for characters
		{"no element", "", strictxml.ErrSyntax},
		{"second root", "<a/><b/>", strictxml.ErrSyntax},
		{"end tag alone", "</a>", strictxml.ErrSyntax},
		{"crossed tags", "<a><b></a></b>", strictxml.ErrSyntax},
		{"attribute without quotes", "<a b=c/>", strictxml.ErrSyntax},
		{"attribute without value", "<a b/>", strictxml.ErrSyntax},
		{"same attribute twice", `<a b="1" b="2"/>`, strictxml.ErrSyntax},
		{"same namespace prefix twice", `<a xmlns:b="1" xmlns:b="2"/>`, strictxml.ErrSyntax},
		{"unknown prefix", "<b:a/>", strictxml.ErrSyntax},
		{"unknown prefix beside a namespace of that name", `<a xmlns:c="b"><b:a/></a>`, strictxml.ErrSyntax}, // encoding/xml takes them for one
		{"prefix out of scope", `<a><b xmlns:p="u"/><p:c/></a>`, strictxml.ErrSyntax},
		{"bare ampersand", "<a>a & b</a>", strictxml.ErrSyntax},
		{"HTML entity", "<a>&nbsp;</a>", strictxml.ErrSyntax},
		{"NUL", "<a>\x00</a>", strictxml.ErrSyntax},
		{"text outside", "<a/>x", strictxml.ErrSyntax},
		{"CDATA outside", "<![CDATA[x]]><a/>", strictxml.ErrSyntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := strictxml.Parse([]byte(tt.document), strictxml.Limits{})
			if !errors.Is(err, tt.want) || e != nil {
				t.Errorf("%v, %v", e, err)
			}
		})
	}
}

func TestParseWithComments(t *testing.T) {
	limits := strictxml.Limits{Comments: true}
	for _, ok := range []string{"<!-- --><a> <!-- --> </a><!-- -->", "<a><b/><!-- --> <b/></a>"} {
		if _, err := strictxml.Parse([]byte(ok), limits); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	// A comment never stands beside text, so no text can be joined, cut or hidden by one.
	for _, bad := range []string{"<a><!-- -->x</a>", "<a>\n<!-- -->\n x</a>", "<a><!-- --><b/>x</a>", "<a>x<!-- -->y</a>", "<a>x<!-- --></a>", "<a>x<b/><!-- -->y</a>"} {
		if _, err := strictxml.Parse([]byte(bad), limits); !errors.Is(err, strictxml.ErrForbidden) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestElement(t *testing.T) {
	document := "\ufeff<a xmlns='u:a' xmlns:p='u:p'>\n  <p:b p:k='1' k=' 2 ' xml:lang='en'>t<![CDATA[<]]></p:b>x<c\n/></a>"
	a, err := strictxml.Parse([]byte(document), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	b, c := a.Children[0], a.Children[1]
	if !a.Mixed || b.Mixed || a.Text != "\n  x" || b.Text != "t<" {
		t.Errorf("mixed %v %v, text %q %q", a.Mixed, b.Mixed, a.Text, b.Text)
	}
	if !a.HasText() || !b.HasText() || c.HasText() {
		t.Error("text")
	}
	if a.Space != "u:a" || b.Space != "u:p" || c.Space != "u:a" || b.Path() != "/a/b" {
		t.Errorf("%q %q %q %s", a.Space, b.Space, c.Space, b.Path())
	}
	if v, ok := b.Attr("k"); !ok || v != " 2 " { // the unqualified one, not p:k
		t.Errorf("attribute %q", v)
	}
	if _, ok := b.Attr("lang"); ok || len(b.Attrs) != 3 {
		t.Errorf("attributes %v", b.Attrs)
	}
	if got := document[b.Start:b.End]; got != "<p:b p:k='1' k=' 2 ' xml:lang='en'>t<![CDATA[<]]></p:b>" {
		t.Errorf("bytes %q", got)
	}
	if got := document[c.Start:c.End]; got != "<c\n/>" {
		t.Errorf("bytes %q", got)
	}
	if b.Line != 2 || b.Column != 3 {
		t.Errorf("line %d, column %d", b.Line, b.Column)
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name, document string
		limits         strictxml.Limits
	}{
		{"bytes", "<abcd/>", strictxml.Limits{Bytes: 6}},
		{"depth", "<a><a><a/></a></a>", strictxml.Limits{Depth: 2}},
		{"elements", "<a><a/><a/></a>", strictxml.Limits{Elements: 2}},
		{"attributes", `<a b="" c="" d=""/>`, strictxml.Limits{Attrs: 2}},
		{"namespace declarations", `<a xmlns:b="u" xmlns:c="u" xmlns:d="u"/>`, strictxml.Limits{Attrs: 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := strictxml.Parse([]byte(tt.document), tt.limits); !errors.Is(err, strictxml.ErrTooLarge) {
				t.Error(err)
			}
		})
	}
}

func TestReadStopsAtTheLimit(t *testing.T) {
	r := &counter{}
	data, err := strictxml.Read(r, strictxml.Limits{Bytes: 1000})
	if !errors.Is(err, strictxml.ErrTooLarge) || data != nil || r.n > 1001 {
		t.Errorf("%d bytes held, %d read, %v", len(data), r.n, err)
	}
	broken := errors.New("broken")
	if _, err := strictxml.Read(io.MultiReader(strings.NewReader("<a"), failing{broken}), strictxml.Limits{}); !errors.Is(err, broken) {
		t.Error(err)
	}
	if data, err := strictxml.Read(bytes.NewReader(make([]byte, 1000)), strictxml.Limits{Bytes: 1000}); err != nil || len(data) != 1000 {
		t.Errorf("%d, %v", len(data), err)
	}
}

type counter struct{ n int }

func (c *counter) Read(b []byte) (int, error) { c.n += len(b); return len(b), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Text in many pieces must not take memory, and so time, with the square of their number.
func TestParseTakesLinearMemory(t *testing.T) {
	limits := strictxml.Limits{Bytes: 8 << 20, Elements: 500_000}
	for name, document := range map[string]string{
		"text":   "<r>" + strings.Repeat("x<a/>", 400_000) + "</r>",
		"blanks": "<r>" + strings.Repeat(" <a/>", 400_000) + "</r>",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := strictxml.Parse([]byte(document), limits); err != nil {
			t.Error(err)
		}
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > uint64(128*len(document)) {
			t.Errorf("%s: %d bytes for %d", name, allocated, len(document))
		}
	}
}

// What is refused besides what encoding/xml refuses. One reason a case.
func TestParseRefuses(t *testing.T) {
	long := strings.Repeat("n", 257)
	for _, tt := range []struct {
		name, document string
		want           error
	}{
		{"encoding with blanks around the sign", `<?xml version="1.0" encoding = "UTF-16"?><a/>`, strictxml.ErrSyntax}, // encoding/xml passes over it
		{"declaration of another case", `<?XML version="1.0"?><a/>`, strictxml.ErrForbidden},
		{"no blank between attributes", `<a b="1"c="2"/>`, strictxml.ErrSyntax}, // encoding/xml takes it
		{"name that ends with a colon", `<a:/>`, strictxml.ErrSyntax},           // encoding/xml takes it for a local name
		{"attribute that ends with a colon", `<a b:=""/>`, strictxml.ErrSyntax},
		{"prefix xmlns declared", `<a xmlns:xmlns="u"/>`, strictxml.ErrSyntax},
		{"default namespace that is XML's", `<a xmlns="http://www.w3.org/XML/1998/namespace"/>`, strictxml.ErrSyntax},
		{"CDATA behind the root", `<a/><![CDATA[ ]]>`, strictxml.ErrSyntax},
		{"reference behind the root", `<a/>&#32;`, strictxml.ErrSyntax},
		{"no-break space behind the root", "<a/>\u00a0", strictxml.ErrSyntax},
		{"long name", "<" + long + "/>", strictxml.ErrTooLarge},
		{"long name of an attribute", "<a " + long + "=''/>", strictxml.ErrTooLarge},
		{"attribute whose value does not end", `<a b="`, strictxml.ErrSyntax},
		{"attribute without value", `<a b c=""/>`, strictxml.ErrSyntax},
		{"tag that does not end", `<a b="" `, strictxml.ErrSyntax},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := strictxml.Parse([]byte(tt.document), strictxml.Limits{})
			if !errors.Is(err, tt.want) || e != nil {
				t.Errorf("%v, %v", e, err)
			}
		})
	}
	if _, err := strictxml.Parse([]byte(`<?xml version='1.0' encoding="utf-8" standalone = 'yes' ?>`+"\n<a/>"), strictxml.Limits{}); err != nil {
		t.Error(err)
	}
}

// An error may be about megabytes; it says no more of them than a person reads.
func TestErrorsAreShort(t *testing.T) {
	e := &strictxml.Error{Line: 1, Column: 1, Path: "/a", Cause: errors.New(strings.Repeat("\u00e9", 1<<20))}
	if s := e.Error(); len(s) > 1200 || !utf8.ValidString(s) || !strings.HasPrefix(s, "line 1, column 1, in /a: ") {
		t.Errorf("%d bytes", len(s))
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"<a/>", `<a xmlns="u" xmlns:p="v"><b xmlns=""><p:c p:k="1"/></b></a>`, `<p:a xmlns:p="u" b = 'c'>t<b/></p:a>`, "<a", `<a b=">" c='/>'/>`, "<a>&lt;</a>"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		e, err := strictxml.Parse(document, strictxml.Limits{})
		if (e == nil) == (err == nil) {
			t.Fatalf("%v, %v", e, err)
		}
		if err != nil {
			var at *strictxml.Error
			if !errors.As(err, &at) || at.Line < 1 {
				t.Fatalf("no place in %v", err)
			}
			return
		}
		checkStandalone(t, e, document)
		if e.Start < 0 || e.End > len(document) || document[e.Start] != '<' || document[e.End-1] != '>' {
			t.Fatalf("%d to %d of %q", e.Start, e.End, document)
		}
	})
}

// checkStandalone: an element that is taken out of the document means the same, and so does each of its children.
func checkStandalone(t *testing.T, e *strictxml.Element, document []byte) {
	t.Helper()
	alone := e.Standalone(document)
	again, err := strictxml.Parse([]byte(alone), strictxml.Limits{Bytes: 1 << 24, Attrs: 1 << 16})
	if err != nil || meaning(again) != meaning(e) {
		t.Fatalf("%s of %q: %v", alone, document, err)
	}
	if twice := again.Standalone([]byte(alone)); twice != alone {
		t.Fatalf("taken out again it differs: %s, %s", alone, twice)
	}
	if start, end := e.Inner(document); start < e.Start || end > e.End || start > end {
		t.Fatalf("contents from %d to %d of %q", start, end, document)
	}
	for _, c := range e.Children {
		checkStandalone(t, c, document)
	}
}

// meaning writes an element with the namespaces in place of the prefixes.
func meaning(e *strictxml.Element) string {
	out := fmt.Sprintf("<%q %q %q %q>", e.Space, e.Name, e.Attrs, e.Text)
	for _, c := range e.Children {
		out += meaning(c)
	}
	return out + "</>"
}
