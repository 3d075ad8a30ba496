package binding_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/strictxml"
)

func mustParse(t *testing.T, document string) binding.Object {
	t.Helper()
	o, err := binding.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestParseReadsEverything(t *testing.T) {
	o := mustParse(t, fullObject)
	if len(o.Signatures) != 2 || !strings.HasPrefix(o.Signatures[0].XML, "<ds:Signature ") || !strings.Contains(o.Signatures[0].XML, `URI="#b1"`) {
		t.Errorf("signatures %+v", o.Signatures)
	}
	if len(o.Attributes) != 2 || o.Attributes[0] != (label.Attribute{Space: "u:x", Name: "profile", Value: "p"}) || len(o.Extensions) != 1 || o.Extensions[0].Name != "last" {
		t.Errorf("%+v, %+v", o.Attributes, o.Extensions)
	}
	if len(o.Containers) != 2 || o.Containers[0].ID != "c1" || len(o.Containers[0].Extensions) != 1 || len(o.Containers[0].Attributes) != 1 {
		t.Fatalf("%+v", o.Containers)
	}
	b := o.Containers[0].Bindings[0]
	if b.ID != "b1" || len(b.Metadata) != 4 || len(b.Data) != 4 || b.Attributes[0].Value != "binding" {
		t.Fatalf("%+v", b)
	}
	shared := binding.Content{ContentType: "application/xml", Encoding: "utf-8", Attributes: []label.Attribute{{Space: "u:x", Name: "on", Value: "metadata"}}}
	for i, class := range []string{"SECRET", "HIGH"} {
		if m := b.Metadata[i]; m.Label == nil || m.Label.Classification != class || !reflect.DeepEqual(m.Content, shared) {
			t.Errorf("metadata %d: %+v", i, m)
		}
	}
	if m := b.Metadata[2]; m.Other == nil || m.Other.Name != "Title" || m.Label != nil {
		t.Errorf("%+v", m)
	}
	if m := b.Metadata[3]; m.Reference == nil || m.Reference.URI != "http://x/label.xml" || m.Reference.ContentType != "application/xml" {
		t.Errorf("%+v", m)
	}
	if d := b.Data[0]; d.Reference == nil || d.Reference.URI != "./report.txt" || d.Reference.ContentType != "text/plain" || d.Reference.Encoding != "utf-8" {
		t.Errorf("%+v", d)
	}
	if d := b.Data[1]; d.Reference.Transforms == nil || !strings.Contains(d.Reference.Transforms.XML, `xmlns:b="`+binding.Namespace+`"`) {
		t.Errorf("the prefix that the XPath uses is lost: %+v", d.Reference.Transforms)
	}
	if d := b.Data[2]; d.XML != "QUJD" || d.Encoding != "base64" {
		t.Errorf("%+v", d)
	}
	if d := b.Data[3]; !strings.HasPrefix(d.XML, " <x:doc ") || !strings.HasSuffix(d.XML, "<y>&amp;</y></x:doc> ") {
		t.Errorf("%+v", d)
	}
}

func TestReceivedObjectIsReEmittedByteForByte(t *testing.T) {
	o := mustParse(t, fullObject)
	out := o.Marshal()
	if string(out) != fullObject {
		t.Errorf("%s", out)
	}
	out[0] = '!'
	if string(o.Marshal()) != fullObject {
		t.Error("Marshal handed out its own bytes")
	}
}

// A label of an object stands alone, and says the same there.
func TestLabelsStandAlone(t *testing.T) {
	for _, l := range mustParse(t, fullObject).Containers[0].Bindings[0].Labels() {
		again, err := label.ParseLabel(l.XML)
		if err != nil || !reflect.DeepEqual(again, l) {
			t.Errorf("%+v, %v", again, err)
		}
	}
}

func roundTrip(t *testing.T, o binding.Object) {
	t.Helper()
	o.XML = nil
	document := o.Marshal()
	back, err := binding.Parse(document)
	if err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	back.XML = nil
	if !reflect.DeepEqual(back, o) {
		t.Fatalf("got  %+v\nwant %+v\nfrom %s", back, o, document)
	}
	if again := back.Marshal(); string(again) != string(document) {
		t.Fatalf("written again it differs:\n%s\n%s", document, again)
	}
}

func TestMarshalRoundTrip(t *testing.T) {
	for _, document := range []string{fullObject, object(bind(meta(originator("SECRET")), "")), "\ufeff" + object(bind(meta(originator("SECRET")), "a", "b")) + "\n"} {
		roundTrip(t, mustParse(t, document))
	}
}

// A label from elsewhere, with a prolog of its own, is put in without it.
func TestMarshalDropsTheLabelsProlog(t *testing.T) {
	document := `<?xml version="1.0"?>` + strings.Replace(originator("SECRET"), "Label>", "Label"+slab+">", 1) + "\n"
	l, err := label.ParseLabel([]byte("\ufeff" + document))
	if err != nil {
		t.Fatal(err)
	}
	o := binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
		Metadata: []binding.Metadata{{Label: &l}}, Data: []binding.Data{{Reference: &binding.Reference{URI: "cid:1@x"}}},
	}}}}}
	got, err := binding.Parse(o.Marshal())
	if err != nil || got.Containers[0].Bindings[0].Labels()[0].Classification != "SECRET" {
		t.Errorf("%v in %s", err, o.Marshal())
	}
	l.XML = []byte("<broken")
	if _, err := binding.Parse(o.Marshal()); !errors.Is(err, binding.ErrSyntax) {
		t.Errorf("a broken label: %v", err)
	}
}

func TestEachLabelIsWrittenInAMetadataOfItsOwn(t *testing.T) {
	o := mustParse(t, object(bind(meta(originator("SECRET")+alternative("OTHER", "HIGH")), "")))
	o.XML = nil
	if n := strings.Count(string(o.Marshal()), "<mb:Metadata>"); n != 2 {
		t.Errorf("%d in %s", n, o.Marshal())
	}
}

func TestSampleSidecar(t *testing.T) {
	data := standards(t, "samples", "detached-report.txt.bdo")
	if data == nil {
		return
	}
	o := mustParse(t, string(data))
	b, err := o.Bound("report.txt")
	if err != nil || len(b.Labels) != 1 || b.Labels[0].Classification != "SECRET" || b.Labels[0].Policy.Name != "COALITION" {
		t.Errorf("%+v, %v", b, err)
	}
	if string(o.Marshal()) != string(data) {
		t.Error("not re-emitted as it came")
	}
	roundTrip(t, o)
}

func TestParseRefuses(t *testing.T) {
	good := object(bind(meta(originator("SECRET")), "./report.txt"))
	const ref = `<mb:DataReference URI="./report.txt"/>`
	for _, tt := range []struct {
		name, old, new string
		want           error
	}{
		{"draft namespace", "stanag:4778:bindinginformation:1:0", "stanag:4778:metadatabindingmechanism:1:0", binding.ErrDraft},
		{"draft namespace inside", "</mb:MetadataBindingContainer>", `<d:x xmlns:d="urn:nato:stanag:4778:metadatabindingmechanism:1:0"/></mb:MetadataBindingContainer>`, binding.ErrDraft},
		{"other edition", "bindinginformation:1:0", "bindinginformation:2:0", binding.ErrSyntax},
		{"another root", "mb:BindingInformation", "mb:Binding", binding.ErrSyntax},
		{"label that cannot be read", "<slab:Classification>SECRET</slab:Classification>", "", binding.ErrSyntax},
		{"label's name in another namespace", `confidentialitymetadatalabel:1:0"`, `confidentialitymetadatalabel:1:1"`, binding.ErrSyntax}, // would count as other metadata
		{"unknown element of the label's namespace", originator("SECRET"), "<slab:label/>", binding.ErrSyntax},
		{"binding as metadata", originator("SECRET"), "<mb:Metadata/>", binding.ErrSyntax},
		{"text as metadata", originator("SECRET"), "PHg+", binding.ErrSyntax}, // may be a label in base64
		{"text beside metadata", originator("SECRET"), "x" + originator("SECRET"), binding.ErrSyntax},
		{"empty metadata", originator("SECRET"), " ", binding.ErrSyntax},
		{"other metadata beside a label", originator("SECRET"), originator("SECRET") + `<x:y xmlns:x="u:x"/>`, binding.ErrSyntax},
		{"two other metadata in one", originator("SECRET"), `<x:y xmlns:x="u:x"/><x:y xmlns:x="u:x"/>`, binding.ErrSyntax},
		{"no metadata", meta(originator("SECRET")), "", binding.ErrSyntax},
		{"no data", ref, "", binding.ErrSyntax},
		{"metadata after data", ref, ref + meta(originator("SECRET")), binding.ErrSyntax},
		{"no binding", bind(meta(originator("SECRET")), "./report.txt"), "", binding.ErrSyntax},
		{"no container", "mb:MetadataBindingContainer", "mb:Container", binding.ErrSyntax},
		{"signature after the containers' end is one more element of the standard", "</mb:BindingInformation>", "<mb:Signature/></mb:BindingInformation>", binding.ErrSyntax},
		{"label outside metadata", "</mb:BindingInformation>", originator("OPEN") + "</mb:BindingInformation>", binding.ErrSyntax}, // would be passed over
		{"foreign element before the container", "<mb:MetadataBindingContainer>", `<x:y xmlns:x="u:x"/><mb:MetadataBindingContainer>`, binding.ErrSyntax},
		{"element without namespace", "</mb:BindingInformation>", "<y/></mb:BindingInformation>", binding.ErrSyntax},
		{"text between elements", "<mb:MetadataBindingContainer>", "x<mb:MetadataBindingContainer>", binding.ErrSyntax},
		{"text in a container", "</mb:MetadataBindingContainer>", "x</mb:MetadataBindingContainer>", binding.ErrSyntax},
		{"text in a binding", ref, "x" + ref, binding.ErrSyntax},
		{"text in a reference", ref, `<mb:DataReference URI="">x</mb:DataReference>`, binding.ErrSyntax},
		{"reference without URI", ref, "<mb:DataReference/>", binding.ErrSyntax},
		{"URI of a namespace", ref, `<mb:DataReference mb:URI=""/>`, binding.ErrSyntax},
		{"unknown attribute of a reference", ref, `<mb:DataReference URI="" type="x"/>`, binding.ErrSyntax},
		{"xml:base, which moves the reference", ref, `<mb:DataReference URI="x" xml:base="http://y/"/>`, binding.ErrSyntax},
		{"xml:base on the root", "<mb:BindingInformation ", `<mb:BindingInformation xml:base="http://y/" `, binding.ErrSyntax},
		{"two transforms", ref, `<mb:DataReference URI="" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Transforms/><ds:Transforms/></mb:DataReference>`, binding.ErrSyntax},
		{"unknown attribute of metadata", "<mb:Metadata>", `<mb:Metadata type="x">`, binding.ErrSyntax},
		{"unknown attribute of a binding", "<mb:MetadataBinding>", `<mb:MetadataBinding type="x">`, binding.ErrSyntax},
		{"unknown attribute of a container", "<mb:MetadataBindingContainer>", `<mb:MetadataBindingContainer id="x">`, binding.ErrSyntax},
		{"unknown attribute of the object", "<mb:BindingInformation ", `<mb:BindingInformation Id="x" `, binding.ErrSyntax},
		{"unknown attribute of the metadata reference", ref, `<mb:MetadataReference URI="" x=""/>` + ref, binding.ErrSyntax},
		{"unknown attribute of data", ref, `<mb:Data x="">y</mb:Data>`, binding.ErrSyntax},
		{"Id that is no name", "<mb:MetadataBinding>", `<mb:MetadataBinding Id="1">`, binding.ErrSyntax},
		{"Id twice", "<mb:MetadataBindingContainer><mb:MetadataBinding>", `<mb:MetadataBindingContainer Id="a"><mb:MetadataBinding Id="a">`, binding.ErrSyntax},
		{"Id twice, of a label", "<mb:MetadataBinding><mb:Metadata><slab:originatorConfidentialityLabel>", `<mb:MetadataBinding Id="a"><mb:Metadata><slab:originatorConfidentialityLabel Id="a">`, binding.ErrSyntax},
		{"empty data", ref, `<mb:Data> </mb:Data>`, binding.ErrSyntax},
		{"two elements of data", ref, `<mb:Data><a/><b/></mb:Data>`, binding.ErrSyntax},
		{"comment", ref, "<!-- x -->" + ref, binding.ErrSyntax},
	} {
		t.Run(tt.name, func(t *testing.T) { refuse(t, change(t, strings.ReplaceAll(good, "\n", ""), tt.old, tt.new), tt.want) })
	}
	t.Run("a label", func(t *testing.T) {
		refuse(t, strings.Replace(originator("x"), "Label>", "Label"+slab+">", 1), binding.ErrSyntax)
	})
	t.Run("too long", func(t *testing.T) { refuse(t, good+strings.Repeat(" ", binding.MaxSize), binding.ErrTooLarge) })
	t.Run("257 labels", func(t *testing.T) {
		refuse(t, object(bind(strings.Repeat(meta(originator("SECRET")), binding.MaxLabels+1), "")), binding.ErrTooLarge)
	})
	t.Run("an extension in every place that gains too much", func(t *testing.T) {
		var many strings.Builder
		for i := range 200 {
			fmt.Fprintf(&many, ` xmlns:p%d="%s"`, i, strings.Repeat("u", 400))
		}
		wide := change(t, good, "<mb:BindingInformation ", "<mb:BindingInformation "+many.String()+" ")
		for _, place := range []string{"</mb:BindingInformation>", "</mb:MetadataBindingContainer>"} {
			refuse(t, change(t, wide, place, strings.Repeat(`<x:y xmlns:x="u:x"/>`, 20)+place), binding.ErrTooLarge)
		}
		refuse(t, change(t, wide, ref, strings.Repeat(`<mb:Data><y/></mb:Data>`, 20)), binding.ErrTooLarge)
		refuse(t, change(t, wide, ref, strings.Repeat(`<mb:DataReference URI=""><ds:Transforms xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></mb:DataReference>`, 20)), binding.ErrTooLarge)
		refuse(t, change(t, wide, "<mb:MetadataBindingContainer>", strings.Repeat(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`, 20)+"<mb:MetadataBindingContainer>"), binding.ErrTooLarge)
		refuse(t, change(t, wide, meta(originator("SECRET")), strings.Repeat(meta(`<x:y xmlns:x="u:x"/>`), 20)), binding.ErrTooLarge)
		refuse(t, change(t, wide, meta(originator("SECRET")), strings.Repeat(meta(originator("SECRET")), 20)), binding.ErrTooLarge)
	})
	t.Run("canonical form too long", func(t *testing.T) {
		long := change(t, good, "<mb:BindingInformation ", `<mb:BindingInformation xmlns:x="u:x" x:k="`+strings.Repeat("'", binding.MaxSize/2)+`" `)
		refuse(t, long, binding.ErrTooLarge)
	})
	if _, err := binding.Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
}

func refuse(t *testing.T, document string, want error) {
	t.Helper()
	o, err := binding.Parse([]byte(document))
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want one that wraps %v", err, want)
	}
	if !reflect.DeepEqual(o, binding.Object{}) {
		t.Errorf("an object came with the error: %+v", o)
	}
	var at *strictxml.Error
	if !errors.As(err, &at) || at.Line < 1 || at.Column < 1 {
		t.Errorf("the error says no place: %v", err)
	}
}

// A draft's namespace in encapsulated data is no business of ours.
func TestEncapsulatedDataMayBeAnything(t *testing.T) {
	o := mustParse(t, object("<mb:MetadataBinding>"+meta(originator("SECRET"))+
		`<mb:Data><d:x xmlns:d="urn:nato:stanag:4778:metadatabindingmechanism:1:0"/></mb:Data></mb:MetadataBinding>`))
	if d := o.Containers[0].Bindings[0].Data; len(d) != 1 || !strings.HasPrefix(d[0].XML, "<d:x ") {
		t.Errorf("%+v", d)
	}
}
