package strictxml_test

import (
	"errors"
	"testing"

	"caveat/backend/label/strictxml"
)

// An error says where: line and column of what it is about, and the way to its element where there is one.
func TestErrorSaysWhere(t *testing.T) {
	a, err := strictxml.Parse([]byte("<a>\n  <b/></a>"), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("spif: malformed policy")
	got := a.Children[0].Errorf("%w: no %s", cause, "name")
	if want := "line 2, column 3, in /a/b: spif: malformed policy: no name"; got.Error() != want || !errors.Is(got, cause) {
		t.Errorf("%v", got)
	}
	_, err = strictxml.Parse([]byte("\n\nx"), strictxml.Limits{})
	var at *strictxml.Error
	if !errors.As(err, &at) || at.Path != "" || err.Error() != "line 3, column 2: "+at.Cause.Error() {
		t.Errorf("outside of any element: %v", err)
	}
}

func TestParseRefusesWhatIsNotXMLAlready(t *testing.T) {
	const xml = "http://www.w3.org/XML/1998/namespace"
	for name, document := range map[string]string{
		"not UTF-8":                          "<a>\xff</a>",
		"UTF-16":                             "\xfe\xff\x00<\x00a\x00/\x00>",
		"a prefix for no namespace":          `<a xmlns:b=""/>`,
		"the prefix xmlns declared":          `<a xmlns:xmlns="u"/>`,
		"the prefix xml for another name":    `<a xmlns:xml="u"/>`,
		"another prefix for that of xml":     `<a xmlns:b="` + xml + `"/>`,
		"the same, although it is not used":  `<a><c xmlns:b="` + xml + `"/></a>`,
		"a prefix for no namespace, further": `<a xmlns:c="u"><c:b xmlns:c=""/></a>`,
	} {
		t.Run(name, func(t *testing.T) {
			if e, err := strictxml.Parse([]byte(document), strictxml.Limits{}); !errors.Is(err, strictxml.ErrSyntax) || e != nil {
				t.Errorf("%v, %v", e, err)
			}
		})
	}
	if _, err := strictxml.Parse([]byte(`<a xmlns:xml="`+xml+`" xml:lang="en"/>`), strictxml.Limits{}); err != nil {
		t.Errorf("the prefix xml declared as what it is: %v", err)
	}
}
