package binding_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label/binding"
)

const xpath = `<mb:DataReference URI="r"><ds:Transforms xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Transform Algorithm="x"/></ds:Transforms></mb:DataReference>`

// One rule a case. want lists the classifications of the labels of the whole.
func TestBound(t *testing.T) {
	secret, open := meta(originator("SECRET")), meta(originator("OPEN"))
	for _, tt := range []struct {
		name, document, reference, want string
		err                             error
	}{
		{"by the reference as written", object(bind(secret, "./report.txt")), "./report.txt", "SECRET", nil},
		{"by the reference without dot", object(bind(secret, "./report.txt")), "report.txt", "SECRET", nil},
		{"escape of an unreserved character", object(bind(secret, "%72eport%2Etxt")), "report.txt", "SECRET", nil},
		{"escape in lower case", object(bind(secret, "a%2fb")), "a%2Fb", "SECRET", nil},
		{"escape that is none", object(bind(secret, "a%2")), "a%2", "SECRET", nil},
		{"dot segments", object(bind(secret, "a/../report.txt#p")), "report.txt#p", "SECRET", nil},
		{"scheme in upper case", object(bind(secret, "CID:Part@x")), "cid:Part@x", "SECRET", nil},
		{"cid is exact otherwise", object(bind(secret, "cid:Part@x")), "cid:part@x", "", nil},
		{"network path is no path", object(bind(secret, "//host/a")), "/host/a", "", nil},
		{"what contains the object", object(bind(secret, "")), "", "SECRET", nil},
		{"another piece of data", object(bind(secret, "a")), "b", "", nil},
		{"one of several references", object(bind(secret, "a", "b")), "b", "SECRET", nil},
		{"one of several bindings", object(bind(open, "a"), bind(secret, "b")), "b", "SECRET", nil},
		{"two bindings that agree", object(bind(secret, "a"), bind(secret, "a", "b")), "a", "SECRET", nil},
		{"two bindings that contradict each other", object(bind(secret, "a"), bind(open, "a")), "a", "", binding.ErrContradiction},
		{"two bindings that contradict each other by another spelling", object(bind(secret, "a"), bind(open, "./%61")), "a", "", binding.ErrContradiction},
		{"two originator's labels in one binding", object(bind(secret+open, "a")), "a", "", binding.ErrContradiction},
		{"a bare label against the originator's", object(bind(secret+meta(labelXML("ConfidentialityLabel", "TESTLAND", "OPEN")), "a")), "a", "", binding.ErrContradiction},
		{"a bare label that agrees with the originator's", object(bind(secret+meta(labelXML("ConfidentialityLabel", "TESTLAND", "SECRET")), "a")), "a", "SECRET", nil},
		{"originator's and alternative", object(bind(secret, "a"), bind(meta(alternative("OTHER", "HIGH")), "a")), "a", "SECRET HIGH", nil},
		{"alternatives of two policies", object(bind(meta(alternative("ONE", "A")), "a"), bind(meta(alternative("TWO", "B")), "a")), "a", "A B", nil},
		{"alternatives of one policy in two bindings", object(bind(meta(alternative("ONE", "A")), "a"), bind(meta(alternative("one", "B")), "a")), "a", "", binding.ErrContradiction},
		{"alternatives of one policy in one binding: the first is meant", object(bind(meta(alternative("ONE", "A")+alternative("ONE", "B")), "a")), "a", "A B", nil},
		{"alternatives that call one policy by two names", object(bind(meta(withURI("ONE")), "a"), bind(meta(withURI("TWO")), "a")), "a", "", binding.ErrContradiction},
		{"contradiction about something else", object(bind(secret, "a"), bind(secret, "b"), bind(open, "b")), "a", "SECRET", nil},
		{"a part's label is none of the whole", object("<mb:MetadataBinding>" + secret + xpath + "</mb:MetadataBinding>"), "r", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := mustParse(t, tt.document).Bound(tt.reference)
			if !errors.Is(err, tt.err) {
				t.Fatal(err)
			}
			if err != nil && !reflect.DeepEqual(b, binding.Bound{}) {
				t.Errorf("something came with the error: %+v", b)
			}
			var got []string
			for _, l := range b.Labels {
				got = append(got, l.Classification)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func withURI(name string) string {
	return strings.Replace(alternative(name, "A"), "<slab:PolicyIdentifier>", `<slab:PolicyIdentifier URI="urn:oid:1.2.3">`, 1)
}

// Two containers count like one, and what is not a label of the whole is given beside.
func TestBoundAcrossContainers(t *testing.T) {
	document := object(bind(meta(originator("SECRET"))+`<mb:MetadataReference URI="l.xml"/>`, "r"))
	document = change(t, document, "</mb:BindingInformation>", "<mb:MetadataBindingContainer><mb:MetadataBinding>"+meta(originator("OPEN"))+xpath+
		"</mb:MetadataBinding></mb:MetadataBindingContainer></mb:BindingInformation>")
	b, err := mustParse(t, document).Bound("r")
	if err != nil || len(b.Labels) != 1 || len(b.References) != 1 || b.References[0].URI != "l.xml" {
		t.Fatalf("%+v, %v", b, err)
	}
	if len(b.Parts) != 1 || b.Parts[0].Transforms.Name != "Transforms" || b.Parts[0].Labels[0].Classification != "OPEN" {
		t.Errorf("%+v", b.Parts)
	}
	if b, err := mustParse(t, document).Bound("other"); err != nil || !reflect.DeepEqual(b, binding.Bound{}) {
		t.Errorf("%+v, %v", b, err)
	}
}
