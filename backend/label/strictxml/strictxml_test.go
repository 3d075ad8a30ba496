package strictxml_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

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
	for _, ok := range []string{"<!-- --><a><!-- -->x</a><!-- -->", "<a><b/><!-- --> <b/></a>"} {
		if _, err := strictxml.Parse([]byte(ok), limits); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	// A comment never stands next to text in front of it, so no two texts can be joined or cut by one.
	for _, bad := range []string{"<a>x<!-- -->y</a>", "<a>x<!-- --></a>", "<a>x<b/><!-- -->y</a>"} {
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

// Text in many pieces, and many attributes, must not take time with the square of their number. A minute of work would be
// needed for these if they did; the bound is far above what is needed otherwise.
func TestParseTakesLinearTime(t *testing.T) {
	limits := strictxml.Limits{Bytes: 8 << 20, Elements: 500_000}
	for name, document := range map[string]string{
		"text":   "<r>" + strings.Repeat("x<a/>", 400_000) + "</r>",
		"blanks": "<r>" + strings.Repeat(" <a/>", 400_000) + "</r>",
	} {
		start := time.Now()
		if _, err := strictxml.Parse([]byte(document), limits); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"<a/>", `<p:a xmlns:p="u" b = 'c'>t<b/></p:a>`, "<a", `<a b=">" c='/>'/>`, "<a>&lt;</a>"} {
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
		if e.Start < 0 || e.End > len(document) || document[e.Start] != '<' || document[e.End-1] != '>' {
			t.Fatalf("%d to %d of %q", e.Start, e.End, document)
		}
	})
}
