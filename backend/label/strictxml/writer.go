package strictxml

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// Writer writes a document piece by piece. The zero Writer is ready. It never fails, as a bytes.Buffer does not.
type Writer struct{ bytes.Buffer }

// Raw writes markup as it is.
func (w *Writer) Raw(s string) { w.WriteString(s) }

// Text escapes for element content and attribute values alike.
func (w *Writer) Text(s string) { _ = xml.EscapeText(&w.Buffer, []byte(s)) }

// Attr writes an attribute, with the blank in front of it.
func (w *Writer) Attr(name, value string) {
	w.Raw(" " + name + `="`)
	w.Text(value)
	w.Raw(`"`)
}

// Optional is Attr, and nothing for an empty value.
func (w *Writer) Optional(name, value string) {
	if value != "" {
		w.Attr(name, value)
	}
}

// Leaf writes an element that holds text.
func (w *Writer) Leaf(name, value string) {
	w.Raw("<" + name + ">")
	w.Text(value)
	w.Raw("</" + name + ">")
}

// Foreign writes attributes of foreign namespaces, each with a declaration of its own.
func (w *Writer) Foreign(list []Attr) {
	for i, a := range list {
		prefix := "xml"
		if a.Space != xmlNamespace {
			prefix = ownPrefix + strconv.Itoa(i)
			w.Attr("xmlns:"+prefix, a.Space)
		}
		w.Attr(prefix+":"+a.Name, a.Value)
	}
}

// Extensions writes elements of foreign namespaces as they were received.
func (w *Writer) Extensions(list []Extension) {
	for _, x := range list {
		w.Raw(x.XML)
	}
}
