package binding

import (
	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Marshal writes the object's XML without prolog, prefix mb, one label in each Metadata. A received object (XML set) is
// returned as it came: whoever changed the fields of one must clear XML first, and Signatures with it. Parsing the result
// gives an equal object. Labels that were received stand in it as they came, without their prolog.
func (o Object) Marshal() []byte {
	if o.XML != nil {
		return append([]byte(nil), o.XML...)
	}
	w := writer{}
	w.Raw(`<mb:BindingInformation xmlns:mb="` + Namespace + `" xmlns:xmime="` + xmimeNamespace + `"`)
	w.Foreign(o.Attributes)
	w.Raw(">")
	w.Extensions(o.Signatures)
	for _, c := range o.Containers {
		w.Raw("<mb:MetadataBindingContainer")
		w.Optional("Id", c.ID)
		w.Foreign(c.Attributes)
		w.Raw(">")
		for _, b := range c.Bindings {
			w.binding(b)
		}
		w.Extensions(c.Extensions)
		w.Raw("</mb:MetadataBindingContainer>")
	}
	w.Extensions(o.Extensions)
	w.Raw("</mb:BindingInformation>")
	return w.Bytes()
}

type writer struct{ strictxml.Writer }

func (w *writer) binding(b Binding) {
	w.Raw("<mb:MetadataBinding")
	w.Optional("Id", b.ID)
	w.Foreign(b.Attributes)
	w.Raw(">")
	for _, m := range b.Metadata {
		switch {
		case m.Reference != nil:
			w.reference("mb:MetadataReference", *m.Reference)
		case m.Label != nil:
			w.inline("mb:Metadata", m.Content, string(element(*m.Label)))
		case m.Other != nil:
			w.inline("mb:Metadata", m.Content, m.Other.XML)
		}
	}
	for _, d := range b.Data {
		if d.Reference != nil {
			w.reference("mb:DataReference", *d.Reference)
		} else {
			w.inline("mb:Data", d.Content, d.XML)
		}
	}
	w.Raw("</mb:MetadataBinding>")
}

// element gives the label's element alone: a received document may have a byte order mark or an XML declaration in front,
// and blanks behind.
func element(l label.Label) []byte {
	document := l.Marshal()
	root, err := strictxml.Parse(document, strictxml.Limits{Bytes: label.MaxSize})
	if err != nil {
		return document // what cannot be read is written as it is, and cannot be read there either
	}
	return document[root.Start:root.End]
}

func (w *writer) inline(name string, c Content, xml string) {
	w.Raw("<" + name)
	w.content(c)
	w.Raw(">" + xml + "</" + name + ">")
}

func (w *writer) reference(name string, r Reference) {
	w.Raw("<" + name)
	w.Attr("URI", r.URI)
	w.content(r.Content)
	w.Raw(">")
	if r.Transforms != nil {
		w.Raw(r.Transforms.XML)
	}
	w.Raw("</" + name + ">")
}

func (w *writer) content(c Content) {
	w.Optional("xmime:contentType", c.ContentType)
	w.Optional("encoding", c.Encoding)
	w.Foreign(c.Attributes)
}
